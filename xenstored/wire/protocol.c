/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "log.h"
#include "store/number.h"
#include "store/path.h"
#include "state/state.h"
#include "protocol.h"

enum operation_flag {
    PRIVILEGED = 1,
    TRANSACTION = 2,
    CHANGES = 4,
    GROWS = 8,
};

struct operation {
    const char *name;
    int (*handler)(struct request *request);
    unsigned int flags;
};

static const struct operation operations[] = {
#define OPERATION(operation, function, bits)                                                       \
    [XS_##operation] = {.name = #operation, .handler = (function), .flags = (bits)},
#include "protocol.def"
#undef OPERATION
};

#define OPERATION_COUNT (sizeof(operations) / sizeof(operations[0]))

const char *protocol_name(uint32_t type)
{
    if (type < OPERATION_COUNT && operations[type].name)
        return operations[type].name;
    if (type == XS_WATCH_EVENT)
        return "WATCH_EVENT";
    return type == XS_ERROR ? "ERROR" : "UNKNOWN";
}

/* ---- Arguments --------------------------------------------------------------------------------
 */

int request_strings(const struct request *request, const char **strings, int maximum)
{
    const char *next = request->body, *end = request->body + request->length;
    int count = 0;

    while (next < end) {
        size_t length = strnlen(next, (size_t)(end - next));

        if (next + length == end)
            return -1;
        if (count < maximum)
            strings[count] = next;
        count++;
        next += length + 1;
    }
    return count;
}

int request_string(const struct request *request, const char **string)
{
    return request_strings(request, string, 1) == 1 ? 0 : EINVAL;
}

/* Below the client's own domain, on the socket ours: what comes before a relative path. */
static size_t put_base(const struct connection *connection, char *text)
{
    static const char domains[] = "/local/domain/";
    size_t length = sizeof(domains) - 1;

    memcpy(text, domains, length);
    length += format_number(connection->actor.subject.domid, text + length);
    text[length++] = '/';
    return length;
}

static int resolve(const struct request *request, const char *given, struct request_path *path)
{
    size_t length = strlen(given);

    if (length > XENSTORE_REL_PATH_MAX)
        return EINVAL;
    path->relative_offset = put_base(request->connection, path->resolved);
    if (path->relative_offset + length >= sizeof(path->resolved))
        return EINVAL;
    memcpy(path->resolved + path->relative_offset, given, length + 1);
    path->text = path->resolved;
    return 0;
}

int request_path(const struct request *request, const char *given, struct request_path *path)
{
    path->text = given;
    path->relative_offset = 0;
    if (*given != '/' && *given != '@') {
        int error = resolve(request, given, path);

        if (error)
            return error;
    }
    return path_is_valid(path->text) || path_is_special(path->text) ? 0 : EINVAL;
}

int parse_domid(const char *text, uint16_t *domid)
{
    unsigned long value;

    if (!parse_number(text, DOMAIN_ID_LIMIT - 1, &value))
        return EINVAL;
    *domid = (uint16_t)value;
    return 0;
}

/* ---- Replies ----------------------------------------------------------------------------------
 */

int reply_data(struct request *request, const void *data, size_t length)
{
    if (length > XENSTORE_PAYLOAD_MAX)
        return E2BIG;
    if (request->server->trace)
        trace_message(request->connection, "OUT", request->header, data, length);
    connection_reply(request->connection, request->header, request->header->type, data, length);
    return 0;
}

int reply_text(struct request *request, const char *text)
{
    return reply_data(request, text, strlen(text) + 1);
}

int reply_ok(struct request *request)
{
    return reply_text(request, "OK");
}

static const char *error_name(int error)
{
    for (size_t i = 0; i < sizeof(xsd_errors) / sizeof(xsd_errors[0]); i++) {
        if (xsd_errors[i].errnum == error)
            return xsd_errors[i].errstring;
    }
    return xsd_errors[0].errstring;
}

static void reply_error(struct request *request, int error)
{
    struct xsd_sockmsg header = *request->header;
    const char *name = error_name(error);

    header.type = XS_ERROR;
    if (request->server->trace)
        trace_message(request->connection, "OUT", &header, name, strlen(name) + 1);
    request->server->counters.errors++;
    connection_reply(request->connection, request->header, XS_ERROR, name, strlen(name) + 1);
}

/* ---- Dispatch ---------------------------------------------------------------------------------
 */

static int dispatch(struct request *request)
{
    const struct xsd_sockmsg *header = request->header;
    const struct operation *operation;
    int error;

    if (header->type >= OPERATION_COUNT || !operations[header->type].handler)
        return ENOSYS;
    operation = &operations[header->type];
    if ((operation->flags & PRIVILEGED) && !request->connection->actor.subject.privileged)
        return EACCES;
    if ((operation->flags & TRANSACTION) && header->tx_id) {
        request->transaction = transaction_find(request->connection, header->tx_id);
        if (!request->transaction)
            return ENOENT;
    }
    if ((operation->flags & GROWS) && state_behind(request->server))
        return ENOSPC;
    error = operation->handler(request);
    if (!error && (operation->flags & CHANGES))
        request->connection->changed = true;
    return error;
}

void protocol_handle(struct connection *connection, const struct xsd_sockmsg *header,
                     const char *body)
{
    struct request request = {
        .connection = connection,
        .server = connection->server,
        .header = header,
        .body = body,
        .length = header->len,
    };
    int error;

    connection->server->counters.requests++;
    if (connection->server->trace)
        trace_message(connection, "IN", header, body, header->len);
    error = dispatch(&request);
    if (error)
        reply_error(&request, error);
}
