/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "domain/domain.h"
#include "live/live_session.h"
#include "log.h"
#include "loop.h"
#include "connection.h"
#include "socket.h"
#include "state/state.h"

/* How long to leave those alone who wait to be accepted when there is no descriptor for them, ms.
 */
#define ACCEPT_PAUSE 100
/* Events taken at a time. */
#define EVENTS_MAX 64

struct loop {
    struct server *server;
    int epoll, signals, listener;
    bool listening; /* the listener is among what is waited for */
    bool pause_accept;
    bool stop;
};

static int open_signals(void)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void handle_signal(struct loop *loop)
{
    struct signalfd_siginfo signal;

    if (read(loop->signals, &signal, sizeof(signal)) != sizeof(signal))
        return;
    if (signal.ssi_signo != SIGHUP)
        loop->stop = true;
    else if (loop->server->trace)
        trace_open(loop->server, loop->server->trace_name);
}

/* `source` tells what it is: the address of the field that has its descriptor. */
static int add_source(struct loop *loop, int fd, void *source)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = source};

    return fd >= 0 && epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? errno : 0;
}

/* Who waits to be accepted is looked at only while there is room. */
static void choose_listening(struct loop *loop)
{
    bool wanted = loop->server->socket_clients < SOCKET_CLIENTS_MAX && !loop->pause_accept;
    struct epoll_event event = {.events = wanted ? (uint32_t)EPOLLIN : 0,
                                .data.ptr = &loop->listener};

    if (wanted != loop->listening)
        epoll_ctl(loop->epoll, EPOLL_CTL_MOD, loop->listener, &event);
    loop->listening = wanted;
}

static void handle(struct loop *loop, const struct epoll_event *event)
{
    void *source = event->data.ptr;

    if (source == &loop->signals)
        handle_signal(loop);
    else if (source == &loop->listener)
        loop->pause_accept = !socket_accept(loop->server, loop->epoll, loop->listener);
    else if (source == loop->server)
        domains_handle_events(loop->server);
    else
        socket_handle(source, event->events);
}

/* Wait for something, or with `busy` only look. */
static int wait_for_events(struct loop *loop, bool busy)
{
    int timeout = state_timeout(loop->server), count;
    struct epoll_event events[EVENTS_MAX];

    if (loop->pause_accept && (timeout < 0 || timeout > ACCEPT_PAUSE))
        timeout = ACCEPT_PAUSE;
    choose_listening(loop);
    loop->pause_accept = false;
    count = epoll_wait(loop->epoll, events, EVENTS_MAX, busy ? 0 : timeout);
    if (count < 0)
        return errno == EINTR ? 0 : errno;
    for (int i = 0; i < count; i++)
        handle(loop, &events[i]);
    return 0;
}

static int add_sources(struct loop *loop)
{
    struct hypervisor *hypervisor = loop->server->hypervisor;
    int error = loop->epoll < 0 || loop->signals < 0 ? errno : 0;

    if (!error)
        error = add_source(loop, loop->signals, &loop->signals);
    if (!error)
        error = add_source(loop, loop->listener, &loop->listener);
    if (!error && hypervisor)
        error = add_source(loop, hypervisor->operations->event_fd(hypervisor), loop->server);
    return error;
}

int loop_run(struct server *server, const struct live_program *program)
{
    struct loop loop = {.server = server,
                        .epoll = epoll_create1(EPOLL_CLOEXEC),
                        .signals = open_signals(),
                        .listener = program->process.listener,
                        .listening = true};
    int error = add_sources(&loop);
    bool busy = true;

    if (!error)
        sockets_adopt(server, loop.epoll);
    while (!error && !loop.stop) {
        error = wait_for_events(&loop, busy);
        busy = server_turn(server);
        if (live_session_due(server))
            live_update(server, program);
        busy = busy || !list_empty(&server->ready);
    }
    if (loop.signals >= 0)
        close(loop.signals);
    if (loop.epoll >= 0)
        close(loop.epoll);
    return error;
}
