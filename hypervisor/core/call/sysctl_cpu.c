/* SPDX-License-Identifier: MIT */
/* Sysctls about CPUs, nodes and pools. The machine is one node. */
#include "domctl.h"
#include "sysctl.h"
#include <trefoil/memory.h>
#include <trefoil/sched.h>

#define LOCAL_DISTANCE 10U

int64_t op_getcpuinfo(struct vcpu *vcpu, struct xen_sysctl *op)
{
    struct xen_sysctl_getcpuinfo *request = &op->u.getcpuinfo;
    uint32_t count = request->max_cpus < nr_pcpus ? request->max_cpus : nr_pcpus;

    (void)vcpu;
    for (uint32_t i = 0; i < count; i++) {
        struct xen_sysctl_cpuinfo info = {0};

        if (pcpus[i])
            info.idletime = pcpu_idle_time(pcpus[i]);
        if (copy_to_guest(request->info.q + i * sizeof(info), &info))
            return -EFAULT;
    }
    request->nr_cpus = count;
    return 0;
}

static struct xen_sysctl_cputopo topology_of(uint32_t cpu)
{
    if (!((online_pcpus() >> cpu) & 1))
        return (struct xen_sysctl_cputopo){XEN_INVALID_CORE_ID, XEN_INVALID_SOCKET_ID,
                                           XEN_INVALID_NODE_ID};
    return (struct xen_sysctl_cputopo){.core = cpu};
}

int64_t op_cputopoinfo(struct vcpu *vcpu, struct xen_sysctl *op)
{
    struct xen_sysctl_cputopoinfo *request = &op->u.cputopoinfo;
    uint32_t count = request->num_cpus < nr_pcpus ? request->num_cpus : nr_pcpus;

    (void)vcpu;
    if (request->cputopo.q) {
        for (uint32_t i = 0; i < count; i++) {
            struct xen_sysctl_cputopo topology = topology_of(i);

            if (copy_to_guest(request->cputopo.q + i * sizeof(topology), &topology))
                return -EFAULT;
        }
    }
    request->num_cpus = request->cputopo.q ? count : nr_pcpus;
    return 0;
}

int64_t op_numainfo(struct vcpu *vcpu, struct xen_sysctl *op)
{
    struct xen_sysctl_numainfo *request = &op->u.numainfo;
    const struct xen_sysctl_meminfo memory = {.memsize = memory_total_pages() << PAGE_SHIFT,
                                              .memfree = memory_free_pages() << PAGE_SHIFT};
    const uint32_t distance = LOCAL_DISTANCE;
    bool room = request->num_nodes >= 1;

    (void)vcpu;
    if (room && request->meminfo.q && copy_to_guest(request->meminfo.q, &memory))
        return -EFAULT;
    if (room && request->distance.q && copy_to_guest(request->distance.q, &distance))
        return -EFAULT;
    request->num_nodes = 1;
    return 0;
}

static uint32_t nr_domains_in(unsigned int pool)
{
    struct domain *domain;
    uint32_t count = 0;
    unsigned int id = 0;

    while ((domain = domain_get_from(id)) != NULL) {
        count += domain->config.cpu_pool == pool;
        id = domain->id + 1U;
        domain_put(domain);
    }
    return count;
}

/* A search from cpupool_id on. */
static int64_t pool_info(struct xen_sysctl_cpupool_op *pool)
{
    if (pool->cpupool_id == XEN_SYSCTL_CPUPOOL_PAR_ANY)
        pool->cpupool_id = 0;
    if (pool->cpupool_id >= cpu_pool_count())
        return -ENOENT;
    pool->sched_id = XEN_SCHEDULER_CREDIT2;
    pool->n_dom = nr_domains_in(pool->cpupool_id);
    return cpumap_to_guest(&pool->cpumap, cpu_pool_cpus(pool->cpupool_id) & online_pcpus());
}

int64_t op_cpupool(struct vcpu *vcpu, struct xen_sysctl *op)
{
    struct xen_sysctl_cpupool_op *pool = &op->u.cpupool_op;
    int result;

    switch (pool->op) {
    case XEN_SYSCTL_CPUPOOL_OP_INFO: return pool_info(pool);
    case XEN_SYSCTL_CPUPOOL_OP_FREEINFO: return cpumap_to_guest(&pool->cpumap, 0);
    default:
        result = policy_check(OP_sysctl_cpupool_change, vcpu->domain, NULL);
        return result ? result : -EOPNOTSUPP;
    }
}
