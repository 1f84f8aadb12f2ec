/* SPDX-License-Identifier: MIT */
/* What the parts of launch_plan() share. Inner header of launch/. */
#ifndef LAUNCH_PLAN_H
#define LAUNCH_PLAN_H

#include <trefoil/launch.h>

#include "tree/tree.h"

#define KIB 1024ULL
#define MIB (1024ULL * 1024)

struct planner {
    const void *fdt;
    const struct machine *machine;
    const struct paddr_range *kept;
    unsigned int nr_kept;
    struct launch_plan *plan;

    /* The domain being read. */
    struct launch_domain *domain;
    bool hyperlaunch; /* its node is below /chosen/hypervisor */
    bool system;      /* its node is one of a System Device Tree */
    bool enhanced_given;
    const struct tree_walk *walk; /* at its node */
    uint32_t vcpus_said;          /* which have a node of their own, so far */

    bool bad[LAUNCH_MAX_DOMAINS]; /* by index in plan->domains: has an error */
};

/* Notes what is wrong with a property of a node of a domain; an error keeps that domain out. */
void plan_error(struct planner *planner, struct launch_domain *domain, int node,
                const char *property, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void plan_warning(struct planner *planner, int node, const char *property, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
bool plan_is_bad(const struct planner *planner, const struct launch_domain *domain);

/* A warning for each property of a node that is not among these. */
void plan_warn_unknown(struct planner *planner, int node, const char *const known[],
                       unsigned int count);

/* Collects what the domains without an error claim. */
void plan_claim(struct planner *planner);

/* plan_domain.c: properties of planner->domain's node. */
void plan_read_domain(struct planner *planner);
/* plan_module.c: the nodes below it. */
void plan_read_children(struct planner *planner);
/*
 * plan_channel.c: a node "xen,evtchn-v1" of planner->domain; then, with all domains read, which
 * ends belong together; at last what is left when it is known who is left out.
 */
void plan_read_channel(struct planner *planner, int node);
void plan_join_channels(struct planner *planner);
void plan_drop_channels(struct planner *planner);
/*
 * plan_shared.c: a node "xen,domain-shared-memory-v1" of planner->domain; then, with all domains
 * read, which shares are of one region; then the regions that have no place yet and that this
 * domain (by index) is the first to have are taken from the bytes of memory that are left: false,
 * with an error, when one is too large; at last what is left when it is known who is left out.
 */
void plan_read_share(struct planner *planner, int node);
void plan_join_shares(struct planner *planner);
bool plan_take_shared(struct planner *planner, unsigned int domain, uint64_t *left);
void plan_drop_shares(struct planner *planner);
/*
 * plan_device.c: is this node a device's? All of planner->domain, once its own properties are read;
 * and, with all domains read, whether there is somebody to serve them.
 */
bool plan_is_device(const struct planner *planner, int node);
void plan_read_devices(struct planner *planner);
void plan_check_served(struct planner *planner);
/* plan_rules.c: what can be said about one domain by itself, once it is read. */
void plan_check_domain(struct planner *planner);
/* Does it stay itself in a path of the store, a log line and a shell? */
bool plan_name_character(char c);
/*
 * plan_system.c: reads each domain of a System Device Tree; a property, or a node below, of one,
 * false when it is as anywhere else.
 */
void plan_read_system(struct planner *planner,
                      void (*read)(struct planner *planner, const struct tree_walk *walk));
bool plan_read_system_property(struct planner *planner, const struct tree_item *item);
bool plan_read_system_child(struct planner *planner, int node);
/* plan_pool.c: is the walk at a node of a pool of CPUs? And, with all domains read, each gets the
 * CPUs of its own. */
bool plan_is_pool(const struct tree_walk *walk);
void plan_apply_pools(struct planner *planner);
/* plan_check.c: what concerns several domains; ids, peers and targets. */
void plan_check_all(struct planner *planner);
/* Does a module or static memory of the domain lie there? */
bool plan_claims(const struct launch_domain *domain, const struct paddr_range *range);

/* Is there a domain with this role and without an error? `planned`: is there one at all? */
bool plan_has_role(const struct planner *planner, uint32_t role, bool *planned);

/* plan_list.c: "0-3,5" as a bitmap. False when it is not such a list or names a number over 63. */
bool plan_parse_mask(const char *text, uint64_t *mask);
#define PLAN_NO_MASK "not a list of CPUs such as \"0-3,5\""
/* Array of (address, size) pairs; false when its size is no multiple of a pair or a number does not
 * fit. */
bool plan_parse_ranges(const uint8_t *data, int size, uint32_t address_cells, uint32_t size_cells,
                       struct paddr_range *ranges, unsigned int limit, unsigned int *count);

#endif
