/* SPDX-License-Identifier: MIT */
/* xl top's screen: what is on it, and what keys do, on a terminal that is played. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <curses.h>

#include <xen/sched.h>

#include "../../../xl/top/column.h"
#include "../../../xl/top/screen.h"
#include "../../../xl/xl.h"
#include "libxl_fake.h"
#include "libxl_pty.h"
#include "libxl_run.h"

static struct run run;
static struct pty pty;
static struct top_screen screen;

static void sample(void)
{
    struct top_sample taken;
    assert_int_equal(top_sample_take(xl_context(), TOP_VCPUS | TOP_DEVICES | TOP_COUNTERS,
                                     screen.now.at_ms ? &screen.now : NULL, &taken),
                     LIBXL_OK);
    top_sample_free(&screen.now);
    screen.now = taken;
}

static int begin_as(int rows, int columns)
{
    fake_board();
    pty_open(&pty, rows, columns);
    screen = (struct top_screen){.terminal = pty.part, .delay = 3, .sort = 1, .reversed = true};
    return pty.part->open("linux", pty.terminal, pty.terminal) ? 0 : -1;
}

static int begin(void **state)
{
    (void)state;
    return begin_as(24, 80);
}

static int begin_small(void **state)
{
    (void)state;
    return begin_as(10, 40);
}

static int end(void **state)
{
    (void)state;
    top_sample_free(&screen.now);
    free(screen.lines);
    pty.part->close();
    pty_close(&pty);
    run_xl(&run, "help"); /* closes what the program has open */
    return 0;
}

static void row_is(int row, const char *expected)
{
    char text[512];
    pty_row(row, text, sizeof(text));
    assert_string_equal(text, expected);
}

static void press(const char *keys)
{
    for (; *keys; keys++)
        top_press(&screen, *keys);
    top_draw(&screen);
}

static void press_key(int key)
{
    top_press(&screen, key);
    top_draw(&screen);
}

/* Nothing else has a colour. */
static short colour_at(int row, int column)
{
    short ink = -1, ground;
    short pair = (short)PAIR_NUMBER(mvinch(row, column));
    if (pair)
        pair_content(pair, &ink, &ground);
    return ink;
}

#define SUMMARY  "3 domains: 1 running, 0 paused, 0 crashed, 0 shut down"
#define HEADER   "NAME             ID STATE    ROLE   CPU% STEAL%  MEM-M VCPU   HYP/s   EVT/s"
#define HARDWARE "hardware          0 blocked  hx        -      -    256    1       -       -"
#define CONTROL  "control           1 running  c         -      -    192    1       -       -"
#define APP      "app               2 blocked  -         -      -    128    2       -       -"

static void a_wide_screen(void **state)
{
    (void)state;
    sample();
    top_draw(&screen);
    row_is(0, SUMMARY);
    row_is(1, "2048 MiB, 1400 free; 2 CPUs");
    row_is(2, HEADER);
    row_is(3, HARDWARE);
    row_is(4, CONTROL);
    row_is(5, APP);
    row_is(6, "");
    row_is(23, "q end  h help  s sort  / filter");
    press_key(TERMINAL_RIGHT);
    row_is(2, "NAME           STATE    ROLE   CPU% STEAL%  MEM-M VCPU   HYP/s   EVT/s   UPC/s");
    press_key(TERMINAL_LEFT);
    row_is(2, HEADER);
}

static void a_small_screen(void **state)
{
    (void)state;
    sample();
    press("v");
    row_is(0, "3 domains: 1 running, 0 paused, 0 crashe");
    row_is(2, "NAME             ID STATE    ROLE   CPU%");
    row_is(3, "hardware          0 blocked  hx        -");
    row_is(4, "  vcpu 0   blocked on CPU0        -%  0.");
    row_is(7, "app               2 blocked  -         -");
    row_is(8, "  vcpu 0   blocked on CPU0        -%  0.");
    /* Six lines of seven fit: the last is in sight when it is selected. */
    press_key(TERMINAL_PAGE_DOWN);
    assert_int_equal(screen.selected, 2);
    row_is(4, "control           1 running  c         -");
    row_is(8, "  vcpu 1   blocked on CPU0        -%  0.");
}

static void states_are_words(void **state)
{
    (void)state;
    fake.domains[0].info.flags |= XEN_DOMINF_paused;
    fake.domains[1].info.flags |= XEN_DOMINF_dying;
    fake.domains[2].info.flags = XEN_DOMINF_shutdown | SHUTDOWN_crash << XEN_DOMINF_shutdownshift;
    sample();
    top_draw(&screen);
    row_is(0, "3 domains: 1 running, 1 paused, 1 crashed, 0 shut down");
    row_is(5, "app               2 crashed  -         -      -    128    2       -       -");
    assert_int_equal(colour_at(5, 20), COLOR_RED);
    assert_int_equal(colour_at(3, 20), COLOR_YELLOW);
    assert_int_equal(colour_at(4, 20), -1);
    assert_int_equal(colour_at(0, 0), COLOR_RED);
    assert_true(mvinch(3, 0) & A_REVERSE);
    assert_false(mvinch(4, 0) & A_REVERSE);
}

static void keys_sort_and_filter(void **state)
{
    (void)state;
    sample();
    screen.sort = top_column_find("NAME");
    screen.reversed = false;
    top_draw(&screen);
    row_is(3, APP);
    press("S");
    row_is(3, HARDWARE);
    screen.reversed = false;
    screen.sort = top_column_find("MEM-M");
    top_draw(&screen);
    row_is(3, HARDWARE);
    row_is(5, APP);
    press("/pp\r");
    row_is(3, APP);
    row_is(4, "");
    row_is(23, "q end  h help  s sort  / filter: pp");
    assert_int_equal(screen.selected, 2);
    press("/\r");
    row_is(3, HARDWARE);
    press("fcontrol\r");
    assert_int_equal(screen.selected, 1);
    press("fnobody\r");
    row_is(23, "No name has 'nobody'.");
    press("fnobo\177\177\177\177\177app\r");
    assert_int_equal(screen.selected, 2);
    press("d0.5\r");
    assert_true(screen.delay > 0.49 && screen.delay < 0.51);
    press("dx\r");
    row_is(23, "It takes 0.1 to 3600 seconds.");
    press("h");
    row_is(0, "Up Down PgUp PgDn  select a domain     Left Right  other columns");
    press(" ");
    row_is(2, "NAME             ID STATE    ROLE   CPU% STEAL%  MEM-M VCPU   HYP/s   EVT/s");
    press("q");
    assert_true(screen.ends);
}

/* Nothing is done without consent. */
static void keys_pause_and_restart(void **state)
{
    (void)state;
    sample();
    top_draw(&screen);
    press_key(TERMINAL_DOWN);
    press_key(TERMINAL_DOWN);
    press("p");
    row_is(23, "Pause app (domain 2)? y/n");
    press("n");
    assert_false(fake.domains[2].info.flags & XEN_DOMINF_paused);
    press("py");
    assert_true(fake.domains[2].info.flags & XEN_DOMINF_paused);
    sample();
    top_draw(&screen);
    press("p");
    row_is(23, "Unpause app (domain 2)? y/n");
    press("y");
    assert_false(fake.domains[2].info.flags & XEN_DOMINF_paused);
    press("ry");
    assert_int_equal(fake.domains[2].restarting, 1);
    fake.change_error = -EPERM;
    sample();
    top_draw(&screen);
    press("py");
    row_is(23, "Pausing hardware (domain 0) is not permitted in this domain: it takes the role c");
}

/* Who is selected stays so, whatever comes and goes. */
static void the_selected_stays(void **state)
{
    (void)state;
    sample();
    top_draw(&screen);
    press_key(TERMINAL_DOWN);
    assert_int_equal(screen.selected, 1);
    fake.domains[0].exists = false;
    screen.now.at_ms -= 1000;
    sample();
    top_draw(&screen);
    assert_int_equal(screen.selected, 1);
    row_is(3, "control           1 running  c       0.0      -    192    1       -       -");
    fake.domains[1].exists = false;
    fake.domains[2].exists = false;
    sample();
    top_draw(&screen);
    row_is(3, "");
    press_key(TERMINAL_UP);
    press("py");
    press("fx\r");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(a_wide_screen),
        cmocka_unit_test_setup_teardown(a_small_screen, begin_small, end),
        TEST(states_are_words),
        TEST(keys_sort_and_filter),
        TEST(keys_pause_and_restart),
        TEST(the_selected_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
