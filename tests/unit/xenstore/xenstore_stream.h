/* SPDX-License-Identifier: MIT */
/* The stream of a live update, in memory. */
#ifndef XENSTORE_STREAM_H
#define XENSTORE_STREAM_H

#include "../../../xenstored/live/live.h"
#include "xenstore_cmocka.h"

struct stream {
    char *bytes; /* malloc'ed */
    size_t size;
};

struct stream write_stream(const struct server *server);
/*
 * Whether a new server becomes what the stream says; it is there only then. Otherwise a sentence is
 * in `problem`.
 */
bool read_stream(const char *bytes, size_t size, struct server *server,
                 char problem[LIVE_PROBLEM_SIZE]);

#endif
