/* SPDX-License-Identifier: MIT */
/* Between hypercalls and the policy's table: who is who to whom. */
#include <trefoil/access.h>
#include <trefoil/bitmap.h>
#include <trefoil/errno.h>
#include <trefoil/journal.h>
#include <trefoil/launch.h>
#include <trefoil/printk.h>
#include <trefoil/string.h>

static enum policy_id policy = POLICY_DEFAULT;

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
    domain->tie_index = domain->id < DOMAIN_TIED_IDS ? domain->id : DOMAIN_TIED_IDS;
    policy_work_out(policy, domain->roles, &domain->rights);
}

bool policy_add_target(struct domain *domain, domid_t id)
{
    if (id >= DOMAIN_TIED_IDS)
        return false;
    domain->ties[id] |= TIE_TARGET;
    /* set_target alone makes no device model: otherwise it could join two plain guests. */
    if (domain->roles & ROLE_DEVICE_MODEL)
        domain->serves[id] = TIE_PEER;
    return true;
}

void policy_declare(struct domain *domain, const uint64_t *peers, const uint64_t *targets)
{
    unsigned int id;

    for (id = bitmap_next(peers, DOMAIN_TIED_IDS, 0); id < DOMAIN_TIED_IDS;
         id = bitmap_next(peers, DOMAIN_TIED_IDS, id + 1))
        domain->ties[id] |= TIE_PEER;
    for (id = bitmap_next(targets, DOMAIN_TIED_IDS, 0); id < DOMAIN_TIED_IDS;
         id = bitmap_next(targets, DOMAIN_TIED_IDS, id + 1))
        policy_add_target(domain, (domid_t)id);
}

static enum policy_relation relation_of(const struct domain *subject, const struct domain *target)
{
    if (!target)
        return RELATION_SYSTEM;
    unsigned int ties = policy_ties(subject, target);

    return policy_relate((struct policy_facts){
        .exists = true,
        .is_subject = subject == target,
        .untargetable = target->roles & ROLE_UNTARGETABLE,
        .own_target = ties & TIE_TARGET,
        .peer = ties & TIE_PEER,
    });
}

static void note_denial(enum policy_operation operation, const struct domain *subject,
                        domid_t target, uint32_t left_out)
{
    uint64_t arguments[XEN_TREFOIL_EVENT_ARGUMENTS] = {target, left_out};

    string_copy((char *)&arguments[2], policy_operation_name(operation),
                sizeof(arguments) - 2 * sizeof(arguments[0]));
    journal_add(XEN_TREFOIL_EVENT_denied, subject->id, subject->start_number, arguments);
}

/* Limited for each subject on its own, so that none can hide what another tried. */
static void log_denial(enum policy_operation operation, struct domain *subject, uint32_t roles,
                       domid_t target, const char *name)
{
    const uint32_t role = roles & -roles;
    const char *on = *name ? " on " : "";
    uint32_t dropped;

    atomic_fetch_add_explicit(&subject->denied, 1, memory_order_relaxed);
    if (!log_allowed(&subject->denials, &dropped))
        return;
    if (dropped)
        log_told("denied: %s: %u similar lines left out", subject->name, dropped);
    log_told("denied: %s %s%s%s: %s%s%s", subject->name, policy_operation_name(operation), on, name,
             role ? "needs role " : "no role may", role ? policy_role_name(role) : "",
             roles == role ? "" : " or another");
    note_denial(operation, subject, target, dropped);
}

int policy_deny(enum policy_operation operation, struct domain *subject,
                const struct domain *target)
{
    uint32_t roles = policy_sufficient_roles(policy, operation, target ? target->roles : 0,
                                             relation_of(subject, target));

    log_denial(operation, subject, roles, target ? target->id : DOMID_INVALID,
               target ? target->name : "");
    return -EPERM;
}

/* That it may be the subject's device model is not asked: it makes no difference to changing it. */
static enum policy_relation relation_to_planned(const struct domain *subject,
                                                const struct launch_domain *plan)
{
    unsigned int ties = plan->domid < DOMAIN_TIED_IDS ? subject->ties[plan->domid] : 0;

    return policy_relate((struct policy_facts){
        .exists = true,
        .is_subject = subject->id == plan->domid,
        .untargetable = plan->roles & ROLE_UNTARGETABLE,
        .own_target = ties & TIE_TARGET,
        .peer = ties & TIE_PEER,
    });
}

bool policy_allows_planned(enum policy_operation operation, const struct domain *subject,
                           const struct launch_domain *plan)
{
    return policy_decide(policy, operation, subject->roles, plan->roles,
                         relation_to_planned(subject, plan));
}

int policy_check_planned(enum policy_operation operation, struct domain *subject,
                         const struct launch_domain *plan)
{
    if (policy_allows_planned(operation, subject, plan))
        return 0;
    log_denial(
        operation, subject,
        policy_sufficient_roles(policy, operation, plan->roles, relation_to_planned(subject, plan)),
        plan->domid, plan->name);
    return -EPERM;
}

int policy_unknown(enum policy_operation operation, struct domain *subject)
{
    if (subject->rights.alone[operation] & RIGHT_ON_UNKNOWN)
        return -ESRCH;
    log_denial(operation, subject, policy_sufficient_roles(policy, operation, 0, RELATION_UNKNOWN),
               DOMID_INVALID, "a domain that is not there");
    return -EPERM;
}

static int target_itself(enum policy_operation operation, struct domain *subject,
                         struct domain **target)
{
    int result = policy_check(operation, subject, subject);

    if (result)
        return result;
    domain_hold(subject);
    *target = subject;
    return 0;
}

int policy_target(enum policy_operation operation, struct domain *subject, domid_t id,
                  struct domain **target)
{
    struct domain *found;

    *target = NULL; /* the caller must not let go of what it was refused */
    if (id == DOMID_SELF || id == subject->id)
        return target_itself(operation, subject, target);
    found = domain_get(id);
    if (!found)
        return policy_unknown(operation, subject);
    if (unlikely(!policy_allows_other(operation, subject, found))) {
        policy_deny(operation, subject, found);
        domain_put(found);
        return -EPERM;
    }
    *target = found;
    return 0;
}
