/* SPDX-License-Identifier: MIT */
/* The record of one frame of a domain's RAM, see <trefoil/memory.h>. */
#ifndef CORE_FRAME_H
#define CORE_FRAME_H

#include <stdatomic.h>
#include <trefoil/types.h>

struct domain;

struct frame {
    _Atomic uint32_t state; /* FRAME_*: holders, flags */
    uint32_t link;          /* ballooned: next of the owner's list; orphan: id of the dying owner */
};

#define FRAME_HOLDERS   0x00ffffffU
#define FRAME_BALLOONED 0x40000000U /* owned, but nowhere in the owner's physmap */
#define FRAME_ORPHAN    0x80000000U /* its owner is dying, and has a reference more for it */

#define FRAME_LIST_END 0U /* frame number 0 is never RAM of a domain */

/* Makes directories of the frames of the machine's banks out of free memory. At boot. */
void frames_init(void);
/* NULL for what is not in a bank, or never was a domain's. */
struct frame *frame_of(mfn_t mfn);
/*
 * Sees to it that the frames of a range that is given to a domain have records: a page of them for
 * each 2 MiB, which stays. Those of frames that are nobody's are zeroes. -EINVAL when it is not
 * RAM, -ENOMEM.
 */
int frames_begin(uint64_t start, uint64_t pages);

/* core/memory/memory.c: runs of frames. */
uint64_t heap_take_run(uint64_t wanted, uint64_t align, uint64_t *taken);
uint64_t heap_take_small(uint64_t pages, uint64_t align);
void heap_give(uint64_t start, uint64_t pages);
const struct machine *heap_machine(void);

#endif
