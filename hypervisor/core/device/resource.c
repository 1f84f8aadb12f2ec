/* SPDX-License-Identifier: MIT */
/* XENMEM_acquire_resource: pages of the hypervisor that are about another domain, put where the
 * caller has room for them. They stay as long as they are there. */
#include "ioreq_server.h"
#include "memory/memory_op.h"
#include <trefoil/errno.h>
#include <trefoil/grant_table.h>
#include <trefoil/memory.h>

/* Frames of a server: that of buffered requests, which none has, and one of slots. */
#define SERVER_FRAMES 2U

/* The frame of a resource, held as *hold says. */
typedef int frame_finder(struct domain *caller, struct domain *target, uint32_t id, uint64_t frame,
                         mfn_t *mfn, uint64_t *hold);

static int server_frame(struct domain *caller, struct domain *target, uint32_t id, uint64_t frame,
                        mfn_t *mfn, uint64_t *hold)
{
    if (id != (ioservid_t)id)
        return -EINVAL;
    *hold = FOREIGN_SERVER;
    if (frame == XENMEM_resource_ioreq_server_frame_bufioreq) {
        int result = ioreq_server_check(caller, target, (ioservid_t)id);

        return result ? result : -ENOENT;
    }
    return ioreq_server_page(caller, target, (ioservid_t)id, mfn);
}

static int grant_frame(struct domain *caller, struct domain *target, uint32_t id, uint64_t frame,
                       mfn_t *mfn, uint64_t *hold)
{
    int result = grant_table_frame(target, (unsigned int)frame, mfn);

    (void)caller;
    (void)id;
    if (result)
        return result;
    domain_hold(target);
    *hold = FOREIGN_OWNED_BY(target->id);
    return 0;
}

/* 0: there is no such resource. */
static uint32_t frames_of(struct domain *target, const struct xen_mem_acquire_resource *op)
{
    unsigned int frames, max_frames;

    if (op->type == XENMEM_resource_ioreq_server)
        return SERVER_FRAMES;
    if (op->id != XENMEM_resource_grant_table_id_shared)
        return 0;
    grant_table_size(target, &frames, &max_frames);
    return max_frames;
}

static int64_t put_frames(struct vcpu *vcpu, struct domain *target,
                          const struct xen_mem_acquire_resource *op,
                          const struct suboperation_call *call)
{
    frame_finder *find = op->type == XENMEM_resource_ioreq_server ? server_frame : grant_frame;
    uint64_t start = call->command >> MEMOP_EXTENT_SHIFT;

    for (uint64_t done = start; done < op->nr_frames; done++) {
        uint64_t gfn, hold;
        mfn_t mfn;
        int result;

        if (done != start && hypercall_preempt())
            return memory_op_continue(vcpu, call, done);
        if (copy_from_guest(&gfn, op->frame_list.q + done * sizeof(gfn)))
            return -EFAULT;
        result = find(vcpu->domain, target, op->id, op->frame + done, &mfn, &hold);
        if (result == -ERESTART)
            return memory_op_continue(vcpu, call, done);
        if (!result)
            result = physmap_put_resource(vcpu->domain, (gfn_t){gfn}, mfn, hold);
        if (result)
            return done ? -EIO : result;
    }
    return 0;
}

static int64_t acquire(struct vcpu *vcpu, struct domain *target,
                       struct xen_mem_acquire_resource *op, const struct suboperation_call *call)
{
    uint32_t frames = frames_of(target, op);

    if (target == vcpu->domain)
        return -EPERM;
    if (!frames)
        return -EINVAL;
    if (op->frame_list.q)
        return op->frame > frames || op->nr_frames > frames - op->frame
                   ? -EINVAL
                   : put_frames(vcpu, target, op, call);
    if (op->nr_frames)
        return -EINVAL;
    op->nr_frames = frames;
    return 0;
}

int64_t op_acquire_resource(struct vcpu *vcpu, void *argument, const struct suboperation_call *call)
{
    struct xen_mem_acquire_resource *op = argument;
    enum policy_operation operation = op->type == XENMEM_resource_ioreq_server
                                          ? OP_memory_acquire_ioreq_server
                                          : OP_memory_acquire_grant_table;
    struct domain *target;
    int64_t result;

    if (op->pad || op->type > XENMEM_resource_grant_table)
        return -EINVAL;
    result = policy_target(operation, vcpu->domain, op->domid, &target);
    if (result)
        return result;
    result = acquire(vcpu, target, op, call);
    domain_put(target);
    return result;
}
