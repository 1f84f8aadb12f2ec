/* SPDX-License-Identifier: MIT */
/* The CPUs that there are, and pools of them, which are fixed at boot and read without a lock from
 * then on. */
#include <trefoil/core.h>
#include <trefoil/launch.h>
#include <trefoil/nospec.h>
#include <trefoil/sched.h>

struct pcpu *pcpus[MACHINE_MAX_CPUS];
unsigned int nr_pcpus;
static _Atomic uint64_t online_mask;
static spinlock_t online_lock;

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

void core_pcpu_online(struct pcpu *pcpu)
{
    sched_pcpu_init(pcpu);
    spin_lock(&online_lock);
    pcpus[pcpu->id] = pcpu;
    if (nr_pcpus <= pcpu->id)
        nr_pcpus = pcpu->id + 1;
    pcpu->online = true;
    atomic_fetch_or(&online_mask, UINT64_C(1) << pcpu->id);
    spin_unlock(&online_lock);
}

uint64_t online_pcpus(void)
{
    return atomic_load(&online_mask);
}
