/* SPDX-License-Identifier: MIT */
/* The distributor: where it is, and how its registers are read and written. */
#ifndef GIC_DISTRIBUTOR_H
#define GIC_DISTRIBUTOR_H

#include "gic_registers.h"
#include <trefoil/machine.h>
#include <asm/cpu.h>

/* All interrupts have the same priority: EL2 takes one at a time, to its end. */
#define GIC_PRIORITIES 0xa0a0a0a0U
/* Fixed by the Base System Architecture (Arm DEN 0094, PPI assignments). */
#define GIC_MAINTENANCE 25U
#define MPIDR_AFFINITY  0xff00ffffffUL

/* Of the machine, once gic_init() has read it. */
struct gic {
    paddr_t distributor;
    struct paddr_range regions[MACHINE_MAX_REDIST];
    unsigned int nr_regions;
    uint64_t stride;
    unsigned int nr_intids;
    uint64_t boot_mpidr;
};

extern struct gic gic;

/* Loads are load-acquire: Cortex-A57's erratum 832075. */
static inline uint32_t gic_mmio_read(paddr_t address)
{
    return __atomic_load_n((volatile uint32_t *)address, __ATOMIC_ACQUIRE);
}

/* Whom an interrupt that this lets through reaches sees what was stored before (Arm ARM B2.3:
 * memory and a device are ordered by a barrier only). */
static inline void gic_mmio_write(paddr_t address, uint32_t value)
{
    dmb(oshst);
    *(volatile uint32_t *)address = value;
}

/* Polls until the masked bits of a register are clear; false when they do not become so. */
bool gic_wait_clear(paddr_t address, uint32_t mask);

/* The register with an SPI's bit, among those with one bit an interrupt. */
static inline paddr_t gic_bit_register(unsigned int base, unsigned int intid)
{
    return gic.distributor + base + intid / 32 * 4;
}

static inline uint32_t gic_bit_of(unsigned int intid)
{
    return 1U << (intid % 32);
}

#endif
