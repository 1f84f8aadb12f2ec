/* SPDX-License-Identifier: MIT */
/* What the files of libxs share. */
#ifndef LIBXS_INTERNAL_H
#define LIBXS_INTERNAL_H

#include <pthread.h>
#include <sys/uio.h>

#include <xen/io/xs_wire.h>
#include <xenstore.h>

/* A message's parts: at most path, token and depth, or path, data. */
#define XS_MAX_PARTS 4

struct xs_message {
    struct xsd_sockmsg header;
    char *body; /* header.len bytes and a NUL; malloc'ed */
};

struct xs_event {
    struct xs_event *next;
    unsigned int length;
    char *body;
};

/*
 * Requests go one at a time (request_lock). Whoever waits, for a reply or for an event, reads the
 * connection, one thread at a time (`reading`), and hands on what is meant for another.
 * Lock order: request_lock, lock.
 */
struct xs_handle {
    int fd;
    int poll_fd;  /* epoll of fd and event_fd; -1 until xs_fileno() */
    int event_fd; /* readable while the queue is not empty; -1 until xs_fileno() */
    bool is_socket;
    unsigned long flags;
    unsigned int patience; /* milliseconds, 0: no limit */

    pthread_mutex_t request_lock;
    pthread_mutex_t lock; /* all below */
    pthread_cond_t changed;
    bool reading;
    bool broken;
    bool reply_ready;
    struct xs_message reply;
    struct xs_event *events;
    struct xs_event **events_tail;
};

/* Connection. */
int xs_connect(unsigned long flags, bool *is_socket);
int xs_send_message(struct xs_handle *h, struct iovec *parts, unsigned int count);
int xs_receive_message(struct xs_handle *h, struct xs_message *message);
/* Whether there is something to receive before clock_ms() is `deadline`. */
bool xs_await_message(struct xs_handle *h, int64_t deadline);

/*
 * Send a request and wait for its reply. Returns the reply's payload with a NUL behind it (the
 * caller frees it) and its length without that NUL, or NULL with errno.
 */
char *xs_request(struct xs_handle *h, xs_transaction_t t, enum xsd_sockmsg_type type,
                 const struct iovec *parts, unsigned int count, unsigned int *length);
/* The same for requests whose reply says nothing. */
bool xs_request_ack(struct xs_handle *h, xs_transaction_t t, enum xsd_sockmsg_type type,
                    const struct iovec *parts, unsigned int count);
/* The same with the one argument `string`. */
char *xs_request_string(struct xs_handle *h, xs_transaction_t t, enum xsd_sockmsg_type type,
                        const char *string, unsigned int *length);

/* Read one message and deliver it, or wait until another thread did. With h->lock held. */
void xs_pump(struct xs_handle *h);

/* Set or clear event_fd after the queue changed. With h->lock held. */
void xs_update_event_fd(struct xs_handle *h);

/* A part that holds a string with its NUL. */
struct iovec xs_part(const char *string);

/* Make the vector of `count` strings out of `length` bytes that hold them; consumes `strings`. */
char **xs_make_vector(char *strings, unsigned int length, unsigned int *count);

#endif
