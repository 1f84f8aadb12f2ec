/* SPDX-License-Identifier: MIT */
/* Arm ARM D1.3.1 (taking an exception to EL1) and D19.2.37 (ESR_EL1). */
#include "feature.h"
#include "traps.h"

#define PSTATE_MODE 0x1fUL
#define PSTATE_EL1H 0x05UL
#define PSTATE_EL1T 0x04UL
#define PSTATE_DAIF 0x3c0UL
#define PSTATE_PAN  (1UL << 22)
#define PSTATE_SSBS (1UL << 12)
#define PSTATE_DIT  (1UL << 24)
#define PSTATE_NZCV (15UL << 28)

#define SCTLR_SPAN  (1UL << 23)
#define SCTLR_DSSBS (1UL << 44)

#define EC_UNKNOWN               0x00UL
#define EC_INSTRUCTION_ABORT_EL0 0x20UL
#define EC_INSTRUCTION_ABORT_EL1 0x21UL
#define EC_DATA_ABORT_EL0        0x24UL
#define EC_DATA_ABORT_EL1        0x25UL
#define ISS_EXTERNAL_ABORT       0x10UL
#define ISS_WNR                  (1UL << 6)

static bool from_el0(const struct vcpu *vcpu)
{
    return (vcpu->arch.frame.pstate & 0xf) == 0;
}

static uint64_t vector_offset(uint64_t pstate)
{
    if ((pstate & PSTATE_AARCH32) != 0)
        return 0x600;
    switch (pstate & PSTATE_MODE) {
    case PSTATE_EL1H: return 0x200;
    case PSTATE_EL1T: return 0;
    default: return 0x400;
    }
}

/* PSTATE after an exception to EL1. Fields of features that the CPU lacks stay 0. */
static uint64_t pstate_in_el1(uint64_t pstate)
{
    uint64_t control = READ_SYSREG(sctlr_el1);
    uint64_t entered =
        PSTATE_DAIF | PSTATE_EL1H | (pstate & (PSTATE_NZCV | PSTATE_DIT | PSTATE_PAN));

    if (HAS(PAN) && (control & SCTLR_SPAN) == 0)
        entered |= PSTATE_PAN;
    if (HAS(SSBS) && (control & SCTLR_DSSBS) != 0)
        entered |= PSTATE_SSBS;
    return entered;
}

/* The vcpu is the loaded one: its EL1 registers are in the hardware. */
static void enter_el1(struct vcpu *vcpu, uint64_t esr)
{
    struct vcpu_frame *frame = &vcpu->arch.frame;

    WRITE_SYSREG(esr, esr_el1);
    WRITE_SYSREG(frame->pc, elr_el1);
    WRITE_SYSREG(frame->pstate, spsr_el1);
    frame->pc = READ_SYSREG(vbar_el1) + vector_offset(frame->pstate);
    frame->pstate = pstate_in_el1(frame->pstate);
}

void inject_undefined(struct vcpu *vcpu)
{
    enter_el1(vcpu, (EC_UNKNOWN << 26) | ESR_IL);
}

void inject_abort(struct vcpu *vcpu, uint64_t esr, uint64_t fault_address)
{
    bool data = ESR_EC(esr) == EC_DATA_ABORT_EL0;
    uint64_t class;

    if (data)
        class = from_el0(vcpu) ? EC_DATA_ABORT_EL0 : EC_DATA_ABORT_EL1;
    else
        class = from_el0(vcpu) ? EC_INSTRUCTION_ABORT_EL0 : EC_INSTRUCTION_ABORT_EL1;
    WRITE_SYSREG(fault_address, far_el1);
    enter_el1(vcpu, (class << 26) | ESR_IL | ISS_EXTERNAL_ABORT | (data ? esr & ISS_WNR : 0));
}
