/* SPDX-License-Identifier: MIT */
/* The records of connections: who is connected, what they watch, their transactions and messages.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "live_reading.h"
#include "state/state.h"
#include "store/path.h"

/* No count of nodes or bytes is larger. */
#define USAGE_MAX (INT64_C(1) << 40)

/* ---- Connections ------------------------------------------------------------------------------
 */

static bool is_of_domain(const struct live_reading *reading, const struct subject *subject)
{
    return reading->domain && reading->domain->domid == subject->domid &&
           !reading->domain->connection;
}

static struct connection *park(struct live_reading *reading, const struct subject *subject,
                               bool is_domain, int fd)
{
    struct connection *connection;

    if (is_domain ? !is_of_domain(reading, subject) : fd < 0 || !subject->privileged)
        return NULL;
    connection = parked_new(reading->server, subject,
                            is_domain ? &reading->domain->quotas : &reading->server->quotas,
                            is_domain ? -1 : fd);
    if (!connection)
        return NULL;
    connection->is_domain = is_domain;
    if (is_domain)
        reading->domain->connection = connection;
    return connection;
}

static bool take_input(struct connection *connection, struct reader *reader)
{
    size_t length;
    const uint8_t *input = take_block(reader, &length);

    return input && length <= SERVER_INPUT_SIZE && connection_keep_input(connection, input, length);
}

bool take_connection(struct live_reading *reading, struct reader *reader)
{
    unsigned int id = (unsigned int)take_number(reader, 4), last = reading->server->last_connection;
    int fd = (int)take_number(reader, 4);
    struct subject subject = {.domid = (uint16_t)take_number(reader, 2)};
    uint32_t target = (uint32_t)take_number(reader, 4);
    bool is_domain;

    subject.privileged = live_take_flag(reader);
    is_domain = live_take_flag(reader);
    reading->transaction = NULL;
    reading->watch_count = 0;
    reading->connection = NULL;
    if (reader->failed || target > DOMAIN_ID_LIMIT || subject.domid >= DOMAIN_ID_LIMIT)
        return false;
    subject.target = (int)target - 1;
    reading->connection = park(reading, &subject, is_domain, fd);
    reading->server->last_connection = last;
    if (!reading->connection)
        return false;
    reading->connection->id = id;
    reading->connection->fresh = live_take_flag(reader);
    reading->connection->broken = live_take_flag(reader);
    reading->connection->next_transaction = (uint32_t)take_number(reader, 4);
    return take_input(reading->connection, reader);
}

/* ---- Watches ----------------------------------------------------------------------------------
 */

static bool note_watch(struct live_reading *reading)
{
    uint32_t capacity = reading->watch_capacity ? 2 * reading->watch_capacity : 64;

    if (reading->watch_count == reading->watch_capacity) {
        struct watch **grown = realloc(reading->watches, capacity * sizeof(*grown));

        if (!grown)
            return false;
        reading->watches = grown;
        reading->watch_capacity = capacity;
    }
    reading->watches[reading->watch_count++] =
        LIST_ENTRY(reading->connection->watches.previous, struct watch, link);
    return true;
}

bool take_watch(struct live_reading *reading, struct reader *reader)
{
    unsigned int depth = (unsigned int)take_number(reader, 4);
    size_t offset = take_number(reader, 4);
    const char *path = take_text(reader, XENSTORE_ABS_PATH_MAX);
    const char *token = take_text(reader, XENSTORE_PAYLOAD_MAX);
    struct actor *actor;
    bool privileged;
    int error;

    if (!reading->connection || !path || !token || offset >= strlen(path) ||
        (!path_is_valid(path) && !path_is_special(path)))
        return false;
    /* What was within a limit is kept, whatever the limit is now. */
    actor = &reading->connection->actor;
    privileged = actor->subject.privileged;
    actor->subject.privileged = true;
    error = watch_add(reading->connection, path, offset, token, depth);
    actor->subject.privileged = privileged;
    return !error && note_watch(reading);
}

/* ---- Transactions -----------------------------------------------------------------------------
 */

bool take_transaction(struct live_reading *reading, struct reader *reader)
{
    uint32_t id = (uint32_t)take_number(reader, 4);
    uint64_t deadline = take_number(reader, 8);
    uint32_t base_place = (uint32_t)take_number(reader, 4);
    struct node *base = node_list_tree(&reading->nodes, base_place);
    struct node *root = node_list_tree(&reading->nodes, (uint32_t)take_number(reader, 4));
    struct transaction *transaction = NULL;

    if (reading->connection && root && id && !reader->failed &&
        (base != NULL) == (base_place != LIVE_NOWHERE) &&
        !transaction_find(reading->connection, id))
        transaction = transaction_revive(reading->connection, id, deadline, base, root);
    if (!transaction) {
        node_release(base);
        node_release(root);
    }
    reading->transaction = transaction;
    return transaction != NULL;
}

static bool within(int64_t count)
{
    return count >= -USAGE_MAX && count <= USAGE_MAX;
}

bool take_usage(struct live_reading *reading, struct reader *reader)
{
    uint16_t domid = (uint16_t)take_number(reader, 2);
    int64_t nodes = (int64_t)take_number(reader, 8), bytes = (int64_t)take_number(reader, 8);

    if (!reading->transaction || reader->failed || domid >= DOMAIN_ID_LIMIT || !within(nodes) ||
        !within(bytes))
        return false;
    return !transaction_revive_usage(reading->transaction, domid, (long)nodes, (long)bytes);
}

bool take_touched(struct live_reading *reading, struct reader *reader)
{
    const char *path = take_text(reader, XENSTORE_ABS_PATH_MAX);

    if (!reading->transaction || !path || !path_is_valid(path) ||
        path_set_contains(&reading->transaction->touched, path))
        return false;
    return !transaction_revive_touched(reading->transaction, path);
}

bool take_mutation(struct live_reading *reading, struct reader *reader)
{
    struct permission list[PERMISSIONS_MAX];
    uint64_t kind = take_number(reader, 1);
    struct mutation mutation = {.path = take_text(reader, XENSTORE_ABS_PATH_MAX)};
    unsigned int count;

    if (!reading->transaction || !mutation.path || !path_is_valid(mutation.path) ||
        kind > MUTATION_SET_PERMISSIONS)
        return false;
    mutation.kind = (enum mutation_kind)kind;
    if (mutation.kind == MUTATION_SET_PERMISSIONS) {
        if (!take_permissions(reader, list, PERMISSIONS_MAX, &count))
            return false;
        mutation.data = list;
        mutation.length = count;
    } else {
        mutation.data = take_block(reader, &mutation.length);
        if (!mutation.data || mutation.length > XENSTORE_PAYLOAD_MAX)
            return false;
    }
    return !transaction_revive_mutation(reading->transaction, &mutation);
}

/* ---- Messages ---------------------------------------------------------------------------------
 */

/* An event's path is looked at while it waits. */
static bool is_event(const uint8_t *bytes, size_t length)
{
    return length > sizeof(struct xsd_sockmsg) && !bytes[length - 1];
}

bool take_message(struct live_reading *reading, struct reader *reader)
{
    uint32_t number = (uint32_t)take_number(reader, 4), sent = (uint32_t)take_number(reader, 4);
    struct watch *watch = NULL;
    size_t length;
    const uint8_t *bytes = take_block(reader, &length);

    if (!reading->connection || !bytes || sent >= length ||
        length > sizeof(struct xsd_sockmsg) + XENSTORE_PAYLOAD_MAX || number > reading->watch_count)
        return false;
    if (number) {
        watch = reading->watches[number - 1];
        if (!is_event(bytes, length))
            return false;
    }
    return connection_queue_message(reading->connection, watch, bytes, length, sent);
}
