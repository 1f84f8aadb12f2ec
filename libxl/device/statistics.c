/* SPDX-License-Identifier: MIT */
/*
 * What backends have counted. Only the kernel of the backend's domain knows: the daemon there reads
 * it when it is asked, and puts it into the store. Nothing is read while nobody asks.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tools/clock.h>

#include "../store.h"
#include "kind.h"

/* For the daemon on a machine whose CPUs are busy; one that is not there is not asked. */
#define ANSWER_MS 3000
#define ATTEMPTS  64 /* at a transaction */
/* More than any domain serves: who fills the store with more is not followed. */
#define LIST_MAX 8192

static const char *const disk_counts[] = {
    [LIBXL_DISK_READS] = "reads",
    [LIBXL_DISK_WRITES] = "writes",
    [LIBXL_DISK_WAITS] = "waits",
    [LIBXL_DISK_READ_SECTORS] = "read_sectors",
    [LIBXL_DISK_WRITTEN_SECTORS] = "written_sectors",
    [LIBXL_DISK_FLUSHES] = "flushes",
    [LIBXL_DISK_DISCARDS] = "discards",
    NULL,
};

static const char *const nic_counts[] = {
    [LIBXL_NIC_SENT_BYTES] = "sent_bytes",
    [LIBXL_NIC_SENT_PACKETS] = "sent_packets",
    [LIBXL_NIC_SENT_ERRORS] = "sent_errors",
    [LIBXL_NIC_SENT_DROPPED] = "sent_dropped",
    [LIBXL_NIC_RECEIVED_BYTES] = "received_bytes",
    [LIBXL_NIC_RECEIVED_PACKETS] = "received_packets",
    [LIBXL_NIC_RECEIVED_ERRORS] = "received_errors",
    [LIBXL_NIC_RECEIVED_DROPPED] = "received_dropped",
    NULL,
};

const char *libxl_count_name(enum libxl_device_kind kind, unsigned int which)
{
    const char *const *names = kind == LIBXL_DISK ? disk_counts : nic_counts;
    return which < LIBXL_COUNTS_MAX ? names[which] : NULL;
}

/* ---- Nodes: one a device, below it its numbers, with spaces between ---- */

static void path_of(uint32_t backend_domid, const char *name, char out[LIBXL_STATISTICS_PATH_MAX])
{
    snprintf(out, LIBXL_STATISTICS_PATH_MAX, "/local/domain/%u/libxl/statistics/%s", backend_domid,
             name);
}

static void device_path(uint32_t backend_domid, const struct libxl_statistics *device,
                        char out[LIBXL_STATISTICS_PATH_MAX])
{
    char name[48];
    snprintf(name, sizeof(name), "%s/%u/%u", libxl_kinds[device->kind]->name, device->domid,
             device->devid);
    path_of(backend_domid, name, out);
}

void libxl_statistics_request(uint32_t backend_domid, char out[LIBXL_STATISTICS_PATH_MAX])
{
    path_of(backend_domid, "asked", out);
}

static void format_counts(const struct libxl_statistics *device, char *out, size_t size)
{
    size_t length = 0;
    for (unsigned int i = 0; libxl_count_name(device->kind, i) && length < size; i++) {
        length += (size_t)snprintf(out + length, size - length, "%s%llu", i ? " " : "",
                                   (unsigned long long)device->count[i]);
    }
}

/* Fewer numbers than there are names, or other words, are none. */
static bool parse_counts(const char *text, struct libxl_statistics *device)
{
    for (unsigned int i = 0; libxl_count_name(device->kind, i); i++) {
        char *end;
        if (i && *text++ != ' ')
            return false;
        if (*text < '0' || *text > '9')
            return false;
        device->count[i] = strtoull(text, &end, 10);
        text = end;
    }
    return true;
}

/* ---- The daemon's side ---- */

static bool write_text(struct libxl_ctx *ctx, xs_transaction_t t, const char *path,
                       const char *text)
{
    return xs_write(ctx->store, t, path, text, (unsigned int)strlen(text));
}

static unsigned long answers(struct libxl_ctx *ctx, uint32_t backend_domid)
{
    char text[24];
    if (!libxl_store_read(ctx, text, sizeof(text), "/local/domain/%u/libxl/statistics/answered",
                          backend_domid))
        return 0;
    return strtoul(text, NULL, 10);
}

static bool answer_step(struct libxl_ctx *ctx, xs_transaction_t t, uint32_t self,
                        const struct libxl_statistics *list, size_t count)
{
    char path[LIBXL_STATISTICS_PATH_MAX], text[LIBXL_COUNTS_MAX * 24];
    for (unsigned int kind = 0; kind < LIBXL_DEVICE_KINDS; kind++) {
        path_of(self, libxl_kinds[kind]->name, path);
        xs_rm(ctx->store, t, path);
    }
    for (size_t i = 0; i < count; i++) {
        if (!list[i].counted)
            continue;
        device_path(self, &list[i], path);
        format_counts(&list[i], text, sizeof(text));
        if (!write_text(ctx, t, path, text))
            return false;
    }
    path_of(self, "answered", path);
    snprintf(text, sizeof(text), "%lu", answers(ctx, self) + 1);
    return write_text(ctx, t, path, text);
}

bool libxl_statistics_answer(struct libxl_ctx *ctx, const struct libxl_statistics *list,
                             size_t count)
{
    uint32_t self = libxl_own_domid(ctx);
    if (!libxl_store(ctx) || self == DOMID_INVALID)
        return false;
    for (unsigned int i = 0; i < ATTEMPTS; i++) {
        xs_transaction_t t = xs_transaction_start(ctx->store);
        if (t == XBT_NULL)
            return false;
        bool written = answer_step(ctx, t, self, list, count);
        if (xs_transaction_end(ctx->store, t, !written))
            return written;
        if (errno != EAGAIN)
            return false;
    }
    return false;
}

/* ---- The side of those who ask ---- */

/* Whether it has counted since we asked. */
static bool ask(struct libxl_ctx *ctx, uint32_t backend_domid)
{
    char path[LIBXL_STATISTICS_PATH_MAX], answered[LIBXL_STATISTICS_PATH_MAX], text[16];
    const int64_t limit = clock_ms() + ANSWER_MS;
    if (!libxl_backend_served(ctx, backend_domid))
        return false;
    unsigned long before = answers(ctx, backend_domid);
    path_of(backend_domid, "answered", answered);
    libxl_statistics_request(backend_domid, path);
    snprintf(text, sizeof(text), "%d", (int)getpid());
    bool watched = xs_watch(ctx->store, answered, "statistics");
    bool comes = write_text(ctx, XBT_NULL, path, text), there = false;
    while (comes && !(there = answers(ctx, backend_domid) != before) && clock_ms() < limit)
        libxl_await_change(ctx->store);
    if (watched)
        xs_unwatch(ctx->store, answered, "statistics");
    return there;
}

/* What is found, growing. */
struct found {
    struct libxl_ctx *ctx;
    uint32_t backend_domid;
    bool counted;
    struct libxl_statistics *list;
    size_t count, room;
};

static bool add(struct found *found, struct libxl_statistics device)
{
    char path[LIBXL_STATISTICS_PATH_MAX], text[LIBXL_COUNTS_MAX * 24];
    if (found->count == found->room) {
        size_t room = found->room ? found->room * 2 : 16;
        struct libxl_statistics *more = realloc(found->list, room * sizeof(*more));
        if (!more)
            return false;
        found->list = more;
        found->room = room;
    }
    device_path(found->backend_domid, &device, path);
    if (found->counted && libxl_store_read(found->ctx, text, sizeof(text), "%s", path))
        device.counted = parse_counts(text, &device);
    if (!device.counted)
        memset(device.count, 0xff, sizeof(device.count));
    found->list[found->count++] = device;
    return true;
}

static bool add_guest(struct found *found, enum libxl_device_kind kind, const char *guest)
{
    char path[LIBXL_STATISTICS_PATH_MAX];
    unsigned int names = 0;
    bool whole = true;
    snprintf(path, sizeof(path), "/local/domain/%u/backend/%s/%.10s", found->backend_domid,
             libxl_kinds[kind]->name, guest);
    char **devices = xs_directory(found->ctx->store, XBT_NULL, path, &names);
    for (unsigned int i = 0; devices && i < names && found->count < LIST_MAX && whole; i++) {
        whole = add(found, (struct libxl_statistics){
                               .kind = kind,
                               .domid = (uint32_t)strtoul(guest, NULL, 10),
                               .devid = (uint32_t)strtoul(devices[i], NULL, 10),
                           });
    }
    free(devices);
    return whole;
}

static bool add_kind(struct found *found, enum libxl_device_kind kind)
{
    char path[LIBXL_STATISTICS_PATH_MAX];
    unsigned int names = 0;
    bool whole = true;
    snprintf(path, sizeof(path), "/local/domain/%u/backend/%s", found->backend_domid,
             libxl_kinds[kind]->name);
    char **guests = xs_directory(found->ctx->store, XBT_NULL, path, &names);
    for (unsigned int i = 0; guests && i < names && whole; i++)
        whole = add_guest(found, kind, guests[i]);
    free(guests);
    return whole;
}

enum libxl_code libxl_statistics_list(struct libxl_ctx *ctx, uint32_t backend_domid,
                                      struct libxl_statistics **list, size_t *count)
{
    struct found found = {.ctx = ctx, .backend_domid = backend_domid};
    *list = NULL;
    *count = 0;
    if (!libxl_store(ctx))
        return LIBXL_NO_XENSTORED;
    found.counted = ask(ctx, backend_domid);
    for (unsigned int kind = 0; kind < LIBXL_DEVICE_KINDS; kind++) {
        if (!add_kind(&found, (enum libxl_device_kind)kind)) {
            free(found.list);
            return libxl_fail(ctx, LIBXL_FAILED, "Out of memory.");
        }
    }
    *list = found.list;
    *count = found.count;
    return LIBXL_OK;
}
