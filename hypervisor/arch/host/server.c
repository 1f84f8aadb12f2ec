/* SPDX-License-Identifier: MIT */
#include "server.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <trefoil/arch.h>

#include "connection.h"

static struct {
    int epoll, listener, signals;
    bool over;
    struct connection *connections;
} server;

/* Does somebody answer at the address? Then it is not ours to take. */
static bool answers(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    bool connected =
        fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0;

    if (fd >= 0)
        close(fd);
    return connected;
}

int server_listen(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    mode_t mask;
    int fd, result;

    if (strlen(path) >= sizeof(address.sun_path))
        return -ENAMETOOLONG;
    strcpy(address.sun_path, path);
    if (answers(&address))
        return -EADDRINUSE;
    unlink(path);
    fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    mask = umask(0077);
    result = bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 128) < 0
                 ? -errno
                 : fd;
    umask(mask);
    if (result < 0)
        close(fd);
    return result;
}

static int follow(int operation, int fd, uint32_t events, void *data)
{
    struct epoll_event event = {.events = events, .data.ptr = data};

    return epoll_ctl(server.epoll, operation, fd, &event) < 0 ? -errno : 0;
}

static void accept_one(void)
{
    int fd = accept4(server.listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct connection *connection = fd < 0 ? NULL : connection_new(fd);

    /* Without a descriptor left, who connects waits until somebody goes. */
    if (fd < 0 && (errno == EMFILE || errno == ENFILE))
        follow(EPOLL_CTL_MOD, server.listener, 0, &server.listener);
    if (!connection || follow(EPOLL_CTL_ADD, fd, EPOLLIN, connection) < 0) {
        if (connection)
            connection_free(connection);
        else if (fd >= 0)
            close(fd);
        return;
    }
    connection->next = server.connections;
    server.connections = connection;
}

static void drop(struct connection *connection)
{
    struct connection **link = &server.connections;

    while (*link != connection)
        link = &(*link)->next;
    *link = connection->next;
    connection_free(connection);
    follow(EPOLL_CTL_MOD, server.listener, EPOLLIN, &server.listener);
    host_settle();
}

/* A domain that is paused or has ended makes no calls. */
static bool is_held(const struct connection *connection)
{
    struct domain *domain = connection_domain(connection);
    bool held = domain && atomic_load(&domain->pause_count) != 0;

    if (domain)
        domain_put(domain);
    return held;
}

static void set_held(struct connection *connection, bool held)
{
    if (connection->held != held)
        follow(EPOLL_CTL_MOD, connection->fd, held ? 0 : EPOLLIN, connection);
    connection->held = held;
}

static void serve(struct connection *connection, uint32_t events)
{
    if (!(events & (EPOLLHUP | EPOLLERR)) && is_held(connection)) {
        set_held(connection, true);
        return;
    }
    if (!(events & EPOLLIN) || !connection_serve(connection))
        drop(connection);
}

/* Connections whose domain has gone end with it; those whose domain goes on are served again. */
static void review(void)
{
    struct connection *connection = server.connections, *next;

    for (; connection; connection = next) {
        struct domain *domain = connection_domain(connection);

        next = connection->next;
        if (connection->greeted && !domain) {
            drop(connection);
            continue;
        }
        if (domain)
            domain_put(domain);
        if (connection->held)
            set_held(connection, is_held(connection));
    }
}

static void dispatch(const struct epoll_event *event)
{
    if (event->data.ptr == &server.listener)
        accept_one();
    else if (event->data.ptr == &server.signals)
        server.over = true;
    else
        serve(event->data.ptr, event->events);
}

/* Milliseconds until the next timer. */
static int patience(void)
{
    uint64_t due = host_timers(), now;

    host_settle();
    if (due == UINT64_MAX)
        return -1;
    now = arch_now();
    if (due <= now)
        return 0;
    return due - now > UINT64_C(1000000000) ? 1000 : (int)((due - now) / 1000000 + 1);
}

static int follow_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    server.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (server.signals < 0)
        return -errno;
    return follow(EPOLL_CTL_ADD, server.signals, EPOLLIN, &server.signals);
}

int server_run(int listener)
{
    int result;

    server.listener = listener;
    server.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (server.epoll < 0)
        return -errno;
    result = follow(EPOLL_CTL_ADD, listener, EPOLLIN, &server.listener);
    if (!result)
        result = follow_signals();
    while (!result && !server.over) {
        /* One event at a time, as serving one may end the connection of another. */
        struct epoll_event event;
        int count = epoll_wait(server.epoll, &event, 1, patience());

        if (count < 0 && errno != EINTR)
            result = -errno;
        if (count > 0)
            dispatch(&event);
        review();
    }
    while (server.connections)
        drop(server.connections);
    return result;
}
