/* SPDX-License-Identifier: MIT */
/* Between hypercalls and the policy's table: who is who to whom. */
#include <trefoil/access.h>
#include <trefoil/errno.h>
#include <trefoil/printk.h>
#include <trefoil/string.h>

/* Pairs and targets are declared for ids below this. */
#define DECLARED_IDS 256U

static enum policy_id policy = POLICY_DEFAULT;

_Static_assert(OP_COUNT <= sizeof(((struct domain *)0)->self_operations) * 8, "self_operations");

enum policy_id policy_in_force(void)
{
    return policy;
}

void policy_choose(const char *option)
{
    if (*option && !policy_from_name(option, &policy))
        log_warning("xsm=%s: there is no such policy", option);
    log_info("policy: %s", policy_name(policy));
}

void policy_prepare(struct domain *domain)
{
    for (unsigned int i = 0; i < OP_COUNT; i++) {
        if (policy_decide(policy, (enum policy_operation)i, domain->roles, domain->roles,
                          RELATION_SELF))
            bitmap_set(domain->self_operations, i);
    }
}

static bool declared(const uint64_t *map, domid_t id)
{
    return id < DECLARED_IDS && bitmap_test(map, id);
}

static enum policy_relation relation_of(const struct domain *subject, const struct domain *target)
{
    if (!target)
        return RELATION_SYSTEM;
    return policy_relate((struct policy_facts){
        .exists = true,
        .is_subject = subject == target,
        .untargetable = target->roles & ROLE_UNTARGETABLE,
        .own_target = declared(subject->targets, target->id),
        .peer = declared(subject->peers, target->id) || declared(target->targets, subject->id),
    });
}

bool policy_allows(enum policy_operation operation, const struct domain *subject,
                   const struct domain *target)
{
    if (subject == target)
        return policy_allows_self(operation, subject);
    return policy_decide(policy, operation, subject->roles, target ? target->roles : 0,
                         relation_of(subject, target));
}

static void log_denial(enum policy_operation operation, const struct domain *subject,
                       const struct domain *target)
{
    uint32_t roles = policy_sufficient_roles(policy, operation, target ? target->roles : 0,
                                             relation_of(subject, target));
    const char *on = target ? " on " : "", *name = target ? target->name : "";
    uint32_t role = roles & -roles;

    if (role)
        log_limited(LOG_WARNING, "denied: %s %s%s%s: needs role %s%s", subject->name,
                    policy_operation_name(operation), on, name, policy_role_name(role),
                    roles == role ? "" : " or another");
    else
        log_limited(LOG_WARNING, "denied: %s %s%s%s: no role may", subject->name,
                    policy_operation_name(operation), on, name);
}

int policy_check(enum policy_operation operation, const struct domain *subject,
                 const struct domain *target)
{
    if (likely(policy_allows(operation, subject, target)))
        return 0;
    log_denial(operation, subject, target);
    return -EPERM;
}

int policy_unknown(enum policy_operation operation, const struct domain *subject)
{
    return policy_decide(policy, operation, subject->roles, 0, RELATION_UNKNOWN) ? -ESRCH : -EPERM;
}

int policy_target(enum policy_operation operation, struct domain *subject, domid_t id,
                  struct domain **target)
{
    int result;

    if (id == DOMID_SELF)
        id = subject->id;
    *target = domain_get(id);
    if (!*target)
        return policy_unknown(operation, subject);
    result = policy_check(operation, subject, *target);
    if (result)
        domain_put(*target);
    return result;
}
