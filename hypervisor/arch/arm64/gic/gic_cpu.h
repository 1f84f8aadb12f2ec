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

/* Active priorities: gic_nr_aprs registers for each group. */
void gic_apr_save(uint64_t *group0, uint64_t *group1);
void gic_apr_load(const uint64_t *group0, const uint64_t *group1);

static inline uint32_t gic_lr_mask(void)
{
    return (1U << gic_nr_lrs) - 1U;
}

/* List registers that hold an interrupt, or one whose end is yet to be noticed. */
static inline uint32_t gic_lr_used(void)
{
    return ~((uint32_t)READ_SYSREG(ich_elrsr_el2) | UINT32_MAX << gic_nr_lrs);
}

/* List registers that hold no interrupt, nor one whose end is yet to be noticed. */
static inline uint32_t gic_lr_free(void)
{
    return (uint32_t)READ_SYSREG(ich_elrsr_el2) & gic_lr_mask();
}

#endif
