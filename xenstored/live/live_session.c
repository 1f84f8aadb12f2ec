/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "live_session.h"
#include "store/number.h"

/* While the new program reads the stream, nobody is served. */
#define SECONDS_MAX 60

void live_session_end(struct server *server)
{
    struct live_session *session = server->session;

    server->session = NULL;
    if (!session)
        return;
    free(session->file);
    free(session->arguments);
    free(session);
}

void live_session_forget(const struct connection *connection)
{
    const struct live_session *session = connection->server->session;

    if (session && session->connection == connection)
        live_session_end(connection->server);
}

bool live_session_due(const struct server *server)
{
    return server->session && server->session->started;
}

static const char *begin(struct connection *connection, const char *file)
{
    struct live_session *session;

    if (connection->server->session)
        return "another live update is going on";
    if (*file != '/')
        return "the program's name has to begin with a slash";
    session = calloc(1, sizeof(*session));
    if (!session)
        return "out of memory";
    session->connection = connection;
    session->file = strdup(file);
    connection->server->session = session;
    if (session->file)
        return "OK";
    live_session_end(connection->server);
    return "out of memory";
}

static const char *set_arguments(struct live_session *session, const char *arguments)
{
    char *copy = strdup(arguments);

    if (!copy)
        return "out of memory";
    free(session->arguments);
    session->arguments = copy;
    return "OK";
}

/* What -s is followed by. Transactions go on, so that there is nothing to force or to wait for. */
static int start(struct live_session *session, const struct xsd_sockmsg *request,
                 const char *const *arguments, int count)
{
    unsigned long seconds = SECONDS_MAX;

    for (int i = 0; i < count; i++) {
        if (!strcmp(arguments[i], "-F"))
            continue;
        if (strcmp(arguments[i], "-t") || ++i == count ||
            !parse_number(arguments[i], 0xffffffff, &seconds))
            return EINVAL;
    }
    session->seconds = seconds < SECONDS_MAX ? (unsigned int)seconds : SECONDS_MAX;
    session->request = *request;
    session->started = true;
    return 0;
}

/* The first step ends in the program: Xen's xenstore-control says "-f FILE", ours FILE. */
static bool names_file(const char *const *arguments, int count)
{
    return (count == 2 && !strcmp(arguments[0], "-f")) || (count == 1 && *arguments[0] != '-');
}

int live_session_step(struct connection *connection, const struct xsd_sockmsg *request,
                      const char *const *arguments, int count, const char **text)
{
    struct live_session *session = connection->server->session;
    bool own = session && session->connection == connection && !session->started;

    if (!count)
        return EINVAL;
    if (names_file(arguments, count)) {
        *text = begin(connection, arguments[count - 1]);
        return 0;
    }
    *text = "no live update was begun on this connection";
    if (!strcmp(arguments[0], "-s")) {
        if (!own)
            return 0;
        *text = NULL;
        return start(session, request, arguments + 1, count - 1);
    }
    if (!strcmp(arguments[0], "-c") && count == 2) {
        if (own)
            *text = set_arguments(session, arguments[1]);
        return 0;
    }
    if (strcmp(arguments[0], "-a") || count != 1)
        return EINVAL;
    if (own) {
        live_session_end(connection->server);
        *text = "OK";
    }
    return 0;
}
