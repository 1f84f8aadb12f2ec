/* SPDX-License-Identifier: MIT */
/* All that a server is, written for the one that takes its place. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "live.h"
#include "state/state.h"
#include "store/transaction.h"

/* Bytes that are written at a time. */
#define PIECE (64u << 10)

struct live_writing {
    int fd;
    int error;
    struct writer piece;
    size_t record;  /* where the length of the current one belongs */
    uint32_t count; /* records */
    struct node_places *places;
};

static void flush(struct live_writing *writing)
{
    size_t done = 0;

    if (writing->piece.failed)
        writing->error = ENOMEM;
    while (!writing->error && done < writing->piece.length) {
        ssize_t written =
            write(writing->fd, writing->piece.data + done, writing->piece.length - done);

        if (written < 0 && errno != EINTR)
            writing->error = errno;
        if (!written)
            writing->error = ENOSPC;
        done += written > 0 ? (size_t)written : 0;
    }
    writing->piece.length = 0;
}

static struct writer *begin(struct live_writing *writing, enum live_record kind)
{
    put_number(&writing->piece, kind, 1);
    writing->record = writing->piece.length;
    put_number(&writing->piece, 0, 4);
    return &writing->piece;
}

static void end(struct live_writing *writing)
{
    struct writer *piece = &writing->piece;
    struct writer length = {.capacity = 4};

    if (!piece->failed) {
        length.data = piece->data + writing->record;
        put_number(&length, piece->length - writing->record - 4, 4);
    }
    writing->count++;
    if (piece->length >= PIECE || piece->failed)
        flush(writing);
}

/* ---- The whole --------------------------------------------------------------------------------
 */

static void put_process(struct live_writing *writing, const struct live_process *process)
{
    struct writer *writer = begin(writing, LIVE_PROCESS);

    put_number(writer, (uint32_t)process->listener, 4);
    put_text(writer, process->socket);
    put_number(writer, process->domains, 1);
    put_number(writer, process->background, 1);
    end(writing);
}

static void put_server(struct live_writing *writing, const struct server *server)
{
    struct writer *writer = begin(writing, LIVE_SERVER);

    put_number(writer, server->store.generation, 8);
    put_number(writer, server->last_connection, 4);
    put_number(writer, server->counters.requests, 8);
    put_number(writer, server->counters.errors, 8);
    put_number(writer, server->counters.events, 8);
    put_number(writer, server->counters.merged_events, 8);
    put_number(writer, server->counters.commits, 8);
    put_number(writer, server->counters.conflicts, 8);
    put_number(writer, server->trace != NULL, 1);
    put_text(writer, server->trace_name ? server->trace_name : "");
    end(writing);
}

/* By name, as another version may have them in another order. */
static void put_quotas(struct live_writing *writing, enum live_record kind,
                       const struct quotas *quotas)
{
    for (int i = 0; i < QUOTA_COUNT; i++) {
        struct writer *writer = begin(writing, kind);

        put_text(writer, quota_descriptions[i].name);
        put_number(writer, quotas->limit[i], 4);
        end(writing);
    }
}

static void put_specials(struct live_writing *writing, const struct server *server)
{
    for (unsigned int i = 0; i < SPECIAL_COUNT; i++) {
        const struct special_permissions *special = &server->watches.special[i];
        struct writer *writer = begin(writing, LIVE_SPECIAL);

        put_number(writer, i, 1);
        put_permissions(writer, special->list, special->count);
        end(writing);
    }
}

/* ---- Nodes ------------------------------------------------------------------------------------
 */

static bool put_node(struct node_places *places, const struct node *node, void *context)
{
    struct live_writing *writing = context;
    struct writer *writer = begin(writing, LIVE_NODE);

    put_number(writer, node->generation, 8);
    put_text(writer, node_name(node));
    put_permissions(writer, node_permissions(node), node->permission_count);
    put_block(writer, node_value(node), node->value_length);
    put_number(writer, node_child_count(node), 4);
    for (uint32_t i = 0; i < node_child_count(node); i++)
        put_number(writer, node_place(places, node_child(node, i)), 4);
    end(writing);
    return !writing->error;
}

static void put_nodes(struct live_writing *writing, struct node *root)
{
    if (!writing->error && !node_places_add(writing->places, root, put_node, writing) &&
        !writing->error)
        writing->error = ENOMEM;
}

static void put_tree(struct live_writing *writing, const struct server *server)
{
    put_nodes(writing, server->store.root);
    put_number(begin(writing, LIVE_TREE), node_place(writing->places, server->store.root), 4);
    end(writing);
}

/* ---- Connections ------------------------------------------------------------------------------
 */

static void put_watches(struct live_writing *writing, const struct connection *connection)
{
    for (const struct list *link = connection->watches.next; link != &connection->watches;
         link = link->next) {
        const struct watch *watch = LIST_ENTRY(link, struct watch, link);
        struct writer *writer = begin(writing, LIVE_WATCH);

        put_number(writer, watch->depth, 4);
        put_number(writer, watch->relative_offset, 4);
        put_text(writer, watch->path);
        put_text(writer, watch->token);
        end(writing);
    }
}

static void put_mutation(struct live_writing *writing, const struct mutation *mutation)
{
    struct writer *writer = begin(writing, LIVE_MUTATION);

    put_number(writer, mutation->kind, 1);
    put_text(writer, mutation->path);
    if (mutation->kind == MUTATION_SET_PERMISSIONS)
        put_permissions(writer, mutation->data, (unsigned int)mutation->length);
    else
        put_block(writer, mutation->data, mutation->length);
    end(writing);
}

static void put_contents(struct live_writing *writing, const struct transaction *transaction)
{
    for (unsigned int i = 0; i < transaction->view.delta_count; i++) {
        const struct usage_delta *delta = &transaction->view.deltas[i];
        struct writer *writer = begin(writing, LIVE_USAGE);

        put_number(writer, delta->domid, 2);
        put_number(writer, (uint64_t)delta->usage.nodes, 8);
        put_number(writer, (uint64_t)delta->usage.bytes, 8);
        end(writing);
    }
    for (unsigned int i = 0; i < transaction->touched.capacity; i++) {
        if (!transaction->touched.slots[i])
            continue;
        put_text(begin(writing, LIVE_TOUCHED), transaction->touched.slots[i]);
        end(writing);
    }
    for (const struct list *link = transaction->mutations.next; link != &transaction->mutations;
         link = link->next)
        put_mutation(writing, LIST_ENTRY(link, struct mutation, link));
}

static void put_transactions(struct live_writing *writing, const struct connection *connection)
{
    for (const struct list *link = connection->transactions.next; link != &connection->transactions;
         link = link->next) {
        const struct transaction *transaction = LIST_ENTRY(link, struct transaction, link);
        struct writer *writer;

        if (transaction->base)
            put_nodes(writing, transaction->base);
        put_nodes(writing, transaction->view.root);
        writer = begin(writing, LIVE_TRANSACTION);
        put_number(writer, transaction->id, 4);
        put_number(writer, transaction->deadline, 8);
        put_number(
            writer,
            transaction->base ? node_place(writing->places, transaction->base) : LIVE_NOWHERE, 4);
        put_number(writer, node_place(writing->places, transaction->view.root), 4);
        end(writing);
        put_contents(writing, transaction);
    }
}

/* The place of a watch among its connection's, from 1 on. */
static uint32_t number_of(const struct watch *watch)
{
    const struct list *link = &watch->link;
    uint32_t number = 0;

    for (; link != &watch->connection->watches; link = link->previous)
        number++;
    return number;
}

static void put_messages(struct live_writing *writing, const struct connection *connection)
{
    for (const struct list *link = connection->output.next; link != &connection->output;
         link = link->next) {
        const struct message *message = LIST_ENTRY(link, struct message, link);
        struct writer *writer = begin(writing, LIVE_MESSAGE);

        put_number(writer, message->watch ? number_of(message->watch) : 0, 4);
        put_number(writer, message->sent, 4);
        put_block(writer, message->bytes, message->length);
        end(writing);
    }
}

static int descriptor_of(const struct connection *connection)
{
    const struct transport *transport = connection->transport;

    return transport->descriptor ? transport->descriptor(connection->context) : -1;
}

static void put_connection(struct live_writing *writing, const struct connection *connection)
{
    const struct actor *actor = &connection->actor;
    struct writer *writer = begin(writing, LIVE_CONNECTION);

    put_number(writer, connection->id, 4);
    put_number(writer, (uint32_t)descriptor_of(connection), 4);
    put_number(writer, actor->subject.domid, 2);
    put_number(writer, (uint32_t)(actor->subject.target + 1), 4);
    put_number(writer, actor->subject.privileged, 1);
    put_number(writer, connection->is_domain, 1);
    put_number(writer, connection->fresh, 1);
    put_number(writer, connection->broken, 1);
    put_number(writer, connection->next_transaction, 4);
    put_block(writer, connection->input, connection->input_length);
    end(writing);
    put_watches(writing, connection);
    put_transactions(writing, connection);
    put_messages(writing, connection);
}

/* ---- Domains ----------------------------------------------------------------------------------
 */

static void put_domain(struct live_writing *writing, const struct domain *domain)
{
    struct writer *writer = begin(writing, LIVE_DOMAIN);
    const struct ring *ring = &domain->ring;
    const struct ring_position *parked = domain->left_over ? &domain->position : NULL;

    put_number(writer, domain->domid, 2);
    put_number(writer, domain->unique_id, 8);
    put_number(writer, (uint64_t)domain->launched, 8);
    put_number(writer, domain->has_tree, 1);
    put_number(writer, domain->shut_down, 1);
    put_text(writer, domain->uuid);
    put_number(writer, domain->features, 4);
    put_number(writer, domain->remote_port, 4);
    put_number(writer, parked ? parked->req_cons : ring->req_cons, 4);
    put_number(writer, parked ? parked->rsp_prod : ring->rsp_prod, 4);
    end(writing);
    put_quotas(writing, LIVE_DOMAIN_QUOTA, &domain->quotas);
    if (domain->connection)
        put_connection(writing, domain->connection);
}

static void put_everyone(struct live_writing *writing, const struct server *server)
{
    for (unsigned int i = 0; server->domains && i < DOMAIN_ID_LIMIT; i++) {
        if (server->domains[i])
            put_domain(writing, server->domains[i]);
    }
    for (const struct list *link = server->connections.next; link != &server->connections;
         link = link->next) {
        const struct connection *connection = LIST_ENTRY(link, struct connection, link);

        if (!connection->is_domain)
            put_connection(writing, connection);
    }
}

int live_write(const struct server *server, const struct live_process *process, int fd)
{
    struct live_writing writing = {.fd = fd, .places = node_places_new()};

    if (!writing.places)
        return ENOMEM;
    put_bytes(&writing.piece, LIVE_FORMAT, strlen(LIVE_FORMAT));
    put_process(&writing, process);
    put_server(&writing, server);
    put_quotas(&writing, LIVE_QUOTA, &server->quotas);
    put_specials(&writing, server);
    put_tree(&writing, server);
    put_everyone(&writing, server);
    put_number(begin(&writing, LIVE_END), writing.count, 4);
    end(&writing);
    flush(&writing);
    node_places_free(writing.places);
    writer_free(&writing.piece);
    return writing.error;
}
