/* SPDX-License-Identifier: MIT */
/*
 * Event channels of the calling domain. A handle's ports are unbound when it is closed. Numbers are
 * returned as >= 0, failures as a negative errno value.
 */
#ifndef XENCTL_EVTCHN_H
#define XENCTL_EVTCHN_H

#include <xenctl/xenctl.h>

#pragma GCC visibility push(default)

struct xc_evtchn;

/* NULL with errno set. Independent of `xc` afterwards, except that it must be closed first. */
struct xc_evtchn *xc_evtchn_open(struct xc_interface *xc);
void xc_evtchn_close(struct xc_evtchn *evtchn);

/* A non-blocking descriptor, readable when a port is pending. */
int xc_evtchn_fd(const struct xc_evtchn *evtchn);

/* Each returns the local port. */
int xc_evtchn_bind_unbound(struct xc_evtchn *evtchn, domid_t remote);
int xc_evtchn_bind_interdomain(struct xc_evtchn *evtchn, domid_t remote, evtchn_port_t remote_port);
int xc_evtchn_bind_virq(struct xc_evtchn *evtchn, unsigned int virq);

/* Takes over a port that the domain has had from its beginning; it stays when the handle is closed.
 * Linux 6.6 or newer. */
int xc_evtchn_bind_static(struct xc_evtchn *evtchn, evtchn_port_t port);

/* Closes a local port. */
int xc_evtchn_unbind(struct xc_evtchn *evtchn, evtchn_port_t port);
int xc_evtchn_notify(struct xc_evtchn *evtchn, evtchn_port_t port);

/* The next pending port, masked from now on until xc_evtchn_unmask(); -EAGAIN when there is none.
 */
int xc_evtchn_pending(struct xc_evtchn *evtchn);
int xc_evtchn_unmask(struct xc_evtchn *evtchn, evtchn_port_t port);

#pragma GCC visibility pop

#endif
