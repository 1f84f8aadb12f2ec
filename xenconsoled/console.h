/* SPDX-License-Identifier: MIT */
/*
 * A domain's console: takes output off the guest's ring into the history, the log and the
 * clients, and clients' input to the ring. All work is done in steps of bounded length that
 * consoles take in turn.
 */
#ifndef XENCONSOLED_CONSOLE_H
#define XENCONSOLED_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

#include "client.h"
#include "daemon.h"
#include "history.h"
#include "log.h"
#include "ring.h"

enum console_state {
    CONSOLE_SERVED,  /* the ring is mapped */
    CONSOLE_ENDED,   /* the domain has ended; the history can still be read */
    CONSOLE_REFUSED, /* the guest broke its ring: not served again in this domain's life */
};

struct console {
    struct daemon *daemon;
    domid_t domid;
    enum console_state state;
    const char *reason; /* why it is not served */

    struct ring ring;
    int port;     /* local, -1: none */
    bool pending; /* the port's event has not been worked on, and the port is masked */

    struct history history;
    struct log log;
    struct client *clients;
    struct pty_client *pty;

    /* Steps taken in the current period, for guests that want more than their share. */
    uint64_t period_start;
    unsigned int period_steps;
    uint64_t taken_at; /* when output was taken last, loop_now() time */

    uint64_t ended_at;
    bool queued;             /* on the daemon's runnable list */
    struct loop_timer delay; /* makes it runnable */
    bool waited;             /* the timer has done so */
    struct console *next_runnable;
};

/* NULL when there is no memory. `name` is used for the log's name. */
struct console *console_new(struct daemon *daemon, domid_t domid, const char *name);
/* One that holds so much text, and neither ring nor log. */
struct console *console_new_for_text(struct daemon *daemon, domid_t domid, size_t size);
/* Lets all clients go and frees everything. */
void console_free(struct console *console, const char *reason);

/* Maps the domain's ring (its grant 0) and binds `remote`. 0 or a negative errno value. */
int console_connect(struct console *console, evtchn_port_t remote);
/* Stops serving: takes what is left in the ring, lets go of it, and soon of the clients. */
void console_end(struct console *console, enum console_state state, const char *reason);

/* Attaches a client from the history's beginning on. */
void console_attach(struct console *console, struct client *client);
/* Takes a client off; its release() is not called. */
void console_detach(struct client *client);

/* Asks for a step. */
void console_wake(struct console *console);

/* One step of each console that asked for it; true when some ask again. */
bool console_turn(struct daemon *daemon);

#endif
