/* SPDX-License-Identifier: MIT */
/*
 * The last lines of the log, kept for the next start: memory that a boot neither clears nor loads
 * (section .noinit.kept of the image), where RAM survives a reset. What is found there may be
 * anything: each line has a check of its own, and only characters that print are told.
 */
#ifndef CORE_CONSOLE_KEPT_LOG_H
#define CORE_CONSOLE_KEPT_LOG_H

#include <trefoil/types.h>

#define KEPT_LINES 64U
#define KEPT_TEXT  176U /* of a line; the rest is cut off */

struct kept_line {
    uint64_t number; /* from 1; its place is number % KEPT_LINES */
    uint32_t size;
    uint32_t check;
    union {
        char text[KEPT_TEXT];
        uint64_t words[KEPT_TEXT / 8];
    };
};

extern struct kept_line kept_lines[KEPT_LINES];

/*
 * Once, before the first line of this life: the lines of the last one go to tell(), the oldest
 * first, and are forgotten. How many there were.
 */
unsigned int kept_log_open(void (*tell)(const char *text, size_t size));
/* Keeps a line; it is in memory, not in a cache, when this returns. Console lock. */
void kept_log_add(const char *text, size_t size);
/* The machine ends in good order: the next life is not told of this one. */
void kept_log_forget(void);

#endif
