/* SPDX-License-Identifier: MIT */
/* What a host's tree says of an Arm machine alone: interrupt controller, timers, firmware. */
#ifndef ARCH_MACHINE_H
#define ARCH_MACHINE_H

#include <trefoil/types.h>

#define MACHINE_MAX_REDIST 8

struct arch_machine {
    bool has_psci; /* a PSCI 0.2 or newer firmware is named */
    bool psci_smc; /* PSCI conduit: smc, else hvc (then there is none for EL2) */

    struct paddr_range gicd;
    struct paddr_range gicr[MACHINE_MAX_REDIST];
    unsigned int nr_gicr;
    uint64_t gicr_stride;         /* 0: the architecture's 128 KiB */
    uint32_t gic_maintenance_irq; /* INTID, 0 if not given */

    uint32_t timer_irq_phys;  /* INTIDs: non-secure EL1 physical */
    uint32_t timer_irq_virt;  /* EL1 virtual */
    uint32_t timer_irq_hyp;   /* EL2 physical */
    uint32_t timer_frequency; /* Hz from clock-frequency, 0: read CNTFRQ_EL0 */
};

#endif
