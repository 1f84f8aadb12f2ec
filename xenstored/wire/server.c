/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "domain/domain.h"
#include "live/live_session.h"
#include "log.h"
#include "state/state.h"
#include "store/transaction.h"

struct actor server_actor(const struct server *server)
{
    return (struct actor){
        .subject = {.domid = server->own_domid, .target = -1, .privileged = true},
        .quotas = &server->quotas,
    };
}

int server_init(struct server *server, struct hypervisor *hypervisor)
{
    int error;

    memset(server, 0, sizeof(*server));
    list_init(&server->connections);
    list_init(&server->ready);
    list_init(&server->held);
    list_init(&server->aging);
    quotas_init(&server->quotas);
    if (hypervisor)
        server->own_domid = hypervisor->operations->own_domid(hypervisor);
    watches_init(&server->watches, server->own_domid);
    server->hypervisor = hypervisor;
    server->domains = calloc(DOMAIN_ID_LIMIT, sizeof(*server->domains));
    if (!server->domains)
        return ENOMEM;
    error = store_init(&server->store, server->own_domid);
    if (error) {
        free(server->domains);
        server->domains = NULL;
    }
    return error;
}

void server_destroy(struct server *server)
{
    state_close(server);
    live_session_end(server);
    domains_destroy(server);
    for (struct list *link = server->connections.next, *next; link != &server->connections;
         link = next) {
        next = link->next;
        connection_free(LIST_ENTRY(link, struct connection, link));
    }
    store_destroy(&server->store);
    trace_open(server, NULL);
    free(server->trace_name);
}

static void end_turn(struct connection *connection)
{
    bool more = connection_answer(connection);

    if (connection->broken && !connection->is_domain) {
        connection_free(connection);
    } else if (connection->broken) {
        /* A domain's connection stays closed until the domain asks for a new start. */
        connection_reset(connection);
        connection->broken = true;
    } else if (more) {
        connection_wake(connection);
    }
}

/* Handles what those that are ready ask for. */
static void take_turns(struct server *server, struct list *turned)
{
    unsigned int waiting = 0;

    /* Those that are put at the end meanwhile have to wait for the next round. */
    for (struct list *link = server->ready.next; link != &server->ready; link = link->next)
        waiting++;
    while (waiting-- && !list_empty(&server->ready)) {
        struct connection *connection =
            LIST_ENTRY(server->ready.next, struct connection, ready_link);

        list_remove(&connection->ready_link);
        if (connection_held(connection))
            continue;
        list_append(turned, &connection->turn_link);
        connection_turn(connection);
    }
}

/* Answers them, but for those who changed what could not be saved. */
static void answer(struct server *server, struct list *turned)
{
    bool behind = state_behind(server);

    while (!list_empty(turned)) {
        struct connection *connection = LIST_ENTRY(turned->next, struct connection, turn_link);

        list_remove(&connection->turn_link);
        if (behind && (connection->changed || connection->is_domain)) {
            connection_hold_answers(connection, &server->held);
        } else {
            connection->changed = false;
            end_turn(connection);
        }
    }
}

/*
 * First all requests are handled, then what they changed is saved, then they are answered: nobody
 * is ever told of what the end of this process could undo.
 */
bool server_turn(struct server *server)
{
    struct list turned, held;

    list_init(&turned);
    take_turns(server, &turned);
    transactions_check_age(server);
    state_save(server);
    if (!list_empty(&server->held) && !state_behind(server)) {
        list_init(&held);
        while (!list_empty(&server->held)) {
            struct list *link = server->held.next;

            /* Whatever came for it meanwhile waits, too. */
            connection_wake(LIST_ENTRY(link, struct connection, turn_link));
            list_remove(link);
            list_append(&held, link);
        }
        answer(server, &held);
    }
    answer(server, &turned);
    return !list_empty(&server->ready) || state_unsaved(server);
}
