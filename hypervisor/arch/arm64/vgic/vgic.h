/* SPDX-License-Identifier: MIT */
/* What the parts of the virtual GIC share. */
#ifndef VGIC_H
#define VGIC_H

#include "gic/gic_registers.h"
#include <trefoil/domain.h>
#include <trefoil/nospec.h>
#include <trefoil/pcpu.h>
#include <asm/gic.h>
#include <xen/arch-arm.h>

/* The virtual timer is the one private interrupt that the machine's GIC raises. */
#define VGIC_TIMER_BIT (1U << GUEST_TIMER_VIRT_PPI)
#define VGIC_SGIS      0xffffU
/* 32 levels of priority, as the virtual CPU interface has at least. */
#define VGIC_PRIORITY_BITS 0xf8U

/* The bank of an INTID for a vcpu: NULL when the domain has no such interrupt. */
static inline struct vgic_bank *vgic_bank(struct vcpu *vcpu, unsigned int intid)
{
    const struct vgic_domain *domain = &vcpu->domain->arch.vgic;

    if (intid < VGIC_PRIVATE)
        return &vcpu->arch.vgic.private;
    if (intid / 32 > domain->nr_banks)
        return NULL;
    return &domain->spis[intid / 32 - 1].bank;
}

static inline uint32_t vgic_get(const _Atomic uint32_t *bits)
{
    return atomic_load_explicit(bits, memory_order_relaxed);
}

static inline void vgic_set(_Atomic uint32_t *bits, uint32_t mask)
{
    atomic_fetch_or(bits, mask);
}

static inline void vgic_clear(_Atomic uint32_t *bits, uint32_t mask)
{
    atomic_fetch_and(bits, ~mask);
}

/* Interrupts of a bank that may be delivered: enabled, and so is their group. */
static inline uint32_t vgic_deliverable(const struct domain *domain, const struct vgic_bank *bank)
{
    uint32_t control = vgic_get(&domain->arch.vgic.control);
    uint32_t group1 = vgic_get(&bank->group);
    uint32_t open = ((control & GICD_CTLR_GROUP1) != 0 ? group1 : 0) |
                    ((control & GICD_CTLR_GROUP0) != 0 ? ~group1 : 0);

    return vgic_get(&bank->enabled) & open;
}

/* Interrupts of a bank that wait outside of list registers, whether deliverable or not. */
static inline uint32_t vgic_waiting(const struct vgic_bank *bank)
{
    return vgic_get(&bank->pending) | (vgic_get(&bank->line) & ~vgic_get(&bank->edge));
}

static inline unsigned int vgic_lowest(uint32_t bits)
{
    return (unsigned int)__builtin_ctz(bits);
}

/* The vcpu an SPI goes to; NULL when there is none. */
struct vcpu *vgic_spi_target(const struct domain *domain, unsigned int intid);

/* Has the vcpu look at its banks again: at once if it is loaded here, else as soon as it can; wakes
 * it. */
void vgic_notify(struct vcpu *vcpu);
/* Likewise those that have to do with SPIs of a bank (0: INTIDs 32 to 63). */
void vgic_notify_spis(struct domain *domain, unsigned int bank, uint32_t mask);

/* A list register's value but for its state: INTID, priority, group. */
static inline uint64_t vgic_lr_template(const struct vgic_bank *bank, unsigned int intid)
{
    uint64_t priority = atomic_load_explicit(&bank->priority[intid % 32], memory_order_relaxed);
    uint64_t group1 = vgic_get(&bank->group) >> (intid % 32) & 1;

    return intid | priority << LR_PRIORITY_SHIFT | group1 << 60;
}

/* Gives up SPIs whose list register is done with. The vcpu is loaded here. */
void vgic_retire_spis(struct vcpu *vcpu);
/* Ends the physical activity of a hardware interrupt whose virtual one is gone. */
void vgic_end_hardware(unsigned int intid);

#endif
