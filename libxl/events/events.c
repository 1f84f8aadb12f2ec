/* SPDX-License-Identifier: MIT */
/* The hypervisor's events, read on from a number, and waited for by their virtual interrupt. */
#include "events.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <xenctl/evtchn.h>

#include "store_events.h"

#define READ_AT_ONCE 32u
/* How often is looked where nothing tells of new events, in ms. */
#define LOOK_EVERY 250
/* So many reads without an event are enough: it is looked again later. */
#define READS_MAX 1024u

static const struct attempt reading = {
    .what = "Reading events", .operation = OP_sysctl_trefoil_events, .domid = DOMID_INVALID};

struct libxl_events {
    struct libxl_ctx *ctx;
    struct xc_evtchn *evtchn; /* NULL: there is no way to wait */
    struct store_events *store;
    uint64_t next;   /* number, as of what was read */
    uint64_t end;    /* none from here on is wanted; 0: all are */
    uint64_t lost;   /* not told yet */
    uint64_t origin; /* of time: ns since 1970 at the machine's start */
    struct xen_trefoil_event read[READ_AT_ONCE];
    size_t count, taken;
};

/* All ports of the machine, or all of a domain, may be in use: then it is looked from time to time.
 */
static struct xc_evtchn *open_port(struct libxl_ctx *ctx)
{
    struct xc_evtchn *evtchn = xc_evtchn_open(ctx->xc);
    if (evtchn && xc_evtchn_bind_virq(evtchn, VIRQ_TREFOIL_EVENTS) < 0) {
        xc_evtchn_close(evtchn);
        return NULL;
    }
    return evtchn;
}

/* What this domain's clock says, where the hypervisor's says nothing. */
static uint64_t origin_of(const struct xen_sysctl_trefoil_events *read)
{
    struct timespec now;
    if (read->wall)
        return read->wall;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec - read->now;
}

static enum libxl_code read_some(struct libxl_events *events,
                                 struct xen_sysctl_trefoil_events *read, unsigned int count)
{
    int got = xc_events(events->ctx->xc, read, events->read, count);
    if (got == -EOPNOTSUPP)
        return libxl_fail(events->ctx, LIBXL_UNSUPPORTED, "This hypervisor tells of no events.");
    if (got < 0)
        return libxl_from_xc(events->ctx, got, &reading);
    events->count = (size_t)got;
    events->taken = 0;
    events->origin = origin_of(read);
    return LIBXL_OK;
}

/* From `next` on until something is there, or nothing more is. Events that are not shown to this
 * domain count for nothing. */
static enum libxl_code fill(struct libxl_events *events)
{
    struct xen_sysctl_trefoil_events read = {.end = UINT64_MAX};
    for (unsigned int i = 0; i < READS_MAX && !events->count && !events->lost; i++) {
        if (events->next >= read.end || (events->end && events->next >= events->end))
            break;
        read = (struct xen_sysctl_trefoil_events){.next = events->next};
        enum libxl_code code = read_some(events, &read, READ_AT_ONCE);
        if (code)
            return code;
        events->next = read.next;
        events->lost += read.lost;
    }
    return LIBXL_OK;
}

enum libxl_code libxl_events_open(struct libxl_ctx *ctx, struct libxl_events **out)
{
    struct xen_sysctl_trefoil_events read = {.next = UINT64_MAX};
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    struct libxl_events *events = calloc(1, sizeof(*events));
    if (!events)
        return libxl_fail(ctx, LIBXL_FAILED, "Out of memory.");
    events->ctx = ctx;
    enum libxl_code code = read_some(events, &read, 0);
    if (code) {
        free(events);
        return code;
    }
    events->evtchn = open_port(ctx);
    *out = events;
    return LIBXL_OK;
}

void libxl_events_close(struct libxl_events *events)
{
    if (!events)
        return;
    xc_evtchn_close(events->evtchn);
    libxl_store_events_close(events->store);
    free(events);
}

static enum libxl_code find_end(struct libxl_events *events, uint64_t *end)
{
    struct xen_sysctl_trefoil_events read = {.next = UINT64_MAX};
    enum libxl_code code = read_some(events, &read, 0);
    *end = code ? 0 : read.end;
    return code;
}

enum libxl_code libxl_events_from(struct libxl_events *events, uint64_t sequence)
{
    uint64_t end;
    enum libxl_code code = find_end(events, &end);
    if (!code && sequence > end)
        return libxl_fail(events->ctx, LIBXL_FAILED,
                          "There has been no event %llu since the machine's start, the last is "
                          "%llu.",
                          (unsigned long long)sequence, (unsigned long long)end - 1);
    events->next = sequence;
    return code;
}

enum libxl_code libxl_events_from_now(struct libxl_events *events)
{
    return find_end(events, &events->next);
}

enum libxl_code libxl_events_end_now(struct libxl_events *events)
{
    return find_end(events, &events->end);
}

enum libxl_code libxl_events_add_store(struct libxl_events *events)
{
    if (!events->store)
        events->store = libxl_store_events_open(events->ctx);
    return events->store ? LIBXL_OK : LIBXL_NO_XENSTORED;
}

static void tell_lost(struct libxl_events *events, struct libxl_event *out)
{
    char number[24];
    snprintf(number, sizeof(number), "%llu", (unsigned long long)events->lost);
    events->lost = 0;
    *out = (struct libxl_event){.life = 0};
    libxl_event_detail(out, "events", true, number);
    libxl_event_other(events->ctx, "lost", LIBXL_NOT_TOLD, out);
}

enum libxl_code libxl_events_next(struct libxl_events *events, struct libxl_event *out, bool *there)
{
    *there = true;
    if (events->taken == events->count) {
        events->count = events->taken = 0;
        enum libxl_code code = fill(events);
        if (code)
            return code;
    }
    if (events->lost) {
        tell_lost(events, out);
    } else if (events->taken < events->count) {
        const struct xen_trefoil_event *event = &events->read[events->taken++];
        libxl_event_describe(events->ctx, event, events->origin + event->time, out);
    } else {
        *there = events->store && libxl_store_events_next(events->store, out);
    }
    return LIBXL_OK;
}

/* Makes the port ready to tell again, before what it told of is read. */
static void take_interrupt(struct libxl_events *events)
{
    int port = xc_evtchn_pending(events->evtchn);
    if (port >= 0)
        xc_evtchn_unmask(events->evtchn, (evtchn_port_t)port);
}

bool libxl_events_wait(struct libxl_events *events, int also, int milliseconds)
{
    struct pollfd fds[] = {
        {.fd = events->evtchn ? xc_evtchn_fd(events->evtchn) : -1, .events = POLLIN},
        {.fd = events->store ? libxl_store_events_fd(events->store) : -1, .events = POLLIN},
        {.fd = also},
    };
    if (!events->evtchn && (milliseconds < 0 || milliseconds > LOOK_EVERY))
        milliseconds = LOOK_EVERY;
    if (poll(fds, sizeof(fds) / sizeof(fds[0]), milliseconds) <= 0)
        return true;
    if (fds[0].revents)
        take_interrupt(events);
    return !(fds[2].revents & (POLLERR | POLLHUP | POLLNVAL));
}
