/* SPDX-License-Identifier: MIT */
/* Paths: what is a valid one, and its parts. */
#ifndef XENSTORED_PATH_H
#define XENSTORED_PATH_H

#include <stdbool.h>
#include <stddef.h>

/* Most components that a path of XENSTORE_ABS_PATH_MAX bytes can have, "/a/a/a...". */
#define PATH_MAX_DEPTH 1536

/* An absolute path to a node: "/", or "/name/name" of the permitted characters. */
bool path_is_valid(const char *path);

/* One of the special events: "@name". */
bool path_is_special(const char *path);

/* true if `path` is `ancestor` or lies below it. */
bool path_is_below(const char *path, const char *ancestor);

/* How many levels `path` lies below `ancestor`, of which path_is_below() is true. */
unsigned int path_levels_below(const char *path, const char *ancestor);

/*
 * The component that starts at or after *next (leading slash skipped) and its length; moves *next
 * behind it. NULL at the end.
 */
const char *path_component(const char **next, size_t *length);

/* Length of the parent's path in an absolute path other than "/": 1 for a child of the root. */
size_t path_parent_length(const char *path);

#endif
