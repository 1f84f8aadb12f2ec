/* SPDX-License-Identifier: MIT */
/*
 * Domains of a System Device Tree (the specification of devicetree-org's lopper, chapter 3): nodes
 * "xen,domain-v2" below /domains. Memory and CPUs are the machine's there, and the rest may be as
 * below /chosen.
 */
#include "plan.h"

#include <string.h>
#include <xen/bootfdt.h>

#define DOMAIN    "xen,domain-v2"
#define CONTAINER "openamp,domain-v1"

#define LEVEL_SECURE   (1U << 31)
#define LEVEL_OF_GUEST 1U
#define MOST_FLAGS     8U /* cells */

/* ---- which nodes are domains ---- */

static bool is_system_domain(const void *fdt, int node)
{
    return tree_compatible(fdt, node, DOMAIN);
}

/* Does the walk's node hold domains, at any depth? Goes on to the node after those below it. */
static bool holds_domains(const struct tree_walk *walk)
{
    struct tree_walk below = *walk;

    while (tree_walk_next(&below) && below.depth > walk->depth)
        if (below.level[below.depth].enabled && is_system_domain(walk->fdt, below.node))
            return true;
    return false;
}

/* A node below /domains that is no domain of ours. True when some are below it. */
static bool pass_by(struct planner *planner, const struct tree_walk *walk)
{
    if (!walk->level[walk->depth].enabled)
        return false;
    if (!holds_domains(walk)) {
        plan_warning(planner, walk->node, "compatible",
                     "neither \"" DOMAIN "\" nor below /chosen, nothing here acts on it");
        return false;
    }
    if (tree_property(planner->fdt, walk->node, "xen,cmdline", NULL))
        plan_warning(planner, walk->node, "xen,cmdline",
                     "has no effect here: the hypervisor's is xen,xen-bootargs of /chosen");
    return true;
}

void plan_read_system(struct planner *planner,
                      void (*read)(struct planner *planner, const struct tree_walk *walk))
{
    int node = tree_find(planner->fdt, 0, "/domains", strlen("/domains"));
    struct tree_walk walk;
    bool more = node >= 0 && tree_walk_to(&walk, planner->fdt, node) && tree_walk_next(&walk);

    while (more && walk.depth > 1) {
        bool ours = walk.level[walk.depth].enabled && is_system_domain(planner->fdt, walk.node);

        if (ours)
            read(planner, &walk);
        more = !ours && pass_by(planner, &walk) ? tree_walk_next(&walk) : tree_walk_skip(&walk);
    }
}

/* ---- their properties ---- */

static void wrong(struct planner *planner, const struct tree_item *item, const char *what)
{
    plan_error(planner, planner->domain, planner->domain->node, item->name, "%s", what);
}

/* Of the nearest node above that says so: it is mostly /domains, or the root. */
static uint32_t cells_above(const struct planner *planner, const char *property, uint32_t otherwise)
{
    const struct tree_walk *walk = planner->walk;

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

/* (start, size, flags)... of the machine's memory. */
static void set_memory(struct planner *planner, const struct tree_item *item)
{
    struct launch_domain *domain = planner->domain;
    uint32_t address_cells = cells_above(planner, "#address-cells", 2);
    uint32_t size_cells = cells_above(planner, "#size-cells", 1), flags_cells = 0;
    const uint8_t *data = (const uint8_t *)item->data;
    int size = item->size;
    bool right = size != 0;

    tree_u32(planner->fdt, domain->node, "#memory-flags-cells", 0, &flags_cells);
    while (right && size > 0 && domain->nr_static_memory < LAUNCH_MAX_STATIC_BANKS) {
        struct paddr_range *range = &domain->static_memory[domain->nr_static_memory++];

        right = flags_cells <= MOST_FLAGS &&
                tree_take(&data, &size, address_cells, &range->start) &&
                tree_take(&data, &size, size_cells, &range->size) &&
                take_flags(&data, &size, flags_cells);
        domain->memory += right ? range->size : 0;
    }
    if (!right || size > 0)
        plan_error(planner, domain, domain->node, item->name,
                   "not a list of 1 to %u (start, size, flags) with %u, %u and %u cells",
                   LAUNCH_MAX_STATIC_BANKS, address_cells, size_cells, flags_cells);
}

/* The machine's CPUs whose bits are set, the first node of the cluster being bit 0. */
static uint64_t cpus_of(const struct planner *planner, int cluster, uint64_t mask)
{
    const struct machine *machine = planner->machine;
    uint64_t cpus = 0;
    unsigned int bit = 0;

    for (int node = tree_child(planner->fdt, cluster); node >= 0 && bit < 64;
         node = tree_sibling(planner->fdt, node)) {
        const char *type = tree_string(planner->fdt, node, "device_type");

        if (!type || strcmp(type, "cpu") != 0)
            continue;
        for (unsigned int i = 0; i < machine->nr_cpus; i++)
            if (machine->cpus[i].node == node && (mask >> bit & 1))
                cpus |= 1ULL << i;
        bit++;
    }
    return cpus;
}

/* One (cluster, mask, level); NULL, or what is wrong with it. */
static const char *take_cpus(const struct planner *planner, const uint8_t **data, int *size,
                             uint64_t *cpus)
{
    uint64_t phandle, mask, level;
    uint32_t mask_cells = 1;
    int cluster;

    if (!tree_take(data, size, 1, &phandle))
        return "not a list of (cluster, mask, level)";
    cluster = phandle != 0 ? tree_find_phandle(planner->fdt, (uint32_t)phandle) : -1;
    if (cluster < 0)
        return "no node has the phandle of the cluster";
    tree_u32(planner->fdt, cluster, "#cpus-mask-cells", 0, &mask_cells);
    if (!tree_take(data, size, mask_cells, &mask) || !tree_take(data, size, 1, &level))
        return "not a list of (cluster, mask, level)";
    if (level & LEVEL_SECURE)
        return "a secure domain is none of this hypervisor's";
    if (level != LEVEL_OF_GUEST)
        return "another execution level than 1, which guests have";
    mask = cpus_of(planner, cluster, mask);
    *cpus |= mask;
    return mask != 0 ? NULL : "none of the machine's CPUs";
}

/* As many vcpus as CPUs, on these. */
static void set_cpus(struct planner *planner, const struct tree_item *item)
{
    struct launch_domain *domain = planner->domain;
    const uint8_t *data = (const uint8_t *)item->data;
    const char *what = item->size == 0 ? "is empty" : NULL;
    int size = item->size;
    uint64_t cpus = 0;

    while (!what && size > 0)
        what = take_cpus(planner, &data, &size, &cpus);
    if (what) {
        wrong(planner, item, what);
        return;
    }
    domain->cpus = (unsigned int)__builtin_popcountll(cpus);
    if (tree_property(planner->fdt, domain->node, "hard-affinity", NULL))
        return;
    for (unsigned int i = 0; i < LAUNCH_MAX_VCPUS; i++)
        domain->affinity[i] = cpus;
}

static void set_command_line(struct planner *planner, const struct tree_item *item)
{
    const char *text = tree_string(planner->fdt, planner->domain->node, item->name);

    if (!text)
        wrong(planner, item, "not a string");
    planner->domain->bootargs = text;
}

/* The hardware domain has all devices, these among them. */
static void refuse_access(struct planner *planner, const struct tree_item *item)
{
    uint32_t roles = 0;

    tree_u32(planner->fdt, planner->domain->node, "capabilities", 0, &roles);
    if (item->size != 0 && !(roles & DOMAIN_CAPS_HARDWARE))
        wrong(planner, item,
              "devices are given by a passthrough tree (multiboot,device-tree) here");
}

static void refuse_sram(struct planner *planner, const struct tree_item *item)
{
    if (item->size != 0)
        wrong(planner, item, "only RAM can be given");
}

static void refuse_static(struct planner *planner, const struct tree_item *item)
{
    wrong(planner, item, "memory says it, in a System Device Tree");
}

static void name_file(struct planner *planner, const struct tree_item *item)
{
    plan_warning(planner, planner->domain->node, item->name,
                 "the name of a file: what is loaded, and where, is said by a node below");
}

static void name_effect(struct planner *planner, const struct tree_item *item)
{
    plan_warning(planner, planner->domain->node, item->name, "has no effect here");
}

static const struct {
    const char *name;
    void (*set)(struct planner *planner, const struct tree_item *item); /* NULL: nothing to say */
} properties[] = {
    {"memory", set_memory},
    {"cpus", set_cpus},
    {"xen,kernel-cmdline", set_command_line},
    {"access", refuse_access},
    {"sram", refuse_sram},
    {"xen,static-mem", refuse_static},
    {"xen,kernel", name_file},
    {"xen,initrd", name_file},
    {"xen,propagate-config", name_effect},
    {"id", NULL},
    {"os,type", NULL},
    {"#memory-flags-cells", NULL},
    {"#access-flags-cells", NULL},
    {"#sram-flags-cells", NULL},
    {"#memory-implicit-default-cells", NULL},
    {"memory-implicit-default", NULL},
    {"#access-implicit-default-cells", NULL},
    {"access-implicit-default", NULL},
    {"#sram-implicit-default-cells", NULL},
    {"sram-implicit-default", NULL},
};

bool plan_read_system_property(struct planner *planner, const struct tree_item *item)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(properties); i++) {
        if (strcmp(properties[i].name, item->name) != 0)
            continue;
        if (properties[i].set)
            properties[i].set(planner, item);
        return true;
    }
    return false;
}

/* ---- and the nodes below them ---- */

static const char *const chosen_properties[] = {"bootargs", "phandle", "linux,phandle", "name"};

static void read_chosen(struct planner *planner, int node)
{
    const char *text = tree_string(planner->fdt, node, "bootargs");

    plan_warn_unknown(planner, node, chosen_properties, ARRAY_SIZE(chosen_properties));
    if (!tree_property(planner->fdt, node, "bootargs", NULL))
        return;
    if (!text)
        plan_error(planner, planner->domain, node, "bootargs", "not a string");
    else if (planner->domain->bootargs)
        plan_warning(planner, node, "bootargs", "used instead of the domain node's");
    planner->domain->bootargs = text;
}

bool plan_read_system_child(struct planner *planner, int node)
{
    const char *name = tree_name(planner->fdt, node);

    if (strcmp(name, "chosen") == 0)
        read_chosen(planner, node);
    else if (strcmp(name, "reserved-memory") == 0)
        plan_error(planner, planner->domain, node, "compatible",
                   "memory is not reserved in a domain's tree here");
    else if (tree_compatible(planner->fdt, node, CONTAINER))
        plan_warning(planner, node, "compatible", "a domain in a domain is not launched");
    else
        return false;
    return true;
}
