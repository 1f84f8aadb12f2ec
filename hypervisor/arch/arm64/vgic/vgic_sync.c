/* SPDX-License-Identifier: MIT */
/*
 * Between banks and list registers. Only the pcpu that has a vcpu loaded does this. An interrupt
 * that fits goes into a list register; the rest stays latched in its bank and follows in order of
 * priority. Active interrupts are never taken out of their list register, so nesting goes as deep
 * as there are list registers.
 */
#include "gic/gic_cpu.h"
#include "vgic.h"
#include <trefoil/pcpu.h>

#define NO_SLOT       VGIC_MAX_LRS
#define CNTV_ASSERTED 5UL /* CNTV_CTL_EL0: ENABLE, ISTATUS, not IMASK */

/* One interrupt that wants a list register. */
struct candidate {
    struct vgic_bank *bank;
    unsigned int intid;
    unsigned int rank; /* the lower, the sooner; active ones come first */
};
#define RANK_NONE 0x1000U

void vgic_end_hardware(unsigned int intid)
{
    if (intid >= VGIC_PRIVATE)
        gic_spi_deactivate(intid);
    else
        gic_private_clear_active(1U << gic_timer_virtual);
}

static void drop_requests(struct vgic_bank *bank, uint32_t mask)
{
    vgic_clear(&bank->cancel, mask);
    vgic_clear(&bank->activate, mask);
    vgic_clear(&bank->deactivate, mask);
}

/* The SPI of list register n is through: others may have it, and if it waits again its target gets
 * to know. */
static void retire_spi(struct vcpu *vcpu, unsigned int n)
{
    struct vgic_vcpu *vgic = &vcpu->arch.vgic;
    unsigned int intid = vgic->lr_spi[n];
    struct vgic_bank *bank = vgic_bank(vcpu, intid);
    struct vgic_spis *spis = &vcpu->domain->arch.vgic.spis[intid / 32 - 1];
    uint32_t bit = 1U << (intid % 32);
    struct vcpu *target;

    vgic->lr_spi[n] = 0;
    vgic->lr_spis &= ~(1U << n);
    vgic_clear(&bank->active, bit);
    vgic_clear(&bank->listed_pending, bit);
    vgic_clear(&bank->listed, bit);
    drop_requests(bank, bit);
    atomic_store(&spis->holder[intid % 32], 0);
    /* Pairs with vgic_notify_spis(): who made it pending sees that nobody holds it, or it is seen
     * here. */
    smp_mb();
    if ((vgic_waiting(bank) & bit) == 0)
        return;
    target = vgic_spi_target(vcpu->domain, intid);
    if (target == NULL)
        return;
    vgic_set(&target->arch.vgic.hint, 1U << (intid / 32 - 1));
    if (target != vcpu)
        vgic_notify(target);
    else
        atomic_store(&vgic->dirty, true);
}

void vgic_retire_spis(struct vcpu *vcpu)
{
    struct vgic_vcpu *vgic = &vcpu->arch.vgic;
    uint32_t free;

    if (likely(vgic->lr_spis == 0))
        return;
    free = gic_lr_free();
    for (uint32_t left = vgic->lr_spis; left != 0; left &= left - 1) {
        unsigned int n = vgic_lowest(left);
        uint64_t lr = (free >> n & 1) != 0 ? 0 : gic_lr_read(n);

        if ((lr & LR_STATE) == 0 || LR_INTID(lr) != vgic->lr_spi[n])
            retire_spi(vcpu, n);
    }
}

/* Requests of register writes upon an interrupt in a list register. */
static uint64_t fold_requests(struct vgic_bank *bank, uint32_t bit, uint64_t lr)
{
    uint64_t before = lr & LR_STATE;

    if (likely(
            ((vgic_get(&bank->cancel) | vgic_get(&bank->deactivate) | vgic_get(&bank->activate)) &
             bit) == 0))
        return lr;
    if ((vgic_get(&bank->cancel) & bit) != 0)
        lr &= ~LR_PENDING;
    if ((vgic_get(&bank->deactivate) & bit) != 0)
        lr &= ~LR_ACTIVE;
    if ((vgic_get(&bank->activate) & bit) != 0 && (lr & LR_HW) == 0)
        lr |= LR_ACTIVE;
    drop_requests(bank, bit);
    if ((lr & LR_HW) != 0 && before != 0 && (lr & LR_STATE) == 0)
        vgic_end_hardware(LR_INTID(lr));
    return lr;
}

/* A pending interrupt that must not be taken now goes back to its bank. */
static uint64_t fold_withdraw(struct vcpu *vcpu, struct vgic_bank *bank, uint32_t bit, uint64_t lr)
{
    if ((lr & LR_PENDING) == 0)
        return lr;
    if ((lr & (LR_HW | LR_EOI)) == LR_EOI && (vgic_get(&bank->line) & bit) == 0)
        return lr & ~LR_PENDING;
    if ((vgic_deliverable(vcpu->domain, bank) & bit) != 0)
        return lr;
    if ((lr & (LR_HW | LR_EOI)) != LR_EOI)
        vgic_set(&bank->pending, bit);
    if ((lr & LR_HW) != 0)
        vgic_set(&bank->held, bit);
    return lr & ~LR_PENDING;
}

/* One list register in use: what it holds from now on. */
static uint64_t fold_one(struct vcpu *vcpu, struct vgic_bank *bank, uint64_t lr)
{
    unsigned int intid = LR_INTID(lr);
    uint32_t bit = 1U << (intid % 32);
    uint64_t priority = atomic_load_explicit(&bank->priority[intid % 32], memory_order_relaxed);

    lr = fold_requests(bank, bit, lr);
    lr = fold_withdraw(vcpu, bank, bit, lr);
    /* It came once more: pending and active, or the same pending. */
    if ((lr & LR_STATE) != 0 && (lr & LR_HW) == 0 &&
        (vgic_get(&bank->pending) & vgic_deliverable(vcpu->domain, bank) & bit) != 0) {
        vgic_clear(&bank->pending, bit);
        lr |= LR_PENDING;
    }
    if ((lr & LR_STATE) == LR_PENDING)
        lr = (lr & ~LR_PRIORITY_MASK) | priority << LR_PRIORITY_SHIFT;
    return lr;
}

/* Lets the bank say what the list register does. */
static void publish(struct vgic_bank *bank, uint64_t lr)
{
    uint32_t bit = 1U << (LR_INTID(lr) % 32);

    vgic_set(&bank->listed, bit);
    if ((lr & LR_PENDING) != 0)
        vgic_set(&bank->listed_pending, bit);
    else
        vgic_clear(&bank->listed_pending, bit);
    if ((lr & LR_ACTIVE) != 0)
        vgic_set(&bank->active, bit);
    else
        vgic_clear(&bank->active, bit);
}

/* Goes through the list registers; returns which are free then. */
static uint32_t fold(struct vcpu *vcpu)
{
    struct vgic_bank *private = &vcpu->arch.vgic.private;
    uint32_t listed = vgic_get(&private->listed);
    uint32_t requests =
        vgic_get(&private->cancel) | vgic_get(&private->activate) | vgic_get(&private->deactivate);
    uint32_t free = gic_lr_free();

    /* Private interrupts that were listed are not until they are seen again; an end of theirs shows
     * that way. */
    if (listed != 0) {
        vgic_clear(&private->active, listed);
        vgic_clear(&private->listed_pending, listed);
        vgic_clear(&private->listed, listed);
    }
    for (uint32_t left = gic_lr_mask() & ~free; left != 0; left &= left - 1) {
        unsigned int n = vgic_lowest(left);
        uint64_t lr = gic_lr_read(n);
        struct vgic_bank *bank = vgic_bank(vcpu, LR_INTID(lr));
        uint64_t now = bank != NULL ? fold_one(vcpu, bank, lr) : 0;

        if ((now & LR_STATE) == 0) {
            now = 0;
            free |= 1U << n;
        } else {
            publish(bank, now);
        }
        if (now != lr)
            gic_lr_write(n, now);
    }
    /* Requests about what was in no list register are met by the bank itself. */
    if (requests != 0)
        drop_requests(private, requests);
    return free;
}

/* A latched virtual timer whose wire went low again, or that the guest cleared, is let go. */
static void recheck_timer(struct vcpu *vcpu)
{
    struct vgic_bank *private = &vcpu->arch.vgic.private;

    if ((vgic_get(&private->held) & VGIC_TIMER_BIT) == 0)
        return;
    if ((vgic_get(&private->pending) & VGIC_TIMER_BIT) != 0 &&
        READ_SYSREG(cntv_ctl_el0) == CNTV_ASSERTED)
        return;
    vgic_clear(&private->held, VGIC_TIMER_BIT);
    vgic_clear(&private->pending, VGIC_TIMER_BIT);
    vgic_end_hardware(GUEST_TIMER_VIRT_PPI);
}

/* The most urgent of a bank's interrupts among `bits`. */
static void choose(struct candidate *best, struct vgic_bank *bank, unsigned int first,
                   uint32_t bits)
{
    uint32_t active = vgic_get(&bank->active);

    for (; bits != 0; bits &= bits - 1) {
        unsigned int i = vgic_lowest(bits);
        unsigned int rank = atomic_load_explicit(&bank->priority[i], memory_order_relaxed) + 1U;

        if ((active >> i & 1) != 0)
            rank = 0;
        if (rank < best->rank)
            *best = (struct candidate){bank, first + i, rank};
    }
}

/* Those SPIs of a bank that wait, are this vcpu's, and that nobody has in a list register. */
static uint32_t spis_for(struct vcpu *vcpu, unsigned int bank)
{
    struct vgic_spis *spis = &vcpu->domain->arch.vgic.spis[bank];
    uint32_t waiting = vgic_waiting(&spis->bank) & vgic_deliverable(vcpu->domain, &spis->bank);
    uint32_t mine = 0;

    for (uint32_t left = waiting | vgic_get(&spis->bank.active); left != 0; left &= left - 1) {
        unsigned int i = vgic_lowest(left);
        uint16_t holder = atomic_load(&spis->holder[i]);

        if (atomic_load_explicit(&spis->target[i], memory_order_relaxed) != vcpu->id)
            continue;
        if (holder == 0)
            mine |= 1U << i;
        else if (holder != vcpu->id + 1U)
            vgic_notify(vcpu->domain->vcpus[holder - 1]);
    }
    return mine;
}

static struct candidate best_candidate(struct vcpu *vcpu)
{
    struct vgic_vcpu *vgic = &vcpu->arch.vgic;
    struct vgic_bank *private = &vgic->private;
    struct candidate best = {.rank = RANK_NONE};
    uint32_t waiting = vgic_waiting(private) & vgic_deliverable(vcpu->domain, private);

    choose(&best, private, 0, (waiting | vgic_get(&private->active)) & ~vgic_get(&private->listed));
    for (uint32_t left = vgic_get(&vgic->hint); left != 0; left &= left - 1) {
        unsigned int bank = vgic_lowest(left);
        uint32_t mine;

        /* First the hint goes, then the bank is read: whoever sets a bit later sets the hint again.
         * What was set before is acquired with the hint. */
        vgic_clear(&vgic->hint, 1U << bank);
        mine = spis_for(vcpu, bank);
        if (mine == 0)
            continue;
        vgic_set(&vgic->hint, 1U << bank);
        choose(&best, &vcpu->domain->arch.vgic.spis[bank].bank, 32 * (bank + 1), mine);
    }
    return best;
}

/* Makes room by putting the least urgent interrupt, if less urgent than this, back into its bank.
 */
static unsigned int evict(struct vcpu *vcpu, unsigned int rank)
{
    unsigned int victim = NO_SLOT, worst = rank;
    struct vgic_bank *bank;
    uint64_t lr;
    uint32_t bit;

    for (unsigned int n = 0; n < gic_nr_lrs; n++) {
        lr = gic_lr_read(n);
        if ((lr & LR_STATE) == LR_PENDING && LR_PRIORITY(lr) + 1U > worst) {
            worst = LR_PRIORITY(lr) + 1U;
            victim = n;
        }
    }
    if (victim == NO_SLOT)
        return NO_SLOT;
    lr = gic_lr_read(victim);
    bank = vgic_bank(vcpu, LR_INTID(lr));
    bit = 1U << (LR_INTID(lr) % 32);
    if ((lr & LR_HW) != 0)
        vgic_set(&bank->held, bit);
    if ((lr & (LR_HW | LR_EOI)) != LR_EOI)
        vgic_set(&bank->pending, bit);
    gic_lr_write(victim, 0);
    if (LR_INTID(lr) >= VGIC_PRIVATE) {
        retire_spi(vcpu, victim);
    } else {
        vgic_clear(&bank->listed, bit);
        vgic_clear(&bank->listed_pending, bit);
    }
    return victim;
}

/* The list register for an interrupt, which leaves its bank; 0 when it was withdrawn meanwhile. */
static uint64_t take(const struct candidate *who)
{
    struct vgic_bank *bank = who->bank;
    uint32_t bit = 1U << (who->intid % 32);
    bool line = (vgic_get(&bank->line) & ~vgic_get(&bank->edge) & bit) != 0;
    bool latched = (atomic_fetch_and(&bank->pending, ~bit) & bit) != 0;
    bool held = (atomic_fetch_and(&bank->held, ~bit) & bit) != 0;
    uint64_t lr = vgic_lr_template(bank, who->intid);

    if (latched || line)
        lr |= LR_PENDING;
    if ((vgic_get(&bank->active) & bit) != 0 && !held)
        lr |= LR_ACTIVE;
    if ((lr & LR_STATE) == 0)
        return 0;
    if (held)
        lr |= LR_HW | (uint64_t)(who->intid < VGIC_PRIVATE ? gic_timer_virtual : who->intid)
                          << LR_PINTID_SHIFT;
    else if (line)
        lr |= LR_EOI;
    return lr;
}

/* Puts an interrupt into a free list register. False when it is not to be had any more. */
static bool place(struct vcpu *vcpu, const struct candidate *who, unsigned int slot)
{
    struct vgic_vcpu *vgic = &vcpu->arch.vgic;
    uint16_t nobody = 0;
    uint64_t lr;

    if (who->intid >= VGIC_PRIVATE) {
        struct vgic_spis *spis = &vcpu->domain->arch.vgic.spis[who->intid / 32 - 1];

        if (!atomic_compare_exchange_strong(&spis->holder[who->intid % 32], &nobody,
                                            (uint16_t)(vcpu->id + 1U)))
            return false;
        vgic->lr_spi[slot] = (uint16_t)who->intid;
        vgic->lr_spis |= 1U << slot;
    }
    lr = take(who);
    if (lr == 0) {
        if (who->intid >= VGIC_PRIVATE)
            retire_spi(vcpu, slot);
        return false;
    }
    gic_lr_write(slot, lr);
    publish(who->bank, lr);
    return true;
}

/* Fills list registers with what waits. True when something has to wait on. */
static bool refill(struct vcpu *vcpu, uint32_t free)
{
    /* Each turn places, or drops, an interrupt; others may go on making some pending. */
    for (unsigned int turn = 0; turn < 2 * VGIC_MAX_LRS; turn++) {
        struct candidate best = best_candidate(vcpu);
        unsigned int slot;

        if (best.rank == RANK_NONE)
            return false;
        slot = free != 0 ? vgic_lowest(free) : evict(vcpu, best.rank);
        if (slot == NO_SLOT)
            return true;
        free |= 1U << slot;
        if (place(vcpu, &best, slot))
            free &= ~(1U << slot);
    }
    return true;
}

/* What the ways that do without vgic_sync() may do until the next one. */
static void refresh(struct vcpu *vcpu, bool overflow)
{
    struct vgic_vcpu *vgic = &vcpu->arch.vgic;
    struct vgic_bank *private = &vgic->private;
    uint32_t open = overflow ? 0 : vgic_deliverable(vcpu->domain, private);
    uint64_t hcr = ICH_HCR_EN | (overflow ? ICH_HCR_UIE : 0);

    vgic->direct = open & ~VGIC_TIMER_BIT;
    vgic->timer_lr = 0;
    if ((open & VGIC_TIMER_BIT) != 0)
        vgic->timer_lr = LR_PENDING | LR_HW | (uint64_t)gic_timer_virtual << LR_PINTID_SHIFT |
                         vgic_lr_template(private, GUEST_TIMER_VIRT_PPI);
    if (hcr != vgic->hcr) {
        vgic->hcr = hcr;
        WRITE_SYSREG(hcr, ich_hcr_el2);
    }
}

void vgic_sync(struct vcpu *vcpu)
{
    uint32_t free;

    /* Pairs with vgic_notify(), which sets it after the banks: a change that is not seen below sets
     * it again. */
    atomic_store(&vcpu->arch.vgic.dirty, false);
    smp_mb();
    recheck_timer(vcpu);
    free = fold(vcpu);
    vgic_retire_spis(vcpu);
    refresh(vcpu, refill(vcpu, free));
}
