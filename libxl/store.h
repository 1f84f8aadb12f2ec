/* SPDX-License-Identifier: MIT */
/* Small helpers over xenstore. */
#ifndef LIBXL_STORE_H
#define LIBXL_STORE_H

#include "context.h"

/* The value at a path (printf style) into out; false when there is none or no xenstored. */
bool libxl_store_read(struct libxl_ctx *ctx, char *out, size_t size, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Watches for domains that come and go. NULL without xenstore: then by looking from time to time.
 */
struct xs_handle *libxl_watch_domains(struct libxl_ctx *ctx);
/* Waits for a change in xenstore, or half a second, whichever comes first. */
void libxl_await_change(struct xs_handle *store);

#endif
