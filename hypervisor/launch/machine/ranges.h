/* SPDX-License-Identifier: MIT */
/* Sets of address ranges. Inner header of launch/. No range here wraps around: start + size fits 64
 * bits. */
#ifndef LAUNCH_RANGES_H
#define LAUNCH_RANGES_H

#include <trefoil/machine.h>

static inline bool range_overlaps(struct paddr_range a, struct paddr_range b)
{
    return a.size != 0 && b.size != 0 && a.start < b.start + b.size && b.start < a.start + a.size;
}

static inline bool range_holds(struct paddr_range outer, struct paddr_range inner)
{
    return inner.start >= outer.start && inner.start - outer.start <= outer.size &&
           inner.size <= outer.size - (inner.start - outer.start);
}

static inline bool range_same(struct paddr_range a, struct paddr_range b)
{
    return a.start == b.start && a.size == b.size;
}

/* To the whole pages inside it; false when there is none. */
bool ranges_shrink_to_pages(struct paddr_range *range);
/* To all pages it touches. */
void ranges_grow_to_pages(struct paddr_range *range);
/* Adds to an ascending, disjoint set, joining what touches or overlaps. False when it is full. */
bool ranges_add(struct paddr_range *set, unsigned int *count, unsigned int limit,
                struct paddr_range range);
/* Takes a range out of an ascending, disjoint set. False when there is no room for what is left. */
bool ranges_cut(struct paddr_range *set, unsigned int *count, unsigned int limit,
                struct paddr_range range);
/* Does one range of the set hold all of it? */
bool ranges_hold(const struct paddr_range *set, unsigned int count, struct paddr_range range);
/* The first of the set that overlaps; NULL when none does. */
const struct paddr_range *ranges_overlapping(const struct paddr_range *set, unsigned int count,
                                             struct paddr_range range);

#endif
