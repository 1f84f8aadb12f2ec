/* SPDX-License-Identifier: MIT */
/* Pools of CPUs: fixed at boot, and read without a lock from then on. */
#include <trefoil/launch.h>
#include <trefoil/nospec.h>
#include <trefoil/sched.h>

static uint64_t cpu_pools[LAUNCH_MAX_POOLS] = {UINT64_MAX};
static unsigned int nr_cpu_pools = 1;

void cpu_pools_init(const uint64_t *cpus, unsigned int count)
{
    for (nr_cpu_pools = 0; nr_cpu_pools < count && nr_cpu_pools < LAUNCH_MAX_POOLS; nr_cpu_pools++)
        cpu_pools[nr_cpu_pools] = cpus[nr_cpu_pools];
    /* Where there is one, CPUs that the tree does not name are in it, too. */
    if (nr_cpu_pools == 1)
        cpu_pools[0] = UINT64_MAX;
}

unsigned int cpu_pool_count(void)
{
    return nr_cpu_pools;
}

uint64_t cpu_pool_cpus(unsigned int pool)
{
    return pool < nr_cpu_pools ? cpu_pools[index_nospec(pool, LAUNCH_MAX_POOLS)] : 0;
}
