/* SPDX-License-Identifier: MIT */
/* The part of xl that fills a terminal: what it writes, what it reads, and terminals by all names.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>

#include <cmocka.h>
#include <curses.h>

#include "libxl/part.h"
#include "libxl_pty.h"
#include "libxl_run.h"

static struct pty pty;

static void open_as(const char *name)
{
    assert_true(pty.part->open(name, pty.terminal, pty.terminal));
}

static int begin(void **state)
{
    (void)state;
    unsetenv("NO_COLOR");
    unsetenv("LINES");
    unsetenv("COLUMNS");
    pty_open(&pty, 24, 80);
    return 0;
}

static int end(void **state)
{
    (void)state;
    pty_close(&pty);
    return 0;
}

static void show(void)
{
    assert_true(pty.part->show());
    pty_read(&pty);
}

static void has_size(int rows, int columns)
{
    int now_rows, now_columns;
    pty.part->size(&now_rows, &now_columns);
    assert_int_equal(now_rows, rows);
    assert_int_equal(now_columns, columns);
}

static void row_is(int row, const char *expected)
{
    char text[512];
    pty_row(row, text, sizeof(text));
    assert_string_equal(text, expected);
}

static void wrote(const char *expected)
{
    if (!strstr(pty.out, expected))
        fail_msg("not written: %s", expected + (*expected == '\033'));
}

static void did_not_write(const char *expected)
{
    if (strstr(pty.out, expected))
        fail_msg("written: %s", expected + (*expected == '\033'));
}

static void only_changes_are_written(void **state)
{
    (void)state;
    open_as("linux");
    has_size(24, 80);
    pty.part->put(1, 2, 0, "one \xc3\xa9 two");
    pty.part->put(2, 78, 0, "cut");
    pty.part->put(23, 70, 0, "the last one");
    pty.part->put(24, 0, 0, "nowhere");
    pty.part->put(-1, 0, 0, "nowhere");
    show();
    row_is(1, "  one ? two");
    wrote("one ? two");
    wrote("cu");
    did_not_write("cut");
    did_not_write("nowhere");
    pty.part->clear();
    pty.part->put(1, 2, 0, "own ? two");
    pty.part->put(2, 78, 0, "cut");
    pty.part->put(23, 70, 0, "the last one");
    show();
    wrote("wn");
    did_not_write("two");
    pty.part->close();
}

static void looks_are_those_of_the_terminal(void **state)
{
    (void)state;
    open_as("linux");
    pty.part->put(0, 0, TERMINAL_RED, "red");
    pty.part->put(1, 0, TERMINAL_YELLOW, "yellow");
    pty.part->put(2, 0, 0, "marked");
    pty.part->mark(2, TERMINAL_REVERSE);
    show();
    wrote("\033[31m");
    wrote("\033[33m");
    wrote("7m\017marked");
    pty.part->close();
    pty_read(&pty);

    open_as("vt100");
    pty.part->put(0, 0, TERMINAL_RED, "red");
    show();
    did_not_write("\033[31m");
    wrote("1m");
    pty.part->close();
    pty_read(&pty);

    setenv("NO_COLOR", "1", 1);
    open_as("linux");
    pty.part->put(0, 0, TERMINAL_RED, "red");
    show();
    did_not_write("\033[31m");
    pty.part->close();
    unsetenv("NO_COLOR");
}

/* No machine describes these. What they are taken for is seen by whether there are colours, and
 * whether another screen is shown. */
static void names_that_nothing_describes(void **state)
{
    static const struct {
        const char *name;
        bool has_colours, has_another;
    } terminals[] = {
        {"linux-of-nobody", true, false},  {"tmux-of-nobody", true, true},
        {"vt220-of-nobody", false, false}, {"of-nobody", false, false},
        {"nobody", false, false},
    };
    (void)state;
    setenv("TERMINFO", "/there/is/none", 1);
    for (size_t i = 0; i < sizeof(terminals) / sizeof(terminals[0]); i++) {
        open_as(terminals[i].name);
        pty.part->put(0, 0, TERMINAL_RED, "red");
        show();
        assert_int_equal(strstr(pty.out, "\033[31m") != NULL, terminals[i].has_colours);
        assert_int_equal(strstr(pty.out, "\033[?1049h") != NULL, terminals[i].has_another);
        pty.part->close();
        assert_string_equal(getenv("TERMINFO"), "/there/is/none");
        pty_read(&pty);
    }
    assert_false(pty.part->open("dumb-of-nobody", pty.terminal, pty.terminal));
    unsetenv("TERMINFO");
}

static void keys_of_both_modes(void **state)
{
    static const struct {
        const char *typed;
        int key;
    } keys[] = {
        {"a", 'a'},
        {"\033[A", TERMINAL_UP},
        {"\033OA", TERMINAL_UP},
        {"\033[B", TERMINAL_DOWN},
        {"\033OC", TERMINAL_RIGHT},
        {"\033[D", TERMINAL_LEFT},
        {"\033[5~", TERMINAL_PAGE_UP},
        {"\033[6~", TERMINAL_PAGE_DOWN},
        {"\033[H", TERMINAL_HOME},
        {"\033OF", TERMINAL_END},
        {"\033[27;5;9~", TERMINAL_UNKNOWN},
        {"\033", 27},
        {"\003", 3},
        {"\r", '\r'},
        {"\n", '\n'},
    };
    (void)state;
    open_as("vt100");
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        pty_type(&pty, keys[i].typed);
        assert_int_equal(pty.part->key(5000), keys[i].key);
        assert_int_equal(pty.part->key(0), TERMINAL_NONE);
    }
    pty_type(&pty, "ab");
    assert_int_equal(pty.part->key(5000), 'a');
    assert_int_equal(pty.part->key(5000), 'b');
    pty.part->close();
}

static void signals_wait_for_a_key(void **state)
{
    (void)state;
    open_as("vt100");
    pty_resize(&pty, 10, 40);
    raise(SIGWINCH);
    has_size(24, 80);
    assert_int_equal(pty.part->key(5000), TERMINAL_RESIZED);
    has_size(10, 40);
    pty_resize(&pty, 20000, 20000);
    raise(SIGWINCH);
    assert_int_equal(pty.part->key(5000), TERMINAL_RESIZED);
    has_size(24, 80);
    raise(SIGTERM);
    assert_int_equal(pty.part->key(5000), TERMINAL_GONE);
    pty.part->close();
}

/* A line without a size: the terminal says where its cursor is when it was sent far away. */
static void a_serial_line_is_asked(void **state)
{
    (void)state;
    pty_resize(&pty, 0, 0);
    pty_type(&pty, "\033[30;100R");
    open_as("vt100");
    has_size(30, 100);
    pty_read(&pty);
    wrote("\033[999;999H\033[6n");
    pty.part->close();
    setenv("LINES", "33", 1);
    setenv("COLUMNS", "99", 1);
    open_as("vt100");
    has_size(33, 99);
    pty.part->close();
    unsetenv("LINES");
    unsetenv("COLUMNS");
    open_as("vt100");
    has_size(24, 80);
    pty.part->close();
}

static void the_terminal_is_given_back(void **state)
{
    struct termios before, during, after;
    (void)state;
    assert_int_equal(tcgetattr(pty.terminal, &before), 0);
    open_as("linux");
    assert_int_equal(tcgetattr(pty.terminal, &during), 0);
    assert_false(during.c_lflag & (ICANON | ECHO | ISIG));
    pty.part->close();
    assert_int_equal(tcgetattr(pty.terminal, &after), 0);
    assert_int_equal(before.c_lflag, after.c_lflag);
    assert_int_equal(before.c_iflag, after.c_iflag);
    assert_false(pty.part->open("dumb", pty.terminal, pty.terminal));
    assert_int_equal(tcgetattr(pty.terminal, &after), 0);
    assert_int_equal(before.c_lflag, after.c_lflag);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(only_changes_are_written),     TEST(looks_are_those_of_the_terminal),
        TEST(names_that_nothing_describes), TEST(keys_of_both_modes),
        TEST(signals_wait_for_a_key),       TEST(a_serial_line_is_asked),
        TEST(the_terminal_is_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
