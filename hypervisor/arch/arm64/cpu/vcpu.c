/* SPDX-License-Identifier: MIT */
/* A vcpu's registers: made, reset, loaded and saved. */
#include "cpu_setup.h"
#include "feature.h"
#include "memory/p2m.h"
#include "memory/set_way.h"
#include "system_error.h"
#include "traps.h"
#include <trefoil/arch.h>
#include <trefoil/printk.h>
#include <trefoil/string.h>
#include <asm/timer.h>
#include <asm/vgic.h>

#define PSTATE_BOOT 0x3c5UL /* EL1h, DAIF masked */
#define SCTLR_RES1  0x30d00800UL
#define MPIDR_RES1  (1UL << 31)

extern void fp_save(struct vcpu_fp_registers *fp);
extern void fp_load(const struct vcpu_fp_registers *fp);

/* Every register of struct vcpu_system_registers: R(name). The formatter would break this list anew
 * each time. */
/* clang-format off */
#define SYSTEM_REGISTERS(R) \
    R(sp_el0) R(sp_el1) R(elr_el1) R(spsr_el1) R(sctlr_el1) R(cpacr_el1) R(ttbr0_el1) \
    R(ttbr1_el1) R(tcr_el1) R(mair_el1) R(amair_el1) R(esr_el1) R(far_el1) R(afsr0_el1) \
    R(afsr1_el1) R(par_el1) R(vbar_el1) R(contextidr_el1) R(tpidr_el0) R(tpidrro_el0) \
    R(tpidr_el1) R(cntkctl_el1) R(csselr_el1)
/* clang-format on */

static void system_save(struct vcpu_system_registers *system)
{
#define SAVE(name) system->name = READ_SYSREG(name);
    SYSTEM_REGISTERS(SAVE)
#undef SAVE
}

static void system_load(const struct vcpu_system_registers *system)
{
#define LOAD(name) WRITE_SYSREG(system->name, name);
    SYSTEM_REGISTERS(LOAD)
#undef LOAD
}

/* The keys of pointer authentication (Arm ARM D8.10), low and high halves: K(encoding). */
#define KEYS(K)                                                                                    \
    K(0, S3_0_C2_C1_0)                                                                             \
    K(1, S3_0_C2_C1_1)                                                                             \
    K(2, S3_0_C2_C1_2)                                                                             \
    K(3, S3_0_C2_C1_3)                                                                             \
    K(4, S3_0_C2_C2_0)                                                                             \
    K(5, S3_0_C2_C2_1)                                                                             \
    K(6, S3_0_C2_C2_2) K(7, S3_0_C2_C2_3) K(8, S3_0_C2_C3_0) K(9, S3_0_C2_C3_1)

static void keys_save(uint64_t *keys)
{
#define SAVE(index, encoding) keys[index] = READ_SYSREG(encoding);
    KEYS(SAVE)
#undef SAVE
}

static void keys_load(const uint64_t *keys)
{
#define LOAD(index, encoding) WRITE_SYSREG(keys[index], encoding);
    KEYS(LOAD)
#undef LOAD
}

int arch_vcpu_init(struct vcpu *vcpu)
{
    vcpu->arch.vmpidr = MPIDR_RES1 | vgic_vcpu_affinity(vcpu->id);
    vtimer_init(vcpu);
    return vgic_vcpu_init(vcpu);
}

void arch_vcpu_free(struct vcpu *vcpu)
{
    vtimer_free(vcpu);
    vgic_vcpu_free(vcpu);
}

void arch_vcpu_reset(struct vcpu *vcpu, uint64_t entry, uint64_t argument)
{
    struct arch_vcpu *arch = &vcpu->arch;

    memset(&arch->frame, 0, sizeof(arch->frame));
    memset(&arch->system, 0, sizeof(arch->system));
    memset(&arch->fp, 0, sizeof(arch->fp));
    memset(arch->keys, 0, sizeof(arch->keys));
    set_way_reset(vcpu);
    arch->frame.x[0] = argument;
    arch->frame.pc = entry;
    arch->frame.pstate = PSTATE_BOOT;
    arch->system.sctlr_el1 = SCTLR_RES1;
    atomic_store(&arch->powered, true);
    vtimer_reset(vcpu);
    vgic_vcpu_reset(vcpu);
}

/*
 * Two vcpus of a domain share its VMID, and each may use an ASID in its own way: to the
 * architecture they are two PEs, whose translations are not shared (Arm ARM D8.14; no FEAT_TTCNP
 * here). What the one left in this pcpu's TLB is taken out before the other runs. The domain's
 * stage 2 is loaded. For a vcpu whose caches are watched it is as if another had always run.
 */
static __attribute__((noinline)) void forget_other_vcpu(const struct vcpu *next, uint8_t *ran,
                                                        uint8_t last, uint8_t mine)
{
    if (last) {
        isb();
        __asm__ volatile("tlbi vmalle1" ::: "memory");
        dsb(nsh);
    }
    set_way_load(next);
    __atomic_store_n(ran, next->arch.caches_watched ? RAN_WATCHED : mine, __ATOMIC_RELAXED);
}

static void run_on(struct pcpu *pcpu, struct vcpu *next)
{
    uint8_t *ran = &next->domain->arch.p2m.ran[pcpu->id];
    uint8_t last = __atomic_load_n(ran, __ATOMIC_RELAXED), mine = (uint8_t)(next->id + 1);

    if (unlikely(last != mine))
        forget_other_vcpu(next, ran, last, mine);
}

void arch_vcpu_switch(struct vcpu *prev, struct vcpu *next)
{
    struct pcpu *pcpu = this_pcpu();
    bool keys = HAS(PAUTH);

    /* What prev's accesses led to is prev's, and may end it. */
    system_error_settle(prev);
    if (prev != NULL) {
        system_save(&prev->arch.system);
        fp_save(&prev->arch.fp);
        if (keys)
            keys_save(prev->arch.keys);
        vtimer_save(prev);
        vgic_save(prev);
    }
    /* No stage 2 until all of the next stage 1 is there: one domain's tables are never walked
     * through another's. The architecture asks for that before the guest runs (Arm ARM D8.1.2), the
     * errata of speculative AT (errata.def) at every moment. */
    p2m_unload();
    if (next == NULL)
        return;
    next->arch.frame.pcpu_stack = pcpu->arch.stack_top;
    WRITE_SYSREG(next->arch.vmpidr, vmpidr_el2);
    system_load(&next->arch.system);
    isb();
    WRITE_SYSREG(next->domain->arch.p2m.vttbr, vttbr_el2);
    run_on(pcpu, next);
    fp_load(&next->arch.fp);
    if (keys)
        keys_load(next->arch.keys);
    vgic_load(next);
    vtimer_load(next);
    isb();
}

void arch_hypercall_continue(struct vcpu *vcpu, uint64_t number, const uint64_t *args,
                             unsigned int nr_args)
{
    struct vcpu_frame *frame = &vcpu->arch.frame;

    frame->pc -= 4;
    frame->x[16] = number;
    for (unsigned int i = 0; i < nr_args; i++)
        frame->x[i] = args[i];
}

/* Its stack is the one of its level, of EL1's two the one that it has chosen. */
void arch_vcpu_registers(const struct vcpu *vcpu, uint64_t registers[ARCH_VCPU_REGISTERS])
{
    const struct vcpu_frame *frame = &vcpu->arch.frame;

    registers[0] = frame->pc;
    registers[1] = frame->x[30];
    registers[2] = frame->pstate & 1 ? READ_SYSREG(sp_el1) : READ_SYSREG(sp_el0);
    registers[3] = frame->pstate;
    registers[4] = READ_SYSREG(esr_el2);
    registers[5] = READ_SYSREG(far_el2);
}

void arch_vcpu_dump(const struct vcpu *vcpu)
{
    const struct vcpu_frame *frame = &vcpu->arch.frame;

    printk("%s: vcpu%u pc %#lx pstate %#lx x0 %#lx x1 %#lx x29 %#lx x30 %#lx\n", vcpu->domain->name,
           vcpu->id, frame->pc, frame->pstate, frame->x[0], frame->x[1], frame->x[29],
           frame->x[30]);
}
