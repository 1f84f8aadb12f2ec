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
    char *room;     /* the file's first `room_size` bytes, set aside and mapped; NULL: none */
    size_t room_size;
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
/* Empties it, with its room as it is. false: it cannot be used again. */
bool state_file_reuse(struct state_file *file);
/*
 * Put the file `from` in the place of `to`, which is called `from` then, or is no more: *exchanged
 * says which. 0 or an errno value.
 */
int state_file_rename(const struct state_file *file, const char *from, const char *to,
                      bool *exchanged);
void state_file_close(struct state_file *file);

#endif
