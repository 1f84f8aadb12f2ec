/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>

#include <xenctl/evtchn.h>

#include "interface.h"

struct xc_evtchn {
    struct xc_interface *xc;
    const struct xc_evtchn_ops *ops;
    void *handle;
};

struct xc_evtchn *xc_evtchn_open(struct xc_interface *xc)
{
    struct xc_evtchn *evtchn = calloc(1, sizeof(*evtchn));
    if (!evtchn)
        return NULL;
    evtchn->xc = xc;
    evtchn->ops = xc->transport->evtchn;
    int rc = evtchn->ops ? evtchn->ops->open(xc->state, &evtchn->handle) : -EOPNOTSUPP;
    if (rc >= 0)
        return evtchn;
    xc_fail(xc, rc, "event channels");
    free(evtchn);
    errno = -rc;
    return NULL;
}

void xc_evtchn_close(struct xc_evtchn *evtchn)
{
    if (!evtchn)
        return;
    evtchn->ops->close(evtchn->handle);
    free(evtchn);
}

int xc_evtchn_fd(const struct xc_evtchn *evtchn)
{
    return evtchn->ops->fd(evtchn->handle);
}

int xc_evtchn_bind_unbound(struct xc_evtchn *evtchn, domid_t remote)
{
    int rc = evtchn->ops->bind_unbound(evtchn->handle, remote);
    return xc_fail(evtchn->xc, rc, "event channel for domain %u", remote);
}

int xc_evtchn_bind_interdomain(struct xc_evtchn *evtchn, domid_t remote, evtchn_port_t remote_port)
{
    int rc = evtchn->ops->bind_interdomain(evtchn->handle, remote, remote_port);
    return xc_fail(evtchn->xc, rc, "event channel to port %u of domain %u", remote_port, remote);
}

int xc_evtchn_bind_virq(struct xc_evtchn *evtchn, unsigned int virq)
{
    return xc_fail(evtchn->xc, evtchn->ops->bind_virq(evtchn->handle, virq), "virtual interrupt %u",
                   virq);
}

int xc_evtchn_bind_static(struct xc_evtchn *evtchn, evtchn_port_t port)
{
    int rc =
        evtchn->ops->bind_static ? evtchn->ops->bind_static(evtchn->handle, port) : -EOPNOTSUPP;
    return xc_fail(evtchn->xc, rc, "port %u", port);
}

int xc_evtchn_unbind(struct xc_evtchn *evtchn, evtchn_port_t port)
{
    return xc_fail(evtchn->xc, evtchn->ops->unbind(evtchn->handle, port), "closing port %u", port);
}

int xc_evtchn_notify(struct xc_evtchn *evtchn, evtchn_port_t port)
{
    return xc_fail(evtchn->xc, evtchn->ops->notify(evtchn->handle, port), "event on port %u", port);
}

int xc_evtchn_pending(struct xc_evtchn *evtchn)
{
    return evtchn->ops->pending(evtchn->handle);
}

int xc_evtchn_unmask(struct xc_evtchn *evtchn, evtchn_port_t port)
{
    return xc_fail(evtchn->xc, evtchn->ops->unmask(evtchn->handle, port), "unmasking port %u",
                   port);
}
