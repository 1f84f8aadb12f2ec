/* SPDX-License-Identifier: MIT */
/* The file on its disk: whole frames, or what was there before. */
#ifndef XENSTORED_STATE_FILE_H
#define XENSTORED_STATE_FILE_H

#include <sys/types.h>

#include "state_bytes.h"

struct state_file {
    int fd;         /* -1: none */
    bool sync;      /* what is written is on the disk before it counts */
    size_t size;    /* of what is whole in it; zeroes may follow, where room is set aside */
    bool in_memory; /* in a file system that is nothing else */
    char *window;   /* room set aside from window_start on, mapped; NULL: none */
    size_t window_start;
};

/*
 * Go on with a file of which the first `size` bytes count. What is behind them is cut off. 0 or an
 * errno value; the descriptor is taken over either way.
 */
int state_file_continue(struct state_file *file, int fd, size_t size);
/* A new file. 0 or an errno value. */
int state_file_create(struct state_file *file, const char *path, bool sync);
/* 0, or an errno value and nothing is in the file that was not there before. */
int state_file_append(struct state_file *file, const void *bytes, size_t count);
/* Put the file `from` in the place of `to`. 0 or an errno value. */
int state_file_rename(const struct state_file *file, const char *from, const char *to);
void state_file_close(struct state_file *file);

#endif
