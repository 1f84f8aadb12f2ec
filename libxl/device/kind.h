/* SPDX-License-Identifier: MIT */
/* The inside of libxl's devices: one table of kinds, and the nodes of one device. */
#ifndef LIBXL_DEVICE_KIND_H
#define LIBXL_DEVICE_KIND_H

#include <libxl/device.h>
#include <xenstore.h>

#include "../context.h"

#define NODES_MAX  24
#define DEVICE_MAX 128 /* of a path: a device's directory and a node in it */

/* Nodes to be written into one directory. */
struct node_list {
    size_t count;
    struct {
        char name[24];
        char value[LIBXL_TARGET_MAX];
    } nodes[NODES_MAX];
};

/* Appends one, its value printf style. */
void libxl_node(struct node_list *list, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* What is read of one device. */
struct node_reader {
    struct libxl_ctx *ctx;
    const char *directory; /* libxl's own copy of the backend's nodes, or these */
    uint32_t devid;
};

/* A node's value; false, and `out` as it was: there is none. */
bool libxl_node_read(const struct node_reader *reader, const char *name, char *out, size_t size);

/* An item of a kind begins with its struct libxl_device. */
struct device_kind {
    const char *name, *noun;
    size_t size;
    void (*write)(const void *item, struct node_list *back, struct node_list *front);
    void (*read)(const struct node_reader *reader, void *item);
};

extern const struct device_kind libxl_kind_disk, libxl_kind_nic;
/* By enum libxl_device_kind. */
extern const struct device_kind *const libxl_kinds[LIBXL_DEVICE_KINDS];

/* Whether the target is a name such as PARTUUID=, and no path. */
bool libxl_target_name(const char *target);

/* Fills in the device's paths: /local/domain/B/backend/KIND/N/DEVID and the frontend's. */
void libxl_device_paths(struct libxl_device *device);
/* /libxl/N/device/KIND/DEVID. */
void libxl_device_own_path(const struct libxl_device *device, char out[DEVICE_MAX]);

/* Reads a domain's devices of one kind; *list is for the caller to free(). */
enum libxl_code libxl_kind_list(struct libxl_ctx *ctx, enum libxl_device_kind kind, uint32_t domid,
                                void **list, size_t *count);
/* What is there of it now: states, channel, rings, the daemon's error. */
void libxl_device_look(struct libxl_ctx *ctx, struct libxl_device *device);

/* Whether there is a node, whatever its value. */
bool libxl_node_exists(struct libxl_ctx *ctx, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
