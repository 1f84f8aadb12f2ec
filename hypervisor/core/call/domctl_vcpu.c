/* SPDX-License-Identifier: MIT */
/* Domctls about vcpus and how they are scheduled. */
#include "domctl.h"
#include <trefoil/nospec.h>
#include <trefoil/sched.h>

#define BITMAP_MAX_BYTES 64U

int cpumap_from_guest(const struct xenctl_bitmap *bitmap, uint64_t *mask)
{
    uint32_t bytes = bitmap->nr_bits / 8 + (bitmap->nr_bits % 8 != 0);

    *mask = 0;
    if (bytes > sizeof(*mask))
        bytes = sizeof(*mask);
    if (bytes && arch_copy_from_guest(mask, bitmap->bitmap.q, bytes))
        return -EFAULT;
    if (bitmap->nr_bits < 64)
        *mask &= (UINT64_C(1) << bitmap->nr_bits) - 1;
    return 0;
}

int cpumap_to_guest(const struct xenctl_bitmap *bitmap, uint64_t mask)
{
    uint64_t words[BITMAP_MAX_BYTES / sizeof(uint64_t)] = {mask};
    uint32_t bytes = bitmap->nr_bits / 8 + (bitmap->nr_bits % 8 != 0);

    if (bytes > sizeof(words))
        bytes = sizeof(words);
    return bytes && arch_copy_to_guest(bitmap->bitmap.q, words, bytes) ? -EFAULT : 0;
}

static struct vcpu *vcpu_of(const struct domain *domain, uint32_t id)
{
    return id < domain->max_vcpus ? domain->vcpus[index_nospec(id, DOMAIN_MAX_VCPUS)] : NULL;
}

int64_t op_getvcpuinfo(struct vcpu *vcpu, struct domain *domain, struct xen_domctl *op)
{
    struct xen_domctl_getvcpuinfo *info = &op->u.getvcpuinfo;
    const struct vcpu *target = vcpu_of(domain, info->vcpu);
    enum vcpu_state state;

    (void)vcpu;
    if (!target)
        return -EINVAL;
    state = target->state;
    info->online = state != VCPU_OFFLINE;
    info->blocked = state == VCPU_BLOCKED;
    info->running = state == VCPU_RUNNING;
    info->cpu_time = vcpu_run_time(target);
    info->cpu = target->pcpu->id;
    return 0;
}

static int copy_affinity(const struct xen_domctl_vcpuaffinity *affinity, uint64_t hard,
                         uint64_t soft)
{
    uint64_t online = online_pcpus();
    int result = 0;

    if (affinity->flags & XEN_VCPUAFFINITY_HARD)
        result = cpumap_to_guest(&affinity->cpumap_hard, hard & online);
    if (!result && (affinity->flags & XEN_VCPUAFFINITY_SOFT))
        result = cpumap_to_guest(&affinity->cpumap_soft, soft & online);
    return result;
}

int64_t op_getvcpuaffinity(struct vcpu *vcpu, struct domain *domain, struct xen_domctl *op)
{
    const struct vcpu *target = vcpu_of(domain, op->u.vcpuaffinity.vcpu);

    (void)vcpu;
    if (!target || !op->u.vcpuaffinity.flags)
        return -EINVAL;
    return copy_affinity(&op->u.vcpuaffinity, target->hard_affinity, target->soft_affinity);
}

/* All bits set means any CPU, also those that a tool's bitmap has no room for. */
static uint64_t widen(uint64_t mask)
{
    return (mask & online_pcpus()) == online_pcpus() ? UINT64_MAX : mask;
}

int64_t op_setvcpuaffinity(struct vcpu *vcpu, struct domain *domain, struct xen_domctl *op)
{
    const struct xen_domctl_vcpuaffinity *affinity = &op->u.vcpuaffinity;
    struct vcpu *target = vcpu_of(domain, affinity->vcpu);
    uint64_t hard = 0, soft = 0;
    int result = 0;

    (void)vcpu;
    if (!target || !(affinity->flags & (XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT)))
        return -EINVAL;
    if (affinity->flags & XEN_VCPUAFFINITY_HARD)
        result = cpumap_from_guest(&affinity->cpumap_hard, &hard);
    if (!result && (affinity->flags & XEN_VCPUAFFINITY_SOFT))
        result = cpumap_from_guest(&affinity->cpumap_soft, &soft);
    if (!result && (affinity->flags & XEN_VCPUAFFINITY_HARD))
        result = vcpu_set_affinity(target, widen(hard));
    if (result)
        return result;
    if (affinity->flags & XEN_VCPUAFFINITY_SOFT)
        target->soft_affinity = widen(soft);
    /* What comes of it: on which CPUs of its pool it runs, and which of them it prefers. */
    return copy_affinity(affinity, target->affinity, target->affinity & target->soft_affinity);
}

int64_t op_getnodeaffinity(struct vcpu *vcpu, struct domain *domain, struct xen_domctl *op)
{
    (void)vcpu;
    (void)domain;
    return cpumap_to_guest(&op->u.nodeaffinity.nodemap, 1);
}

/* A weight of 0 leaves it as it is, as Xen's credit2 does; a cap of 0 is none. */
static int64_t put_share(struct domain *domain, const struct xen_domctl_scheduler_op *scheduler)
{
    uint32_t weight = scheduler->u.credit2.weight;

    if (scheduler->cmd != XEN_DOMCTL_SCHEDOP_putinfo)
        return -EOPNOTSUPP;
    if (scheduler->sched_id != XEN_SCHEDULER_CREDIT2)
        return -EINVAL;
    return domain_set_share(domain, weight ? weight : atomic_load(&domain->share.weight),
                            scheduler->u.credit2.cap);
}

int64_t op_scheduler(struct vcpu *vcpu, struct domain *domain, struct xen_domctl *op)
{
    struct xen_domctl_scheduler_op *scheduler = &op->u.scheduler_op;

    if (scheduler->cmd != XEN_DOMCTL_SCHEDOP_getinfo) {
        int result = policy_check(OP_domctl_scheduler_op_put, vcpu->domain, domain);

        return result ? result : put_share(domain, scheduler);
    }
    if (scheduler->sched_id != XEN_SCHEDULER_CREDIT2)
        return -EINVAL;
    scheduler->u.credit2.weight = atomic_load(&domain->share.weight);
    scheduler->u.credit2.cap = atomic_load(&domain->share.cap);
    return 0;
}
