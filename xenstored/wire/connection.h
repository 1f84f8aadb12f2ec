/* SPDX-License-Identifier: MIT */
/*
 * Connections: a client behind a byte stream, be it a socket, a domain's ring or a test. Requests
 * come in one at a time, replies and events go into a queue that a client who does not read
 * cannot make grow beyond its limits.
 */
#ifndef XENSTORED_CONNECTION_H
#define XENSTORED_CONNECTION_H

#include <sys/types.h>
#include <sys/uio.h>

#include <xen/io/xs_wire.h>

#include "server.h"

struct connection;
struct transaction;

/*
 * What moves the bytes. Both return how many bytes were moved, 0 when none can be now, or a
 * negative errno value when the connection is over. When less was read than there was room for, no
 * more has come, and who sees it come wakes the connection.
 */
struct transport {
    bool pieces; /* one read may not move all there is */
    ssize_t (*read)(void *context, void *buffer, size_t length);
    ssize_t (*write)(void *context, const struct iovec *pieces, int count);
    /* The connection breaks down because the client broke the protocol. May be NULL. */
    void (*protocol_error)(void *context);
    /* A turn is over: what was moved may be announced. true if more has come meanwhile. May be
     * NULL. */
    bool (*turn_end)(void *context);
    /* What is waited for has changed, which is for connection_wants() to say. May be NULL. */
    void (*wants)(void *context, const struct connection *connection);
    /* The descriptor that another program goes on with. NULL: there is none. */
    int (*descriptor)(void *context);
    /* The connection is freed, and `context` with it. May be NULL. */
    void (*close)(void *context);
};

struct message {
    struct list link;       /* in connection.output */
    struct list watch_link; /* in watch.pending; alone in replies */
    struct list same_link;  /* in watch_table.pending, or alone */
    struct watch *watch;    /* whose event it is; NULL: a reply */
    uint32_t length;        /* header and payload */
    uint32_t sent;
    char bytes[];
};

struct connection {
    struct list link;       /* in server.connections */
    struct list ready_link; /* in server.ready, or alone */
    struct list turn_link;  /* among those that wait for their answers, or alone */
    struct server *server;
    const struct transport *transport;
    void *context;
    unsigned int id; /* for logs */
    bool is_domain;  /* paths may be relative to the domain's */
    bool fresh;      /* began with its kernel, which has not reset its watches yet */
    bool more;       /* this turn did not take all there was */
    bool ending;     /* the client sends no more: it is over once that has been read */
    bool changed;    /* it asked for what the state has to keep, and is not answered yet */
    bool broken;     /* to be freed, or (a domain's) ignored until it connects again */
    struct actor actor;

    char *input; /* what has been read and not handled yet; NULL: nothing */
    size_t input_length;

    struct list output;
    unsigned int replies, events; /* messages in output */

    struct list watches;
    unsigned int watch_count;
    struct list transactions;
    struct transaction **by_id; /* the same, in id_places chains; NULL: none so far */
    unsigned int transaction_count, id_places;
    uint32_t next_transaction;
};

/*
 * Make a connection for `subject`; `quotas` must live as long as it does. NULL: out of memory
 * (context is not closed then).
 */
struct connection *connection_new(struct server *server, const struct transport *transport,
                                  void *context, const struct subject *subject,
                                  const struct quotas *quotas);
/* Free it with its watches, transactions, messages, and close its transport. */
void connection_free(struct connection *connection);
/* Forget what the client set up or was about to get: back to the state of a new connection. */
void connection_reset(struct connection *connection);

/* Let the connection have a turn soon. */
void connection_wake(struct connection *connection);

/*
 * One turn: read and handle a bounded number of requests; then send what there is. The latter
 * returns true if there may be more to do at once. Afterwards connection->broken may be set.
 */
void connection_turn(struct connection *connection);
bool connection_answer(struct connection *connection);
/* Or not yet: it joins `held`, and is left alone until it is taken from there. */
void connection_hold_answers(struct connection *connection, struct list *held);

/* true if the client's requests are not read now, because it does not fetch its replies. */
bool connection_throttled(const struct connection *connection);

/* What to wait for: that something comes, that something can be sent. */
struct wants {
    bool read, write;
};
struct wants connection_wants(const struct connection *connection);

/* Put bytes before what is read next. false: out of memory. */
bool connection_keep_input(struct connection *connection, const void *bytes, size_t length);

/* true if it is answered only once the state is kept. Nothing is read from it until then. */
bool connection_held(const struct connection *connection);

/* Put a message into the output queue. false: out of memory, and the connection is broken. */
bool connection_reply(struct connection *connection, const struct xsd_sockmsg *request,
                      uint32_t type, const void *payload, size_t length);
/* `path` is as the client shall see it. */
bool connection_event(struct connection *connection, struct watch *watch, const char *path);
/* Bytes of messages that were on their way when this connection was another xenstored's. */
bool connection_queue_bytes(struct connection *connection, const void *bytes, size_t length);
/* A message of which `sent` bytes are out already: a reply, or an event of `watch`. */
bool connection_queue_message(struct connection *connection, struct watch *watch, const void *bytes,
                              size_t length, size_t sent);
/* Take back the last message that was queued, if it is a reply. */
void connection_take_back(struct connection *connection);
/* Take an event that waits out of the queue and free it. */
void message_free(struct connection *connection, struct message *message);

/* The client holds `bytes` more (or less). */
void connection_hold(struct connection *connection, long bytes);
/* ENOSPC if holding `bytes` more would be beyond its quota. */
int connection_check_memory(const struct connection *connection, size_t bytes);

#endif
