/* SPDX-License-Identifier: MIT */
/* The kinds of devices, and what all of them have in common. */
#include "kind.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct device_kind *const libxl_kinds[LIBXL_DEVICE_KINDS] = {
    [LIBXL_DISK] = &libxl_kind_disk,
    [LIBXL_NIC] = &libxl_kind_nic,
};

const char *libxl_device_kind_name(enum libxl_device_kind kind)
{
    return libxl_kinds[kind]->name;
}

const char *libxl_device_kind_noun(enum libxl_device_kind kind)
{
    return libxl_kinds[kind]->noun;
}

void libxl_node(struct node_list *list, const char *name, const char *format, ...)
{
    if (list->count == NODES_MAX)
        return;
    va_list arguments;
    va_start(arguments, format);
    snprintf(list->nodes[list->count].name, sizeof(list->nodes[0].name), "%s", name);
    vsnprintf(list->nodes[list->count].value, sizeof(list->nodes[0].value), format, arguments);
    va_end(arguments);
    list->count++;
}

static char *read_value(struct libxl_ctx *ctx, const char *directory, const char *name)
{
    char path[DEVICE_MAX];
    struct xs_handle *store = libxl_store(ctx);
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    return store ? xs_read(store, XBT_NULL, path, NULL) : NULL;
}

bool libxl_node_read(const struct node_reader *reader, const char *name, char *out, size_t size)
{
    char *value = read_value(reader->ctx, reader->directory, name);
    if (value)
        snprintf(out, size, "%s", value);
    bool there = value;
    free(value);
    return there;
}

bool libxl_node_exists(struct libxl_ctx *ctx, const char *format, ...)
{
    char path[DEVICE_MAX];
    struct xs_handle *store = libxl_store(ctx);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(path, sizeof(path), format, arguments);
    va_end(arguments);
    char *value = store ? xs_read(store, XBT_NULL, path, NULL) : NULL;
    bool there = value;
    free(value);
    return there;
}

void libxl_device_paths(struct libxl_device *device)
{
    const char *kind = libxl_kinds[device->kind]->name;
    snprintf(device->backend_path, sizeof(device->backend_path),
             "/local/domain/%u/backend/%s/%u/%u", device->backend_domid, kind, device->domid,
             device->devid);
    snprintf(device->frontend_path, sizeof(device->frontend_path), "/local/domain/%u/device/%s/%u",
             device->domid, kind, device->devid);
}

void libxl_device_own_path(const struct libxl_device *device, char out[DEVICE_MAX])
{
    snprintf(out, DEVICE_MAX, "/libxl/%u/device/%s/%u", device->domid,
             libxl_kinds[device->kind]->name, device->devid);
}

static uint32_t read_number(struct libxl_ctx *ctx, const char *directory, const char *name)
{
    char *value = read_value(ctx, directory, name);
    uint32_t number = value ? (uint32_t)strtoul(value, NULL, 10) : 0;
    free(value);
    return number;
}

void libxl_device_look(struct libxl_ctx *ctx, struct libxl_device *device)
{
    const bool disk = device->kind == LIBXL_DISK;
    const struct node_reader reader = {.ctx = ctx, .directory = device->backend_path};
    device->state = read_number(ctx, device->frontend_path, "state");
    device->backend_state = read_number(ctx, device->backend_path, "state");
    device->event_channel = read_number(ctx, device->frontend_path, "event-channel");
    if (!device->event_channel)
        device->event_channel = read_number(ctx, device->frontend_path, "event-channel-tx");
    device->ring_ref = read_number(ctx, device->frontend_path, disk ? "ring-ref" : "tx-ring-ref");
    device->rx_ring_ref = disk ? 0 : read_number(ctx, device->frontend_path, "rx-ring-ref");
    device->hotplug_error[0] = '\0';
    libxl_node_read(&reader, "hotplug-error", device->hotplug_error, sizeof(device->hotplug_error));
    libxl_make_printable(device->hotplug_error, strlen(device->hotplug_error), "");
}
