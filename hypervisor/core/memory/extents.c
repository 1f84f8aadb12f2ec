/* SPDX-License-Identifier: MIT */
#include "extents.h"
#include <trefoil/arch.h>

static uint64_t end_of(const struct extent *extent)
{
    return extent->start + extent->pages;
}

static struct extent *header_at(uint64_t start, uint64_t pages, struct extent *next)
{
    struct extent *extent = mfn_map((mfn_t){start});

    *extent = (struct extent){.next = next, .start = start, .pages = pages};
    return extent;
}

void extents_insert(struct extent_list *list, uint64_t start, uint64_t pages)
{
    struct extent *before = NULL, *after = list->first;

    if (!pages)
        return;
    list->pages += pages;
    while (after && after->start < start) {
        before = after;
        after = after->next;
    }
    if (after && start + pages == after->start) {
        pages += after->pages;
        after = after->next;
    }
    if (before && end_of(before) == start) {
        before->pages += pages;
        before->next = after;
        return;
    }

    struct extent *made = header_at(start, pages, after);

    if (before)
        before->next = made;
    else
        list->first = made;
}

/* Cuts a run out of an extent; what is left before and after stays in the list. */
static void cut(struct extent_list *list, struct extent *before, struct extent *extent,
                uint64_t start, uint64_t pages)
{
    uint64_t head = start - extent->start, tail = end_of(extent) - (start + pages);
    struct extent *next = extent->next;

    list->pages -= pages;
    if (tail)
        next = header_at(start + pages, tail, next);
    if (head) {
        extent->pages = head;
        extent->next = next;
    } else if (before) {
        before->next = next;
    } else {
        list->first = next;
    }
}

/* The last aligned place in an extent where `pages` frames fit; NO_EXTENT when they do not. */
static uint64_t last_fit(const struct extent *extent, uint64_t pages, uint64_t align)
{
    if (extent->pages < pages)
        return NO_EXTENT;

    uint64_t start = ALIGN_DOWN(end_of(extent) - pages, align);

    return start >= extent->start ? start : NO_EXTENT;
}

uint64_t extents_take_small(struct extent_list *list, uint64_t pages, uint64_t align)
{
    struct extent *best = NULL, *best_before = NULL, *before = NULL;

    for (struct extent *extent = list->first; extent; before = extent, extent = extent->next) {
        bool tighter = !best || extent->pages <= best->pages;

        if (tighter && last_fit(extent, pages, align) != NO_EXTENT) {
            best = extent;
            best_before = before;
        }
    }
    if (!best)
        return NO_EXTENT;

    uint64_t start = last_fit(best, pages, align);

    cut(list, best_before, best, start, pages);
    return start;
}

static uint64_t room_from(const struct extent *extent, uint64_t start)
{
    return start < end_of(extent) ? end_of(extent) - start : 0;
}

uint64_t extents_take_run(struct extent_list *list, uint64_t wanted, uint64_t align,
                          uint64_t *taken)
{
    struct extent *best = NULL, *best_before = NULL, *before = NULL;
    uint64_t best_room = 0;

    for (struct extent *extent = list->first; extent && best_room < wanted;
         before = extent, extent = extent->next) {
        uint64_t room = room_from(extent, ALIGN_UP(extent->start, align));

        if (room > best_room) {
            best = extent;
            best_before = before;
            best_room = room;
        }
    }
    if (!best)
        return NO_EXTENT;
    if (best_room >= wanted)
        best_room = wanted;
    else if (best_room > align)
        best_room = ALIGN_DOWN(best_room, align);

    uint64_t start = ALIGN_UP(best->start, align);

    cut(list, best_before, best, start, best_room);
    *taken = best_room;
    return start;
}
