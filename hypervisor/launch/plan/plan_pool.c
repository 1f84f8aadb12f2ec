/* SPDX-License-Identifier: MIT */
/*
 * Pools of CPUs, in the binding of Xen (cpupools.txt of its documents): nodes "xen,cpupool"
 * of /chosen. There is one scheduler, so a pool is the CPUs on which its domains' vcpus may run,
 * and no others' may.
 */
#include "plan.h"

#define MOST_POOLS (LAUNCH_MAX_POOLS - 1)

struct pool {
    int node; /* FDT offset */
    uint32_t phandle;
    uint64_t cpus; /* bitmap */
    bool wrong;
    unsigned int number; /* in the plan, if it is none of the wrong */
};

struct pools {
    struct pool pools[MOST_POOLS];
    unsigned int count;
    uint64_t taken; /* CPUs that are in one */
};

static const char *const pool_properties[] = {
    "compatible", "cpupool-cpus", "cpupool-sched", "phandle", "linux,phandle", "name", "status",
};

bool plan_is_pool(const struct tree_walk *walk)
{
    return walk->depth == 2 && tree_walk_compatible(walk, "xen,cpupool");
}

static uint64_t cpu_of(const struct planner *planner, uint64_t phandle)
{
    const struct machine *machine = planner->machine;

    for (unsigned int i = 0; i < machine->nr_cpus; i++)
        if (phandle != 0 && tree_phandle(planner->fdt, machine->cpus[i].node) == phandle)
            return 1ULL << i;
    return 0;
}

static const char *read_cpus(struct planner *planner, struct pools *pools, struct pool *pool)
{
    int size;
    const uint8_t *data = tree_property(planner->fdt, pool->node, "cpupool-cpus", &size);
    uint64_t phandle, cpu;

    if (!data || size == 0)
        return "missing or empty";
    while (size > 0) {
        cpu = tree_take(&data, &size, 1, &phandle) ? cpu_of(planner, phandle) : 0;
        if (cpu == 0)
            return "not a list of phandles of the machine's CPUs";
        if (pools->taken & cpu)
            return "a CPU is in a pool already";
        pools->taken |= cpu;
        pool->cpus |= cpu;
    }
    return NULL;
}

static void read_pool(struct planner *planner, struct pools *pools, int node)
{
    struct pool *pool = &pools->pools[pools->count];
    const char *wrong;
    int size;

    if (pools->count == MOST_POOLS) {
        plan_warning(planner, node, "compatible", "more than %u pools of CPUs", MOST_POOLS);
        return;
    }
    *pool = (struct pool){.node = node, .phandle = tree_phandle(planner->fdt, node)};
    pools->count++;
    wrong = read_cpus(planner, pools, pool);
    if (wrong) {
        plan_warning(planner, node, "cpupool-cpus", "%s, so it is no pool", wrong);
        pools->taken &= ~pool->cpus;
        pool->cpus = 0;
        pool->wrong = true;
    }
    if (tree_property(planner->fdt, node, "cpupool-sched", &size))
        plan_warning(planner, node, "cpupool-sched", "has no effect here: there is one scheduler");
    plan_warn_unknown(planner, node, pool_properties, ARRAY_SIZE(pool_properties));
}

static void read_pools(struct planner *planner, struct pools *pools)
{
    struct tree_walk walk;
    bool more =
        tree_walk_to(&walk, planner->fdt, planner->machine->chosen) && tree_walk_next(&walk);

    pools->count = 0;
    pools->taken = 0;
    for (; more && walk.depth == 2; more = tree_walk_skip(&walk))
        if (walk.level[2].enabled && plan_is_pool(&walk))
            read_pool(planner, pools, walk.node);
}

/*
 * As Xen numbers them: in the order of their nodes, then what is left over; and the one with CPU 0,
 * where a domain runs that names none, changes places with the first.
 */
static void number_pools(const struct planner *planner, struct pools *pools)
{
    struct launch_plan *plan = planner->plan;
    uint64_t rest = ((1ULL << planner->machine->nr_cpus) - 1) & ~pools->taken;
    unsigned int first = 0;

    plan->nr_pools = 0;
    for (unsigned int i = 0; i < pools->count; i++) {
        pools->pools[i].number = plan->nr_pools;
        if (!pools->pools[i].wrong)
            plan->pools[plan->nr_pools++] = pools->pools[i].cpus;
    }
    if (rest != 0)
        plan->pools[plan->nr_pools++] = rest;
    while (first + 1 < plan->nr_pools && !(plan->pools[first] & 1))
        first++;
    rest = plan->pools[first];
    plan->pools[first] = plan->pools[0];
    plan->pools[0] = rest;
    for (unsigned int i = 0; i < pools->count; i++) {
        unsigned int *number = &pools->pools[i].number;

        *number = *number == first ? 0 : *number == 0 ? first : *number;
    }
}

static const struct pool *pool_of(const struct pools *pools, uint32_t phandle)
{
    for (unsigned int i = 0; i < pools->count; i++)
        if (pools->pools[i].phandle == phandle)
            return &pools->pools[i];
    return NULL;
}

static void keep_within(struct planner *planner, struct launch_domain *domain)
{
    uint64_t cpus = planner->plan->pools[domain->pool];

    for (unsigned int i = 0; i < domain->cpus; i++) {
        domain->affinity[i] &= cpus;
        if (domain->affinity[i] != 0)
            continue;
        plan_error(planner, domain, domain->node, "hard-affinity",
                   "vcpu %u: none of the CPUs of its pool", i);
        return;
    }
}

/* With what it may be known: the machine's CPUs, and the pool's of these. */
static void check_soft(struct planner *planner, const struct launch_domain *domain)
{
    uint64_t cpus = planner->plan->pools[domain->pool];

    for (unsigned int i = 0; i < domain->cpus; i++) {
        if (domain->soft_affinity[i] & domain->affinity[i] & cpus)
            continue;
        plan_warning(planner, domain->node, "soft-affinity",
                     "vcpu %u: none of the CPUs on which it may run, so it has no effect", i);
        return;
    }
}

static void apply(struct planner *planner, const struct pools *pools, struct launch_domain *domain)
{
    const struct pool *pool = domain->pool_node != 0 ? pool_of(pools, domain->pool_node) : NULL;

    if (domain->pool_node != 0 && (!pool || pool->wrong)) {
        plan_error(planner, domain, domain->node, "domain-cpupool",
                   pool ? "its pool is wrong" : "no \"xen,cpupool\" of /chosen has this phandle");
        return;
    }
    domain->pool = pool ? pool->number : 0;
    if (pools->count != 0)
        keep_within(planner, domain);
    if (!plan_is_bad(planner, domain))
        check_soft(planner, domain);
}

void plan_apply_pools(struct planner *planner)
{
    struct launch_plan *plan = planner->plan;
    struct pools pools;

    read_pools(planner, &pools);
    number_pools(planner, &pools);
    for (unsigned int i = 0; i < plan->nr_domains; i++)
        if (!planner->bad[i])
            apply(planner, &pools, &plan->domains[i]);
}
