/* SPDX-License-Identifier: MIT */
/* The nodes below a domain's: modules, what is said of single vcpus, event channels, devices. */
#include "plan.h"

#include <string.h>
#include <xen/bootfdt.h>

static const struct {
    const char *dom0less, *hyperlaunch;
    const char *what;
    size_t offset;
} module_kinds[] = {
    {"multiboot,kernel", "module,kernel", "kernel", offsetof(struct launch_domain, kernel)},
    {"multiboot,ramdisk", "module,ramdisk", "ramdisk", offsetof(struct launch_domain, ramdisk)},
    {"multiboot,device-tree", "module,device-tree", "device tree",
     offsetof(struct launch_domain, device_tree)},
};

/* What a module's node may hold; anything else gets a warning. */
static const char *const module_properties[] = {
    "compatible",  "reg",     "module-addr",   "mb-index", "bootargs", "#address-cells",
    "#size-cells", "phandle", "linux,phandle", "name",     "status",   "uefi,binary",
};

static void module_error(struct planner *planner, int node, const char *property, const char *what)
{
    plan_error(planner, planner->domain, node, property, "%s", what);
}

/* `refused`: the domain is left out. */
static void name_unknown(struct planner *planner, int node, const char *const known[],
                         unsigned int count, bool refused)
{
    struct tree_item item = tree_items(planner->fdt, node);

    while (tree_next_item(planner->fdt, &item)) {
        bool is_known = false;

        for (unsigned int i = 0; i < count; i++)
            is_known = is_known || strcmp(known[i], item.name) == 0;
        if (!is_known && refused)
            module_error(planner, node, item.name, "unknown property");
        else if (!is_known)
            plan_warning(planner, node, item.name, "unknown property, ignored");
    }
}

void plan_warn_unknown(struct planner *planner, int node, const char *const known[],
                       unsigned int count)
{
    name_unknown(planner, node, known, count, false);
}

/*
 * Where a module lies: reg in the cells that the domain's node gives, or hyperlaunch's module-addr,
 * whose size tells its cells.
 */
static bool module_range(struct planner *planner, int node, struct paddr_range *range)
{
    const void *fdt = planner->fdt;
    const struct tree_level *level = &planner->walk->level[planner->walk->depth];
    uint32_t address_cells = level->address_cells, size_cells = level->size_cells;
    const char *property = "reg";
    unsigned int count;
    int size;
    const uint8_t *data = tree_property(fdt, node, "reg", &size);

    if (!data) {
        property = "module-addr";
        data = tree_property(fdt, node, "module-addr", &size);
        address_cells = size_cells = (uint32_t)(size == 8 ? 1 : 2);
    }
    if (!data) {
        module_error(planner, node, "reg",
                     tree_property(fdt, node, "mb-index", NULL) ||
                             tree_property(fdt, node, "uefi,binary", NULL)
                         ? "missing; nobody loads modules by mb-index or uefi,binary here"
                         : "missing");
        return false;
    }
    if (!plan_parse_ranges(data, size, address_cells, size_cells, range, 1, &count)) {
        plan_error(planner, planner->domain, node, property,
                   "must be one address (%u cells) and size (%u cells)", address_cells, size_cells);
        return false;
    }
    if (range->size == 0)
        module_error(planner, node, property, "size is zero");
    return range->size != 0;
}

static void set_module_bootargs(struct planner *planner, int node)
{
    const char *text;

    if (!tree_property(planner->fdt, node, "bootargs", NULL))
        return;
    text = tree_string(planner->fdt, node, "bootargs");
    if (!text) {
        module_error(planner, node, "bootargs", "not a string");
        return;
    }
    if (planner->domain->bootargs)
        plan_warning(planner, node, "bootargs", "used instead of the domain node's");
    planner->domain->bootargs = text;
}

static void read_module(struct planner *planner, int node)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(module_kinds); i++) {
        struct launch_module *module =
            (struct launch_module *)((char *)planner->domain + module_kinds[i].offset);

        if (!tree_compatible(planner->fdt, node, module_kinds[i].dom0less) &&
            !tree_compatible(planner->fdt, node, module_kinds[i].hyperlaunch))
            continue;
        if (module->range.size != 0) {
            plan_error(planner, planner->domain, node, "compatible", "a second %s",
                       module_kinds[i].what);
            return;
        }
        module->node = node;
        if (!module_range(planner, node, &module->range))
            module->range.size = 0;
        if (module == &planner->domain->kernel)
            set_module_bootargs(planner, node);
        plan_warn_unknown(planner, node, module_properties, ARRAY_SIZE(module_properties));
        return;
    }
    plan_warning(planner, node, "compatible", "unknown kind of module, ignored");
}

static const char *const vcpu_properties[] = {
    "compatible",    "id",   "hard-affinity", "soft-affinity", "phandle",
    "linux,phandle", "name", "status",
};

static void read_mask(struct planner *planner, int node, const char *property, uint64_t *mask)
{
    const char *text = tree_string(planner->fdt, node, property);

    if (tree_property(planner->fdt, node, property, NULL) && !(text && plan_parse_mask(text, mask)))
        module_error(planner, node, property, PLAN_NO_MASK);
}

/* Xen's node for one vcpu: compatible "xen,vcpu", id, hard-affinity; soft-affinity is Trefoil's. */
static void read_vcpu(struct planner *planner, int node)
{
    struct launch_domain *domain = planner->domain;
    uint32_t id;

    if (tree_u32(planner->fdt, node, "id", 0, &id) != TREE_OK || id >= domain->cpus) {
        plan_error(planner, domain, node, "id", "missing or not below %u, its cpus", domain->cpus);
        return;
    }
    if (planner->vcpus_said & 1U << id)
        plan_error(planner, domain, node, "id", "there is another node for vcpu %u", id);
    planner->vcpus_said |= 1U << id;
    read_mask(planner, node, "hard-affinity", &domain->affinity[id]);
    read_mask(planner, node, "soft-affinity", &domain->soft_affinity[id]);
    /* It may be a misspelt one, and the vcpu would run where it must not. */
    name_unknown(planner, node, vcpu_properties, ARRAY_SIZE(vcpu_properties), true);
}

void plan_read_children(struct planner *planner)
{
    const void *fdt = planner->fdt;
    struct launch_domain *domain = planner->domain;
    bool had_error = plan_is_bad(planner, domain);

    planner->vcpus_said = 0;
    for (int node = tree_child(fdt, domain->node); node >= 0; node = tree_sibling(fdt, node)) {
        if (tree_compatible(fdt, node, "xen,vcpu"))
            read_vcpu(planner, node);
        else if (tree_compatible(fdt, node, "xen,evtchn-v1"))
            plan_read_channel(planner, node);
        else if (tree_compatible(fdt, node, "xen,domain-shared-memory-v1"))
            plan_read_share(planner, node);
        else if (plan_is_device(planner, node) ||
                 (planner->system && plan_read_system_child(planner, node)))
            continue;
        else if (tree_property(fdt, node, "compatible", NULL))
            read_module(planner, node);
        else
            plan_warning(planner, node, "compatible", "missing, node ignored");
    }
    plan_read_devices(planner);
    if (domain->kernel.range.size == 0 && plan_is_bad(planner, domain) == had_error)
        plan_error(planner, domain, domain->node, "kernel",
                   "no module compatible with \"multiboot,kernel\"");
}
