/* SPDX-License-Identifier: MIT */
/*
 * The other domain of two regions of shared memory: it does what it is told there. The two may not
 * communicate otherwise, so both know the addresses, and nothing else, from the device tree's
 * author (tests/guests.sh).
 */
#ifndef LENDER_H
#define LENDER_H

#include "test.h"

#define PLACED_SIZE   0x200000UL
#define PLACED_TESTER 0x50000000UL /* the region that the tree puts somewhere, at the tester's */
#define PLACED_LENDER 0x60200000UL
#define FOUND_SIZE    0x3000UL
#define FOUND_TESTER  0x58000000UL
#define FOUND_LENDER  0x7ffff000UL /* across a border of 1 GiB */

/* At the start of the region that is placed. */
struct lending {
    uint64_t lives; /* of the lender, counted by itself */
    uint64_t order; /* what to do, LENDER_: by the tester, and 0 again when it is done */
    uint64_t page;  /* of either region, the placed one first */
    uint64_t value;
};

enum { LENDER_IDLE, LENDER_WRITE, LENDER_READ, LENDER_REBOOT };

/* Does not return. */
void lender_serve(void);

#endif
