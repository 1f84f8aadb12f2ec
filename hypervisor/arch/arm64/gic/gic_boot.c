/* SPDX-License-Identifier: MIT */
/* The machine's GICv3 is set up: its distributor, and each CPU's redistributor and interface. */
#include "gic_cpu.h"
#include "gic_distributor.h"
#include "cpu/stage1.h"
#include <trefoil/pcpu.h>
#include <asm/gic.h>
#include <asm/vgic.h>

static void distributor_quiet(void)
{
    for (unsigned int intid = GIC_FIRST_SPI; intid < gic.nr_intids; intid += 32) {
        gic_mmio_write(gic_bit_register(GICD_ICENABLER, intid), UINT32_MAX);
        gic_mmio_write(gic_bit_register(GICD_ICACTIVER, intid), UINT32_MAX);
        gic_mmio_write(gic_bit_register(GICD_IGROUPR, intid), UINT32_MAX);
        for (unsigned int i = 0; i < 32; i += 4)
            gic_mmio_write(gic.distributor + GICD_IPRIORITYR + intid + i, GIC_PRIORITIES);
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
    revision = GIC_PIDR2_REVISION(gic_mmio_read(gic.distributor + GICD_PIDR2));
    if (revision != 3 && revision != 4)
        return false;
    gic.nr_intids = 32 * (GICD_TYPER_LINES(gic_mmio_read(gic.distributor + GICD_TYPER)) + 1);
    if (gic.nr_intids > GIC_NO_INTID)
        gic.nr_intids = GIC_NO_INTID;
    gic_mmio_write(gic.distributor + GICD_CTLR, 0);
    if (!gic_wait_clear(gic.distributor + GICD_CTLR, GICD_CTLR_RWP))
        return false;
    distributor_quiet();
    gic_mmio_write(gic.distributor + GICD_CTLR, GICD_CTLR_ARE);
    gic_mmio_write(gic.distributor + GICD_CTLR, GICD_CTLR_ARE | GICD_CTLR_GROUP1);
    return gic_wait_clear(gic.distributor + GICD_CTLR, GICD_CTLR_RWP);
}

static uint64_t gic_mmio_read64(paddr_t address)
{
    return *(volatile uint64_t *)address;
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
        uint64_t typer = gic_mmio_read64(region->start + offset + GICR_TYPER);
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
    gic_mmio_write(pcpu->arch.gicr + GICR_WAKER,
                   gic_mmio_read(pcpu->arch.gicr + GICR_WAKER) & ~GICR_WAKER_SLEEP);
    if (!gic_wait_clear(pcpu->arch.gicr + GICR_WAKER, GICR_WAKER_ASLEEP))
        return false;
    sgi = pcpu->arch.gicr + GICR_SGI_FRAME;
    gic_mmio_write(sgi + GICD_ICENABLER, UINT32_MAX);
    gic_mmio_write(sgi + GICD_ICACTIVER, UINT32_MAX);
    gic_mmio_write(sgi + GICD_IGROUPR, UINT32_MAX);
    for (unsigned int i = 0; i < 32; i += 4)
        gic_mmio_write(sgi + GICD_IPRIORITYR + i, GIC_PRIORITIES);
    gic_mmio_write(sgi + GICD_ISENABLER, gic_bit_of(GIC_SGI_RESCHEDULE) | gic_bit_of(GIC_SGI_STOP) |
                                             gic_bit_of(GIC_MAINTENANCE) |
                                             gic_bit_of(gic_timer_virtual) |
                                             gic_bit_of(gic_timer_hypervisor));
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
