/* SPDX-License-Identifier: MIT */
/* A device's nodes, and the steps by which two ends connect (xen/include/public/io/xenbus.h). */
#include "hostile.h"
#include <xen/grant_table.h>

#define STEP_MS    100U
#define PATIENCE   60000U /* ms */
#define SHARED_ONE 1U     /* the first event index of an empty ring */

struct frontend devices[NR_DEVICES] = {
    [DISK] = {.directory = "device/vbd/51712"},
    [READ_ONLY_DISK] = {.directory = "device/vbd/51728"},
    [NET] = {.directory = "device/vif/0", .is_net = true},
    [NET + 1] = {.directory = "device/vif/1", .is_net = true},
    [NET + 2] = {.directory = "device/vif/2", .is_net = true},
    [NET + 3] = {.directory = "device/vif/3", .is_net = true},
    [NET + 4] = {.directory = "device/vif/4", .is_net = true},
};

static const char *path_of(const char *directory, const char *name)
{
    static char path[STORE_MAX];

    path[0] = '\0';
    text_add(path, sizeof(path), directory);
    text_add(path, sizeof(path), "/");
    text_add(path, sizeof(path), name);
    return path;
}

const char *frontend_write(const struct frontend *device, const char *name, const char *value)
{
    return store_write(path_of(device->directory, name), value, text_length(value));
}

const char *frontend_write_number(const struct frontend *device, const char *name, uint64_t value)
{
    char text[24] = "";

    text_add_number(text, sizeof(text), value);
    return frontend_write(device, name, text);
}

void frontend_state(const struct frontend *device, enum xenbus_state state)
{
    frontend_write_number(device, "state", state);
}

static enum xenbus_state backend_state(const struct frontend *device)
{
    return (enum xenbus_state)text_number(store_read(path_of(device->backend, "state")));
}

bool backend_awaits(const struct frontend *device, enum xenbus_state state, unsigned int ms)
{
    uint64_t until = now_ns() + ms * MILLISECOND;

    while (backend_state(device) != state) {
        if (now_ns() > until)
            return false;
        store_wait(STEP_MS);
    }
    return true;
}

/* One that the backend is to bind: another each time. */
static void new_port(struct frontend *device)
{
    if (device->port != 0)
        event_close(device->port);
    device->port = event_unbound(0);
    event_clear(device->port);
}

bool frontend_find(struct frontend *device)
{
    uint64_t until = now_ns() + PATIENCE * MILLISECOND;

    store_watch(path_of(device->directory, "backend"));
    while (now_ns() < until) {
        const char *backend = store_read(path_of(device->directory, "backend"));
        if (backend != NULL) {
            device->backend[0] = '\0';
            text_add(device->backend, sizeof(device->backend), backend);
            store_watch(path_of(device->backend, "state"));
            new_port(device);
            return true;
        }
        store_wait(STEP_MS);
    }
    return false;
}

static void empty_ring(uint8_t *ring)
{
    uint32_t *index = (uint32_t *)ring;

    for (size_t i = 0; i < PAGE / sizeof(*index); i++)
        index[i] = 0;
    index[1] = SHARED_ONE;
    index[3] = SHARED_ONE;
}

static void grant_rings(struct frontend *device)
{
    for (unsigned int which = 0; which < 2; which++) {
        unsigned int ref = RING_REF + 2 * (unsigned int)(device - devices) + which;

        empty_ring(RING(device, which));
        grant(ref, 0, (uint64_t)RING(device, which) >> 12, GTF_permit_access);
    }
    device->produced = device->answered = 0;
}

void frontend_write_rings(const struct frontend *device)
{
    unsigned int ref = RING_REF + 2 * (unsigned int)(device - devices);

    frontend_write_number(device, "event-channel", device->port);
    if (device->is_net) {
        frontend_write_number(device, "tx-ring-ref", ref);
        frontend_write_number(device, "rx-ring-ref", ref + 1);
        frontend_write(device, "request-rx-copy", "1");
        frontend_write(device, "feature-rx-notify", "1");
        return;
    }
    frontend_write_number(device, "ring-ref", ref);
    frontend_write(device, "protocol", "arm-abi");
}

bool frontend_close(struct frontend *device)
{
    device->open = false;
    if (backend_state(device) == INIT_WAIT)
        return true;
    frontend_state(device, CLOSED);
    if (!backend_awaits(device, CLOSED, PATIENCE))
        return false;
    frontend_state(device, INITIALISING);
    return backend_awaits(device, INIT_WAIT, PATIENCE);
}

bool frontend_open(struct frontend *device)
{
    if (!frontend_close(device))
        return false;
    new_port(device);
    grant_rings(device);
    frontend_write_rings(device);
    frontend_state(device, device->is_net ? CONNECTED : INITIALISED);
    if (!backend_awaits(device, CONNECTED, PATIENCE))
        return false;
    if (!device->is_net)
        frontend_state(device, CONNECTED);
    device->open = true;
    return true;
}
