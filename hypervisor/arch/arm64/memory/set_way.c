/* SPDX-License-Identifier: MIT */
#include "set_way.h"
#include "cpu/cpu_setup.h"
#include "p2m.h"
#include <trefoil/arch.h>
#include <trefoil/hypercall.h>
#include <asm/cpu.h>

#define PSTATE_DAIF  0x3c0UL
#define SCTLR_CACHES ((1UL << 0) | (1UL << 2)) /* M, C */

/* Between two looks for an interrupt. */
#define PIECE_PAGES 16U

__attribute__((noinline)) void set_way_load(const struct vcpu *vcpu)
{
    WRITE_SYSREG(hcr_guest() | (vcpu->arch.caches_watched ? HCR_TVM : 0), hcr_el2);
}

void set_way_reset(struct vcpu *vcpu)
{
    vcpu->arch.caches_watched = false;
    vcpu->arch.flush = (struct vcpu_flush){.pc = SET_WAY_IDLE};
}

static void watch(struct vcpu *vcpu, bool on)
{
    uint8_t *ran = vcpu->domain->arch.p2m.ran;

    vcpu->arch.caches_watched = on;
    /* No pcpu may take it for the one that it ran last, with an HCR_EL2 that is still right. */
    for (unsigned int i = 0; on && i < MACHINE_MAX_CPUS; i++)
        __atomic_store_n(&ran[i], RAN_WATCHED, __ATOMIC_RELAXED);
    set_way_load(vcpu);
}

static bool resumes(const struct vcpu *vcpu, uint64_t mask)
{
    const struct vcpu_frame *frame = &vcpu->arch.frame;

    return vcpu->arch.flush.pc == frame->pc && (frame->pstate & mask) == mask;
}

/*
 * Goes on with the cleaning that the instruction at the vcpu's pc waits for: true when all is done.
 * The bits of mask are set in the guest's PSTATE meanwhile.
 */
static bool clean_all(struct vcpu *vcpu, uint64_t mask)
{
    struct vcpu_frame *frame = &vcpu->arch.frame;
    struct vcpu_flush *flush = &vcpu->arch.flush;

    if (!resumes(vcpu, mask))
        *flush = (struct vcpu_flush){.pc = frame->pc, .daif = frame->pstate & mask};
    frame->pstate |= mask;
    while (flush->gfn <= arch_p2m_max_gfn(vcpu->domain)) {
        flush->gfn = p2m_clean(vcpu->domain, flush->gfn, PIECE_PAGES);
        if (hypercall_preempt()) {
            frame->pc -= 4;
            return false;
        }
    }
    frame->pstate = (frame->pstate & ~mask) | flush->daif;
    flush->pc = SET_WAY_IDLE;
    return true;
}

void set_way_operation(struct vcpu *vcpu)
{
    if (!vcpu->arch.caches_watched && clean_all(vcpu, 0))
        watch(vcpu, true);
}

static bool caches_on(uint64_t sctlr)
{
    return (sctlr & SCTLR_CACHES) == SCTLR_CACHES;
}

/*
 * The RAM is clean when the write takes effect, and the guest executes nothing in between: what it
 * wrote past the caches, in a handler of an interrupt, would be older in them again if EL2 had read
 * it ahead of time.
 */
void set_way_sctlr_write(struct vcpu *vcpu, uint64_t value)
{
    bool on = caches_on(value);

    if (vcpu->arch.caches_watched && caches_on(READ_SYSREG(sctlr_el1)) != on &&
        !clean_all(vcpu, PSTATE_DAIF))
        return;
    WRITE_SYSREG(value, sctlr_el1);
    if (on || !vcpu->arch.caches_watched)
        watch(vcpu, false);
}
