/* SPDX-License-Identifier: MIT */
/* The daemon's event loop: descriptors by epoll, timers, and a turn of work between the waits. */
#ifndef XENCONSOLED_LOOP_H
#define XENCONSOLED_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

struct loop_source {
    int fd;
    void (*ready)(void *context, uint32_t events); /* EPOLLIN and so on */
    void *context;
    uint32_t events; /* what is waited for; set by loop_add() and loop_change() */
};

struct loop_timer {
    void (*expired)(void *context);
    void *context;
    uint64_t due; /* in loop_now() time, 0: not armed */
    struct loop_timer *next;
};

#define LOOP_BATCH 32

struct loop {
    int epoll_fd;
    bool stopped;
    struct loop_timer *timers;
    struct epoll_event batch[LOOP_BATCH];
    int batch_count;
    /* Called before each wait; returns true when there is work left that must not wait. */
    bool (*turn)(void *context);
    void *context;
};

/* 0 or a negative errno value. */
int loop_init(struct loop *loop, bool (*turn)(void *context), void *context);
void loop_free(struct loop *loop);

/* The source stays the caller's and must live until loop_remove(), which may be called from any
 * handler, the source's own included. */
int loop_add(struct loop *loop, struct loop_source *source, uint32_t events);
void loop_change(struct loop *loop, struct loop_source *source, uint32_t events);
void loop_remove(struct loop *loop, struct loop_source *source);

/* Arms a one-shot timer, or moves it. */
void loop_arm(struct loop *loop, struct loop_timer *timer, unsigned int milliseconds);
void loop_disarm(struct loop *loop, struct loop_timer *timer);

/* Milliseconds of the monotonic clock. */
uint64_t loop_now(void);

/* Waits once, at most `limit` milliseconds (-1: no limit), and handles what there is. */
void loop_once(struct loop *loop, int limit);
/* Runs until loop_stop(). */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

#endif
