/* SPDX-License-Identifier: MIT */
/*
 * The page that a domain shares with xenstored, as a transport. The domain may write anything into
 * it at any time: our own indexes are kept here, the domain's are read once and checked.
 */
#ifndef XENSTORED_RING_H
#define XENSTORED_RING_H

#include "connection.h"
#include "domain/hypervisor.h"

struct ring {
    struct hypervisor *hypervisor;
    struct xenstore_domain_interface *page;
    uint32_t port;     /* ours */
    uint32_t req_cons; /* how far we read */
    uint32_t rsp_prod; /* how far we wrote */
    bool notify;       /* something moved since the domain was told */
};

extern const struct transport ring_transport; /* its context is a struct ring */

/* true if the domain asks to start afresh. */
bool ring_wants_reconnect(const struct ring *ring);

/* Start afresh: empty queues, the connection open, the domain told. */
void ring_reconnect(struct ring *ring);

/*
 * Begin to serve a page. If no xenstored ever did, what the domain has sent already is kept: a
 * kernel should wait until the connection is open, but Linux up to 6.1 at least begins as soon
 * as a program of its own asks for the store, and waits for ever for answers to what is dropped. A
 * page that another xenstored served before is gone on with where that one stopped, unless the
 * domain asks to start afresh. `features`: what to offer. Returns true if the page was fresh.
 */
bool ring_attach(struct ring *ring, uint32_t features);

/* Where a ring was left, and how much had not been sent yet. */
struct ring_position {
    uint32_t req_cons, rsp_prod;
    size_t unsent;
    size_t delivered; /* set by ring_resume(): how much of that has been sent all the same */
};

/*
 * Go on with a page from where an earlier xenstored left it, or may have come before its end.
 * false: the page cannot have been left so, and is untouched.
 */
bool ring_resume(struct ring *ring, uint32_t features, struct ring_position *position);

/* Tell the domain why nothing will come any more: XENSTORE_ERROR_*. */
void ring_fail(struct ring *ring, uint32_t error);

#endif
