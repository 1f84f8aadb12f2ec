/* SPDX-License-Identifier: MIT */
/* The split's rule of who communicates with whom, said in words of its own. */
#include "policy_space.h"

enum direction { OFFERS, TAKES_UP, COPIES };

/* Single roles on both sides, 0 for a plain guest. */
static bool is_guest(uint32_t role)
{
    /* As to devices and the store a device model is a guest like others. */
    return role == 0 || role == ROLE_DEVICE_MODEL;
}

static bool either(uint32_t left, uint32_t right, uint32_t role)
{
    return left == role || right == role;
}

/* The console of control is served by hardware: control offers, hardware takes up. */
static bool is_console_path(uint32_t subject, uint32_t target, enum direction direction)
{
    if (direction == OFFERS)
        return subject == ROLE_CONTROL && target == ROLE_HARDWARE;
    if (direction == TAKES_UP)
        return subject == ROLE_HARDWARE && target == ROLE_CONTROL;
    return false;
}

static bool pair_may(uint32_t subject, uint32_t target, enum direction direction)
{
    if (either(subject, target, ROLE_XENSTORE))
        return true;
    if (either(subject, target, ROLE_HARDWARE))
        return is_guest(subject) || is_guest(target) || is_console_path(subject, target, direction);
    return false;
}

static const struct {
    enum policy_operation operation;
    enum direction direction;
} pair_operations[] = {
    {OP_evtchn_alloc_unbound, OFFERS},
    {OP_evtchn_bind_interdomain, TAKES_UP},
    {OP_grant_map, TAKES_UP},
    {OP_grant_copy, COPIES},
    {OP_argo_register_single_source, COPIES},
    {OP_argo_send, COPIES},
};
#define PAIR_OPERATIONS (sizeof(pair_operations) / sizeof(pair_operations[0]))

static const uint32_t parties[] = {0, ROLE_CONTROL, ROLE_HARDWARE, ROLE_XENSTORE,
                                   ROLE_DEVICE_MODEL};
#define PARTIES (sizeof(parties) / sizeof(parties[0]))

static void expect_pair(enum policy_operation operation, uint32_t subject, uint32_t target,
                        enum policy_relation relation, bool allowed)
{
    struct question q = {POLICY_SPLIT, operation, subject, target, relation};

    expect(&q, allowed);
}

static void strangers_communicate_in_the_named_pairs(void **state)
{
    (void)state;
    for (size_t i = 0; i < PAIR_OPERATIONS; i++)
        for (size_t s = 0; s < PARTIES; s++)
            for (size_t t = 0; t < PARTIES; t++)
                expect_pair(pair_operations[i].operation, parties[s], parties[t], RELATION_OTHER,
                            pair_may(parties[s], parties[t], pair_operations[i].direction));
}

static void the_device_tree_can_declare_any_pair(void **state)
{
    (void)state;
    for (size_t i = 0; i < PAIR_OPERATIONS; i++)
        for (size_t s = 0; s < PARTIES; s++)
            for (size_t t = 0; t < PARTIES; t++)
                expect_pair(pair_operations[i].operation, parties[s], parties[t], RELATION_PEER,
                            true);
}

static void a_device_model_communicates_with_its_targets(void **state)
{
    (void)state;
    for (size_t i = 0; i < PAIR_OPERATIONS; i++) {
        for (size_t t = 0; t < PARTIES; t++) {
            expect_pair(pair_operations[i].operation, ROLE_DEVICE_MODEL, parties[t],
                        RELATION_OWN_TARGET, true);
            /* A target without the role is worth what a stranger is. */
            expect_pair(pair_operations[i].operation, 0, parties[t], RELATION_OWN_TARGET,
                        pair_may(0, parties[t], pair_operations[i].direction));
        }
    }
}

static void with_itself_everyone_communicates(void **state)
{
    (void)state;
    FOR_EACH_ROLE_SET(roles)
    {
        for (size_t i = 0; i < PAIR_OPERATIONS; i++)
            expect_pair(pair_operations[i].operation, roles, roles, RELATION_SELF, true);
    }
}

static void nobody_transfers_pages(void **state)
{
    (void)state;
    FOR_EACH_ROLE_SET(subject)
    {
        FOR_EACH_ROLE_SET(target)
        {
            expect_pair(OP_grant_transfer, subject, target, RELATION_OTHER, false);
            expect_pair(OP_grant_transfer, subject, target, RELATION_PEER, false);
            expect_pair(OP_grant_transfer, subject, target, RELATION_OWN_TARGET, false);
        }
    }
}

static void all_pair_operations_are_stated_here(void **state)
{
    size_t count = 0;

    (void)state;
    FOR_EACH_OPERATION(operation)
    count += joins_two_domains(operation);
    assert_int_equal(count, PAIR_OPERATIONS + 1); /* and grant_transfer */
}

static void visit_two_guests(const struct question *q)
{
    const uint32_t roles = (q->subject | q->target) & ROLE_MASK;

    if (q->policy != POLICY_DUMMY && roles == 0 && joins_two_domains(q->operation) &&
        (q->relation == RELATION_OTHER || q->relation == RELATION_UNTARGETABLE))
        expect(q, false);
}

static void two_plain_guests_cannot_communicate_under_silo_and_split(void **state)
{
    (void)state;
    walk_all(visit_two_guests);
}

/* The two event-channel operations are the two halves of one channel: one side offers, the other
 * takes up. */
static void whoever_may_offer_finds_a_taker(void **state)
{
    (void)state;
    FOR_EACH_POLICY(policy)
    {
        FOR_EACH_ROLE_SET(subject)
        {
            FOR_EACH_ROLE_SET(target)
            {
                struct question offer = {policy, OP_evtchn_alloc_unbound, subject, target,
                                         RELATION_OTHER};
                struct question take = {policy, OP_evtchn_bind_interdomain, target, subject,
                                        RELATION_OTHER};

                expect(&take, ask(&offer));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strangers_communicate_in_the_named_pairs),
        cmocka_unit_test(the_device_tree_can_declare_any_pair),
        cmocka_unit_test(a_device_model_communicates_with_its_targets),
        cmocka_unit_test(with_itself_everyone_communicates),
        cmocka_unit_test(nobody_transfers_pages),
        cmocka_unit_test(all_pair_operations_are_stated_here),
        cmocka_unit_test(two_plain_guests_cannot_communicate_under_silo_and_split),
        cmocka_unit_test(whoever_may_offer_finds_a_taker),
    };

    return cmocka_run_group_tests_name("policy_pair", tests, NULL, NULL);
}
