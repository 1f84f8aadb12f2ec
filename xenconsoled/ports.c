/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ports.h"

/* Ports handed out by one dispatch: the other descriptors get their turn in between. */
#define DISPATCH_LIMIT 64

void ports_init(struct ports *ports, struct xc_evtchn *evtchn)
{
    *ports = (struct ports){.evtchn = evtchn};
}

void ports_free(struct ports *ports)
{
    free(ports->handlers);
    *ports = (struct ports){0};
}

static int make_room(struct ports *ports, unsigned int port)
{
    unsigned int count = ports->count ? ports->count : 64;
    struct port_handler *handlers;

    if (port < ports->count)
        return 0;
    while (count <= port)
        count *= 2;
    handlers = realloc(ports->handlers, count * sizeof *handlers);
    if (!handlers)
        return -ENOMEM;
    memset(handlers + ports->count, 0, (count - ports->count) * sizeof *handlers);
    ports->handlers = handlers;
    ports->count = count;
    return 0;
}

static int install(struct ports *ports, int port, struct port_handler handler)
{
    int rc;

    if (port < 0)
        return port;
    rc = make_room(ports, (unsigned int)port);
    if (rc < 0) {
        xc_evtchn_unbind(ports->evtchn, (evtchn_port_t)port);
        return rc;
    }
    ports->handlers[port] = handler;
    return port;
}

int ports_bind_domain(struct ports *ports, domid_t domid, evtchn_port_t remote,
                      struct port_handler handler)
{
    return install(ports, xc_evtchn_bind_interdomain(ports->evtchn, domid, remote), handler);
}

int ports_bind_virq(struct ports *ports, unsigned int virq, struct port_handler handler)
{
    return install(ports, xc_evtchn_bind_virq(ports->evtchn, virq), handler);
}

void ports_unbind(struct ports *ports, evtchn_port_t port)
{
    ports->handlers[port] = (struct port_handler){0};
    xc_evtchn_unbind(ports->evtchn, port);
}

void ports_notify(struct ports *ports, evtchn_port_t port)
{
    xc_evtchn_notify(ports->evtchn, port);
}

void ports_unmask(struct ports *ports, evtchn_port_t port)
{
    xc_evtchn_unmask(ports->evtchn, port);
}

void ports_dispatch(struct ports *ports)
{
    for (int i = 0; i < DISPATCH_LIMIT; i++) {
        int port = xc_evtchn_pending(ports->evtchn);

        if (port < 0)
            return;
        /* An event of a port that has just been unbound may still be in the queue. */
        if ((unsigned int)port < ports->count && ports->handlers[port].pending)
            ports->handlers[port].pending(ports->handlers[port].context);
    }
}
