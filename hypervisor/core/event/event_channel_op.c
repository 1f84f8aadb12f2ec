/* SPDX-License-Identifier: MIT */
#include "call/hypercalls.h"
#include "call/suboperation.h"
#include <trefoil/event_channel.h>

#define SUBOPERATION SUBOPERATION_PROTOTYPE
#include "event_channel_op.def"
#undef SUBOPERATION

static const struct suboperation operations[16U] = {
#define SUBOPERATION SUBOPERATION_ROW
#include "event_channel_op.def"
#undef SUBOPERATION
};

/* What a busy system calls most takes the same steps as its row of the table would, without the
 * table. */
static int64_t send_directly(struct vcpu *vcpu, uint64_t address)
{
    _Static_assert(sizeof(struct evtchn_send) == sizeof(uint32_t), "the port, and nothing else");
    int64_t port;

    if (unlikely(!policy_allows_self(OP_evtchn_send, vcpu->domain)))
        return policy_check(OP_evtchn_send, vcpu->domain, vcpu->domain);
    port = arch_word_from_guest(address);
    if (unlikely(port < 0))
        return port;
    COUNT_VCPU(vcpu, events_sent);
    return event_send(vcpu->domain, (evtchn_port_t)port);
}

/* Not inline: what it needs of stack and registers is none of send_directly()'s. */
static __attribute__((noinline)) int64_t run_row(struct vcpu *vcpu, uint32_t command,
                                                 uint64_t address)
{
    return suboperation_run(operations, ARRAY_SIZE(operations), command, vcpu, command, address);
}

int64_t hypercall_event_channel_op(struct vcpu *vcpu, const uint64_t args[5])
{
    uint32_t command = (uint32_t)args[0];

    if (likely(command == EVTCHNOP_send))
        return send_directly(vcpu, args[1]);
    return run_row(vcpu, command, args[1]);
}

static int64_t op_send(struct vcpu *vcpu, void *argument, const struct suboperation_call *call)
{
    const struct evtchn_send *op = argument;

    (void)call;
    COUNT_VCPU(vcpu, events_sent);
    return event_send(vcpu->domain, op->port);
}

static int64_t op_close(struct vcpu *vcpu, void *argument, const struct suboperation_call *call)
{
    const struct evtchn_close *op = argument;

    (void)call;
    return event_close(vcpu->domain, op->port);
}

static int64_t op_unmask(struct vcpu *vcpu, void *argument, const struct suboperation_call *call)
{
    const struct evtchn_unmask *op = argument;

    (void)call;
    return event_unmask(vcpu->domain, op->port);
}

static int64_t op_bind_vcpu(struct vcpu *vcpu, void *argument, const struct suboperation_call *call)
{
    const struct evtchn_bind_vcpu *op = argument;

    (void)call;
    return event_bind_vcpu(vcpu->domain, op->port, op->vcpu);
}

static int64_t op_bind_ipi(struct vcpu *vcpu, void *argument, const struct suboperation_call *call)
{
    struct evtchn_bind_ipi *op = argument;

    (void)call;
    return event_bind_ipi(vcpu->domain, op->vcpu, &op->port);
}

/* An offer of `domain` to the remote one: for the two of them to be allowed, whoever asks. */
static int offer(struct vcpu *vcpu, struct domain *domain, struct evtchn_alloc_unbound *op,
                 enum policy_operation operation)
{
    struct domain *remote = domain_get_argument(vcpu, op->remote_dom);
    int result;

    if (!remote)
        return policy_unknown(operation, vcpu->domain);
    result = policy_check(operation, domain, remote);
    if (!result)
        result = event_alloc_unbound(domain, remote->id, &op->port);
    domain_put(remote);
    return result;
}

/* A port of another domain is for a toolstack to make. */
static int64_t op_alloc_unbound(struct vcpu *vcpu, void *argument,
                                const struct suboperation_call *call)
{
    struct evtchn_alloc_unbound *op = argument;
    struct domain *domain;
    int result;

    if (op->dom == DOMID_SELF || op->dom == vcpu->domain->id)
        return offer(vcpu, vcpu->domain, op, call->operation);
    result = policy_target(OP_evtchn_alloc_unbound_foreign, vcpu->domain, op->dom, &domain);
    if (result)
        return result;
    result = offer(vcpu, domain, op, call->operation);
    domain_put(domain);
    return result;
}

static int64_t op_bind_interdomain(struct vcpu *vcpu, void *argument,
                                   const struct suboperation_call *call)
{
    struct evtchn_bind_interdomain *op = argument;
    struct domain *remote;
    int result = policy_target(call->operation, vcpu->domain, op->remote_dom, &remote);

    if (result)
        return result;
    result = event_bind_interdomain(vcpu->domain, remote, op->remote_port, &op->local_port);
    domain_put(remote);
    return result;
}

/* VIRQs of the machine each have a row of their own, those of the caller's vcpus are its own
 * affair. */
static int check_virq(struct domain *domain, uint32_t virq)
{
    switch (virq) {
    case VIRQ_TIMER:
    case VIRQ_DEBUG: return policy_check(OP_evtchn_bind_virq, domain, domain);
    case VIRQ_CON_RING: return policy_check(OP_evtchn_bind_virq_con_ring, domain, NULL);
    case VIRQ_TREFOIL_EVENTS: return policy_check(OP_evtchn_bind_virq_events, domain, NULL);
    case VIRQ_DOM_EXC: return policy_check(OP_evtchn_bind_virq_dom_exc, domain, NULL);
    default: return policy_check(OP_evtchn_bind_virq_global, domain, NULL);
    }
}

static int64_t op_bind_virq(struct vcpu *vcpu, void *argument, const struct suboperation_call *call)
{
    struct evtchn_bind_virq *op = argument;
    int result = op->virq < NR_VIRQS ? check_virq(vcpu->domain, op->virq) : -EINVAL;

    (void)call;
    if (result)
        return result;
    return event_bind_virq(vcpu->domain, op->virq, op->vcpu, &op->port);
}

static int64_t op_status(struct vcpu *vcpu, void *argument, const struct suboperation_call *call)
{
    struct evtchn_status *op = argument;
    struct domain *domain;
    int result = policy_target(call->operation, vcpu->domain, op->dom, &domain);

    if (result)
        return result;
    result = event_status(domain, op->port, op);
    domain_put(domain);
    return result;
}

static int64_t op_reset(struct vcpu *vcpu, void *argument, const struct suboperation_call *call)
{
    const struct evtchn_reset *op = argument;
    const uint64_t again[] = {call->command, call->address};
    struct domain *domain;
    int result = policy_target(call->operation, vcpu->domain, op->dom, &domain);

    if (result)
        return result;
    result = event_channels_reset(domain);
    domain_put(domain);
    if (result == -ERESTART)
        return hypercall_continue(vcpu, __HYPERVISOR_event_channel_op, again);
    return result;
}
