/* SPDX-License-Identifier: MIT */
/* The hardware domain's part of the host's tree: a copy without what the hypervisor keeps. */
#include "guest_tree.h"
#include "launch_arch.h"
#include "machine/host_use.h"

#include <string.h>

/* Of no use to a domain without the IOMMU and message interrupts; dangling references in it. */
static const char *const dropped_everywhere[] = {
    "iommus", "iommu-map", "iommu-map-mask", "msi-parent", "msi-map", "msi-map-mask",
};

static bool dropped(const char *name, enum host_use use)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(dropped_everywhere); i++)
        if (strcmp(name, dropped_everywhere[i]) == 0)
            return true;
    if (use == HOST_UART)
        return strcmp(name, "status") == 0;
    return use == HOST_CONTROLLER && arch_controller_drops(name);
}

static void copy_properties(struct guest_writer *writer, const struct tree_walk *walk,
                            enum host_use use)
{
    struct tree_item item = tree_items(walk->fdt, walk->node);

    while (tree_next_item(walk->fdt, &item))
        if (!dropped(item.name, use))
            writer_property(&writer->out, item.name, item.data, item.size);
}

static void copy_node(struct guest_writer *writer, const struct tree_walk *walk, enum host_use use)
{
    writer_begin(&writer->out, tree_name(walk->fdt, walk->node));
    copy_properties(writer, walk, use);
    if (use == HOST_UART)
        writer_string(&writer->out, "status", "disabled");
    if (use == HOST_CONTROLLER)
        arch_controller_properties(writer, walk);
}

static void end_nodes(struct guest_writer *writer, int *open, int depth)
{
    for (; *open > depth; (*open)--)
        writer_end(&writer->out);
}

static uint32_t highest_phandle(const void *fdt)
{
    uint32_t highest = 0;
    int depth = 0;

    for (int node = 0; node >= 0; node = tree_next_node(fdt, node, &depth)) {
        uint32_t phandle = tree_phandle(fdt, node);

        if (phandle > highest && phandle != UINT32_MAX)
            highest = phandle;
    }
    return highest;
}

/* A phandle that nobody has, for an interrupt controller that came without one. */
static uint32_t controller_phandle(const struct guest_tree *what)
{
    uint32_t phandle = what->machine->controller.phandle;

    return phandle != 0 ? phandle : highest_phandle(what->host_tree) + 1;
}

void guest_host_nodes(struct guest_writer *writer)
{
    const struct guest_tree *what = writer->what;
    struct tree_walk walk;
    int open = 0; /* depth of the last node begun and not ended */
    bool more;

    tree_walk_start(&walk, what->host_tree);
    writer->address_cells = walk.level[0].address_cells;
    writer->size_cells = walk.level[0].size_cells;
    writer->controller_phandle = controller_phandle(what);
    writer->controller_cells = what->machine->controller.cells;
    copy_node(writer, &walk, HOST_GIVEN);
    more = tree_walk_next(&walk);
    while (more) {
        enum host_use use = host_use_of(&walk, what->machine);

        if (use == HOST_REPLACED || use == HOST_WITHHELD || use == HOST_PASSED) {
            more = tree_walk_skip(&walk);
            continue;
        }
        end_nodes(writer, &open, walk.depth - 1);
        copy_node(writer, &walk, use);
        open = walk.depth;
        more = use == HOST_GIVEN ? tree_walk_next(&walk) : tree_walk_skip(&walk);
    }
    end_nodes(writer, &open, 0);
}
