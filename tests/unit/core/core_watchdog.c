/* SPDX-License-Identifier: MIT */
/* SCHEDOP_watchdog. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>
#include "core_fake/machine.h"
#include <trefoil/errno.h>
#include <trefoil/sched.h>
#include <xen/bootfdt.h>
#include <xen/domctl.h>
#include <xen/sched.h>

#define SECOND UINT64_C(1000000000)

static struct domain *control, *guest;

static int start(void **state)
{
    (void)state;
    control = fake_domain(1, "control", DOMAIN_CAPS_CONTROL, 1, 8);
    guest = fake_domain(2, "guest", 0, 2, 8);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    if (guest)
        fake_destroy(guest);
    fake_destroy(control);
    return 0;
}

static int64_t set(uint32_t id, uint32_t seconds)
{
    struct sched_watchdog op = {.id = id, .timeout = seconds};

    fake_be(0, guest->vcpus[0]);
    return fake_call_with(__HYPERVISOR_sched_op, SCHEDOP_watchdog, &op, sizeof(op));
}

static void pass(uint64_t ns)
{
    fake.now += ns;
    for (unsigned int i = 0; i < FAKE_PCPUS; i++) {
        fake_go(i);
        timers_run(&fake_pcpus[i]);
    }
    fake_go(0);
}

static void test_runs_out(void **state)
{
    (void)state;
    assert_int_equal(set(0, 3), 1);
    pass(3 * SECOND - 1);
    assert_int_equal(guest->life, DOMAIN_ALIVE);
    pass(1);
    assert_int_equal(guest->life, DOMAIN_SHUTDOWN);
    assert_int_equal(guest->ended_for, 1 + SHUTDOWN_watchdog);
    assert_non_null(strstr(fake.uart, "guest: its watchdog of 3 s has run out"));
    assert_non_null(strstr(fake.uart, "guest: domain 2 has shut down: watchdog"));
}

static void test_is_set_again(void **state)
{
    (void)state;
    assert_int_equal(set(0, 3), 1);
    for (unsigned int i = 0; i < 10; i++) {
        pass(2 * SECOND);
        assert_int_equal(set(1, 3), 0);
    }
    /* Another time than before. */
    assert_int_equal(set(1, 10), 0);
    pass(9 * SECOND);
    assert_int_equal(guest->life, DOMAIN_ALIVE);
    pass(1 * SECOND);
    assert_int_equal(guest->ended_for, 1 + SHUTDOWN_watchdog);
}

static void test_is_let_go(void **state)
{
    (void)state;
    assert_int_equal(set(0, 3), 1);
    assert_int_equal(set(1, 0), 0);
    pass(100 * SECOND);
    assert_int_equal(guest->life, DOMAIN_ALIVE);
    assert_int_equal(set(1, 3), -EINVAL);
    assert_int_equal(set(1, 0), -EINVAL);
}

static void test_there_are_two(void **state)
{
    (void)state;
    assert_int_equal(set(0, 3), 1);
    assert_int_equal(set(0, 5), 2);
    assert_int_equal(set(0, 5), -ENOSPC);
    assert_int_equal(set(1, 0), 0);
    assert_int_equal(set(0, 4), 1);
    assert_int_equal(set(1, 100), 0);
    pass(5 * SECOND);
    assert_int_equal(guest->ended_for, 1 + SHUTDOWN_watchdog);
}

static void test_wrong_arguments(void **state)
{
    (void)state;
    assert_int_equal(set(0, 0), -EINVAL);
    assert_int_equal(set(1, 1), -EINVAL);
    assert_int_equal(set(3, 1), -EINVAL);
    assert_int_equal(set(UINT32_MAX, 1), -EINVAL);
    assert_int_equal(set(0, UINT32_MAX), 1);
    pass(1000000 * SECOND);
    assert_int_equal(guest->life, DOMAIN_ALIVE);
}

static int64_t domctl(uint32_t command)
{
    struct xen_domctl op = {
        .cmd = command, .interface_version = XEN_DOMCTL_INTERFACE_VERSION, .domain = 2};

    guest->vcpus[0]->state = VCPU_BLOCKED; /* or its pause waits for it */
    fake_be(1, control->vcpus[0]);
    memcpy(fake_ram(control, fake_address(0, 0)), &op, sizeof(op));
    return fake_call(__HYPERVISOR_domctl, fake_address(0, 0), 0, 0);
}

/* Who is held from outside does not hang. */
static void test_pause(void **state)
{
    (void)state;
    assert_int_equal(set(0, 3), 1);
    assert_int_equal(domctl(XEN_DOMCTL_pausedomain), 0);
    pass(3 * SECOND);
    pass(3 * SECOND);
    assert_int_equal(guest->life, DOMAIN_ALIVE);
    assert_int_equal(domctl(XEN_DOMCTL_unpausedomain), 0);
    pass(2 * SECOND);
    assert_int_equal(guest->life, DOMAIN_ALIVE);
    pass(1 * SECOND);
    assert_int_equal(guest->ended_for, 1 + SHUTDOWN_watchdog);
}

static void test_end_of_the_domain(void **state)
{
    (void)state;
    assert_int_equal(set(0, 3), 1);
    assert_int_equal(set(0, 3), 2);
    fake_destroy(guest);
    guest = NULL;
    pass(3 * SECOND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_runs_out),          TEST(test_is_set_again),    TEST(test_is_let_go),
        TEST(test_there_are_two),     TEST(test_wrong_arguments), TEST(test_pause),
        TEST(test_end_of_the_domain),
    };

    fake_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
