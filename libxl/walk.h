/* SPDX-License-Identifier: MIT */
/* How a described struct is told to whoever writes it down: the same way for every format. */
#ifndef LIBXL_WALK_H
#define LIBXL_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include <libxl/fields.h>

enum sink_type { SINK_TEXT, SINK_LITERAL /* a number, true, false */, SINK_NULL };

/*
 * Each thing has a name; the items of a list share one. Text is UTF-8 without control characters
 * but newlines and tabs.
 */
struct sink {
    void (*open_group)(void *context, const char *name);
    void (*close_group)(void *context, const char *name);
    void (*open_list)(void *context, const char *name);
    void (*close_list)(void *context, const char *name);
    void (*value)(void *context, const char *name, enum sink_type type, const char *text);
};

/* Tells a group called `name` of all fields of one struct. */
void libxl_walk(const struct libxl_field *fields, const void *base, const char *name,
                const struct sink *sink, void *context);

#endif
