/* SPDX-License-Identifier: MIT */
/* The domains that xenstored knows, their rings, and what happens when they come and go. */
#ifndef XENSTORED_DOMAIN_H
#define XENSTORED_DOMAIN_H

#include "wire/connection.h"
#include "hypervisor.h"
#include "wire/ring.h"

#define XENSTORED_FEATURES                                                                         \
    (XENSTORE_SERVER_FEATURE_RECONNECTION | XENSTORE_SERVER_FEATURE_ERROR |                        \
     XENSTORE_SERVER_FEATURE_WATCHDEPTH)

struct domain {
    uint16_t domid;
    uint16_t roles;     /* XEN_DOMCTL_GETDOMSTATE_CAP_* */
    uint64_t unique_id; /* the hypervisor's */
    bool shut_down;     /* @releaseDomain was fired for it */
    bool has_tree;      /* xenstored wrote it, and removes it at the end */
    char uuid[37];      /* of the tree */
    unsigned int features;
    struct quotas quotas;
    struct ring ring;
    uint32_t remote_port;          /* its end of the ring's event channel; 0: not known */
    struct connection *connection; /* NULL: no ring */

    /* From one xenstored to the next. */
    struct list unsaved_link;      /* among those whose kept state is out of date, or alone */
    int64_t launched;              /* ns of CLOCK_BOOTTIME: with unique_id, who it is */
    bool left_over;                /* an earlier xenstored served it, we do not yet */
    struct ring_position position; /* where its ring was left, if its connection is here already */
    uint8_t *kept;                 /* how the connection was left, or NULL */
    size_t kept_size;
};

/* Whether the hypervisor tells a domain from another one that had its id: else none can be gone on
 * with. */
bool domains_told_apart(struct server *server);

/*
 * Go on with the domains that an earlier xenstored served, as far as they are still the same, and
 * take leave of the others. To be called before the first domains_update().
 */
void domains_resume(struct server *server);

/*
 * Ask the hypervisor which domains have changed, introduce new ones and take leave of those
 * that ended. At the start all have changed.
 */
void domains_update(struct server *server);

/* Something has happened on a port: let its domain have a turn, or update the domains. */
void domains_handle_events(struct server *server);

/* The known domain of that id, or NULL. */
struct domain *domain_find(const struct server *server, uint16_t domid);

/* A domain that is not served yet; NULL: out of memory. */
struct domain *domain_new(struct server *server, const struct domain_report *report);
/* Free one that is not served (any more); the store keeps what it has in it. */
void domain_free(struct server *server, struct domain *domain);

/*
 * Introduce a domain whose ring is at the other end of `remote_port` (0: its page tells). 0 or
 * an errno value. Succeeds without effect when it is introduced already.
 */
int domain_introduce(struct server *server, uint16_t domid, uint32_t remote_port);
/* Whether it is served; the domain that xenstored runs in always is, if only by the socket. */
bool domain_introduced(const struct server *server, uint16_t domid);
/* ENOENT if it is not known. */
int domain_release(struct server *server, uint16_t domid);

/* Free all. */
void domains_destroy(struct server *server);

#endif
