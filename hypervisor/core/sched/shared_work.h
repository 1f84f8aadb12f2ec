/* SPDX-License-Identifier: MIT */
/*
 * Work on a long stretch, in pieces that pcpus with nothing else to do take too: memory to scrub,
 * modules to copy. Pieces are done in any order and at the same time.
 */
#ifndef CORE_SHARED_WORK_H
#define CORE_SHARED_WORK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* The first five are the owner's to set, the rest begins as 0. */
struct shared_work {
    /* Does size bytes from start on; 0 or a negative errno, after which no piece is begun. */
    int (*piece)(void *data, uint64_t start, uint64_t size);
    void *data;
    uint64_t size, piece_size; /* bytes */
    uint64_t cpus;             /* a mask: which pcpus may take pieces when they idle */
    enum shared_work_state {
        SHARED_WORK_NEW,
        SHARED_WORK_ALONE, /* others' work was offered when this began */
        SHARED_WORK_OFFERED,
        SHARED_WORK_WITHDRAWN,
    } state; /* the owner's */
    _Atomic uint64_t next;
    _Atomic unsigned int helpers; /* in a piece of it */
    _Atomic int error;
};

/*
 * For the owner: does one piece, if one is left. -ERESTART to be called again, then 0 or the error
 * of a piece: nobody looks at the work any more. Takes no lock. An owner that has begun goes on to
 * the end.
 */
int shared_work_continue(struct shared_work *work);

/* For an idle pcpu: does a piece of what is offered to it. False when there is none. */
bool shared_work_help(void);

#endif
