/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "live/live_session.h"
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
    connection_hold(connection, -(long)connection->input_length);
    free(connection->input);
    connection->input = NULL;
    connection->input_length = 0;
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
    live_session_forget(connection);
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

/* Messages that go out by one write. */
#define WRITE_PIECES 32

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

/* It is one of `watch` now, and waits for the client under `path`, as the client sees it. */
static void make_event(struct message *message, struct watch *watch, const char *path)
{
    message->watch = watch;
    list_append(&watch->pending, &message->watch_link);
    list_append(watch_pending_bucket(watch, path), &message->same_link);
    watch->connection->events++;
}

bool connection_queue_message(struct connection *connection, struct watch *watch, const void *bytes,
                              size_t length, size_t sent)
{
    struct message *message = queue_room(connection, (uint32_t)length);

    if (!message)
        return false;
    memcpy(message->bytes, bytes, length);
    message->sent = (uint32_t)sent;
    if (watch)
        make_event(message, watch, message->bytes + sizeof(struct xsd_sockmsg));
    else
        connection->replies++;
    return true;
}

bool connection_queue_bytes(struct connection *connection, const void *bytes, size_t length)
{
    return connection_queue_message(connection, NULL, bytes, length, 0);
}

void connection_take_back(struct connection *connection)
{
    struct message *last = LIST_ENTRY(connection->output.previous, struct message, link);

    if (!list_empty(&connection->output) && !last->watch)
        message_free(connection, last);
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
    if (connection->server->trace)
        trace_message(connection, "OUT", &header, message->bytes + sizeof(header), header.len);
    make_event(message, watch, path);
    connection->server->counters.events++;
    connection_wake(connection);
    return true;
}

/* Takes `count` bytes of what waits off the queue: they have been sent. */
static void note_sent(struct connection *connection, size_t count)
{
    while (count) {
        struct message *message = LIST_ENTRY(connection->output.next, struct message, link);
        size_t left = message->length - message->sent;

        if (count < left) {
            message->sent += (uint32_t)count;
            return;
        }
        count -= left;
        message_free(connection, message);
    }
}

/* As much of the queue as one write takes. Returns the number of pieces. */
static int gather(const struct connection *connection, struct iovec *pieces, size_t *total)
{
    int count = 0;

    *total = 0;
    for (struct list *link = connection->output.next;
         link != &connection->output && count < WRITE_PIECES; link = link->next) {
        struct message *message = LIST_ENTRY(link, struct message, link);

        pieces[count].iov_base = message->bytes + message->sent;
        pieces[count].iov_len = message->length - message->sent;
        *total += pieces[count++].iov_len;
    }
    return count;
}

static void flush_output(struct connection *connection)
{
    struct iovec pieces[WRITE_PIECES];
    size_t total;
    int count;

    while ((count = gather(connection, pieces, &total)) > 0) {
        ssize_t done = connection->transport->write(connection->context, pieces, count);

        if (done < 0)
            connection->broken = true;
        if (done <= 0)
            return;
        note_sent(connection, (size_t)done);
        if ((size_t)done < total)
            return;
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

struct wants connection_wants(const struct connection *connection)
{
    if (connection_held(connection))
        return (struct wants){false, false};
    return (struct wants){.read = !connection_throttled(connection),
                          .write = !list_empty(&connection->output)};
}

static void protocol_error(struct connection *connection)
{
    connection->broken = true;
    if (connection->transport->protocol_error)
        connection->transport->protocol_error(connection->context);
}

bool connection_keep_input(struct connection *connection, const void *bytes, size_t length)
{
    char *input = length ? malloc(length) : NULL;

    if (length && !input)
        return false;
    if (length)
        memcpy(input, bytes, length);
    drop_input(connection);
    connection->input = input;
    connection->input_length = length;
    connection_hold(connection, (long)length);
    return true;
}

/* The length of the request that the bytes begin with, if it is there as a whole; 0: it is not. */
static size_t whole_request(struct connection *connection, const char *bytes, size_t length)
{
    struct xsd_sockmsg header;

    if (length < sizeof(header))
        return 0;
    memcpy(&header, bytes, sizeof(header));
    if (header.len > XENSTORE_PAYLOAD_MAX) {
        protocol_error(connection);
        return 0;
    }
    return length < sizeof(header) + header.len ? 0 : sizeof(header) + header.len;
}

/* Moves what there is into the server's room: what was left, and if that is no whole request, what
 * has come. Returns its length. Sets connection->more if more may have come. */
static size_t take_input(struct connection *connection)
{
    char *input = connection->server->input;
    size_t used = connection->input_length;
    ssize_t done;

    connection->more = true;
    if (used)
        memcpy(input, connection->input, used);
    if (whole_request(connection, input, used) || connection->broken)
        return used;
    do {
        done = connection->transport->read(connection->context, input + used,
                                           SERVER_INPUT_SIZE - used);
        if (done > 0)
            used += (size_t)done;
    } while (done > 0 && used < SERVER_INPUT_SIZE && connection->transport->pieces);
    if (done < 0)
        connection->broken = true;
    connection->more = used == SERVER_INPUT_SIZE || (connection->ending && done > 0);
    if (used != connection->input_length)
        touch(connection);
    return used;
}

/* Handles requests from *position on. Returns how many. */
static unsigned int handle_requests(struct connection *connection, size_t *position, size_t length)
{
    char *input = connection->server->input;
    unsigned int handled = 0;
    size_t size;

    while (handled < REQUESTS_PER_TURN && !connection->broken &&
           !connection_throttled(connection) &&
           (size = whole_request(connection, input + *position, length - *position)) > 0) {
        struct xsd_sockmsg header;
        char *body = input + *position + sizeof(header), *end = input + *position + size;
        char next = *end;

        memcpy(&header, input + *position, sizeof(header));
        /* Handlers may treat the payload as a string. */
        *end = '\0';
        protocol_handle(connection, &header, body);
        *end = next;
        *position += size;
        handled++;
    }
    return handled;
}

void connection_turn(struct connection *connection)
{
    size_t position = 0, length;
    unsigned int handled;

    connection->more = true;
    if (connection_throttled(connection))
        return;
    length = take_input(connection);
    handled = handle_requests(connection, &position, length);
    if (position == length)
        drop_input(connection);
    else if ((position || length != connection->input_length) &&
             !connection_keep_input(connection, connection->server->input + position,
                                    length - position))
        connection->broken = true;
    connection->more |= handled == REQUESTS_PER_TURN || connection_throttled(connection);
}

void connection_hold_answers(struct connection *connection, struct list *held)
{
    list_append(held, &connection->turn_link);
    if (connection->transport->wants)
        connection->transport->wants(connection->context, connection);
}

bool connection_answer(struct connection *connection)
{
    flush_output(connection);
    if (connection->transport->turn_end && connection->transport->turn_end(connection->context))
        connection->more = true;
    if (connection->transport->wants)
        connection->transport->wants(connection->context, connection);
    return connection->more && !connection->broken && !connection_throttled(connection);
}
