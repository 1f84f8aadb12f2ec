/* SPDX-License-Identifier: MIT */
/*
 * A program that plays the kernel of a domain of the twin: a shell on its console ring, and its
 * xenstore ring, over which it follows control/shutdown and serves other programs of the domain
 * through a socket, as /dev/xen/xenbus would.
 */
#ifndef TWINGUEST_GUEST_H
#define TWINGUEST_GUEST_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include <xen/io/xs_wire.h>
#include <xenctl/evtchn.h>
#include <xenctl/xenctl.h>

#include "ring.h"

struct guest {
    struct xc_interface *xc;
    struct xc_evtchn *evtchn;
    const char *name; /* for its prompt */
};

/* A page of the domain's own and its port, both named by HVM parameters. NULL after a message, or,
 * with *port 0, when the domain has none. */
void *guest_interface(struct guest *guest, uint32_t page_param, uint32_t port_param, int *port);
/* Ends the domain with a SHUTDOWN_* code. */
void guest_shutdown(struct guest *guest, unsigned int reason);

/* ---- shell.c: the console ---- */

/* 0 or a negative errno; a domain without a console has nothing to do. */
int shell_open(struct guest *guest);
/* An event came: takes what was typed, and prints what there was no room for. */
void shell_turn(void);
int shell_port(void);

/* ---- store.c: the xenstore ring, by messages ---- */

/* Called with each message that comes; `body` has a NUL behind its end. */
typedef void store_receiver(struct xsd_sockmsg *header, char *body);

int store_open(struct guest *guest, store_receiver *receiver);
void store_turn(void);
int store_port(void);
/* Is there room for another message? */
bool store_ready(void);
/* Queues a message for the next store_turn(). */
void store_send(const struct xsd_sockmsg *header, const void *body);

/* ---- xenbus.c: who uses the ring ---- */

/* listener: a socket for other programs, or -1. */
void xenbus_open(struct guest *guest, int listener);
store_receiver xenbus_receive;
/* Descriptors to poll, at most `limit`; how many. */
unsigned int xenbus_descriptors(struct pollfd *fds, unsigned int limit);
void xenbus_turn(const struct pollfd *fds, unsigned int count);

#endif
