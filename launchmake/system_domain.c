/* SPDX-License-Identifier: MIT */
/* What a domain's node in a System Device Tree says, and the nodes below it. */
#include "system.h"

#include <string.h>

#include <libfdt.h>
#include <xen/bootfdt.h>

#define LEVEL_SECURE   (1U << 31)
#define LEVEL_OF_GUEST 1U
#define MOST_FLAGS     8U /* cells */

static void wrong(const struct system_reading *reading, const char *what)
{
    system_say(reading, MAKE_ERROR, reading->walk->node, reading->item->name, "%s", what);
}

static void quiet(const struct system_reading *reading)
{
    (void)reading;
}

/* ---- what is taken over as it is ---- */

/* Is the machine's tree this one? Then what refers to its nodes still does. */
static bool is_machines(const struct system_reading *reading)
{
    const struct make_board *board = reading->board;

    return !board->has_tree || (board->tree && strcmp(board->tree->path, reading->file) == 0);
}

/* Names of domains are a list of strings; all else of that kind are phandles. */
static bool refers(const struct tree_item *item)
{
    static const char *const names[] = {"peers", "targets", "domain-cpupool", "xen,evtchn"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i], item->name) == 0)
            return i > 1 || item->size == 0 || tree_list_count(item->data, item->size) < 0 ||
                   item->data[0] == '\0';
    return false;
}

static bool is_phandle(const char *name)
{
    return strcmp(name, "phandle") == 0 || strcmp(name, "linux,phandle") == 0;
}

static struct make_property *take_property(const struct system_reading *reading, int node,
                                           const struct tree_item *item)
{
    struct make_property *property;

    if (is_phandle(item->name) && !is_machines(reading))
        return NULL;
    if (refers(item) && !is_machines(reading))
        system_say(reading, MAKE_ERROR, node, item->name,
                   "refers to nodes of this tree, and the machine's is another");
    property = make_allocate(reading->board, sizeof(*property));
    if (!property)
        return NULL;
    property->name = make_text(reading->board, item->name);
    property->data = make_text_of(reading->board, item->data, (size_t)item->size);
    property->size = (size_t)item->size;
    return property;
}

static void take_over(const struct system_reading *reading)
{
    struct make_property *property = take_property(reading, reading->walk->node, reading->item);

    if (!property)
        return;
    property->next = reading->domain->properties;
    reading->domain->properties = property;
}

/* The last goes first: a node that is written comes before its siblings. */
static void take_node(const struct system_reading *reading, int child)
{
    struct tree_item item = tree_items(reading->tree, child);
    struct make_node *node = make_allocate(reading->board, sizeof(*node));

    if (!node)
        return;
    node->name = make_text(reading->board, tree_name(reading->tree, child));
    node->next = reading->domain->nodes;
    reading->domain->nodes = node;
    while (tree_next_item(reading->tree, &item)) {
        struct make_property *property = take_property(reading, child, &item);

        if (!property)
            continue;
        property->next = node->properties;
        node->properties = property;
    }
}

/* ---- memory and CPUs ---- */

static void read_memory(const struct system_reading *reading)
{
    struct make_domain *domain = reading->domain;
    uint64_t size = 0;

    if (!system_ranges(reading, "memory", domain->static_memory, LAUNCH_MAX_STATIC_BANKS,
                       &domain->nr_static_memory)) {
        domain->nr_static_memory = 0;
        return;
    }
    for (unsigned int i = 0; i < domain->nr_static_memory; i++)
        size += domain->static_memory[i].size;
    if (size % 4096 != 0 || size == 0)
        wrong(reading, "not whole pages");
    make_set_number(domain, MAKE_MEMORY, size >> 10);
}

static uint64_t cpu_id(const void *tree, int cluster, int cpu)
{
    uint32_t cells = 2;
    uint64_t id = 0;
    int size;
    const uint8_t *data = tree_property(tree, cpu, "reg", &size);

    tree_u32(tree, cluster, "#address-cells", 0, &cells);
    if (data && cells <= 2)
        tree_take(&data, &size, cells, &id);
    return id;
}

/* Those whose bits are set, the first node of the cluster being bit 0. */
static void add_cpus(const struct system_reading *reading, int cluster, uint64_t mask)
{
    struct make_domain *domain = reading->domain;
    unsigned int bit = 0;

    for (int node = tree_child(reading->tree, cluster); node >= 0 && bit < 64;
         node = tree_sibling(reading->tree, node)) {
        const char *type = tree_string(reading->tree, node, "device_type");

        if (!type || strcmp(type, "cpu") != 0)
            continue;
        if ((mask >> bit & 1) && domain->nr_cpu_ids < MACHINE_MAX_CPUS)
            domain->cpu_ids[domain->nr_cpu_ids++] = cpu_id(reading->tree, cluster, node);
        bit++;
    }
}

/* One (cluster, mask, level); NULL, or what is wrong with it. */
static const char *take_cpus(const struct system_reading *reading, const uint8_t **data, int *size)
{
    uint64_t phandle, mask, level;
    uint32_t cells = 1;
    int cluster;

    if (!tree_take(data, size, 1, &phandle))
        return "not a list of (cluster, mask, level)";
    cluster = phandle != 0 ? tree_find_phandle(reading->tree, (uint32_t)phandle) : -1;
    if (cluster < 0)
        return "no node has the phandle of the cluster";
    tree_u32(reading->tree, cluster, "#cpus-mask-cells", 0, &cells);
    if (!tree_take(data, size, cells, &mask) || !tree_take(data, size, 1, &level))
        return "not a list of (cluster, mask, level)";
    if (level & LEVEL_SECURE)
        return "a secure domain is none of this hypervisor's";
    if (level != LEVEL_OF_GUEST)
        return "another execution level than 1, which guests have";
    add_cpus(reading, cluster, mask);
    return NULL;
}

static void read_cpus(const struct system_reading *reading)
{
    const uint8_t *data = (const uint8_t *)reading->item->data;
    int size = reading->item->size;
    const char *what = size == 0 ? "is empty" : NULL;

    while (!what && size > 0)
        what = take_cpus(reading, &data, &size);
    if (!what && reading->domain->nr_cpu_ids == 0)
        what = "no CPU of the cluster";
    if (what)
        wrong(reading, what);
    make_set_number(reading->domain, MAKE_CPUS, reading->domain->nr_cpu_ids);
}

/* ---- the rest of its properties ---- */

static void read_module(const struct system_reading *reading)
{
    const int node = reading->walk->node;
    const char *path = system_text(reading, node, reading->item->name);

    if (path)
        make_set_module(reading->board, reading->domain, reading->argument, system_place(reading),
                        system_key(reading, node, reading->item->name), path);
}

static void read_command_line(const struct system_reading *reading)
{
    reading->domain->bootargs = system_text(reading, reading->walk->node, reading->item->name);
}

static void refuse_some(const struct system_reading *reading)
{
    if (reading->item->size != 0)
        wrong(reading, "only RAM can be given");
}

static void refuse_static(const struct system_reading *reading)
{
    wrong(reading, "memory says it, in a System Device Tree");
}

/* A node's own cells are of what is below it, which is written anew. */
static const struct {
    const char *name;
    void (*read)(const struct system_reading *reading);
    unsigned int argument;
} properties[] = {
    {"memory", read_memory, 0},
    {"cpus", read_cpus, 0},
    {"xen,kernel", read_module, MAKE_KERNEL},
    {"xen,initrd", read_module, MAKE_RAMDISK},
    {"xen,kernel-cmdline", read_command_line, 0},
    {"bootargs", read_command_line, 0},
    {"sram", refuse_some, 0},
    {"xen,static-mem", refuse_static, 0},
    {"access", quiet, 0}, /* see system_read_access() */
    {"xen,propagate-config", quiet, 0},
    {"xen,cmdline", quiet, 0},
    {"xen,binary", quiet, 0},
    {"xen,device-tree", quiet, 0},
    {"xen,boot-mode", quiet, 0},
    {"xen,domain-name", quiet, 0},
    {"compatible", quiet, 0},
    {"status", quiet, 0},
    {"name", quiet, 0},
    {"id", quiet, 0},
    {"os,type", quiet, 0},
    {"#address-cells", quiet, 0},
    {"#size-cells", quiet, 0},
    {"#memory-flags-cells", quiet, 0},
    {"#access-flags-cells", quiet, 0},
    {"#sram-flags-cells", quiet, 0},
    {"#memory-implicit-default-cells", quiet, 0},
    {"memory-implicit-default", quiet, 0},
    {"#access-implicit-default-cells", quiet, 0},
    {"access-implicit-default", quiet, 0},
    {"#sram-implicit-default-cells", quiet, 0},
    {"sram-implicit-default", quiet, 0},
};

enum value_kind { LONG, NUMBER, FLAG, TEXT };

/* What goes into a domain's node as one value. */
static const struct {
    enum value_kind kind;
    const char *name;
} values[] = {
#define MAKE_VALUE(id, kind, property) [MAKE_##id] = {kind, property},
#include "values.def"
#undef MAKE_VALUE
};

static void read_value(const struct system_reading *reading, enum make_value_id id)
{
    const uint8_t *data = (const uint8_t *)reading->item->data;
    int size = reading->item->size;
    uint64_t number = 1;
    const char *text = id == MAKE_ENHANCED ? "enabled" : "";

    if (values[id].kind == TEXT) {
        if (size != 0)
            text = system_text(reading, reading->walk->node, reading->item->name);
        make_set_text(reading->domain, id, text ? text : "");
        return;
    }
    if (values[id].kind == NUMBER && (size != 4 || !tree_take(&data, &size, 1, &number)))
        wrong(reading, "not one cell");
    if (values[id].kind == FLAG && size == 4 && fdt32_ld((const fdt32_t *)data) == 0)
        system_say(reading, MAKE_WARNING, reading->walk->node, reading->item->name,
                   "is on, as it is there, whatever its value");
    make_set_number(reading->domain, id, number);
}

static void read_property(struct system_reading *reading)
{
    const char *name = reading->item->name;

    for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]); i++)
        if (strcmp(properties[i].name, name) == 0) {
            reading->argument = properties[i].argument;
            properties[i].read(reading);
            return;
        }
    for (unsigned int id = 0; id < MAKE_VALUES; id++)
        if (strcmp(values[id].name, name) == 0) {
            read_value(reading, id);
            return;
        }
    take_over(reading);
}

/* ---- the nodes below it ---- */

static void read_chosen(const struct system_reading *reading, int child)
{
    const char *text = system_text(reading, child, "bootargs");

    if (text && reading->domain->bootargs)
        system_say(reading, MAKE_WARNING, child, "bootargs", "used instead of the domain node's");
    if (text)
        reading->domain->bootargs = text;
}

/* In the cells of the domain's node; the machine's address may be left out. */
static void read_share(const struct system_reading *reading, int child)
{
    const struct tree_level *level = &reading->walk->level[reading->walk->depth];
    uint64_t address = level->address_cells, cells = address + level->size_cells;
    int size;
    const uint8_t *data = tree_property(reading->tree, child, "xen,shared-mem", &size);
    struct make_share *share, read = {.host = 0};

    read.placed = data && (uint64_t)size == 4 * (cells + address);
    if (!data || (!read.placed && (uint64_t)size != 4 * cells) ||
        (read.placed && !tree_take(&data, &size, (uint32_t)address, &read.host)) ||
        !tree_take(&data, &size, (uint32_t)address, &read.guest) ||
        !tree_take(&data, &size, level->size_cells, &read.size)) {
        system_say(reading, MAKE_ERROR, child, "xen,shared-mem",
                   "must be [host address,] address and size with %u and %u cells",
                   level->address_cells, level->size_cells);
        return;
    }
    read.id = system_text(reading, child, "xen,shm-id");
    read.role = system_text(reading, child, "role");
    share = make_add_share(reading->board, reading->domain, system_place(reading),
                           system_key(reading, child, "compatible"));
    if (share)
        *share = read;
}

static bool is_module(const void *tree, int child)
{
    static const char *const kinds[] = {
        "multiboot,kernel", "multiboot,ramdisk", "multiboot,device-tree", "multiboot,module",
        "module,kernel",    "module,ramdisk",    "module,device-tree"};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (tree_compatible(tree, child, kinds[i]))
            return true;
    return false;
}

static void read_child(const struct system_reading *reading, int child)
{
    const char *name = tree_name(reading->tree, child);

    if (strcmp(name, "chosen") == 0)
        read_chosen(reading, child);
    else if (strcmp(name, "reserved-memory") == 0)
        system_say(reading, MAKE_ERROR, child, "compatible",
                   "memory is not reserved in a domain's tree here");
    else if (tree_compatible(reading->tree, child, "openamp,domain-v1"))
        system_say(reading, MAKE_WARNING, child, "compatible",
                   "a domain in a domain is not launched");
    else if (tree_compatible(reading->tree, child, "xen,domain-shared-memory-v1"))
        read_share(reading, child);
    else if (is_module(reading->tree, child))
        system_say(reading, MAKE_WARNING, child, "reg",
                   "not acted on: xen,kernel and xen,initrd name files, whose places are worked "
                   "out");
    else
        take_node(reading, child);
}

static bool is_enabled(const void *tree, int node)
{
    const char *status = tree_string(tree, node, "status");

    return !status || strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
}

void system_read_domain(struct system_reading *reading)
{
    struct tree_item item = tree_items(reading->tree, reading->walk->node);

    reading->item = &item;
    while (tree_next_item(reading->tree, &item))
        read_property(reading);
    reading->item = NULL;
    for (int child = tree_child(reading->tree, reading->walk->node); child >= 0;
         child = tree_sibling(reading->tree, child))
        if (is_enabled(reading->tree, child))
            read_child(reading, child);
}

/* ---- devices ---- */

static void pass_device(const struct system_reading *reading, uint64_t phandle)
{
    const int domain = reading->walk->node;
    char path[256];
    int node = phandle != 0 ? tree_find_phandle(reading->tree, (uint32_t)phandle) : -1;

    if (node < 0)
        system_say(reading, MAKE_ERROR, domain, "access", "no node has the phandle of a device");
    else
        make_add_passthrough(reading->board, reading->domain, system_place(reading),
                             system_key(reading, domain, "access"),
                             tree_path(reading->tree, node, path, sizeof(path)));
}

/* The hardware domain has all devices, these among them. */
void system_read_access(const struct system_reading *reading)
{
    const int node = reading->walk->node;
    uint32_t cells = 0;
    uint64_t phandle, flags;
    int size;
    const uint8_t *data = tree_property(reading->tree, node, "access", &size);

    if (!data || size == 0 || (reading->domain->values[MAKE_ROLES].number & DOMAIN_CAPS_HARDWARE))
        return;
    tree_u32(reading->tree, node, "#access-flags-cells", 0, &cells);
    while (size > 0 && tree_take(&data, &size, 1, &phandle)) {
        pass_device(reading, phandle);
        for (uint32_t i = 0; i < cells && i < MOST_FLAGS; i++)
            tree_take(&data, &size, 1, &flags);
    }
}
