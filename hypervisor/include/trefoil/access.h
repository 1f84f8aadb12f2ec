/* SPDX-License-Identifier: MIT */
/* Asking the policy about a hypercall: core/access.c. The table itself is <trefoil/policy.h>. */
#ifndef TREFOIL_ACCESS_H
#define TREFOIL_ACCESS_H

#include <trefoil/bitmap.h>
#include <trefoil/domain.h>
#include <trefoil/policy.h>

/*
 * May the subject do this to the target (NULL: the system as a whole)? 0, or -EPERM with a (rate
 * limited) line in the log.
 */
int policy_check(enum policy_operation operation, struct domain *subject,
                 const struct domain *target);
/* The same without a line: for lists that leave out what the subject may not see. */
bool policy_allows(enum policy_operation operation, const struct domain *subject,
                   const struct domain *target);
/* May the domain do this to itself? One bit. */
static inline bool policy_allows_self(enum policy_operation operation, const struct domain *subject)
{
    return bitmap_test(subject->self_operations, operation);
}
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
/* Works out what a new domain may do to itself, once, so that the common case is a bit test. */
void policy_prepare(struct domain *domain);

#endif
