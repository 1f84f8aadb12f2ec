/* SPDX-License-Identifier: MIT */
/* A console's log file: appended to, optionally dated, renamed to NAME.1 when it grows too long. */
#ifndef XENCONSOLED_LOG_H
#define XENCONSOLED_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "options.h"

struct log {
    char *path; /* NULL: nothing is logged */
    int fd;     /* -1 after an error, until log_reopen() */
    uint64_t size;
    uint64_t size_limit;
    bool timestamp;
    bool replace_escape;
    bool line_began; /* the next byte does not start a line */
};

/* A log that takes nothing. */
void log_init_none(struct log *log);

/*
 * Opens LOG_DIR/NAME.log. `name` may come from a guest: characters that do not belong in a file's
 * name are replaced. A failure is reported and leaves a log that is tried again by log_reopen().
 */
void log_open(struct log *log, const struct options *options, const char *name, bool timestamp);
/* Closes the file and opens the path anew: after somebody else has renamed it. */
void log_reopen(struct log *log);
void log_close(struct log *log);
/* Closes the file for good, but keeps where it is. */
void log_finish(struct log *log);

void log_append(struct log *log, const char *data, size_t size);

#endif
