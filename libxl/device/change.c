/* SPDX-License-Identifier: MIT */
#include "change.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <tools/clock.h>

#include "../store.h"

/* Whoever changes the same nodes all the time does not hold us for ever. */
#define ATTEMPTS 64

enum libxl_code libxl_transact(struct libxl_ctx *ctx, const char *doing, libxl_step step,
                               void *argument, const bool *said)
{
    struct xs_handle *store = libxl_store(ctx);
    if (!store)
        return LIBXL_NO_XENSTORED;
    for (unsigned int i = 0; i < ATTEMPTS; i++) {
        xs_transaction_t t = xs_transaction_start(store);
        if (t == XBT_NULL)
            break;
        bool whole = step(ctx, t, argument);
        int error = errno;
        if (!whole) {
            xs_transaction_end(store, t, true);
            errno = error;
            break;
        }
        if (xs_transaction_end(store, t, false))
            return LIBXL_OK;
        if (errno != EAGAIN)
            break;
    }
    if (said && *said)
        return LIBXL_FAILED;
    return libxl_fail(ctx, errno == EACCES ? LIBXL_NOT_PERMITTED : LIBXL_FAILED,
                      "%s failed: xenstore says: %s.", doing, strerror(errno));
}

bool libxl_write_nodes(struct libxl_ctx *ctx, xs_transaction_t t, const char *directory,
                       const struct node_list *list)
{
    struct xs_handle *store = libxl_store(ctx);
    char path[DEVICE_MAX];
    for (size_t i = 0; i < list->count; i++) {
        const char *value = list->nodes[i].value;
        snprintf(path, sizeof(path), "%s/%s", directory, list->nodes[i].name);
        if (!xs_write(store, t, path, value, (unsigned int)strlen(value)))
            return false;
    }
    return true;
}

bool libxl_clear(struct libxl_ctx *ctx, xs_transaction_t t, const char *path)
{
    return xs_rm(libxl_store(ctx), t, path) || errno == ENOENT;
}

enum libxl_progress
libxl_device_await(struct libxl_ctx *ctx, struct libxl_device *device, int seconds,
                   enum libxl_progress (*look)(struct libxl_ctx *ctx, struct libxl_device *device))
{
    struct xs_handle *store = libxl_store(ctx);
    enum libxl_progress progress = LIBXL_GOES_ON;
    const int64_t end = clock_ms() + (int64_t)seconds * 1000;
    bool watched = store && xs_watch(store, device->backend_path, "wait");
    for (;;) {
        libxl_device_look(ctx, device);
        progress = look(ctx, device);
        if (progress != LIBXL_GOES_ON || clock_ms() >= end)
            break;
        libxl_await_change(store);
    }
    if (watched)
        xs_unwatch(store, device->backend_path, "wait");
    return progress;
}

void libxl_device_describe(struct libxl_ctx *ctx, const struct libxl_device *device, char *out,
                           size_t size)
{
    char name[LIBXL_NAME_MAX] = "?", what[LIBXL_VDEV_MAX + 16];
    libxl_domain_name(ctx, device->domid, name);
    if (device->kind == LIBXL_DISK)
        libxl_vdev_name(device->devid, what);
    else
        snprintf(what, sizeof(what), "%s %u", libxl_kinds[device->kind]->noun, device->devid);
    snprintf(out, size, "%s of %s (domain %u)", what, name, device->domid);
}
