/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "log.h"
#include "protocol.h"
#include "state/state.h"
#include "store/transaction.h"

struct connection *connection_new(struct server *server, const struct transport *transport,
                                  void *context, const struct subject *subject,
                                  const struct quotas *quotas)
{
    struct connection *connection = calloc(1, sizeof(*connection));

    if (!connection)
        return NULL;
    connection->server = server;
    connection->transport = transport;
    connection->context = context;
    connection->id = ++server->last_connection;
    connection->actor.subject = *subject;
    connection->actor.quotas = quotas;
    connection->next_transaction = 1;
    list_init(&connection->output);
    list_init(&connection->watches);
    list_init(&connection->transactions);
    list_init(&connection->ready_link);
    list_init(&connection->turn_link);
    list_append(&server->connections, &connection->link);
    return connection;
}

/* What is kept of it is out of date. */
static void touch(struct connection *connection)
{
    if (connection->is_domain)
        state_touch(connection->server, connection->actor.subject.domid);
}

static void drop_input(struct connection *connection)
{
    free(connection->body);
    connection->body = NULL;
    connection->body_used = 0;
    connection->header_used = 0;
}

void connection_reset(struct connection *connection)
{
    touch(connection);
    drop_input(connection);
    watches_remove_all(connection);
    transactions_abort_all(connection);
    for (struct list *link = connection->output.next, *next; link != &connection->output;
         link = next) {
        next = link->next;
        message_free(connection, LIST_ENTRY(link, struct message, link));
    }
    connection->broken = false;
}

void connection_free(struct connection *connection)
{
    connection_reset(connection);
    list_remove(&connection->ready_link);
    list_remove(&connection->turn_link);
    list_remove(&connection->link);
    if (connection->transport->close)
        connection->transport->close(connection->context);
    free(connection);
}

void connection_wake(struct connection *connection)
{
    if (list_empty(&connection->ready_link))
        list_append(&connection->server->ready, &connection->ready_link);
}

void connection_hold(struct connection *connection, long bytes)
{
    connection->actor.held_bytes += (size_t)bytes;
}

int connection_check_memory(const struct connection *connection, size_t bytes)
{
    const struct actor *actor = &connection->actor;
    const struct usage *usage = &connection->server->store.usage[actor->subject.domid];

    if (actor->subject.privileged)
        return 0;
    bytes += actor->held_bytes + (size_t)usage->bytes;
    return bytes > actor->quotas->limit[QUOTA_MEMORY] ? ENOSPC : 0;
}

/* ---- Output -----------------------------------------------------------------------------------
 */

static struct message *queue_room(struct connection *connection, uint32_t length)
{
    struct message *message = malloc(sizeof(*message) + length);

    touch(connection);
    if (!message) {
        connection->broken = true;
        connection_wake(connection);
        return NULL;
    }
    message->watch = NULL;
    message->length = length;
    message->sent = 0;
    list_init(&message->watch_link);
    list_init(&message->same_link);
    list_append(&connection->output, &message->link);
    connection_hold(connection, (long)(sizeof(*message) + length));
    return message;
}

static struct message *queue_message(struct connection *connection,
                                     const struct xsd_sockmsg *header)
{
    struct message *message = queue_room(connection, (uint32_t)sizeof(*header) + header->len);

    if (message)
        memcpy(message->bytes, header, sizeof(*header));
    return message;
}

bool connection_queue_bytes(struct connection *connection, const void *bytes, size_t length)
{
    struct message *message = queue_room(connection, (uint32_t)length);

    if (!message)
        return false;
    memcpy(message->bytes, bytes, length);
    connection->replies++;
    return true;
}

void message_free(struct connection *connection, struct message *message)
{
    if (message->watch)
        connection->events--;
    else
        connection->replies--;
    connection_hold(connection, -(long)(sizeof(*message) + message->length));
    list_remove(&message->link);
    list_remove(&message->watch_link);
    list_remove(&message->same_link);
    free(message);
}

bool connection_reply(struct connection *connection, const struct xsd_sockmsg *request,
                      uint32_t type, const void *payload, size_t length)
{
    struct xsd_sockmsg header = {
        .type = type, .req_id = request->req_id, .tx_id = request->tx_id, .len = (uint32_t)length};
    struct message *message = queue_message(connection, &header);

    if (!message)
        return false;
    if (length)
        memcpy(message->bytes + sizeof(header), payload, length);
    connection->replies++;
    return true;
}

bool connection_event(struct connection *connection, struct watch *watch, const char *path)
{
    size_t path_length = strlen(path) + 1, token_length = strlen(watch->token) + 1;
    struct xsd_sockmsg header = {.type = XS_WATCH_EVENT,
                                 .len = (uint32_t)(path_length + token_length)};
    struct message *message = queue_message(connection, &header);

    if (!message)
        return false;
    memcpy(message->bytes + sizeof(header), path, path_length);
    memcpy(message->bytes + sizeof(header) + path_length, watch->token, token_length);
    trace_message(connection, "OUT", &header, message->bytes + sizeof(header), header.len);
    message->watch = watch;
    list_append(&watch->pending, &message->watch_link);
    list_append(watch_pending_bucket(watch, path), &message->same_link);
    connection->events++;
    connection->server->counters.events++;
    connection_wake(connection);
    return true;
}

/* Returns false when the transport takes no more for now. */
static bool send_message(struct connection *connection, struct message *message)
{
    while (message->sent < message->length) {
        ssize_t done = connection->transport->write(
            connection->context, message->bytes + message->sent, message->length - message->sent);

        if (done < 0)
            connection->broken = true;
        if (done <= 0)
            return false;
        message->sent += (uint32_t)done;
    }
    return true;
}

static void flush_output(struct connection *connection)
{
    for (struct list *link = connection->output.next, *next; link != &connection->output;
         link = next) {
        struct message *message = LIST_ENTRY(link, struct message, link);

        if (!send_message(connection, message))
            break;
        next = link->next;
        message_free(connection, message);
    }
}

/* ---- Input ------------------------------------------------------------------------------------
 */

bool connection_throttled(const struct connection *connection)
{
    const struct actor *actor = &connection->actor;
    unsigned int limit = actor->subject.privileged ? PRIVILEGED_OUTSTANDING
                                                   : actor->quotas->limit[QUOTA_OUTSTANDING];

    /* Without room for a single reply nothing would ever move. */
    return connection->replies >= (limit ? limit : 1);
}

bool connection_held(const struct connection *connection)
{
    return !list_empty(&connection->turn_link);
}

/* Returns true when `length` bytes are there. */
static bool fill(struct connection *connection, void *buffer, size_t length, size_t *used)
{
    while (*used < length) {
        ssize_t done = connection->transport->read(connection->context, (char *)buffer + *used,
                                                   length - *used);

        if (done < 0)
            connection->broken = true;
        if (done <= 0)
            return false;
        *used += (size_t)done;
        touch(connection);
    }
    return true;
}

static void protocol_error(struct connection *connection)
{
    connection->broken = true;
    if (connection->transport->protocol_error)
        connection->transport->protocol_error(connection->context);
}

/* Returns true when a whole request is there. */
static bool read_request(struct connection *connection)
{
    if (!fill(connection, &connection->header, sizeof(connection->header),
              &connection->header_used))
        return false;
    if (!connection->body) {
        if (connection->header.len > XENSTORE_PAYLOAD_MAX) {
            protocol_error(connection);
            return false;
        }
        /* The NUL lets handlers treat the payload as a string. */
        connection->body = malloc(connection->header.len + 1);
        if (!connection->body) {
            connection->broken = true;
            return false;
        }
        connection->body[connection->header.len] = '\0';
    }
    return fill(connection, connection->body, connection->header.len, &connection->body_used);
}

void connection_turn(struct connection *connection)
{
    unsigned int handled = 0;

    while (handled < REQUESTS_PER_TURN && !connection->broken &&
           !connection_throttled(connection) && read_request(connection)) {
        struct xsd_sockmsg header = connection->header;
        char *body = connection->body;

        connection->body = NULL;
        drop_input(connection);
        protocol_handle(connection, &header, body);
        free(body);
        handled++;
    }
    connection->more = handled == REQUESTS_PER_TURN || connection_throttled(connection);
}

bool connection_answer(struct connection *connection)
{
    flush_output(connection);
    if (connection->transport->turn_end && connection->transport->turn_end(connection->context))
        connection->more = true;
    return connection->more && !connection->broken && !connection_throttled(connection);
}
