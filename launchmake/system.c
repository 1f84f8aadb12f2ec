/* SPDX-License-Identifier: MIT */
/*
 * A System Device Tree: which of its nodes are domains, and what is said above them. What files
 * there are, and what a hypervisor starts with, is said as lopper's image-builder has it.
 */
#include "system.h"

#include <stdarg.h>
#include <string.h>

#include <libfdt.h>

#define CONTAINER  "openamp,domain-v1"
#define HYPERVISOR "openamp,hypervisor-v1"
#define MOST_FLAGS 8U /* cells */

/* ---- what is said of it ---- */

struct make_place system_place(const struct system_reading *reading)
{
    return (struct make_place){reading->file, 0};
}

const char *system_key(const struct system_reading *reading, int node, const char *name)
{
    char path[MACHINE_PATH];

    tree_path(reading->tree, node, path, sizeof(path));
    tree_make_printable(path);
    return make_format(reading->board, "%s: %.40s", path, name);
}

void system_say(const struct system_reading *reading, enum make_severity severity, int node,
                const char *name, const char *format, ...)
{
    char text[160];
    va_list list;

    /* To find a node's path takes a pass over the tree. */
    if (reading->board->nr_messages == MAKE_MAX_MESSAGES) {
        make_say(reading->board, severity, system_place(reading), name, "%s", "");
        return;
    }
    va_start(list, format);
    vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    make_say(reading->board, severity, system_place(reading), system_key(reading, node, name), "%s",
             text);
}

const char *system_text(const struct system_reading *reading, int node, const char *name)
{
    const char *text = tree_string(reading->tree, node, name);

    if (!text && tree_property(reading->tree, node, name, NULL))
        system_say(reading, MAKE_ERROR, node, name, "not a string");
    return text ? make_text(reading->board, text) : NULL;
}

/* Of the nearest node above that says so. */
static uint32_t cells_above(const struct tree_walk *walk, const char *property, uint32_t otherwise)
{
    for (int depth = walk->depth - 1; depth >= 0; depth--)
        if (tree_u32(walk->fdt, walk->level[depth].node, property, 0, &otherwise) == TREE_OK)
            break;
    return otherwise;
}

static bool take_flags(const uint8_t **data, int *size, uint32_t cells)
{
    uint64_t flags;

    while (cells > 0 && tree_take(data, size, 1, &flags))
        cells--;
    return cells == 0;
}

bool system_ranges(const struct system_reading *reading, const char *name,
                   struct paddr_range *ranges, unsigned int limit, unsigned int *count)
{
    const struct tree_walk *walk = reading->walk;
    uint32_t address = cells_above(walk, "#address-cells", 2);
    uint32_t length = cells_above(walk, "#size-cells", 1), flags = 0;
    int size;
    const uint8_t *data = tree_property(reading->tree, walk->node, name, &size);
    bool right = data && size > 0;

    *count = 0;
    tree_u32(reading->tree, walk->node, "#memory-flags-cells", 0, &flags);
    while (right && size > 0 && *count < limit) {
        struct paddr_range *range = &ranges[(*count)++];

        right = flags <= MOST_FLAGS && tree_take(&data, &size, address, &range->start) &&
                tree_take(&data, &size, length, &range->size) && take_flags(&data, &size, flags) &&
                range->size <= UINT64_MAX - range->start;
    }
    if (right && size == 0)
        return true;
    system_say(reading, MAKE_ERROR, walk->node, name,
               "not a list of 1 to %u (start, size, flags) with %u, %u and %u cells", limit,
               address, length, flags);
    return false;
}

/* ---- which nodes are domains ---- */

static bool is_domain(const void *tree, int node)
{
    return tree_compatible(tree, node, "xen,domain-v2") ||
           tree_compatible(tree, node, "xen,domain-v1");
}

static bool holds_domains(const struct tree_walk *walk)
{
    struct tree_walk below = *walk;

    while (tree_walk_next(&below) && below.depth > walk->depth)
        if (below.level[below.depth].enabled && is_domain(walk->fdt, below.node))
            return true;
    return false;
}

/* ---- the hypervisor's node ---- */

/* What makes domains of ImageBuilder's is no key of a domain's node. */
static void name_what_makes_domains(const struct configuration *settings)
{
    static const char *const keys[] = {"NUM_DOMUS", "DOMU_NOBOOT", "DOMU_DIRECT_MAP"};
    const struct assignment *one = settings->assignments;

    for (; one; one = one->next)
        for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
            if (strcmp(one->key, keys[i]) == 0)
                make_say(settings->board, MAKE_WARNING, one->place, one->name,
                         "not acted on: the nodes of the tree say that");
}

void system_settings(const struct system_reading *reading)
{
    const int node = reading->walk->node;
    struct configuration *settings = reading->settings;
    int size;
    const char *list = tree_property(reading->tree, node, "xen,propagate-config", &size);
    char *text = list && size > 0 ? make_allocate(reading->board, (size_t)size) : NULL;

    if (!text)
        return;
    memcpy(text, list, (size_t)size);
    for (int i = 0; i < size; i++)
        if (text[i] == '\0')
            text[i] = '\n';
    settings->assignments = assignments_read(reading->board, reading->file, text, (size_t)size);
    for (struct assignment *one = settings->assignments; one; one = one->next) {
        one->place.line = 0;
        one->name = system_key(reading, node, one->name);
    }
    imagebuilder_read_command_line(settings, imagebuilder_find(settings, "XEN_CMD", 0, 0));
    imagebuilder_apply(settings);
    name_what_makes_domains(settings);
}

static void read_command_line(const struct system_reading *reading)
{
    const int node = reading->walk->node;
    struct assignment assignment = {.place = system_place(reading)};

    assignment.value = system_text(reading, node, "xen,cmdline");
    assignment.name = system_key(reading, node, "xen,cmdline");
    if (assignment.value)
        imagebuilder_read_command_line(reading->settings, &assignment);
}

/* What is loaded besides what domains start from. The tree comes before the domains: what refers
 * to nodes of this one is of no use in another. */
static void read_files(const struct system_reading *reading)
{
    const int node = reading->walk->node;
    const char *hypervisor = system_text(reading, node, "xen,binary");
    const char *tree = system_text(reading, node, "xen,device-tree");

    if (hypervisor)
        make_set_hypervisor(reading->board, system_place(reading),
                            system_key(reading, node, "xen,binary"), hypervisor);
    if (tree)
        make_set_tree(reading->board, system_place(reading),
                      system_key(reading, node, "xen,device-tree"), tree);
}

/* ---- others ---- */

/* Memory of a domain that is not this hypervisor's to give. */
static void reserve(const struct system_reading *reading)
{
    struct paddr_range ranges[16];
    unsigned int count;

    if (!tree_property(reading->tree, reading->walk->node, "memory", NULL) ||
        !system_ranges(reading, "memory", ranges, 16, &count))
        return;
    for (unsigned int i = 0; i < count; i++) {
        struct make_reserved *reserved =
            ranges[i].size ? make_allocate(reading->board, sizeof(*reserved)) : NULL;

        if (!reserved)
            continue;
        *reserved = (struct make_reserved){reading->board->reserved, ranges[i]};
        reading->board->reserved = reserved;
    }
}

static void pass_by(const struct system_reading *reading)
{
    const int node = reading->walk->node;

    if (!tree_compatible(reading->tree, node, CONTAINER)) {
        system_say(reading, MAKE_WARNING, node, "compatible", "not acted on: no domain");
        return;
    }
    system_say(reading, MAKE_WARNING, node, "compatible",
               "not launched: neither \"xen,domain-v2\" nor above one; its memory is reserved");
    reserve(reading);
}

/* ---- the whole ---- */

/* Each domain, and the numbers by which ImageBuilder's keys know them: the first is dom0. */
static void add_domain(struct system_reading *reading)
{
    struct configuration *settings = reading->settings;
    const int node = reading->walk->node;
    const char *name = system_text(reading, node, "xen,domain-name");
    char path[MACHINE_PATH];

    if (!name)
        name = make_text(reading->board, tree_name(reading->tree, node));
    reading->domain = make_add_domain(reading->board, system_place(reading), name);
    if (!reading->domain)
        return;
    tree_walk_path(reading->walk, path, sizeof(path));
    tree_make_printable(path);
    reading->domain->node = make_text(reading->board, path);
    if (!settings->dom0)
        settings->dom0 = reading->domain;
    settings->domus[settings->nr_domus++] = reading->domain;
    system_read_domain(reading);
}

/* `read` is called at each node of a domain, `above` at all others that are enabled. */
static void each_domain(struct system_reading *reading, struct tree_walk *walk,
                        void (*read)(struct system_reading *reading),
                        void (*above)(struct system_reading *reading))
{
    int node = tree_find(reading->tree, 0, "/domains", strlen("/domains"));
    bool more = node >= 0 && tree_walk_to(walk, reading->tree, node) && tree_walk_next(walk);

    while (more && walk->depth > 1) {
        bool enabled = walk->level[walk->depth].enabled;
        bool ours = enabled && is_domain(reading->tree, walk->node);
        bool open = enabled && !ours && holds_domains(walk);

        if (ours)
            read(reading);
        else if (enabled && above)
            above(reading);
        more = open ? tree_walk_next(walk) : tree_walk_skip(walk);
    }
}

static void read_above(struct system_reading *reading)
{
    if (!holds_domains(reading->walk))
        pass_by(reading);
    else if (tree_compatible(reading->tree, reading->walk->node, HYPERVISOR))
        read_files(reading);
}

static void read_first(struct system_reading *reading)
{
    read_files(reading);
    add_domain(reading);
}

static struct make_domain *next_domain(struct system_reading *reading)
{
    const struct configuration *settings = reading->settings;
    unsigned int number = reading->argument++;

    return number < settings->nr_domus ? settings->domus[number] : NULL;
}

static void settle_above(struct system_reading *reading)
{
    if (!tree_compatible(reading->tree, reading->walk->node, HYPERVISOR))
        return;
    read_command_line(reading);
    system_settings(reading);
}

/* What is said of a domain by keys, or follows from them. */
static void settle(struct system_reading *reading)
{
    reading->domain = next_domain(reading);
    if (!reading->domain)
        return;
    read_command_line(reading);
    system_settings(reading);
    system_read_access(reading);
}

/* Where no domain has a role the first is dom0, and all is as ImageBuilder would have it. */
static void give_roles(const struct system_reading *reading)
{
    struct configuration *settings = reading->settings;

    for (unsigned int i = 0; i < settings->nr_domus; i++)
        if (settings->domus[i]->values[MAKE_ROLES].given)
            return;
    if (!settings->dom0)
        return;
    imagebuilder_be_dom0(settings->dom0);
    make_say(reading->board, MAKE_NOTE, system_place(reading), settings->dom0->node,
             "is dom0 (control, hardware, xenstore), as the first and none has capabilities");
    for (unsigned int i = 1; i < settings->nr_domus; i++)
        imagebuilder_be_domu(settings->domus[i], true);
}

static void read_tree(struct system_reading *reading, struct tree_walk *walk)
{
    reading->board->system = true;
    each_domain(reading, walk, read_first, read_above);
    if (!reading->board->has_tree)
        make_set_tree(reading->board, (struct make_place){NULL, 0}, "--tree", reading->file);
    if (reading->settings->nr_domus == 0)
        make_say(reading->board, MAKE_ERROR, system_place(reading), "/domains",
                 "no node has \"xen,domain-v2\"");
    give_roles(reading);
    reading->argument = 0;
    each_domain(reading, walk, settle, settle_above);
}

bool make_is_flattened(const char *text, size_t size)
{
    return size >= sizeof(struct fdt_header) && fdt_magic(text) == FDT_MAGIC;
}

void system_read(struct make_board *board, const char *file, const char *text, size_t size)
{
    struct tree_walk walk;
    struct system_reading reading = {.board = board, .file = file, .tree = text, .walk = &walk};

    reading.settings = make_allocate(board, sizeof(*reading.settings));
    if (!reading.settings)
        return;
    reading.settings->board = board;
    if (!make_is_flattened(text, size) || fdt_totalsize(text) > size || !tree_valid(text))
        make_say(board, MAKE_ERROR, system_place(&reading), NULL, "a damaged device tree");
    else
        read_tree(&reading, &walk);
}
