/* SPDX-License-Identifier: MIT */
/*
 * The registers with a bit, two bits or a byte an interrupt (Arm IHI 0069H, 12.9, 12.11). With
 * affinity routing INTIDs 0 to 31 are a redistributor's, all others the distributor's.
 */
#include "vgic_registers.h"
#include <trefoil/arch.h>

/* The bank of the n-th register of 32 interrupts; NULL: reserved. */
static struct vgic_bank *bank_at(const struct vgic_access *access, unsigned int n)
{
    const struct vgic_domain *vgic = &access->vcpu->domain->arch.vgic;

    if (access->owner != NULL)
        return n == 0 ? &access->owner->arch.vgic.private : NULL;
    if (n == 0 || n > vgic->nr_banks)
        return NULL;
    return &vgic->spis[index_nospec(n - 1, vgic->nr_banks)].bank;
}

static struct vgic_bank *bank_of(const struct vgic_access *access)
{
    return bank_at(access, access->offset / 4);
}

/*
 * Something that list registers depend on changed for these interrupts of the bank with number n.
 * Where the mask says who waits or is listed, a fence comes before it: it pairs with that of
 * vgic_sync(), so that an interrupt that comes now is seen here, or the change is seen there.
 */
static void changed(const struct vgic_access *access, unsigned int n, uint32_t mask)
{
    if (access->owner != NULL)
        vgic_notify(access->owner);
    else if (mask != 0)
        vgic_notify_spis(access->vcpu->domain, n - 1, mask);
}

/* Has banks say what list registers do: exactly for the vcpu loaded here, soon for others. */
static void refresh_bank(const struct vgic_access *access, struct vgic_bank *bank)
{
    vgic_sync(access->vcpu);
    if (access->owner == NULL)
        changed(access, access->offset / 4, vgic_get(&bank->listed));
    else if (access->owner != access->vcpu)
        vgic_notify(access->owner);
}

uint64_t vgic_read_group(const struct vgic_access *access)
{
    const struct vgic_bank *bank = bank_of(access);

    return bank != NULL ? vgic_get(&bank->group) : 0;
}

void vgic_write_group(const struct vgic_access *access, uint64_t value)
{
    struct vgic_bank *bank = bank_of(access);
    uint32_t before;

    if (bank == NULL)
        return;
    before = atomic_exchange(&bank->group, (uint32_t)value);
    smp_mb_after_rmw();
    changed(access, access->offset / 4,
            (before ^ (uint32_t)value) & (vgic_waiting(bank) | vgic_get(&bank->listed)));
}

uint64_t vgic_read_enabled(const struct vgic_access *access)
{
    const struct vgic_bank *bank = bank_of(access);

    return bank != NULL ? vgic_get(&bank->enabled) : 0;
}

/* The physical SPIs behind some of a bank's interrupts. */
static void hardware_enable(const struct vgic_access *access, const struct vgic_bank *bank,
                            uint32_t mask, bool enable)
{
    if (access->owner != NULL)
        return;
    for (uint32_t left = mask & bank->hardware; left != 0; left &= left - 1)
        gic_spi_enable(32 * (access->offset / 4) + vgic_lowest(left), enable);
}

void vgic_set_enabled(const struct vgic_access *access, uint64_t value)
{
    struct vgic_bank *bank = bank_of(access);
    uint32_t mask = (uint32_t)value;

    if (bank == NULL)
        return;
    mask &= ~atomic_fetch_or(&bank->enabled, mask);
    smp_mb_after_rmw();
    hardware_enable(access, bank, mask, true);
    changed(access, access->offset / 4, mask & vgic_waiting(bank));
}

void vgic_clear_enabled(const struct vgic_access *access, uint64_t value)
{
    struct vgic_bank *bank = bank_of(access);
    uint32_t mask = (uint32_t)value;

    if (bank == NULL)
        return;
    mask &= atomic_fetch_and(&bank->enabled, ~mask);
    smp_mb_after_rmw();
    hardware_enable(access, bank, mask, false);
    changed(access, access->offset / 4, mask & vgic_get(&bank->listed));
}

uint64_t vgic_read_pending(const struct vgic_access *access)
{
    struct vgic_bank *bank = bank_of(access);

    if (bank == NULL)
        return 0;
    refresh_bank(access, bank);
    return vgic_waiting(bank) | vgic_get(&bank->listed_pending);
}

void vgic_set_pending(const struct vgic_access *access, uint64_t value)
{
    struct vgic_bank *bank = bank_of(access);
    uint32_t mask = (uint32_t)value;

    if (bank == NULL)
        return;
    /* With an interrupt of the machine the machine's GIC is asked, so that it comes the usual way.
     */
    if (access->owner == NULL)
        for (uint32_t left = mask & bank->hardware; left != 0; left &= left - 1)
            gic_spi_set_pending(32 * (access->offset / 4) + vgic_lowest(left));
    mask &= ~bank->hardware;
    vgic_set(&bank->pending, mask);
    changed(access, access->offset / 4, mask);
}

void vgic_clear_pending(const struct vgic_access *access, uint64_t value)
{
    struct vgic_bank *bank = bank_of(access);
    uint32_t mask = (uint32_t)value;

    if (bank == NULL)
        return;
    vgic_clear(&bank->pending, mask);
    if (access->owner != NULL) {
        vgic_set(&bank->cancel, mask);
        changed(access, 0, mask);
        return;
    }
    for (uint32_t left = atomic_fetch_and(&bank->held, ~mask) & mask; left != 0; left &= left - 1)
        vgic_end_hardware(32 * (access->offset / 4) + vgic_lowest(left));
    mask &= vgic_get(&bank->listed);
    vgic_set(&bank->cancel, mask);
    changed(access, access->offset / 4, mask);
}

uint64_t vgic_read_active(const struct vgic_access *access)
{
    struct vgic_bank *bank = bank_of(access);

    if (bank == NULL)
        return 0;
    refresh_bank(access, bank);
    return vgic_get(&bank->active);
}

void vgic_set_active(const struct vgic_access *access, uint64_t value)
{
    struct vgic_bank *bank = bank_of(access);
    uint32_t mask = (uint32_t)value;

    if (bank == NULL)
        return;
    mask &= ~bank->hardware;
    vgic_set(&bank->active, mask);
    vgic_set(&bank->activate, access->owner != NULL ? mask : mask & vgic_get(&bank->listed));
    changed(access, access->offset / 4, mask);
}

void vgic_clear_active(const struct vgic_access *access, uint64_t value)
{
    struct vgic_bank *bank = bank_of(access);
    uint32_t mask = (uint32_t)value;

    if (bank == NULL)
        return;
    vgic_clear(&bank->active, mask);
    if (access->owner == NULL)
        mask &= vgic_get(&bank->listed);
    vgic_set(&bank->deactivate, mask);
    changed(access, access->offset / 4, mask);
}

uint64_t vgic_read_priority(const struct vgic_access *access)
{
    const struct vgic_bank *bank = bank_at(access, access->offset / 32);
    uint64_t value = 0;

    if (bank == NULL)
        return 0;
    for (unsigned int i = 0; i < access->size; i++)
        value |= (uint64_t)atomic_load(&bank->priority[access->offset % 32 + i]) << (8 * i);
    return value;
}

void vgic_write_priority(const struct vgic_access *access, uint64_t value)
{
    struct vgic_bank *bank = bank_at(access, access->offset / 32);
    uint32_t mask = ((1U << access->size) - 1) << (access->offset % 32);

    if (bank == NULL)
        return;
    for (unsigned int i = 0; i < access->size; i++)
        atomic_store(&bank->priority[access->offset % 32 + i],
                     (uint8_t)(value >> (8 * i) & VGIC_PRIORITY_BITS));
    smp_mb();
    changed(access, access->offset / 32, mask & (vgic_waiting(bank) | vgic_get(&bank->listed)));
}

/* GICD_ICFGR: two bits an interrupt, of which the upper one says edge. */
uint64_t vgic_read_configuration(const struct vgic_access *access)
{
    const struct vgic_bank *bank = bank_at(access, access->offset / 8);
    uint64_t value = 0;
    uint32_t edge;

    if (bank == NULL)
        return 0;
    edge = vgic_get(&bank->edge) >> (access->offset % 8 * 4);
    for (unsigned int i = 0; i < 16; i++)
        value |= (uint64_t)(edge >> i & 1) << (2 * i + 1);
    return value;
}

void vgic_write_configuration(const struct vgic_access *access, uint64_t value)
{
    struct vgic_bank *bank = bank_at(access, access->offset / 8);
    unsigned int first = access->offset % 8 * 4;
    uint32_t edge = 0, changes;

    if (bank == NULL || (access->owner != NULL && first == 0))
        return; /* SGIs are always edge-triggered */
    for (unsigned int i = 0; i < 16; i++)
        edge |= (uint32_t)(value >> (2 * i + 1) & 1) << (first + i);
    changes = (vgic_get(&bank->edge) ^ edge) & 0xffffU << first;
    vgic_set(&bank->edge, edge & changes);
    vgic_clear(&bank->edge, ~edge & changes);
    smp_mb_after_rmw();
    if (access->owner == NULL)
        for (uint32_t left = changes & bank->hardware; left != 0; left &= left - 1)
            gic_spi_configure(32 * (access->offset / 8) + vgic_lowest(left),
                              (edge >> vgic_lowest(left) & 1) != 0);
    changed(access, access->offset / 8, changes & vgic_get(&bank->line));
}

/* PIDR2 at 0xffe8: architecture revision 3, JEP106 code in use. */
uint64_t vgic_read_identification(const struct vgic_access *access)
{
    return access->offset == (GICD_PIDR2 & 0x7fU) ? 0x3b : 0;
}
