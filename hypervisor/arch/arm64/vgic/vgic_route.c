/* SPDX-License-Identifier: MIT */
/* GICD_IROUTER (Arm IHI 0069H, 12.9.22): which vcpu an SPI goes to. */
#include "vgic_registers.h"
#include <trefoil/arch.h>

/* The INTID that an access is about; 0 when it is reserved. */
static unsigned int route_intid(const struct vgic_access *access)
{
    unsigned int intid = access->offset / 8;
    unsigned int banks = access->vcpu->domain->arch.vgic.nr_banks;

    if (!vgic_has_spi(access->vcpu->domain, intid))
        return 0;
    return VGIC_PRIVATE + (unsigned int)index_nospec(intid - VGIC_PRIVATE, 32UL * banks);
}

uint64_t vgic_read_route(const struct vgic_access *access)
{
    unsigned int intid = route_intid(access);
    const struct vgic_spis *spis;

    if (intid == 0 || access->offset % 8 != 0)
        return 0; /* the upper half holds Aff3, which is 0 */
    spis = &access->vcpu->domain->arch.vgic.spis[intid / 32 - 1];
    return vgic_vcpu_affinity(atomic_load(&spis->target[intid % 32]));
}

/* An affinity that no vcpu has, or the wish for any vcpu (TYPER.No1N says there is none), changes
 * nothing. */
void vgic_write_route(const struct vgic_access *access, uint64_t value)
{
    unsigned int intid = route_intid(access);
    struct domain *domain = access->vcpu->domain;
    uint64_t affinity = value & 0xff00ffffffUL;
    uint64_t id = (affinity & 15) | (affinity >> 8 & 0xff) << 4;
    struct vgic_spis *spis;
    struct vcpu *target;

    if (intid == 0 || access->offset % 8 != 0 || (value & GICD_IROUTER_IRM) != 0)
        return;
    if (id >= domain->max_vcpus || vgic_vcpu_affinity((unsigned int)id) != affinity)
        return;
    spis = &domain->arch.vgic.spis[intid / 32 - 1];
    target = domain->vcpus[index_nospec(id, DOMAIN_MAX_VCPUS)];
    if (atomic_exchange(&spis->target[intid % 32], (uint16_t)id) == id || target == NULL)
        return;
    /* Pairs with who makes it pending and then reads the target (vgic_notify_spis()): the new one
     * is seen there, or that it waits is seen here. */
    smp_mb_after_rmw();
    if ((spis->bank.hardware >> (intid % 32) & 1) != 0 && target->pcpu != NULL)
        gic_spi_route(intid, target->pcpu->arch.mpidr);
    vgic_notify_spis(domain, intid / 32 - 1,
                     1U << (intid % 32) &
                         (vgic_waiting(&spis->bank) | vgic_get(&spis->bank.listed)));
}
