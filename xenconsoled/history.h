/* SPDX-License-Identifier: MIT */
/*
 * The last bytes of a console. Positions count bytes since the console began and never wrap; each
 * client has one, so a slow client costs no memory of its own.
 */
#ifndef XENCONSOLED_HISTORY_H
#define XENCONSOLED_HISTORY_H

#include <stddef.h>
#include <stdint.h>

struct history {
    char *data;
    size_t size;
    uint64_t end; /* position after the newest byte */
};

/* `size` bytes are kept. -ENOMEM. */
int history_init(struct history *history, size_t size);
void history_free(struct history *history);

void history_append(struct history *history, const char *data, size_t size);

/* Position of the oldest byte that is kept. */
uint64_t history_oldest(const struct history *history);
/* Where a new reader starts: the oldest byte, or if something is gone the first whole line. */
uint64_t history_first_line(const struct history *history);
/* The bytes at `position` that lie side by side; 0 at the end. The position must be kept. */
size_t history_peek(const struct history *history, uint64_t position, const char **data);

#endif
