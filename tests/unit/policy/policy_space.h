/* SPDX-License-Identifier: MIT */
/* The whole finite space that the policy decides over, for tests that walk all of it. */
#ifndef POLICY_SPACE_H
#define POLICY_SPACE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <trefoil/policy.h>

#define ROLE_SETS 32U /* with ROLE_UNTARGETABLE */

/* One decision's arguments. */
struct question {
    enum policy_id policy;
    enum policy_operation operation;
    uint32_t subject, target;
    enum policy_relation relation;
};

#define FOR_EACH_POLICY(id)      for (enum policy_id id = 0; (id) < POLICY_COUNT; (id)++)
#define FOR_EACH_OPERATION(op)   for (enum policy_operation op = 0; (op) < OP_COUNT; (op)++)
#define FOR_EACH_RELATION(rel)   for (enum policy_relation rel = 0; (rel) < RELATION_COUNT; (rel)++)
#define FOR_EACH_ROLE_SET(roles) for (uint32_t roles = 0; (roles) < ROLE_SETS; (roles)++)
#define FOR_EACH_SINGLE_ROLE(role)                                                                 \
    for (uint32_t role = ROLE_CONTROL; (role) <= ROLE_DEVICE_MODEL; (role) <<= 1)

typedef void question_visitor(const struct question *question);

/* Every policy, operation, set of roles on either side and relation: 4.8 million questions. */
static inline void walk_all(question_visitor *visit)
{
    struct question q;

    for (q.policy = 0; q.policy < POLICY_COUNT; q.policy++)
        for (q.operation = 0; q.operation < OP_COUNT; q.operation++)
            for (q.relation = 0; q.relation < RELATION_COUNT; q.relation++)
                for (q.subject = 0; q.subject < ROLE_SETS; q.subject++)
                    for (q.target = 0; q.target < ROLE_SETS; q.target++)
                        visit(&q);
}

static inline bool ask(const struct question *q)
{
    return policy_decide(q->policy, q->operation, q->subject, q->target, q->relation);
}

/* Fails the test, saying which question was answered wrong. */
static inline void expect(const struct question *q, bool allowed)
{
    if (ask(q) == allowed)
        return;
    fail_msg("%s: %s by roles %#x of roles %#x, relation %d: should be %s", policy_name(q->policy),
             policy_operation_name(q->operation), q->subject, q->target, (int)q->relation,
             allowed ? "allowed" : "denied");
}

static inline bool one_of(enum policy_operation operation, const enum policy_operation *list,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == operation)
            return true;
    }
    return false;
}
#define ONE_OF(operation, list) one_of(operation, list, sizeof(list) / sizeof((list)[0]))

static inline bool named(enum policy_operation operation, const char *prefix)
{
    return strncmp(policy_operation_name(operation), prefix, strlen(prefix)) == 0;
}

/* Rows that join two domains; evtchn_send communicates too, but over a port that the caller owns.
 */
static inline bool joins_two_domains(enum policy_operation operation)
{
    return policy_operation_kind(operation) == KIND_communicate &&
           policy_operation_target(operation) == TARGET_domain;
}

static inline bool between_two_domains(enum policy_relation relation)
{
    return relation == RELATION_OWN_TARGET || relation == RELATION_PEER ||
           relation == RELATION_OTHER || relation == RELATION_UNTARGETABLE;
}

#endif
