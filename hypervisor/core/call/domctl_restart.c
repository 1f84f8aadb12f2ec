/* SPDX-License-Identifier: MIT */
/* XEN_DOMCTL_trefoil_restart. Its domains need not be there, so that all is decided by the launch
 * plan, whose roles a domain keeps for life. */
#include "domctl.h"
#include <trefoil/restart.h>
#include <trefoil/string.h>

_Static_assert((int)XEN_DOMCTL_TREFOIL_RESTART_NONE == RESTART_NONE &&
                   (int)XEN_DOMCTL_TREFOIL_RESTART_ENDING == RESTART_ENDING &&
                   (int)XEN_DOMCTL_TREFOIL_RESTART_WAITING == RESTART_WAITING &&
                   (int)XEN_DOMCTL_TREFOIL_RESTART_BUILDING == RESTART_BUILDING &&
                   (int)XEN_DOMCTL_TREFOIL_RESTART_DELAYED == RESTART_DELAYED,
               "the phases are those of the ABI");

/* The first domain from an id on that the caller may restart: tools find those that are gone by
 * this. */
static const struct launch_domain *next_plan(const struct domain *caller, unsigned int id)
{
    const struct launch_domain *plan;

    for (; (plan = restart_plan_from(id)) != NULL; id = plan->domid + 1U) {
        if (policy_allows_planned(OP_domctl_trefoil_restart, caller, plan))
            return plan;
    }
    return NULL;
}

static int choose(struct domain *caller, const struct xen_domctl *op,
                  const struct launch_domain **plan)
{
    if (op->u.trefoil_restart.command == XEN_DOMCTL_TREFOIL_RESTART_NEXT) {
        *plan = next_plan(caller, op->domain);
        return *plan ? 0 : policy_unknown(OP_domctl_trefoil_restart, caller);
    }
    *plan = restart_plan_from(op->domain);
    if (!*plan || (*plan)->domid != op->domain)
        return policy_unknown(OP_domctl_trefoil_restart, caller);
    return policy_check_planned(OP_domctl_trefoil_restart, caller, *plan);
}

int64_t op_restart(struct vcpu *vcpu, struct domain *domain, struct xen_domctl *op)
{
    struct xen_domctl_trefoil_restart *restart = &op->u.trefoil_restart;
    const struct launch_domain *plan;
    int result, error;

    (void)domain;
    if (restart->command > XEN_DOMCTL_TREFOIL_RESTART_NEXT)
        return -EINVAL;
    result = choose(vcpu->domain, op, &plan);
    if (!result && restart->command == XEN_DOMCTL_TREFOIL_RESTART_START)
        result = plan->domid == vcpu->domain->id ? -EINVAL : restart_request(plan->domid);
    if (result)
        return result;
    memset(restart, 0, sizeof(*restart));
    op->domain = plan->domid;
    restart->state = restart_status(plan->domid, &error);
    restart->error = error;
    string_copy(restart->name, plan->name, sizeof(restart->name));
    return 0;
}
