/* SPDX-License-Identifier: MIT */
/* Asking the policy, in core: who is who to whom, what a refusal is, and what the log says of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core_fake/machine.h"
#include <trefoil/access.h>
#include <trefoil/errno.h>

#define WINDOW UINT64_C(6000000000) /* ns: longer than what the log's limit looks at */
#define BURST  10                   /* lines in it */

static struct domain *hardware, *control, *model, *guest, *other, *safe;

static int start(void **state)
{
    (void)state;
    fake.uart_size = 0;
    hardware = fake_domain(0, "hardware", ROLE_HARDWARE | ROLE_XENSTORE, 1, 1);
    control = fake_domain(1, "control", ROLE_CONTROL, 1, 1);
    model = fake_domain(2, "model", ROLE_DEVICE_MODEL, 1, 1);
    guest = fake_domain(3, "guest", 0, 1, 1);
    other = fake_domain(4, "other", 0, 1, 1);
    safe = fake_domain(5, "safe", ROLE_UNTARGETABLE, 1, 1);
    policy_choose("split");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fake_be(0, control->vcpus[0]);
    fake_destroy(hardware);
    fake_destroy(model);
    fake_destroy(guest);
    fake_destroy(other);
    fake_destroy(safe);
    fake_destroy(control);
    policy_choose("split");
    return 0;
}

/* How often this was printed since the test began. */
static int printed(const char *text)
{
    const char *at = fake.uart;
    int count = 0;

    fake.uart[fake.uart_size] = '\0';
    while ((at = strstr(at, text)) != NULL) {
        count++;
        at++;
    }
    return count;
}

static void a_denial_says_who_what_whom_and_which_role(void **state)
{
    (void)state;
    assert_int_equal(policy_check(OP_domctl_pausedomain, hardware, guest), -EPERM);
    assert_int_equal(printed("denied: hardware domctl_pausedomain on guest: needs role control\r"),
                     1);
    assert_int_equal(policy_check(OP_platform_settime, control, NULL), -EPERM);
    assert_int_equal(printed("denied: control platform_settime: needs role hardware\r"), 1);
    assert_int_equal(policy_check(OP_sysctl_readconsole, guest, NULL), -EPERM);
    assert_int_equal(printed("denied: guest sysctl_readconsole: needs role control or another\r"),
                     1);
    assert_int_equal(policy_check(OP_domctl_pausedomain, control, safe), -EPERM);
    assert_int_equal(printed("denied: control domctl_pausedomain on safe: no role may\r"), 1);
}

static void what_is_allowed_is_not_told(void **state)
{
    (void)state;
    assert_int_equal(policy_check(OP_domctl_pausedomain, control, guest), 0);
    assert_int_equal(policy_check(OP_hvm_set_param, guest, guest), 0);
    assert_false(policy_allows(OP_domctl_pausedomain, guest, control));
    assert_int_equal(printed("denied"), 0);
}

static void who_may_look_is_told_that_a_domain_is_not_there(void **state)
{
    struct domain *found;

    (void)state;
    assert_int_equal(policy_target(OP_domctl_pausedomain, control, 99, &found), -ESRCH);
    assert_int_equal(printed("denied"), 0);
    assert_int_equal(policy_target(OP_domctl_pausedomain, guest, 99, &found), -EPERM);
    assert_int_equal(printed("denied: guest domctl_pausedomain on a domain that is not there"), 1);
}

static void a_target_is_held(void **state)
{
    struct domain *found;
    uint32_t before = domain_references(guest);

    (void)state;
    assert_int_equal(policy_target(OP_domctl_pausedomain, control, guest->id, &found), 0);
    assert_ptr_equal(found, guest);
    assert_int_equal(domain_references(guest), before + 1);
    domain_put(found);
    assert_int_equal(policy_target(OP_domctl_pausedomain, hardware, guest->id, &found), -EPERM);
    assert_int_equal(domain_references(guest), before);
    assert_int_equal(policy_target(OP_hvm_get_param, guest, DOMID_SELF, &found), 0);
    assert_ptr_equal(found, guest);
    domain_put(found);
}

static void no_subject_hides_what_another_tries(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++)
        policy_check(OP_domctl_pausedomain, guest, control);
    assert_int_equal(printed("denied: guest "), BURST);
    policy_check(OP_domctl_pausedomain, other, control);
    assert_int_equal(printed("denied: other domctl_pausedomain on control"), 1);
    fake.now += WINDOW;
    policy_check(OP_domctl_pausedomain, guest, control);
    assert_int_equal(printed("denied: guest: 990 similar lines left out"), 1);
    assert_int_equal(printed("denied: guest domctl_pausedomain"), BURST + 1);
}

static bool communicate(struct domain *from, struct domain *to)
{
    return policy_allows(OP_evtchn_alloc_unbound, from, to) ||
           policy_allows(OP_evtchn_bind_interdomain, from, to) ||
           policy_allows(OP_grant_map, from, to) || policy_allows(OP_grant_copy, from, to);
}

static void guests_communicate_as_the_tree_declares(void **state)
{
    (void)state;
    assert_false(communicate(guest, other));
    guest->ties[other->id] |= TIE_PEER;
    assert_true(communicate(guest, other));
    guest->ties[safe->id] |= TIE_PEER;
    assert_false(communicate(guest, safe));
}

static void a_target_makes_no_device_model(void **state)
{
    (void)state;
    assert_true(policy_add_target(guest, other->id));
    assert_false(communicate(guest, other));
    assert_false(communicate(other, guest));
    assert_false(policy_allows(OP_memory_foreign_map, guest, other));

    assert_false(communicate(model, other));
    assert_true(policy_add_target(model, other->id));
    assert_true(communicate(model, other));
    assert_true(communicate(other, model));
    assert_false(communicate(guest, model));
    assert_true(policy_allows(OP_memory_foreign_map, model, other));
    assert_false(policy_allows(OP_memory_foreign_map, model, guest));
}

static void what_the_tree_declares_is_taken_over(void **state)
{
    const uint64_t peers[4] = {1 << 4 | 1 << 5, 0, 0, 1ULL << 63}, targets[4] = {1 << 4, 1};

    (void)state;
    policy_declare(model, peers, targets);
    for (unsigned int id = 0; id <= DOMAIN_TIED_IDS; id++) {
        bool peer = id == 4 || id == 5 || id == 255, target = id == 4 || id == 64;

        assert_int_equal(model->ties[id], (peer ? TIE_PEER : 0) | (target ? TIE_TARGET : 0));
        assert_int_equal(model->serves[id], target ? TIE_PEER : 0);
    }
}

static void nothing_is_declared_of_large_ids(void **state)
{
    struct domain *far = fake_domain(DOMAIN_TIED_IDS, "far", 0, 1, 1);
    struct domain *farther = fake_domain(DOMAIN_TIED_IDS + 5, "farther", 0, 1, 1);

    (void)state;
    assert_false(policy_add_target(model, far->id));
    assert_false(policy_add_target(model, UINT16_MAX));
    assert_false(communicate(model, far));
    assert_false(communicate(far, model));
    assert_false(communicate(far, farther));
    fake_destroy(far);
    fake_destroy(farther);
}

/* The policy is chosen before there are domains, except here. */
static void choose(const char *option)
{
    policy_choose(option);
    policy_prepare(guest);
    policy_prepare(other);
}

static void the_command_line_chooses(void **state)
{
    (void)state;
    choose("dummy");
    assert_int_equal(policy_in_force(), POLICY_DUMMY);
    assert_true(communicate(guest, other));
    choose("silo");
    assert_false(communicate(guest, other));
    policy_choose("flask");
    assert_int_equal(policy_in_force(), POLICY_SILO);
    assert_int_equal(printed("xsm=flask: there is no such policy"), 1);
    policy_choose("");
    assert_int_equal(policy_in_force(), POLICY_SILO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_denial_says_who_what_whom_and_which_role),
        TEST(what_is_allowed_is_not_told),
        TEST(who_may_look_is_told_that_a_domain_is_not_there),
        TEST(a_target_is_held),
        TEST(no_subject_hides_what_another_tries),
        TEST(guests_communicate_as_the_tree_declares),
        TEST(a_target_makes_no_device_model),
        TEST(what_the_tree_declares_is_taken_over),
        TEST(nothing_is_declared_of_large_ids),
        TEST(the_command_line_chooses),
    };

    fake_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
