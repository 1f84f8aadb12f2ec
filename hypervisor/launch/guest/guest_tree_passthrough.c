/* SPDX-License-Identifier: MIT */
/*
 * A passthrough tree (Xen, docs/misc: passthrough): the children of its /passthrough and its
 * /aliases become nodes of the domain's tree; the phandle of its interrupt controller's node
 * (LAUNCH_CONTROLLER_NODE) is the one by which they know it.
 */
#include "guest_tree.h"

#include <libfdt.h>
#include <string.h>

/* Said to the hypervisor, not to the guest. */
static const char *const for_hypervisor[] = {
    "xen,reg",
    "xen,path",
    "xen,force-assign-without-iommu",
};

bool passthrough_tree_valid(const void *tree, uint64_t size)
{
    return size >= sizeof(struct fdt_header) && fdt_totalsize(tree) <= size && tree_valid(tree);
}

uint32_t guest_passthrough_controller(const struct guest_tree *what)
{
    int node =
        tree_find(what->passthrough, 0, LAUNCH_CONTROLLER_NODE, strlen(LAUNCH_CONTROLLER_NODE));
    uint32_t phandle = node < 0 ? 0 : tree_phandle(what->passthrough, node);

    return phandle != 0 ? phandle : GUEST_PHANDLE_CONTROLLER;
}

static bool passed_on(const char *name)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(for_hypervisor); i++)
        if (strcmp(name, for_hypervisor[i]) == 0)
            return false;
    return true;
}

static void copy_node(struct guest_writer *writer, const struct tree_walk *walk)
{
    struct tree_item item = tree_items(walk->fdt, walk->node);

    writer_begin(&writer->out, tree_name(walk->fdt, walk->node));
    while (tree_next_item(walk->fdt, &item))
        if (passed_on(item.name))
            writer_property(&writer->out, item.name, item.data, item.size);
}

/* How deep a node of the passthrough tree lies in the domain's: 1 below the root, 0 when it is not
 * passed on. */
static int depth_passed_on(const struct guest_writer *writer, const struct tree_walk *walk)
{
    const char *top = tree_name(walk->fdt, walk->level[1].node);

    if (strcmp(top, "passthrough") == 0)
        return walk->depth - 1;
    /* A domain with a virtual UART has aliases already. */
    if (strcmp(top, "aliases") == 0 && !writer->what->domain->virtual_uart)
        return walk->depth;
    return 0;
}

void guest_passthrough_nodes(struct guest_writer *writer)
{
    struct tree_walk walk;
    int open = 0; /* depth of the last node begun and not ended */

    if (!writer->what->passthrough)
        return;
    tree_walk_start(&walk, writer->what->passthrough);
    while (tree_walk_next(&walk)) {
        int depth = depth_passed_on(writer, &walk);

        if (depth == 0)
            continue;
        for (; open >= depth; open--)
            writer_end(&writer->out);
        copy_node(writer, &walk);
        open = depth;
    }
    for (; open > 0; open--)
        writer_end(&writer->out);
}
