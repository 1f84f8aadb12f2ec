/* SPDX-License-Identifier: MIT */
#include "call/hypercalls.h"
#include "call/suboperation.h"
#include "domain/watchdog.h"
#include <trefoil/event_channel.h>
#include <trefoil/sched.h>
#include <xen/sched.h>

#define SUBOPERATION SUBOPERATION_PROTOTYPE
#include "sched_op.def"
#undef SUBOPERATION

static const struct suboperation operations[8U] = {
#define SUBOPERATION SUBOPERATION_ROW
#include "sched_op.def"
#undef SUBOPERATION
};

#define POLL_MAX 128U

int64_t hypercall_sched_op(struct vcpu *vcpu, const uint64_t args[5])
{
    uint32_t command = (uint32_t)args[0];

    return suboperation_run(operations, ARRAY_SIZE(operations), command, vcpu, command, args[1]);
}

static int64_t op_yield(struct vcpu *vcpu, void *argument, const struct suboperation_call *call)
{
    (void)argument;
    (void)call;
    vcpu_yield(vcpu);
    return 0;
}

static int64_t op_block(struct vcpu *vcpu, void *argument, const struct suboperation_call *call)
{
    (void)argument;
    (void)call;
    vcpu_block(vcpu);
    return 0;
}

static int64_t op_shutdown(struct vcpu *vcpu, void *argument, const struct suboperation_call *call)
{
    const struct sched_shutdown *op = argument;
    uint8_t planned;

    (void)call;
    if (op->reason > SHUTDOWN_MAX)
        return -EINVAL;
    planned = atomic_load(&vcpu->domain->will_end_for);
    domain_shutdown(vcpu->domain, planned ? planned - 1 : (uint8_t)op->reason);
    return 0;
}

/* The code that a later shutdown will have, however it comes about. */
static int64_t op_shutdown_code(struct vcpu *vcpu, void *argument,
                                const struct suboperation_call *call)
{
    const struct sched_shutdown *op = argument;
    uint8_t none = 0;

    (void)call;
    if (op->reason > SHUTDOWN_MAX)
        return -EINVAL;
    return atomic_compare_exchange_strong(&vcpu->domain->will_end_for, &none,
                                          (uint8_t)(op->reason + 1))
               ? 0
               : -EBUSY;
}

static int64_t op_remote_shutdown(struct vcpu *vcpu, void *argument,
                                  const struct suboperation_call *call)
{
    const struct sched_remote_shutdown *op = argument;
    struct domain *domain;
    int64_t result;

    if (op->reason > SHUTDOWN_MAX)
        return -EINVAL;
    result = policy_target(call->operation, vcpu->domain, op->domain_id, &domain);
    if (result)
        return result;
    domain_shutdown(domain, (uint8_t)op->reason);
    domain_put(domain);
    return 0;
}

static int64_t op_watchdog(struct vcpu *vcpu, void *argument, const struct suboperation_call *call)
{
    const struct sched_watchdog *op = argument;

    (void)call;
    return op->id ? watchdog_set(vcpu->domain, op->id - 1, op->timeout)
                  : watchdog_new(vcpu->domain, op->timeout);
}

static int64_t op_poll(struct vcpu *vcpu, void *argument, const struct suboperation_call *call)
{
    const struct sched_poll *op = argument;
    evtchn_port_t ports[POLL_MAX];
    int result;

    (void)call;
    if (op->nr_ports > POLL_MAX)
        return -EINVAL;
    if (op->nr_ports &&
        arch_copy_from_guest(ports, op->ports.q, op->nr_ports * sizeof(evtchn_port_t)))
        return -EFAULT;
    result = event_poll_begin(vcpu, ports, op->nr_ports);
    if (result)
        return result < 0 ? result : 0;
    if (op->timeout)
        timer_start(&vcpu->poll_timer, this_pcpu(), op->timeout);
    vcpu_block(vcpu);
    /* An event after the look at the ports but before the block woke nobody. */
    if (!atomic_load(&vcpu->polling))
        vcpu_wake(vcpu);
    return 0;
}
