/* SPDX-License-Identifier: MIT */
/* The real programs on a real socket: xenstored, the library, the xenstore-* commands. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xenstore.h>

#include "xenstore_cmocka.h"

/* XENSTORED and CLIENTS come from the build: the daemon, and the prefix of the commands. */

static char directory[] = "/tmp/xenstore-test-XXXXXX";
static char socket_path[64], pid_path[64];

/* Run a shell command; its output (both streams), cut to a static buffer, and its exit status. */
static const char *shell(int *status, const char *format, ...)
{
    static char output[64 * 1024];
    char command[4096];
    va_list arguments;
    size_t length;
    FILE *pipe;
    int end;

    va_start(arguments, format);
    vsnprintf(command, sizeof(command), format, arguments);
    va_end(arguments);
    pipe = popen(command, "r");
    assert_non_null(pipe);
    length = fread(output, 1, sizeof(output) - 1, pipe);
    output[length] = '\0';
    end = pclose(pipe);
    *status = WIFEXITED(end) ? WEXITSTATUS(end) : -1;
    return output;
}

static int daemon_pid(void)
{
    FILE *file = fopen(pid_path, "r");
    int pid = 0;

    if (file && fscanf(file, "%d", &pid) != 1)
        pid = 0;
    if (file)
        fclose(file);
    return pid;
}

static int setup(void **state)
{
    int status;

    (void)state;
    if (!mkdtemp(directory))
        return -1;
    snprintf(socket_path, sizeof(socket_path), "%s/run/socket", directory);
    snprintf(pid_path, sizeof(pid_path), "%s/pid", directory);
    setenv("XENSTORED_PATH", socket_path, 1);
    shell(&status, "%s --no-domains --pid-file %s 2>&1", XENSTORED, pid_path);
    return status || !daemon_pid() ? -1 : 0;
}

static int teardown(void **state)
{
    int pid = daemon_pid(), status;

    (void)state;
    if (pid)
        kill(pid, SIGTERM);
    for (int i = 0; i < 500 && access(socket_path, F_OK) == 0; i++)
        usleep(10000);
    if (access(socket_path, F_OK) == 0)
        return -1;
    shell(&status, "rm -rf %s", directory);
    return status;
}

static struct xs_handle *open_handle(unsigned long flags)
{
    struct xs_handle *h = xs_open(flags);

    assert_non_null(h);
    return h;
}

static void test_values(void **state)
{
    struct xs_handle *h = open_handle(XS_OPEN_SOCKETONLY);
    unsigned int count;
    char *value, **names;

    (void)state;
    assert_true(xs_write(h, XBT_NULL, "/values/a", "a\0b", 3));
    value = xs_read(h, XBT_NULL, "/values/a", &count);
    assert_int_equal(count, 3);
    assert_memory_equal(value, "a\0b", 4);
    free(value);
    assert_true(xs_mkdir(h, XBT_NULL, "/values/b"));
    names = xs_directory(h, XBT_NULL, "/values", &count);
    assert_int_equal(count, 2);
    assert_string_equal(names[0], "a");
    assert_string_equal(names[1], "b");
    free(names);
    names = xs_directory(h, XBT_NULL, "/values/b", &count);
    assert_non_null(names);
    assert_int_equal(count, 0);
    free(names);
    assert_true(xs_rm(h, XBT_NULL, "/values"));
    assert_null(xs_read(h, XBT_NULL, "/values/a", NULL));
    assert_int_equal(errno, ENOENT);
    assert_false(xs_write(h, XBT_NULL, "/bad path", "", 0));
    assert_int_equal(errno, EINVAL);
    /* What the wire cannot carry is refused here, and the connection lives on. */
    value = calloc(1, 5000);
    assert_false(xs_write(h, XBT_NULL, "/long", value, 5000));
    assert_int_equal(errno, E2BIG);
    free(value);
    value = xs_get_domain_path(h, 7);
    assert_string_equal(value, "/local/domain/7");
    free(value);
    assert_false(xs_is_domain_introduced(h, 7));
    assert_false(xs_introduce_domain(h, 7, 1, 1));
    assert_int_equal(errno, ENOSYS);
    xs_close(h);
}

static void test_long_directory(void **state)
{
    struct xs_handle *h = open_handle(0);
    xs_transaction_t t = xs_transaction_start(h);
    unsigned int count;
    char path[64], **names;

    (void)state;
    for (unsigned int i = 0; i < 1500; i++) {
        snprintf(path, sizeof(path), "/long/a-rather-long-name-%04u", i);
        assert_true(xs_write(h, t, path, "", 0));
    }
    assert_true(xs_transaction_end(h, t, false));
    names = xs_directory(h, XBT_NULL, "/long", &count);
    assert_non_null(names);
    assert_int_equal(count, 1500);
    for (unsigned int i = 0; i < count; i++) {
        snprintf(path, sizeof(path), "a-rather-long-name-%04u", i);
        assert_string_equal(names[i], path);
    }
    free(names);
    assert_true(xs_rm(h, XBT_NULL, "/long"));
    xs_close(h);
}

static void test_permissions(void **state)
{
    struct xs_permissions list[] = {{.id = 3, .perms = XS_PERM_NONE},
                                    {.id = 4, .perms = XS_PERM_READ | XS_PERM_WRITE},
                                    {.id = 5, .perms = XS_PERM_READ}},
                          *got;
    struct xs_handle *h = open_handle(0);
    unsigned int count;

    (void)state;
    assert_true(xs_mkdir(h, XBT_NULL, "/permissions"));
    assert_true(xs_set_permissions(h, XBT_NULL, "/permissions", list, 3));
    got = xs_get_permissions(h, XBT_NULL, "/permissions", &count);
    assert_int_equal(count, 3);
    assert_memory_equal(got, list, sizeof(list));
    free(got);
    list[0].perms = 9;
    assert_false(xs_set_permissions(h, XBT_NULL, "/permissions", list, 3));
    assert_int_equal(errno, EINVAL);
    xs_close(h);
}

static void test_transactions(void **state)
{
    struct xs_handle *h = open_handle(0), *other = open_handle(0);
    xs_transaction_t t = xs_transaction_start(h);
    char *value;

    (void)state;
    assert_int_not_equal(t, XBT_NULL);
    assert_true(xs_write(h, t, "/transaction", "1", 1));
    assert_true(xs_write(other, XBT_NULL, "/transaction", "2", 1));
    assert_false(xs_transaction_end(h, t, false));
    assert_int_equal(errno, EAGAIN);
    t = xs_transaction_start(h);
    assert_true(xs_write(h, t, "/transaction", "3", 1));
    assert_true(xs_transaction_end(h, t, false));
    value = xs_read(other, XBT_NULL, "/transaction", NULL);
    assert_string_equal(value, "3");
    free(value);
    xs_close(h);
    xs_close(other);
}

static bool readable(struct xs_handle *h, int timeout)
{
    struct pollfd state = {.fd = xs_fileno(h), .events = POLLIN};

    assert_true(state.fd >= 0);
    return poll(&state, 1, timeout) == 1;
}

static void take_event(struct xs_handle *h, const char *path, const char *token)
{
    char **event;

    /* The daemon answers a request first and sends the events then. */
    assert_true(readable(h, 5000));
    event = xs_check_watch(h);
    assert_non_null(event);
    assert_string_equal(event[XS_WATCH_PATH], path);
    assert_string_equal(event[XS_WATCH_TOKEN], token);
    free(event);
}

/* Events that come while a reply is awaited lie in the library: poll() must see them. */
static void test_poll_sees_queued_events(void **state)
{
    struct xs_handle *h = open_handle(0);
    unsigned int count;
    char **event;

    (void)state;
    assert_false(readable(h, 0));
    assert_true(xs_watch(h, "/watched", "token"));
    assert_true(xs_write(h, XBT_NULL, "/watched/a", "1", 1));
    assert_true(xs_write(h, XBT_NULL, "/watched/b", "1", 1));
    free(xs_read(h, XBT_NULL, "/watched/a", NULL));
    assert_true(readable(h, 0));
    take_event(h, "/watched", "token");
    assert_true(readable(h, 0));
    event = xs_read_watch(h, &count);
    assert_int_equal(count, 2);
    assert_string_equal(event[XS_WATCH_PATH], "/watched/a");
    free(event);
    take_event(h, "/watched/b", "token");
    assert_false(readable(h, 0));
    assert_null(xs_check_watch(h));
    assert_int_equal(errno, EAGAIN);
    assert_false(xs_watch(h, "/watched", "token"));
    assert_int_equal(errno, EEXIST);
    assert_true(xs_unwatch(h, "/watched", "token"));
    assert_false(xs_unwatch(h, "/watched", "token"));
    assert_int_equal(errno, ENOENT);
    xs_close(h);
}

static void test_events_from_others(void **state)
{
    struct xs_handle *h = open_handle(XS_UNWATCH_FILTER), *other = open_handle(0);

    (void)state;
    assert_true(xs_watch(h, "/far", "f"));
    assert_true(xs_watch_depth(h, "/", "top", 1));
    assert_true(readable(h, 5000));
    take_event(h, "/far", "f");
    take_event(h, "/", "top");
    assert_false(readable(h, 0));
    assert_true(xs_write(other, XBT_NULL, "/far/x/y", "1", 1));
    assert_true(readable(h, 5000));
    take_event(h, "/far/x/y", "f");
    assert_false(readable(h, 0));
    assert_true(xs_rm(other, XBT_NULL, "/far"));
    assert_true(readable(h, 5000));
    /* With the filter no event of a watch is left after it. */
    free(xs_read(h, XBT_NULL, "/tool", NULL));
    assert_true(xs_unwatch(h, "/far", "f"));
    take_event(h, "/far", "top");
    assert_null(xs_check_watch(h));
    xs_close(h);
    xs_close(other);
}

static void *ask_on(void *context)
{
    struct xs_handle *h = context;

    for (unsigned int i = 0; i < 300; i++)
        free(xs_read(h, XBT_NULL, "/tool/xenstored", NULL));
    xs_write(h, XBT_NULL, "/thread", "done", 4);
    return NULL;
}

/* One thread waits for events, two others ask on the same handle. */
static void test_threads(void **state)
{
    struct xs_handle *h = open_handle(0);
    pthread_t threads[2];

    (void)state;
    assert_true(xs_watch(h, "/thread", "t"));
    free(xs_read_watch(h, NULL));
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_on, h), 0);
    for (int i = 0; i < 2; i++) {
        char **event = xs_read_watch(h, NULL);

        assert_non_null(event);
        assert_string_equal(event[XS_WATCH_PATH], "/thread");
        free(event);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    xs_close(h);
}

static void test_control_features_quotas(void **state)
{
    struct xs_handle *h = open_handle(0);
    unsigned int value = 0, count;
    char **names, *answer;

    (void)state;
    answer = xs_control_command(h, "help", NULL, 0);
    assert_non_null(strstr(answer, "memreport"));
    free(answer);
    answer = xs_control_command(h, "check", NULL, 0);
    assert_non_null(strstr(answer, " 0 accounts wrong"));
    free(answer);
    assert_true(xs_get_features_supported(h, &value));
    assert_int_equal(value, 7);
    names = xs_get_quota_names(h, &count);
    assert_true(count > 5);
    assert_string_equal(names[0], "nodes");
    free(names);
    assert_true(xs_set_global_quota(h, "nodes", 123));
    assert_true(xs_get_global_quota(h, "nodes", &value));
    assert_int_equal(value, 123);
    /* There is no domain 5. */
    assert_false(xs_get_domain_quota(h, 5, "nodes", &value));
    assert_int_equal(errno, ENOENT);
    assert_false(xs_set_domain_quota(h, 5, "nodes", 1));
    assert_int_equal(errno, ENOENT);
    assert_false(xs_get_features_domain(h, 5, &value));
    assert_int_equal(errno, ENOENT);
    assert_false(xs_set_features_domain(h, 5, 1));
    assert_int_equal(errno, ENOENT);
    assert_false(xs_resume_domain(h, 5));
    assert_int_equal(errno, ENOENT);
    assert_false(xs_release_domain(h, 5));
    assert_int_equal(errno, ENOENT);
    assert_false(xs_set_target(h, 5, 6));
    assert_int_equal(errno, ENOENT);
    xs_close(h);
}

static void test_strings(void **state)
{
    struct xs_permissions list[2];
    char text[8];

    (void)state;
    assert_true(xs_path_is_subpath("/a", "/a"));
    assert_true(xs_path_is_subpath("/a", "/a/b"));
    assert_false(xs_path_is_subpath("/a", "/ab"));
    assert_true(xs_path_is_subpath("/", "/ab"));
    assert_int_equal(xs_count_strings("a\0bc\0", 5), 2);
    assert_true(xs_strings_to_perms(list, 2, "r5\0b17"));
    assert_int_equal(list[1].id, 17);
    assert_int_equal(list[1].perms, XS_PERM_READ | XS_PERM_WRITE);
    assert_false(xs_strings_to_perms(list, 1, "x5"));
    assert_false(xs_strings_to_perms(list, 1, "r"));
    assert_true(xs_perm_to_string(&list[1], text, sizeof(text)));
    assert_string_equal(text, "b17");
    assert_false(xs_perm_to_string(&list[1], text, 3));
    assert_int_equal(errno, ENOSPC);
}

#define GONE ": No such file or directory\n"
/* Commands with what they print and how they end. */
static const struct {
    const char *command, *output;
    int status;
} commands[] = {
    {"write /c/a 1 /c/b 'x\\ty\\x41'", "", 0},
    {"read /c/a", "1\n", 0},
    {"read -p /c/a /c/b", "/c/a: 1\n/c/b: x\\tyA\n", 0},
    {"read -R /c/b", "x\tyA", 0},
    {"write -R /c/raw '\\x41'", "", 0},
    {"read /c/raw", "\\\\x41\n", 0},
    {"list /c", "a\nb\nraw\n", 0},
    {"list -p /c", "/c/a\n/c/b\n/c/raw\n", 0},
    {"ls /c", "a = \"1\"\nb = \"x\\tyA\"\nraw = \"\\\\x41\"\n", 0},
    {"chmod /c/a n5 r6", "", 0},
    {"ls -f -p /c",
     "/c/a = \"1\"   (n5,r6)\n/c/b = \"x\\tyA\"   (n0)\n/c/raw = \"\\\\x41\"   (n0)\n", 0},
    {"exists /c/a /c/b", "", 0},
    {"exists /c/a /c/x", "", 1},
    {"rm /c/raw /c/b", "", 0},
    {"write /c/deep/er/est 1", "", 0},
    {"rm -t /c/deep/er/est", "", 0},
    {"ls /c", "a = \"1\"\n", 0},
    {"chmod -r /c w7", "", 0},
    {"ls -pf /c", "/c/a = \"1\"   (w7)\n", 0},
    {"write /c/d/e 1", "", 0},
    {"chmod -u /c/d/e r8", "", 0},
    {"ls -pf /c", "/c/a = \"1\"   (w7)\n/c/d = \"\"   (r8)\n/c/d/e = \"1\"   (r8)\n", 0},
    {"read /nothing", "xenstore-read: couldn't read path /nothing" GONE, 1},
    {"list /nothing", "xenstore-list: could not list path /nothing" GONE, 1},
    {"ls /nothing", "xenstore-ls: xs_directory (/nothing)" GONE, 1},
    {"rm /no/thing", "xenstore-rm: could not remove path /no/thing" GONE, 1},
    {"write '/b d' 1", "xenstore-write: could not write path /b d: Invalid argument\n", 1},
    {"write /a", "xenstore-write: Usage: xenstore-write [-h] [-s] [-R] [-w] key value [...]\n", 1},
    {"chmod /c q5", "xenstore-chmod: Invalid permission specification: 'q'\n", 1},
    {"read -h", "xenstore-read: Usage: xenstore-read [-h] [-p] [-s] [-R] [-w] key [...]\n", 0},
    {"read -x", "xenstore-read: Usage: xenstore-read [-h] [-p] [-s] [-R] [-w] key [...]\n", 1},
    {"watch -n 1 /c", "/c\n", 0},
    {"control nonsense", "xenstore-control: nonsense: Invalid argument\n", 1},
    {"control print hello", "OK\n", 0},
};

static void test_commands(void **state)
{
    const char *output;
    int status;

    (void)state;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        output = shell(&status, "%s-%s 2>&1", CLIENTS, commands[i].command);
        if (strcmp(output, commands[i].output) || status != commands[i].status)
            fail_msg("%s: %d, %s", commands[i].command, status, output);
    }
    /* Under the one name the first argument is the command. */
    output = shell(&status, "%s read /c/a 2>&1", CLIENTS);
    assert_string_equal(output, "1\n");
    shell(&status, "%s nonsense 2>&1", CLIENTS);
    assert_int_equal(status, 1);
    shell(&status, "XENSTORED_PATH=/nowhere %s-read /c/a 2>&1", CLIENTS);
    assert_int_equal(status, 1);
}

/* To a full disk, or to no standard output at all. */
static void test_what_cannot_be_written_is_a_failure(void **state)
{
    int status;

    (void)state;
    shell(&status,
          "%s-write /c/a 1; for command in 'read /c/a' 'list /c' 'ls /c' 'watch -n 1 /c' 'control "
          "print hello' 'read -h'; do for to in /dev/full '&-'; do eval \"%s-$command >$to "
          "2>/dev/null\"; [ $? = 1 ] || exit 9; done; done",
          CLIENTS, CLIENTS);
    assert_int_equal(status, 0);
}

static void test_daemon_command_line(void **state)
{
    const char *output;
    int status;

    (void)state;
    output = shell(&status, "%s --no-domains --nofork 2>&1", XENSTORED);
    assert_int_equal(status, 4);
    assert_non_null(strstr(output, "another xenstored answers there"));
    shell(&status, "%s --no-domains 2>&1", XENSTORED);
    assert_int_equal(status, 4);
    shell(&status, "%s --nonsense 2>&1", XENSTORED);
    assert_int_equal(status, 2);
    shell(&status, "%s nonsense 2>&1", XENSTORED);
    assert_int_equal(status, 2);
    shell(&status, "%s --quota bogus=1 2>&1", XENSTORED);
    assert_int_equal(status, 2);
    output = shell(&status, "%s --help 2>&1", XENSTORED);
    assert_int_equal(status, 0);
    assert_non_null(strstr(output, "transaction-nodes"));
    output = shell(&status, "%s --version 2>&1", XENSTORED);
    assert_int_equal(status, 0);
    assert_non_null(strstr(output, "Trefoil"));
    /* There is no hypervisor here. */
    shell(&status, "%s --nofork --socket %s/other 2>&1", XENSTORED, directory);
    assert_int_equal(status, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_long_directory),
        cmocka_unit_test(test_permissions),
        cmocka_unit_test(test_transactions),
        cmocka_unit_test(test_poll_sees_queued_events),
        cmocka_unit_test(test_events_from_others),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_control_features_quotas),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_what_cannot_be_written_is_a_failure),
        cmocka_unit_test(test_daemon_command_line),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
