/* SPDX-License-Identifier: MIT */
/* Adding devices. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../store.h"
#include "change.h"

#define HANDLES     1024
#define FAILURE_MAX 256

/* ---- What was left open ---- */

static enum libxl_code choose_backend(struct libxl_ctx *ctx, struct libxl_device *device)
{
    enum libxl_code code = LIBXL_OK;
    if (*device->backend)
        code = libxl_domain_find(ctx, device->backend, &device->backend_domid);
    else
        device->backend_domid = libxl_backend_default(ctx);
    if (code)
        return code;
    if (!libxl_node_exists(ctx, "/local/domain/%u", device->backend_domid))
        return libxl_fail(ctx, LIBXL_NO_DOMAIN, "The backend's domain %u does not exist.",
                          device->backend_domid);
    if (device->backend_domid == device->domid)
        return libxl_fail(ctx, LIBXL_FAILED, "Domain %u cannot serve itself: it has the device.",
                          device->domid);
    return LIBXL_OK;
}

/* What is the same for all kinds, before the nodes are written. */
static enum libxl_code prepare(struct libxl_ctx *ctx, uint32_t domid, struct libxl_device *device)
{
    if (!libxl_store(ctx))
        return LIBXL_NO_XENSTORED;
    if (!libxl_node_exists(ctx, "/local/domain/%u", domid))
        return libxl_fail(ctx, LIBXL_NO_DOMAIN, "Domain '%u' does not exist.", domid);
    device->domid = domid;
    return choose_backend(ctx, device);
}

/* ---- Writing ---- */

struct addition {
    const struct libxl_device *device; /* its item */
    bool taken;
};

static bool make_directory(struct libxl_ctx *ctx, xs_transaction_t t, const char *path,
                           uint32_t owner, uint32_t reader)
{
    struct xs_permissions permissions[2] = {
        {.id = owner, .perms = XS_PERM_NONE},
        {.id = reader, .perms = XS_PERM_READ},
    };
    struct xs_handle *store = libxl_store(ctx);
    return xs_mkdir(store, t, path) && xs_set_permissions(store, t, path, permissions, 2);
}

static bool has_node(struct libxl_ctx *ctx, xs_transaction_t t, const char *directory,
                     const char *name)
{
    char path[DEVICE_MAX];
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    char *value = xs_read(libxl_store(ctx), t, path, NULL);
    bool there = value;
    free(value);
    return there;
}

/* Half a one is in nobody's way: a guest that has ended leaves it, or a toolstack that did not
 * clean up. */
static bool is_taken(struct libxl_ctx *ctx, xs_transaction_t t, const struct libxl_device *device)
{
    return has_node(ctx, t, device->frontend_path, "backend") &&
           has_node(ctx, t, device->backend_path, "frontend");
}

static void common_nodes(const struct libxl_device *device, struct node_list *back,
                         struct node_list *front)
{
    libxl_node(back, "frontend", "%s", device->frontend_path);
    libxl_node(back, "frontend-id", "%u", device->domid);
    libxl_node(back, "online", "1");
    libxl_node(front, "backend", "%s", device->backend_path);
    libxl_node(front, "backend-id", "%u", device->backend_domid);
}

/* The backend's state comes last: what a backend finds then is whole. */
static bool add_step(struct libxl_ctx *ctx, xs_transaction_t t, void *argument)
{
    struct addition *addition = argument;
    const struct libxl_device *device = addition->device;
    char own[DEVICE_MAX], what[LIBXL_NAME_MAX + 48];
    struct node_list back = {0}, front = {0}, mine = {0}, last = {0};
    if (is_taken(ctx, t, device)) {
        libxl_device_describe(ctx, device, what, sizeof(what));
        libxl_fail(ctx, LIBXL_FAILED, "%s is there already.", what);
        addition->taken = true;
        return false;
    }
    libxl_device_own_path(device, own);
    common_nodes(device, &back, &front);
    libxl_kinds[device->kind]->write(device, &back, &front);
    libxl_node(&front, "state", "%d", LIBXL_XENBUS_INITIALISING);
    libxl_node(&mine, "backend", "%s", device->backend_path);
    libxl_node(&mine, "frontend", "%s", device->frontend_path);
    libxl_node(&last, "state", "%d", LIBXL_XENBUS_INITIALISING);
    return libxl_clear(ctx, t, device->frontend_path) &&
           libxl_clear(ctx, t, device->backend_path) && libxl_clear(ctx, t, own) &&
           make_directory(ctx, t, device->frontend_path, device->domid, device->backend_domid) &&
           make_directory(ctx, t, device->backend_path, device->backend_domid, device->domid) &&
           libxl_write_nodes(ctx, t, own, &mine) && libxl_write_nodes(ctx, t, own, &back) &&
           libxl_write_nodes(ctx, t, device->backend_path, &back) &&
           libxl_write_nodes(ctx, t, device->frontend_path, &front) &&
           libxl_write_nodes(ctx, t, device->backend_path, &last);
}

static enum libxl_code add(struct libxl_ctx *ctx, struct libxl_device *device)
{
    struct addition addition = {.device = device};
    libxl_device_paths(device);
    return libxl_transact(ctx, "Adding the device", add_step, &addition, &addition.taken);
}

/* ---- Disks ---- */

static bool targets_clash(struct libxl_ctx *ctx, const struct libxl_disk *disk, const char *path)
{
    char target[LIBXL_TARGET_MAX], mode[4] = "w", frontend[DEVICE_MAX];
    const struct node_reader reader = {.ctx = ctx, .directory = path};
    if (!libxl_node_read(&reader, "params", target, sizeof(target)) ||
        strcmp(target, disk->target) != 0)
        return false;
    libxl_node_read(&reader, "mode", mode, sizeof(mode));
    return (!disk->readonly || mode[0] == 'w') &&
           libxl_node_read(&reader, "frontend", frontend, sizeof(frontend)) &&
           libxl_node_exists(ctx, "%s/backend", frontend);
}

static enum libxl_code in_use(struct libxl_ctx *ctx, const struct libxl_disk *disk, uint32_t domid,
                              uint32_t devid)
{
    char what[LIBXL_NAME_MAX + 48];
    const struct libxl_device other = {.kind = LIBXL_DISK, .domid = domid, .devid = devid};
    libxl_device_describe(ctx, &other, what, sizeof(what));
    return libxl_fail(ctx, LIBXL_FAILED,
                      "%.200s is in use as %s: what one guest writes no other can have.",
                      disk->target, what);
}

/* Looks at one guest's disks in the backend's directory. */
static enum libxl_code check_guest(struct libxl_ctx *ctx, const struct libxl_disk *disk,
                                   const char *directory, const char *guest)
{
    char path[DEVICE_MAX];
    unsigned int count = 0;
    enum libxl_code code = LIBXL_OK;
    snprintf(path, sizeof(path), "%s/%s", directory, guest);
    char **names = xs_directory(libxl_store(ctx), XBT_NULL, path, &count);
    for (unsigned int i = 0; names && i < count && !code; i++) {
        snprintf(path, sizeof(path), "%s/%s/%s", directory, guest, names[i]);
        if (strcmp(path, disk->device.backend_path) != 0 && targets_clash(ctx, disk, path))
            code = in_use(ctx, disk, (uint32_t)strtoul(guest, NULL, 10),
                          (uint32_t)strtoul(names[i], NULL, 10));
    }
    free(names);
    return code;
}

static enum libxl_code check_sharing(struct libxl_ctx *ctx, const struct libxl_disk *disk)
{
    char directory[64];
    unsigned int count = 0;
    enum libxl_code code = LIBXL_OK;
    snprintf(directory, sizeof(directory), "/local/domain/%u/backend/vbd",
             disk->device.backend_domid);
    char **guests = xs_directory(libxl_store(ctx), XBT_NULL, directory, &count);
    for (unsigned int i = 0; guests && i < count && !code; i++)
        code = check_guest(ctx, disk, directory, guests[i]);
    free(guests);
    return code;
}

enum libxl_code libxl_disk_add(struct libxl_ctx *ctx, uint32_t domid, struct libxl_disk *disk)
{
    uint32_t number;
    if (!libxl_vdev_number(disk->vdev, &number))
        return libxl_fail(ctx, LIBXL_FAILED, "'%s' names no virtual disk.", disk->vdev);
    disk->device.devid = number;
    enum libxl_code code = prepare(ctx, domid, &disk->device);
    if (code)
        return code;
    libxl_device_paths(&disk->device);
    if (!*disk->script)
        code = check_sharing(ctx, disk);
    return code ? code : add(ctx, &disk->device);
}

/* ---- Networks ---- */

static enum libxl_code choose_handle(struct libxl_ctx *ctx, struct libxl_device *device)
{
    if (device->devid != UINT32_MAX)
        return LIBXL_OK;
    for (uint32_t i = 0; i < HANDLES; i++) {
        if (libxl_node_exists(ctx, "/local/domain/%u/device/vif/%u", device->domid, i))
            continue;
        device->devid = i;
        return LIBXL_OK;
    }
    return libxl_fail(ctx, LIBXL_FAILED, "Domain %u has %u networks: it gets no more.",
                      device->domid, HANDLES);
}

/* The uuid out of "/vm/UUID"; it stays 0 where there is none. */
static void read_uuid(struct libxl_ctx *ctx, uint32_t domid, uint8_t uuid[16])
{
    char text[64];
    unsigned int digits = 0;
    memset(uuid, 0, 16);
    if (!libxl_store_read(ctx, text, sizeof(text), "/local/domain/%u/vm", domid))
        return;
    const char *at = strrchr(text, '/');
    for (at = at ? at + 1 : text; *at && digits < 32; at++) {
        static const char hex[] = "0123456789abcdef";
        const char *digit = strchr(hex, *at | ('A' <= *at && *at <= 'F' ? 0x20 : 0));
        if (!digit)
            continue;
        uuid[digits / 2] |= (uint8_t)((digit - hex) << (digits % 2 ? 0 : 4));
        digits++;
    }
}

enum libxl_code libxl_nic_add(struct libxl_ctx *ctx, uint32_t domid, struct libxl_nic *nic)
{
    static const uint8_t none[6];
    uint8_t uuid[16];
    enum libxl_code code = prepare(ctx, domid, &nic->device);
    if (!code)
        code = choose_handle(ctx, &nic->device);
    if (code)
        return code;
    if (!memcmp(nic->mac, none, sizeof(none))) {
        read_uuid(ctx, domid, uuid);
        libxl_mac_make(uuid, nic->device.devid, nic->mac);
    }
    return add(ctx, &nic->device);
}

/* ---- Waiting ---- */

/* A kernel's backend is there, and in state 2, before any daemon has done anything. */
bool libxl_device_served(struct libxl_ctx *ctx, const struct libxl_device *device)
{
    char status[16];
    const struct node_reader reader = {.ctx = ctx, .directory = device->backend_path};
    if (libxl_node_read(&reader, "hotplug-status", status, sizeof(status)) && *status)
        return !strcmp(status, "connected");
    return device->backend_state == LIBXL_XENBUS_CONNECTED ||
           libxl_node_exists(ctx, "%s/physical-device", device->backend_path);
}

/*
 * What the kernel of one end, whose directory is `path`, has said of its failure (Linux:
 * /local/domain/N/error/..., an errno and words), if that end has closed. Its device was made anew,
 * so it is of this try.
 */
static bool read_failure(struct libxl_ctx *ctx, uint32_t state, const char *path, char *out,
                         size_t size)
{
    char directory[DEVICE_MAX + 8], said[96], *words;
    const struct node_reader reader = {.ctx = ctx, .directory = directory};
    unsigned int domid;
    int skip = 0;
    if (state != LIBXL_XENBUS_CLOSING && state != LIBXL_XENBUS_CLOSED)
        return false;
    if (sscanf(path, "/local/domain/%u/%n", &domid, &skip) != 1 || !skip)
        return false;
    snprintf(directory, sizeof(directory), "/local/domain/%u/error/%.100s", domid, path + skip);
    if (!libxl_node_read(&reader, "error", said, sizeof(said)))
        return false;
    libxl_make_printable(said, strlen(said), "");
    long number = strtol(said, &words, 10);
    snprintf(out, size, "%s%s%s%s", words + strspn(words, " "), number > 0 ? ": " : "",
             number > 0 ? strerror((int)number) : "",
             number == EPERM ? "; 'xl dmesg' says what the policy has denied" : "");
    return true;
}

static const char *read_failures(struct libxl_ctx *ctx, const struct libxl_device *device,
                                 char *out, size_t size)
{
    if (read_failure(ctx, device->state, device->frontend_path, out, size))
        return "the guest's end of it";
    return read_failure(ctx, device->backend_state, device->backend_path, out, size)
               ? "the backend's end of it"
               : NULL;
}

static enum libxl_progress look_connected(struct libxl_ctx *ctx, struct libxl_device *device)
{
    char status[16] = "", failure[FAILURE_MAX];
    const struct node_reader reader = {.ctx = ctx, .directory = device->backend_path};
    libxl_node_read(&reader, "hotplug-status", status, sizeof(status));
    /* The second is what Xen's block script says of a disk that is in use. */
    if (!strcmp(status, "error") || !strcmp(status, "busy") ||
        read_failures(ctx, device, failure, sizeof(failure)))
        return LIBXL_BROKEN;
    return device->state == LIBXL_XENBUS_CONNECTED &&
                   device->backend_state == LIBXL_XENBUS_CONNECTED
               ? LIBXL_DONE
               : LIBXL_GOES_ON;
}

enum libxl_code libxl_device_wait(struct libxl_ctx *ctx, struct libxl_device *device, int seconds)
{
    char what[LIBXL_NAME_MAX + 48], name[LIBXL_NAME_MAX] = "?", failure[FAILURE_MAX];
    enum libxl_progress progress = libxl_device_await(ctx, device, seconds, look_connected);
    /* The reason may have come between the looks at it and at the status. */
    if (progress == LIBXL_BROKEN)
        libxl_device_look(ctx, device);
    const char *end = read_failures(ctx, device, failure, sizeof(failure));
    libxl_device_describe(ctx, device, what, sizeof(what));
    if (progress == LIBXL_DONE)
        return LIBXL_OK;
    if (progress == LIBXL_BROKEN && end)
        return libxl_fail(ctx, LIBXL_FAILED, "%s: %s has failed: %s.", what, end, failure);
    if (progress == LIBXL_BROKEN)
        return libxl_fail(ctx, LIBXL_FAILED, "%s: domain %u cannot serve it: %s.", what,
                          device->backend_domid,
                          *device->hotplug_error ? device->hotplug_error : "it does not say why");
    if (libxl_device_served(ctx, device))
        return libxl_fail(ctx, LIBXL_TIMEOUT,
                          "%s is served, but the guest has not taken it within %d s.", what,
                          seconds);
    if (libxl_backend_served(ctx, device->backend_domid))
        return libxl_fail(ctx, LIBXL_TIMEOUT,
                          "%s: the daemon in domain %u has not answered within %d s.", what,
                          device->backend_domid, seconds);
    libxl_domain_name(ctx, device->backend_domid, name);
    return libxl_fail(ctx, LIBXL_TIMEOUT,
                      "%s: no daemon in %s (domain %u) has answered within %d s: start 'xl devd' "
                      "there.",
                      what, name, device->backend_domid, seconds);
}
