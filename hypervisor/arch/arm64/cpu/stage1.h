/* SPDX-License-Identifier: MIT */
/*
 * EL2's own mapping: every address is its physical address. The image by section, RAM writable,
 * devices nGnRE, nothing writable and executable. Set up by the boot CPU; all that is ever taken
 * away is the code of boot itself.
 */
#ifndef STAGE1_H
#define STAGE1_H

#include <trefoil/machine.h>
#include <trefoil/types.h>

/* MAIR_EL2: index 0 normal write-back, index 1 device nGnRE. */
#define STAGE1_MAIR 0x04ff
/* TCR_EL2: 48 bits from level 0, 4 KiB granule, inner shareable write-back walks, RES1 bits 23
 * and 31. */
#define STAGE1_TCR ((1UL << 31) | (1UL << 23) | (3UL << 12) | (1UL << 10) | (1UL << 8) | 16UL)

/* STAGE1_GUARD: nothing, for good; of pages. */
enum stage1_kind { STAGE1_CODE, STAGE1_CONSTANT, STAGE1_DATA, STAGE1_DEVICE, STAGE1_GUARD };

/* An entry that is not valid but taken, by a bit that is left to software. */
#define STAGE1_TAKEN (1UL << 55)

extern uint64_t stage1_root[];
/* The pages of boot's code, which the image begins with. */
extern struct stage1_boot {
    uint64_t *entries;
    unsigned int pages;
} stage1_boot;

/* With the MMU off: maps the image and the device tree, returns the root. */
uint64_t *stage1_build(const void *fdt);

/*
 * Maps a page aligned range; what is mapped already stays as it is. False when the tables are used
 * up. Boot CPU only, before others run guests.
 */
bool stage1_map(paddr_t start, uint64_t size, enum stage1_kind kind);

/* Takes boot's code away, on all CPUs: none of them is or comes there any more. */
void stage1_drop_boot(void);

#endif
