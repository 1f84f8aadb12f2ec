/* SPDX-License-Identifier: MIT */
/* The real daemon and clients that go, some amid a request. */
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xen/io/xs_wire.h>

#include "xenstore_cmocka.h"

/* XENSTORED and CLIENTS come from the build. More clients than these cannot be there at a time. */
#define CLIENTS_MAX 1000

static char directory[] = "/tmp/xenstore-clients-XXXXXX";
static char socket_path[64];
static pid_t daemon_pid;

static int setup(void **state)
{
    (void)state;
    if (!mkdtemp(directory))
        return -1;
    snprintf(socket_path, sizeof(socket_path), "%s/socket", directory);
    daemon_pid = fork();
    if (daemon_pid == 0) {
        execl(XENSTORED, XENSTORED, "-D", "--no-domains", "--no-state", "--socket", socket_path,
              NULL);
        _exit(127);
    }
    for (int i = 0; i < 6000 && access(socket_path, F_OK); i++)
        usleep(10000);
    return access(socket_path, F_OK);
}

static int teardown(void **state)
{
    int status = -1;

    (void)state;
    if (daemon_pid > 0) {
        kill(daemon_pid, SIGTERM);
        waitpid(daemon_pid, &status, 0);
    }
    unlink(socket_path);
    return rmdir(directory) || status;
}

static int connect_client(void)
{
    const struct timeval patience = {.tv_sec = 60};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", socket_path);
    /* The socket is there a moment before it listens. */
    for (int i = 0; connect(fd, (struct sockaddr *)&address, sizeof(address)); i++) {
        assert_in_range(i, 0, 6000);
        usleep(10000);
    }
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), 0);
    return fd;
}

static void send_bytes(int fd, const void *bytes, size_t count)
{
    assert_int_equal(send(fd, bytes, count, MSG_NOSIGNAL), count);
}

static void ask_for_root(int fd)
{
    const struct xsd_sockmsg request = {.type = XS_READ, .len = 2};
    struct xsd_sockmsg answer;

    send_bytes(fd, &request, sizeof(request));
    send_bytes(fd, "/", 2);
    assert_int_equal(recv(fd, &answer, sizeof(answer), MSG_WAITALL), sizeof(answer));
    assert_int_equal(answer.type, XS_READ);
    assert_int_equal(answer.len, 0);
}

static void come_and_go(unsigned int how)
{
    const struct xsd_sockmsg request = {.type = XS_READ, .len = 2};
    int fd = connect_client();

    if (how % 4)
        send_bytes(fd, &request, how % 4 == 1 ? 3 : sizeof(request));
    if (how % 4 == 3)
        send_bytes(fd, "/", 2);
    if (how % 3 == 2)
        assert_int_equal(shutdown(fd, SHUT_WR), 0);
    close(fd);
}

/* They are forgotten, what they sent and how they went as it may be: that they came, sent and went
 * is what the daemon learns all at once. */
static void test_clients_that_go(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < 3 * CLIENTS_MAX; i += 100) {
        int fd;

        assert_int_equal(kill(daemon_pid, SIGSTOP), 0);
        for (unsigned int k = i; k < i + 100; k++)
            come_and_go(k);
        assert_int_equal(kill(daemon_pid, SIGCONT), 0);
        fd = connect_client();
        ask_for_root(fd);
        close(fd);
    }
}

/* Who sends no more has his answers, and is told that it is over. */
static void test_client_that_sends_no_more(void **state)
{
    int fd = connect_client();
    char rest[8];

    (void)state;
    ask_for_root(fd);
    send_bytes(fd, "\2\0\0\0", 4);
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    assert_int_equal(recv(fd, rest, sizeof(rest), 0), 0);
    close(fd);
}

/* Whether more can be sent to a daemon that has had a while to read what was. */
static bool takes_more(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};

    return poll(&poll_fd, 1, 300) > 0;
}

/* So many requests that neither they nor their answers fit anywhere until these are fetched. */
static void test_client_that_fetches_late(void **state)
{
    const struct xsd_sockmsg request = {.type = XS_READ, .len = 2};
    char message[sizeof(request) + 2] = {0};
    unsigned int sent = 0;
    struct xsd_sockmsg answer;
    int fd = connect_client();

    (void)state;
    memcpy(message, &request, sizeof(request));
    message[sizeof(request)] = '/';
    while (takes_more(fd)) {
        while (send(fd, message, sizeof(message), MSG_NOSIGNAL | MSG_DONTWAIT) > 0)
            sent++;
    }
    for (unsigned int i = 0; i < sent; i++)
        assert_int_equal(recv(fd, &answer, sizeof(answer), MSG_WAITALL), sizeof(answer));
    ask_for_root(fd);
    close(fd);
}

/* All at once, as it takes its time; with -w until it goes on. */
static void test_a_stopped_daemon_is_given_up(void **state)
{
    char command[2048];
    int status;

    (void)state;
    snprintf(command, sizeof(command),
             "export XENSTORED_PATH=%s; kill -STOP %d; "
             "for command in 'read /' 'watch -n 1 /' 'control help'; do "
             "%s $command 2>&1 | grep -q 'does not answer within 5 s (-w waits)$' & "
             "started=\"$started $!\"; done; timeout 120 %s exists -w / & last=$!; "
             "for process in $started; do wait $process || exit 9; done; kill -0 $last || exit 8; "
             "kill -CONT %d; wait $last",
             socket_path, daemon_pid, CLIENTS, CLIENTS, daemon_pid);
    status = system(command);
    kill(daemon_pid, SIGCONT);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_stopped_daemon_is_given_up),
        cmocka_unit_test(test_clients_that_go),
        cmocka_unit_test(test_client_that_sends_no_more),
        cmocka_unit_test(test_client_that_fetches_late),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
