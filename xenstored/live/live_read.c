/* SPDX-License-Identifier: MIT */
/* A stream, made into a server. It comes from another version of this program: nothing is believed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live_reading.h"
#include "state/state.h"
#include "store/path.h"

bool live_take_flag(struct reader *reader)
{
    uint64_t flag = take_number(reader, 1);

    reader->failed |= flag > 1;
    return flag == 1;
}

/* ---- The server -------------------------------------------------------------------------------
 */

static bool take_process(struct live_reading *reading, struct reader *reader)
{
    struct live_process *process = reading->process;
    const char *socket;

    process->listener = (int)take_number(reader, 4);
    socket = take_text(reader, sizeof(process->socket) - 1);
    process->domains = live_take_flag(reader);
    process->background = live_take_flag(reader);
    if (!socket || !*socket || process->listener < 0)
        return false;
    strcpy(process->socket, socket);
    return true;
}

static bool take_server(struct live_reading *reading, struct reader *reader)
{
    struct server *server = reading->server;
    const char *name;

    server->store.generation = take_number(reader, 8);
    server->last_connection = (unsigned int)take_number(reader, 4);
    server->counters.requests = take_number(reader, 8);
    server->counters.errors = take_number(reader, 8);
    server->counters.events = take_number(reader, 8);
    server->counters.merged_events = take_number(reader, 8);
    server->counters.commits = take_number(reader, 8);
    server->counters.conflicts = take_number(reader, 8);
    reading->process->traced = live_take_flag(reader);
    name = take_text(reader, XENSTORE_PAYLOAD_MAX);
    if (!name || (reading->process->traced && !*name))
        return false;
    free(server->trace_name);
    server->trace_name = *name ? strdup(name) : NULL;
    return server->trace_name || !*name;
}

static bool take_limit(struct quotas *quotas, struct reader *reader)
{
    const char *name = take_text(reader, XENSTORE_PAYLOAD_MAX);
    unsigned int value = (unsigned int)take_number(reader, 4);
    int quota = name ? quota_by_name(name) : -1;

    if (quota < 0 || reader->failed)
        return false;
    quotas->limit[quota] = value;
    return true;
}

static bool take_quota(struct live_reading *reading, struct reader *reader)
{
    return take_limit(&reading->server->quotas, reader);
}

static bool take_special(struct live_reading *reading, struct reader *reader)
{
    unsigned int number = (unsigned int)take_number(reader, 1);
    struct special_permissions permissions;

    if (number >= SPECIAL_COUNT ||
        !take_permissions(reader, permissions.list, SPECIAL_MAX_PERMISSIONS, &permissions.count))
        return false;
    reading->server->watches.special[number] = permissions;
    return true;
}

/* ---- The tree ---------------------------------------------------------------------------------
 */

static bool take_node(struct live_reading *reading, struct reader *reader)
{
    return node_list_take(&reading->nodes, reader);
}

static bool account(const struct node *node, unsigned int depth, void *context)
{
    struct usage *usage = &((struct usage *)context)[node_owner(node)];

    (void)depth;
    usage->nodes++;
    usage->bytes += (long)node_size(node);
    return true;
}

static bool take_tree(struct live_reading *reading, struct reader *reader)
{
    struct store *store = &reading->server->store;
    struct node *root = node_list_tree(&reading->nodes, (uint32_t)take_number(reader, 4));

    if (!root || reading->has_tree) {
        node_release(root);
        return false;
    }
    node_release(store->root);
    store->root = root;
    reading->has_tree = true;
    memset(store->usage, 0, sizeof(store->usage));
    return node_walk(root, account, store->usage);
}

/* ---- Domains ----------------------------------------------------------------------------------
 */

/* It becomes part of paths. */
static bool uuid_is_valid(const char *uuid, bool needed)
{
    size_t length = strlen(uuid);

    return strspn(uuid, "0123456789abcdef-") == length &&
           (!needed || length == sizeof(((struct domain *)NULL)->uuid) - 1);
}

static bool take_identity(struct domain *domain, struct reader *reader)
{
    const char *uuid;

    domain->launched = (int64_t)take_number(reader, 8);
    domain->has_tree = live_take_flag(reader);
    domain->shut_down = live_take_flag(reader);
    uuid = take_text(reader, sizeof(domain->uuid) - 1);
    if (!uuid || !uuid_is_valid(uuid, domain->has_tree))
        return false;
    strcpy(domain->uuid, uuid);
    domain->features = (unsigned int)take_number(reader, 4);
    domain->remote_port = (uint32_t)take_number(reader, 4);
    domain->position.req_cons = (uint32_t)take_number(reader, 4);
    domain->position.rsp_prod = (uint32_t)take_number(reader, 4);
    return true;
}

static bool take_domain(struct live_reading *reading, struct reader *reader)
{
    struct domain_report report = {.domid = (uint16_t)take_number(reader, 2)};

    report.unique_id = take_number(reader, 8);
    if (reader->failed || report.domid >= DOMAIN_ID_LIMIT || !reading->process->domains ||
        domain_find(reading->server, report.domid))
        return false;
    reading->domain = domain_new(reading->server, &report);
    reading->connection = NULL;
    reading->transaction = NULL;
    if (!reading->domain)
        return false;
    reading->domain->left_over = true;
    return take_identity(reading->domain, reader);
}

static bool take_domain_quota(struct live_reading *reading, struct reader *reader)
{
    return reading->domain && take_limit(&reading->domain->quotas, reader);
}

static bool take_end(struct live_reading *reading, struct reader *reader)
{
    reading->ended = take_number(reader, 4) == reading->count;
    return reading->ended && reading->has_tree && *reading->process->socket;
}

/* ---- The whole --------------------------------------------------------------------------------
 */

static const struct {
    const char *name;
    bool (*take)(struct live_reading *reading, struct reader *reader);
} records[] = {
#define LIVE(kind, number, record, holds) [LIVE_##kind] = {#record, take_##record},
#include "live.def"
#undef LIVE
};

#define RECORD_KINDS (sizeof(records) / sizeof(records[0]))

/* One record. A sentence about what is wrong with it goes to `problem`. */
static bool take_record(struct live_reading *reading, struct reader *stream, char *problem)
{
    size_t kind = take_number(stream, 1), length;
    const uint8_t *bytes = take_block(stream, &length);
    struct reader body;

    if (!bytes) {
        snprintf(problem, LIVE_PROBLEM_SIZE, "the stream ends within record %u", reading->count);
        return false;
    }
    if (kind >= RECORD_KINDS || !records[kind].take) {
        snprintf(problem, LIVE_PROBLEM_SIZE, "record %u is of a kind that is not known: %zu",
                 reading->count, kind);
        return false;
    }
    body = reader_of(bytes, length);
    if (!records[kind].take(reading, &body) || body.failed || body.next != body.end) {
        snprintf(problem, LIVE_PROBLEM_SIZE, "record %u (%s) makes no sense, or there is no memory",
                 reading->count, records[kind].name);
        return false;
    }
    reading->count++;
    return true;
}

static bool take_records(struct live_reading *reading, struct reader *stream, char *problem)
{
    while (stream->next != stream->end && !reading->ended) {
        if (!take_record(reading, stream, problem))
            return false;
    }
    if (reading->ended && stream->next == stream->end)
        return true;
    snprintf(problem, LIVE_PROBLEM_SIZE,
             reading->ended ? "something follows the stream's end" : "the stream has no end");
    return false;
}

bool live_read(struct server *server, struct live_process *process, const void *bytes, size_t count,
               char problem[LIVE_PROBLEM_SIZE])
{
    struct live_reading reading = {.server = server, .process = process};
    struct reader stream = reader_of(bytes, count);
    bool good = false;

    memset(process, 0, sizeof(*process));
    if (count < strlen(LIVE_FORMAT) || memcmp(bytes, LIVE_FORMAT, strlen(LIVE_FORMAT)) != 0) {
        snprintf(problem, LIVE_PROBLEM_SIZE, "the stream is not of the format that is known here");
    } else {
        take_bytes(&stream, strlen(LIVE_FORMAT));
        good = take_records(&reading, &stream, problem);
    }
    node_list_free(&reading.nodes);
    free(reading.watches);
    return good;
}
