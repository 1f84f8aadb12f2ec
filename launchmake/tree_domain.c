/* SPDX-License-Identifier: MIT */
/* The node of a domain in the board's device tree (docs/launch.md). */
#include <string.h>

#include <libfdt.h>

#include "writer.h"

enum value_kind { LONG, NUMBER, FLAG, TEXT };

static const struct {
    enum value_kind kind;
    const char *property;
} properties[] = {
#define MAKE_VALUE(id, kind, property) [MAKE_##id] = {kind, property},
#include "values.def"
#undef MAKE_VALUE
};

static void put_value(struct board_writer *writer, int node, enum make_value_id id,
                      const struct make_value *value)
{
    const uint32_t cells[] = {(uint32_t)(value->number >> 32), (uint32_t)value->number};
    const char *property = properties[id].property;

    if (!value->given)
        return;
    switch (properties[id].kind) {
    case LONG: board_put_cells(writer, node, property, cells, 2); break;
    case NUMBER: board_put_cell(writer, node, property, cells[1]); break;
    case FLAG: board_put_flag(writer, node, property); break;
    case TEXT: board_put_text(writer, node, property, value->text); break;
    }
}

static void put_static_memory(struct board_writer *writer, int node,
                              const struct make_domain *domain)
{
    uint32_t cells[4 * LAUNCH_MAX_STATIC_BANKS];
    unsigned int count = 0;

    if (domain->nr_static_memory == 0)
        return;
    for (unsigned int i = 0; i < domain->nr_static_memory; i++) {
        cells[count++] = (uint32_t)(domain->static_memory[i].start >> 32);
        cells[count++] = (uint32_t)domain->static_memory[i].start;
        cells[count++] = (uint32_t)(domain->static_memory[i].size >> 32);
        cells[count++] = (uint32_t)domain->static_memory[i].size;
    }
    board_put_cell(writer, node, "#xen,static-mem-address-cells", 2);
    board_put_cell(writer, node, "#xen,static-mem-size-cells", 2);
    board_put_cells(writer, node, "xen,static-mem", cells, count);
}

static void put_module(struct board_writer *writer, int parent, enum make_module module,
                       const struct make_domain *domain)
{
    static const char *const kinds[] = {"kernel", "ramdisk", "device-tree"};
    const struct make_file *file = domain->modules[module];
    char name[40], compatible[64];
    int node, length;

    if (!file)
        return;
    snprintf(name, sizeof(name), "%s@%llx", kinds[module], (unsigned long long)file->address);
    length = snprintf(compatible, sizeof(compatible), "multiboot,%s", kinds[module]) + 1;
    length +=
        snprintf(compatible + length, sizeof(compatible) - (size_t)length, "multiboot,module") + 1;
    node = board_put_node(writer, parent, name);
    if (!writer->error)
        board_note(writer, fdt_setprop(writer->fdt, node, "compatible", compatible, length));
    board_put_cells(writer, node, "reg",
                    (uint32_t[]){(uint32_t)(file->address >> 32), (uint32_t)file->address,
                                 (uint32_t)(file->size >> 32), (uint32_t)file->size},
                    4);
    if (module == MAKE_KERNEL)
        board_put_text(writer, node, "bootargs", domain->bootargs);
}

static void put_vcpus(struct board_writer *writer, int parent, const struct make_domain *domain)
{
    for (unsigned int i = 0; i < LAUNCH_MAX_VCPUS; i++) {
        char name[16];
        int node;

        if (!domain->vcpu_affinity[i] && !domain->vcpu_soft_affinity[i])
            continue;
        snprintf(name, sizeof(name), "vcpu@%x", i);
        node = board_put_node(writer, parent, name);
        board_put_text(writer, node, "compatible", "xen,vcpu");
        board_put_cell(writer, node, "id", i);
        board_put_text(writer, node, "hard-affinity", domain->vcpu_affinity[i]);
        board_put_text(writer, node, "soft-affinity", domain->vcpu_soft_affinity[i]);
    }
}

/* A node that is added comes before its siblings, and networks are numbered in the tree's order:
 * the last goes first. */
static void put_device(struct board_writer *writer, int parent, const struct make_device *device,
                       unsigned int number)
{
    char name[16];
    int node;

    snprintf(name, sizeof(name), "%s-%u", device->disk ? "disk" : "network", number);
    node = board_put_node(writer, parent, name);
    board_put_text(writer, node, "compatible", device->disk ? "trefoil,disk" : "trefoil,network");
    board_put_text(writer, node, "vdev", device->vdev);
    board_put_text(writer, node, "target", device->target);
    board_put_text(writer, node, "bridge", device->bridge);
    board_put_text(writer, node, "mac", device->mac);
    board_put_text(writer, node, "vifname", device->vifname);
    board_put_text(writer, node, "script", device->script);
    if (device->read_only)
        board_put_flag(writer, node, "read-only");
}

static void put_devices(struct board_writer *writer, int parent, const struct make_domain *domain)
{
    const struct make_device *devices[LAUNCH_MAX_DEVICES];
    unsigned int count = 0;

    for (const struct make_device *device = domain->devices; device && count < LAUNCH_MAX_DEVICES;
         device = device->next)
        devices[count++] = device;
    while (count-- > 0)
        put_device(writer, parent, devices[count], count);
}

static const struct make_channel *far_end(const struct make_domain *domain,
                                          const struct make_channel *channel)
{
    for (unsigned int i = 0; i < channel->other->nr_channels; i++)
        if (channel->other->channels[i].port == channel->other_port &&
            channel->other->channels[i].other == domain)
            return &channel->other->channels[i];
    return NULL;
}

static void put_channels(struct board_writer *writer, int parent, const struct make_domain *domain)
{
    for (unsigned int i = 0; i < domain->nr_channels; i++) {
        const struct make_channel *channel = &domain->channels[i];
        const struct make_channel *far = far_end(domain, channel);
        char name[24];
        int node;

        if (!far)
            continue;
        snprintf(name, sizeof(name), "evtchn@%x", channel->port);
        node = board_put_node(writer, parent, name);
        board_put_text(writer, node, "compatible", "xen,evtchn-v1");
        board_put_cells(writer, node, "xen,evtchn", (uint32_t[]){channel->port, far->phandle}, 2);
        board_put_cell(writer, node, "phandle", channel->phandle);
    }
}

static void put_share(struct board_writer *writer, int parent, const struct make_share *share)
{
    const uint64_t numbers[] = {share->host, share->guest, share->size};
    uint32_t cells[6];
    unsigned int first = share->placed ? 0 : 1, count = 0;
    char name[40];
    int node;

    for (unsigned int i = first; i < 3; i++) {
        cells[count++] = (uint32_t)(numbers[i] >> 32);
        cells[count++] = (uint32_t)numbers[i];
    }
    snprintf(name, sizeof(name), "shared-memory@%llx", (unsigned long long)share->guest);
    node = board_put_node(writer, parent, name);
    board_put_text(writer, node, "compatible", "xen,domain-shared-memory-v1");
    board_put_text(writer, node, "xen,shm-id", share->id);
    board_put_text(writer, node, "role", share->role);
    board_put_cells(writer, node, "xen,shared-mem", cells, count);
}

static void put_as_they_are(struct board_writer *writer, int node,
                            const struct make_property *property)
{
    for (; property; property = property->next)
        board_put_data(writer, node, property->name, property->data, property->size);
}

/* Nodes come after properties, and a node's position changes with each that is written before it:
 * only of its parents, which are before, it stays. */
void board_put_domain(struct board_writer *writer, int chosen, const struct make_domain *domain)
{
    int node = board_put_node(writer, chosen, domain->path + strlen(MAKE_PARENT));

    board_put_text(writer, node, "compatible", "xen,domain");
    board_put_cell(writer, node, "#address-cells", 2);
    board_put_cell(writer, node, "#size-cells", 2);
    board_put_text(writer, node, "xen,domain-name", domain->name);
    for (unsigned int id = 0; id < MAKE_VALUES; id++)
        put_value(writer, node, id, &domain->values[id]);
    put_static_memory(writer, node, domain);
    if (domain->has_uuid && !writer->error)
        board_note(writer, fdt_setprop(writer->fdt, node, "domain-uuid", domain->uuid, 16));
    if (domain->pool)
        board_put_cell(writer, node, "domain-cpupool", domain->pool->phandle);
    put_as_they_are(writer, node, domain->properties);
    for (const struct make_node *other = domain->nodes; other; other = other->next)
        put_as_they_are(writer, board_put_node(writer, node, other->name), other->properties);
    for (unsigned int i = 0; i < domain->nr_shares; i++)
        put_share(writer, node, &domain->shares[i]);
    for (unsigned int i = 0; i < MAKE_MODULES; i++)
        put_module(writer, node, i, domain);
    put_vcpus(writer, node, domain);
    put_devices(writer, node, domain);
    put_channels(writer, node, domain);
}
