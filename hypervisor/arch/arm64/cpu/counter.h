/* SPDX-License-Identifier: MIT */
#ifndef COUNTER_H
#define COUNTER_H

#include "errata.h"
#include <asm/cpu.h>

/*
 * CNTPCT_EL0 (Arm ARM D12.1.2), not read ahead of what comes before. Cortex-A73's erratum 858921:
 * as the low half wraps the value may be one or the other half's; of two reads that differ in bit
 * 32 the first is right.
 */
static inline uint64_t counter_read(void)
{
    uint64_t value, again;

    isb();
    value = READ_SYSREG(cntpct_el0);
    if (likely((errata_needs & ERRATUM_NEED(ERRATUM_COUNTER_TWICE)) == 0))
        return value;
    again = READ_SYSREG(cntpct_el0);
    return ((value ^ again) >> 32 & 1) != 0 ? value : again;
}

#endif
