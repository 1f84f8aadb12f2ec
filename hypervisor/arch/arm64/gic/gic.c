/* SPDX-License-Identifier: MIT */
/* The machine's GICv3: each CPU's part, and what an interrupt that comes to EL2 leads to. */
#include "gic_cpu.h"
#include "gic_distributor.h"
#include "gic_registers.h"
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/machine.h>
#include <trefoil/pcpu.h>
#include <trefoil/printk.h>
#include <trefoil/timer.h>
#include <asm/gic.h>
#include <asm/timer.h>
#include <asm/vgic.h>
#include <xen/arch-arm.h>

#define GIC_POLLS 1000000U /* for what takes the hardware microseconds */
/* Handled in one go at most, so that a screaming device cannot keep a pcpu for ever. */
#define GIC_BURST 32U

unsigned int gic_nr_lrs;
unsigned int gic_nr_aprs;
unsigned int gic_timer_virtual;
unsigned int gic_timer_hypervisor;

struct gic gic;

/* GICD_ICFGR holds 16 interrupts a register, changed by read and write. */
static spinlock_t configure_lock;

/* Who gets an SPI: EL2 itself (handler), or a domain (data, no handler). Set while domains are
 * made, cleared when they end. */
static struct spi_action {
    gic_handler *handler;
    void *data;
    _Atomic unsigned int users; /* pcpus that act on it right now */
} spi_actions[GIC_LAST_SPI + 1U - GIC_FIRST_SPI];

static void gic_mmio_write64(paddr_t address, uint64_t value)
{
    *(volatile uint64_t *)address = value;
}

bool gic_wait_clear(paddr_t address, uint32_t mask)
{
    for (unsigned int i = 0; i < GIC_POLLS; i++)
        if ((gic_mmio_read(address) & mask) == 0)
            return true;
    return false;
}

static struct spi_action *spi_action(unsigned int intid)
{
    if (intid < GIC_FIRST_SPI || intid >= gic.nr_intids)
        return NULL;
    return &spi_actions[intid - GIC_FIRST_SPI];
}

/* The priority drop before is done first (Arm IHI 0069H, 4.1.1, EOImode 1: in this order). */
static void deactivate(unsigned int intid)
{
    isb();
    WRITE_SYSREG(intid, icc_dir_el1);
}

/* SPIs: EL2's are handled to their end; a domain's stays active until the domain's virtual
 * interrupt ends. */
static void handle_spi(unsigned int intid)
{
    struct spi_action *action = spi_action(intid);
    bool ended = true;

    WRITE_SYSREG(intid, icc_eoir1_el1);
    if (action == NULL)
        return;
    atomic_fetch_add(&action->users, 1);
    /* Pairs with gic_spi_release(): the user is seen there, or that nobody takes it is seen here.
     */
    smp_mb_after_rmw();
    if (action->handler != NULL) {
        action->handler(action->data);
    } else if (action->data != NULL) {
        vgic_hardware_spi(action->data, intid);
        ended = false;
    } else {
        gic_spi_enable(intid, false);
    }
    atomic_fetch_sub(&action->users, 1);
    if (ended)
        deactivate(intid);
}

/* EL2's own private interrupts. What they do to the loaded vcpu is done before they can come again.
 */
static void handle_private(unsigned int intid)
{
    struct vcpu *vcpu = current_vcpu();

    WRITE_SYSREG(intid, icc_eoir1_el1);
    if (intid == gic_timer_hypervisor) {
        time_interrupt();
        deactivate(intid);
        /* While it is active the next one would not show in ISR_EL1 (Arm IHI 0069H, 4.1), which
         * a timer that works for long looks at. */
        timers_run(this_pcpu());
        return;
    }
    if (unlikely(intid == GIC_SGI_STOP))
        gic_stop_interrupt();
    else if (vcpu != NULL && (intid == GIC_MAINTENANCE || vgic_is_dirty(vcpu)))
        vgic_sync(vcpu);
    deactivate(intid);
}

/* The guest's virtual timer, the most frequent interrupt: straight into a list register if it can
 * be. */
static inline void handle_virtual_timer(void)
{
    struct vcpu *vcpu = current_vcpu();
    uint64_t free = READ_SYSREG(ich_elrsr_el2);

    WRITE_SYSREG(gic_timer_virtual, icc_eoir1_el1);
    if (unlikely(vcpu == NULL))
        deactivate(gic_timer_virtual);
    else if (likely((free & 1) != 0 && vcpu->arch.vgic.timer_lr != 0))
        gic_lr0_write(vcpu->arch.vgic.timer_lr);
    else
        vgic_timer_interrupt(vcpu);
}

void gic_handle_interrupts(void)
{
    unsigned int left = GIC_BURST;

    for (;;) {
        unsigned int intid = (unsigned int)READ_SYSREG(icc_iar1_el1);

        /* Acknowledged, before what it was sent for is read: memory or a device's registers (Arm
         * IHI 0069H, 4.1.1). Pairs with the barrier of arch_send_reschedule(). */
        dsb(sy);
        if (likely(intid == gic_timer_virtual))
            handle_virtual_timer();
        else if (intid >= GIC_NO_INTID)
            return;
        else if (intid < GIC_FIRST_SPI)
            handle_private(intid);
        else
            handle_spi(intid);
        if (likely(READ_SYSREG(isr_el1) == 0) || --left == 0)
            return;
        /* What list registers hold now shows in the next turn. */
        isb();
    }
}

static int spi_take(unsigned int intid, gic_handler *handler, void *data)
{
    struct spi_action *action = spi_action(intid);

    if (action == NULL)
        return -EINVAL;
    if (action->handler != NULL || action->data != NULL)
        return -EBUSY;
    action->data = data;
    action->handler = handler;
    gic_spi_route(intid, gic.boot_mpidr);
    return 0;
}

int gic_request(unsigned int intid, gic_handler *handler, void *data)
{
    int error = spi_take(intid, handler, data);

    if (error == 0)
        gic_spi_enable(intid, true);
    return error;
}

int arch_route_line(struct domain *domain, unsigned int intid)
{
    int error;

    if (!vgic_has_spi(domain, intid))
        return -EINVAL;
    error = spi_take(intid, NULL, domain);
    if (error == 0)
        vgic_bind_hardware(domain, intid);
    return error;
}

void gic_spi_release(unsigned int intid, const struct domain *domain)
{
    struct spi_action *action = spi_action(intid);

    if (action == NULL || action->handler != NULL || action->data != domain)
        return;
    gic_spi_enable(intid, false);
    (void)gic_wait_clear(gic.distributor + GICD_CTLR, GICD_CTLR_RWP);
    action->data = NULL;
    /* Pairs with handle_spi(). */
    smp_mb();
    while (atomic_load(&action->users) != 0)
        cpu_relax();
    gic_spi_deactivate(intid);
}

void gic_spi_enable(unsigned int intid, bool enable)
{
    gic_mmio_write(gic_bit_register(enable ? GICD_ISENABLER : GICD_ICENABLER, intid),
                   gic_bit_of(intid));
}

void gic_spi_configure(unsigned int intid, bool edge)
{
    paddr_t address = gic.distributor + GICD_ICFGR + intid / 16 * 4;
    uint32_t bit = 2U << (intid % 16 * 2);
    uint32_t value;

    spin_lock(&configure_lock);
    value = gic_mmio_read(address);
    gic_mmio_write(address, edge ? value | bit : value & ~bit);
    spin_unlock(&configure_lock);
}

void gic_spi_route(unsigned int intid, uint64_t mpidr)
{
    gic_mmio_write64(gic.distributor + GICD_IROUTER + 8UL * intid, mpidr & MPIDR_AFFINITY);
}

void gic_spi_set_pending(unsigned int intid)
{
    gic_mmio_write(gic_bit_register(GICD_ISPENDR, intid), gic_bit_of(intid));
}

void gic_spi_deactivate(unsigned int intid)
{
    gic_mmio_write(gic_bit_register(GICD_ICACTIVER, intid), gic_bit_of(intid));
}

/* The barrier: the state must have changed before a timer's wire, changed by a system register, is
 * looked at. */
static void private_write(unsigned int offset, uint32_t intids)
{
    gic_mmio_write(this_pcpu()->arch.gicr + GICR_SGI_FRAME + offset, intids);
    dsb(sy);
}

void gic_private_set_active(uint32_t intids)
{
    private_write(GICD_ISACTIVER, intids);
}

void gic_private_clear_active(uint32_t intids)
{
    private_write(GICD_ICACTIVER, intids);
}

void gic_private_set_pending(uint32_t intids)
{
    private_write(GICD_ISPENDR, intids);
}

void gic_send(const struct pcpu *pcpu, unsigned int sgi)
{
    uint64_t mpidr = pcpu->arch.mpidr;
    uint64_t aff0 = mpidr & 0xff;

    /* What the other is to see must be there before the interrupt. */
    dsb(ishst);
    WRITE_SYSREG((mpidr >> 32 & 0xff) << 48 | (aff0 >> 4) << 44 | (mpidr >> 16 & 0xff) << 32 |
                     (uint64_t)sgi << 24 | (mpidr >> 8 & 0xff) << 16 | 1UL << (aff0 & 15),
                 icc_sgi1r_el1);
    isb();
}

void arch_send_reschedule(struct pcpu *pcpu)
{
    gic_send(pcpu, GIC_SGI_RESCHEDULE);
}

bool arch_interrupt_waiting(void)
{
    return READ_SYSREG(isr_el1) != 0;
}
