/* SPDX-License-Identifier: MIT */
/* Handlers: watches and transactions. */
#include <errno.h>
#include <string.h>

#include "state/state.h"
#include "store/number.h"
#include "protocol.h"

int handle_watch(struct request *request)
{
    const char *strings[3];
    struct request_path path;
    unsigned long depth = WATCH_ANY_DEPTH;
    int count = request_strings(request, strings, 3);
    int error;

    if (count != 2 && count != 3)
        return EINVAL;
    /* Old clients may send an empty third string. */
    if (count == 3 && *strings[2] && !parse_number(strings[2], WATCH_ANY_DEPTH, &depth))
        return EINVAL;
    error = request_path(request, strings[0], &path);
    if (!error)
        error = watch_add(request->connection, path.text, path.relative_offset, strings[1],
                          (unsigned int)depth);
    if (error)
        return error;
    reply_ok(request);
    watch_fire_first(request->connection, path.text, strings[1]);
    return 0;
}

int handle_unwatch(struct request *request)
{
    const char *strings[2];
    struct request_path path;
    int count = request_strings(request, strings, 2);
    int error;

    if (count != 2 && count != 3)
        return EINVAL;
    error = request_path(request, strings[0], &path);
    if (!error)
        error = watch_remove(request->connection, path.text, strings[1]);
    return error ? error : reply_ok(request);
}

/*
 * Linux sends this when it starts, to be rid of what a kernel before it (kexec) has left. When the
 * connection began with this very kernel there is nothing such, but there may be what its own
 * programs have begun while the kernel was still starting: that stays.
 */
int handle_reset_watches(struct request *request)
{
    struct connection *connection = request->connection;

    if (!connection->fresh) {
        transactions_abort_all(connection);
        watches_remove_all(connection);
    }
    connection->fresh = false;
    return reply_ok(request);
}

int handle_transaction_start(struct request *request)
{
    char text[NUMBER_TEXT_SIZE];
    uint32_t id;
    int error;

    if (request->header->tx_id)
        return EBUSY;
    error = transaction_start(request->connection, &id);
    if (error)
        return error;
    format_number(id, text);
    return reply_text(request, text);
}

/* It ends in any case, with what it did kept, or not done. */
static int end_with_changes(const struct request *request)
{
    if (!state_behind(request->server) || list_empty(&request->transaction->mutations))
        return transaction_commit(request->transaction);
    transaction_abort(request->transaction);
    return ENOSPC;
}

int handle_transaction_end(struct request *request)
{
    const char *answer;
    int error = request_string(request, &answer);

    if (error)
        return error;
    if (!request->transaction)
        return ENOENT;
    if (!strcmp(answer, "T"))
        error = end_with_changes(request);
    else if (!strcmp(answer, "F"))
        transaction_abort(request->transaction);
    else
        return EINVAL;
    return error ? error : reply_ok(request);
}
