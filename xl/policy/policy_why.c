/* SPDX-License-Identifier: MIT */
/* One decision of the policy, explained with names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "policy.h"
#include "print.h"

struct decision {
    const char *policy, *operation, *abi, *kind, *relation, *why;
    char subject[PARTY_TEXT_MAX], target[PARTY_TEXT_MAX];
    char regions[REGIONS_TEXT_MAX];
    uint32_t subject_roles, target_roles, sufficient_roles;
    uint32_t channels; /* that join the two now */
    bool by_channel;   /* which is what it takes */
    bool allowed, if_own_target, if_peer;
};

#define FIELD(member, kind_, name_)                                                                \
    {                                                                                              \
        .name = (name_), .kind = LIBXL_KIND_##kind_, .offset = offsetof(struct decision, member),  \
        .size = sizeof(((struct decision *)0)->member)                                             \
    }

const struct libxl_field xl_policy_decision_fields[] = {
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
    FIELD(channels, NUMBER, "channels"),
    FIELD(regions, TEXT, "shared_memory"),
    FIELD(sufficient_roles, ROLES, "sufficient_roles"),
    FIELD(if_own_target, BOOL, "allowed_to_its_device_model"),
    FIELD(if_peer, BOOL, "allowed_to_declared_peers"),
    FIELD(why, POINTER, "why"),
    {.name = NULL},
};

static bool decide_with(enum policy_id policy, enum policy_operation operation,
                        const struct party *subject, const struct party *target,
                        const struct bond *bond)
{
    return policy_decide(policy, operation, subject->roles, target->roles,
                         policy_relation_of(operation, target, bond));
}

/* The row is about what the subject owns, and yet joins it to another: a port. */
static bool is_by_channel(enum policy_operation operation)
{
    return policy_operation_kind(operation) == KIND_communicate &&
           policy_operation_target(operation) == TARGET_itself;
}

/* `target` is NULL where none is named. */
static void decide(enum policy_id policy, enum policy_operation operation,
                   const struct party *subject, const struct party *target, const struct bond *bond,
                   struct decision *out)
{
    const struct party *to = target ? target : subject;
    const enum policy_relation relation = policy_relation_of(operation, to, bond);
    const struct bond own = {.is_subject = bond->is_subject, .ties = LIBXL_TIE_TARGET};
    const struct bond peer = {.is_subject = bond->is_subject, .ties = LIBXL_TIE_PEER};
    const struct policy_row *row = policy_row(operation);
    *out = (struct decision){
        .policy = policy_name(policy),
        .operation = row->name,
        .abi = row->abi,
        .kind = policy_kind_name(policy_operation_kind(operation)),
        .relation = policy_relation_name(relation),
        .why = row->why,
        .subject_roles = subject->roles,
        .target_roles = to->roles,
        .channels = bond->channels,
        .by_channel = target && is_by_channel(operation),
        .allowed = decide_with(policy, operation, subject, to, bond),
        .sufficient_roles = policy_sufficient_roles(policy, operation, to->roles, relation),
        .if_own_target = decide_with(policy, operation, subject, to, &own),
        .if_peer = decide_with(policy, operation, subject, to, &peer),
    };
    if (out->by_channel)
        out->allowed = out->allowed && (bond->is_subject || bond->channels);
    policy_describe_party(subject, out->subject);
    if (target)
        policy_describe_party(target, out->target);
    if (policy_operation_kind(operation) == KIND_communicate)
        snprintf(out->regions, sizeof(out->regions), "%s", bond->regions);
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
    if (!decision->allowed && decision->if_own_target && !decision->by_channel)
        printf("It is allowed if the device tree or set_target makes the subject the target's "
               "device model.\n");
    if (!decision->allowed && decision->if_peer && !decision->by_channel)
        printf("It is allowed if the device tree declares the two to be peers.\n");
    if (decision->channels)
        printf("They are joined by %u event channel%s, over which each may send to the other.\n",
               decision->channels, decision->channels == 1 ? "" : "s");
    else if (decision->by_channel && !decision->allowed)
        printf("No event channel joins the two: the device tree may declare one, and peers can "
               "make one.\n");
    if (decision->regions[0])
        printf("They share memory by the device tree's word, which no row is about: %s.\n",
               decision->regions);
    printf("Why split is so: %s\n", decision->why);
}

static void print_one(enum policy_id policy, enum policy_operation operation,
                      const struct decision *decision)
{
    print_decision(decision);
    print_cells(policy, operation);
    print_reasons(decision);
}

/* Of several, one line each. */
static void print_line(const struct decision *decision)
{
    printf("%-7s %s%s\n", decision->allowed ? "ALLOWED" : "DENIED", decision->operation,
           decision->target[0] ? "" : " (the caller itself, or the machine)");
}

/* What the arguments ask. */
struct question {
    enum policy_id policy;
    struct party subject, target;
    bool named; /* there is a target */
    struct bond bond;
    bool found[OP_COUNT];
    size_t count;
};

static bool takes_target(enum policy_operation operation)
{
    return policy_operation_target(operation) == TARGET_domain || is_by_channel(operation);
}

/* Of one operation that is named it is known whether there must be a target. */
static bool check_target(const struct question *question, enum policy_operation operation)
{
    if (question->named && !takes_target(operation))
        xl_fail_with("%s has no target: it is for the caller or the machine.",
                     policy_row(operation)->name);
    else if (!question->named && policy_operation_target(operation) == TARGET_domain)
        xl_fail_with("%s has a target: name it.", policy_row(operation)->name);
    else
        return true;
    return false;
}

static bool find_target(const struct xl_call *call, struct question *question)
{
    question->named = call->argc > 2;
    question->target = question->subject;
    question->bond = (struct bond){.is_subject = true};
    if (!question->named || !strcmp(call->argv[2], "self"))
        return true;
    return policy_find_party(call->argv[2], &question->target) &&
           policy_find_bond(&question->subject, &question->target, &question->bond);
}

/* Fills out[] in the table's order; returns how many. */
static size_t decide_all(const struct question *question, struct decision *out)
{
    size_t count = 0;
    for (enum policy_operation operation = 0; operation < OP_COUNT; operation++) {
        bool with_target = question->named && takes_target(operation);
        if (question->found[operation] &&
            (question->named || policy_operation_target(operation) != TARGET_domain))
            decide(question->policy, operation, &question->subject,
                   with_target ? &question->target : NULL, &question->bond, &out[count++]);
    }
    return count;
}

static enum policy_operation first_found(const struct question *question)
{
    enum policy_operation operation = 0;
    while (operation < OP_COUNT - 1 && !question->found[operation])
        operation++;
    return operation;
}

static int print_answers(const struct xl_call *call, const struct question *question,
                         const struct decision *decisions, size_t count)
{
    const bool one = question->count == 1;
    const struct libxl_data data = {
        one ? NULL : "decisions", "decision", xl_policy_decision_fields, decisions, count,
        sizeof(*decisions)};
    if (xl_wants_data(call, 'j'))
        return xl_print_data(call, &data);
    for (size_t i = 0; i < count; i++) {
        if (one)
            print_one(question->policy, first_found(question), &decisions[i]);
        else
            print_line(&decisions[i]);
    }
    return XL_OK;
}

static int answer(const struct xl_call *call, const struct question *question)
{
    struct decision *decisions = calloc(OP_COUNT, sizeof(*decisions));
    if (!decisions)
        return xl_fail_with("Out of memory.");
    size_t count = decide_all(question, decisions);
    int status = count ? print_answers(call, question, decisions, count) : XL_USAGE;
    if (!count)
        xl_fail_with("What '%s' names has a target: name it.", call->argv[1]);
    for (size_t i = 0; i < count && status == XL_OK; i++)
        status = decisions[i].allowed ? XL_OK : XL_DENIED;
    free(decisions);
    return status;
}

int xl_policy_explain(const struct xl_call *call, enum policy_id policy)
{
    struct question question = {.policy = policy};
    if (call->argc < 2 || call->argc > 3) {
        xl_fail_with(
            "Explaining a decision takes a subject, an operation and, for most, a target.");
        return XL_USAGE;
    }
    question.count = policy_match(call->argv[1], question.found);
    if (!question.count)
        return policy_no_operation(call->argv[1]);
    if (!policy_find_party(call->argv[0], &question.subject))
        return XL_FAILED;
    if (!question.subject.exists)
        return xl_fail_with("Domain '%s' does not exist.", call->argv[0]);
    if (!find_target(call, &question))
        return XL_USAGE;
    if (question.count == 1 && !check_target(&question, first_found(&question)))
        return XL_USAGE;
    return answer(call, &question);
}
