/* SPDX-License-Identifier: MIT */
/* Which handler belongs to which event channel port of the daemon. */
#ifndef XENCONSOLED_PORTS_H
#define XENCONSOLED_PORTS_H

#include <stdint.h>

#include <xenctl/evtchn.h>

struct port_handler {
    /* The port is masked until the handler's owner unmasks it. */
    void (*pending)(void *context);
    void *context;
};

struct ports {
    struct xc_evtchn *evtchn;
    struct port_handler *handlers; /* by port number */
    unsigned int count;
};

void ports_init(struct ports *ports, struct xc_evtchn *evtchn);
void ports_free(struct ports *ports);

/* Each returns the local port, or a negative errno value. */
int ports_bind_domain(struct ports *ports, domid_t domid, evtchn_port_t remote,
                      struct port_handler handler);
int ports_bind_virq(struct ports *ports, unsigned int virq, struct port_handler handler);
void ports_unbind(struct ports *ports, evtchn_port_t port);

void ports_notify(struct ports *ports, evtchn_port_t port);
void ports_unmask(struct ports *ports, evtchn_port_t port);

/* Hands out a bounded number of pending ports. */
void ports_dispatch(struct ports *ports);

#endif
