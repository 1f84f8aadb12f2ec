/* SPDX-License-Identifier: MIT */
/*
 * What the hardware domain is to serve, for its daemon to read: the devices that the machine's tree
 * declares below the other domains' nodes. docs/launch.md describes the node.
 */
#include "guest_tree.h"

#include <string.h>

static const struct {
    const char *node, *number; /* names of its node and of the property with its number */
} names[] = {
    [LAUNCH_DISK] = {"disk", "virtual-device"},
    [LAUNCH_NETWORK] = {"network", "handle"},
};

static void device_node(struct guest_writer *writer, const struct launch_device *device)
{
    const void *fdt = writer->what->host_tree;
    struct tree_writer *out = &writer->out;
    struct tree_item item = tree_items(fdt, device->node);

    writer_begin_at(out, names[device->kind].node, device->number);
    writer_u32(out, names[device->kind].number, device->number);
    while (tree_next_item(fdt, &item))
        writer_property(out, item.name, item.data, item.size);
    writer_end(out);
}

static void domain_node(struct guest_writer *writer, const struct launch_domain *domain)
{
    struct tree_writer *out = &writer->out;
    struct launch_device device = {.node = 0};

    writer_begin_at(out, "domain", domain->domid);
    writer_u32(out, "domid", domain->domid);
    writer_string(out, "domain-name", domain->name);
    writer_property(out, "uuid", domain->uuid, sizeof(domain->uuid));
    while (launch_next_device(writer->what->host_tree, domain, &device))
        device_node(writer, &device);
    writer_end(out);
}

void guest_devices_node(struct guest_writer *writer)
{
    const struct launch_plan *plan = writer->what->plan;

    writer_begin(&writer->out, "trefoil,devices");
    for (unsigned int i = 0; i < plan->nr_domains; i++)
        if (plan->domains[i].nr_devices != 0)
            domain_node(writer, &plan->domains[i]);
    writer_end(&writer->out);
}
