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
#define FRAME_STATIC    0x20000000U /* static memory: kept for its domain, never free memory */
#define FRAME_BALLOONED 0x40000000U /* owned, but nowhere in the owner's physmap */
#define FRAME_ORPHAN    0x80000000U /* its owner is dying: free it with the last holder */

#define FRAME_LIST_END 0U /* frame number 0 is never RAM of a domain */

/* Makes tables for the frames of the machine's banks out of free memory; their contents come later.
 * At boot. */
void frames_init(void);
/* NULL for what is not in a bank. */
struct frame *frame_of(mfn_t mfn);
/* Writes the records of a range that is given to a domain, with these flags; false when it is not
 * RAM. */
bool frames_begin(uint64_t start, uint64_t pages, uint32_t flags);

/* core/memory/memory.c: runs of frames. */
uint64_t heap_take_run(uint64_t wanted, uint64_t align, uint64_t *taken);
uint64_t heap_take_small(uint64_t pages, uint64_t align);
void heap_give(uint64_t start, uint64_t pages);
const struct machine *heap_machine(void);

#endif
