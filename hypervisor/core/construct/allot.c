/* SPDX-License-Identifier: MIT */
/* At boot: memory that the tree lets domains share. */
#include <trefoil/construct.h>
#include <trefoil/memory.h>
#include <trefoil/printk.h>

#include "memory/extents.h"
#include "memory/frame.h"
#include "memory/scrub.h"

#define PAGES_2M (UINT64_C(1) << 9)

/* In one piece, and where blocks of stage 2 fit if there is such a place. */
static bool find_place(struct launch_plan *plan, struct launch_region *region)
{
    uint64_t pages = region->size >> PAGE_SHIFT;
    uint64_t start = heap_take_small(pages, pages < PAGES_2M ? 1 : PAGES_2M);

    if (start == NO_EXTENT)
        start = heap_take_small(pages, 1);
    if (start == NO_EXTENT)
        return false;
    region->host = (struct paddr_range){start << PAGE_SHIFT, region->size};
    plan->allotted += region->size;
    return true;
}

void regions_allot(struct launch_plan *plan)
{
    for (unsigned int i = 0; i < plan->nr_regions; i++) {
        struct launch_region *region = &plan->regions[i];

        if (region->nr_shares == 0)
            continue;
        if (region->host.size == 0 && !find_place(plan, region)) {
            log_error("shared memory %s: no %llu KiB of free memory in one piece", region->id,
                      (unsigned long long)(region->size >> 10));
            continue;
        }
        scrub_memory(region->host.start, region->host.size);
        log_info("shared memory %s: 0x%llx, 0x%llx bytes, of %u domains", region->id,
                 (unsigned long long)region->host.start, (unsigned long long)region->host.size,
                 region->nr_shares);
    }
}
