/* SPDX-License-Identifier: MIT */
/* Changes of several nodes at once, and waiting for what they lead to. */
#ifndef LIBXL_DEVICE_CHANGE_H
#define LIBXL_DEVICE_CHANGE_H

#include "kind.h"

/* What is done within a transaction; false, with errno or the error set: it is given up. */
typedef bool (*libxl_step)(struct libxl_ctx *ctx, xs_transaction_t t, void *argument);

/*
 * Runs the step in a transaction, again when others were in its way. LIBXL_FAILED, with the error
 * as the step left it when that set `*said`, else a sentence made of `doing` and errno.
 */
enum libxl_code libxl_transact(struct libxl_ctx *ctx, const char *doing, libxl_step step,
                               void *argument, const bool *said);

/* Writes a list of nodes into a directory. */
bool libxl_write_nodes(struct libxl_ctx *ctx, xs_transaction_t t, const char *directory,
                       const struct node_list *list);

/* Removes a directory, if there is one. */
bool libxl_clear(struct libxl_ctx *ctx, xs_transaction_t t, const char *path);

enum libxl_progress { LIBXL_GOES_ON, LIBXL_DONE, LIBXL_BROKEN };
/* Looks at the device again and again, whenever its backend changes, until `look` says that it is
 * done or broken, or the seconds are over: then LIBXL_GOES_ON. */
enum libxl_progress
libxl_device_await(struct libxl_ctx *ctx, struct libxl_device *device, int seconds,
                   enum libxl_progress (*look)(struct libxl_ctx *ctx, struct libxl_device *device));

/* "xvda of app (domain 2)", "network 0 of app (domain 2)". */
void libxl_device_describe(struct libxl_ctx *ctx, const struct libxl_device *device, char *out,
                           size_t size);

#endif
