/* SPDX-License-Identifier: MIT */
/* The machine's end, each time in a process of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "console/console_private.h"
#include "core_fake/machine.h"
#include <trefoil/arch.h>
#include <trefoil/options.h>
#include <trefoil/power.h>
#include <trefoil/printk.h>
#include <trefoil/progress.h>

#define MS UINT64_C(1000000)

/* What is left of a machine that ended. */
static struct end {
    char how[16];
    uint64_t now;
    unsigned int stops;
    unsigned long watchdog; /* s, as it is set */
    uint64_t fed;           /* ns */
    char uart[65536];
} end;

static int to_parent;

static void ended(const char *how)
{
    memset(&end, 0, sizeof(end));
    snprintf(end.how, sizeof(end.how), "%s", how);
    end.now = fake.now;
    end.stops = fake.stops;
    end.watchdog = fake.watchdog;
    end.fed = fake.fed;
    memcpy(end.uart, fake.uart, sizeof(end.uart));
    for (size_t done = 0; done < sizeof(end);) {
        ssize_t count = write(to_parent, (char *)&end + done, sizeof(end) - done);

        if (count <= 0)
            _exit(1);
        done += (size_t)count;
    }
    _exit(0);
}

/* Leaves in `end` how the machine ended. */
static void run(const char *options, void (*body)(void))
{
    int ends[2], status;
    size_t done = 0;
    ssize_t count;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        to_parent = ends[1];
        fake.ended = ended;
        fake.pace = 1000;
        options_init(options);
        body();
        _exit(2);
    }
    close(ends[1]);
    while (done < sizeof(end) &&
           (count = read(ends[0], (char *)&end + done, sizeof(end) - done)) > 0)
        done += (size_t)count;
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(done, sizeof(end));
}

static void early(void)
{
    panic("no device tree");
}

static void plain(void)
{
    power_init();
    panic("table %u is gone", 7);
}

static void test_early(void **state)
{
    (void)state;
    run("panic=reset", early);
    assert_string_equal(end.how, "off");
    assert_non_null(strstr(end.uart, "(trefoil) no device tree\r\n"
                                     "(trefoil) the machine is powered off\r\n"));
}

static void test_what_follows(void **state)
{
    static const struct {
        const char *options, *how, *told;
        uint64_t delay; /* s */
    } cases[] = {
        {"", "reset", "the machine is reset\r\n", 0},
        {"panic=reset", "reset", "the machine is reset\r\n", 0},
        {"panic=poweroff", "off", "the machine is powered off\r\n", 0},
        {"panic=wait", "halt", "the machine waits for a reset by hand\r\n", 0},
        {"panic=reset,5", "reset", "in 5 s the machine is reset\r\n", 5},
        {"panic=poweroff,12", "off", "in 12 s the machine is powered off\r\n", 12},
    };

    (void)state;
    for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        run(cases[i].options, plain);
        assert_string_equal(end.how, cases[i].how);
        assert_non_null(strstr(end.uart, "(trefoil) table 7 is gone\r\n"));
        assert_non_null(strstr(end.uart, cases[i].told));
        assert_null(strstr(end.uart, "panic="));
        assert_int_equal(end.stops, 1);
        assert_in_range(end.now, cases[i].delay * 1000 * MS, (cases[i].delay * 1000 + 10) * MS);
    }
}

static void test_wrong_values(void **state)
{
    static const char *const values[] = {"panic=",        "panic=restart",    "panic=reset,",
                                         "panic=reset,x", "panic=reset,5s",   "panic=reset,-1",
                                         "panic=,5",      "panic=reset,3601", "panic=wait,+1"};
    char told[80];

    (void)state;
    for (unsigned int i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        run(values[i], plain);
        assert_string_equal(end.how, "reset");
        snprintf(told, sizeof(told), "(trefoil) %s: not reset, poweroff or wait", values[i]);
        assert_non_null(strstr(end.uart, told));
    }
}

/* 115200 Bd, and a transmit ring that is full. */
static void behind_much(void)
{
    char line[100];

    power_init();
    fake.uart_room = 0;
    memset(line, 'x', sizeof(line));
    for (unsigned int i = 0; i < 400; i++)
        log_info("%.*s", (int)sizeof(line), line);
    fake.uart_room = SIZE_MAX / 2;
    fake.uart_pace = 87000;
    panic("the last line");
}

static void test_slow_line(void **state)
{
    (void)state;
    run("", behind_much);
    assert_string_equal(end.how, "reset");
    assert_in_range(end.now, 90 * MS, 150 * MS);
    assert_non_null(strstr(end.uart, "characters of output are left out here\r\n"));
    assert_non_null(strstr(end.uart, "(trefoil) the last line\r\n"));
}

static void on_a_dead_line(void)
{
    power_init();
    fake.uart_room = 0;
    panic("nobody takes this");
}

static void on_a_slower_line(void)
{
    power_init();
    fake.uart_pace = 50 * MS;
    panic("a line of 90 characters or so, which would be more than four seconds at this speed");
}

static void test_dead_line(void **state)
{
    (void)state;
    run("", on_a_dead_line);
    assert_string_equal(end.how, "reset");
    assert_in_range(end.now, 200 * MS, 210 * MS);
    run("", on_a_slower_line);
    assert_string_equal(end.how, "reset");
    assert_in_range(end.now, 2900 * MS, 3100 * MS);
}

static void under_anothers_lock(void)
{
    power_init();
    fake_go(1);
    console_lock();
    fake_go(0);
    fake.deaf = 1;
    panic("beside a CPU that hangs");
}

static void test_stuck_cpu(void **state)
{
    (void)state;
    run("", under_anothers_lock);
    assert_string_equal(end.how, "reset");
    assert_non_null(strstr(end.uart, "1 of the other CPUs do not answer\r\n"
                                     "(trefoil) beside a CPU that hangs\r\n"));
    assert_in_range(end.now, 110 * MS, 130 * MS);
}

static void second_panics(void)
{
    power_init();
    power_stop_others(true);
    fake_go(1);
    panic("me too");
}

static void second_logs(void)
{
    power_init();
    power_stop_others(true);
    fake_go(1);
    log_info("what");
}

static void again_on_the_way(void)
{
    power_init();
    power_stop_others(true);
    panic("in a panic");
}

static void test_only_one_goes_on(void **state)
{
    (void)state;
    run("", second_panics);
    assert_string_equal(end.how, "halt");
    assert_null(strstr(end.uart, "me too"));
    run("", second_logs);
    assert_string_equal(end.how, "halt");
    assert_null(strstr(end.uart, "what"));
    run("panic=poweroff", again_on_the_way);
    assert_string_equal(end.how, "off");
}

/* Nothing is in a hurry: all comes out. */
static void in_good_order_behind_much(void)
{
    power_init();
    fake.uart_room = 0;
    for (unsigned int i = 0; i < 1000; i++)
        log_info("line %u", i);
    fake.uart_room = SIZE_MAX / 2;
    power_end(POWER_OFF);
}

static void asked_for(void)
{
    power_init();
    log_info("asked for");
    power_end(POWER_RESET);
}

static void test_asked_for(void **state)
{
    (void)state;
    run("panic=wait", asked_for);
    assert_string_equal(end.how, "reset");
    assert_non_null(strstr(end.uart, "asked for\r\n(trefoil) the machine is reset\r\n"));
    assert_int_equal(end.stops, 1);
    run("", in_good_order_behind_much);
    assert_string_equal(end.how, "off");
    assert_non_null(strstr(end.uart, "(trefoil) line 0\r\n"));
    assert_non_null(strstr(end.uart, "(trefoil) line 999\r\n"));
}

static void watched(void)
{
    fake.watchdog_most = 1000;
    power_init();
    progress_begin();
    fake.now += 100 * MS;
    panic("watched");
}

static void watched_in_good_order(void)
{
    fake.watchdog_most = 1000;
    progress_begin();
    power_end(POWER_OFF);
}

/* It makes up for a reset that does not come, and only for that. */
static void test_watchdog(void **state)
{
    (void)state;
    run("watchdog=10", watched);
    assert_string_equal(end.how, "reset");
    assert_int_equal(end.watchdog, 10);
    assert_in_range(end.now - end.fed, 0, MS);
    run("watchdog=10 panic=reset,60", watched);
    assert_string_equal(end.how, "reset");
    assert_in_range(end.now, 60000 * MS, 70000 * MS);
    assert_int_equal(end.watchdog, 10);
    assert_in_range(end.now - end.fed, 0, MS);
    run("watchdog=10 panic=wait", watched);
    assert_string_equal(end.how, "halt");
    assert_int_equal(end.watchdog, 0);
    run("watchdog=10 panic=poweroff", watched);
    assert_string_equal(end.how, "off");
    assert_int_equal(end.watchdog, 0);
    run("watchdog=10", watched_in_good_order);
    assert_string_equal(end.how, "off");
    assert_int_equal(end.watchdog, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_early),
        cmocka_unit_test(test_what_follows),
        cmocka_unit_test(test_wrong_values),
        cmocka_unit_test(test_slow_line),
        cmocka_unit_test(test_dead_line),
        cmocka_unit_test(test_stuck_cpu),
        cmocka_unit_test(test_only_one_goes_on),
        cmocka_unit_test(test_asked_for),
        cmocka_unit_test(test_watchdog),
    };

    fake_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
