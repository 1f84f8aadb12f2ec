/* SPDX-License-Identifier: MIT */
/* Events that the store shows: devices and consoles that are attached and detached. */
#ifndef LIBXL_EVENTS_STORE_EVENTS_H
#define LIBXL_EVENTS_STORE_EVENTS_H

#include "events.h"

struct store_events;

/* What is attached by now is no event. NULL, with libxl's error set, where nothing can be watched;
 * the context outlives it. */
struct store_events *libxl_store_events_open(struct libxl_ctx *ctx);
void libxl_store_events_close(struct store_events *events);
/* Readable when it is worth to ask for the next one. */
int libxl_store_events_fd(const struct store_events *events);
/* False: there is none. */
bool libxl_store_events_next(struct store_events *events, struct libxl_event *out);

#endif
