/* SPDX-License-Identifier: MIT */
/*
 * What is to be done is found by looking at all there is, not by what changed: so a daemon that
 * starts late, or again, does what one would have done that was always there.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tools/clock.h>

#include "daemon.h"

#define ATTEMPTS  64  /* at a transaction */
#define CLOSED_MS 500 /* how long a device that has closed is still to be seen */

/*
 * Linux lists the devices that there are and sets its watch for others only then: it never learns
 * of one that comes between. So a guest that does nothing about a device is told of it again, after
 * so long, twice as long...
 */
#define NUDGE_MS 1000
#define NUDGES   6
/* A slow guest is told so often without a word in the log. */
#define QUIET_NUDGES 3

static struct device *find(const struct devd *devd, const char *path)
{
    struct device *device = devd->devices;
    while (device && strcmp(device->path, path) != 0)
        device = device->next;
    return device;
}

/* What the rest of the daemon does not know yet. */
static struct device *adopt(struct devd *devd, const struct device *found)
{
    struct device *device = malloc(sizeof(*device));
    if (!device)
        return NULL;
    *device = *found;
    device->next = devd->devices;
    devd->devices = device;
    return device;
}

static void let_go(struct devd *devd, struct device *device)
{
    const struct kind *kind = &devd_kinds[device->kind];
    char error[ERROR_SIZE];
    if (*device->script && !devd_script(devd, device, kind->script_remove, error))
        devd_log("%s: %s", device->path, error);
    kind->release(devd, device);
}

static void drop(struct devd *devd, struct device *device)
{
    struct device **link = &devd->devices;
    while (*link && *link != device)
        link = &(*link)->next;
    if (*link)
        *link = device->next;
    free(device);
}

/* The script that is not ours. */
static void read_script(struct devd *devd, struct device *device)
{
    if (devd_read(devd, device, "script", device->script, sizeof(device->script)) &&
        !strcmp(device->script, devd_kinds[device->kind].script))
        device->script[0] = '\0';
}

static bool do_serve(struct devd *devd, struct device *device, bool again, char error[ERROR_SIZE])
{
    const struct kind *kind = &devd_kinds[device->kind];
    read_script(devd, device);
    if (!*device->script)
        return kind->serve(devd, device, error);
    if (device->kind == LIBXL_NIC)
        snprintf(device->interface, sizeof(device->interface), "vif%u.%u", device->domid,
                 device->devid);
    return again || devd_script(devd, device, kind->script_add, error);
}

static void serve(struct devd *devd, struct device *device, const char *status)
{
    char error[ERROR_SIZE] = "";
    bool again = !strcmp(status, "connected");
    if (do_serve(devd, device, again, error)) {
        if (!again)
            devd_write(devd, device, "hotplug-status", "connected");
        devd_log("%s: %s", device->path, again ? "served already" : "served");
        return;
    }
    device->failed = true;
    devd_kinds[device->kind].release(devd, device);
    devd_write(devd, device, "hotplug-error", error);
    devd_write(devd, device, "hotplug-status", "error");
    devd_log("%s: %s", device->path, error);
}

static void frontend_path(const struct device *device, char path[NODE_SIZE])
{
    snprintf(path, NODE_SIZE, "/local/domain/%u/device/%s/%u", device->domid,
             libxl_device_kind_name(device->kind), device->devid);
}

/* The frontend goes with its domain. What it says does not matter, as long as it is there. */
static bool has_frontend(struct devd *devd, const struct device *device)
{
    char path[NODE_SIZE];
    frontend_path(device, path);
    char *value = xs_read(devd->store, XBT_NULL, path, NULL);
    bool there = value;
    free(value);
    return there;
}

/* Whether both ends have closed, for good. */
static bool is_closed(struct devd *devd, const struct device *device, unsigned long state)
{
    char online[8];
    devd_read(devd, device, "online", online, sizeof(online));
    return state == LIBXL_XENBUS_CLOSED && !strcmp(online, "0");
}

/* Takes the directory that a path is in away if nothing is left there. */
static void remove_empty(struct devd *devd, const char *last_in_it)
{
    char path[NODE_SIZE + 8];
    unsigned int count = 1;
    snprintf(path, sizeof(path), "%s", last_in_it);
    *strrchr(path, '/') = '\0';
    xs_transaction_t t = xs_transaction_start(devd->store);
    if (t == XBT_NULL)
        return;
    free(xs_directory(devd->store, t, path, &count));
    bool last = count == 0 && xs_rm(devd->store, t, path);
    /* Another that comes meanwhile lets this fail, and the directory stays. */
    xs_transaction_end(devd->store, t, !last);
}

/* What goes with the directory of a device: that of its guest, and what the kernel's backend has
 * said of it, which stands apart. */
static void remove_rest(struct devd *devd, const struct device *device)
{
    char path[NODE_SIZE + 8];
    const char *below = strstr(device->path, "/backend/");
    remove_empty(devd, device->path);
    snprintf(path, sizeof(path), "/local/domain/%u/error%s", devd->domid, below ? below : "");
    if (below && xs_rm(devd->store, XBT_NULL, path))
        remove_empty(devd, path);
}

static bool remove_ends_step(struct devd *devd, xs_transaction_t t, const struct device *device)
{
    char own[NODE_SIZE], node[NODE_SIZE + 16], front[NODE_SIZE];
    snprintf(own, sizeof(own), "/libxl/%u/device/%s/%u", device->domid,
             libxl_device_kind_name(device->kind), device->devid);
    snprintf(node, sizeof(node), "%s/backend", own);
    frontend_path(device, front);
    char *backend = xs_read(devd->store, t, node, NULL);
    snprintf(node, sizeof(node), "%s/state", device->path);
    char *another = xs_read(devd->store, t, node, NULL);
    bool left = backend && !strcmp(backend, device->path) && !another;
    free(backend);
    free(another);
    return left && xs_rm(devd->store, t, own) && xs_rm(devd->store, t, front);
}

/* Xen's tools leave the guest's end, and what they note of a device, to tools in domain 0. Both
 * would be in the way of the next device of that name. */
static void remove_ends(struct devd *devd, const struct device *device)
{
    for (unsigned int i = 0; i < ATTEMPTS; i++) {
        xs_transaction_t t = xs_transaction_start(devd->store);
        if (t == XBT_NULL)
            return;
        bool left = remove_ends_step(devd, t, device);
        if (xs_transaction_end(devd->store, t, !left) || errno != EAGAIN)
            return;
    }
}

/* Takes the device out of the store; whoever has served it has let go. */
static void remove_nodes(struct devd *devd, const struct device *found, struct device *device)
{
    xs_rm(devd->store, XBT_NULL, found->path);
    remove_rest(devd, found);
    devd_log("%s: gone", found->path);
    if (device)
        drop(devd, device);
}

/* Both ends have closed. Xen's tools look for that state, and take it for a failure not to find it
 * any more: it stays to be seen for a while. */
static void close_device(struct devd *devd, const struct device *found, struct device *device)
{
    char path[NODE_SIZE + 32];
    if (!device)
        device = adopt(devd, found);
    if (!device)
        return;
    device->seen = true;
    if (!device->closed_at) {
        let_go(devd, device);
        device->closed_at = clock_ms();
        snprintf(path, sizeof(path), "%s/hotplug-status", device->path);
        xs_rm(devd->store, XBT_NULL, path);
    }
    if (clock_ms() - device->closed_at < CLOSED_MS) {
        devd->waits = true;
        return;
    }
    remove_nodes(devd, found, device);
    remove_ends(devd, found);
}

/* What we serve says so: where nothing says it there is another by now, under the same path. */
static void replaced(struct devd *devd, struct device *device)
{
    if (!device->closed_at)
        let_go(devd, device);
    drop(devd, device);
}

/* Writes a node of the frontend's that nobody changes as it is: the guest's watch fires. */
static void nudge(struct devd *devd, struct device *device)
{
    char path[NODE_SIZE], state[NODE_SIZE + 16], node[NODE_SIZE + 16];
    frontend_path(device, path);
    snprintf(state, sizeof(state), "%s/state", path);
    snprintf(node, sizeof(node), "%s/backend-id", path);
    xs_transaction_t t = xs_transaction_start(devd->store);
    if (t == XBT_NULL)
        return;
    char *said = xs_read(devd->store, t, state, NULL);
    char *value = xs_read(devd->store, t, node, NULL);
    bool idle = said && value && strtoul(said, NULL, 10) == LIBXL_XENBUS_INITIALISING &&
                xs_write(devd->store, t, node, value, (unsigned int)strlen(value));
    /* Where something has changed meanwhile the guest has been told. */
    if (xs_transaction_end(devd->store, t, !idle) && idle && device->nudges > QUIET_NUDGES)
        devd_log("%s: its guest does nothing about it, and is told again", device->path);
    free(said);
    free(value);
}

static void follow_up(struct devd *devd, struct device *device, unsigned long state)
{
    if (device->failed || state != LIBXL_XENBUS_INIT_WAIT || device->nudges == NUDGES)
        return;
    devd->waits = true;
    if (clock_ms() - device->served_at < (int64_t)NUDGE_MS << device->nudges)
        return;
    device->nudges++;
    nudge(devd, device);
}

static void look(struct devd *devd, const struct device *found)
{
    char text[16], status[16];
    struct device *device = find(devd, found->path);
    /* Who writes nodes one by one writes this one last. */
    if (!devd_read(devd, found, "state", text, sizeof(text)))
        return;
    unsigned long state = strtoul(text, NULL, 10);
    if (!has_frontend(devd, found)) {
        if (device && !device->closed_at)
            let_go(devd, device);
        remove_nodes(devd, found, device);
        return;
    }
    if (is_closed(devd, found, state)) {
        close_device(devd, found, device);
        return;
    }
    devd_read(devd, found, "hotplug-status", status, sizeof(status));
    if (device && !*status) {
        replaced(devd, device);
        device = NULL;
    }
    if (device) {
        device->seen = true;
        follow_up(devd, device, state);
        return;
    }
    /* Until the kernel's backend has it there is nothing to be done: it says so by its state. */
    if (state < LIBXL_XENBUS_INIT_WAIT || state > LIBXL_XENBUS_CONNECTED)
        return;
    device = adopt(devd, found);
    if (!device)
        return;
    device->failed = !strcmp(status, "error");
    if (!device->failed)
        serve(devd, device, status);
    device->served_at = clock_ms();
    follow_up(devd, device, state);
}

static void look_at_guest(struct devd *devd, enum libxl_device_kind kind, const char *directory,
                          const char *guest)
{
    char path[NODE_SIZE];
    unsigned int count = 0;
    snprintf(path, sizeof(path), "%s/%.10s", directory, guest);
    char **names = xs_directory(devd->store, XBT_NULL, path, &count);
    for (unsigned int i = 0; names && i < count; i++) {
        struct device found = {.kind = kind,
                               .domid = (uint32_t)strtoul(guest, NULL, 10),
                               .devid = (uint32_t)strtoul(names[i], NULL, 10),
                               .seen = true,
                               .backing = {.loop = -1}};
        snprintf(found.path, sizeof(found.path), "%s/%u/%u", directory, found.domid, found.devid);
        look(devd, &found);
    }
    free(names);
}

void devd_scan(struct devd *devd)
{
    for (struct device *device = devd->devices; device; device = device->next)
        device->seen = false;
    for (unsigned int kind = 0; kind < LIBXL_DEVICE_KINDS; kind++) {
        char directory[64];
        unsigned int count = 0;
        snprintf(directory, sizeof(directory), "/local/domain/%u/backend/%s", devd->domid,
                 libxl_device_kind_name((enum libxl_device_kind)kind));
        char **guests = xs_directory(devd->store, XBT_NULL, directory, &count);
        for (unsigned int i = 0; guests && i < count; i++)
            look_at_guest(devd, (enum libxl_device_kind)kind, directory, guests[i]);
        free(guests);
    }
    for (struct device *device = devd->devices, *next; device; device = next) {
        next = device->next;
        if (device->seen)
            continue;
        devd_log("%s: taken away", device->path);
        if (!device->closed_at)
            let_go(devd, device);
        remove_rest(devd, device);
        drop(devd, device);
    }
}

void devd_forget(struct devd *devd)
{
    while (devd->devices) {
        devd_kinds[devd->devices->kind].release(devd, devd->devices);
        drop(devd, devd->devices);
    }
}
