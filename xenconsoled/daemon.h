/* SPDX-License-Identifier: MIT */
/* What all parts of the daemon share. One thread: no locks. */
#ifndef XENCONSOLED_DAEMON_H
#define XENCONSOLED_DAEMON_H

#include <stdbool.h>

#include <xenctl/gnttab.h>
#include <xenctl/xenctl.h>
#include <xenstore.h>

#include "hvlog.h"
#include "log.h"
#include "loop.h"
#include "options.h"
#include "ports.h"

/* Exit status. */
enum daemon_exit {
    EXIT_DAEMON_OK = 0,
    EXIT_DAEMON_USAGE = 1,
    EXIT_DAEMON_HYPERVISOR = 2,
    EXIT_DAEMON_LOCAL = 4,
};

struct domain;
struct kept;
struct console;
struct pty_client;
struct socket_client;
struct vchan_client;

struct daemon {
    struct options options;
    struct loop loop;

    struct xc_interface *xc;
    struct xc_gnttab *gnttab;
    struct ports ports;
    struct loop_source ports_source;

    struct xs_handle *store; /* NULL while xenstored cannot be reached */
    struct loop_source store_source;
    struct loop_timer store_timer; /* the next attempt */
    char generation[32];           /* tells this daemon's requests from an earlier one's */

    struct domain *domains;
    struct kept *kept;
    bool scan_new;   /* domains may have come */
    bool scan_ended; /* domains may have ended */

    /* Consoles that want a step, first come first served. */
    struct console *runnable_first, **runnable_last;

    int inotify_fd;
    struct loop_source inotify_source;
    struct pty_client *ptys;

    struct loop_source listener;
    struct socket_client *sockets;
    unsigned int socket_count;

    struct vchan_client *vchans;

    struct hvlog hvlog;
    struct log messages; /* the daemon's own, in the background */

    struct loop_source signal_source;
};

/*
 * Opens everything by daemon->options and does a first round over the domains. EXIT_DAEMON_OK; or
 * after a message the exit status that says what is missing. daemon_close() is due in both cases.
 */
enum daemon_exit daemon_open(struct daemon *daemon);
void daemon_close(struct daemon *daemon);

/* Forgets the connection to xenstored and tries again every second. */
void daemon_store_lost(struct daemon *daemon);

#endif
