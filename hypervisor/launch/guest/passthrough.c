/* SPDX-License-Identifier: MIT */
/*
 * What a passthrough tree asks for, checked against the machine (Xen, docs/misc:
 * passthrough, and its dom0less successor). A node that has `xen,path` is a device: it must be
 * marked with `xen,passthrough` in the machine's tree, so that the hardware domain does not have
 * it. Its registers are mapped as `xen,reg` says, its interrupts are those of the machine's node.
 * Without `xen,path` they are registers of any such device, and no interrupts.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <xen/xen.h>

#include "guest_tree.h"
#include "launch_arch.h"
#include "machine/host_use.h"
#include "layout.h"
#include "machine/ranges.h"

struct reader {
    const struct launch_pass_context *context;
    struct tree_walk guest; /* at the device's node in the passthrough tree */
    struct tree_walk host;  /* and in the machine's */
    const char *path;       /* there; NULL: the tree names none */
    struct launch_passed *passed;
};

static bool wrong(struct reader *reader, const char *property, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Notes what is wrong with a property of the device's node. Always false. */
static bool wrong(struct reader *reader, const char *property, const char *format, ...)
{
    struct launch_passed *passed = reader->passed;
    char path[MACHINE_PATH];
    int used;
    va_list args;

    used =
        snprintf(passed->error, sizeof(passed->error),
                 "%s: %s: ", launch_path(reader->guest.fdt, reader->guest.node, path, sizeof(path)),
                 property);
    va_start(args, format);
    if (used > 0 && (size_t)used < sizeof(passed->error))
        vsnprintf(passed->error + used, sizeof(passed->error) - (size_t)used, format, args);
    va_end(args);
    tree_make_printable(passed->error);
    return false;
}

/* Whole pages of the device's own registers? Others that lie in those pages go with them. */
static bool is_of_device(const struct reader *reader, struct paddr_range range)
{
    struct paddr_range registers;
    enum tree_result result;

    for (unsigned int i = 0; (result = tree_reg(&reader->host, i, &registers)) != TREE_END; i++) {
        if (result == TREE_MALFORMED)
            return false;
        if (result != TREE_OK)
            continue;
        ranges_grow_to_pages(&registers);
        if (range_holds(registers, range))
            return true;
    }
    return false;
}

/*
 * Goes to the node that `xen,path` names, or without one (-1) to the first that has the range among
 * its registers. Is it, or one above it, marked and one that may be given?
 */
static bool find_marked(struct reader *reader, int node, struct paddr_range range)
{
    const struct launch_pass_context *context = reader->context;
    struct tree_walk *walk = &reader->host;
    int marked = 0; /* depth of the mark, 0: none above */
    bool more;

    tree_walk_start(walk, context->host_tree);
    more = tree_walk_next(walk);
    while (more) {
        enum host_use use = host_use_of(walk, context->machine);
        bool open = use == HOST_GIVEN || use == HOST_PASSED, good;

        if (walk->depth <= marked)
            marked = 0;
        if (use == HOST_PASSED && marked == 0)
            marked = walk->depth;
        good = open && marked != 0 && walk->level[walk->depth].enabled;
        if (walk->node == node || (node < 0 && good && is_of_device(reader, range)))
            return good;
        more = open ? tree_walk_next(walk) : tree_walk_skip(walk);
    }
    return false;
}

static bool find_path(struct reader *reader)
{
    int node = reader->path[0] == '/'
                   ? tree_find(reader->context->host_tree, 0, reader->path, strlen(reader->path))
                   : -1;

    if (node < 0)
        return wrong(reader, "xen,path", "%s is not in the machine's tree", reader->path);
    if (!find_marked(reader, node, (struct paddr_range){0, 0}))
        return wrong(reader, "xen,path", "%s is no device marked with xen,passthrough",
                     reader->path);
    return true;
}

static bool find_device(struct reader *reader)
{
    const void *tree = reader->guest.fdt;

    reader->path = tree_string(tree, reader->guest.node, "xen,path");
    if (!reader->path && tree_property(tree, reader->guest.node, "xen,path", NULL))
        return wrong(reader, "xen,path", "not a string");
    if (reader->path && !find_path(reader))
        return false;
    if (!tree_property(tree, reader->guest.node, "xen,force-assign-without-iommu", NULL))
        return wrong(reader, "xen,force-assign-without-iommu",
                     "missing: without an IOMMU the device's DMA reaches all memory");
    return true;
}

static bool check_range(struct reader *reader, const struct launch_passed_range *range)
{
    const struct launch_pass_context *context = reader->context;
    unsigned long long start = range->host.start;

    if (range->host.size == 0 ||
        (range->host.start | range->host.size | range->guest) % PAGE_SIZE != 0 ||
        range->host.size > UINT64_MAX - range->host.start ||
        range->host.size > UINT64_MAX - range->guest)
        return wrong(reader, "xen,reg", "0x%llx is not whole pages", start);
    if (!(reader->path ? is_of_device(reader, range->host) : find_marked(reader, -1, range->host)))
        return wrong(reader, "xen,reg", "0x%llx is not of the registers of %s", start,
                     reader->path ? reader->path : "a device marked with xen,passthrough");
    if (!host_may_be_given(context->machine, range->host))
        return wrong(reader, "xen,reg", "0x%llx is in a page that the hypervisor keeps", start);
    if (ranges_overlapping(context->given->ranges, context->given->nr_ranges, range->host))
        return wrong(reader, "xen,reg", "0x%llx is in a page with a device that is not marked",
                     start);
    return true;
}

/* (machine's address, size, domain's address)... in the cells of the node's parent. */
static bool read_registers(struct reader *reader)
{
    const struct tree_walk *walk = &reader->guest;
    const struct tree_level *bus = &walk->level[walk->depth - 1];
    struct launch_passed *passed = reader->passed;
    int size;
    const uint8_t *data = tree_property(walk->fdt, walk->node, "xen,reg", &size);

    while (data && size > 0) {
        struct launch_passed_range *range = &passed->ranges[passed->nr_ranges];

        if (passed->nr_ranges == LAUNCH_MAX_PASSED)
            return wrong(reader, "xen,reg", "more than %u ranges in all", LAUNCH_MAX_PASSED);
        if (bus->address_cells == 0 || bus->size_cells == 0 ||
            !tree_take(&data, &size, bus->address_cells, &range->host.start) ||
            !tree_take(&data, &size, bus->size_cells, &range->host.size) ||
            !tree_take(&data, &size, bus->address_cells, &range->guest))
            return wrong(reader, "xen,reg",
                         "not (address, size, domain's address) of %u, %u, %u "
                         "cells",
                         bus->address_cells, bus->size_cells, bus->address_cells);
        if (!check_range(reader, range))
            return false;
        passed->nr_ranges++;
    }
    return true;
}

/* Those of the machine's node, if the tree names it. */
static bool read_interrupts(struct reader *reader)
{
    const struct machine *machine = reader->context->machine;
    uint32_t line;

    if (!reader->path)
        return true;
    for (unsigned int i = 0; arch_line(&reader->host, machine, i, &line) == TREE_OK; i++) {
        if (line < LAUNCH_FIRST_LINE || line >= LAUNCH_MAX_LINES)
            continue;
        if (host_keeps_line(machine, line) ||
            (reader->context->given->lines[line / 64] >> line % 64 & 1))
            return wrong(reader, "xen,path", "%s has interrupt %u in common with another device",
                         reader->path, line);
        reader->passed->lines[line / 64] |= 1ULL << line % 64;
    }
    return true;
}

static bool is_device(const struct tree_walk *walk)
{
    return walk->depth >= 2 &&
           strcmp(tree_name(walk->fdt, walk->level[1].node), "passthrough") == 0 &&
           (tree_property(walk->fdt, walk->node, "xen,path", NULL) ||
            tree_property(walk->fdt, walk->node, "xen,reg", NULL));
}

bool launch_pass(const struct launch_pass_context *context, const void *tree, uint64_t size,
                 struct launch_passed *passed)
{
    struct reader reader = {.context = context, .passed = passed};

    memset(passed, 0, sizeof(*passed));
    if (!passthrough_tree_valid(tree, size)) {
        snprintf(passed->error, sizeof(passed->error), "reg: not a valid device tree");
        return false;
    }
    tree_walk_start(&reader.guest, tree);
    while (tree_walk_next(&reader.guest))
        if (is_device(&reader.guest) &&
            !(find_device(&reader) && read_registers(&reader) && read_interrupts(&reader)))
            return false;
    return true;
}

bool launch_passed_share(const struct launch_passed *a, const struct launch_passed *b)
{
    for (unsigned int i = 0; i < a->nr_ranges; i++)
        for (unsigned int k = 0; k < b->nr_ranges; k++)
            if (range_overlaps(a->ranges[i].host, b->ranges[k].host))
                return true;
    for (unsigned int i = 0; i < ARRAY_SIZE(a->lines); i++)
        if (a->lines[i] & b->lines[i])
            return true;
    return false;
}

static struct paddr_range in_domain(const struct launch_passed_range *range)
{
    return (struct paddr_range){range->guest, range->host.size};
}

/* Can the domain have it where the tree says? */
static bool fits(const struct launch_layout *layout, const struct launch_passed *passed,
                 unsigned int index)
{
    struct paddr_range range = in_domain(&passed->ranges[index]);

    for (unsigned int i = 0; i < index; i++)
        if (range_overlaps(range, in_domain(&passed->ranges[i])))
            return false;
    return layout_has_room(layout, range);
}

bool launch_layout_pass(struct launch_layout *layout, const struct launch_domain *domain,
                        struct launch_passed *passed)
{
    unsigned int uart = domain->virtual_uart ? layout->uart_line : 0;

    if (passed->lines[uart / 64] >> uart % 64 & 1) {
        snprintf(passed->error, sizeof(passed->error),
                 "interrupts: %u is that of the domain's " LAUNCH_PROPERTY_UART, uart);
        return false;
    }
    for (unsigned int i = 0; i < passed->nr_ranges; i++) {
        if (!fits(layout, passed, i)) {
            snprintf(passed->error, sizeof(passed->error),
                     "xen,reg: at 0x%llx the domain has something else, or cannot reach it",
                     (unsigned long long)passed->ranges[i].guest);
            return false;
        }
        layout_cut(layout, in_domain(&passed->ranges[i]));
    }
    return true;
}
