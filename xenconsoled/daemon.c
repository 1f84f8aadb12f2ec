/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <console_protocol.h>

#include "client_pty.h"
#include "client_socket.h"
#include "client_vchan.h"
#include "console.h"
#include "daemon.h"
#include "domains.h"
#include "message.h"
#include "store.h"

#define STORE_RETRY_MS 1000

/* Events of watches handled in one go. */
#define STORE_EVENTS 64

static void ports_ready(void *context, uint32_t events)
{
    struct daemon *daemon = context;

    (void)events;
    ports_dispatch(&daemon->ports);
}

static void store_ready(void *context, uint32_t events)
{
    struct daemon *daemon = context;

    (void)events;
    for (int i = 0; i < STORE_EVENTS && daemon->store; i++) {
        char **event = xs_check_watch(daemon->store);

        if (!event) {
            if (errno != EAGAIN && errno != EINTR)
                daemon_store_lost(daemon);
            return;
        }
        domains_event(daemon, event[XS_WATCH_PATH], event[XS_WATCH_TOKEN]);
        free(event);
    }
}

/* Tells clients where the daemon is. The domain id comes last: with it the rest is there. */
static void publish(struct daemon *daemon)
{
    char *domid = store_read(daemon, "domid");

    store_write(daemon, daemon->generation, CONSOLE_DAEMON_GENERATION);
    store_write(daemon, daemon->options.socket, CONSOLE_DAEMON_SOCKET);
    /* A domain 0 of old has no such node of its own before its tools have run. */
    store_write(daemon, domid ? domid : "0", CONSOLE_DAEMON_DOMID);
    free(domid);
}

/* 0 or a negative errno value. */
static int store_connect(struct daemon *daemon)
{
    int rc;

    daemon->store = xs_open(0);
    if (!daemon->store)
        return errno ? -errno : -ENOENT;
    daemon->store_source = (struct loop_source){
        .fd = xs_fileno(daemon->store), .ready = store_ready, .context = daemon};
    rc = loop_add(&daemon->loop, &daemon->store_source, EPOLLIN);
    if (rc == 0)
        rc = domains_watch(daemon);
    if (rc == 0)
        publish(daemon);
    return rc;
}

static void store_disconnect(struct daemon *daemon)
{
    if (!daemon->store)
        return;
    loop_remove(&daemon->loop, &daemon->store_source);
    xs_close(daemon->store);
    daemon->store = NULL;
}

static void store_retry(void *context)
{
    struct daemon *daemon = context;

    store_disconnect(daemon);
    if (store_connect(daemon) == 0)
        message_info("connected to xenstored");
    else
        loop_arm(&daemon->loop, &daemon->store_timer, STORE_RETRY_MS);
}

/* It may start later than this daemon. */
static void store_begin(struct daemon *daemon)
{
    int rc = store_connect(daemon);

    if (rc == 0)
        return;
    message_error("xenstored does not answer and is waited for: %s", strerror(-rc));
    store_disconnect(daemon);
    loop_arm(&daemon->loop, &daemon->store_timer, STORE_RETRY_MS);
}

/* The handle may be in use further up, so it is closed by the timer. */
void daemon_store_lost(struct daemon *daemon)
{
    if (daemon->store_timer.due != 0)
        return;
    message_error("the connection to xenstored is lost");
    loop_remove(&daemon->loop, &daemon->store_source);
    loop_arm(&daemon->loop, &daemon->store_timer, STORE_RETRY_MS);
}

static bool turn(void *context)
{
    struct daemon *daemon = context;
    bool more;

    domains_scan(daemon);
    more = console_turn(daemon);
    more |= hvlog_turn(daemon);
    domains_reap(daemon);
    return more;
}

static enum daemon_exit complain(enum daemon_exit status, const char *what, int error)
{
    message_error("%s: %s", what, strerror(error));
    return status;
}

static enum daemon_exit open_hypervisor(struct daemon *daemon)
{
    struct xc_evtchn *evtchn;

    daemon->xc = xc_open();
    if (!daemon->xc)
        return complain(EXIT_DAEMON_HYPERVISOR, "no hypervisor", errno);
    evtchn = xc_evtchn_open(daemon->xc);
    if (!evtchn)
        return complain(EXIT_DAEMON_HYPERVISOR, "no event channels", errno);
    ports_init(&daemon->ports, evtchn);
    daemon->gnttab = xc_gnttab_open(daemon->xc);
    if (!daemon->gnttab)
        return complain(EXIT_DAEMON_HYPERVISOR, "no grant mappings", errno);
    daemon->ports_source =
        (struct loop_source){.fd = xc_evtchn_fd(evtchn), .ready = ports_ready, .context = daemon};
    loop_add(&daemon->loop, &daemon->ports_source, EPOLLIN);
    return EXIT_DAEMON_OK;
}

static enum daemon_exit open_local(struct daemon *daemon)
{
    int rc = pty_setup(daemon);

    if (rc < 0)
        return complain(EXIT_DAEMON_LOCAL, "cannot watch terminals", -rc);
    rc = socket_listen(daemon);
    if (rc < 0)
        return complain(EXIT_DAEMON_LOCAL, daemon->options.socket, -rc);
    return EXIT_DAEMON_OK;
}

static void prepare(struct daemon *daemon)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(daemon->generation, sizeof daemon->generation, "%lld.%06ld-%d", (long long)now.tv_sec,
             now.tv_nsec / 1000, (int)getpid());
    daemon->runnable_last = &daemon->runnable_first;
    daemon->store_timer = (struct loop_timer){.expired = store_retry, .context = daemon};
    daemon->inotify_fd = -1;
    daemon->listener.fd = -1;
    daemon->hvlog.port = daemon->hvlog.position = -1;
    log_init_none(&daemon->hvlog.log);
    log_init_none(&daemon->messages);
}

enum daemon_exit daemon_open(struct daemon *daemon)
{
    enum daemon_exit status;
    int rc;

    prepare(daemon);
    rc = loop_init(&daemon->loop, turn, daemon);
    if (rc < 0)
        return complain(EXIT_DAEMON_LOCAL, "epoll", -rc);
    status = open_hypervisor(daemon);
    if (status == EXIT_DAEMON_OK)
        status = open_local(daemon);
    if (status != EXIT_DAEMON_OK)
        return status;
    store_begin(daemon);
    hvlog_open(daemon);
    loop_once(&daemon->loop, 0);
    return EXIT_DAEMON_OK;
}

/* Clients go first, while there is a store to clean up in. */
void daemon_close(struct daemon *daemon)
{
    vchan_close_all(daemon);
    socket_close(daemon);
    domains_free(daemon);
    pty_cleanup(daemon);
    if (daemon->ports.evtchn)
        hvlog_close(daemon);
    store_remove(daemon, CONSOLE_DAEMON_PATH);
    store_disconnect(daemon);
    if (daemon->gnttab)
        xc_gnttab_close(daemon->gnttab);
    if (daemon->ports.evtchn)
        xc_evtchn_close(daemon->ports.evtchn);
    ports_free(&daemon->ports);
    xc_close(daemon->xc);
    loop_free(&daemon->loop);
}
