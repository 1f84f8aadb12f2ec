/* SPDX-License-Identifier: MIT */
/* Requests and their handlers. */
#ifndef XENSTORED_PROTOCOL_H
#define XENSTORED_PROTOCOL_H

#include "connection.h"
#include "store/transaction.h"

struct request {
    struct connection *connection;
    struct server *server;
    const struct xsd_sockmsg *header;
    const char *body; /* header->len bytes, and a NUL behind them */
    size_t length;
    struct transaction *transaction; /* NULL: none */
};

/* Handle one request: there is exactly one reply, or the connection is broken. */
void protocol_handle(struct connection *connection, const struct xsd_sockmsg *header,
                     const char *body);

/* Name of a message type, for logs. */
const char *protocol_name(uint32_t type);

/* What handlers use. Handlers return 0 after a reply, or an errno value that becomes the reply. */

int reply_data(struct request *request, const void *data, size_t length);
int reply_text(struct request *request, const char *text);
int reply_ok(struct request *request);

/*
 * The payload as NUL-terminated strings: their number, of which the first `maximum` are put into
 * strings[]; -1 if the last one has no end.
 */
int request_strings(const struct request *request, const char **strings, int maximum);

/* A payload of exactly one string, or EINVAL. */
int request_string(const struct request *request, const char **string);

/* An absolute path as a client may write it, relative ones resolved. */
struct request_path {
    const char *text;       /* as given, or in `resolved` */
    size_t relative_offset; /* length of what was put in front */
    char resolved[XENSTORE_ABS_PATH_MAX + 1];
};

/* EINVAL if it is not a path that this client can use. `given` must live as long as *path. */
int request_path(const struct request *request, const char *given, struct request_path *path);

/* A domain id written in decimal: EINVAL if it is none. */
int parse_domid(const char *text, uint16_t *domid);

#define OPERATION(name, handler, flags) int handler(struct request *request);
#include "protocol.def"
#undef OPERATION

#endif
