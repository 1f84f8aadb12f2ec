/* SPDX-License-Identifier: MIT */
/* The handle: requests, replies, and who gets which message. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tools/clock.h>

#include "internal.h"

static int error_number(const char *name)
{
    for (size_t i = 0; i < sizeof(xsd_errors) / sizeof(xsd_errors[0]); i++) {
        if (!strcmp(name, xsd_errors[i].errstring))
            return xsd_errors[i].errnum;
    }
    return EIO;
}

struct xs_handle *xs_open(unsigned long flags)
{
    struct xs_handle *h = calloc(1, sizeof(*h));
    int saved;

    if (!h)
        return NULL;
    h->fd = xs_connect(flags, &h->is_socket);
    if (h->fd < 0) {
        saved = errno;
        free(h);
        errno = saved;
        return NULL;
    }
    h->poll_fd = -1;
    h->event_fd = -1;
    h->flags = flags;
    h->events_tail = &h->events;
    pthread_mutex_init(&h->request_lock, NULL);
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->changed, NULL);
    return h;
}

void xs_close(struct xs_handle *h)
{
    if (!h)
        return;
    while (h->events) {
        struct xs_event *event = h->events;

        h->events = event->next;
        free(event->body);
        free(event);
    }
    free(h->reply.body);
    if (h->poll_fd >= 0)
        close(h->poll_fd);
    if (h->event_fd >= 0)
        close(h->event_fd);
    close(h->fd);
    pthread_cond_destroy(&h->changed);
    pthread_mutex_destroy(&h->lock);
    pthread_mutex_destroy(&h->request_lock);
    free(h);
}

void xs_set_patience(struct xs_handle *h, unsigned int milliseconds)
{
    h->patience = milliseconds;
}

struct xs_handle *xs_daemon_open(void)
{
    return xs_open(0);
}

struct xs_handle *xs_domain_open(void)
{
    return xs_open(0);
}

struct xs_handle *xs_daemon_open_readonly(void)
{
    return xs_open(XS_OPEN_READONLY);
}

void xs_daemon_close(struct xs_handle *h)
{
    xs_close(h);
}

void xs_daemon_destroy_postfork(struct xs_handle *h)
{
    xs_close(h);
}

/* With h->lock held. */
static void deliver(struct xs_handle *h, struct xs_message *message)
{
    struct xs_event *event;

    if (message->header.type != XS_WATCH_EVENT) {
        /* Only one request is ever in flight: a second reply replaces the first. */
        free(h->reply.body);
        h->reply = *message;
        h->reply_ready = true;
        return;
    }
    event = calloc(1, sizeof(*event));
    if (!event) {
        free(message->body);
        h->broken = true; /* an event was lost: better to say so than to let the caller wait */
        return;
    }
    event->body = message->body;
    event->length = message->header.len;
    *h->events_tail = event;
    h->events_tail = &event->next;
    xs_update_event_fd(h);
}

void xs_pump(struct xs_handle *h)
{
    struct xs_message message;
    int failed;

    if (h->reading) {
        pthread_cond_wait(&h->changed, &h->lock);
        return;
    }
    h->reading = true;
    pthread_mutex_unlock(&h->lock);
    failed = xs_receive_message(h, &message);
    pthread_mutex_lock(&h->lock);
    h->reading = false;
    if (failed)
        h->broken = true;
    else
        deliver(h, &message);
    pthread_cond_broadcast(&h->changed);
}

static int wait_reply(struct xs_handle *h, struct xs_message *reply)
{
    const int64_t deadline = clock_ms() + h->patience;
    int error = 0;

    pthread_mutex_lock(&h->lock);
    while (!h->reply_ready && !h->broken) {
        if (h->patience && !xs_await_message(h, deadline)) {
            h->broken = true;
            error = ETIMEDOUT;
            break;
        }
        xs_pump(h);
    }
    if (h->reply_ready) {
        *reply = h->reply;
        h->reply.body = NULL;
        h->reply_ready = false;
    } else if (!error) {
        error = EIO;
    }
    pthread_mutex_unlock(&h->lock);
    return error;
}

/* Everything under request_lock: send, wait, judge the reply. Returns 0 or an errno value. */
static int exchange(struct xs_handle *h, struct iovec *message, unsigned int count,
                    struct xs_message *reply)
{
    const struct xsd_sockmsg *request = message[0].iov_base;
    int error;

    if (h->broken || xs_send_message(h, message, count))
        return EIO;
    error = wait_reply(h, reply);
    if (error)
        return error;
    if (reply->header.type == XS_ERROR) {
        error = error_number(reply->body);
    } else if (reply->header.type != request->type) {
        h->broken = true;
        error = EBADF;
    }
    if (error)
        free(reply->body);
    return error;
}

char *xs_request(struct xs_handle *h, xs_transaction_t t, enum xsd_sockmsg_type type,
                 const struct iovec *parts, unsigned int count, unsigned int *length)
{
    struct xsd_sockmsg header = {.type = type, .tx_id = t};
    struct iovec message[XS_MAX_PARTS + 1];
    struct xs_message reply;
    size_t total = 0;
    int error;

    if (count > XS_MAX_PARTS) {
        errno = EINVAL;
        return NULL;
    }
    message[0] = (struct iovec){.iov_base = &header, .iov_len = sizeof(header)};
    for (unsigned int i = 0; i < count; i++) {
        message[i + 1] = parts[i];
        total += parts[i].iov_len;
    }
    /* The daemon closes the connection of whoever sends more. */
    if (total > XENSTORE_PAYLOAD_MAX) {
        errno = E2BIG;
        return NULL;
    }
    header.len = (uint32_t)total;

    pthread_mutex_lock(&h->request_lock);
    error = exchange(h, message, count + 1, &reply);
    pthread_mutex_unlock(&h->request_lock);
    if (error) {
        errno = error;
        return NULL;
    }
    if (length)
        *length = reply.header.len;
    return reply.body;
}

bool xs_request_ack(struct xs_handle *h, xs_transaction_t t, enum xsd_sockmsg_type type,
                    const struct iovec *parts, unsigned int count)
{
    char *reply = xs_request(h, t, type, parts, count, NULL);
    bool there = reply != NULL;

    free(reply);
    return there;
}

char *xs_request_string(struct xs_handle *h, xs_transaction_t t, enum xsd_sockmsg_type type,
                        const char *string, unsigned int *length)
{
    struct iovec part = xs_part(string);

    return xs_request(h, t, type, &part, 1, length);
}
