/* SPDX-License-Identifier: MIT */
/* Live updates of the real daemon, to a copy of it, amid what real clients do. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xen/io/xs_wire.h>
#include <xenstore.h>

#include "xenstore_cmocka.h"

/* XENSTORED and CLIENTS come from the build: the daemon, and the prefix of the commands. */

static char directory[] = "/tmp/xenstore-live-XXXXXX";
static char socket_path[64], pid_path[64];

/* Run a shell command; its output (both streams) and its exit status. */
static const char *shell(int *status, const char *format, ...)
{
    static char output[4096];
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

    if (!file)
        return 0;
    if (fscanf(file, "%d", &pid) != 1)
        pid = 0;
    fclose(file);
    return pid;
}

static int start(void)
{
    int status;

    shell(&status, "%s --no-domains --state-file %s/state --pid-file %s 2>&1", XENSTORED, directory,
          pid_path);
    return status || !daemon_pid() ? -1 : 0;
}

static int setup(void **state)
{
    int status;

    (void)state;
    if (!mkdtemp(directory))
        return -1;
    snprintf(socket_path, sizeof(socket_path), "%s/socket", directory);
    snprintf(pid_path, sizeof(pid_path), "%s/pid", directory);
    setenv("XENSTORED_PATH", socket_path, 1);
    shell(&status, "cp %s %s/one && cp %s %s/two", XENSTORED, directory, XENSTORED, directory);
    return status ? -1 : start();
}

static int teardown(void **state)
{
    int pid = daemon_pid(), status;

    (void)state;
    if (pid)
        kill(pid, SIGTERM);
    for (int i = 0; i < 3000 && access(socket_path, F_OK) == 0; i++)
        usleep(10000);
    /* The last program takes its files along, as the first one would. */
    if (access(socket_path, F_OK) == 0 || access(pid_path, F_OK) == 0)
        return -1;
    shell(&status, "rm -rf %s", directory);
    return status;
}

static struct xs_handle *open_handle(void)
{
    struct xs_handle *h = xs_open(0);

    assert_non_null(h);
    return h;
}

/* Which program the daemon's process runs. */
static void assert_program(const char *name)
{
    char link[64], found[256] = "", expected[256];

    snprintf(link, sizeof(link), "/proc/%d/exe", daemon_pid());
    assert_true(readlink(link, found, sizeof(found) - 1) > 0);
    snprintf(expected, sizeof(expected), "%s/%s", directory, name);
    assert_string_equal(found, expected);
}

static void update_to(const char *name)
{
    int pid = daemon_pid(), status;
    const char *output =
        shell(&status, "%s-control live-update %s/%s 2>&1", CLIENTS, directory, name);

    if (status || strcmp(output, "OK\n"))
        fail_msg("%d, %s", status, output);
    assert_int_equal(daemon_pid(), pid);
    assert_program(name);
}

static void assert_value(struct xs_handle *h, xs_transaction_t transaction, const char *path,
                         const char *expected)
{
    char *value = xs_read(h, transaction, path, NULL);

    assert_non_null(value);
    assert_string_equal(value, expected);
    free(value);
}

/* ---- What goes on -----------------------------------------------------------------------------
 */

static void test_transaction_and_watch(void **state)
{
    struct xs_handle *h = open_handle();
    xs_transaction_t good, bad;
    char **event;

    (void)state;
    assert_true(xs_write(h, XBT_NULL, "/live/a", "1", 1));
    assert_true(xs_watch(h, "/live", "token"));
    free(xs_read_watch(h, NULL));
    good = xs_transaction_start(h);
    bad = xs_transaction_start(h);
    assert_value(h, good, "/live/a", "1");
    assert_true(xs_write(h, good, "/live/b", "2", 1));
    free(xs_read(h, bad, "/live/c", NULL));
    assert_true(xs_write(h, bad, "/live/d", "2", 1));
    update_to("one");
    assert_value(h, good, "/live/b", "2");
    assert_true(xs_write(h, XBT_NULL, "/live/c", "3", 1));
    assert_true(xs_transaction_end(h, good, false));
    assert_false(xs_transaction_end(h, bad, false));
    assert_int_equal(errno, EAGAIN);
    for (int i = 0; i < 2; i++) {
        event = xs_read_watch(h, NULL);
        assert_non_null(event);
        assert_string_equal(event[XS_WATCH_PATH], i ? "/live/b" : "/live/c");
        free(event);
    }
    assert_value(h, XBT_NULL, "/live/b", "2");
    xs_close(h);
}

static int raw_connection(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    memcpy(address.sun_path, socket_path, strlen(socket_path));
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static void take_whole(int fd, void *buffer, size_t length)
{
    for (size_t done = 0; done < length;) {
        struct pollfd state = {.fd = fd, .events = POLLIN};
        ssize_t got;

        assert_int_equal(poll(&state, 1, 60000), 1);
        got = recv(fd, (char *)buffer + done, length - done, 0);
        assert_true(got > 0);
        done += (size_t)got;
    }
}

/* One half of a request comes before, the other after. */
static void test_half_a_request(void **state)
{
    struct {
        struct xsd_sockmsg header;
        char path[8];
    } request = {{.type = XS_READ, .req_id = 77, .len = 8}, "/live/a"};
    struct xsd_sockmsg header;
    int fd = raw_connection();
    char value;

    (void)state;
    for (size_t half = 3; half < sizeof(request); half += 9) {
        assert_int_equal(send(fd, &request, half, 0), half);
        update_to(half % 2 ? "two" : "one");
        assert_int_equal(send(fd, (char *)&request + half, sizeof(request) - half, 0),
                         sizeof(request) - half);
        take_whole(fd, &header, sizeof(header));
        assert_int_equal(header.req_id, 77);
        assert_int_equal(header.len, 1);
        take_whole(fd, &value, 1);
        assert_int_equal(value, '1');
    }
    close(fd);
}

/* ---- Under load -------------------------------------------------------------------------------
 */

static atomic_bool stop;
static atomic_uint wrong;

/* Adds one to a counter in a transaction, as often as it can. */
static unsigned int add_on(struct xs_handle *h, const char *path)
{
    unsigned int done = 0;

    while (!stop || !done) {
        xs_transaction_t transaction = xs_transaction_start(h);
        char *value = xs_read(h, transaction, path, NULL), text[16];
        unsigned int length = (unsigned int)snprintf(text, sizeof(text), "%lu",
                                                     value ? strtoul(value, NULL, 10) + 1 : 1);

        free(value);
        if (!xs_write(h, transaction, path, text, length))
            wrong++;
        if (xs_transaction_end(h, transaction, false))
            done++;
        else if (errno != EAGAIN)
            wrong++;
    }
    return done;
}

struct adder {
    pthread_t thread;
    const char *path;
    unsigned int done;
};

static void *run_adder(void *context)
{
    struct adder *adder = context;
    struct xs_handle *h = xs_open(0);

    if (h)
        adder->done = add_on(h, adder->path);
    else
        wrong++;
    xs_close(h);
    return NULL;
}

/* Sees a node change until it is told to stop by its last value. */
static void *run_watcher(void *context)
{
    struct xs_handle *h = context;

    for (;;) {
        char **event = xs_read_watch(h, NULL), *value;
        bool last;

        if (!event) {
            wrong++;
            return NULL;
        }
        free(event);
        value = xs_read(h, XBT_NULL, "/load/last", NULL);
        last = value && !strcmp(value, "last");
        free(value);
        if (last)
            return NULL;
    }
}

/* None of the acknowledged changes is lost or done twice, no event either, nobody sees an error. */
static void test_under_load(void **state)
{
    struct adder adders[] = {{.path = "/load/both"}, {.path = "/load/both"}, {.path = "/load/own"}};
    struct xs_handle *h = open_handle(), *watching = open_handle();
    char text[16];
    pthread_t watcher;

    (void)state;
    assert_true(xs_watch(watching, "/load", "token"));
    assert_int_equal(pthread_create(&watcher, NULL, run_watcher, watching), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&adders[i].thread, NULL, run_adder, &adders[i]), 0);
    for (int i = 0; i < 6; i++)
        update_to(i % 2 ? "one" : "two");
    stop = true;
    for (int i = 0; i < 3; i++)
        pthread_join(adders[i].thread, NULL);
    assert_true(xs_write(h, XBT_NULL, "/load/last", "last", 4));
    pthread_join(watcher, NULL);
    assert_int_equal(wrong, 0);
    snprintf(text, sizeof(text), "%u", adders[0].done + adders[1].done);
    assert_value(h, XBT_NULL, "/load/both", text);
    snprintf(text, sizeof(text), "%u", adders[2].done);
    assert_value(h, XBT_NULL, "/load/own", text);
    assert_true(adders[2].done > 0);
    xs_close(h);
    xs_close(watching);
}

/* ---- What is refused, and costs nothing -------------------------------------------------------
 */

static void expect_refusal(struct xs_handle *h, const char *arguments, const char *expected)
{
    const char *output;
    int status;

    output =
        shell(&status, "cd %s && %s-control live-update %s 2>&1", directory, CLIENTS, arguments);
    assert_int_equal(status, 1);
    if (!strstr(output, expected))
        fail_msg("%s: %s", arguments, output);
    assert_value(h, XBT_NULL, "/live/a", "1");
}

static void make_script(const char *name, const char *text)
{
    int status;

    shell(&status, "printf '#!/bin/sh\\n%s\\n' > %s/%s && chmod +x %s/%s", text, directory, name,
          directory, name);
    assert_int_equal(status, 0);
}

static void test_refusals(void **state)
{
    struct xs_handle *h = open_handle();
    xs_transaction_t transaction = xs_transaction_start(h);

    (void)state;
    assert_true(xs_write(h, transaction, "/live/refused", "1", 1));
    update_to("two");
    make_script("hangs", "exec sleep 100");
    make_script("refuses", "echo the stream is too new; exit 1");
    make_script("chats", "echo ready; echo or not");
    make_script("fails", "echo ready; exit 3");
    expect_refusal(h, "nothing", "live-update: nothing: No such file or directory");
    expect_refusal(h, "/bin/true", "it does not say that it can go on");
    expect_refusal(h, "/etc/passwd", "Permission denied");
    expect_refusal(h, directory, "Permission denied");
    expect_refusal(h, "-t 1 hangs", "it did not say within 1 s whether it can go on");
    expect_refusal(h, "refuses", "live-update: the stream is too new");
    expect_refusal(h, "chats", "does not say");
    expect_refusal(h, "fails", "does not say");
    expect_refusal(h, "-c --nonsense one", "unrecognized option '--nonsense'");
    expect_refusal(h, "", "live-update: Usage: ");
    expect_refusal(h, "-t x one", "live-update: Usage: ");
    expect_refusal(h, "-x one", "live-update: Usage: ");
    expect_refusal(h, "one two", "live-update: Usage: ");
    assert_program("two");
    assert_true(xs_transaction_end(h, transaction, false));
    assert_value(h, XBT_NULL, "/live/refused", "1");
    xs_close(h);
}

static void expect_answer(struct xs_handle *h, const char *words, unsigned int length,
                          const char *expected)
{
    char *answer = xs_control_command(h, "live-update", (void *)(uintptr_t)words, length);

    assert_non_null(answer);
    assert_string_equal(answer, expected);
    free(answer);
}

#define EXPECT_ANSWER(h, words, expected) expect_answer(h, words, sizeof(words), expected)

/* The steps that xenstore-control takes, in another order. */
static void test_steps(void **state)
{
    static const char none[] = "no live update was begun on this connection";
    struct xs_handle *h = open_handle(), *other = open_handle();

    (void)state;
    EXPECT_ANSWER(h, "-s", none);
    EXPECT_ANSWER(h, "-c\0-D", none);
    EXPECT_ANSWER(h, "-a", none);
    EXPECT_ANSWER(h, "nothing", "the program's name has to begin with a slash");
    EXPECT_ANSWER(h, "-f\0/nothing", "OK");
    EXPECT_ANSWER(h, "-a", "OK");
    EXPECT_ANSWER(h, "/nothing", "OK");
    EXPECT_ANSWER(other, "-f\0/nothing", "another live update is going on");
    EXPECT_ANSWER(other, "-s", none);
    EXPECT_ANSWER(h, "-c\0-D", "OK");
    EXPECT_ANSWER(h, "-c\0-v", "OK");
    EXPECT_ANSWER(h, "-a", "OK");
    EXPECT_ANSWER(other, "/nothing", "OK");
    /* Who asked for it goes: it is forgotten. */
    xs_close(other);
    for (int i = 0; i < 3000; i++) {
        char *answer = xs_control_command(h, "live-update", (void *)"/nothing", 9);
        bool begun = answer && !strcmp(answer, "OK");

        free(answer);
        if (begun)
            break;
        usleep(10000);
    }
    EXPECT_ANSWER(h,
                  "-s\0-t\0"
                  "5\0-F",
                  "No such file or directory");
    EXPECT_ANSWER(h, "-a", none);
    EXPECT_ANSWER(h, "/nothing", "OK");
    assert_null(xs_control_command(h, "live-update", (void *)"-s\0-x", 6));
    EXPECT_ANSWER(h, "-a", "OK");
    assert_null(xs_control_command(h, "live-update", NULL, 0));
    assert_null(xs_control_command(h, "live-update", (void *)"-f", 3));
    assert_null(xs_control_command(h, "live-update", (void *)"/nothing\0-s", 12));
    xs_close(h);
}

/* ---- The state file ---------------------------------------------------------------------------
 */

/* What is kept is gone on with, also by another command line; a kill loses nothing. */
static void test_state_goes_on(void **state)
{
    struct xs_handle *h = open_handle();
    int status;

    (void)state;
    assert_true(xs_write(h, XBT_NULL, "/live/before", "1", 1));
    shell(&status, "%s-control live-update -c '--no-domains --state-file %s/state -F %s -v' %s/one",
          CLIENTS, directory, pid_path, directory);
    assert_int_equal(status, 0);
    assert_program("one");
    assert_true(xs_write(h, XBT_NULL, "/live/after", "1", 1));
    update_to("two");
    assert_true(xs_write(h, XBT_NULL, "/live/last", "1", 1));
    kill(daemon_pid(), SIGKILL);
    xs_close(h);
    assert_int_equal(start(), 0);
    h = open_handle();
    assert_value(h, XBT_NULL, "/live/before", "1");
    assert_value(h, XBT_NULL, "/live/after", "1");
    assert_value(h, XBT_NULL, "/live/last", "1");
    xs_close(h);
    update_to("one");
}

static void test_stream_by_hand(void **state)
{
    const char *output;
    int status;

    (void)state;
    output = shell(&status, "%s --live-update-check=0 </dev/null 2>&1", XENSTORED);
    assert_int_equal(status, 1);
    assert_string_equal(output, "descriptor 0 is no stream");
    output = shell(&status, "echo something > %s/file; %s -D --live-update=0 <%s/file 2>&1",
                   directory, XENSTORED, directory);
    assert_int_equal(status, 1);
    assert_non_null(strstr(output, "live update: the stream is not of the format"));
    output = shell(&status, "%s --live-update=x 2>&1", XENSTORED);
    assert_int_equal(status, 2);
    assert_non_null(strstr(output, "not a descriptor: x"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transaction_and_watch),
        cmocka_unit_test(test_half_a_request),
        cmocka_unit_test(test_under_load),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_state_goes_on),
        cmocka_unit_test(test_stream_by_hand),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
