/* SPDX-License-Identifier: MIT */
/*
 * A domain's weight and cap. The cap is a budget of run time for all its vcpus in each period of
 * SHARE_PERIOD: once it is spent none of them runs before the next period. What was used beyond it
 * is a debt to the next periods.
 */
#ifndef CORE_SCHED_SHARE_H
#define CORE_SCHED_SHARE_H

#include <trefoil/domain.h>

#define SHARE_PERIOD UINT64_C(10000000) /* ns */

/* For a domain that is being made: the default weight, no cap. */
void share_init(struct domain *domain);
/* For one whose vcpus will not run again. Without locks. */
void share_end(struct domain *domain);
/* What a vcpu of a capped domain used until now. Under a run queue's lock. */
__attribute__((cold)) void share_charge(struct domain *domain, uint64_t used, uint64_t now);
/* For how long a vcpu of a capped domain may run before it is to be accounted again (ns). Under a
 * run queue's lock. */
__attribute__((cold)) uint64_t share_left(struct domain *domain, uint64_t now);

/* Does the cap of its domain keep a vcpu from running? Under its run queue's lock. */
static inline bool share_spent(const struct vcpu *vcpu)
{
    return vcpu->capped && atomic_load(&vcpu->domain->share.spent);
}

#endif
