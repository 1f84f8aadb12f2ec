/* SPDX-License-Identifier: MIT */
/* Watches and their events. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "internal.h"

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
    struct iovec parts[] = {xs_part(path), xs_part(token)};

    return xs_request_ack(h, XBT_NULL, XS_WATCH, parts, 2);
}

bool xs_watch_depth(struct xs_handle *h, const char *path, const char *token, unsigned int depth)
{
    char number[16];
    struct iovec parts[3] = {xs_part(path), xs_part(token)};

    snprintf(number, sizeof(number), "%u", depth);
    parts[2] = xs_part(number);
    return xs_request_ack(h, XBT_NULL, XS_WATCH, parts, 3);
}

/* The event's strings: path, token. With a body that holds fewer it is no event of any watch. */
static bool event_matches(const struct xs_event *event, const char *path, const char *token)
{
    size_t path_length = strnlen(event->body, event->length) + 1;

    return path_length < event->length && !strcmp(event->body + path_length, token) &&
           xs_path_is_subpath(path, event->body);
}

static void drop_events(struct xs_handle *h, const char *path, const char *token)
{
    struct xs_event **link = &h->events;

    while (*link) {
        struct xs_event *event = *link;

        if (event_matches(event, path, token)) {
            *link = event->next;
            free(event->body);
            free(event);
        } else {
            link = &event->next;
        }
    }
    h->events_tail = link;
    xs_update_event_fd(h);
}

bool xs_unwatch(struct xs_handle *h, const char *path, const char *token)
{
    struct iovec parts[] = {xs_part(path), xs_part(token)};
    bool done = xs_request_ack(h, XBT_NULL, XS_UNWATCH, parts, 2);

    if (done && (h->flags & XS_UNWATCH_FILTER)) {
        pthread_mutex_lock(&h->lock);
        drop_events(h, path, token);
        pthread_mutex_unlock(&h->lock);
    }
    return done;
}

void xs_update_event_fd(struct xs_handle *h)
{
    uint64_t count = 1;

    if (h->event_fd < 0)
        return;
    /* Both directions may be repeated: the counter saturates far away, an empty read is EAGAIN. */
    if (h->events) {
        if (write(h->event_fd, &count, sizeof(count)) < 0)
            return;
    } else if (read(h->event_fd, &count, sizeof(count)) < 0) {
        return;
    }
}

static int make_poll_fd(struct xs_handle *h)
{
    struct epoll_event wanted = {.events = EPOLLIN};
    int poll_fd = epoll_create1(EPOLL_CLOEXEC);
    int event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

    if (poll_fd >= 0 && event_fd >= 0 && !epoll_ctl(poll_fd, EPOLL_CTL_ADD, h->fd, &wanted) &&
        !epoll_ctl(poll_fd, EPOLL_CTL_ADD, event_fd, &wanted)) {
        h->event_fd = event_fd;
        xs_update_event_fd(h);
        return poll_fd;
    }
    if (event_fd >= 0)
        close(event_fd);
    if (poll_fd >= 0)
        close(poll_fd);
    return -1;
}

int xs_fileno(struct xs_handle *h)
{
    int fd;

    pthread_mutex_lock(&h->lock);
    if (h->poll_fd < 0)
        h->poll_fd = make_poll_fd(h);
    fd = h->poll_fd;
    pthread_mutex_unlock(&h->lock);
    return fd;
}

/* With h->lock held and an event queued. */
static char **take_event(struct xs_handle *h, unsigned int *num)
{
    struct xs_event *event = h->events;
    unsigned int count = 0;
    char **vector;

    h->events = event->next;
    if (!h->events)
        h->events_tail = &h->events;
    xs_update_event_fd(h);
    vector = xs_make_vector(event->body, event->length, &count);
    free(event);
    if (vector && count < 2) {
        free(vector);
        vector = NULL;
        errno = EIO;
    }
    if (num)
        *num = count;
    return vector;
}

static bool connection_readable(const struct xs_handle *h)
{
    struct pollfd state = {.fd = h->fd, .events = POLLIN};

    return poll(&state, 1, 0) > 0;
}

char **xs_check_watch(struct xs_handle *h)
{
    char **vector = NULL;

    pthread_mutex_lock(&h->lock);
    while (!h->events && !h->broken && !h->reading && connection_readable(h))
        xs_pump(h);
    if (h->events)
        vector = take_event(h, NULL);
    else
        errno = h->broken ? EIO : EAGAIN;
    pthread_mutex_unlock(&h->lock);
    return vector;
}

char **xs_read_watch(struct xs_handle *h, unsigned int *num)
{
    char **vector = NULL;

    pthread_mutex_lock(&h->lock);
    while (!h->events && !h->broken)
        xs_pump(h);
    if (h->events)
        vector = take_event(h, num);
    else
        errno = EIO;
    pthread_mutex_unlock(&h->lock);
    return vector;
}
