/* SPDX-License-Identifier: MIT */
/*
 * Static shared memory: a node below a domain's with `compatible = "xen,domain-shared-memory-v1"`
 * for each region that the domain has a share of, `xen,shared-mem = <[HOST] ADDRESS SIZE>`. Nodes
 * with the same xen,shm-id are of one region.
 */
#include "plan.h"

#include <string.h>
#include <xen/bootfdt.h>

#include "guest/layout.h"
#include "machine/ranges.h"

#define ID     "xen,shm-id"
#define MEMORY "xen,shared-mem"
#define ROLE   "role"

static const char *const known_properties[] = {
    "compatible", ID, MEMORY, ROLE, "phandle", "linux,phandle", "name", "status",
};

static bool wrong(struct planner *planner, const struct launch_share *share, const char *property,
                  const char *what, const struct launch_share *other)
{
    char path[MACHINE_PATH];

    plan_error(planner, &planner->plan->domains[share->domain], share->node, property, "%s%s", what,
               other ? tree_path(planner->fdt, other->node, path, sizeof(path)) : "");
    return false;
}

static bool is_printable(const char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            return false;
    return true;
}

static bool read_id(struct planner *planner, struct launch_share *share)
{
    const char *id = tree_string(planner->fdt, share->node, ID);

    if (!tree_property(planner->fdt, share->node, ID, NULL))
        return wrong(planner, share, ID, "missing", NULL);
    if (!id || id[0] == '\0' || !is_printable(id))
        return wrong(planner, share, ID, "not a string of printable characters", NULL);
    if (strlen(id) >= LAUNCH_REGION_ID) {
        plan_error(planner, planner->domain, share->node, ID, "longer than %d characters",
                   LAUNCH_REGION_ID - 1);
        return false;
    }
    share->id = id;
    return true;
}

/* Without a role it is a borrower's, as on Xen. */
static bool read_role(struct planner *planner, struct launch_share *share)
{
    const char *role = tree_string(planner->fdt, share->node, ROLE);

    if (!tree_property(planner->fdt, share->node, ROLE, NULL))
        return true;
    share->owner = role && strcmp(role, "owner") == 0;
    if (!share->owner && !(role && strcmp(role, "borrower") == 0))
        return wrong(planner, share, ROLE, "must be \"owner\" or \"borrower\"", NULL);
    return true;
}

/* The cells are those of the modules' reg. */
static bool read_cells(struct planner *planner, struct launch_share *share)
{
    const struct tree_level *level = &planner->walk->level[planner->walk->depth];
    uint32_t address = level->address_cells, size = level->size_cells;
    uint64_t without = 4 * ((uint64_t)address + size), with = without + 4 * (uint64_t)address;
    int bytes;
    const uint8_t *data = tree_property(planner->fdt, share->node, MEMORY, &bytes);

    if (!data)
        return wrong(planner, share, MEMORY, "missing", NULL);
    share->placed = (uint64_t)bytes == with;
    if (address - 1 > 1 || size - 1 > 1 || ((uint64_t)bytes != without && !share->placed)) {
        plan_error(planner, planner->domain, share->node, MEMORY,
                   "is %d bytes, must be [host address,] address and size with %u and %u cells",
                   bytes, address, size);
        return false;
    }
    return (!share->placed || tree_take(&data, &bytes, address, &share->host.start)) &&
           tree_take(&data, &bytes, address, &share->guest.start) &&
           tree_take(&data, &bytes, size, &share->guest.size);
}

static bool is_whole_pages(struct paddr_range range)
{
    return range.size != 0 && (range.start | range.size) % PAGE_SIZE == 0 &&
           range.size <= UINT64_MAX - range.start;
}

static bool read_memory(struct planner *planner, struct launch_share *share)
{
    if (!read_cells(planner, share))
        return false;
    share->host.size = share->guest.size;
    if (is_whole_pages(share->guest) && is_whole_pages(share->host))
        return true;
    plan_error(planner, planner->domain, share->node, MEMORY,
               "0x%llx bytes at 0x%llx, host address 0x%llx: empty, not whole pages or too large",
               (unsigned long long)share->guest.size, (unsigned long long)share->guest.start,
               (unsigned long long)share->host.start);
    return false;
}

void plan_read_share(struct planner *planner, int node)
{
    struct launch_plan *plan = planner->plan;
    struct launch_domain *domain = planner->domain;
    struct launch_share share = {.node = node, .domain = (unsigned int)(domain - plan->domains)};

    plan_warn_unknown(planner, node, known_properties, ARRAY_SIZE(known_properties));
    if (!read_id(planner, &share) || !read_role(planner, &share) || !read_memory(planner, &share))
        return;
    if (domain->nr_shared == LAUNCH_MAX_SHARED || plan->nr_shares == LAUNCH_MAX_SHARES) {
        plan_error(planner, domain, node, "compatible",
                   "more than %u shares of memory in a domain, or %u in all", LAUNCH_MAX_SHARED,
                   LAUNCH_MAX_SHARES);
        return;
    }
    domain->nr_shared++;
    domain->shared += share.guest.size;
    plan->shares[plan->nr_shares++] = share;
}

/* With an earlier share of the same region. */
static bool agrees(struct planner *planner, const struct launch_share *share,
                   const struct launch_share *other)
{
    const struct launch_domain *domains = planner->plan->domains;
    uint32_t roles = domains[share->domain].roles | domains[other->domain].roles;

    if (share->domain == other->domain)
        return wrong(planner, share, ID, "the domain has the region already: ", other);
    if (share->guest.size != other->guest.size)
        return wrong(planner, share, MEMORY, "another size than in ", other);
    if (share->host.start != other->host.start)
        return wrong(planner, share, MEMORY, "another host address than in ", other);
    if (share->owner && other->owner)
        return wrong(planner, share, ROLE, "there is an owner already: ", other);
    if (roles & DOMAIN_CAPS_NOT_HYPERCALL_TARGET)
        return wrong(planner, share, ID, "is with a domain that is untargetable (16): ", other);
    return true;
}

/* With an earlier share of another region. */
static bool is_apart(struct planner *planner, const struct launch_share *share,
                     const struct launch_share *other)
{
    if (share->placed && other->placed && range_overlaps(share->host, other->host))
        return wrong(planner, share, MEMORY, "overlaps another region: ", other);
    if (share->domain == other->domain && range_overlaps(share->guest, other->guest))
        return wrong(planner, share, MEMORY, "overlaps the domain's other region: ", other);
    return true;
}

/* Is the machine's memory there anybody else's? */
static bool check_host(struct planner *planner, const struct launch_share *share)
{
    const struct launch_plan *plan = planner->plan;
    const struct machine *machine = planner->machine;
    const char *what = NULL;

    if (!ranges_hold(machine->banks, machine->nr_banks, share->host))
        what = "is outside the machine's memory";
    else if (ranges_overlapping(machine->reserved, machine->nr_reserved, share->host))
        what = "overlaps reserved memory";
    else if (ranges_overlapping(planner->kept, planner->nr_kept, share->host))
        what = "overlaps what the hypervisor keeps";
    for (unsigned int i = 0; i < plan->nr_domains && !what; i++)
        if (!planner->bad[i] && plan_claims(&plan->domains[i], &share->host))
            what = "overlaps a module, or static memory, of a domain";
    if (what)
        plan_error(planner, &planner->plan->domains[share->domain], share->node, MEMORY,
                   "0x%llx, 0x%llx bytes, %s", (unsigned long long)share->host.start,
                   (unsigned long long)share->host.size, what);
    return what == NULL;
}

/* Can the domain have it where the tree says? */
static bool check_guest(struct planner *planner, const struct launch_share *share)
{
    const struct launch_domain *domain = &planner->plan->domains[share->domain];
    struct launch_layout layout;

    if (domain->direct_map && !(share->placed && share->host.start == share->guest.start))
        return wrong(planner, share, MEMORY,
                     "with direct-map it must be at the host address, which must be given", NULL);
    if (!launch_layout(planner->machine, domain, NULL, &layout) ||
        !layout_has_room(&layout, share->guest)) {
        plan_error(planner, &planner->plan->domains[share->domain], share->node, MEMORY,
                   "at 0x%llx the domain has something else, or cannot reach it",
                   (unsigned long long)share->guest.start);
        return false;
    }
    return true;
}

static bool join(struct planner *planner, struct launch_share *share)
{
    struct launch_plan *plan = planner->plan;

    share->domid = plan->domains[share->domain].domid;
    share->region = plan->nr_regions;
    for (const struct launch_share *other = plan->shares; other < share; other++) {
        bool same = strcmp(share->id, other->id) == 0;

        if (planner->bad[other->domain])
            continue;
        if (!(same ? agrees(planner, share, other) : is_apart(planner, share, other)))
            return false;
        if (same)
            share->region = other->region;
    }
    return (!share->placed || check_host(planner, share)) && check_guest(planner, share);
}

/* A region is where any of its nodes says. */
static void find_place(const struct planner *planner, struct launch_share *share)
{
    const struct launch_plan *plan = planner->plan;

    for (unsigned int i = 0; i < plan->nr_shares && !share->placed; i++) {
        const struct launch_share *other = &plan->shares[i];

        if (planner->bad[other->domain] || !other->placed || strcmp(share->id, other->id) != 0)
            continue;
        share->placed = true;
        share->host.start = other->host.start;
    }
}

void plan_join_shares(struct planner *planner)
{
    struct launch_plan *plan = planner->plan;

    for (unsigned int i = 0; i < plan->nr_shares; i++)
        find_place(planner, &plan->shares[i]);
    for (unsigned int i = 0; i < plan->nr_shares; i++) {
        struct launch_share *share = &plan->shares[i];

        if (planner->bad[share->domain] || !join(planner, share) ||
            share->region < plan->nr_regions)
            continue;
        plan->regions[plan->nr_regions++] =
            (struct launch_region){.id = share->id, .size = share->guest.size};
        if (share->placed)
            plan->regions[share->region].host = share->host;
    }
}

bool plan_take_shared(struct planner *planner, unsigned int domain, uint64_t *left)
{
    const struct launch_plan *plan = planner->plan;
    bool seen[LAUNCH_MAX_SHARES] = {false};
    uint64_t rest = *left;

    for (unsigned int i = 0; i < plan->nr_shares; i++) {
        const struct launch_share *share = &plan->shares[i];

        if (planner->bad[share->domain] || share->placed || seen[share->region])
            continue;
        seen[share->region] = true;
        if (share->domain != domain)
            continue;
        if (share->guest.size > rest) {
            plan_error(planner, &planner->plan->domains[domain], share->node, MEMORY,
                       "region \"%s\": %llu KiB wanted, %llu KiB of the machine's are left",
                       share->id, (unsigned long long)(share->guest.size >> 10),
                       (unsigned long long)(rest >> 10));
            return false;
        }
        rest -= share->guest.size;
    }
    *left = rest;
    return true;
}

void plan_drop_shares(struct planner *planner)
{
    struct launch_plan *plan = planner->plan;
    unsigned int kept = 0;

    for (unsigned int i = 0; i < plan->nr_shares; i++) {
        if (planner->bad[plan->shares[i].domain])
            continue;
        plan->shares[kept] = plan->shares[i];
        plan->regions[plan->shares[kept++].region].nr_shares++;
    }
    plan->nr_shares = kept;
    for (unsigned int i = 0; i < plan->nr_shares; i++)
        if (plan->regions[plan->shares[i].region].nr_shares == 1)
            plan_warning(planner, plan->shares[i].node, ID, "no other domain has the region \"%s\"",
                         plan->shares[i].id);
}
