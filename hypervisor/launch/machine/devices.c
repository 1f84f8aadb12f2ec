/* SPDX-License-Identifier: MIT */
/* What of the machine the hardware domain gets. */
#include <trefoil/launch.h>

#include <string.h>

#include "host_use.h"
#include "launch_arch.h"
#include "ranges.h"
#include "tree/tree.h"

/* Of one device: more than any has. */
#define MAX_INTERRUPTS 256

static void add_registers(const struct tree_walk *walk, const struct machine *machine,
                          struct device_list *devices)
{
    struct paddr_range range;
    enum tree_result result;

    for (unsigned int i = 0; (result = tree_reg(walk, i, &range)) != TREE_END; i++) {
        if (result == TREE_MALFORMED)
            return;
        ranges_grow_to_pages(&range);
        if (result == TREE_UNTRANSLATED || range.size == 0 || !host_may_be_given(machine, range))
            continue;
        if (!ranges_add(devices->ranges, &devices->nr_ranges, LAUNCH_MAX_DEVICE_RANGES, range))
            devices->full = true;
    }
}

static void add_interrupts(const struct tree_walk *walk, const struct machine *machine,
                           struct device_list *devices)
{
    uint32_t line;

    for (unsigned int i = 0; arch_line(walk, machine, i, &line) == TREE_OK; i++) {
        if (line >= LAUNCH_FIRST_LINE && line < LAUNCH_MAX_LINES && !host_keeps_line(machine, line))
            devices->lines[line / 64] |= 1ULL << line % 64;
    }
}

static void withhold(const struct tree_walk *walk, struct device_list *devices)
{
    if (walk->level[walk->depth].enabled && devices->nr_removed < LAUNCH_MAX_REMOVED)
        devices->removed[devices->nr_removed++] = walk->node;
}

void launch_devices(const void *fdt, const struct machine *machine, struct device_list *devices)
{
    struct tree_walk walk;
    bool more;

    memset(devices, 0, sizeof(*devices));
    tree_walk_start(&walk, fdt);
    more = tree_walk_next(&walk);
    while (more) {
        enum host_use use = host_use_of(&walk, machine);

        if (use == HOST_GIVEN && walk.level[walk.depth].enabled) {
            add_registers(&walk, machine, devices);
            add_interrupts(&walk, machine, devices);
        }
        if (use == HOST_WITHHELD || use == HOST_PASSED)
            withhold(&walk, devices);
        more = use == HOST_GIVEN ? tree_walk_next(&walk) : tree_walk_skip(&walk);
    }
}
