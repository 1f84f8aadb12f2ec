/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_dm_op: what a device model asks for about one of the domains that it serves. */
#include "call/hypercalls.h"
#include "call/suboperation.h"
#include "ioreq_server.h"

#define BUFFERS_MAX 2U
#define HEADER      offsetof(struct xen_dm_op, u)

typedef int dm_handler(struct domain *model, struct domain *target, struct xen_dm_op *op);

#define DM_OPERATION(number, handler, member, flags, operation) static dm_handler handler;
#include "dm_op.def"
#undef DM_OPERATION

static const struct dm_operation {
    dm_handler *handler;
    uint8_t size, flags;
    uint16_t operation;
} operations[32U] = {
#define DM_OPERATION(number, handler, member, flags, operation)                                    \
    [number] = {handler, sizeof(((struct xen_dm_op *)0)->u.member), flags, OP_##operation},
#include "dm_op.def"
#undef DM_OPERATION
};

static int op_create_server(struct domain *model, struct domain *target, struct xen_dm_op *op)
{
    struct xen_dm_op_create_ioreq_server *create = &op->u.create_ioreq_server;

    if (create->pad[0] || create->pad[1] || create->pad[2] ||
        create->handle_bufioreq > HVM_IOREQSRV_BUFIOREQ_ATOMIC)
        return -EINVAL;
    if (create->handle_bufioreq != HVM_IOREQSRV_BUFIOREQ_OFF)
        return -EOPNOTSUPP;
    return ioreq_server_create(model, target, &create->id);
}

/* Its pages have no place in the target. */
static int op_server_info(struct domain *model, struct domain *target, struct xen_dm_op *op)
{
    const struct xen_dm_op_get_ioreq_server_info *info = &op->u.get_ioreq_server_info;
    int result;

    if (info->flags & ~XEN_DMOP_no_gfns)
        return -EINVAL;
    result = ioreq_server_check(model, target, info->id);
    if (!result && !(info->flags & XEN_DMOP_no_gfns))
        result = -EOPNOTSUPP;
    return result;
}

static int check_range(const struct xen_dm_op_ioreq_server_range *range, struct io_range *checked)
{
    if (range->pad || range->start > range->end || range->type != XEN_DMOP_IO_RANGE_MEMORY)
        return -EINVAL;
    *checked = (struct io_range){range->start, range->end};
    return 0;
}

static int op_map_range(struct domain *model, struct domain *target, struct xen_dm_op *op)
{
    struct io_range range;
    int result = check_range(&op->u.map_io_range_to_ioreq_server, &range);

    return result ? result
                  : ioreq_server_map(model, target, op->u.map_io_range_to_ioreq_server.id, range);
}

static int op_unmap_range(struct domain *model, struct domain *target, struct xen_dm_op *op)
{
    struct io_range range;
    int result = check_range(&op->u.unmap_io_range_from_ioreq_server, &range);

    return result ? result
                  : ioreq_server_unmap(model, target, op->u.unmap_io_range_from_ioreq_server.id,
                                       range);
}

static int op_set_server_state(struct domain *model, struct domain *target, struct xen_dm_op *op)
{
    const struct xen_dm_op_set_ioreq_server_state *state = &op->u.set_ioreq_server_state;

    if (state->pad)
        return -EINVAL;
    return ioreq_server_enable(model, target, state->id, state->enabled);
}

static int op_destroy_server(struct domain *model, struct domain *target, struct xen_dm_op *op)
{
    if (op->u.destroy_ioreq_server.pad)
        return -EINVAL;
    return ioreq_server_destroy(model, target, op->u.destroy_ioreq_server.id);
}

static int op_set_line_level(struct domain *model, struct domain *target, struct xen_dm_op *op)
{
    const struct xen_dm_op_set_irq_level *line = &op->u.set_irq_level;

    (void)model;
    if (line->pad[0] || line->pad[1] || line->pad[2])
        return -EINVAL;
    return arch_set_line(target, line->irq, line->level);
}

static int op_nr_vcpus(struct domain *model, struct domain *target, struct xen_dm_op *op)
{
    (void)model;
    op->u.nr_vcpus.vcpus = target->max_vcpus;
    return 0;
}

static int64_t perform(struct domain *model, domid_t id, const struct dm_operation *row,
                       struct xen_dm_op *op)
{
    struct domain *target;
    int64_t result = policy_target(row->operation, model, id, &target);

    if (result)
        return result;
    /* A domain that served itself would wait for itself. */
    if (target == model)
        result = -EPERM;
    else if (op->pad)
        result = -EINVAL;
    else
        result = row->handler(model, target, op);
    domain_put(target);
    return result;
}

int64_t hypercall_dm_op(struct vcpu *vcpu, const uint64_t args[5])
{
    const struct dm_operation *row;
    struct xen_dm_op_buf buffer;
    struct xen_dm_op op = {0};
    int64_t result;

    if ((uint32_t)args[1] > BUFFERS_MAX)
        return -E2BIG;
    if ((uint32_t)args[1] == 0 || copy_from_guest(&buffer, args[2]) || buffer.size < HEADER ||
        arch_copy_from_guest(&op, buffer.h.q, HEADER))
        return -EFAULT;
    if (op.op >= ARRAY_SIZE(operations))
        return -EOPNOTSUPP;
    row = &operations[index_nospec(op.op, ARRAY_SIZE(operations))];
    if (!row->handler)
        return -EOPNOTSUPP;
    if (buffer.size < HEADER + row->size ||
        arch_copy_from_guest(&op.u, buffer.h.q + HEADER, row->size))
        return -EFAULT;
    result = perform(vcpu->domain, (domid_t)args[0], row, &op);
    if (!result && (row->flags & RESULT) &&
        arch_copy_to_guest(buffer.h.q + HEADER, &op.u, row->size))
        return -EFAULT;
    return result;
}
