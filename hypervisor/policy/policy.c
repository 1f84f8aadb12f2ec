/* SPDX-License-Identifier: MIT */
/*
 * The decision. At compile time each cell of operations.def becomes the number of a rule; a rule
 * holds, for each set of roles that the subject can have, on which sets of roles of the target it
 * may, as a bitmap. So deciding is two loads and no branch, and takes the same time for yes and for
 * no.
 */
#include <trefoil/policy.h>

#include "cells.h"

#define SETS 16 /* sets of the four roles that give authority */

typedef uint16_t set_bitmap;

#define UNPACK(...)      __VA_ARGS__
#define CALL(macro, ...) macro(__VA_ARGS__)

/* The sets of roles that have one of `roles` in common, as a bitmap. */
#define HIT(set, roles) ((((set) & (roles)) != 0) << (set))
#define SETS_WITH(roles)                                                                           \
    (HIT(0, roles) | HIT(1, roles) | HIT(2, roles) | HIT(3, roles) | HIT(4, roles) |               \
     HIT(5, roles) | HIT(6, roles) | HIT(7, roles) | HIT(8, roles) | HIT(9, roles) |               \
     HIT(10, roles) | HIT(11, roles) | HIT(12, roles) | HIT(13, roles) | HIT(14, roles) |          \
     HIT(15, roles))
#define SET_OF_PLAIN_GUEST 1
#define ALL_SETS           0xffff

/* Something for each set of roles, in their order. */
#define EACH_SET(what, of)                                                                         \
    what(0, of), what(1, of), what(2, of), what(3, of), what(4, of), what(5, of), what(6, of),     \
        what(7, of), what(8, of), what(9, of), what(10, of), what(11, of), what(12, of),           \
        what(13, of), what(14, of), what(15, of)

/* Rules 0 to 15 are for whoever has one of these roles, then one for everyone, then the pairs'. */
enum { RULE_NOBODY = 0, RULE_ANYONE = SETS, RULE_FIRST_PAIR };

/*
 * Pairs. For each policy and each relation between two domains: which sets of roles a domain with
 * this role can reach.
 */
#define IN_OTHER(set)        ((set)&ALL)
#define IN_PEER(set)         (((set)&P) != 0 ? ALL : (set)&ALL)
#define IN_OWN_TARGET(set)   (((set)&T) != 0 ? ALL : (set)&ALL)
#define IN_UNTARGETABLE(set) (((set)&U) != 0 ? (set)&ALL : 0)

#define SETS_OF(partners) (SETS_WITH(partners) | (((partners)&G) != 0 ? SET_OF_PLAIN_GUEST : 0))
#define REACH(id, in, guest, control, hardware, xenstore, device_model)                            \
    REACHED_BY_G_##id = SETS_OF(in(guest)), REACHED_BY_C_##id = SETS_OF(in(control)),              \
    REACHED_BY_H_##id = SETS_OF(in(hardware)), REACHED_BY_X_##id = SETS_OF(in(xenstore)),          \
    REACHED_BY_D_##id = SETS_OF(in(device_model)),
#define REACH_RELATIONS(id, ...)                                                                   \
    REACH(id##_own_target, IN_OWN_TARGET, __VA_ARGS__)                                             \
    REACH(id##_peer, IN_PEER, __VA_ARGS__)                                                         \
    REACH(id##_other, IN_OTHER, __VA_ARGS__)                                                       \
    REACH(id##_untargetable, IN_UNTARGETABLE, __VA_ARGS__)

enum reach {
#define OPERATION(name, kind, target, dummy, silo, split, abi, why)
#define PAIR(name, dummy, silo, split, abi, why)                                                   \
    CALL(REACH_RELATIONS, name##_dummy, UNPACK dummy)                                              \
    CALL(REACH_RELATIONS, name##_silo, UNPACK silo)                                                \
    CALL(REACH_RELATIONS, name##_split, UNPACK split)
#include "operations.def"
#undef PAIR
};

#define PAIR_RULE_NUMBERS(id)                                                                      \
    RULE_##id##_own_target, RULE_##id##_peer, RULE_##id##_other, RULE_##id##_untargetable

enum pair_rule {
    RULE_BEFORE_PAIRS = RULE_FIRST_PAIR - 1,
#define PAIR(name, dummy, silo, split, abi, why)                                                   \
    PAIR_RULE_NUMBERS(name##_dummy), PAIR_RULE_NUMBERS(name##_silo),                               \
        PAIR_RULE_NUMBERS(name##_split),
#include "operations.def"
#undef PAIR
#undef OPERATION
    RULE_COUNT
};
_Static_assert(RULE_COUNT <= UINT8_MAX + 1, "a cell holds the number of its rule in a byte");

/*
 * Operations. Of the five columns of a policy, those whose cell has the bit may; self speaks for
 * every domain.
 */
#define RULE_OF(bit, self, control, hardware, xenstore, device_model)                              \
    ((CELL_##self & (bit)) != 0                                                                    \
         ? RULE_ANYONE                                                                             \
         : ((CELL_##control & (bit)) != 0 ? C : 0) | ((CELL_##hardware & (bit)) != 0 ? H : 0) |    \
               ((CELL_##xenstore & (bit)) != 0 ? X : 0) |                                          \
               ((CELL_##device_model & (bit)) != 0 ? D : 0))

/* Who may know that a domain does not exist; the tests hold it against domctl_getdomaininfo. */
#define LOOKERS_dummy (C | X | D)
#define LOOKERS_silo  (C | X | D)
#define LOOKERS_split (C | X)

#define CELLS_itself(lookers, ...)                                                                 \
    {                                                                                              \
        [RELATION_SELF] = RULE_OF(CELL_IN_SELF, __VA_ARGS__)                                       \
    }
#define CELLS_system(lookers, ...)                                                                 \
    {                                                                                              \
        [RELATION_SYSTEM] = RULE_OF(CELL_IN_SYSTEM, __VA_ARGS__)                                   \
    }
#define CELLS_domain(lookers, ...)                                                                 \
    {                                                                                              \
        [RELATION_SELF] = RULE_OF(CELL_IN_SELF, __VA_ARGS__),                                      \
        [RELATION_OWN_TARGET] = RULE_OF(CELL_IN_OWN_TARGET, __VA_ARGS__),                          \
        [RELATION_PEER] = RULE_OF(CELL_IN_OTHER, __VA_ARGS__),                                     \
        [RELATION_OTHER] = RULE_OF(CELL_IN_OTHER, __VA_ARGS__),                                    \
        [RELATION_UNTARGETABLE] = RULE_OF(CELL_IN_UNTARGETABLE, __VA_ARGS__),                      \
        [RELATION_UNKNOWN] = (lookers)                                                             \
    }
#define CELLS_pair(lookers, id)                                                                    \
    {                                                                                              \
        [RELATION_SELF] = RULE_ANYONE, [RELATION_OWN_TARGET] = RULE_##id##_own_target,             \
        [RELATION_PEER] = RULE_##id##_peer, [RELATION_OTHER] = RULE_##id##_other,                  \
        [RELATION_UNTARGETABLE] = RULE_##id##_untargetable, [RELATION_UNKNOWN] = (lookers)         \
    }

#define REACHED(set, id)                                                                           \
    (((set)&C) != 0 ? REACHED_BY_C_##id : 0) | (((set)&H) != 0 ? REACHED_BY_H_##id : 0) |          \
        (((set)&X) != 0 ? REACHED_BY_X_##id : 0) | (((set)&D) != 0 ? REACHED_BY_D_##id : 0) |      \
        ((set) == 0 ? REACHED_BY_G_##id : 0)
#define PAIR_RULE(id) [RULE_##id] = {EACH_SET(REACHED, id)},
#define PAIR_RULES(id)                                                                             \
    PAIR_RULE(id##_own_target)                                                                     \
    PAIR_RULE(id##_peer) PAIR_RULE(id##_other) PAIR_RULE(id##_untargetable)
#define ALL_IF_ONE_OF(set, roles) (((set) & (roles)) != 0 ? ALL_SETS : 0)
#define ROLE_RULE(roles)          [roles] = {EACH_SET(ALL_IF_ONE_OF, roles)}

static const struct {
    set_bitmap rules[RULE_COUNT][SETS];
    /* Rounded up to powers of two, so that indexing is shifts. */
    uint8_t cells[OP_COUNT][4][8];
} table = {.rules =
               {
                   ROLE_RULE(0),
                   ROLE_RULE(1),
                   ROLE_RULE(2),
                   ROLE_RULE(3),
                   ROLE_RULE(4),
                   ROLE_RULE(5),
                   ROLE_RULE(6),
                   ROLE_RULE(7),
                   ROLE_RULE(8),
                   ROLE_RULE(9),
                   ROLE_RULE(10),
                   ROLE_RULE(11),
                   ROLE_RULE(12),
                   ROLE_RULE(13),
                   ROLE_RULE(14),
                   ROLE_RULE(15),
                   [RULE_ANYONE] = {[0 ... SETS - 1] = ALL_SETS},
#define OPERATION(name, kind, target, dummy, silo, split, abi, why)
#define PAIR(name, dummy, silo, split, abi, why)                                                   \
    PAIR_RULES(name##_dummy) PAIR_RULES(name##_silo) PAIR_RULES(name##_split)
#include "operations.def"
#undef OPERATION
#undef PAIR
               },
           .cells = {
#define OPERATION(name, kind, target, dummy, silo, split, abi, why)                                \
    [OP_##name] = {[POLICY_DUMMY] = CALL(CELLS_##target, LOOKERS_dummy, UNPACK dummy),             \
                   [POLICY_SILO] = CALL(CELLS_##target, LOOKERS_silo, UNPACK silo),                \
                   [POLICY_SPLIT] = CALL(CELLS_##target, LOOKERS_split, UNPACK split)},
#define PAIR(name, dummy, silo, split, abi, why)                                                   \
    [OP_##name] = {[POLICY_DUMMY] = CELLS_pair(LOOKERS_dummy, name##_dummy),                       \
                   [POLICY_SILO] = CELLS_pair(LOOKERS_silo, name##_silo),                          \
                   [POLICY_SPLIT] = CELLS_pair(LOOKERS_split, name##_split)},
#include "operations.def"
#undef OPERATION
#undef PAIR
           }};

_Static_assert(ROLE_UNTARGETABLE == SETS, "the sets with it are the upper half");
_Static_assert(POLICY_COUNT <= 4 && RELATION_COUNT <= 8, "the table of cells is too small");

/* On which sets of roles of a target in this relation a subject may. */
static unsigned int targets_of(enum policy_id policy, enum policy_operation operation,
                               uint32_t subject_roles, enum policy_relation relation)
{
    unsigned int rule = table.cells[operation][policy][relation];

    return table.rules[rule][subject_roles & ROLE_MASK];
}

bool policy_decide(enum policy_id policy, enum policy_operation operation, uint32_t subject_roles,
                   uint32_t target_roles, enum policy_relation relation)
{
    unsigned int sets = targets_of(policy, operation, subject_roles, relation);

    return (sets >> (target_roles & ROLE_MASK) & 1) != 0;
}

uint32_t policy_sufficient_roles(enum policy_id policy, enum policy_operation operation,
                                 uint32_t target_roles, enum policy_relation relation)
{
    uint32_t sufficient = 0;

    for (uint32_t role = ROLE_CONTROL; role <= ROLE_DEVICE_MODEL; role <<= 1) {
        if (policy_decide(policy, operation, role, target_roles, relation))
            sufficient |= role;
    }
    return sufficient;
}

enum policy_relation policy_relate(struct policy_facts facts)
{
    if (!facts.exists)
        return RELATION_UNKNOWN;
    if (facts.is_subject)
        return RELATION_SELF;
    if (facts.untargetable)
        return RELATION_UNTARGETABLE;
    if (facts.own_target)
        return RELATION_OWN_TARGET;
    return facts.peer ? RELATION_PEER : RELATION_OTHER;
}

/* What a rule holds for the subject's set of roles, whose column it is. */
static unsigned int in_column(const set_bitmap *column, unsigned int rule)
{
    return column[rule * SETS];
}

void policy_work_out(enum policy_id policy, uint32_t subject_roles, struct policy_rights *rights)
{
    const set_bitmap *column = &table.rules[0][subject_roles & ROLE_MASK];

    for (enum policy_operation op = 0; op < OP_COUNT; op++) {
        const uint8_t *cells = table.cells[op][policy];
        uint32_t untargetable = (uint32_t)in_column(column, cells[RELATION_UNTARGETABLE]) << SETS;
        unsigned int self = in_column(column, cells[RELATION_SELF]) >> (subject_roles & ROLE_MASK);

#pragma GCC unroll 4
        for (unsigned int ties = 0; ties < TIE_SETS; ties++) {
            enum policy_relation relation = policy_relate((struct policy_facts){
                .exists = true, .own_target = ties & TIE_TARGET, .peer = ties & TIE_PEER});

            rights->others[op][ties] = in_column(column, cells[relation]) | untargetable;
        }
        rights->alone[op] =
            (uint8_t)((self & 1) * RIGHT_ON_ITSELF |
                      (in_column(column, cells[RELATION_SYSTEM]) & 1) * RIGHT_ON_SYSTEM |
                      (in_column(column, cells[RELATION_UNKNOWN]) & 1) * RIGHT_ON_UNKNOWN);
    }
}
