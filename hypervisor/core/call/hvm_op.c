/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_hvm_op: the parameters that tell a domain where its xenstore and console are. */
#include "hypercalls.h"
#include "suboperation.h"
#include <trefoil/nospec.h>
#include <xen/hvm/params.h>

#define SUBOPERATION SUBOPERATION_PROTOTYPE
#include "hvm_op.def"
#undef SUBOPERATION

static const struct suboperation operations[32U] = {
#define SUBOPERATION SUBOPERATION_ROW
#include "hvm_op.def"
#undef SUBOPERATION
};

_Static_assert(HVM_NR_PARAMS <= ARRAY_SIZE(((struct domain *)0)->hvm_params), "hvm_params");

int64_t hypercall_hvm_op(struct vcpu *vcpu, const uint64_t args[5])
{
    uint32_t command = (uint32_t)args[0];

    return suboperation_run(operations, ARRAY_SIZE(operations), command, vcpu, command, args[1]);
}

/* What exists, and what a domain may set for itself: only how it wants to be interrupted. */
static bool parameter_exists(uint32_t index)
{
    switch (index) {
    case HVM_PARAM_CALLBACK_IRQ:
    case HVM_PARAM_STORE_PFN:
    case HVM_PARAM_STORE_EVTCHN:
    case HVM_PARAM_CONSOLE_PFN:
    case HVM_PARAM_CONSOLE_EVTCHN: return true;
    default: return false;
    }
}

static int64_t op_get_param(struct vcpu *vcpu, void *argument, const struct suboperation_call *call)
{
    struct xen_hvm_param *op = argument;
    struct domain *domain;
    int64_t result;

    if (!parameter_exists(op->index))
        return -EINVAL;
    result = policy_target(call->operation, vcpu->domain, op->domid, &domain);
    if (result)
        return result;
    op->value = domain->hvm_params[index_nospec(op->index, ARRAY_SIZE(domain->hvm_params))];
    domain_put(domain);
    return 0;
}

static int64_t op_set_param(struct vcpu *vcpu, void *argument, const struct suboperation_call *call)
{
    const struct xen_hvm_param *op = argument;
    struct domain *domain;
    int64_t result;

    if (!parameter_exists(op->index))
        return -EINVAL;
    result = policy_target(call->operation, vcpu->domain, op->domid, &domain);
    if (result)
        return result;
    if (domain == vcpu->domain && op->index != HVM_PARAM_CALLBACK_IRQ)
        result = -EPERM;
    else
        domain->hvm_params[index_nospec(op->index, ARRAY_SIZE(domain->hvm_params))] = op->value;
    domain_put(domain);
    return result;
}

static int64_t op_get_time(struct vcpu *vcpu, void *argument, const struct suboperation_call *call)
{
    struct xen_hvm_get_time *op = argument;

    (void)vcpu;
    (void)call;
    op->now = arch_now();
    return 0;
}
