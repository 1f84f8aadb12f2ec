/* SPDX-License-Identifier: MIT */
/* xenconsoled's history, log files and command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "history.h"
#include "log.h"
#include "options.h"

static char directory[] = "/tmp/console-log-XXXXXX";
static struct options options;

static int make_directory(void **state)
{
    (void)state;
    return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof command, "rm -r %s", directory);
    return system(command);
}

static int defaults(void **state)
{
    (void)state;
    options = (struct options){.log_dir = directory};
    return 0;
}

static const char *contents(const char *name)
{
    static char text[65536];
    char path[256];
    FILE *file;
    size_t size;

    snprintf(path, sizeof path, "%s/%s", directory, name);
    file = fopen(path, "r");
    if (!file)
        return NULL;
    size = fread(text, 1, sizeof text - 1, file);
    text[size] = '\0';
    fclose(file);
    return text;
}

static size_t read_all(const struct history *history, uint64_t from, char *out)
{
    const char *data;
    size_t size, total = 0;

    while ((size = history_peek(history, from, &data)) != 0) {
        memcpy(out + total, data, size);
        total += size;
        from += size;
    }
    out[total] = '\0';
    return total;
}

static void history_keeps_the_newest(void **state)
{
    struct history history;
    char out[32];

    (void)state;
    assert_int_equal(history_init(&history, 8), 0);
    history_append(&history, "abc", 3);
    assert_int_equal(history_oldest(&history), 0);
    read_all(&history, 0, out);
    assert_string_equal(out, "abc");
    history_append(&history, "defghij", 7);
    assert_int_equal(history_oldest(&history), 2);
    read_all(&history, history_oldest(&history), out);
    assert_string_equal(out, "cdefghij");
    history_append(&history, "0123456789ABCDEF!", 17);
    assert_int_equal(history.end, 27);
    read_all(&history, history_oldest(&history), out);
    assert_string_equal(out, "9ABCDEF!");
    history_free(&history);
}

static void a_reader_starts_at_a_line(void **state)
{
    struct history history;
    char out[32];

    (void)state;
    assert_int_equal(history_init(&history, 8), 0);
    history_append(&history, "one\ntwo", 7);
    assert_int_equal(history_first_line(&history), 0); /* nothing is lost: all of it */
    history_append(&history, "\nthree", 6);
    read_all(&history, history_first_line(&history), out);
    assert_string_equal(out, "three");
    history_append(&history, "abcdefgh", 8); /* no line begins: all there is */
    read_all(&history, history_first_line(&history), out);
    assert_string_equal(out, "abcdefgh");
    history_free(&history);
}

static void log_appends_and_reopens(void **state)
{
    struct log log;
    char path[256], renamed[256];

    (void)state;
    log_open(&log, &options, "a", false);
    log_append(&log, "one\n", 4);
    log_close(&log);
    log_open(&log, &options, "a", false);
    log_append(&log, "two\n", 4);
    assert_string_equal(contents("a.log"), "one\ntwo\n");
    snprintf(path, sizeof path, "%s/a.log", directory);
    snprintf(renamed, sizeof renamed, "%s/a.old", directory);
    assert_int_equal(rename(path, renamed), 0);
    log_reopen(&log);
    log_append(&log, "three\n", 6);
    assert_string_equal(contents("a.log"), "three\n");
    log_close(&log);
}

static void log_is_bounded(void **state)
{
    struct log log;

    (void)state;
    options.log_size = 10;
    log_open(&log, &options, "b", false);
    log_append(&log, "0123456789", 10);
    log_append(&log, "next", 4);
    assert_string_equal(contents("b.log"), "next");
    assert_string_equal(contents("b.log.1"), "0123456789");
    log_close(&log);
}

static void names_stay_in_the_directory(void **state)
{
    struct log log;

    (void)state;
    log_open(&log, &options, "guest-../../etc/x\n", false);
    log_append(&log, "x", 1);
    assert_string_equal(contents("guest-.._.._etc_x_.log"), "x");
    log_close(&log);
}

/* A link that somebody put in the log's place is not followed. */
static void links_are_not_followed(void **state)
{
    struct log log;
    char path[256], target[256];

    (void)state;
    snprintf(path, sizeof path, "%s/link.log", directory);
    snprintf(target, sizeof target, "%s/target", directory);
    assert_int_equal(symlink(target, path), 0);
    log_open(&log, &options, "link", false);
    log_append(&log, "x", 1);
    assert_null(contents("target"));
    log_close(&log);
}

static void each_line_is_dated_once(void **state)
{
    struct log log;
    const char *text;
    unsigned int year;

    (void)state;
    log_open(&log, &options, "c", true);
    log_append(&log, "on", 2);
    log_append(&log, "e\ntwo\n", 6);
    log_close(&log);
    text = contents("c.log");
    assert_int_equal(sscanf(text, "[%u-", &year), 1);
    assert_non_null(strstr(text, "] one\n["));
    assert_non_null(strstr(text, "] two\n"));
    assert_int_equal(strlen(text), 2 * strlen("[2000-01-01 00:00:00] ") + 8);
}

/* The worst case for dates is one at every byte. */
static void many_short_lines(void **state)
{
    struct log log;
    char lines[2048];
    struct stat status;
    char path[256];

    (void)state;
    memset(lines, '\n', sizeof lines);
    log_open(&log, &options, "d", true);
    log_append(&log, lines, sizeof lines);
    log_close(&log);
    snprintf(path, sizeof path, "%s/d.log", directory);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, sizeof lines * (strlen("[2000-01-01 00:00:00] ") + 1));
}

static void escapes_can_be_replaced(void **state)
{
    struct log log;

    (void)state;
    options.replace_escape = true;
    log_open(&log, &options, "e", false);
    log_append(&log, "\033[2Jx", 5);
    log_close(&log);
    assert_string_equal(contents("e.log"), ".[2Jx");
}

static bool parse(const char *first, const char *second)
{
    char *argv[] = {(char *)"xenconsoled", (char *)first, (char *)second, NULL};

    optind = 0;
    return options_parse(&options, second ? 3 : first ? 2 : 1, argv);
}

static void command_line(void **state)
{
    (void)state;
    assert_true(parse(NULL, NULL));
    assert_int_equal(options.log, LOG_ALL);
    assert_int_equal(options.timestamp, LOG_NONE);
    assert_true(parse("--log=hv", "--timestamp=all"));
    assert_int_equal(options.log, LOG_HYPERVISOR);
    assert_int_equal(options.timestamp, LOG_ALL);
    assert_true(parse("-t", "guest"));
    assert_int_equal(options.timestamp, LOG_GUEST);
    assert_true(parse("-i", "--history=64"));
    assert_true(options.interactive);
    assert_int_equal(options.history, 65536);
    assert_true(parse("--log-size=0", "--pid-file=/x"));
    assert_int_equal(options.log_size, 0);
    assert_string_equal(options.pid_file, "/x");
}

static void bad_command_lines(void **state)
{
    (void)state;
    assert_false(parse("--log=some", NULL));
    assert_false(parse("--history=3", NULL));
    assert_false(parse("--history=1025", NULL));
    assert_false(parse("--history=16x", NULL));
    assert_false(parse("--log-size=-1", NULL));
    assert_false(parse("--log-size=99999999999999999999", NULL));
    assert_false(parse("--unknown", NULL));
    assert_false(parse("stray", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(history_keeps_the_newest),
        cmocka_unit_test(a_reader_starts_at_a_line),
        cmocka_unit_test_setup(log_appends_and_reopens, defaults),
        cmocka_unit_test_setup(log_is_bounded, defaults),
        cmocka_unit_test_setup(names_stay_in_the_directory, defaults),
        cmocka_unit_test_setup(links_are_not_followed, defaults),
        cmocka_unit_test_setup(each_line_is_dated_once, defaults),
        cmocka_unit_test_setup(many_short_lines, defaults),
        cmocka_unit_test_setup(escapes_can_be_replaced, defaults),
        cmocka_unit_test(command_line),
        cmocka_unit_test(bad_command_lines),
    };

    return cmocka_run_group_tests_name("console log", tests, make_directory, remove_directory);
}
