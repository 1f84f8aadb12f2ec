/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"

int history_init(struct history *history, size_t size)
{
    *history = (struct history){.data = malloc(size), .size = size};
    return history->data ? 0 : -ENOMEM;
}

void history_free(struct history *history)
{
    free(history->data);
    *history = (struct history){0};
}

void history_append(struct history *history, const char *data, size_t size)
{
    size_t at, first;

    if (size > history->size) {
        history->end += size - history->size;
        data += size - history->size;
        size = history->size;
    }
    at = (size_t)(history->end % history->size);
    first = history->size - at < size ? history->size - at : size;
    memcpy(history->data + at, data, first);
    memcpy(history->data, data + first, size - first);
    history->end += size;
}

uint64_t history_oldest(const struct history *history)
{
    return history->end > history->size ? history->end - history->size : 0;
}

uint64_t history_first_line(const struct history *history)
{
    uint64_t position = history_oldest(history);
    const char *data, *newline;
    size_t size;

    if (position == 0)
        return 0;
    while ((size = history_peek(history, position, &data)) != 0) {
        newline = memchr(data, '\n', size);
        if (newline)
            return position + (uint64_t)(newline - data) + 1;
        position += size;
    }
    return history_oldest(history);
}

size_t history_peek(const struct history *history, uint64_t position, const char **data)
{
    uint64_t left = history->end - position;
    size_t at = (size_t)(position % history->size);
    size_t beside = history->size - at;

    *data = history->data + at;
    return left < beside ? (size_t)left : beside;
}
