/* SPDX-License-Identifier: MIT */
/* What the host's device tree says about the machine. Filled by launch/machine/machine.c, which is
 * pure. */
#ifndef TREFOIL_MACHINE_H
#define TREFOIL_MACHINE_H

#include <trefoil/types.h>
#include <arch/machine.h>

#define MACHINE_MAX_MEMORY   16 /* banks that memory nodes name */
#define MACHINE_MAX_BANKS    48 /* and the pieces of them between what is no-map */
#define MACHINE_MAX_RESERVED 64
#define MACHINE_MAX_CPUS     32
#define MACHINE_PATH         96
#define MACHINE_COMMAND_LINE 512

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
    uint64_t id;    /* what the hardware knows it by: what its node says as reg */
    bool startable; /* firmware is able to start it */
    int node;       /* FDT offset */
};

/* The UART that /chosen/stdout-path names. */
struct machine_uart {
    char compatible[128]; /* all its strings, most specific first, each ended by a zero; then zeroes
                           */
    char path[MACHINE_PATH];
    int node; /* FDT offset */
    struct paddr_range reg;
    uint32_t irq;      /* interrupt line, 0 if it has none */
    uint32_t clock_hz; /* 0: not said */
    uint32_t baud;     /* from stdout-path's options or current-speed; 0: leave as it is */
    uint32_t
        reg_shift; /* distance of registers, as a power of two, and width in bytes (8250 family) */
    uint32_t reg_io_width;
};

/* The real time clock. */
struct machine_rtc {
    const char *compatible; /* that of drivers/rtc/rtc.def; NULL: there is none */
    struct paddr_range reg;
};

/* The watchdog, where the hypervisor is to have it (option watchdog=). */
struct machine_watchdog {
    const char *compatible;    /* that of drivers/watchdog/watchdog.def; NULL: there is none */
    struct paddr_range reg[2]; /* frames, in the binding's order */
    uint32_t irq;              /* interrupt line, 0 if it has none */
    int node;                  /* FDT offset */
};

struct machine {
    struct paddr_range banks[MACHINE_MAX_BANKS]; /* RAM less what is no-map, ascending, disjoint,
                                                  * page aligned */
    unsigned int nr_banks;
    struct paddr_range reserved[MACHINE_MAX_RESERVED]; /* memreserve block and /reserved-memory */
    unsigned int nr_reserved;

    struct machine_cpu cpus[MACHINE_MAX_CPUS];
    unsigned int nr_cpus;
    /* The interrupt controller that devices' lines lead to: its node, for reading theirs. */
    struct {
        uint32_t phandle;
        uint32_t cells; /* #interrupt-cells */
        char path[MACHINE_PATH];
    } controller;
    struct arch_machine arch; /* the controller itself, timers, firmware */

    int chosen; /* FDT offset of /chosen in the tree that was read, negative: none */
    struct machine_uart uart;
    bool has_uart;
    struct machine_rtc rtc;
    struct machine_watchdog watchdog;
    char command_line[MACHINE_COMMAND_LINE]; /* /chosen: xen,xen-bootargs, else bootargs */
    bool command_line_cut; /* it was longer: words that did not fit as a whole are not in it */
};

/*
 * Reads the machine out of a flattened device tree (Devicetree Specification 0.4, and the
 * bindings of the arch's interrupt controller, timers and firmware). On an error returns false and
 * leaves one line, naming node and property, in error.
 */
bool machine_read(const void *fdt, struct machine *machine, char *error, size_t error_size);
/* Makes the CPU of this hardware id, the one that boots, the first of machine->cpus, in front of
 * the others in the tree's order: these are the numbers that tools, affinities and pools know them
 * by. Who does not boot on the machine takes the tree's first for it. */
void machine_boot_cpu(struct machine *machine, uint64_t id);

/* Is `compatible` among the UART's compatible strings? */
bool machine_uart_compatible(const struct machine_uart *uart, const char *compatible);

#endif
