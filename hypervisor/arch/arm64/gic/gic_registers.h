/* SPDX-License-Identifier: MIT */
/* Register offsets and fields of GICv3 (Arm IHI 0069H, chapter 12), for the machine's GIC and the
 * virtual one. */
#ifndef GIC_REGISTERS_H
#define GIC_REGISTERS_H

/* INTIDs (2.2.1). */
#define GIC_FIRST_PPI 16U
#define GIC_FIRST_SPI 32U
#define GIC_LAST_SPI  1019U
#define GIC_NO_INTID  1020U /* this and above: none, or not for us */

/* Distributor (12.9). */
#define GICD_CTLR       0x0000U
#define GICD_TYPER      0x0004U
#define GICD_IIDR       0x0008U
#define GICD_IGROUPR    0x0080U
#define GICD_ISENABLER  0x0100U
#define GICD_ICENABLER  0x0180U
#define GICD_ISPENDR    0x0200U
#define GICD_ICPENDR    0x0280U
#define GICD_ISACTIVER  0x0300U
#define GICD_ICACTIVER  0x0380U
#define GICD_IPRIORITYR 0x0400U
#define GICD_ICFGR      0x0c00U
#define GICD_IROUTER    0x6000U
#define GICD_PIDR2      0xffe8U

#define GICD_CTLR_GROUP0 (1U << 0) /* with DS: EnableGrp0 */
#define GICD_CTLR_GROUP1 (1U << 1) /* EnableGrp1 with DS, else EnableGrp1A */
#define GICD_CTLR_ARE    (1U << 4)
#define GICD_CTLR_DS     (1U << 6)
#define GICD_CTLR_RWP    (1U << 31)

#define GICD_TYPER_LINES(typer) ((typer)&0x1fU)
#define GICD_TYPER_IDBITS_10    (9U << 19)
#define GICD_TYPER_NO1N         (1U << 25)
#define GICD_IROUTER_IRM        (1UL << 31)

/* Redistributor (12.11): the RD frame, and 64 KiB further the SGI frame, whose registers lie as in
 * the distributor. */
#define GICR_CTLR      0x0000U
#define GICR_IIDR      0x0004U
#define GICR_TYPER     0x0008U
#define GICR_TYPER_HI  0x000cU
#define GICR_WAKER     0x0014U
#define GICR_SGI_FRAME 0x10000U
#define GICR_STRIDE    0x20000U

#define GICR_TYPER_VLPIS  (1UL << 1) /* GICv4: two frames more */
#define GICR_TYPER_LAST   (1UL << 4)
#define GICR_WAKER_SLEEP  (1U << 1)
#define GICR_WAKER_ASLEEP (1U << 2)

/* Architecture revisions in PIDR2. */
#define GIC_PIDR2_REVISION(pidr2) (((pidr2) >> 4) & 0xfU)

/* CPU interface (12.2). */
#define ICC_SRE_ALL      0xfUL /* SRE, DFB, DIB, Enable */
#define ICC_CTLR_EOIMODE (1UL << 1)

/* Hypervisor interface (12.4). */
#define ICH_HCR_EN         (1UL << 0)
#define ICH_HCR_UIE        (1UL << 1)
#define ICH_VTR_LRS(vtr)   ((unsigned int)((vtr)&0x1f) + 1U)
#define ICH_VTR_PRE(vtr)   ((unsigned int)((vtr) >> 26 & 7) + 1U)
#define ICH_VMCR_GROUP0    (1UL << 0)
#define ICH_VMCR_GROUP1    (1UL << 1)
#define ICH_VMCR_PMR(vmcr) ((unsigned int)((vmcr) >> 24) & 0xffU)

#define LR_ACTIVE         (1UL << 63)
#define LR_PENDING        (1UL << 62)
#define LR_STATE          (LR_ACTIVE | LR_PENDING)
#define LR_HW             (1UL << 61)
#define LR_GROUP1         (1UL << 60)
#define LR_PRIORITY_SHIFT 48
#define LR_PRIORITY_MASK  (0xffUL << LR_PRIORITY_SHIFT)
#define LR_PINTID_SHIFT   32
#define LR_EOI            (1UL << 41) /* without LR_HW: maintenance interrupt at the end of the interrupt */
#define LR_INTID(lr)      ((unsigned int)(lr)&0x3ffU)
#define LR_PRIORITY(lr)   ((unsigned int)((lr) >> LR_PRIORITY_SHIFT) & 0xffU)

#endif
