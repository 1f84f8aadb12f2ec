/* SPDX-License-Identifier: MIT */
/* Says when its first instruction ran, in ns since the counter began; under `-icount shift=0` that
 * is instructions since reset. */
#include "bare.h"

void guest_interrupt(void)
{
}

void guest_main(const void *fdt)
{
    uint64_t now = READ_SYSREG(cntpct_el0);

    (void)fdt;
    print("bench first %lu\n", now * (1000000000UL / READ_SYSREG(cntfrq_el0)));
    print("bench done\n");
    power_off();
}
