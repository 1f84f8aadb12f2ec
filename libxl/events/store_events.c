/* SPDX-License-Identifier: MIT */
/*
 * At each change all there is is looked at, and compared with what was told: so nothing depends on
 * what a watch says, and many changes cost one look.
 */
#include "store_events.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl/device.h>

#define TOKEN     "events"
#define DEVICES   "/libxl"
#define PATH      128u
#define ITEMS_MAX 4096u /* who fills the store with more is not followed */

const struct store_kind libxl_other_kinds[] = {
    {"lost", "{events} events are kept no more"},
    {"device_attached", "its {type:word} {device:word} is connected, served by {backend:domain}"},
    {"device_detached",
     "its {type:word} {device:word} is no longer connected, served by {backend:domain}"},
    {"console_attached", "a client of {by:domain} is attached to its console"},
    {"console_detached", "a client of {by:domain} has left its console"},
    {NULL, NULL},
};

/* A device or a client of a console. */
struct item {
    char path[PATH]; /* of its own directory */
    uint32_t domid;  /* whose */
    uint32_t other;  /* who serves it, or whose client it is */
    int kind;        /* enum libxl_device_kind, or -1 for a client */
    uint32_t devid;
    bool seen;           /* by this look */
    bool attached, told; /* as it is, and as was told */
    char watched[PATH];  /* its backend's state; "": nothing is */
};

struct store_events {
    struct libxl_ctx *ctx;
    struct xs_handle *store;
    char consoles[PATH]; /* where this domain's clients are; "": not known */
    uint32_t self;
    struct item *items;
    size_t count;
};

static struct item *find_item(struct store_events *events, const char *path)
{
    for (size_t i = 0; i < events->count; i++) {
        if (!strcmp(events->items[i].path, path))
            return &events->items[i];
    }
    return NULL;
}

/* The item of that path, made if it is new; NULL when there are too many. */
static struct item *get_item(struct store_events *events, const char *path)
{
    struct item *item = find_item(events, path);
    if (item)
        return item;
    item = events->count < ITEMS_MAX
               ? realloc(events->items, (events->count + 1) * sizeof(*events->items))
               : NULL;
    if (!item)
        return NULL;
    events->items = item;
    item = &events->items[events->count++];
    *item = (struct item){.seen = false};
    snprintf(item->path, sizeof(item->path), "%s", path);
    return item;
}

static bool read_number(struct store_events *events, const char *path, uint32_t *number)
{
    char *text = xs_read(events->store, XBT_NULL, path, NULL), *end = text;
    if (text)
        *number = (uint32_t)strtoul(text, &end, 10);
    bool good = text && end != text && !*end;
    free(text);
    return good;
}

static void follow(struct store_events *events, struct item *item, const char *state)
{
    if (!strcmp(item->watched, state))
        return;
    if (item->watched[0])
        xs_unwatch(events->store, item->watched, TOKEN);
    snprintf(item->watched, sizeof(item->watched), "%s", state);
    if (!xs_watch(events->store, state, TOKEN) && errno != EEXIST)
        item->watched[0] = '\0';
}

/* A directory /libxl/N/device/KIND/ID. */
static void look_at_device(struct store_events *events, uint32_t domid, int kind, const char *name)
{
    char path[PATH], node[PATH + 16], state_path[PATH];
    uint32_t state = LIBXL_XENBUS_UNKNOWN;
    snprintf(path, sizeof(path), DEVICES "/%u/device/%s/%.32s", domid,
             libxl_device_kind_name((enum libxl_device_kind)kind), name);
    snprintf(node, sizeof(node), "%s/backend", path);
    char *backend = xs_read(events->store, XBT_NULL, node, NULL);
    struct item *item = backend ? get_item(events, path) : NULL;
    if (item && sscanf(backend, "/local/domain/%u/", &item->other) == 1) {
        item->domid = domid;
        item->kind = kind;
        item->devid = (uint32_t)strtoul(name, NULL, 10);
        snprintf(state_path, sizeof(state_path), "%.100s/state", backend);
        follow(events, item, state_path);
        item->attached = read_number(events, state_path, &state) && state == LIBXL_XENBUS_CONNECTED;
        item->seen = true;
    }
    free(backend);
}

/* The names in a directory, NULL for none. */
static char **names_in(struct store_events *events, const char *path, unsigned int *count)
{
    *count = 0;
    return xs_directory(events->store, XBT_NULL, path, count);
}

static void look_at_devices(struct store_events *events)
{
    unsigned int nr_domains, count;
    char **domains = names_in(events, DEVICES, &nr_domains);
    for (unsigned int i = 0; i < nr_domains; i++) {
        uint32_t domid = (uint32_t)strtoul(domains[i], NULL, 10);
        for (int kind = 0; kind < LIBXL_DEVICE_KINDS; kind++) {
            char path[PATH];
            snprintf(path, sizeof(path), DEVICES "/%u/device/%s", domid,
                     libxl_device_kind_name((enum libxl_device_kind)kind));
            char **names = names_in(events, path, &count);
            for (unsigned int j = 0; j < count; j++)
                look_at_device(events, domid, kind, names[j]);
            free(names);
        }
    }
    free(domains);
}

static void look_at_consoles(struct store_events *events)
{
    unsigned int count = 0;
    char **names = *events->consoles ? names_in(events, events->consoles, &count) : NULL;
    for (unsigned int i = 0; i < count; i++) {
        char path[PATH], node[PATH + 16];
        uint32_t domid;
        snprintf(path, sizeof(path), "%.80s/%.32s", events->consoles, names[i]);
        snprintf(node, sizeof(node), "%s/domain", path);
        if (!read_number(events, node, &domid))
            continue;
        struct item *item = get_item(events, path);
        if (!item)
            continue;
        item->kind = -1;
        item->domid = domid;
        item->other = events->self;
        item->attached = item->seen = true;
    }
    free(names);
}

static void look(struct store_events *events)
{
    for (size_t i = 0; i < events->count; i++)
        events->items[i].seen = false;
    look_at_devices(events);
    look_at_consoles(events);
    for (size_t i = 0; i < events->count; i++)
        events->items[i].attached &= events->items[i].seen;
}

struct store_events *libxl_store_events_open(struct libxl_ctx *ctx)
{
    struct xs_handle *store = libxl_store(ctx);
    struct store_events *events = store ? calloc(1, sizeof(*events)) : NULL;
    if (!events)
        return NULL;
    events->ctx = ctx;
    events->store = store;
    events->self = libxl_own_domid(ctx);
    if (!xs_watch(store, DEVICES, TOKEN) && errno != EEXIST) {
        libxl_fail(ctx, LIBXL_NO_XENSTORED, "Watching the store failed: %s.", strerror(errno));
        free(events);
        return NULL;
    }
    snprintf(events->consoles, sizeof(events->consoles), "/local/domain/%u/data/console",
             events->self);
    if (!xs_watch(store, events->consoles, TOKEN) && errno != EEXIST)
        events->consoles[0] = '\0';
    look(events);
    for (size_t i = 0; i < events->count; i++)
        events->items[i].told = events->items[i].attached;
    return events;
}

void libxl_store_events_close(struct store_events *events)
{
    if (!events)
        return;
    for (size_t i = 0; i < events->count; i++) {
        if (events->items[i].watched[0])
            xs_unwatch(events->store, events->items[i].watched, TOKEN);
    }
    xs_unwatch(events->store, DEVICES, TOKEN);
    if (*events->consoles)
        xs_unwatch(events->store, events->consoles, TOKEN);
    free(events->items);
    free(events);
}

int libxl_store_events_fd(const struct store_events *events)
{
    return xs_fileno(events->store);
}

static void add_domain(struct store_events *events, const char *name, uint32_t domid,
                       struct libxl_event *out)
{
    char text[LIBXL_NAME_MAX];
    if (libxl_domain_name(events->ctx, domid, text) != LIBXL_OK)
        snprintf(text, sizeof(text), "domain-%u", domid);
    libxl_event_detail(out, name, false, text);
}

static void tell_device(struct store_events *events, const struct item *item,
                        struct libxl_event *out)
{
    char device[LIBXL_VDEV_MAX];
    if (item->kind == LIBXL_DISK)
        libxl_vdev_name(item->devid, device);
    else
        snprintf(device, sizeof(device), "%u", item->devid);
    libxl_event_detail(out, "type", false,
                       libxl_device_kind_noun((enum libxl_device_kind)item->kind));
    libxl_event_detail(out, "device", false, device);
    add_domain(events, "backend", item->other, out);
    libxl_event_other(events->ctx, item->attached ? "device_attached" : "device_detached",
                      item->domid, out);
}

static void tell(struct store_events *events, struct item *item, struct libxl_event *out)
{
    *out = (struct libxl_event){.life = 0};
    item->told = item->attached;
    if (item->kind >= 0) {
        tell_device(events, item, out);
        return;
    }
    add_domain(events, "by", item->other, out);
    libxl_event_other(events->ctx, item->attached ? "console_attached" : "console_detached",
                      item->domid, out);
}

/* Nothing is left of it, and that is told. */
static void forget(struct store_events *events, size_t at)
{
    if (events->items[at].watched[0])
        xs_unwatch(events->store, events->items[at].watched, TOKEN);
    events->items[at] = events->items[--events->count];
}

static bool next_change(struct store_events *events, struct libxl_event *out)
{
    for (size_t i = 0; i < events->count;) {
        struct item *item = &events->items[i];
        if (item->attached != item->told) {
            tell(events, item, out);
            return true;
        }
        if (item->seen || item->told)
            i++;
        else
            forget(events, i);
    }
    return false;
}

bool libxl_store_events_next(struct store_events *events, struct libxl_event *out)
{
    bool changed = false;
    char **event;
    if (next_change(events, out))
        return true;
    while ((event = xs_check_watch(events->store))) {
        changed = true;
        free(event);
    }
    if (!changed)
        return false;
    look(events);
    return next_change(events, out);
}
