/* SPDX-License-Identifier: MIT */
/*
 * The whole state of one xenstored. There are no global variables, so that tests and fuzzers can
 * make as many as they like. Everything happens in one thread.
 */
#ifndef XENSTORED_SERVER_H
#define XENSTORED_SERVER_H

#include <stdio.h>

#include "store/list.h"
#include "store/store.h"
#include "store/watch.h"

struct domain;
struct hypervisor;
struct live_session;
struct state;

/* Requests handled for one connection before the next one has its turn. */
#define REQUESTS_PER_TURN 16
/* Bytes that are read at a time: more than the largest request. */
#define SERVER_INPUT_SIZE 16384

/* Limits of privileged connections, which have no quotas: only against runaway clients. */
#define PRIVILEGED_OUTSTANDING 128
#define PRIVILEGED_EVENTS      8192

struct server {
    struct store store;
    struct quotas quotas; /* what a new domain gets */
    struct watch_table watches;
    struct list connections;
    struct list ready; /* connections that have, or may have, something to do */
    struct list held;  /* those whose answers wait until the state is kept, by turn_link */
    struct list aging; /* transactions that may become too old */
    unsigned int last_connection;

    uint16_t own_domid;      /* the domain that xenstored runs in */
    struct domain **domains; /* DOMAIN_ID_LIMIT elements: known domains by id, or NULL */
    struct domain **by_port; /* domains by the local port of their ring */
    unsigned int port_count;
    struct hypervisor *hypervisor; /* NULL: sockets only */

    unsigned int socket_clients;
    char input[SERVER_INPUT_SIZE + 1]; /* of the connection whose turn it is; a NUL fits behind */

    struct state *state;          /* what outlives the process; NULL: nothing */
    struct live_session *session; /* a live update that was asked for; NULL: none */
    FILE *trace;                  /* NULL: off */
    char *trace_name;
    struct {
        unsigned long requests, errors, events, merged_events, commits, conflicts;
    } counters;
};

/* Make a server with an empty store; `hypervisor` may be NULL. Returns 0 or an errno value. */
int server_init(struct server *server, struct hypervisor *hypervisor);
void server_destroy(struct server *server);

/* Give each ready connection one turn. Returns true if some still have something to do. */
bool server_turn(struct server *server);

/* An actor for what xenstored does of its own accord. */
struct actor server_actor(const struct server *server);

#endif
