/* SPDX-License-Identifier: MIT */
/*
 * One thread, which never waits for a client. Each connection is for one request, and has a time
 * limit from when it comes: who sends or takes little by little does not keep it.
 */
#include "xl/metrics/http_part.h"

#include <microhttpd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tools/clock.h>

/* For a request's line and headers, and what answers them. */
#define MEMORY_OF_CONNECTION ((size_t)16 * 1024)

struct connection {
    int fd; /* -1: not used */
    int64_t deadline_ms;
};

struct server {
    struct MHD_Daemon *daemon;
    http_answer *answer;
    void *context;
    int64_t limit_ms;
    unsigned int room;
    struct connection connections[];
};

static enum MHD_Result send_reply(struct MHD_Connection *connection, struct http_reply *reply)
{
    struct MHD_Response *response =
        reply->body
            ? MHD_create_response_from_buffer(reply->size, reply->body, MHD_RESPMEM_MUST_FREE)
            : NULL;
    if (!response) {
        free(reply->body);
        return MHD_NO;
    }
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    if (reply->allow)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, reply->allow);
    enum MHD_Result sent = MHD_queue_response(connection, reply->status, response);
    MHD_destroy_response(response);
    return sent;
}

/* Called with the headers first, then with each piece of a body, then without one. A body is of no
 * use to anybody. */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **state)
{
    const struct server *server = context;
    static int begun;
    (void)version;
    (void)upload;
    if (!*state) {
        *state = &begun;
        return MHD_YES;
    }
    if (*upload_size) {
        *upload_size = 0;
        return MHD_YES;
    }
    const struct http_request request = {
        .method = method,
        .path = url,
        .accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT)};
    struct http_reply reply = {.status = 0};
    server->answer(server->context, &request, &reply);
    return send_reply(connection, &reply);
}

static struct connection *find_connection(struct server *server, int fd)
{
    for (unsigned int i = 0; i < server->room; i++) {
        if (server->connections[i].fd == fd)
            return &server->connections[i];
    }
    return NULL;
}

static void follow(void *context, struct MHD_Connection *connection, void **unused,
                   enum MHD_ConnectionNotificationCode what)
{
    struct server *server = context;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    bool comes = what == MHD_CONNECTION_NOTIFY_STARTED;
    struct connection *slot = info ? find_connection(server, comes ? -1 : info->connect_fd) : NULL;
    (void)unused;
    if (slot)
        *slot = (struct connection){.fd = comes ? info->connect_fd : -1,
                                    .deadline_ms = clock_ms() + server->limit_ms};
}

static bool start(struct server *server, int listening, const struct http_limits *limits)
{
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL, 0, NULL, NULL, handle, server, MHD_OPTION_LISTEN_SOCKET, listening,
        MHD_OPTION_CONNECTION_LIMIT, limits->connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        limits->connections_per_address, MHD_OPTION_CONNECTION_TIMEOUT, limits->seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY_OF_CONNECTION, MHD_OPTION_NOTIFY_CONNECTION,
        follow, server, MHD_OPTION_END);
    return server->daemon;
}

static void *begin(int listening, const struct http_limits *limits, http_answer *answer,
                   void *context)
{
    struct server *server =
        calloc(1, sizeof(*server) + limits->connections * sizeof(server->connections[0]));
    if (!server) {
        close(listening);
        return NULL;
    }
    server->answer = answer;
    server->context = context;
    server->limit_ms = (int64_t)limits->seconds * 1000;
    server->room = limits->connections;
    for (unsigned int i = 0; i < server->room; i++)
        server->connections[i].fd = -1;
    if (start(server, listening, limits))
        return server;
    close(listening);
    free(server);
    return NULL;
}

static int descriptor(void *context)
{
    const struct server *server = context;
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    return info ? info->epoll_fd : -1;
}

/* Those whose time is over end; how many ms the next one has, or -1. */
static int64_t end_late(struct server *server)
{
    int64_t now = clock_ms(), next = -1;
    for (unsigned int i = 0; i < server->room; i++) {
        const struct connection *connection = &server->connections[i];
        int64_t left = connection->deadline_ms - now;
        if (connection->fd < 0)
            continue;
        if (left <= 0)
            shutdown(connection->fd, SHUT_RDWR);
        if (left <= 0 || next < 0 || left < next)
            next = left > 0 ? left : 1;
    }
    return next;
}

static int run(void *context)
{
    struct server *server = context;
    MHD_UNSIGNED_LONG_LONG wanted;
    MHD_run(server->daemon);
    int64_t next = end_late(server);
    if (MHD_get_timeout(server->daemon, &wanted) == MHD_YES &&
        (next < 0 || wanted < (unsigned long long)next))
        next = (int64_t)wanted;
    return (int)next;
}

static void end(void *context)
{
    struct server *server = context;
    MHD_stop_daemon(server->daemon);
    free(server);
}

#pragma GCC visibility push(default)
extern const struct http_part http_part;
#pragma GCC visibility pop

const struct http_part http_part = {
    .version = HTTP_PART_VERSION,
    .begin = begin,
    .descriptor = descriptor,
    .run = run,
    .end = end,
};
