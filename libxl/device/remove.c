/* SPDX-License-Identifier: MIT */
/* Removing devices. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"

/* How long the daemon may take at most once both ends have closed. */
#define DAEMON_SECONDS 10

/* The backend's own directory goes last: the daemon cleans up after what it has served. */
static bool destroy_step(struct libxl_ctx *ctx, xs_transaction_t t, void *argument)
{
    const struct libxl_device *device = argument;
    char own[DEVICE_MAX];
    libxl_device_own_path(device, own);
    return libxl_clear(ctx, t, device->frontend_path) && libxl_clear(ctx, t, own) &&
           libxl_clear(ctx, t, device->backend_path);
}

enum libxl_code libxl_device_destroy(struct libxl_ctx *ctx, const struct libxl_device *device)
{
    struct libxl_device copy = *device;
    return libxl_transact(ctx, "Removing the device", destroy_step, &copy, NULL);
}

/* As Xen's libxl does it: not to be kept, and closing. What is gone, or closed, is left so. */
static bool ask_step(struct libxl_ctx *ctx, xs_transaction_t t, void *argument)
{
    const struct libxl_device *device = argument;
    struct xs_handle *store = libxl_store(ctx);
    char online[DEVICE_MAX], state[DEVICE_MAX];
    snprintf(online, sizeof(online), "%s/online", device->backend_path);
    snprintf(state, sizeof(state), "%s/state", device->backend_path);
    char *old = xs_read(store, t, state, NULL);
    bool open = old && strtoul(old, NULL, 10) != LIBXL_XENBUS_CLOSED;
    bool there = old;
    free(old);
    if (!there)
        return true;
    return xs_write(store, t, online, "0", 1) && (!open || xs_write(store, t, state, "5", 1));
}

/* Whether anyone in the guest has taken the device. */
static bool guest_has(const struct libxl_device *device)
{
    return device->state >= LIBXL_XENBUS_INIT_WAIT && device->state <= LIBXL_XENBUS_CLOSING;
}

static bool backend_gone(struct libxl_ctx *ctx, const struct libxl_device *device)
{
    return !libxl_node_exists(ctx, "%s/state", device->backend_path);
}

static enum libxl_progress look_closed(struct libxl_ctx *ctx, struct libxl_device *device)
{
    return device->backend_state == LIBXL_XENBUS_CLOSED || backend_gone(ctx, device)
               ? LIBXL_DONE
               : LIBXL_GOES_ON;
}

/* The daemon takes back what it said it serves, or the directory. */
static enum libxl_progress look_gone(struct libxl_ctx *ctx, struct libxl_device *device)
{
    char status[16] = "";
    const struct node_reader reader = {.ctx = ctx, .directory = device->backend_path};
    libxl_node_read(&reader, "hotplug-status", status, sizeof(status));
    return !strcmp(status, "connected") && !backend_gone(ctx, device) ? LIBXL_GOES_ON : LIBXL_DONE;
}

enum libxl_code libxl_device_detach(struct libxl_ctx *ctx, const struct libxl_device *device,
                                    int seconds)
{
    char what[LIBXL_NAME_MAX + 48];
    struct libxl_device now = *device;
    libxl_device_look(ctx, &now);
    bool held = guest_has(&now);
    enum libxl_code code = libxl_transact(ctx, "Closing the device", ask_step, &now, NULL);
    if (code)
        return code;
    if (held && libxl_device_await(ctx, &now, seconds, look_closed) != LIBXL_DONE) {
        libxl_device_describe(ctx, device, what, sizeof(what));
        return libxl_fail(ctx, LIBXL_TIMEOUT,
                          "The guest has not let go of %s within %d s: it may be in use there; "
                          "--force takes it away all the same.",
                          what, seconds);
    }
    /* The daemon removes what it served, by what the nodes say; one that has died does not. */
    if (libxl_backend_served(ctx, now.backend_domid) || seconds > DAEMON_SECONDS)
        seconds = DAEMON_SECONDS;
    if (held)
        libxl_device_await(ctx, &now, seconds, look_gone);
    return libxl_device_destroy(ctx, device);
}

enum libxl_code libxl_device_force(struct libxl_ctx *ctx, const struct libxl_device *device,
                                   int seconds)
{
    enum libxl_code code = libxl_device_detach(ctx, device, seconds);
    return code == LIBXL_OK ? code : libxl_device_destroy(ctx, device);
}
