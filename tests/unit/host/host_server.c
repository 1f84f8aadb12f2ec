/* SPDX-License-Identifier: MIT */
/* Clients of hvtwin that do not keep to the protocol lose their connection, or get an error;
 * nobody else notices. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <twin/protocol.h>
#include <xen/event_channel.h>
#include <xen/version.h>
#include <xen/xen.h>

#define ARENA      8192U
#define ARENA_BASE 0x10000U

static char directory[] = "/tmp/twin-test-XXXXXX";
static char path[64];
static pid_t hvtwin;

static int try_connect(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    close(fd);
    return -1;
}

static int connected(void)
{
    int fd = try_connect();

    assert_true(fd >= 0);
    return fd;
}

static void put(int fd, const void *data, size_t size, int descriptor)
{
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {(void *)(uintptr_t)data, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

    if (descriptor >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof(control);
        control.align.cmsg_len = CMSG_LEN(sizeof(int));
        control.align.cmsg_level = SOL_SOCKET;
        control.align.cmsg_type = SCM_RIGHTS;
        memcpy(CMSG_DATA(&control.align), &descriptor, sizeof(int));
    }
    assert_int_equal(sendmsg(fd, &message, MSG_NOSIGNAL), size);
}

/* The answer's result; INT64_MIN when the connection has ended. */
static int64_t answer(int fd)
{
    struct twin_reply reply;
    ssize_t size = recv(fd, &reply, sizeof(reply), 0);

    return size >= (ssize_t)TWIN_REPLY_SIZE(0) ? reply.result : INT64_MIN;
}

static int64_t ask(int fd, const struct twin_request *request)
{
    put(fd, request, TWIN_REQUEST_SIZE(request->count), -1);
    return answer(fd);
}

static int64_t hello(int fd, const char *name, int arena, uint64_t size)
{
    struct twin_request request = {
        .kind = TWIN_HELLO, .number = TWIN_VERSION, .args = {ARENA_BASE, size}};

    snprintf(request.name, sizeof(request.name), "%s", name);
    put(fd, &request, TWIN_REQUEST_SIZE(0), arena);
    return answer(fd);
}

static int as(const char *name)
{
    int fd = connected();

    assert_true(hello(fd, name, -1, 0) >= 0);
    return fd;
}

static int make_arena(unsigned int seals)
{
    int fd = memfd_create("arena", MFD_ALLOW_SEALING);

    assert_int_equal(ftruncate(fd, ARENA), 0);
    if (seals)
        assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
    return fd;
}

static int start(void **state)
{
    char tree[80], command[512];

    (void)state;
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof(path), "%s/sock", directory);
    snprintf(tree, sizeof(tree), "%s/tree", directory);
    snprintf(command, sizeof(command), "dtc -q -I dts -O dtb -o %s %s/base.dts", tree,
             LAUNCH_DIRECTORY);
    assert_int_equal(system(command), 0);
    hvtwin = fork();
    if (hvtwin == 0) {
        execl(HVTWIN, "hvtwin", "-f", "-s", path, "-l", "/dev/null", tree, (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < 1000; i++) {
        int fd = try_connect();

        if (fd >= 0) {
            close(fd);
            return 0;
        }
        usleep(10000);
    }
    return -1;
}

/* It has not crashed, and no sanitizer complains at its end. */
static int stop(void **state)
{
    char command[64];
    int status;

    (void)state;
    kill(hvtwin, SIGTERM);
    assert_int_equal(waitpid(hvtwin, &status, 0), hvtwin);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    snprintf(command, sizeof(command), "rm -rf %s", directory);
    return system(command);
}

static void test_messages(void **state)
{
    struct twin_request request = {.kind = TWIN_HYPERCALL};
    struct {
        size_t size;
        uint32_t kind, count;
    } bad[] = {
        {1, TWIN_HELLO, 0},
        {TWIN_REQUEST_SIZE(0) - 1, TWIN_HELLO, 0},
        {TWIN_REQUEST_SIZE(0), TWIN_KINDS, 0},
        {TWIN_REQUEST_SIZE(0), UINT32_MAX, 0},
        {TWIN_REQUEST_SIZE(0), TWIN_GRANT_MAP, 1},
        {TWIN_REQUEST_SIZE(2), TWIN_GRANT_MAP, 1},
        {sizeof(request), TWIN_GRANT_MAP, TWIN_PAGES + 1},
        {sizeof(request), TWIN_GRANT_MAP, UINT32_MAX},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int fd = as("app");

        request.kind = bad[i].kind;
        request.count = bad[i].count;
        put(fd, &request, bad[i].size, -1);
        assert_true(answer(fd) == INT64_MIN);
        close(fd);
    }
}

static void test_before_hello(void **state)
{
    (void)state;
    for (uint32_t kind = 0; kind < TWIN_KINDS; kind++) {
        struct twin_request request = {.kind = kind};
        int fd = connected();

        assert_true(ask(fd, &request) < 0);
        close(fd);
    }
}

static void test_hello(void **state)
{
    int unsealed = make_arena(0), sealed = make_arena(F_SEAL_SHRINK), fd;

    (void)state;
    fd = connected();
    assert_int_equal(hello(fd, "nobody", -1, 0), -ESRCH);
    assert_int_equal(hello(fd, "77", -1, 0), -ESRCH);
    assert_int_equal(hello(fd, "app", unsealed, ARENA), -EINVAL);
    assert_int_equal(hello(fd, "app", sealed, ARENA + 4096), -EINVAL);
    assert_int_equal(hello(fd, "app", sealed, ARENA - 1), -EINVAL);
    assert_int_equal(hello(fd, "app", STDIN_FILENO, ARENA), -EINVAL);
    assert_int_equal(hello(fd, "2", sealed, ARENA), 2);
    assert_true(hello(fd, "app", sealed, ARENA) < 0);
    close(fd);
    close(unsealed);
    close(sealed);
}

/* Arguments that are not all in the arena. */
static void test_addresses(void **state)
{
    const uint64_t bad[] = {0,          ARENA_BASE - 1, ARENA_BASE + ARENA, ARENA_BASE + ARENA - 8,
                            UINT64_MAX, UINT64_MAX - 8, UINT64_C(1) << 63};
    int arena = make_arena(F_SEAL_SHRINK), fd = connected();
    struct twin_request request = {.kind = TWIN_HYPERCALL, .number = __HYPERVISOR_xen_version};

    (void)state;
    assert_int_equal(hello(fd, "app", arena, ARENA), 2);
    request.args[0] = XENVER_extraversion;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        request.args[1] = bad[i];
        assert_int_equal(ask(fd, &request), -EFAULT);
    }
    request.args[1] = ARENA_BASE + ARENA - 16;
    assert_int_equal(ask(fd, &request), 0);
    request.number = UINT64_C(1) << 32 | __HYPERVISOR_xen_version;
    assert_int_equal(ask(fd, &request), -ENOSYS);
    close(fd);
    close(arena);
}

static void test_what_is_not_its_own(void **state)
{
    struct twin_request bind = {.kind = TWIN_EVENT_UNBOUND, .domid = 0};
    struct twin_request other = {.kind = TWIN_EVENT_NOTIFY};
    struct twin_request unmap = {.kind = TWIN_UNMAP, .number = 1};
    struct twin_request share = {
        .kind = TWIN_SHARE, .domid = 0, .count = 1, .notify_offset = TWIN_NOTIFY_NONE};
    int mine = as("app"), theirs = as("app");
    int64_t port = ask(mine, &bind);

    (void)state;
    assert_true(port > 0);
    other.port = (uint32_t)port;
    assert_true(ask(theirs, &other) < 0);
    other.kind = TWIN_EVENT_UNMASK;
    assert_int_equal(ask(theirs, &other), -EINVAL);
    other.kind = TWIN_EVENT_UNBIND;
    assert_int_equal(ask(theirs, &other), -EINVAL);
    assert_int_equal(ask(theirs, &unmap), -EINVAL);
    share.notify_port = 4095;
    assert_int_equal(ask(mine, &share), -EINVAL);
    share.notify_port = TWIN_NOTIFY_NONE;
    share.notify_offset = 4096;
    assert_int_equal(ask(mine, &share), -EINVAL);
    assert_int_equal(ask(mine, &other), 0);
    assert_int_equal(ask(mine, &other), -EINVAL);
    close(mine);
    close(theirs);
}

/* The policy decides about what the twin does for a program, too. */
static void test_policy(void **state)
{
    struct twin_request map = {
        .kind = TWIN_FOREIGN_MAP, .domid = 1, .count = 1, .pages = {0x40000}};
    struct twin_reply reply;
    int fd = as("app");

    (void)state;
    put(fd, &map, TWIN_REQUEST_SIZE(1), -1);
    assert_int_equal(recv(fd, &reply, sizeof(reply), 0), TWIN_REPLY_SIZE(1));
    assert_int_equal((int64_t)reply.pages[0], -EPERM);
    close(fd);
}

/* A port bound again after a hypercall has closed it under its owner is the new owner's. */
static void test_closed_by_hypercall(void **state)
{
    int arena = make_arena(F_SEAL_SHRINK), fd = connected(), second = as("control");
    struct twin_request bind = {.kind = TWIN_EVENT_UNBOUND, .domid = 0};
    struct twin_request close_it = {
        .kind = TWIN_HYPERCALL, .number = __HYPERVISOR_event_channel_op, .args = {EVTCHNOP_close}};
    struct evtchn_close *argument = mmap(NULL, ARENA, PROT_READ | PROT_WRITE, MAP_SHARED, arena, 0);
    int64_t port;

    (void)state;
    assert_int_equal(hello(fd, "control", arena, ARENA), 1);
    port = ask(fd, &bind);
    assert_true(port > 0);
    argument->port = (evtchn_port_t)port;
    close_it.args[1] = ARENA_BASE;
    assert_int_equal(ask(fd, &close_it), 0);
    assert_int_equal(ask(second, &bind), port);
    bind = (struct twin_request){.kind = TWIN_EVENT_UNMASK, .port = (uint32_t)port};
    assert_int_equal(ask(fd, &bind), -EINVAL);
    assert_int_equal(ask(second, &bind), 0);
    munmap(argument, ARENA);
    close(arena);
    close(fd);
    close(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_before_hello),
        cmocka_unit_test(test_hello),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_what_is_not_its_own),
        cmocka_unit_test(test_policy),
        cmocka_unit_test(test_closed_by_hypercall),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
