/* SPDX-License-Identifier: MIT */
/*
 * Clients in control domains. A client grants a page to the daemon, offers an event channel, and
 * announces both under its own domain's directory: docs/console-protocol.md.
 */
#ifndef XENCONSOLED_CLIENT_VCHAN_H
#define XENCONSOLED_CLIENT_VCHAN_H

#include "daemon.h"

/* Something changed at `path`, which lies in the requests' directory of the control domain
 * `domid` or is it. */
void vchan_requests_changed(struct daemon *daemon, domid_t domid, const char *path);

/* Lets the clients of a domain that has ended go. */
void vchan_domain_ended(struct daemon *daemon, domid_t domid);

/* Lets all go. */
void vchan_close_all(struct daemon *daemon);

#endif
