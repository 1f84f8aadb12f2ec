/* SPDX-License-Identifier: MIT */
/* Does an interrupt wait for a vcpu, that is: does its WFI end? Only reads, so that it may be
 * called with any lock held. Fences are the caller's: vcpu_block(). */
#include "gic/gic_cpu.h"
#include "vgic.h"
#include <trefoil/arch.h>
#include <asm/timer.h>

/* Would the virtual CPU interface signal an interrupt of this priority and group? */
static bool signalled(uint64_t vmcr, unsigned int priority, bool group1)
{
    return priority < ICH_VMCR_PMR(vmcr) &&
           (vmcr & (group1 ? ICH_VMCR_GROUP1 : ICH_VMCR_GROUP0)) != 0;
}

static bool lr_signalled(uint64_t vmcr, uint64_t lr)
{
    return (lr & LR_STATE) == LR_PENDING && signalled(vmcr, LR_PRIORITY(lr), (lr & LR_GROUP1) != 0);
}

static bool loaded_lrs_signal(uint64_t vmcr)
{
    /* Where a lone interrupt is, such as the timer's. */
    if (likely(lr_signalled(vmcr, READ_SYSREG(ich_lr0_el2))))
        return true;
    for (uint32_t left = gic_lr_mask() & ~gic_lr_free(); left != 0; left &= left - 1)
        if (lr_signalled(vmcr, gic_lr_read(vgic_lowest(left))))
            return true;
    return false;
}

static bool saved_lrs_signal(const struct vgic_vcpu *vgic)
{
    for (uint32_t left = vgic->lr_valid; left != 0; left &= left - 1)
        if (lr_signalled(vgic->vmcr, vgic->lr[vgic_lowest(left)]))
            return true;
    return false;
}

/* Any of these interrupts of a bank. */
static bool bank_signals(uint64_t vmcr, const struct vgic_bank *bank, uint32_t bits)
{
    uint32_t group1 = vgic_get(&bank->group);

    for (; bits != 0; bits &= bits - 1) {
        unsigned int i = vgic_lowest(bits);

        if (signalled(vmcr, atomic_load_explicit(&bank->priority[i], memory_order_relaxed),
                      (group1 >> i & 1) != 0))
            return true;
    }
    return false;
}

/* What is to go into list registers yet. */
static bool banks_signal(const struct vcpu *vcpu, uint64_t vmcr)
{
    const struct vgic_vcpu *vgic = &vcpu->arch.vgic;
    const struct domain *domain = vcpu->domain;
    const struct vgic_bank *private = &vgic->private;

    if (bank_signals(vmcr, private,
                     vgic_waiting(private) & vgic_deliverable(domain, private) &
                         ~vgic_get(&private->active)))
        return true;
    for (uint32_t left = vgic_get(&vgic->hint); left != 0; left &= left - 1) {
        const struct vgic_spis *spis = &domain->arch.vgic.spis[vgic_lowest(left)];
        uint32_t bits = vgic_waiting(&spis->bank) & vgic_deliverable(domain, &spis->bank) &
                        ~vgic_get(&spis->bank.listed);

        for (uint32_t bit = bits; bit != 0; bit &= bit - 1)
            if (atomic_load(&spis->target[vgic_lowest(bit)]) != vcpu->id)
                bits &= ~(bit & -bit);
        if (bank_signals(vmcr, &spis->bank, bits))
            return true;
    }
    return false;
}

static bool timer_signals(const struct vcpu *vcpu)
{
    const struct vgic_bank *private = &vcpu->arch.vgic.private;
    uint32_t open = vgic_deliverable(vcpu->domain, private) & ~vgic_get(&private->active);

    return vtimer_due(vcpu) && bank_signals(vcpu->arch.vgic.vmcr, private, open & VGIC_TIMER_BIT);
}

bool arch_vcpu_interrupt_pending(struct vcpu *vcpu)
{
    const struct vgic_vcpu *vgic = &vcpu->arch.vgic;
    const struct pcpu *loaded = atomic_load(&vgic->loaded);
    uint64_t vmcr;

    if (loaded == NULL)
        return saved_lrs_signal(vgic) || timer_signals(vcpu) || banks_signal(vcpu, vgic->vmcr);
    if (loaded != this_pcpu())
        return atomic_load(&vgic->dirty);
    vmcr = READ_SYSREG(ich_vmcr_el2);
    return loaded_lrs_signal(vmcr) || banks_signal(vcpu, vmcr);
}
