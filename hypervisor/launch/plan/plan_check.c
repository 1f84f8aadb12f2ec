/* SPDX-License-Identifier: MIT */
/* Rules between domains: the one that comes later in the tree is the one in the wrong. */
#include "plan.h"

#include <string.h>
#include <xen/bootfdt.h>

#include "machine/ranges.h"

/* One in so many bytes: there are 8 bytes of records a frame. */
#define SHARE_RECORDS 512

/* What it takes to build a domain, once or again: an estimate on the safe side, so that a plan that
 * passes can be built. Likewise the directory of all frames. */
#define OVERHEAD_DOMAIN (512 * KIB)
#define SHARE_DIRECTORY 65536

static void domain_error(struct planner *planner, struct launch_domain *domain,
                         const char *property, const char *what, const struct launch_domain *other)
{
    plan_error(planner, domain, domain->node, property, "%s %s", what, other->path);
}

static bool related_overlap(const struct launch_domain *a, const struct paddr_range *range,
                            bool module)
{
    const struct launch_module *modules[] = {&a->kernel, &a->ramdisk, &a->device_tree};

    for (unsigned int i = 0; i < ARRAY_SIZE(modules); i++) {
        if (module && range_same(modules[i]->range, *range))
            continue; /* sharing the very same module is fine: each domain gets a copy */
        if (range_overlaps(modules[i]->range, *range))
            return true;
    }
    return ranges_overlapping(a->static_memory, a->nr_static_memory, *range) != NULL;
}

bool plan_claims(const struct launch_domain *domain, const struct paddr_range *range)
{
    return related_overlap(domain, range, false);
}

static void check_overlaps(struct planner *planner, struct launch_domain *domain,
                           const struct launch_domain *earlier)
{
    const struct launch_module *const modules[] = {&domain->kernel, &domain->ramdisk,
                                                   &domain->device_tree};

    for (unsigned int i = 0; i < ARRAY_SIZE(modules); i++)
        if (related_overlap(earlier, &modules[i]->range, true))
            plan_error(planner, domain, modules[i]->node, "reg",
                       "overlaps a different module, or static memory, of %s", earlier->path);
    for (unsigned int i = 0; i < domain->nr_static_memory; i++)
        if (related_overlap(earlier, &domain->static_memory[i], false))
            plan_error(planner, domain, domain->node, "xen,static-mem",
                       "overlaps a module, or static memory, of %s", earlier->path);
}

static void check_pair(struct planner *planner, struct launch_domain *domain,
                       const struct launch_domain *earlier)
{
    uint32_t single = domain->roles & earlier->roles;

    if (strcmp(domain->name, earlier->name) == 0)
        domain_error(planner, domain, "xen,domain-name", "same name as", earlier);
    if (single & DOMAIN_CAPS_HARDWARE)
        domain_error(planner, domain, "capabilities",
                     "there is a hardware domain already:", earlier);
    if (single & DOMAIN_CAPS_XENSTORE)
        domain_error(planner, domain, "capabilities",
                     "there is a xenstore domain already:", earlier);
    if (domain->domid_given && earlier->domid_given && domain->domid == earlier->domid)
        domain_error(planner, domain, "domid", "same as that of", earlier);
    check_overlaps(planner, domain, earlier);
}

static bool domid_taken(const struct launch_plan *plan, unsigned int domid)
{
    for (unsigned int i = 0; i < plan->nr_domains; i++)
        if (plan->domains[i].domid_given && plan->domains[i].domid == domid)
            return true;
    return false;
}

/*
 * Ids of those that were given none: 0 for the hardware domain, the others from 1. Domains with
 * errors count too, so that a mistake in one does not renumber the others.
 */
static void assign_domids(struct planner *planner)
{
    struct launch_plan *plan = planner->plan;
    bool zero_used = domid_taken(plan, 0);
    unsigned int next = 1;

    for (unsigned int i = 0; i < plan->nr_domains; i++) {
        struct launch_domain *domain = &plan->domains[i];

        if (domain->domid_given)
            continue;
        if ((domain->roles & DOMAIN_CAPS_HARDWARE) && !zero_used) {
            zero_used = true;
            domain->domid = 0;
            continue;
        }
        while (domid_taken(plan, next))
            next++;
        domain->domid = (uint16_t)next++;
    }
}

static const struct launch_domain *by_name(const struct launch_plan *plan, const char *name)
{
    for (unsigned int i = 0; i < plan->nr_domains; i++)
        if (strcmp(plan->domains[i].name, name) == 0)
            return &plan->domains[i];
    return NULL;
}

static const struct launch_domain *by_phandle(const struct planner *planner, uint32_t phandle)
{
    const struct launch_plan *plan = planner->plan;

    for (unsigned int i = 0; i < plan->nr_domains; i++)
        if (phandle != 0 && tree_phandle(planner->fdt, plan->domains[i].node) == phandle)
            return &plan->domains[i];
    return NULL;
}

static void set_bit(uint64_t *bitmap, unsigned int bit)
{
    bitmap[bit / 64] |= 1ULL << bit % 64;
}

/* One entry of `peers` or `targets`: `other` is whom it names. */
static void relate(struct planner *planner, struct launch_domain *domain, bool peers,
                   const struct launch_domain *other)
{
    const char *property = peers ? "peers" : "targets";

    if (other == domain)
        plan_error(planner, domain, domain->node, property, "names the domain itself");
    else if (other->domid >= LAUNCH_MAX_RELATED || domain->domid >= LAUNCH_MAX_RELATED)
        plan_error(planner, domain, domain->node, property, "both domains' ids must be below %u",
                   LAUNCH_MAX_RELATED);
    else if (!peers)
        set_bit(domain->targets, other->domid);
    else {
        set_bit(domain->peers, other->domid);
        set_bit(planner->plan->domains[other - planner->plan->domains].peers, domain->domid);
    }
}

static void relate_to_name(struct planner *planner, struct launch_domain *domain, bool peers,
                           const char *name)
{
    const struct launch_domain *other = by_name(planner->plan, name);

    if (other)
        relate(planner, domain, peers, other);
    else
        plan_error(planner, domain, domain->node, peers ? "peers" : "targets",
                   "names \"%s\", but no domain has that name", name);
}

static void relate_to_phandle(struct planner *planner, struct launch_domain *domain, bool peers,
                              uint32_t phandle)
{
    const struct launch_domain *other = by_phandle(planner, phandle);

    if (other)
        relate(planner, domain, peers, other);
    else
        plan_error(planner, domain, domain->node, peers ? "peers" : "targets",
                   "phandle 0x%x is not that of a domain's node", phandle);
}

/* Names of domains, or phandles of their nodes: a name starts with a printable character, a phandle
 * is too small for that. */
static void resolve(struct planner *planner, struct launch_domain *domain, bool peers)
{
    const char *property = peers ? "peers" : "targets";
    const void *fdt = planner->fdt;
    int size, count;
    const char *data = tree_property(fdt, domain->node, property, &size);
    uint32_t phandle;

    if (!data || size == 0)
        return;
    count = data[0] < ' ' ? 0 : tree_list_count(data, size);
    if (count < 0 || (count == 0 && size % (int)sizeof(uint32_t) != 0) ||
        (count == 0 ? size / (int)sizeof(uint32_t) : count) > LAUNCH_MAX_DOMAINS) {
        plan_error(planner, domain, domain->node, property,
                   "not 1 to %u names of domains or phandles of their nodes", LAUNCH_MAX_DOMAINS);
        return;
    }
    for (int i = 0; i < count; i++, data += strlen(data) + 1)
        relate_to_name(planner, domain, peers, data);
    for (unsigned int i = 0;
         count == 0 && tree_u32(fdt, domain->node, property, i, &phandle) == TREE_OK; i++)
        relate_to_phandle(planner, domain, peers, phandle);
}

static void resolve_related(struct planner *planner, struct launch_domain *domain)
{
    resolve(planner, domain, true);
    resolve(planner, domain, false);
    if (!(domain->roles & DOMAIN_CAPS_DEVICE_MODEL) &&
        tree_property(planner->fdt, domain->node, "targets", NULL))
        plan_warning(planner, domain->node, "targets",
                     "has no effect without the device model capability (8)");
}

bool plan_has_role(const struct planner *planner, uint32_t role, bool *planned)
{
    const struct launch_plan *plan = planner->plan;
    bool there = false;

    *planned = false;
    for (unsigned int i = 0; i < plan->nr_domains; i++) {
        bool has = plan->domains[i].roles & role;

        *planned = *planned || has;
        there = there || (has && !planner->bad[i]);
    }
    return there;
}

/*
 * Nobody's xenstore: an error of the domain that asks for it, unless there was to be a xenstore
 * domain, whose own mistake must not keep others out.
 */
static void check_xenstore(struct planner *planner)
{
    struct launch_plan *plan = planner->plan;
    bool planned;

    if (plan_has_role(planner, DOMAIN_CAPS_XENSTORE, &planned))
        return;
    for (unsigned int i = 0; i < plan->nr_domains; i++) {
        struct launch_domain *domain = &plan->domains[i];

        if (planner->bad[i] || domain->enhanced != LAUNCH_ENHANCED_FULL)
            continue;
        if (!planned)
            plan_error(planner, domain, domain->node, "xen,enhanced",
                       "wants xenstore, but no domain has the xenstore capability (4)");
        else
            plan_warning(planner, domain->node, "xen,enhanced",
                         "no xenstore for it, as the xenstore domain is left out");
        domain->enhanced = LAUNCH_ENHANCED_NO_XENSTORE;
    }
}

/* Bytes of the machine's RAM below, or in, what is withheld from allocation. */
static uint64_t withheld_bytes(const struct machine *machine, const struct paddr_range *set,
                               unsigned int count)
{
    uint64_t bytes = 0;

    for (unsigned int i = 0; i < count; i++)
        for (unsigned int k = 0; k < machine->nr_banks; k++)
            if (range_overlaps(set[i], machine->banks[k])) {
                struct paddr_range bank = machine->banks[k];
                uint64_t start = set[i].start > bank.start ? set[i].start : bank.start;
                uint64_t end = set[i].start + set[i].size;

                if (end > bank.start + bank.size)
                    end = bank.start + bank.size;
                bytes += end - start;
            }
    return bytes;
}

/* What domains can be given: RAM less what is reserved, kept, static memory and modules. Overlaps
 * count double: on the safe side. */
static uint64_t free_memory(const struct planner *planner)
{
    const struct machine *machine = planner->machine;
    const struct launch_plan *plan = planner->plan;
    uint64_t total = 0, used;

    for (unsigned int i = 0; i < machine->nr_banks; i++)
        total += machine->banks[i].size;
    used = withheld_bytes(machine, machine->reserved, machine->nr_reserved) +
           withheld_bytes(machine, planner->kept, planner->nr_kept) +
           withheld_bytes(machine, plan->claimed, plan->nr_claimed);
    used += total / SHARE_DIRECTORY;
    return used < total ? total - used : 0;
}

static void check_total_memory(struct planner *planner)
{
    struct launch_plan *plan = planner->plan;
    uint64_t left, rest;

    plan_claim(planner);
    left = free_memory(planner);
    for (unsigned int i = 0; i < plan->nr_domains; i++) {
        struct launch_domain *domain = &plan->domains[i];
        uint64_t needed = OVERHEAD_DOMAIN + launch_pool(domain) + domain->memory / SHARE_RECORDS;

        if (planner->bad[i])
            continue;
        if (domain->nr_static_memory == 0)
            needed += domain->memory;
        if (needed > left) {
            plan_error(planner, domain, domain->node, "memory",
                       "%llu KiB wanted (overhead included), %llu KiB of the machine's are left",
                       (unsigned long long)(needed / KIB), (unsigned long long)(left / KIB));
            continue;
        }
        rest = left - needed;
        if (plan_take_shared(planner, i, &rest))
            left = rest;
    }
}

void plan_check_all(struct planner *planner)
{
    struct launch_plan *plan = planner->plan;

    plan_apply_pools(planner);
    for (unsigned int i = 0; i < plan->nr_domains; i++)
        for (unsigned int k = 0; k < i; k++)
            if (!planner->bad[i] && !planner->bad[k])
                check_pair(planner, &plan->domains[i], &plan->domains[k]);
    assign_domids(planner);
    for (unsigned int i = 0; i < plan->nr_domains; i++)
        if (!planner->bad[i])
            resolve_related(planner, &plan->domains[i]);
    plan_join_channels(planner);
    plan_join_shares(planner);
    check_xenstore(planner);
    plan_check_served(planner);
    check_total_memory(planner);
    plan_drop_channels(planner);
    plan_drop_shares(planner);
}
