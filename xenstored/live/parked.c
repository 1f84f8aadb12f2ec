/* SPDX-License-Identifier: MIT */
/* Connections between two programs: what they hold is here, who moves their bytes is not yet. */
#include <stdlib.h>

#include "live.h"

struct parked {
    int fd;
};

static ssize_t parked_read(void *context, void *buffer, size_t length)
{
    (void)context;
    (void)buffer;
    (void)length;
    return 0;
}

static ssize_t parked_write(void *context, const struct iovec *pieces, int count)
{
    (void)context;
    (void)pieces;
    (void)count;
    return 0;
}

static int parked_descriptor(void *context)
{
    return ((struct parked *)context)->fd;
}

/* One that nobody took was of a stream that nobody goes on from: its descriptor is not ours. */
static void parked_close(void *context)
{
    free(context);
}

static const struct transport parked_transport = {
    .read = parked_read,
    .write = parked_write,
    .descriptor = parked_descriptor,
    .close = parked_close,
};

struct connection *parked_new(struct server *server, const struct subject *subject,
                              const struct quotas *quotas, int fd)
{
    struct parked *parked = malloc(sizeof(*parked));
    struct connection *connection = NULL;

    if (parked) {
        parked->fd = fd;
        connection = connection_new(server, &parked_transport, parked, subject, quotas);
    }
    if (!connection)
        free(parked);
    return connection;
}

int parked_take(struct connection *connection, const struct transport *transport, void *context)
{
    struct parked *parked = connection->context;
    int fd;

    if (connection->transport != &parked_transport)
        return -1;
    fd = parked->fd;
    free(parked);
    connection->transport = transport;
    connection->context = context;
    return fd;
}
