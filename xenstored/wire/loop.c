/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "domain/domain.h"
#include "log.h"
#include "loop.h"
#include "socket.h"
#include "state/state.h"

enum { POLL_SIGNALS, POLL_LISTENER, POLL_HYPERVISOR, POLL_FIXED };

/* How long to leave those alone who wait to be accepted when there is no descriptor for them, ms.
 */
#define ACCEPT_PAUSE 100

struct loop {
    struct server *server;
    bool pause_accept;
    struct pollfd *polls;
    unsigned int capacity;
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

static void handle_signal(struct loop *loop, int fd)
{
    struct signalfd_siginfo signal;

    if (read(fd, &signal, sizeof(signal)) != sizeof(signal))
        return;
    if (signal.ssi_signo != SIGHUP)
        loop->stop = true;
    else if (loop->server->trace)
        trace_open(loop->server, loop->server->trace_name);
}

static int reserve(struct loop *loop, unsigned int count)
{
    struct pollfd *grown;

    if (loop->polls && count <= loop->capacity)
        return 0;
    grown = realloc(loop->polls, 2 * count * sizeof(*grown));
    if (!grown)
        return ENOMEM;
    loop->polls = grown;
    loop->capacity = 2 * count;
    return 0;
}

/* What poll() has found. */
static void handle(struct loop *loop, const struct pollfd *fixed)
{
    socket_poll_handle(loop->server, loop->polls + POLL_FIXED);
    if (loop->polls[POLL_SIGNALS].revents)
        handle_signal(loop, fixed[POLL_SIGNALS].fd);
    if (loop->polls[POLL_LISTENER].revents)
        loop->pause_accept = !socket_accept(loop->server, fixed[POLL_LISTENER].fd);
    if (loop->polls[POLL_HYPERVISOR].revents)
        domains_handle_events(loop->server);
}

/* Wait for something, or with `busy` only look. */
static int wait_for_events(struct loop *loop, const struct pollfd *fixed, bool busy)
{
    int timeout = state_timeout(loop->server);
    unsigned int clients = socket_count(loop->server);
    int error = reserve(loop, POLL_FIXED + clients);

    if (error)
        return error;
    if (loop->pause_accept && (timeout < 0 || timeout > ACCEPT_PAUSE))
        timeout = ACCEPT_PAUSE;
    memcpy(loop->polls, fixed, POLL_FIXED * sizeof(*fixed));
    if (clients >= SOCKET_CLIENTS_MAX || loop->pause_accept)
        loop->polls[POLL_LISTENER].fd = -1;
    socket_poll_prepare(loop->server, loop->polls + POLL_FIXED);
    loop->pause_accept = false;
    if (poll(loop->polls, POLL_FIXED + clients, busy ? 0 : timeout) < 0)
        return errno == EINTR ? 0 : errno;
    handle(loop, fixed);
    return 0;
}

int loop_run(struct server *server, int listener)
{
    struct hypervisor *hypervisor = server->hypervisor;
    struct loop loop = {.server = server};
    struct pollfd fixed[POLL_FIXED] = {
        [POLL_SIGNALS] = {.fd = open_signals(), .events = POLLIN},
        [POLL_LISTENER] = {.fd = listener, .events = POLLIN},
        [POLL_HYPERVISOR] = {.fd = -1, .events = POLLIN},
    };
    bool busy = true;
    int error = 0;

    if (fixed[POLL_SIGNALS].fd < 0)
        return errno;
    if (hypervisor)
        fixed[POLL_HYPERVISOR].fd = hypervisor->operations->event_fd(hypervisor);
    while (!error && !loop.stop) {
        error = wait_for_events(&loop, fixed, busy);
        busy = server_turn(server);
    }
    close(fixed[POLL_SIGNALS].fd);
    free(loop.polls);
    return error;
}
