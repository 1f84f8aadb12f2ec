/* SPDX-License-Identifier: MIT */
/* A domain's connection, kept from one xenstored to the next. */
#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "log.h"
#include "state.h"
#include "store/transaction.h"

/* ---- Keeping ----------------------------------------------------------------------------------
 */

static void put_input(struct writer *writer, const struct connection *connection)
{
    size_t head = connection->input_length;

    /* The header's part, whether it is whole, the rest. */
    if (head > sizeof(struct xsd_sockmsg))
        head = sizeof(struct xsd_sockmsg);
    put_block(writer, connection->input, head);
    put_number(writer, head == sizeof(struct xsd_sockmsg), 1);
    put_block(writer, head ? connection->input + head : NULL, connection->input_length - head);
}

static void put_transactions(struct writer *writer, const struct connection *connection)
{
    put_number(writer, connection->next_transaction, 4);
    put_number(writer, connection->transaction_count, 4);
    for (const struct list *link = connection->transactions.next; link != &connection->transactions;
         link = link->next)
        put_number(writer, LIST_ENTRY(link, struct transaction, link)->id, 4);
}

static void put_watches(struct writer *writer, const struct connection *connection)
{
    put_number(writer, connection->watch_count, 4);
    for (const struct list *link = connection->watches.next; link != &connection->watches;
         link = link->next) {
        const struct watch *watch = LIST_ENTRY(link, struct watch, link);

        put_number(writer, watch->depth, 4);
        put_number(writer, watch->relative_offset, 4);
        put_text(writer, watch->path);
        put_text(writer, watch->token);
    }
}

static void put_output(struct writer *writer, const struct connection *connection)
{
    put_number(writer, connection->replies + connection->events, 4);
    for (const struct list *link = connection->output.next; link != &connection->output;
         link = link->next) {
        const struct message *message = LIST_ENTRY(link, struct message, link);

        put_block(writer, message->bytes + message->sent, message->length - message->sent);
    }
}

void state_put_connection(struct writer *writer, const struct connection *connection)
{
    const struct ring *ring = connection->context;

    put_number(writer, (uint32_t)(connection->actor.subject.target + 1), 4);
    put_number(writer, connection->fresh, 1);
    put_number(writer, connection->broken, 1);
    put_number(writer, ring->req_cons, 4);
    put_number(writer, ring->rsp_prod, 4);
    put_transactions(writer, connection);
    put_watches(writer, connection);
    put_input(writer, connection);
    put_output(writer, connection);
}

/* ---- Going on ---------------------------------------------------------------------------------
 */

/* Those that were open cannot know what has been read in them: they end with EAGAIN. */
static void take_transactions(struct reader *reader, struct connection *connection)
{
    uint32_t next = (uint32_t)take_number(reader, 4);
    uint32_t count = (uint32_t)take_number(reader, 4);

    for (uint32_t i = 0; i < count && !reader->failed; i++)
        reader->failed |= transaction_restore(connection, (uint32_t)take_number(reader, 4)) != 0;
    connection->next_transaction = next;
}

/* Without the first event: whoever watches has had it. */
static void take_watches(struct reader *reader, struct connection *connection)
{
    uint32_t count = (uint32_t)take_number(reader, 4);

    for (uint32_t i = 0; i < count && !reader->failed; i++) {
        uint32_t depth = (uint32_t)take_number(reader, 4);
        uint32_t offset = (uint32_t)take_number(reader, 4);
        const char *path = take_text(reader, XENSTORE_ABS_PATH_MAX);
        const char *token = take_text(reader, XENSTORE_PAYLOAD_MAX);

        if (!path || !token || offset > strlen(path)) {
            reader->failed = true;
            return;
        }
        /* Beyond a quota that has been lowered since, a watch is lost. */
        watch_add(connection, path, offset, token, depth);
    }
}

static void take_input(struct reader *reader, struct connection *connection)
{
    char input[SERVER_INPUT_SIZE];
    size_t head_length, rest_length;
    const uint8_t *head = take_block(reader, &head_length);
    bool whole = take_number(reader, 1);
    const uint8_t *rest = take_block(reader, &rest_length);

    if (!head || !rest || head_length > sizeof(struct xsd_sockmsg) ||
        rest_length > sizeof(input) - head_length ||
        (rest_length && (!whole || head_length < sizeof(struct xsd_sockmsg)))) {
        reader->failed = true;
        return;
    }
    if (head_length)
        memcpy(input, head, head_length);
    if (rest_length)
        memcpy(input + head_length, rest, rest_length);
    if (!connection_keep_input(connection, input, head_length + rest_length))
        reader->failed = true;
}

/* `skip` bytes have reached the domain already. */
static void take_output(struct reader *reader, struct connection *connection, size_t skip)
{
    uint32_t count = (uint32_t)take_number(reader, 4);

    for (uint32_t i = 0; i < count && !reader->failed; i++) {
        size_t length, skipped;
        const uint8_t *bytes = take_block(reader, &length);

        skipped = skip < length ? skip : length;
        skip -= skipped;
        if (bytes && length > skipped &&
            !connection_queue_bytes(connection, bytes + skipped, length - skipped))
            reader->failed = true;
    }
}

/* The length of what take_output() would queue. */
static size_t output_length(struct reader reader)
{
    uint32_t count = (uint32_t)take_number(&reader, 4);
    size_t total = 0, length;

    for (uint32_t i = 0; i < count && !reader.failed; i++) {
        take_block(&reader, &length);
        total += reader.failed ? 0 : length;
    }
    return total;
}

/* All but the ring. */
static void take_session(struct reader *reader, struct connection *connection)
{
    uint32_t target = (uint32_t)take_number(reader, 4);

    if (target <= DOMAIN_ID_LIMIT)
        connection->actor.subject.target = (int)target - 1;
    connection->fresh = take_number(reader, 1);
    connection->broken = take_number(reader, 1);
}

bool state_take_connection(struct domain *domain)
{
    struct reader reader = reader_of(domain->kept, domain->kept_size);
    struct connection *connection = domain->connection;
    struct ring_position position = {0};

    if (!domain->kept_size || ring_wants_reconnect(&domain->ring))
        return false;
    take_session(&reader, connection);
    position.req_cons = (uint32_t)take_number(&reader, 4);
    position.rsp_prod = (uint32_t)take_number(&reader, 4);
    take_transactions(&reader, connection);
    take_watches(&reader, connection);
    take_input(&reader, connection);
    position.unsent = output_length(reader);
    if (!reader.failed && ring_resume(&domain->ring, domain->features, &position))
        take_output(&reader, connection, position.delivered);
    else
        reader.failed = true;
    if (!reader.failed)
        return true;
    log_message(LOG_WARNING, "domain %u: its ring is not as it was left: it begins anew",
                domain->domid);
    connection_reset(connection);
    return false;
}
