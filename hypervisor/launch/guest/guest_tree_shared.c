/* SPDX-License-Identifier: MIT */
/*
 * What a domain shares with others, for its kernel to find (Linux, Documentation/devicetree/
 * bindings/reserved-memory: xen,shared-memory and reserved-memory.yaml).
 */
#include "guest_tree.h"

static void region_node(struct guest_writer *writer, struct paddr_range range,
                        const struct launch_region *region)
{
    struct tree_writer *out = &writer->out;
    struct tree_cells reg = {.count = 0};

    guest_add_range(writer, &reg, range);
    writer_begin_at(out, "xen-shmem", range.start);
    writer_string(out, "compatible", "xen,shared-memory-v1");
    writer_cells(out, "reg", &reg);
    writer_string(out, "xen,id", region->id);
    writer_u64(out, "xen,offset", 0);
    writer_flag(out, "no-map");
    writer_end(out);
}

void guest_shared_nodes(struct guest_writer *writer)
{
    const struct launch_layout *layout = writer->what->layout;
    struct tree_writer *out = &writer->out;

    if (layout->nr_shared == 0)
        return;
    writer_begin(out, "reserved-memory");
    writer_u32(out, "#address-cells", writer->address_cells);
    writer_u32(out, "#size-cells", writer->size_cells);
    writer_flag(out, "ranges");
    for (unsigned int i = 0; i < layout->nr_shared; i++)
        region_node(writer, layout->shared[i], layout->region[i]);
    writer_end(out);
}
