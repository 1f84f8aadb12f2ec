/* SPDX-License-Identifier: MIT */
/* Event channels: a connection of their own, and an eventfd that says when to ask it. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "twin.h"

struct evtchn {
    struct twin_link link;
    int events; /* counts ports to be had */
};

static int64_t ask(void *handle, struct twin_request request)
{
    struct evtchn *evtchn = handle;
    struct twin_reply reply;
    return xc_twin_call(&evtchn->link, &request, &reply, NULL);
}

static void evtchn_close(void *handle)
{
    struct evtchn *evtchn = handle;
    if (evtchn->events >= 0)
        close(evtchn->events);
    xc_twin_disconnect(&evtchn->link);
    free(evtchn);
}

static int evtchn_open(void *state, void **handle)
{
    const struct twin *twin = state;
    struct evtchn *evtchn = calloc(1, sizeof(*evtchn));
    struct twin_request request = {.kind = TWIN_EVENT_OPEN};
    struct twin_reply reply;
    if (!evtchn)
        return -ENOMEM;
    evtchn->events = -1;
    int64_t rc = xc_twin_connect(&evtchn->link, twin->path, NULL, -1, 0);
    if (rc == 0)
        rc = xc_twin_call(&evtchn->link, &request, &reply, &evtchn->events);
    if (rc < 0) {
        evtchn_close(evtchn);
        return (int)rc;
    }
    *handle = evtchn;
    return 0;
}

static int evtchn_fd(void *handle)
{
    const struct evtchn *evtchn = handle;
    return evtchn->events;
}

static int evtchn_bind_unbound(void *handle, domid_t remote)
{
    return (int)ask(handle, (struct twin_request){.kind = TWIN_EVENT_UNBOUND, .domid = remote});
}

static int evtchn_bind_interdomain(void *handle, domid_t remote, evtchn_port_t remote_port)
{
    return (int)ask(handle, (struct twin_request){.kind = TWIN_EVENT_INTERDOMAIN,
                                                  .domid = remote,
                                                  .port = remote_port});
}

static int evtchn_bind_virq(void *handle, unsigned int virq)
{
    return (int)ask(handle, (struct twin_request){.kind = TWIN_EVENT_VIRQ, .number = virq});
}

static int evtchn_bind_static(void *handle, evtchn_port_t port)
{
    return (int)ask(handle, (struct twin_request){.kind = TWIN_EVENT_STATIC, .port = port});
}

static int evtchn_unbind(void *handle, evtchn_port_t port)
{
    return (int)ask(handle, (struct twin_request){.kind = TWIN_EVENT_UNBIND, .port = port});
}

static int evtchn_notify(void *handle, evtchn_port_t port)
{
    return (int)ask(handle, (struct twin_request){.kind = TWIN_EVENT_NOTIFY, .port = port});
}

static int evtchn_pending(void *handle)
{
    const struct evtchn *evtchn = handle;
    uint64_t one;
    if (read(evtchn->events, &one, sizeof(one)) < 0)
        return -errno;
    return (int)ask(handle, (struct twin_request){.kind = TWIN_EVENT_NEXT});
}

static int evtchn_unmask(void *handle, evtchn_port_t port)
{
    return (int)ask(handle, (struct twin_request){.kind = TWIN_EVENT_UNMASK, .port = port});
}

const struct xc_evtchn_ops xc_twin_evtchn_ops = {
    .open = evtchn_open,
    .close = evtchn_close,
    .fd = evtchn_fd,
    .bind_unbound = evtchn_bind_unbound,
    .bind_interdomain = evtchn_bind_interdomain,
    .bind_virq = evtchn_bind_virq,
    .bind_static = evtchn_bind_static,
    .unbind = evtchn_unbind,
    .notify = evtchn_notify,
    .pending = evtchn_pending,
    .unmask = evtchn_unmask,
};
