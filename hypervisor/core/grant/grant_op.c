/* SPDX-License-Identifier: MIT */
/* The grant table hypercall: an array of arguments, each done and answered on its own. */
#include "call/hypercalls.h"
#include "grant_private.h"
#include <trefoil/access.h>
#include <trefoil/hypercall.h>

/* 0, or the error that ends the whole call. */
typedef int grant_operation(struct domain *domain, void *argument, enum policy_operation operation);

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

int64_t hypercall_grant_table_op(struct vcpu *vcpu, const uint64_t args[5])
{
    uint32_t command = (uint32_t)args[0], count = (uint32_t)args[2];
    uint64_t address = args[1];
    const struct grant_row *row;

    if (command >= ARRAY_SIZE(rows) || !rows[command].handler)
        return -ENOSYS;
    row = &rows[command];
    for (uint32_t done = 0; done < count; done++, address += row->size) {
        const uint64_t rest[] = {command, address, count - done};
        union grant_argument argument;
        int result;

        if (done && hypercall_preempt())
            return hypercall_continue(vcpu, __HYPERVISOR_grant_table_op, rest);
        if (arch_copy_from_guest(&argument, address, row->size))
            return -EFAULT;
        result = row->handler(vcpu->domain, &argument, row->operation);
        if (result)
            return result;
        if (arch_copy_to_guest(address, &argument, row->size))
            return -EFAULT;
    }
    return 0;
}

/* Who the pages belong to is asked of the policy where the owner is known. */
static int op_map(struct domain *domain, void *argument, enum policy_operation operation)
{
    (void)operation;
    grant_map_one(domain, argument);
    return 0;
}

static int op_unmap(struct domain *domain, void *argument, enum policy_operation operation)
{
    int result = policy_check(operation, domain, domain);

    if (!result)
        grant_unmap_one(domain, argument);
    return result;
}

static int op_copy(struct domain *domain, void *argument, enum policy_operation operation)
{
    (void)operation;
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
static int op_setup_table(struct domain *domain, void *argument, enum policy_operation operation)
{
    struct gnttab_setup_table *op = argument;
    struct domain *target;
    const uint64_t nowhere = INVALID_MFN_VALUE;

    op->status = grant_status_of(policy_target(operation, domain, op->dom, &target));
    if (op->status != GNTST_okay)
        return 0;
    if (grant_table_grow(target, op->nr_frames))
        op->status = GNTST_general_error;
    domain_put(target);
    for (uint32_t i = 0; op->status == GNTST_okay && i < op->nr_frames; i++) {
        if (copy_to_guest(op->frame_list.q + i * sizeof(nowhere), &nowhere))
            return -EFAULT;
    }
    return 0;
}

static int op_query_size(struct domain *domain, void *argument, enum policy_operation operation)
{
    struct gnttab_query_size *op = argument;
    struct domain *target;

    op->status = grant_status_of(policy_target(operation, domain, op->dom, &target));
    if (op->status != GNTST_okay)
        return 0;
    grant_table_size(target, &op->nr_frames, &op->max_nr_frames);
    domain_put(target);
    return 0;
}

static int op_set_version(struct domain *domain, void *argument, enum policy_operation operation)
{
    const struct gnttab_set_version *op = argument;
    int result = policy_check(operation, domain, domain);

    if (result)
        return result;
    if (op->version != 1 && op->version != 2)
        return -EINVAL;
    return op->version == 1 ? 0 : -ENOSYS;
}

static int op_get_version(struct domain *domain, void *argument, enum policy_operation operation)
{
    struct gnttab_get_version *op = argument;
    struct domain *target;
    int result = policy_target(operation, domain, op->dom, &target);

    if (result)
        return result;
    op->version = 1;
    domain_put(target);
    return 0;
}

static int op_cache_flush(struct domain *domain, void *argument, enum policy_operation operation)
{
    int result = policy_check(operation, domain, domain);

    return result ? result : grant_cache_flush_one(domain, argument);
}
