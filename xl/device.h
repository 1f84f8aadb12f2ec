/* SPDX-License-Identifier: MIT */
/* What the commands for disks and networks have in common: xl/block.c. */
#ifndef XL_DEVICE_H
#define XL_DEVICE_H

#include <libxl/device.h>

#include "data.h"

/* How long xl waits, unless it is told, for a device's both ends to connect, and to let go. */
#define XL_DEVICE_SECONDS 10

/* Waits for a device that was added; takes it back if it is not served within the seconds. */
int xl_await_device(struct libxl_device *device, int seconds);
int xl_detach_device(const struct libxl_device *device, bool force);

struct xl_device_list {
    const char *header;
    struct libxl_data data; /* without items */
    enum libxl_code (*list)(uint32_t domid, void **items, size_t *count);
    void (*print)(const void *items, size_t count);
};

/* Lists the devices of each domain named: all are tried. */
int xl_list_devices(const struct xl_call *call, const struct xl_device_list *list);

#endif
