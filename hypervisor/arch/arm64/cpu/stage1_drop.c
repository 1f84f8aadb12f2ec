/* SPDX-License-Identifier: MIT */
#include "stage1.h"
#include <asm/cpu.h>

struct stage1_boot stage1_boot;

/* Arm ARM D8.14: entries are made invalid first, then forgotten by every TLB. Twice, as 1286807 and
 * its kind have it (errata.def) and nobody waits for it. */
void stage1_drop_boot(void)
{
    for (unsigned int i = 0; i < stage1_boot.pages; i++)
        stage1_boot.entries[i] = STAGE1_TAKEN;
    dsb(ishst);
    for (unsigned int i = 0; i < 2; i++) {
        tlbi_alle2is();
        dsb(ish);
    }
    isb();
}
