/* SPDX-License-Identifier: MIT */
/* The hypervisor control interface of the GIC CPU interface: registers with a number in their name,
 * by number. */
#ifndef GIC_CPU_H
#define GIC_CPU_H

#include <trefoil/types.h>
#include <asm/cpu.h>
#include <asm/gic.h>

/* List register n < gic_nr_lrs. */
uint64_t gic_lr_read(unsigned int n);
void gic_lr_write(unsigned int n, uint64_t value);

static inline void gic_lr0_write(uint64_t value)
{
    WRITE_SYSREG(value, ich_lr0_el2);
}

/* Active priorities: gic_nr_aprs registers for each group. */
void gic_apr_save(uint64_t *group0, uint64_t *group1);
void gic_apr_load(const uint64_t *group0, const uint64_t *group1);

static inline uint32_t gic_lr_mask(void)
{
    return (1U << gic_nr_lrs) - 1U;
}

/*
 * List registers that hold an interrupt, or one whose end is yet to be noticed. A list register
 * written since EL2 was entered shows there only after a context synchronization event (Arm ARM
 * D19.1.2, synchronization requirements for system registers; list registers themselves read back
 * without one).
 */
static inline uint32_t gic_lr_used(void)
{
    isb();
    return ~((uint32_t)READ_SYSREG(ich_elrsr_el2) | UINT32_MAX << gic_nr_lrs);
}

/* The others. */
static inline uint32_t gic_lr_free(void)
{
    isb();
    return (uint32_t)READ_SYSREG(ich_elrsr_el2) & gic_lr_mask();
}

#endif
