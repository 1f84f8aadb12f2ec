/* SPDX-License-Identifier: MIT */
/* The machine's watchdog is fed while all CPUs make progress, and not else. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>
#include "core_fake/machine.h"
#include <trefoil/arch.h>
#include <trefoil/options.h>
#include <trefoil/power.h>
#include <trefoil/progress.h>

#define SECOND UINT64_C(1000000000)

static void quiet(void)
{
    memset(fake.uart, 0, sizeof(fake.uart));
    fake.uart_size = 0;
}

static void begin(const char *options, unsigned long most)
{
    quiet();
    fake.watchdog = 0;
    fake.watchdog_most = most;
    options_init(options);
    progress_begin();
}

static void test_not_asked_for(void **state)
{
    (void)state;
    begin("xsm=split", 100);
    assert_int_equal(fake.watchdog, 0);
    assert_string_equal(fake.uart, "");
    progress_hang("control");
    assert_non_null(strstr(fake.uart, "but nothing is watched\r\n"));
}

static void test_wrong_values(void **state)
{
    static const char *const wrong[] = {
        "watchdog=",     "watchdog=x",   "watchdog=10s", "watchdog=4",
        "watchdog=3601", "watchdog=-10", "watchdog=+10", "watchdog=99999999999999999999",
    };

    (void)state;
    for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++) {
        begin(wrong[i], 100000);
        assert_int_equal(fake.watchdog, 0);
        assert_non_null(strstr(fake.uart, "not a number of seconds from 5 to 3600"));
    }
}

static void test_no_watchdog(void **state)
{
    (void)state;
    begin("watchdog=10", 0);
    assert_non_null(
        strstr(fake.uart, "watchdog=10: this machine has no watchdog that we know\r\n"));
}

/* 100 ms pass on CPU 0, and on CPU 1 unless it is stuck. */
static void pass(bool stuck)
{
    fake.now += SECOND / 10;
    for (unsigned int i = 0; i < FAKE_PCPUS; i++) {
        if (i == 1 && stuck)
            continue;
        fake_go(i);
        timers_run(&fake_pcpus[i]);
    }
    fake_go(0);
}

static void test_fed_by_all_alone(void **state)
{
    unsigned int feeds;

    (void)state;
    begin("watchdog=10", 100);
    assert_int_equal(fake.watchdog, 10);
    assert_non_null(strstr(fake.uart, "is reset when a CPU makes no progress for 10 s\r\n"));
    for (unsigned int i = 0; i < 1000; i++) {
        pass(false);
        assert_in_range(fake.now - fake.fed, 0, 3 * SECOND);
    }
    /* Two CPUs' turns take longer than one's, and it is not fed more often than it needs. */
    feeds = fake.feeds;
    for (unsigned int i = 0; i < 1000; i++)
        pass(false);
    assert_in_range(fake.feeds - feeds, 30, 41);
    /* At most the turn before it is stuck. */
    pass(true);
    feeds = fake.feeds;
    for (unsigned int i = 0; i < 1000; i++)
        pass(true);
    assert_in_range(fake.feeds - feeds, 0, 1);
    assert_in_range(fake.now - fake.fed, 90 * SECOND, 110 * SECOND);
    /* Late is well. */
    for (unsigned int i = 0; i < 100; i++)
        pass(false);
    assert_in_range(fake.now - fake.fed, 0, 3 * SECOND);
}

static void test_counts_no_further(void **state)
{
    (void)state;
    begin("watchdog=500", 137);
    assert_int_equal(fake.watchdog, 137);
    assert_non_null(strstr(fake.uart, "watchdog=500: this one counts no further than 137\r\n"));
    for (unsigned int i = 0; i < 10000; i++) {
        pass(false);
        assert_in_range(fake.now - fake.fed, 0, 35 * SECOND);
    }
}

static jmp_buf over;

static void ended(const char *how)
{
    assert_string_equal(how, "reset");
    longjmp(over, 1);
}

/* Its interrupt: who is stuck is said, and the machine is reset; if that fails, by the watchdog. */
static void test_lost(void **state)
{
    (void)state;
    begin("watchdog=10 panic=reset", 100);
    power_init();
    for (unsigned int i = 0; i < 200; i++)
        pass(i > 100);
    fake.ended = ended;
    if (!setjmp(over))
        progress_lost(NULL);
    assert_non_null(strstr(fake.uart, "watchdog: pcpu1 makes no progress\r\n"));
    assert_int_equal(fake.watchdog, 10);
    assert_int_equal(fake.fed, fake.now);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_not_asked_for),     cmocka_unit_test(test_wrong_values),
        cmocka_unit_test(test_no_watchdog),       cmocka_unit_test(test_fed_by_all_alone),
        cmocka_unit_test(test_counts_no_further), cmocka_unit_test(test_lost),
    };

    fake_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
