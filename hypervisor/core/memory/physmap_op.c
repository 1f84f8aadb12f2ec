/* SPDX-License-Identifier: MIT */
/* XENMEM_add_to_physmap and its kin: what a guest may put into its own physmap, or another's as far
 * as the policy lets it. */
#include "memory_op.h"
#include <trefoil/grant_table.h>
#include <trefoil/memory.h>

static int add_shared_info(struct domain *domain, uint64_t index, gfn_t gfn)
{
    if (index)
        return -EINVAL;
    return physmap_put(domain, gfn, domain->shared_info_mfn, P2M_SHARED);
}

static int add_grant_frame(struct domain *domain, uint64_t index, gfn_t gfn)
{
    mfn_t mfn;
    int result;

    /* Also what has XENMAPIDX_grant_table_status: there is no version 2. */
    if (index > UINT32_MAX)
        return -EINVAL;
    result = grant_table_frame(domain, (unsigned int)index, &mfn);
    return result ? result : physmap_put(domain, gfn, mfn, P2M_SHARED);
}

static int add_foreign(struct domain *domain, struct domain *foreign, uint64_t index, gfn_t gfn)
{
    bool writable = true;
    mfn_t mfn;
    int result = frame_get(foreign, (gfn_t){index}, true, &mfn);

    if (result == -EPERM) {
        writable = false;
        result = frame_get(foreign, (gfn_t){index}, false, &mfn);
    }
    if (result)
        return result == -EFAULT ? -EINVAL : result;
    result = physmap_put_foreign(domain, gfn, mfn, writable);
    if (result)
        frame_put(mfn);
    return result;
}

/* foreign is NULL except for XENMAPSPACE_gmfn_foreign. */
static int add_one(struct domain *domain, struct domain *foreign, unsigned int space,
                   uint64_t index, gfn_t gfn)
{
    switch (space) {
    case XENMAPSPACE_shared_info: return add_shared_info(domain, index, gfn);
    case XENMAPSPACE_grant_table: return add_grant_frame(domain, index, gfn);
    case XENMAPSPACE_gmfn_foreign:
        return foreign ? add_foreign(domain, foreign, index, gfn) : -EINVAL;
    default: return -ENOSYS;
    }
}

int64_t op_add_to_physmap(struct vcpu *vcpu, void *argument, const struct suboperation_call *call)
{
    const struct xen_add_to_physmap *op = argument;
    struct domain *domain;
    int64_t result = policy_target(call->operation, vcpu->domain, op->domid, &domain);

    if (result)
        return result;
    result = add_one(domain, NULL, op->space, op->idx, (gfn_t){op->gpfn});
    domain_put(domain);
    return result == -ERESTART ? memory_op_continue(vcpu, call, 0) : result;
}

static int64_t batch(struct vcpu *vcpu, struct domain *domain, struct domain *foreign,
                     const struct xen_add_to_physmap_batch *op,
                     const struct suboperation_call *call)
{
    uint64_t done = call->command >> MEMOP_EXTENT_SHIFT;

    for (uint64_t start = done; done < op->size; done++) {
        uint64_t index, gfn;
        int error;

        if (done != start && hypercall_preempt())
            return memory_op_continue(vcpu, call, done);
        if (copy_from_guest(&index, op->idxs.q + done * sizeof(index)) ||
            copy_from_guest(&gfn, op->gpfns.q + done * sizeof(gfn)))
            return -EFAULT;
        error = add_one(domain, foreign, op->space, index, (gfn_t){gfn});
        if (error == -ERESTART)
            return memory_op_continue(vcpu, call, done);
        if (copy_to_guest(op->errs.q + done * sizeof(error), &error))
            return -EFAULT;
    }
    return 0;
}

int64_t op_add_to_physmap_batch(struct vcpu *vcpu, void *argument,
                                const struct suboperation_call *call)
{
    const struct xen_add_to_physmap_batch *op = argument;
    struct domain *domain, *foreign = NULL;
    int64_t result = policy_target(call->operation, vcpu->domain, op->domid, &domain);

    if (result)
        return result;
    if (op->space == XENMAPSPACE_gmfn_foreign)
        result = policy_target(OP_memory_foreign_map, vcpu->domain, op->u.foreign_domid, &foreign);
    if (!result)
        result = batch(vcpu, domain, foreign, op, call);
    if (foreign)
        domain_put(foreign);
    domain_put(domain);
    return result;
}

int64_t op_remove_from_physmap(struct vcpu *vcpu, void *argument,
                               const struct suboperation_call *call)
{
    const struct xen_remove_from_physmap *op = argument;
    struct domain *domain;
    int64_t result = policy_target(call->operation, vcpu->domain, op->domid, &domain);

    if (result)
        return result;
    result = physmap_clear(domain, (gfn_t){op->gpfn});
    domain_put(domain);
    return result;
}
