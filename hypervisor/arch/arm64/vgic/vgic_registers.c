/* SPDX-License-Identifier: MIT */
/* The memory-mapped registers of the virtual GIC (Arm IHI 0069H, 12.8 to 12.11): finding the row of
 * an access. */
#include "vgic_registers.h"

/* Ranges begin and end at multiples of this. */
#define BLOCK_SHIFT 7
#define BLOCKS      (0x10000U >> BLOCK_SHIFT)

/* What of GICD_CTLR a guest may change: one Security state, affinity routing always on. */
#define CONTROL_MASK (GICD_CTLR_GROUP0 | GICD_CTLR_GROUP1)

static uint64_t read_control(const struct vgic_access *access)
{
    const struct vgic_domain *vgic = &access->vcpu->domain->arch.vgic;

    switch (access->offset) {
    case GICD_CTLR: return vgic_get(&vgic->control) | GICD_CTLR_ARE | GICD_CTLR_DS;
    case GICD_TYPER: return vgic->nr_banks | GICD_TYPER_IDBITS_10 | GICD_TYPER_NO1N;
    case GICD_IIDR: return VGIC_IIDR;
    default: return 0;
    }
}

static void write_control(const struct vgic_access *access, uint64_t value)
{
    struct domain *domain = access->vcpu->domain;
    uint32_t control = (uint32_t)value & CONTROL_MASK;

    if (access->offset != GICD_CTLR ||
        atomic_exchange(&domain->arch.vgic.control, control) == control)
        return;
    for (unsigned int i = 0; i < domain->max_vcpus; i++) {
        struct vcpu *vcpu = domain->vcpus[i];

        if (vcpu == NULL)
            continue;
        /* Any bank may have interrupts that were held back. */
        vgic_set(&vcpu->arch.vgic.hint, (uint32_t)((1UL << domain->arch.vgic.nr_banks) - 1));
        vgic_notify(vcpu);
    }
}

static uint64_t read_redistributor(const struct vgic_access *access)
{
    unsigned int id = access->owner->id;
    bool last = id + 1 == access->owner->domain->max_vcpus;
    uint64_t typer =
        vgic_vcpu_affinity(id) << 32 | (uint64_t)id << 8 | (last ? GICR_TYPER_LAST : 0);

    switch (access->offset) {
    case GICR_IIDR: return VGIC_IIDR;
    case GICR_TYPER: return access->size == 8 ? typer : (uint32_t)typer;
    case GICR_TYPER_HI: return typer >> 32;
    case GICR_WAKER:
        return access->owner->arch.vgic.awake ? 0 : GICR_WAKER_SLEEP | GICR_WAKER_ASLEEP;
    default: return 0;
    }
}

static void write_redistributor(const struct vgic_access *access, uint64_t value)
{
    if (access->offset == GICR_WAKER)
        access->owner->arch.vgic.awake = (value & GICR_WAKER_SLEEP) == 0;
}

static uint64_t read_zero(const struct vgic_access *access)
{
    (void)access;
    return 0;
}

static void write_nothing(const struct vgic_access *access, uint64_t value)
{
    (void)access;
    (void)value;
}

/* Row 0 is for what is reserved: no width is taken. */
static const struct vgic_range ranges[] = {
    {0, 0, read_zero, write_nothing},
    {GICD_CTLR, WIDTH_32, read_control, write_control},
    {GICR_CTLR, WIDTH_32_64, read_redistributor, write_redistributor},
    {GICD_IGROUPR, WIDTH_32, vgic_read_group, vgic_write_group},
    {GICD_ISENABLER, WIDTH_32, vgic_read_enabled, vgic_set_enabled},
    {GICD_ICENABLER, WIDTH_32, vgic_read_enabled, vgic_clear_enabled},
    {GICD_ISPENDR, WIDTH_32, vgic_read_pending, vgic_set_pending},
    {GICD_ICPENDR, WIDTH_32, vgic_read_pending, vgic_clear_pending},
    {GICD_ISACTIVER, WIDTH_32, vgic_read_active, vgic_set_active},
    {GICD_ICACTIVER, WIDTH_32, vgic_read_active, vgic_clear_active},
    {GICD_IPRIORITYR, WIDTH_8_32, vgic_read_priority, vgic_write_priority},
    {GICD_ICFGR, WIDTH_32, vgic_read_configuration, vgic_write_configuration},
    {GICD_IROUTER, WIDTH_32_64, vgic_read_route, vgic_write_route},
    {0xff80, WIDTH_32, vgic_read_identification, write_nothing},
};

/* Row of each block of a frame. */
enum {
    CONTROL = 1,
    REDISTRIBUTOR,
    GROUP,
    SET_ENABLE,
    CLEAR_ENABLE,
    SET_PENDING,
    CLEAR_PENDING,
    SET_ACTIVE,
    CLEAR_ACTIVE,
    PRIORITY,
    CONFIGURATION,
    ROUTE,
    IDENTIFICATION
};

#define BLOCK(offset) ((offset) >> BLOCK_SHIFT)
#define BANKED_BLOCKS                                                                              \
    [BLOCK(GICD_IGROUPR)] = GROUP, [BLOCK(GICD_ISENABLER)] = SET_ENABLE,                           \
    [BLOCK(GICD_ICENABLER)] = CLEAR_ENABLE, [BLOCK(GICD_ISPENDR)] = SET_PENDING,                   \
    [BLOCK(GICD_ICPENDR)] = CLEAR_PENDING, [BLOCK(GICD_ISACTIVER)] = SET_ACTIVE,                   \
    [BLOCK(GICD_ICACTIVER)] = CLEAR_ACTIVE, [BLOCK(GICD_IPRIORITYR)... BLOCK(0x7ff)] = PRIORITY,   \
    [BLOCK(GICD_ICFGR)... BLOCK(0xcff)] = CONFIGURATION

enum { FRAME_DISTRIBUTOR, FRAME_REDISTRIBUTOR, FRAME_SGI, FRAMES };

static const uint8_t block_rows[FRAMES][BLOCKS] = {
    [FRAME_DISTRIBUTOR] = {[BLOCK(GICD_CTLR)] = CONTROL,
                           BANKED_BLOCKS,
                           [BLOCK(GICD_IROUTER)... BLOCK(0x7fff)] = ROUTE,
                           [BLOCKS - 1] = IDENTIFICATION},
    [FRAME_REDISTRIBUTOR] = {[BLOCK(GICR_CTLR)] = REDISTRIBUTOR, [BLOCKS - 1] = IDENTIFICATION},
    [FRAME_SGI] = {BANKED_BLOCKS},
};

/* One look-up; the offset is aligned to the size. */
static bool dispatch(unsigned int frame, struct vcpu *owner, struct vcpu *vcpu,
                     struct mmio_access *access)
{
    unsigned int offset = (unsigned int)access->offset % 0x10000U;
    const struct vgic_range *range = &ranges[block_rows[frame][BLOCK(offset)]];
    struct vgic_access what = {vcpu, owner, offset - range->start, access->size};

    if (unlikely((range->widths & access->size) == 0))
        access->value = 0;
    else if (access->write)
        range->write(&what, access->value);
    else
        access->value = range->read(&what);
    return true;
}

bool vgic_distributor_access(struct vcpu *vcpu, struct mmio_access *access, void *data)
{
    (void)data;
    return dispatch(FRAME_DISTRIBUTOR, NULL, vcpu, access);
}

bool vgic_redistributor_access(struct vcpu *vcpu, struct mmio_access *access, void *data)
{
    uint64_t id = access->offset / GICR_STRIDE;
    bool sgi = (access->offset & GICR_SGI_FRAME) != 0;
    struct vcpu *owner;

    (void)data;
    if (id >= vcpu->domain->max_vcpus)
        return false;
    owner = vcpu->domain->vcpus[index_nospec(id, DOMAIN_MAX_VCPUS)];
    if (owner == NULL)
        return false;
    return dispatch(sgi ? FRAME_SGI : FRAME_REDISTRIBUTOR, owner, vcpu, access);
}
