/* SPDX-License-Identifier: MIT */
/* What comes into a domain's address space at a place that a tree says. */
#include "layout.h"

#include <xen/xen.h>

#include "launch_arch.h"
#include "machine/ranges.h"

bool layout_has_room(const struct launch_layout *layout, struct paddr_range range)
{
    struct paddr_range others[3 + LAUNCH_ARCH_RANGES] = {
        layout->grant_table,
        {layout->magic, GUEST_MAGIC_SIZE},
        {layout->uart_base, PAGE_SIZE},
    };

    arch_layout_ranges(layout, &others[3]);
    return range.start <= LAYOUT_LIMIT && range.size <= LAYOUT_LIMIT - range.start &&
           !ranges_overlapping(layout->ram, layout->nr_ram, range) &&
           !ranges_overlapping(layout->shared, layout->nr_shared, range) &&
           !ranges_overlapping(others, ARRAY_SIZE(others), range);
}

/* On the side where less is lost. */
static void cut(struct paddr_range *extended, struct paddr_range range)
{
    uint64_t end = extended->start + extended->size;
    uint64_t below = ALIGN_DOWN(range.start, LAYOUT_BLOCK), above;

    if (!range_overlaps(*extended, range))
        return;
    above = ALIGN_UP(range.start + range.size, LAYOUT_BLOCK);
    below = below > extended->start ? below - extended->start : 0;
    if (above >= end || below >= end - above)
        extended->size = below;
    else
        *extended = (struct paddr_range){above, end - above};
}

void layout_cut(struct launch_layout *layout, struct paddr_range range)
{
    unsigned int kept = 0;

    for (unsigned int i = 0; i < layout->nr_extended; i++) {
        cut(&layout->extended[i], range);
        if (layout->extended[i].size >= LAYOUT_EXTENDED_MIN)
            layout->extended[kept++] = layout->extended[i];
    }
    layout->nr_extended = kept;
}

void launch_layout_share(const struct launch_plan *plan, const struct launch_domain *domain,
                         struct launch_layout *layout)
{
    for (unsigned int i = 0; i < plan->nr_shares; i++) {
        const struct launch_share *share = &plan->shares[i];

        if (share->domid != domain->domid || layout->nr_shared == LAUNCH_MAX_SHARED)
            continue;
        layout->shared[layout->nr_shared] = share->guest;
        layout->region[layout->nr_shared++] = &plan->regions[share->region];
        layout_cut(layout, share->guest);
    }
}
