/* SPDX-License-Identifier: MIT */
/* A board for xenstored: hardware, control and app on a hypervisor that the test plays. */
#ifndef XENSTORE_FAKE_H
#define XENSTORE_FAKE_H

#include <xen/domctl.h>

#include "xenstore_fixture.h"

/* Two of them have roles; the last one is not there at first. */
#ifndef DOMAINS
#define DOMAINS 4
#endif
#define CHANGE_PORT 1
/* Local ports of the rings: this and the domain's id. */
#define FIRST_PORT 10

#define EXIST    XEN_DOMCTL_GETDOMSTATE_STATE_EXIST
#define SHUTDOWN XEN_DOMCTL_GETDOMSTATE_STATE_SHUTDOWN

struct fake_domain {
    uint16_t state, roles;
    uint64_t unique_id;
    bool changed, mapped, bound;
    bool event;            /* pending for xenstored */
    unsigned int notified; /* how often xenstored has sent an event */
    int describe_error;
    uint64_t younger; /* ns: it was launched so much later */
    struct xenstore_domain_interface page;
};

struct fake {
    struct hypervisor hypervisor;
    struct fake_domain domains[DOMAINS];
    bool change_event;
    uint16_t looked_at; /* for changes, last */
    uint64_t launched;  /* when the domains began, by CLOCK_BOOTTIME, ns */
    struct server server;
    struct client *root;
};

/*
 * cmocka's setup and teardown: *state is a struct fake whose domains are introduced but for the
 * last, which is not there yet. The teardown checks that the store is sound and nothing stays
 * mapped.
 */
int fake_setup(void **state);
int fake_teardown(void **state);

/* Let xenstored handle all events and requests. */
void handle_events(struct fake *fake);

/* A guest's side of its ring: bytes in and out. */
void guest_put(struct fake_domain *domain, const void *data, size_t length);
void guest_take(struct fake_domain *domain, void *data, size_t length);

/* A request that fits into the ring, and its reply's payload, an error's name among them; static.
 */
const char *guest_call(struct fake *fake, unsigned int domid, uint32_t type, const char *payload,
                       size_t length);

#define GUEST_CALL(fake, domid, type, literal)                                                     \
    guest_call(fake, domid, type, literal, sizeof(literal))

#endif
