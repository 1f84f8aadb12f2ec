/* SPDX-License-Identifier: MIT */
/* One decision of the policy, explained with names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "policy.h"
#include "print.h"

/* A domain, or what stands for one: a set of roles. */
struct party {
    const char *given;
    char name[LIBXL_NAME_MAX];
    bool is_domain; /* domid is valid */
    bool exists;
    uint32_t domid;
    uint32_t roles;
};

struct decision {
    const char *policy, *operation, *abi, *kind, *relation, *why;
    char subject[LIBXL_NAME_MAX + 40], target[LIBXL_NAME_MAX + 40];
    uint32_t subject_roles, target_roles, sufficient_roles;
    bool allowed, if_own_target, if_peer;
};

#define FIELD(member, kind_, name_)                                                                \
    {                                                                                              \
        .name = (name_), .kind = LIBXL_KIND_##kind_, .offset = offsetof(struct decision, member),  \
        .size = sizeof(((struct decision *)0)->member)                                             \
    }

static const struct libxl_field decision_fields[] = {
    FIELD(policy, POINTER, "policy"),
    FIELD(subject, STRING, "subject"),
    FIELD(subject_roles, ROLES, "subject_roles"),
    FIELD(operation, POINTER, "operation"),
    FIELD(abi, POINTER, "abi"),
    FIELD(kind, POINTER, "kind"),
    FIELD(target, TEXT, "target"),
    FIELD(target_roles, ROLES, "target_roles"),
    FIELD(relation, POINTER, "relation"),
    FIELD(allowed, BOOL, "allowed"),
    FIELD(sufficient_roles, ROLES, "sufficient_roles"),
    FIELD(if_own_target, BOOL, "allowed_to_its_device_model"),
    FIELD(if_peer, BOOL, "allowed_to_declared_peers"),
    FIELD(why, POINTER, "why"),
    {.name = NULL},
};

/* One word of a set of roles. */
static bool parse_role(const char *word, size_t length, uint32_t *roles)
{
    if (length == strlen("guest") && !memcmp(word, "guest", length))
        return true;
    for (unsigned int i = 0; libxl_role_name(i); i++) {
        if (strlen(libxl_role_name(i)) == length && !memcmp(libxl_role_name(i), word, length)) {
            *roles |= 1u << i;
            return true;
        }
    }
    return false;
}

/* "control", "hardware+xenstore", "guest". */
static bool parse_roles(const char *text, uint32_t *roles)
{
    *roles = 0;
    for (;;) {
        size_t length = strcspn(text, "+,");
        if (!parse_role(text, length, roles))
            return false;
        if (!text[length])
            return true;
        text += length + 1;
    }
}

/* Fills in a domain of this name or id, if there is one. */
static enum libxl_code find_domain(struct party *party)
{
    struct libxl_domain domain;
    enum libxl_code code = libxl_domain_find(xl_context(), party->given, &party->domid);
    if (code == LIBXL_OK)
        code = libxl_domain_get(xl_context(), party->domid, &domain);
    if (code != LIBXL_OK)
        return code;
    party->is_domain = true;
    party->roles = domain.roles;
    snprintf(party->name, sizeof(party->name), "%s", domain.name);
    return LIBXL_OK;
}

/* A domain, else a set of roles. An id without a domain is a domain that is not there. */
static bool find_party(const char *given, struct party *out)
{
    *out = (struct party){.given = given, .exists = true};
    enum libxl_code code = find_domain(out);
    if (code == LIBXL_OK)
        return true;
    snprintf(out->name, sizeof(out->name), "%s", given);
    if (parse_roles(given, &out->roles))
        return true;
    out->exists = false;
    if (given[strspn(given, "0123456789")] == '\0')
        return code == LIBXL_NO_DOMAIN || xl_fail() == XL_OK;
    xl_fail_with("'%s' is neither a domain that can be seen nor a set of roles (control, "
                 "hardware+xenstore, guest).",
                 given);
    return false;
}

static void describe(const struct party *party, char *out, size_t size)
{
    if (!party->exists)
        snprintf(out, size, "domain %s, which does not exist", party->given);
    else if (party->is_domain)
        snprintf(out, size, "%s (domain %u)", party->name, party->domid);
    else
        snprintf(out, size, "a domain that is %s", party->name);
}

static enum policy_relation relation(enum policy_operation operation, const struct party *target,
                                     bool is_subject, bool own_target, bool peer)
{
    if (policy_operation_target(operation) == TARGET_system)
        return RELATION_SYSTEM;
    return policy_relate((struct policy_facts){
        .exists = target->exists,
        .is_subject = is_subject,
        .untargetable = target->roles & ROLE_UNTARGETABLE,
        .own_target = own_target,
        .peer = peer,
    });
}

static void decide(enum policy_id policy, enum policy_operation operation,
                   const struct party *subject, const struct party *target, bool is_subject,
                   struct decision *out)
{
    const enum policy_relation plain = relation(operation, target, is_subject, false, false);
    const enum policy_relation own = relation(operation, target, is_subject, true, false);
    const enum policy_relation peer = relation(operation, target, is_subject, false, true);
    const struct policy_row *row = policy_row(operation);
    *out = (struct decision){
        .policy = policy_name(policy),
        .operation = row->name,
        .abi = row->abi,
        .kind = policy_kind_name(policy_operation_kind(operation)),
        .relation = policy_relation_name(plain),
        .why = row->why,
        .subject_roles = subject->roles,
        .target_roles = target->roles,
        .allowed = policy_decide(policy, operation, subject->roles, target->roles, plain),
        .sufficient_roles = policy_sufficient_roles(policy, operation, target->roles, plain),
        .if_own_target = policy_decide(policy, operation, subject->roles, target->roles, own),
        .if_peer = policy_decide(policy, operation, subject->roles, target->roles, peer),
    };
    describe(subject, out->subject, sizeof(out->subject));
    if (policy_operation_target(operation) == TARGET_domain)
        describe(target, out->target, sizeof(out->target));
}

static void print_cells(enum policy_id policy, enum policy_operation operation)
{
    char text[128];
    printf("The row:");
    for (enum policy_column column = 0; column < COLUMN_COUNT; column++)
        printf("%s %s: %s", column ? ";" : "", policy_column_name(column),
               policy_cell_text(policy, operation, column, text, sizeof(text)));
    printf("\n");
}

static void print_decision(const struct decision *decision)
{
    char roles[64];
    xl_format_roles(decision->subject_roles, roles, sizeof(roles));
    printf("%s: %s (%s, %s), policy %s\n", decision->allowed ? "ALLOWED" : "DENIED", decision->abi,
           decision->operation, decision->kind, decision->policy);
    printf("Subject: %s; roles: %s\n", decision->subject, roles);
    xl_format_roles(decision->target_roles, roles, sizeof(roles));
    if (decision->target[0])
        printf("Target: %s; roles: %s; to the subject it is %s\n", decision->target, roles,
               decision->relation);
    else
        printf("Target: %s\n", decision->relation);
}

static void print_reasons(const struct decision *decision)
{
    char roles[64];
    xl_format_roles(decision->sufficient_roles, roles, sizeof(roles));
    if (decision->sufficient_roles)
        printf("Each of these roles alone is allowed it: %s\n", roles);
    else if (!decision->allowed)
        printf("No role is allowed it.\n");
    if (!decision->allowed && decision->if_own_target)
        printf("It is allowed if the device tree or set_target makes the subject the target's "
               "device model.\n");
    if (!decision->allowed && decision->if_peer)
        printf("It is allowed if the device tree declares the two to be peers.\n");
    printf("Why split is so: %s\n", decision->why);
}

/* Who the third argument is: the subject itself, if the operation has no other target. */
static bool find_target(const struct xl_call *call, enum policy_operation operation,
                        const struct party *subject, struct party *target, bool *is_subject)
{
    bool named = call->argc > 2;
    *target = *subject;
    *is_subject = true;
    if (policy_operation_target(operation) != TARGET_domain) {
        if (named)
            xl_fail_with("%s has no target: it is for the caller or the machine.",
                         policy_row(operation)->name);
        return !named;
    }
    if (!named) {
        xl_fail_with("%s has a target: name it.", policy_row(operation)->name);
        return false;
    }
    if (!strcmp(call->argv[2], "self"))
        return true;
    if (!find_party(call->argv[2], target))
        return false;
    *is_subject = subject->is_domain && target->is_domain && subject->domid == target->domid;
    return true;
}

int xl_policy_explain(const struct xl_call *call, enum policy_id policy)
{
    struct party subject, target;
    struct decision decision;
    bool is_subject;
    if (call->argc < 2 || call->argc > 3) {
        xl_fail_with(
            "Explaining a decision takes a subject, an operation and, for most, a target.");
        return XL_USAGE;
    }
    enum policy_operation operation = policy_operation_from_name(call->argv[1]);
    if (operation == OP_COUNT)
        return xl_fail_with("There is no operation '%s'; 'xl policy' lists all.", call->argv[1]);
    if (!find_party(call->argv[0], &subject))
        return XL_FAILED;
    if (!subject.exists)
        return xl_fail_with("Domain '%s' does not exist.", call->argv[0]);
    if (!find_target(call, operation, &subject, &target, &is_subject))
        return XL_USAGE;
    decide(policy, operation, &subject, &target, is_subject, &decision);
    const struct xl_data data = {.item = "decision", .fields = decision_fields, .items = &decision};
    if (xl_wants_data(call, 'j')) {
        if (xl_print_data(call, &data) != XL_OK)
            return XL_FAILED;
    } else {
        print_decision(&decision);
        print_cells(policy, operation);
        print_reasons(&decision);
    }
    return decision.allowed ? XL_OK : XL_DENIED;
}
