/* SPDX-License-Identifier: MIT */
/* The board's device tree: the machine's own with the domains in its /chosen (docs/launch.md). */
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "make.h"

#define MAX_TREE (64u << 20)

/* A tree that is being written: the first failure stays. */
struct writer {
    struct make_board *board;
    void *fdt;
    int error; /* of libfdt; 0: none */
};

static void note(struct writer *writer, int result)
{
    if (result < 0 && writer->error == 0)
        writer->error = result;
}

static int add_node(struct writer *writer, int parent, const char *name)
{
    int node = writer->error ? writer->error : fdt_add_subnode(writer->fdt, parent, name);

    note(writer, node);
    return node;
}

static void put_cells(struct writer *writer, int node, const char *property, const uint32_t *cells,
                      unsigned int count)
{
    fdt32_t value[4 * LAUNCH_MAX_STATIC_BANKS];

    for (unsigned int i = 0; i < count; i++)
        value[i] = cpu_to_fdt32(cells[i]);
    if (!writer->error)
        note(writer, fdt_setprop(writer->fdt, node, property, value, (int)(count * 4)));
}

static void put_cell(struct writer *writer, int node, const char *property, uint32_t cell)
{
    put_cells(writer, node, property, &cell, 1);
}

static void put_text(struct writer *writer, int node, const char *property, const char *text)
{
    if (!writer->error && text)
        note(writer, fdt_setprop_string(writer->fdt, node, property, text));
}

static void put_flag(struct writer *writer, int node, const char *property)
{
    if (!writer->error)
        note(writer, fdt_setprop_empty(writer->fdt, node, property));
}

/* ---- a domain's node ---- */

enum value_kind { LONG, NUMBER, FLAG, TEXT };

static const struct {
    enum value_kind kind;
    const char *property;
} properties[] = {
#define MAKE_VALUE(id, kind, property) [MAKE_##id] = {kind, property},
#include "values.def"
#undef MAKE_VALUE
};

static void put_value(struct writer *writer, int node, enum make_value_id id,
                      const struct make_value *value)
{
    const uint32_t cells[] = {(uint32_t)(value->number >> 32), (uint32_t)value->number};
    const char *property = properties[id].property;

    if (!value->given)
        return;
    switch (properties[id].kind) {
    case LONG: put_cells(writer, node, property, cells, 2); break;
    case NUMBER: put_cell(writer, node, property, cells[1]); break;
    case FLAG: put_flag(writer, node, property); break;
    case TEXT: put_text(writer, node, property, value->text); break;
    }
}

static void put_static_memory(struct writer *writer, int node, const struct make_domain *domain)
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
    put_cell(writer, node, "#xen,static-mem-address-cells", 2);
    put_cell(writer, node, "#xen,static-mem-size-cells", 2);
    put_cells(writer, node, "xen,static-mem", cells, count);
}

static void put_module(struct writer *writer, int parent, enum make_module module,
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
    node = add_node(writer, parent, name);
    if (!writer->error)
        note(writer, fdt_setprop(writer->fdt, node, "compatible", compatible, length));
    put_cells(writer, node, "reg",
              (uint32_t[]){(uint32_t)(file->address >> 32), (uint32_t)file->address,
                           (uint32_t)(file->size >> 32), (uint32_t)file->size},
              4);
    if (module == MAKE_KERNEL)
        put_text(writer, node, "bootargs", domain->bootargs);
}

static void put_vcpus(struct writer *writer, int parent, const struct make_domain *domain)
{
    for (unsigned int i = 0; i < LAUNCH_MAX_VCPUS; i++) {
        char name[16];
        int node;

        if (!domain->vcpu_affinity[i])
            continue;
        snprintf(name, sizeof(name), "vcpu@%x", i);
        node = add_node(writer, parent, name);
        put_text(writer, node, "compatible", "xen,vcpu");
        put_cell(writer, node, "id", i);
        put_text(writer, node, "hard-affinity", domain->vcpu_affinity[i]);
    }
}

/* A node that is added comes before its siblings, and networks are numbered in the tree's order:
 * the last goes first. */
static void put_device(struct writer *writer, int parent, const struct make_device *device,
                       unsigned int number)
{
    char name[16];
    int node;

    snprintf(name, sizeof(name), "%s-%u", device->disk ? "disk" : "network", number);
    node = add_node(writer, parent, name);
    put_text(writer, node, "compatible", device->disk ? "trefoil,disk" : "trefoil,network");
    put_text(writer, node, "vdev", device->vdev);
    put_text(writer, node, "target", device->target);
    put_text(writer, node, "bridge", device->bridge);
    put_text(writer, node, "mac", device->mac);
    put_text(writer, node, "vifname", device->vifname);
    put_text(writer, node, "script", device->script);
    if (device->read_only)
        put_flag(writer, node, "read-only");
}

static void put_devices(struct writer *writer, int parent, const struct make_domain *domain)
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

static void put_channels(struct writer *writer, int parent, const struct make_domain *domain)
{
    for (unsigned int i = 0; i < domain->nr_channels; i++) {
        const struct make_channel *channel = &domain->channels[i];
        const struct make_channel *far = far_end(domain, channel);
        char name[24];
        int node;

        if (!far)
            continue;
        snprintf(name, sizeof(name), "evtchn@%x", channel->port);
        node = add_node(writer, parent, name);
        put_text(writer, node, "compatible", "xen,evtchn-v1");
        put_cells(writer, node, "xen,evtchn", (uint32_t[]){channel->port, far->phandle}, 2);
        put_cell(writer, node, "phandle", channel->phandle);
    }
}

/* Nodes come after properties, and a node's position changes with each that is written before it:
 * only of its parents, which are before, it stays. */
static void put_domain(struct writer *writer, int chosen, const struct make_domain *domain)
{
    int node = add_node(writer, chosen, domain->path + strlen(MAKE_PARENT));

    put_text(writer, node, "compatible", "xen,domain");
    put_cell(writer, node, "#address-cells", 2);
    put_cell(writer, node, "#size-cells", 2);
    put_text(writer, node, "xen,domain-name", domain->name);
    for (unsigned int id = 0; id < MAKE_VALUES; id++)
        put_value(writer, node, id, &domain->values[id]);
    put_static_memory(writer, node, domain);
    if (domain->has_uuid && !writer->error)
        note(writer, fdt_setprop(writer->fdt, node, "domain-uuid", domain->uuid, 16));
    for (unsigned int i = 0; i < MAKE_MODULES; i++)
        put_module(writer, node, i, domain);
    put_vcpus(writer, node, domain);
    put_devices(writer, node, domain);
    put_channels(writer, node, domain);
}

/* ---- the whole ---- */

static void put_passthrough(struct writer *writer)
{
    const struct make_passthrough *passed = writer->board->passthrough;

    for (; passed && !writer->error; passed = passed->next) {
        int node = fdt_path_offset(writer->fdt, passed->path);

        if (node >= 0)
            put_flag(writer, node, "xen,passthrough");
        else
            make_say(writer->board, MAKE_ERROR, passed->place, passed->key,
                     "%s: not in the machine's tree", passed->path);
    }
}

/* Each end of a channel is known by a number that nothing else in the tree has. */
static void number_channels(struct writer *writer)
{
    uint32_t last = 0;

    note(writer, fdt_find_max_phandle(writer->fdt, &last));
    for (struct make_domain *domain = writer->board->domains; domain; domain = domain->next)
        for (unsigned int i = 0; i < domain->nr_channels; i++)
            domain->channels[i].phandle = ++last;
    if (last >= FDT_MAX_PHANDLE)
        note(writer, -FDT_ERR_NOPHANDLES);
}

static void write_all(struct writer *writer)
{
    int chosen;

    put_passthrough(writer);
    number_channels(writer);
    chosen = fdt_path_offset(writer->fdt, "/chosen");
    if (chosen == -FDT_ERR_NOTFOUND)
        chosen = add_node(writer, 0, "chosen");
    note(writer, chosen);
    put_text(writer, chosen, "xen,xen-bootargs",
             writer->board->command_line ? writer->board->command_line : "");
    /* A node that is added comes before its siblings. */
    for (unsigned int i = writer->board->nr_domains; i-- > 0;) {
        const struct make_domain *domain = writer->board->domains;

        for (unsigned int k = 0; k < i; k++)
            domain = domain->next;
        put_domain(writer, chosen, domain);
    }
}

/* What is written into it besides, at most: nodes, and what the board holds of texts. */
static size_t room_for(const struct make_board *board)
{
    return 65536 + board->nr_domains * (size_t)16384 + 2 * make_memory_used(board);
}

static bool is_free_of_domains(struct make_board *board, const void *tree)
{
    int node = fdt_node_offset_by_compatible(tree, -1, "xen,domain");
    char path[MACHINE_PATH];

    if (node < 0)
        return true;
    make_say(board, MAKE_ERROR, (struct make_place){board->tree->path, 0}, NULL,
             "%s: a domain, in what is to be the machine's own tree",
             launch_path(tree, node, path, sizeof(path)));
    return false;
}

void *make_tree(struct make_board *board, const void *tree)
{
    size_t size = fdt_totalsize(tree) + room_for(board);
    struct writer writer = {.board = board};

    if (!is_free_of_domains(board, tree))
        return NULL;
    writer.fdt = size > MAX_TREE ? NULL : malloc(size);
    if (!writer.fdt) {
        board->out_of_memory = true;
        return NULL;
    }
    note(&writer, fdt_open_into(tree, writer.fdt, (int)size));
    if (!writer.error)
        write_all(&writer);
    if (!writer.error)
        note(&writer, fdt_pack(writer.fdt));
    if (!writer.error)
        return writer.fdt;
    make_say(board, MAKE_ERROR, (struct make_place){board->tree->path, 0}, NULL,
             "the domains cannot be written into it: %s", fdt_strerror(writer.error));
    free(writer.fdt);
    return NULL;
}

size_t make_tree_size(const void *tree)
{
    return fdt_totalsize(tree);
}
