/* SPDX-License-Identifier: MIT */
#include "id_register.h"
#include "memory/set_way.h"
#include "traps.h"
#include <trefoil/arch.h>
#include <trefoil/printk.h>
#include <asm/timer.h>
#include <asm/vgic.h>

/* ISS of a trapped MSR, MRS (Arm ARM D19.2.37). */
#define ISS_READ(iss) (((iss)&1) != 0)
#define ISS_RT(iss)   (((iss) >> 5) & 31)
#define ISS_CRM(iss)  (((iss) >> 1) & 15)
#define ISS_CRN(iss)  (((iss) >> 10) & 15)
#define ISS_OP1(iss)  (((iss) >> 14) & 7)
#define ISS_OP2(iss)  (((iss) >> 17) & 7)
#define ISS_OP0(iss)  (((iss) >> 20) & 3)

#define ENCODE(op0, op1, crn, crm, op2)                                                            \
    ((uint32_t)(op0) << 20 | (uint32_t)(op2) << 17 | (uint32_t)(op1) << 14 |                       \
     (uint32_t)(crn) << 10 | (uint32_t)(crm) << 1)

#define ANY 0xffU
/* A row's field matches every value if it is ANY: then its bits are left out of the mask. */
#define VALUE(field, width)    ((field) == ANY ? 0U : (field) & ((1U << (width)) - 1))
#define COMPARED(field, width) ((field) == ANY ? 0U : (1U << (width)) - 1)

/* The access to a trapped register; false where it is undefined. */
typedef bool register_handler(struct vcpu *vcpu, uint32_t iss, uint64_t *value);

struct register_row {
    uint32_t mask, match;
    register_handler *handler;
    const char *name;
};

static bool access_ignored(struct vcpu *vcpu, uint32_t iss, uint64_t *value)
{
    (void)vcpu;
    (void)iss;
    *value = 0;
    return true;
}

static bool access_sgi1r(struct vcpu *vcpu, uint32_t iss, uint64_t *value)
{
    if (ISS_READ(iss))
        return false;
    vgic_sgi1r_write(vcpu, *value);
    return true;
}

static bool access_physical_timer(struct vcpu *vcpu, uint32_t iss, uint64_t *value)
{
    static const enum vtimer_register registers[] = {VTIMER_CNTP_TVAL, VTIMER_CNTP_CTL,
                                                     VTIMER_CNTP_CVAL};

    if (ISS_OP2(iss) >= ARRAY_SIZE(registers))
        return false;
    vtimer_physical_access(vcpu, registers[ISS_OP2(iss)], !ISS_READ(iss), value);
    return true;
}

static bool access_id(struct vcpu *vcpu, uint32_t iss, uint64_t *value)
{
    (void)vcpu;
    *value = id_shown[ISS_CRM(iss) % 8][ISS_OP2(iss)];
    return ISS_READ(iss) && ISS_CRM(iss) < 8;
}

/* Which revision the CPU is, for the guest's own table of errata. */
static bool access_aidr(struct vcpu *vcpu, uint32_t iss, uint64_t *value)
{
    (void)vcpu;
    *value = READ_SYSREG(S3_1_C0_C0_7);
    return ISS_READ(iss);
}

static bool access_set_way(struct vcpu *vcpu, uint32_t iss, uint64_t *value)
{
    (void)value;
    set_way_operation(vcpu);
    return !ISS_READ(iss);
}

static bool access_sctlr(struct vcpu *vcpu, uint32_t iss, uint64_t *value)
{
    (void)iss;
    set_way_sctlr_write(vcpu, *value);
    return true;
}

/* HCR_EL2.TVM traps writes only. What it traps besides SCTLR_EL1 goes on to the register. */
#define PASSED_ON(name)                                                                            \
    static bool access_##name(struct vcpu *vcpu, uint32_t iss, uint64_t *value)                    \
    {                                                                                              \
        (void)iss;                                                                                 \
        set_way_load(vcpu);                                                                        \
        WRITE_SYSREG(*value, name);                                                                \
        return true;                                                                               \
    }
PASSED_ON(ttbr0_el1)
PASSED_ON(ttbr1_el1)
PASSED_ON(tcr_el1)
PASSED_ON(afsr0_el1)
PASSED_ON(afsr1_el1)
PASSED_ON(esr_el1)
PASSED_ON(far_el1)
PASSED_ON(mair_el1)
PASSED_ON(amair_el1)
PASSED_ON(contextidr_el1)

static const struct register_row register_rows[] = {
#define REGISTER(op0, op1, crn, crm, op2, handler, name)                                           \
    {ENCODE(3U, COMPARED(op1, 3), COMPARED(crn, 4), COMPARED(crm, 4), COMPARED(op2, 3)),           \
     ENCODE(op0, VALUE(op1, 3), VALUE(crn, 4), VALUE(crm, 4), VALUE(op2, 3)), handler, name},
#include "system_register.def"
#undef REGISTER
};

static const struct register_row *register_find(uint32_t iss)
{
    for (size_t i = 0; i < ARRAY_SIZE(register_rows); i++) {
        if ((iss & register_rows[i].mask) == register_rows[i].match)
            return &register_rows[i];
    }
    return NULL;
}

static __attribute__((noinline)) void unhandled(struct vcpu *vcpu, uint32_t iss, const char *name)
{
    printk_limited("%s: unhandled %s of S%u_%u_C%u_C%u_%u %s at %#lx\n", vcpu->domain->name,
                   ISS_READ(iss) ? "read" : "write", ISS_OP0(iss), ISS_OP1(iss), ISS_CRN(iss),
                   ISS_CRM(iss), ISS_OP2(iss), name, vcpu->arch.frame.pc);
    inject_undefined(vcpu);
}

void trap_system_register(struct vcpu *vcpu, uint64_t esr)
{
    uint32_t iss = (uint32_t)ESR_ISS(esr);
    const struct register_row *row = register_find(iss);
    uint64_t *x = vcpu->arch.frame.x;
    unsigned int rt = ISS_RT(iss);
    uint64_t value = rt == 31 ? 0 : x[rt];

    COUNT_VCPU(vcpu, register_accesses);
    if (row == NULL || !row->handler(vcpu, iss, &value)) {
        unhandled(vcpu, iss, row != NULL ? row->name : "(no name)");
        return;
    }
    if (ISS_READ(iss) && rt != 31)
        x[rt] = value;
    trap_skip(vcpu, esr);
}
