/* SPDX-License-Identifier: MIT */
/* xenconsoled's history, log files and command line. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "history.h"
#include "log.h"
#include "loop.h"
#include "message.h"
#include "options.h"

static char directory[] = "/tmp/console-log-XXXXXX";
static struct options options;

static uint64_t clock_ms;

/* In place of the daemon's clock. */
uint64_t loop_now(void)
{
    return clock_ms;
}

static int make_directory(void **state)
{
    (void)state;
    message_setup(open("/dev/null", O_WRONLY | O_CLOEXEC), false);
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
    clock_ms = 1000000;
    options = (struct options){.log_dir = directory, .log_keep = 2};
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

static void so_many_renamed_logs_are_kept(void **state)
{
    struct log log;
    char path[256];

    (void)state;
    options.log_size = 1;
    log_open(&log, &options, "f", false);
    for (const char *text = "abcd"; *text; text++)
        log_append(&log, text, 1);
    assert_string_equal(contents("f.log"), "d");
    assert_string_equal(contents("f.log.1"), "c");
    assert_string_equal(contents("f.log.2"), "b");
    assert_null(contents("f.log.3"));
    log_close(&log);
    options.log_keep = 0;
    log_open(&log, &options, "g", false);
    log_append(&log, "a", 1);
    log_append(&log, "b", 1);
    assert_string_equal(contents("g.log"), "b");
    assert_null(contents("g.log.1"));
    log_close(&log);
    /* Where it cannot be renamed the bound holds all the same. */
    options.log_keep = 1;
    snprintf(path, sizeof path, "%s/h.log.1", directory);
    assert_int_equal(mkdir(path, 0700), 0);
    log_open(&log, &options, "h", false);
    log_append(&log, "a", 1);
    log_append(&log, "b", 1);
    assert_string_equal(contents("h.log"), "b");
    log_close(&log);
}

/* As a full disk does, a limit of size lets only so much be written. */
static void limit_files(rlim_t size)
{
    struct rlimit limit;

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_full_disk_ends_nothing(void **state)
{
    struct log log;

    (void)state;
    log_open(&log, &options, "i", false);
    limit_files(6);
    log_append(&log, "one\ntwo\n", 8);
    log_append(&log, "three\n", 6);
    clock_ms += LOG_FILE_RETRY_MS;
    log_append(&log, "four\n", 5);
    assert_string_equal(contents("i.log"), "one\ntw");
    assert_int_equal(log.file.lost, 13);
    limit_files(RLIM_INFINITY);
    log_append(&log, "too soon\n", 9);
    clock_ms += LOG_FILE_RETRY_MS;
    log_append(&log, "five\n", 5);
    log_append(&log, "six\n", 4);
    log_close(&log);
    assert_string_equal(contents("i.log"),
                        "one\ntw\n[xenconsoled: 22 bytes are lost here: File too "
                        "large]\nfive\nsix\n");
}

static void a_directory_that_comes_later(void **state)
{
    struct log log;
    char from[256], to[256];

    (void)state;
    snprintf(from, sizeof from, "%s/later.log", directory);
    snprintf(to, sizeof to, "%s/aside", directory);
    assert_int_equal(mkdir(from, 0700), 0);
    log_open(&log, &options, "later", false);
    log_append(&log, "lost\n", 5);
    assert_int_equal(rename(from, to), 0);
    clock_ms += LOG_FILE_RETRY_MS;
    log_append(&log, "kept\n", 5);
    log_close(&log);
    assert_string_equal(contents("later.log"),
                        "[xenconsoled: 5 bytes are lost here: Is a directory]\nkept\n");
}

/* What comes after a flood is logged, and what came before is not washed away by it. */
static void a_flood_is_left_out(void **state)
{
    struct log log;

    (void)state;
    options.log_rate = 10;
    options.log_burst = 20;
    log_open(&log, &options, "j", false);
    log_set_budget(&log, &options);
    log_append(&log, "before\n", 7);
    log_append(&log, "yyyyyyyyyyyyyyyyyyyy", 20);
    assert_true(log_flooded(&log));
    for (int i = 0; i < 100; i++) {
        clock_ms += 5;
        log_append(&log, "y\n", 2);
    }
    clock_ms += 500;
    log_append(&log, "after\n", 6);
    assert_false(log_flooded(&log));
    assert_string_equal(contents("j.log"),
                        "before\nyyyyyyyyyyyyy\n[xenconsoled: 207 bytes are left "
                        "out here: more than 10 a second]\nafter\n");
    clock_ms += 1000000;
    log_append(&log, "01234567890123456789\n", 21);
    log_close(&log);
    assert_non_null(strstr(contents("j.log"), "6789\n[xenconsoled: 1 bytes are left out"));
}

static void messages_go_to_a_log(void **state)
{
    struct log log;

    (void)state;
    options.log_size = 20;
    log_open(&log, &options, "own", false);
    message_to_log(&log);
    message_error("the first");
    message_error("the second");
    assert_string_equal(contents("own.log"), "xenconsoled: the second\n");
    limit_files(0);
    message_error("nothing can be said of this"); /* and it does not call itself for ever */
    limit_files(RLIM_INFINITY);
    clock_ms += LOG_FILE_RETRY_MS;
    message_error("the third");
    assert_non_null(strstr(contents("own.log"), "bytes are lost here"));
    assert_non_null(strstr(contents("own.log"), "the third"));
    message_setup(open("/dev/null", O_WRONLY | O_CLOEXEC), false);
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
    assert_true(parse("--log-keep=7", "--log-rate=0"));
    assert_int_equal(options.log_keep, 7);
    assert_int_equal(options.log_rate, 0);
    assert_int_equal(options.log_burst, 256 * 1024);
    assert_true(parse("--log-burst=1", NULL));
    assert_int_equal(options.log_burst, 1024);
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
    assert_false(parse("--log-keep=100", NULL));
    assert_false(parse("--log-rate=fast", NULL));
    assert_false(parse("--log-burst=0", NULL));
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
        cmocka_unit_test_setup(so_many_renamed_logs_are_kept, defaults),
        cmocka_unit_test_setup(a_full_disk_ends_nothing, defaults),
        cmocka_unit_test_setup(a_directory_that_comes_later, defaults),
        cmocka_unit_test_setup(a_flood_is_left_out, defaults),
        cmocka_unit_test_setup(messages_go_to_a_log, defaults),
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
