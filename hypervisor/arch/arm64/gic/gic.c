/* SPDX-License-Identifier: MIT */
/* The machine's GICv3: set-up, and what an interrupt that comes to EL2 leads to. */
#include "gic_cpu.h"
#include "gic_registers.h"
#include "cpu/stage1.h"
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
/* All interrupts have the same priority: EL2 takes one at a time, to its end. */
#define GIC_PRIORITIES 0xa0a0a0a0U
/* Fixed by the Base System Architecture (Arm DEN 0094, PPI assignments). */
#define GIC_MAINTENANCE 25U
/* Handled in one go at most, so that a screaming device cannot keep a pcpu for ever. */
#define GIC_BURST      32U
#define MPIDR_AFFINITY 0xff00ffffffUL

unsigned int gic_nr_lrs;
unsigned int gic_nr_aprs;
unsigned int gic_timer_virtual;
unsigned int gic_timer_hypervisor;

static struct {
    paddr_t distributor;
    struct paddr_range regions[MACHINE_MAX_REDIST];
    unsigned int nr_regions;
    uint64_t stride;
    unsigned int nr_intids;
    uint64_t boot_mpidr;
} gic;

/* GICD_ICFGR holds 16 interrupts a register, changed by read and write. */
static spinlock_t configure_lock;

/* Who gets an SPI: EL2 itself (handler), or a domain (data, no handler). Set while domains are
 * made, cleared when they end. */
static struct spi_action {
    gic_handler *handler;
    void *data;
    _Atomic unsigned int users; /* pcpus that act on it right now */
} spi_actions[GIC_LAST_SPI + 1U - GIC_FIRST_SPI];

/* Loads are load-acquire: Cortex-A57's erratum 832075. */
static uint32_t mmio_read(paddr_t address)
{
    return __atomic_load_n((volatile uint32_t *)address, __ATOMIC_ACQUIRE);
}

/* Whom an interrupt that this lets through reaches sees what was stored before (Arm ARM B2.3:
 * memory and a device are ordered by a barrier only). */
static void mmio_write(paddr_t address, uint32_t value)
{
    dmb(oshst);
    *(volatile uint32_t *)address = value;
}

static uint64_t mmio_read64(paddr_t address)
{
    return *(volatile uint64_t *)address;
}

static void mmio_write64(paddr_t address, uint64_t value)
{
    *(volatile uint64_t *)address = value;
}

/* Polls until the masked bits are clear. */
static bool wait_clear(paddr_t address, uint32_t mask)
{
    for (unsigned int i = 0; i < GIC_POLLS; i++)
        if ((mmio_read(address) & mask) == 0)
            return true;
    return false;
}

/* The register with an SPI's bit, among those with one bit an interrupt. */
static paddr_t bit_register(unsigned int base, unsigned int intid)
{
    return gic.distributor + base + intid / 32 * 4;
}

static uint32_t bit_of(unsigned int intid)
{
    return 1U << (intid % 32);
}

static struct spi_action *spi_action(unsigned int intid)
{
    if (intid < GIC_FIRST_SPI || intid >= gic.nr_intids)
        return NULL;
    return &spi_actions[intid - GIC_FIRST_SPI];
}

static void distributor_quiet(void)
{
    for (unsigned int intid = GIC_FIRST_SPI; intid < gic.nr_intids; intid += 32) {
        mmio_write(bit_register(GICD_ICENABLER, intid), UINT32_MAX);
        mmio_write(bit_register(GICD_ICACTIVER, intid), UINT32_MAX);
        mmio_write(bit_register(GICD_IGROUPR, intid), UINT32_MAX);
        for (unsigned int i = 0; i < 32; i += 4)
            mmio_write(gic.distributor + GICD_IPRIORITYR + intid + i, GIC_PRIORITIES);
    }
}

bool gic_init(const struct machine *machine)
{
    uint32_t revision;

    gic.distributor = machine->arch.gicd.start;
    gic.nr_regions = machine->arch.nr_gicr;
    gic.stride = machine->arch.gicr_stride;
    gic.boot_mpidr = READ_SYSREG(mpidr_el1) & MPIDR_AFFINITY;
    gic_timer_virtual = machine->arch.timer_irq_virt;
    gic_timer_hypervisor = machine->arch.timer_irq_hyp;
    if (!stage1_map(machine->arch.gicd.start, ALIGN_UP(machine->arch.gicd.size, PAGE_SIZE),
                    STAGE1_DEVICE))
        return false;
    for (unsigned int i = 0; i < gic.nr_regions; i++) {
        gic.regions[i] = machine->arch.gicr[i];
        if (!stage1_map(gic.regions[i].start, ALIGN_UP(gic.regions[i].size, PAGE_SIZE),
                        STAGE1_DEVICE))
            return false;
    }
    revision = GIC_PIDR2_REVISION(mmio_read(gic.distributor + GICD_PIDR2));
    if (revision != 3 && revision != 4)
        return false;
    gic.nr_intids = 32 * (GICD_TYPER_LINES(mmio_read(gic.distributor + GICD_TYPER)) + 1);
    if (gic.nr_intids > GIC_NO_INTID)
        gic.nr_intids = GIC_NO_INTID;
    mmio_write(gic.distributor + GICD_CTLR, 0);
    if (!wait_clear(gic.distributor + GICD_CTLR, GICD_CTLR_RWP))
        return false;
    distributor_quiet();
    mmio_write(gic.distributor + GICD_CTLR, GICD_CTLR_ARE);
    mmio_write(gic.distributor + GICD_CTLR, GICD_CTLR_ARE | GICD_CTLR_GROUP1);
    return wait_clear(gic.distributor + GICD_CTLR, GICD_CTLR_RWP);
}

/* GICR_TYPER's and ICC_SGI1R's idea of an affinity: four bytes in a row. */
static uint32_t affinity_packed(uint64_t mpidr)
{
    return (uint32_t)(mpidr & 0xffffffU) | (uint32_t)(mpidr >> 32 & 0xffU) << 24;
}

/* The redistributor of this CPU in one region, 0 when it is not there. */
static paddr_t redistributor_in(const struct paddr_range *region, uint32_t affinity)
{
    uint64_t offset = 0;

    while (offset + GICR_STRIDE <= region->size) {
        uint64_t typer = mmio_read64(region->start + offset + GICR_TYPER);
        uint64_t frames = (typer & GICR_TYPER_VLPIS) != 0 ? 2UL * GICR_STRIDE : GICR_STRIDE;

        if (typer >> 32 == affinity)
            return region->start + offset;
        if ((typer & GICR_TYPER_LAST) != 0)
            return 0;
        offset += gic.stride != 0 ? gic.stride : frames;
    }
    return 0;
}

static bool redistributor_init(struct pcpu *pcpu)
{
    uint32_t affinity = affinity_packed(READ_SYSREG(mpidr_el1));
    paddr_t sgi;

    pcpu->arch.gicr = 0;
    for (unsigned int i = 0; i < gic.nr_regions && pcpu->arch.gicr == 0; i++)
        pcpu->arch.gicr = redistributor_in(&gic.regions[i], affinity);
    if (pcpu->arch.gicr == 0)
        return false;
    mmio_write(pcpu->arch.gicr + GICR_WAKER,
               mmio_read(pcpu->arch.gicr + GICR_WAKER) & ~GICR_WAKER_SLEEP);
    if (!wait_clear(pcpu->arch.gicr + GICR_WAKER, GICR_WAKER_ASLEEP))
        return false;
    sgi = pcpu->arch.gicr + GICR_SGI_FRAME;
    mmio_write(sgi + GICD_ICENABLER, UINT32_MAX);
    mmio_write(sgi + GICD_ICACTIVER, UINT32_MAX);
    mmio_write(sgi + GICD_IGROUPR, UINT32_MAX);
    for (unsigned int i = 0; i < 32; i += 4)
        mmio_write(sgi + GICD_IPRIORITYR + i, GIC_PRIORITIES);
    mmio_write(sgi + GICD_ISENABLER, bit_of(GIC_SGI_RESCHEDULE) | bit_of(GIC_SGI_STOP) |
                                         bit_of(GIC_MAINTENANCE) | bit_of(gic_timer_virtual) |
                                         bit_of(gic_timer_hypervisor));
    return true;
}

bool gic_cpu_init(struct pcpu *pcpu)
{
    uint64_t vtr;

    /* System registers first, and for EL1 too, which may look at its own ICC_SRE_EL1 without a
     * trap. */
    WRITE_SYSREG(ICC_SRE_ALL, icc_sre_el2);
    isb();
    WRITE_SYSREG(ICC_SRE_ALL & 7, icc_sre_el1);
    isb();
    /* Those of the boot CPU, which all have (alike.def). */
    vtr = READ_SYSREG(ich_vtr_el2);
    if (gic_nr_lrs == 0) {
        gic_nr_lrs = ICH_VTR_LRS(vtr);
        gic_nr_aprs = 1U << (ICH_VTR_PRE(vtr) - 5U);
    }
    /* The underflow interrupt comes with one list register still in use: with one there is no use
     * for it. */
    if (gic_nr_lrs < 2 || gic_nr_lrs > VGIC_MAX_LRS || !redistributor_init(pcpu))
        return false;
    for (unsigned int i = 0; i < gic_nr_lrs; i++)
        gic_lr_write(i, 0);
    WRITE_SYSREG(0, ich_hcr_el2);
    WRITE_SYSREG(0, ich_vmcr_el2);
    WRITE_SYSREG(0xff, icc_pmr_el1);
    WRITE_SYSREG(0, icc_bpr1_el1);
    WRITE_SYSREG(ICC_CTLR_EOIMODE, icc_ctlr_el1);
    WRITE_SYSREG(1, icc_igrpen1_el1);
    isb();
    return true;
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
    (void)wait_clear(gic.distributor + GICD_CTLR, GICD_CTLR_RWP);
    action->data = NULL;
    /* Pairs with handle_spi(). */
    smp_mb();
    while (atomic_load(&action->users) != 0)
        cpu_relax();
    gic_spi_deactivate(intid);
}

void gic_spi_enable(unsigned int intid, bool enable)
{
    mmio_write(bit_register(enable ? GICD_ISENABLER : GICD_ICENABLER, intid), bit_of(intid));
}

void gic_spi_configure(unsigned int intid, bool edge)
{
    paddr_t address = gic.distributor + GICD_ICFGR + intid / 16 * 4;
    uint32_t bit = 2U << (intid % 16 * 2);
    uint32_t value;

    spin_lock(&configure_lock);
    value = mmio_read(address);
    mmio_write(address, edge ? value | bit : value & ~bit);
    spin_unlock(&configure_lock);
}

void gic_spi_route(unsigned int intid, uint64_t mpidr)
{
    mmio_write64(gic.distributor + GICD_IROUTER + 8UL * intid, mpidr & MPIDR_AFFINITY);
}

void gic_spi_set_pending(unsigned int intid)
{
    mmio_write(bit_register(GICD_ISPENDR, intid), bit_of(intid));
}

void gic_spi_deactivate(unsigned int intid)
{
    mmio_write(bit_register(GICD_ICACTIVER, intid), bit_of(intid));
}

/* The barrier: the state must have changed before a timer's wire, changed by a system register, is
 * looked at. */
static void private_write(unsigned int offset, uint32_t intids)
{
    mmio_write(this_pcpu()->arch.gicr + GICR_SGI_FRAME + offset, intids);
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
