/* SPDX-License-Identifier: MIT */
/* A log: lines on their way to a file, optionally dated, and not more of them than a budget allows.
 */
#ifndef XENCONSOLED_LOG_H
#define XENCONSOLED_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log_file.h"
#include "options.h"

/* What a guest may write: `rate` bytes a second, and `burst` bytes at once after a quiet time. */
struct log_budget {
    uint64_t rate; /* 0: no bound */
    uint64_t burst;
    uint64_t left;     /* bytes */
    uint64_t counted;  /* loop_now() time up to which `left` has grown */
    uint64_t left_out; /* bytes, since the log last took some */
};

struct log {
    struct log_file file;
    struct log_budget budget;
    bool timestamp;
    bool replace_escape;
    bool line_began; /* the next byte does not start a line */
};

/* A log that takes nothing. */
void log_init_none(struct log *log);

/*
 * Opens LOG_DIR/NAME.log. `name` may come from a guest: characters that do not belong in a file's
 * name are replaced. A failure is reported, and the file tried again while there is something to
 * write.
 */
void log_open(struct log *log, const struct options *options, const char *name, bool timestamp);
/* Holds the log to the budget of the options. */
void log_set_budget(struct log *log, const struct options *options);
/* Closes the file and opens the path anew: after somebody else has renamed it. */
void log_reopen(struct log *log);
void log_close(struct log *log);
/* Says what was left out last and closes the file for good, but keeps where it is. */
void log_finish(struct log *log);

void log_append(struct log *log, const char *data, size_t size);
/* Whether so much comes that some of it is left out at present. */
bool log_flooded(const struct log *log);

#endif
