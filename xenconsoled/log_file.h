/* SPDX-License-Identifier: MIT */
/*
 * A file that is appended to: bounded by renaming it to NAME.1, NAME.2 and so on, and written to
 * again once what kept it from being written, such as a full disk, is over.
 */
#ifndef XENCONSOLED_LOG_FILE_H
#define XENCONSOLED_LOG_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How long after a failure the file is not tried, in milliseconds. */
#define LOG_FILE_RETRY_MS 1000

struct log_file {
    char *path; /* NULL: there is none */
    int fd;     /* -1: not open */
    uint64_t size;
    bool line_began;     /* the last byte written did not end a line */
    uint64_t size_limit; /* bytes; 0: none */
    unsigned int keep;   /* how many that were renamed are kept */
    int error;           /* the errno value of the last attempt; 0: it is written */
    uint64_t lost;       /* bytes, since it last was written */
    uint64_t retry_at;   /* loop_now() time */
};

/* One that takes nothing. */
void log_file_init_none(struct log_file *file);
/* Takes over `path`, which free() frees, and opens it. A failure is reported, and tried again. */
void log_file_open(struct log_file *file, char *path, uint64_t size_limit, unsigned int keep);
/* Closes the file and opens the path anew: after somebody else has renamed it. */
void log_file_reopen(struct log_file *file);
/* Closes the file for good, but keeps where it is. */
void log_file_finish(struct log_file *file);

/* Whether the file takes something now: it does, or is to be tried again. What is not offered to it
 * must be counted in `lost`. */
bool log_file_ready(struct log_file *file);
/* Renames the file if it has grown to its limit. False when it has not. */
bool log_file_rotate(struct log_file *file);
/* What it does not take is counted as lost. After a loss the first thing written says how much was
 * lost. */
void log_file_write(struct log_file *file, const char *data, size_t size);

#endif
