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
        log_warning("command line: xsm=%s: there is no such policy, only dummy, silo and split",
                    option);
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

/* set_target alone makes no device model: otherwise it could join two plain guests. */
static bool is_device_model_of(const struct domain *model, const struct domain *guest)
{
    return (model->roles & ROLE_DEVICE_MODEL) && declared(model->targets, guest->id);
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
        .peer = declared(subject->peers, target->id) || is_device_model_of(target, subject),
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

/* Limited for each subject on its own, so that none can hide what another tried. */
static void log_denial(enum policy_operation operation, struct domain *subject, uint32_t roles,
                       const char *on, const char *name)
{
    const uint32_t role = roles & -roles;
    uint32_t dropped;

    if (!log_allowed(&subject->denials, &dropped))
        return;
    if (dropped)
        log_warning("denied: %s: %u similar lines left out", subject->name, dropped);
    log_warning("denied: %s %s%s%s: %s%s%s", subject->name, policy_operation_name(operation), on,
                name, role ? "needs role " : "no role may", role ? policy_role_name(role) : "",
                roles == role ? "" : " or another");
}

int policy_check(enum policy_operation operation, struct domain *subject,
                 const struct domain *target)
{
    uint32_t roles;

    if (likely(policy_allows(operation, subject, target)))
        return 0;
    roles = policy_sufficient_roles(policy, operation, target ? target->roles : 0,
                                    relation_of(subject, target));
    log_denial(operation, subject, roles, target ? " on " : "", target ? target->name : "");
    return -EPERM;
}

int policy_unknown(enum policy_operation operation, struct domain *subject)
{
    if (policy_decide(policy, operation, subject->roles, 0, RELATION_UNKNOWN))
        return -ESRCH;
    log_denial(operation, subject, policy_sufficient_roles(policy, operation, 0, RELATION_UNKNOWN),
               " on ", "a domain that is not there");
    return -EPERM;
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
    if (result) {
        domain_put(*target);
        *target = NULL; /* the caller must not let go of it again */
    }
    return result;
}
