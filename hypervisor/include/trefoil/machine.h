/* SPDX-License-Identifier: MIT */
/* What the host's device tree says about the machine. Filled by launch/machine/machine.c, which is
 * pure. */
#ifndef TREFOIL_MACHINE_H
#define TREFOIL_MACHINE_H

#include <trefoil/types.h>

#define MACHINE_MAX_BANKS    16
#define MACHINE_MAX_RESERVED 64
#define MACHINE_MAX_CPUS     32
#define MACHINE_MAX_REDIST   8
#define MACHINE_PATH         96
#define MACHINE_COMMAND_LINE 512

/* A range of host physical addresses, in bytes. */
struct paddr_range {
    paddr_t start;
    uint64_t size;
};

/* What is left, from the byte `position` of all ranges together on, of the range it falls into;
 * size 0 past the last. */
static inline struct paddr_range range_from(const struct paddr_range *ranges, unsigned int nr,
                                            uint64_t position)
{
    for (unsigned int i = 0; i < nr; i++) {
        if (position < ranges[i].size)
            return (struct paddr_range){ranges[i].start + position, ranges[i].size - position};
        position -= ranges[i].size;
    }
    return (struct paddr_range){0, 0};
}

struct machine_cpu {
    uint64_t mpidr; /* affinity fields only */
    bool psci;      /* enable-method = "psci" */
};

/* The UART that /chosen/stdout-path names. */
struct machine_uart {
    char compatible[128]; /* all its strings, most specific first, each ended by a zero; then zeroes
                           */
    char path[MACHINE_PATH];
    int node; /* FDT offset */
    struct paddr_range reg;
    uint32_t irq;      /* GIC INTID, 0 if it has none */
    uint32_t clock_hz; /* 0: not said */
    uint32_t baud;     /* from stdout-path's options or current-speed; 0: leave as it is */
    uint32_t
        reg_shift; /* distance of registers, as a power of two, and width in bytes (8250 family) */
    uint32_t reg_io_width;
};

struct machine {
    struct paddr_range banks[MACHINE_MAX_BANKS]; /* RAM, ascending, disjoint, page aligned */
    unsigned int nr_banks;
    struct paddr_range reserved[MACHINE_MAX_RESERVED]; /* memreserve block and /reserved-memory */
    unsigned int nr_reserved;

    struct machine_cpu cpus[MACHINE_MAX_CPUS];
    unsigned int nr_cpus;
    bool has_psci; /* a PSCI 0.2 or newer firmware is named */
    bool psci_smc; /* PSCI conduit: smc, else hvc (then there is none for EL2) */

    struct paddr_range gicd;
    struct paddr_range gicr[MACHINE_MAX_REDIST];
    unsigned int nr_gicr;
    uint64_t gicr_stride;         /* 0: the architecture's 128 KiB */
    uint32_t gic_maintenance_irq; /* INTID, 0 if not given */
    uint32_t gic_phandle; /* and its #interrupt-cells: for reading other nodes' interrupts */
    uint32_t gic_cells;
    char gic_path[MACHINE_PATH];

    uint32_t timer_irq_phys;  /* INTIDs: non-secure EL1 physical */
    uint32_t timer_irq_virt;  /* EL1 virtual */
    uint32_t timer_irq_hyp;   /* EL2 physical */
    uint32_t timer_frequency; /* Hz from clock-frequency, 0: read CNTFRQ_EL0 */

    int chosen; /* FDT offset of /chosen in the tree that was read, negative: none */
    struct machine_uart uart;
    bool has_uart;
    struct paddr_range rtc;                  /* an arm,pl031; size 0: there is none */
    char command_line[MACHINE_COMMAND_LINE]; /* /chosen: xen,xen-bootargs, else bootargs */
};

/*
 * Reads the machine out of a flattened device tree (Devicetree Specification 0.4; bindings
 * arm,gic-v3, arm,armv8-timer, arm,psci-1.0). On an error returns false and leaves one line, naming
 * node and property, in error.
 */
bool machine_read(const void *fdt, struct machine *machine, char *error, size_t error_size);

/* Is `compatible` among the UART's compatible strings? */
bool machine_uart_compatible(const struct machine_uart *uart, const char *compatible);

#endif
