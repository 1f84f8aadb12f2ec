/* SPDX-License-Identifier: MIT */
/* Free memory as a list of extents, ascending and never adjacent, each with its header in its own
 * first page. Callers lock. */
#ifndef CORE_EXTENTS_H
#define CORE_EXTENTS_H

#include <trefoil/types.h>

struct extent {
    struct extent *next;
    uint64_t start; /* frame number */
    uint64_t pages;
};

struct extent_list {
    struct extent *first;
    uint64_t pages; /* in all extents */
};

#define NO_EXTENT UINT64_MAX

/* Gives frames to the list, joining neighbours. */
void extents_insert(struct extent_list *list, uint64_t start, uint64_t pages);
/*
 * Takes exactly `pages` frames aligned to `align` (a power of two) from the end of the extent that
 * they fit most tightly: for small pieces, so that large extents stay large. NO_EXTENT when there
 * is no such run.
 */
uint64_t extents_take_small(struct extent_list *list, uint64_t pages, uint64_t align);
/*
 * Takes up to `wanted` frames in one run whose start is aligned to `align`: the first run that
 * holds all, else the longest; then, if it is longer than `align`, its length is a multiple of
 * that. *taken says how many. NO_EXTENT when there is none.
 */
uint64_t extents_take_run(struct extent_list *list, uint64_t wanted, uint64_t align,
                          uint64_t *taken);

#endif
