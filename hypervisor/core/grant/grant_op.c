/* SPDX-License-Identifier: MIT */
/* The grant table hypercall: an array of arguments, each done and answered on its own. */
#include "call/hypercalls.h"
#include "grant_private.h"
#include <trefoil/access.h>
#include <trefoil/hypercall.h>

/* What an operation is told of its call besides its argument. */
struct grant_call {
    struct vcpu *vcpu;
    enum policy_operation operation;
    uint32_t position; /* where it goes on; what it returns -ERESTART with is the next */
    struct ended_mappings *ended;
};

/* 0, -ERESTART to be called again with the same argument, or the error that ends the whole call. */
typedef int grant_operation(struct domain *domain, void *argument, struct grant_call *call);

/* An operation's position is above its number: guests start with 0. */
#define POSITION_SHIFT 12
#define COMMAND_MASK   ((1U << POSITION_SHIFT) - 1)

#define GRANT_OPERATION(number, handler, type, operation) static grant_operation handler;
#include "grant_op.def"
#undef GRANT_OPERATION

static const struct grant_row {
    grant_operation *handler;
    uint16_t size;
    uint16_t operation;
} rows[] = {
#define GRANT_OPERATION(number, handler, type, operation)                                          \
    [number] = {handler, sizeof(struct type), OP_##operation},
#include "grant_op.def"
#undef GRANT_OPERATION
};

/* One value of any of the types. */
union grant_argument {
#define GRANT_OPERATION(number, handler, type, operation) struct type type;
#include "grant_op.def"
#undef GRANT_OPERATION
};

static int64_t do_each(const struct grant_row *row, uint32_t command, uint64_t address,
                       uint32_t count, struct grant_call *call)
{
    struct vcpu *vcpu = call->vcpu;

    for (uint32_t done = 0; done < count; done++, address += row->size) {
        union grant_argument argument;
        int result = -ERESTART;

        if (!done || !hypercall_preempt()) {
            if (arch_copy_from_guest(&argument, address, row->size))
                return -EFAULT;
            result = row->handler(vcpu->domain, &argument, call);
        }
        if (result == -ERESTART) {
            const uint64_t rest[] = {command | (uint64_t)call->position << POSITION_SHIFT, address,
                                     count - done};

            return hypercall_continue(vcpu, __HYPERVISOR_grant_table_op, rest);
        }
        if (result)
            return result;
        call->position = 0;
        if (arch_copy_to_guest(address, &argument, row->size))
            return -EFAULT;
    }
    return 0;
}

int64_t hypercall_grant_table_op(struct vcpu *vcpu, const uint64_t args[5])
{
    uint32_t command = (uint32_t)args[0] & COMMAND_MASK;
    struct ended_mappings ended;
    struct grant_call call = {
        .vcpu = vcpu, .position = (uint32_t)args[0] >> POSITION_SHIFT, .ended = &ended};
    int64_t result;

    if (command >= ARRAY_SIZE(rows) || !rows[command].handler)
        return -ENOSYS;
    ended.count = 0;
    call.operation = rows[command].operation;
    result = do_each(&rows[command], command, args[1], (uint32_t)args[2], &call);
    grant_unmap_finish(vcpu->domain, &ended);
    return result;
}

/* Who the pages belong to is asked of the policy where the owner is known. */
static int op_map(struct domain *domain, void *argument, struct grant_call *call)
{
    COUNT_VCPU(call->vcpu, grant_maps);
    grant_map_one(domain, argument);
    return 0;
}

static int op_unmap(struct domain *domain, void *argument, struct grant_call *call)
{
    int result = policy_check(call->operation, domain, domain);

    if (result)
        return result;
    COUNT_VCPU(call->vcpu, grant_unmaps);
    grant_unmap_one(domain, argument, call->ended);
    return 0;
}

static int op_copy(struct domain *domain, void *argument, struct grant_call *call)
{
    COUNT_VCPU(call->vcpu, grant_copies);
    grant_copy_one(domain, argument);
    return 0;
}

int16_t grant_status_of(int error)
{
    if (!error)
        return GNTST_okay;
    return error == -EPERM ? GNTST_permission_denied : GNTST_bad_domain;
}

/* The frames are put into the physmap by add_to_physmap; here the table only grows. */
static int op_setup_table(struct domain *domain, void *argument, struct grant_call *call)
{
    struct gnttab_setup_table *op = argument;
    struct domain *target;
    const uint64_t nowhere = INVALID_MFN_VALUE;
    int result;

    op->status = grant_status_of(policy_target(call->operation, domain, op->dom, &target));
    if (op->status != GNTST_okay)
        return 0;
    result = grant_table_grow(target, op->nr_frames);
    domain_put(target);
    if (result == -ERESTART)
        return result;
    if (result)
        op->status = GNTST_general_error;
    for (uint32_t i = 0; op->status == GNTST_okay && i < op->nr_frames; i++) {
        if (copy_to_guest(op->frame_list.q + i * sizeof(nowhere), &nowhere))
            return -EFAULT;
    }
    return 0;
}

static int op_query_size(struct domain *domain, void *argument, struct grant_call *call)
{
    struct gnttab_query_size *op = argument;
    struct domain *target;

    op->status = grant_status_of(policy_target(call->operation, domain, op->dom, &target));
    if (op->status != GNTST_okay)
        return 0;
    grant_table_size(target, &op->nr_frames, &op->max_nr_frames);
    domain_put(target);
    return 0;
}

static int op_set_version(struct domain *domain, void *argument, struct grant_call *call)
{
    const struct gnttab_set_version *op = argument;
    int result = policy_check(call->operation, domain, domain);

    if (result)
        return result;
    if (op->version != 1 && op->version != 2)
        return -EINVAL;
    return op->version == 1 ? 0 : -ENOSYS;
}

static int op_get_version(struct domain *domain, void *argument, struct grant_call *call)
{
    struct gnttab_get_version *op = argument;
    struct domain *target;
    int result = policy_target(call->operation, domain, op->dom, &target);

    if (result)
        return result;
    op->version = 1;
    domain_put(target);
    return 0;
}

static int op_cache_flush(struct domain *domain, void *argument, struct grant_call *call)
{
    int result = policy_check(call->operation, domain, domain);

    return result ? result : grant_cache_flush_one(domain, argument, &call->position);
}
