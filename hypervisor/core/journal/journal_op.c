/* SPDX-License-Identifier: MIT */
/* XEN_SYSCTL_trefoil_events. */
#include "call/sysctl.h"
#include "sched/wallclock.h"
#include <trefoil/journal.h>
#include <trefoil/restart.h>

/* Of a domain that is gone the tree says who may know of it. */
static bool event_is_shown(const struct domain *caller, domid_t id)
{
    struct domain *domain;
    const struct launch_domain *plan;
    bool shown;

    if (id == DOMID_XEN)
        return true;
    domain = domain_get(id);
    if (domain) {
        shown = policy_allows(OP_domctl_getdomaininfo, caller, domain);
        domain_put(domain);
        return shown;
    }
    plan = restart_plan_from(id);
    return plan && plan->domid == id &&
           policy_allows_planned(OP_domctl_getdomaininfo, caller, plan);
}

int64_t op_events(struct vcpu *vcpu, struct xen_sysctl *op)
{
    struct xen_sysctl_trefoil_events *read = &op->u.trefoil_events;
    uint32_t room = read->count < JOURNAL_EVENTS ? read->count : JOURNAL_EVENTS;
    struct xen_trefoil_event event;
    uint64_t next = read->next, lost = 0, address = read->buffer.q;

    if (read->pad)
        return -EINVAL;
    read->count = 0;
    while (read->count < room && journal_take(&next, &event, &lost)) {
        if (event_is_shown(vcpu->domain, event.domain)) {
            if (copy_to_guest(address, &event))
                return -EFAULT;
            address += sizeof(event);
            read->count++;
        }
        if (hypercall_preempt())
            break;
    }
    read->next = next;
    read->lost = lost;
    journal_bounds(next, &read->end, &read->oldest);
    read->now = arch_now();
    read->wall = wallclock_at_start();
    return 0;
}
