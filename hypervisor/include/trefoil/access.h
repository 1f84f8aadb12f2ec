/* SPDX-License-Identifier: MIT */
/* Asking the policy about a hypercall: core/domain/access.c. The table itself is
 * <trefoil/policy.h>. */
#ifndef TREFOIL_ACCESS_H
#define TREFOIL_ACCESS_H

#include <trefoil/domain.h>
#include <trefoil/policy.h>

/* What ties the target to the subject: what the tree or set_target said of either. Another CPU may
 * be saying it just now; a byte is read whole, before or after. */
static inline __attribute__((no_sanitize("thread"))) unsigned int
policy_ties(const struct domain *subject, const struct domain *target)
{
    return (uint8_t)(*(const volatile uint8_t *)&subject->ties[target->tie_index] |
                     *(const volatile uint8_t *)&target->serves[subject->tie_index]);
}

/* What was said of the subject to whoever has that id, alone. */
static inline __attribute__((no_sanitize("thread"))) uint8_t
policy_ties_to(const struct domain *subject, domid_t other)
{
    return other < DOMAIN_TIED_IDS ? *(const volatile uint8_t *)&subject->ties[other] : 0;
}

/* Says in the log that this is denied, and by which role it would not be. -EPERM. */
int policy_deny(enum policy_operation operation, struct domain *subject,
                const struct domain *target);

/* May the domain do this to itself? This and what follows is inline, so that what may be done costs
 * a few loads: tests/unit/policy_cost counts them. */
static inline bool policy_allows_self(enum policy_operation operation, const struct domain *subject)
{
    return subject->rights.alone[operation] & RIGHT_ON_ITSELF;
}

/* To another domain? */
static inline bool policy_allows_other(enum policy_operation operation,
                                       const struct domain *subject, const struct domain *target)
{
    return policy_reaches(&subject->rights, operation, policy_ties(subject, target), target->roles);
}

/* To the target, which may be itself, or NULL: the system as a whole? */
static inline __attribute__((nonnull(2))) bool policy_allows(enum policy_operation operation,
                                                             const struct domain *subject,
                                                             const struct domain *target)
{
    if (!target)
        return subject->rights.alone[operation] & RIGHT_ON_SYSTEM;
    if (target == subject)
        return policy_allows_self(operation, subject);
    return policy_allows_other(operation, subject, target);
}

/* The same: 0, or -EPERM with a (rate limited) line in the log. */
static inline int policy_check(enum policy_operation operation, struct domain *subject,
                               const struct domain *target)
{
    if (likely(policy_allows(operation, subject, target)))
        return 0;
    return policy_deny(operation, subject, target);
}

struct launch_domain;
/* The same about a boot-time domain that need not be there, by its row of the launch plan. */
bool policy_allows_planned(enum policy_operation operation, const struct domain *subject,
                           const struct launch_domain *plan);
int policy_check_planned(enum policy_operation operation, struct domain *subject,
                         const struct launch_domain *plan);
/*
 * Finds the domain that an argument names (DOMID_SELF is the subject) and asks the policy. 0 and a
 * reference in *target; -EPERM, -ESRCH.
 */
int policy_target(enum policy_operation operation, struct domain *subject, domid_t id,
                  struct domain **target);
/* What to answer about a domain id that does not exist: -ESRCH to those who may look, -EPERM to
 * others. */
int policy_unknown(enum policy_operation operation, struct domain *subject);

/* Option xsm=dummy|silo|split; anything else is reported and leaves the default. */
void policy_choose(const char *option);
enum policy_id policy_in_force(void);
/* Works out what a new domain may do, once. */
void policy_prepare(struct domain *domain);
/* What the tree declares: bitmaps by domain id, DOMAIN_TIED_IDS bits each. */
void policy_declare(struct domain *domain, const uint64_t *peers, const uint64_t *targets);
/* What set_target declares: false when the id is too large. Under memory_lock. */
bool policy_add_target(struct domain *domain, domid_t id);

#endif
