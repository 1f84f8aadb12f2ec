/* SPDX-License-Identifier: MIT */
#include "plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "machine/ranges.h"

/* `path` is looked up only for a message that there is room for, as that takes a pass over the
 * tree. */
static void add_message(struct planner *planner, bool error, int node, const char *path,
                        const char *property, const char *format, va_list args)
{
    struct launch_plan *plan = planner->plan;
    struct launch_message *message;
    char buffer[MACHINE_PATH];
    int used;

    if (plan->nr_messages == LAUNCH_MAX_MESSAGES) {
        plan->nr_dropped++;
        return;
    }
    message = &plan->messages[plan->nr_messages++];
    message->error = error;
    message->node = node;
    if (!path)
        path = tree_path(planner->fdt, node, buffer, sizeof(buffer));
    used = snprintf(message->text, sizeof(message->text), "%s: %s: ", path, property);
    if (used > 0 && (size_t)used < sizeof(message->text))
        vsnprintf(message->text + used, sizeof(message->text) - (size_t)used, format, args);
    tree_make_printable(message->text);
}

void plan_error(struct planner *planner, struct launch_domain *domain, int node,
                const char *property, const char *format, ...)
{
    va_list args;

    if (domain)
        planner->bad[domain - planner->plan->domains] = true;
    va_start(args, format);
    add_message(planner, true, node, NULL, property, format, args);
    va_end(args);
}

void plan_warning(struct planner *planner, int node, const char *property, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add_message(planner, false, node, NULL, property, format, args);
    va_end(args);
}

bool plan_is_bad(const struct planner *planner, const struct launch_domain *domain)
{
    return planner->bad[domain - planner->plan->domains];
}

/* dom0less: a child of /chosen. hyperlaunch: a child of its node "hypervisor,xen" below /chosen. */
static bool is_domain(const struct tree_walk *walk, bool *hyperlaunch)
{
    if (walk->depth > 3 || !walk->level[walk->depth].enabled ||
        !tree_walk_compatible(walk, "xen,domain"))
        return false;
    *hyperlaunch = walk->depth == 3;
    return !*hyperlaunch || tree_compatible(walk->fdt, walk->level[2].node, "hypervisor,xen");
}

static bool is_kernel(const struct tree_walk *walk)
{
    return tree_walk_compatible(walk, "multiboot,kernel") ||
           tree_walk_compatible(walk, "module,kernel") ||
           tree_walk_compatible(walk, "xen,linux-zimage");
}

/* Where domains are looked for: a node that is none there would be passed over in silence. */
static bool is_place_of_domains(const struct tree_walk *walk)
{
    bool hyperlaunch = tree_compatible(walk->fdt, walk->level[2].node, "hypervisor,xen");

    return walk->depth == 2 ? !hyperlaunch : walk->depth == 3 && hyperlaunch;
}

/* What looks as if it were meant to be launched, but is not a domain or in one; and whatever else
 * nothing here acts on. */
static void warn_stray(struct planner *planner, const struct tree_walk *walk)
{
    const char *what = NULL;

    if (!walk->level[walk->depth].enabled || plan_is_pool(walk) ||
        tree_compatible(walk->fdt, walk->level[walk->depth - 1].node, "xen,domain"))
        return;
    if (tree_walk_compatible(walk, "xen,domain"))
        what = "a domain that is neither in /chosen nor in its \"hypervisor,xen\" is not launched";
    else if (is_kernel(walk))
        what = walk->depth == 2
                   ? "a kernel outside of a domain's node (a classic dom0) is not launched"
                   : "a kernel in a node without compatible \"xen,domain\" is not launched";
    else if (is_place_of_domains(walk))
        what = "nothing here acts on this node";
    if (what)
        plan_warning(planner, walk->node, "compatible", "%s", what);
}

static void read_one(struct planner *planner, const struct tree_walk *walk, bool hyperlaunch)
{
    struct launch_plan *plan = planner->plan;

    if (plan->nr_domains == LAUNCH_MAX_DOMAINS) {
        plan_error(planner, NULL, walk->node, "compatible", "more than %u domains",
                   LAUNCH_MAX_DOMAINS);
        plan->nr_left_out++;
        return;
    }
    planner->domain = &plan->domains[plan->nr_domains++];
    memset(planner->domain, 0, sizeof(*planner->domain));
    planner->hyperlaunch = hyperlaunch;
    planner->system = tree_walk_compatible(walk, "xen,domain-v2");
    planner->enhanced_given = false;
    planner->walk = walk;
    planner->domain->node = walk->node;
    tree_walk_path(walk, planner->domain->path, MACHINE_PATH);
    tree_make_printable(planner->domain->path);
    plan_read_domain(planner);
    plan_read_children(planner);
    if (!plan_is_bad(planner, planner->domain))
        plan_check_domain(planner);
}

static void read_system_domain(struct planner *planner, const struct tree_walk *walk)
{
    read_one(planner, walk, false);
}

static void claim(struct launch_plan *plan, struct paddr_range range)
{
    ranges_grow_to_pages(&range);
    if (range.size != 0)
        ranges_add(plan->claimed, &plan->nr_claimed, LAUNCH_MAX_CLAIMED, range);
}

void plan_claim(struct planner *planner)
{
    struct launch_plan *plan = planner->plan;

    plan->nr_claimed = 0;
    for (unsigned int i = 0; i < plan->nr_domains; i++) {
        const struct launch_domain *domain = &plan->domains[i];

        if (planner->bad[i])
            continue;
        claim(plan, domain->kernel.range);
        claim(plan, domain->ramdisk.range);
        claim(plan, domain->device_tree.range);
        for (unsigned int k = 0; k < domain->nr_static_memory; k++)
            claim(plan, domain->static_memory[k]);
    }
    for (unsigned int i = 0; i < plan->nr_shares; i++)
        if (plan->shares[i].placed && !planner->bad[plan->shares[i].domain])
            claim(plan, plan->shares[i].host);
}

static void drop_bad(struct planner *planner)
{
    struct launch_plan *plan = planner->plan;
    unsigned int kept = 0;

    for (unsigned int i = 0; i < plan->nr_domains; i++) {
        if (planner->bad[i]) {
            plan->nr_left_out++;
            continue;
        }
        if (kept != i)
            plan->domains[kept] = plan->domains[i];
        kept++;
    }
    plan->nr_domains = kept;
}

static void whole_tree_error(struct planner *planner, const char *path, const char *property,
                             const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add_message(planner, true, -1, path, property, format, args);
    va_end(args);
}

bool launch_plan(const void *fdt, const struct machine *machine, const struct paddr_range *kept,
                 unsigned int nr_kept, struct launch_plan *plan)
{
    struct planner planner = {
        .fdt = fdt, .machine = machine, .kept = kept, .nr_kept = nr_kept, .plan = plan};
    struct tree_walk walk;
    bool hyperlaunch = false, more;

    /* Its tables are large, and count only as far as they are filled. */
    plan->nr_domains = plan->nr_channels = plan->nr_claimed = 0;
    plan->nr_shares = plan->nr_regions = 0;
    plan->nr_messages = plan->nr_dropped = plan->nr_left_out = 0;
    plan->unpacked = plan->allotted = 0;
    more = tree_walk_to(&walk, fdt, machine->chosen) && tree_walk_next(&walk);
    for (; more && walk.depth > 1; more = tree_walk_next(&walk)) {
        if (is_domain(&walk, &hyperlaunch))
            read_one(&planner, &walk, hyperlaunch);
        else
            warn_stray(&planner, &walk);
    }
    plan_read_system(&planner, read_system_domain);
    if (plan->nr_domains == 0 && plan->nr_left_out == 0)
        whole_tree_error(&planner, "/chosen", "compatible", "no node has \"xen,domain\"");
    plan_check_all(&planner);
    plan_claim(&planner);
    drop_bad(&planner);
    return plan->nr_domains != 0;
}
