/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <unistd.h>

#include <tools/clock.h>

#include "loop.h"

int loop_init(struct loop *loop, bool (*turn)(void *context), void *context)
{
    *loop =
        (struct loop){.epoll_fd = epoll_create1(EPOLL_CLOEXEC), .turn = turn, .context = context};
    return loop->epoll_fd < 0 ? -errno : 0;
}

void loop_free(struct loop *loop)
{
    close(loop->epoll_fd);
}

int loop_add(struct loop *loop, struct loop_source *source, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = source};

    source->events = events;
    return epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, source->fd, &event) < 0 ? -errno : 0;
}

void loop_change(struct loop *loop, struct loop_source *source, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = source};

    if (events != source->events)
        epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, source->fd, &event);
    source->events = events;
}

void loop_remove(struct loop *loop, struct loop_source *source)
{
    epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, source->fd, NULL);
    /* It may be about to be handled in the batch that is being worked on. */
    for (int i = 0; i < loop->batch_count; i++)
        if (loop->batch[i].data.ptr == source)
            loop->batch[i].data.ptr = NULL;
}

uint64_t loop_now(void)
{
    return (uint64_t)clock_ms();
}

void loop_arm(struct loop *loop, struct loop_timer *timer, unsigned int milliseconds)
{
    if (timer->due == 0) {
        timer->next = loop->timers;
        loop->timers = timer;
    }
    timer->due = loop_now() + milliseconds;
}

void loop_disarm(struct loop *loop, struct loop_timer *timer)
{
    for (struct loop_timer **link = &loop->timers; *link; link = &(*link)->next) {
        if (*link == timer) {
            *link = timer->next;
            break;
        }
    }
    timer->due = 0;
}

/* Milliseconds until the first timer is due; -1 without any. */
static int time_left(const struct loop *loop)
{
    uint64_t first = UINT64_MAX, now;

    for (const struct loop_timer *timer = loop->timers; timer; timer = timer->next)
        if (timer->due < first)
            first = timer->due;
    if (first == UINT64_MAX)
        return -1;
    now = loop_now();
    if (first <= now)
        return 0;
    return first - now > INT_MAX ? INT_MAX : (int)(first - now);
}

static struct loop_timer *due_timer(const struct loop *loop, uint64_t now)
{
    for (struct loop_timer *timer = loop->timers; timer; timer = timer->next)
        if (timer->due <= now)
            return timer;
    return NULL;
}

static void run_timers(struct loop *loop)
{
    uint64_t now = loop_now();
    struct loop_timer *timer;

    while ((timer = due_timer(loop, now)) != NULL) {
        loop_disarm(loop, timer);
        timer->expired(timer->context);
    }
}

void loop_once(struct loop *loop, int limit)
{
    int wait = loop->turn(loop->context) ? 0 : time_left(loop);
    int count;

    if (limit >= 0 && (wait < 0 || wait > limit))
        wait = limit;
    count = epoll_wait(loop->epoll_fd, loop->batch, LOOP_BATCH, wait);
    loop->batch_count = count > 0 ? count : 0;
    for (int i = 0; i < loop->batch_count; i++) {
        struct loop_source *source = loop->batch[i].data.ptr;

        if (source)
            source->ready(source->context, loop->batch[i].events);
    }
    loop->batch_count = 0;
    run_timers(loop);
}

void loop_run(struct loop *loop)
{
    while (!loop->stopped)
        loop_once(loop, -1);
}

void loop_stop(struct loop *loop)
{
    loop->stopped = true;
}
