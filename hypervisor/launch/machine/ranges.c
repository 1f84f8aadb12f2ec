/* SPDX-License-Identifier: MIT */
#include "ranges.h"

bool ranges_shrink_to_pages(struct paddr_range *range)
{
    uint64_t end = ALIGN_DOWN(range->start + range->size, PAGE_SIZE);
    uint64_t skipped = -range->start & (PAGE_SIZE - 1);

    if (skipped >= range->size || range->start + skipped >= end)
        return false;
    range->start += skipped;
    range->size = end - range->start;
    return true;
}

void ranges_grow_to_pages(struct paddr_range *range)
{
    uint64_t last;

    if (range->size == 0)
        return;
    last = ALIGN_DOWN(range->start + range->size - 1, PAGE_SIZE);
    range->start = ALIGN_DOWN(range->start, PAGE_SIZE);
    range->size = last - range->start + PAGE_SIZE;
    if (range->start + range->size < range->start) /* the last page there is */
        range->size -= PAGE_SIZE;
}

static bool touches(struct paddr_range a, struct paddr_range b)
{
    return a.start <= b.start + b.size && b.start <= a.start + a.size;
}

static void join(struct paddr_range *into, struct paddr_range other)
{
    uint64_t end = into->start + into->size;

    if (other.start + other.size > end)
        end = other.start + other.size;
    if (other.start < into->start)
        into->start = other.start;
    into->size = end - into->start;
}

bool ranges_add(struct paddr_range *set, unsigned int *count, unsigned int limit,
                struct paddr_range range)
{
    unsigned int kept = 0, at;

    for (unsigned int i = 0; i < *count; i++) {
        if (touches(set[i], range))
            join(&range, set[i]);
        else
            set[kept++] = set[i];
    }
    *count = kept;
    if (kept == limit)
        return false;
    for (at = kept; at > 0 && set[at - 1].start > range.start; at--)
        set[at] = set[at - 1];
    set[at] = range;
    *count = kept + 1;
    return true;
}

bool ranges_cut(struct paddr_range *set, unsigned int *count, unsigned int limit,
                struct paddr_range range)
{
    uint64_t range_end = range.start + range.size;

    for (unsigned int i = *count; i-- > 0;) {
        uint64_t start = set[i].start, end = start + set[i].size;
        bool before = start < range.start, after = range_end < end;

        if (!range_overlaps(set[i], range))
            continue;
        if (before && after && *count == limit)
            return false;
        if (before && after) {
            for (unsigned int at = (*count)++; at > i + 1; at--)
                set[at] = set[at - 1];
            set[i + 1] = (struct paddr_range){range_end, end - range_end};
        }
        if (before) {
            set[i].size = range.start - start;
        } else if (after) {
            set[i] = (struct paddr_range){range_end, end - range_end};
        } else {
            (*count)--;
            for (unsigned int at = i; at < *count; at++)
                set[at] = set[at + 1];
        }
    }
    return true;
}

bool ranges_hold(const struct paddr_range *set, unsigned int count, struct paddr_range range)
{
    for (unsigned int i = 0; i < count; i++)
        if (range_holds(set[i], range))
            return true;
    return false;
}

const struct paddr_range *ranges_overlapping(const struct paddr_range *set, unsigned int count,
                                             struct paddr_range range)
{
    for (unsigned int i = 0; i < count; i++)
        if (range_overlaps(set[i], range))
            return &set[i];
    return NULL;
}
