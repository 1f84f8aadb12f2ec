/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_vcpu_op: areas and timers of the caller's vcpus. */
#include "hypercalls.h"
#include <trefoil/access.h>
#include <trefoil/errno.h>
#include <trefoil/hypercall.h>
#include <trefoil/nospec.h>
#include <trefoil/timer.h>
#include <trefoil/sched.h>
#include <xen/vcpu.h>

typedef int64_t vcpu_operation(struct vcpu *vcpu, struct vcpu *target, void *argument);

#define VCPU_OPERATION(number, handler, size, result, operation) static vcpu_operation handler;
#include "vcpu_op.def"
#undef VCPU_OPERATION

static const struct vcpu_row {
    vcpu_operation *handler;
    uint8_t size;
    bool result; /* the argument is an answer, not a question */
    uint16_t operation;
} rows[16U] = {
#define VCPU_OPERATION(number, handler, size, result, operation)                                   \
    [number] = {handler, size, result, OP_##operation},
#include "vcpu_op.def"
#undef VCPU_OPERATION
};

#define ARGUMENT_MAX sizeof(struct vcpu_runstate_info)

static int64_t run(const struct vcpu_row *row, struct vcpu *vcpu, struct vcpu *target,
                   uint64_t address)
{
    uint64_t argument[ARGUMENT_MAX / sizeof(uint64_t)];
    int64_t result;

    if (row->size && !row->result && arch_copy_from_guest(argument, address, row->size))
        return -EFAULT;
    result = row->handler(vcpu, target, argument);
    if (!result && row->result && arch_copy_to_guest(address, argument, row->size))
        return -EFAULT;
    return result;
}

int64_t hypercall_vcpu_op(struct vcpu *vcpu, const uint64_t args[5])
{
    uint32_t command = (uint32_t)args[0], id = (uint32_t)args[1];
    const struct vcpu_row *row;
    int result;

    if (command >= ARRAY_SIZE(rows))
        return -ENOSYS;
    row = &rows[index_nospec(command, ARRAY_SIZE(rows))];
    if (!row->handler)
        return -ENOSYS;
    if (id >= vcpu->domain->max_vcpus)
        return -ENOENT;
    id = (uint32_t)index_nospec(id, DOMAIN_MAX_VCPUS);
    result = policy_check(row->operation, vcpu->domain, vcpu->domain);
    return result ? result : run(row, vcpu, vcpu->domain->vcpus[id], args[2]);
}

/* Areas are written when their vcpu is scheduled: another's may change only while that is off. */
static bool may_change(const struct vcpu *vcpu, const struct vcpu *target)
{
    return vcpu == target || atomic_load(&target->state) == VCPU_OFFLINE;
}

static int64_t op_is_up(struct vcpu *vcpu, struct vcpu *target, void *argument)
{
    (void)vcpu;
    (void)argument;
    return atomic_load(&target->state) != VCPU_OFFLINE;
}

static int64_t op_get_runstate(struct vcpu *vcpu, struct vcpu *target, void *argument)
{
    struct vcpu_runstate_info *info = argument;

    (void)vcpu;
    vcpu_runstate_read(target, info);
    info->time[info->state & 3] += arch_now() - info->state_entry_time;
    return 0;
}

static int64_t op_register_runstate(struct vcpu *vcpu, struct vcpu *target, void *argument)
{
    const struct vcpu_register_runstate_memory_area *area = argument;

    return may_change(vcpu, target) ? vcpu_register_runstate(target, area->addr.p) : -EBUSY;
}

static int64_t op_register_info(struct vcpu *vcpu, struct vcpu *target, void *argument)
{
    const struct vcpu_register_vcpu_info *info = argument;

    return may_change(vcpu, target) ? vcpu_register_info(target, (gfn_t){info->mfn}, info->offset)
                                    : -EBUSY;
}

static int64_t op_set_timer(struct vcpu *vcpu, struct vcpu *target, void *argument)
{
    const struct vcpu_set_singleshot_timer *op = argument;

    if (vcpu != target)
        return -EINVAL;
    if ((op->flags & VCPU_SSHOTTMR_future) && op->timeout_abs_ns < arch_now())
        return -ETIME;
    timer_start(&vcpu->singleshot_timer, this_pcpu(), op->timeout_abs_ns);
    return 0;
}

static int64_t op_stop_timer(struct vcpu *vcpu, struct vcpu *target, void *argument)
{
    (void)argument;
    if (vcpu != target)
        return -EINVAL;
    timer_stop(&vcpu->singleshot_timer);
    return 0;
}
