/* SPDX-License-Identifier: MIT */
/* The virtual GIC: making it, loading it, and making interrupts pending. */
#include "vgic.h"
#include "gic/gic_cpu.h"
#include "device/mmio.h"
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/memory.h>
#include <trefoil/sched.h>
#include <trefoil/string.h>

int vgic_domain_init(struct domain *domain, const struct domain_config *config)
{
    struct vgic_domain *vgic = &domain->arch.vgic;
    int error;

    if (config->nr_lines > VGIC_MAX_SPIS)
        return -EINVAL;
    memset(vgic, 0, sizeof(*vgic));
    vgic->nr_banks = (config->nr_lines + 31) / 32;
    if (vgic->nr_banks > 0) {
        vgic->spis = pages_alloc(domain, order_of_size(vgic->nr_banks * sizeof(*vgic->spis)));
        if (vgic->spis == NULL) {
            vgic->nr_banks = 0;
            return -ENOMEM;
        }
    }
    for (unsigned int i = 0; i < vgic->nr_banks; i++)
        atomic_store(&vgic->spis[i].bank.group, UINT32_MAX);
    error = mmio_register(domain, config->layout.gicd.start, GUEST_GICV3_GICD_SIZE,
                          vgic_distributor_access, NULL);
    /* Each vcpu that is made lets the redistributors' region grow. */
    if (error == 0)
        error =
            mmio_register(domain, config->layout.gicr.start, 0, vgic_redistributor_access, NULL);
    if (error != 0)
        vgic_domain_free(domain);
    return error;
}

/* From here on no physical interrupt looks for a vcpu of the domain. */
static void release_hardware(struct domain *domain)
{
    struct vgic_domain *vgic = &domain->arch.vgic;

    for (unsigned int i = 0; i < vgic->nr_banks; i++) {
        struct vgic_bank *bank = &vgic->spis[i].bank;

        for (uint32_t left = bank->hardware; left != 0; left &= left - 1)
            gic_spi_release(32 * (i + 1) + vgic_lowest(left), domain);
        bank->hardware = 0;
    }
}

void vgic_domain_free(struct domain *domain)
{
    struct vgic_domain *vgic = &domain->arch.vgic;

    release_hardware(domain);
    if (vgic->spis != NULL)
        pages_free(domain, vgic->spis, order_of_size(vgic->nr_banks * sizeof(*vgic->spis)));
    vgic->spis = NULL;
    vgic->nr_banks = 0;
}

bool vgic_has_spi(const struct domain *domain, unsigned int intid)
{
    return intid >= VGIC_PRIVATE && intid / 32 <= domain->arch.vgic.nr_banks;
}

void vgic_bind_hardware(struct domain *domain, unsigned int intid)
{
    domain->arch.vgic.spis[intid / 32 - 1].bank.hardware |= 1U << (intid % 32);
    gic_spi_configure(intid, false);
}

/* Gives back the SPIs that list registers hold, when the vcpu's interrupt state is thrown away. */
static void drop_spis(struct vcpu *vcpu)
{
    struct vgic_vcpu *vgic = &vcpu->arch.vgic;

    for (uint32_t left = vgic->lr_spis; left != 0; left &= left - 1) {
        unsigned int intid = vgic->lr_spi[vgic_lowest(left)];
        struct vgic_spis *spis = &vcpu->domain->arch.vgic.spis[intid / 32 - 1];
        uint32_t bit = 1U << (intid % 32);

        vgic_clear(&spis->bank.active, bit);
        vgic_clear(&spis->bank.listed_pending, bit);
        vgic_clear(&spis->bank.listed, bit);
        atomic_store(&spis->holder[intid % 32], 0);
        if ((spis->bank.hardware & bit) != 0)
            gic_spi_deactivate(intid);
    }
}

void vgic_vcpu_reset(struct vcpu *vcpu)
{
    struct vgic_vcpu *vgic = &vcpu->arch.vgic;
    struct pcpu *loaded = atomic_load(&vgic->loaded);

    if (vcpu->domain->arch.vgic.spis != NULL)
        drop_spis(vcpu);
    memset(vgic, 0, sizeof(*vgic));
    atomic_store(&vgic->private.group, UINT32_MAX);
    atomic_store(&vgic->private.edge, VGIC_SGIS);
    vgic->private.hardware = VGIC_TIMER_BIT;
    vgic->hcr = ICH_HCR_EN;
    /* What came for it while it was off. */
    atomic_store(&vgic->hint, (uint32_t)((1UL << vcpu->domain->arch.vgic.nr_banks) - 1));
    atomic_store(&vgic->dirty, true);
    if (loaded == this_pcpu()) {
        for (unsigned int n = 0; n < gic_nr_lrs; n++)
            gic_lr_write(n, 0);
        gic_private_clear_active(1U << gic_timer_virtual);
        vgic_load(vcpu);
    }
}

/* The domain has a redistributor for each vcpu up to this one. */
static void grow_redistributors(struct vcpu *vcpu)
{
    struct arch_domain *arch = &vcpu->domain->arch;

    for (unsigned int i = 0; i < arch->nr_mmio; i++)
        if (arch->mmio[i].handler == vgic_redistributor_access)
            arch->mmio[i].size = (vcpu->id + 1UL) * GICR_STRIDE;
}

int vgic_vcpu_init(struct vcpu *vcpu)
{
    grow_redistributors(vcpu);
    memset(&vcpu->arch.vgic, 0, sizeof(vcpu->arch.vgic));
    vgic_vcpu_reset(vcpu);
    return 0;
}

void vgic_vcpu_free(struct vcpu *vcpu)
{
    release_hardware(vcpu->domain);
    vgic_vcpu_reset(vcpu);
}

/* Leaves the list registers empty, as vgic_load() wants them. */
void vgic_save(struct vcpu *vcpu)
{
    struct vgic_vcpu *vgic = &vcpu->arch.vgic;
    bool timer_active = (vgic_get(&vgic->private.held) & VGIC_TIMER_BIT) != 0;

    WRITE_SYSREG(0, ich_hcr_el2);
    vgic_retire_spis(vcpu);
    vgic->lr_valid = gic_lr_mask() & ~gic_lr_free();
    for (uint32_t left = vgic->lr_valid; left != 0; left &= left - 1) {
        unsigned int n = vgic_lowest(left);

        vgic->lr[n] = gic_lr_read(n);
        gic_lr_write(n, 0);
        timer_active |= (vgic->lr[n] & LR_HW) != 0 && LR_INTID(vgic->lr[n]) < VGIC_PRIVATE;
    }
    /* The pcpu's next vcpu has the same physical timer. A latched one fires again once its vcpu is
     * back. */
    if (timer_active) {
        gic_private_clear_active(1U << gic_timer_virtual);
        vgic_clear(&vgic->private.held, VGIC_TIMER_BIT);
        vgic_clear(&vgic->private.pending, VGIC_TIMER_BIT);
    }
    vgic->vmcr = READ_SYSREG(ich_vmcr_el2);
    gic_apr_save(vgic->ap0r, vgic->ap1r);
    atomic_store(&vgic->loaded, NULL);
}

void vgic_load(struct vcpu *vcpu)
{
    struct vgic_vcpu *vgic = &vcpu->arch.vgic;
    bool timer_active = false;

    for (uint32_t left = vgic->lr_valid; left != 0; left &= left - 1) {
        unsigned int n = vgic_lowest(left);
        uint64_t lr = vgic->lr[n];

        gic_lr_write(n, lr);
        timer_active |= (lr & LR_HW) != 0 && LR_INTID(lr) < VGIC_PRIVATE;
    }
    if (timer_active)
        gic_private_set_active(1U << gic_timer_virtual);
    WRITE_SYSREG(vgic->vmcr, ich_vmcr_el2);
    gic_apr_load(vgic->ap0r, vgic->ap1r);
    WRITE_SYSREG(vgic->hcr, ich_hcr_el2);
    /* First loaded, then a look at dirty; vgic_notify() does it the other way round. Store-release
     * and load-acquire stay in order (RCsc). */
    atomic_store(&vgic->loaded, this_pcpu());
    if (atomic_load(&vgic->dirty))
        vgic_sync(vcpu);
}

bool vgic_is_dirty(const struct vcpu *vcpu)
{
    return atomic_load(&vcpu->arch.vgic.dirty);
}

void vgic_notify(struct vcpu *vcpu)
{
    struct vgic_vcpu *vgic = &vcpu->arch.vgic;
    struct pcpu *loaded;

    atomic_store(&vgic->dirty, true);
    loaded = atomic_load(&vgic->loaded);
    if (loaded == this_pcpu())
        vgic_sync(vcpu);
    else if (loaded != NULL)
        arch_send_reschedule(loaded);
    /* Pairs with vcpu_block(): what was made pending is seen there, or BLOCKED is seen here. */
    smp_mb();
    if (atomic_load_explicit(&vcpu->state, memory_order_relaxed) == VCPU_BLOCKED)
        vcpu_wake(vcpu);
}

struct vcpu *vgic_spi_target(const struct domain *domain, unsigned int intid)
{
    const struct vgic_spis *spis = &domain->arch.vgic.spis[intid / 32 - 1];
    unsigned int id = atomic_load(&spis->target[intid % 32]);

    return id < domain->max_vcpus ? domain->vcpus[id] : NULL;
}

void vgic_notify_spis(struct domain *domain, unsigned int bank, uint32_t mask)
{
    struct vgic_spis *spis = &domain->arch.vgic.spis[bank];

    for (; mask != 0; mask &= mask - 1) {
        unsigned int i = vgic_lowest(mask);
        struct vcpu *target = vgic_spi_target(domain, 32 * (bank + 1) + i);
        unsigned int holder = atomic_load(&spis->holder[i]);

        if (target != NULL) {
            vgic_set(&target->arch.vgic.hint, 1U << bank);
            vgic_notify(target);
        }
        if (holder != 0 && (target == NULL || holder != target->id + 1U))
            vgic_notify(domain->vcpus[holder - 1]);
    }
}

void vgic_post_private(struct vcpu *vcpu, unsigned int intid)
{
    struct vgic_vcpu *vgic = &vcpu->arch.vgic;
    uint32_t bit = 1U << (intid % 32);

    /* Nobody but this pcpu changes whether it is loaded here, or makes it block. */
    if (atomic_load_explicit(&vgic->loaded, memory_order_relaxed) == this_pcpu() &&
        (vgic->direct & bit) != 0 && gic_lr_used() == 0) {
        gic_lr0_write(LR_PENDING | vgic_lr_template(&vgic->private, intid));
        if (unlikely(atomic_load_explicit(&vcpu->state, memory_order_relaxed) == VCPU_BLOCKED))
            vcpu_wake(vcpu);
        return;
    }
    vgic_set(&vgic->private.pending, bit);
    vgic_notify(vcpu);
}

void vgic_private_line(struct vcpu *vcpu, unsigned int intid, bool level)
{
    struct vgic_bank *private = &vcpu->arch.vgic.private;
    uint32_t bit = 1U << (intid % 32);
    uint32_t before =
        level ? atomic_fetch_or(&private->line, bit) : atomic_fetch_and(&private->line, ~bit);

    if (level == ((before & bit) != 0))
        return;
    if (level && (vgic_get(&private->edge) & bit) != 0)
        vgic_set(&private->pending, bit);
    vgic_notify(vcpu);
}

void vgic_timer_interrupt(struct vcpu *vcpu)
{
    struct vgic_bank *private = &vcpu->arch.vgic.private;

    vgic_set(&private->held, VGIC_TIMER_BIT);
    vgic_set(&private->pending, VGIC_TIMER_BIT);
    vgic_sync(vcpu);
}

void vgic_hardware_spi(struct domain *domain, unsigned int intid)
{
    struct vgic_bank *bank = &domain->arch.vgic.spis[intid / 32 - 1].bank;
    struct vcpu *target = vgic_spi_target(domain, intid);
    uint32_t bit = 1U << (intid % 32);

    vgic_set(&bank->held, bit);
    vgic_set(&bank->pending, bit);
    if (target == NULL)
        return;
    /* The next one comes straight to where its vcpu is now. */
    if (target->pcpu != NULL && target->pcpu != this_pcpu())
        gic_spi_route(intid, target->pcpu->arch.mpidr);
    vgic_set(&target->arch.vgic.hint, 1U << (intid / 32 - 1));
    vgic_notify(target);
}

void vgic_set_spi(struct domain *domain, unsigned int spi, bool level)
{
    struct vgic_bank *bank;
    uint32_t bit = 1U << (spi % 32);
    uint32_t before;

    if (!vgic_has_spi(domain, spi))
        return;
    bank = &domain->arch.vgic.spis[spi / 32 - 1].bank;
    before = level ? atomic_fetch_or(&bank->line, bit) : atomic_fetch_and(&bank->line, ~bit);
    if (level == ((before & bit) != 0))
        return;
    if (level && (vgic_get(&bank->edge) & bit) != 0)
        vgic_set(&bank->pending, bit);
    /* A line that falls matters only to a list register in which it still is pending. */
    if (level || (vgic_get(&bank->listed) & bit) != 0)
        vgic_notify_spis(domain, spi / 32 - 1, bit);
}

int arch_set_line(struct domain *domain, unsigned int line, bool level)
{
    const struct vpl011 *uart = &domain->arch.vpl011;

    if (!vgic_has_spi(domain, line))
        return -EINVAL;
    line = (unsigned int)index_nospec(line, 32 * (VGIC_MAX_BANKS + 1));
    if ((domain->arch.vgic.spis[line / 32 - 1].bank.hardware >> (line % 32) & 1) != 0 ||
        (uart->present && line == uart->spi))
        return -EINVAL;
    vgic_set_spi(domain, line, level);
    return 0;
}

void arch_vcpu_raise_event(struct vcpu *vcpu)
{
    vgic_post_private(vcpu, GUEST_EVTCHN_PPI);
}

static void sgi_post(struct vcpu *target, unsigned int intid)
{
    if (target != NULL && (vgic_get(&target->arch.vgic.private.group) >> intid & 1) != 0)
        vgic_post_private(target, intid);
}

/* ICC_SGI1R_EL1 (Arm IHI 0069H, 12.2.19). Affinities are those of vgic_vcpu_affinity(). */
#define SGI1R_IRM          (1UL << 40)          /* all but itself */
#define SGI1R_ELSEWHERE    0x00fff0ff00000000UL /* Aff3, Aff2, range selector: 0 for all vcpus */
#define SGI1R_INTID(value) ((unsigned int)((value) >> 24) & 0xfU)
#define SGI1R_FIRST(value) (16U * ((unsigned int)((value) >> 16) & 0xffU))
#define SGI1R_LIST(value)  ((uint32_t)(value)&0xffffU)

static __attribute__((noinline)) void sgi_to_many(struct vcpu *vcpu, uint64_t value)
{
    struct domain *domain = vcpu->domain;
    unsigned int intid = SGI1R_INTID(value);

    if ((value & SGI1R_IRM) != 0) {
        for (unsigned int i = 0; i < domain->max_vcpus; i++)
            if (i != vcpu->id)
                sgi_post(domain->vcpus[i], intid);
        return;
    }
    if ((value & SGI1R_ELSEWHERE) != 0)
        return;
    for (uint32_t list = SGI1R_LIST(value); list != 0; list &= list - 1) {
        unsigned int id = SGI1R_FIRST(value) + vgic_lowest(list);

        if (id < domain->max_vcpus)
            sgi_post(domain->vcpus[index_nospec(id, DOMAIN_MAX_VCPUS)], intid);
    }
}

void vgic_sgi1r_write(struct vcpu *vcpu, uint64_t value)
{
    const struct domain *domain = vcpu->domain;
    uint32_t list = SGI1R_LIST(value);
    unsigned int id = SGI1R_FIRST(value) + vgic_lowest(list | 1U << 31);

    /* Most are for one. */
    if (unlikely((value & (SGI1R_IRM | SGI1R_ELSEWHERE)) != 0 || (list & (list - 1)) != 0))
        sgi_to_many(vcpu, value);
    else if (likely(list != 0 && id < domain->max_vcpus))
        sgi_post(domain->vcpus[id], SGI1R_INTID(value));
}
