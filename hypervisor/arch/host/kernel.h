/* SPDX-License-Identifier: MIT */
/*
 * What a domain's kernel does for its programs, and here the twin for the connections that act as
 * the domain: it takes the domain's event upcalls and hands each port to its owner, masked; maps
 * grants and foreign pages; grants pages of the domain's RAM; and cleans up behind a program that
 * ends. It asks the hypervisor by hypercalls, as the domain.
 */
#ifndef HOST_KERNEL_H
#define HOST_KERNEL_H

#include "host.h"

#include <twin/protocol.h>

struct kernel_mapping;

/* A program: one connection. Zeroed but for event_fd = -1 to begin with. */
struct kernel_user {
    int event_fd;    /* an eventfd that counts what is in the queue; -1 not open */
    uint32_t *queue; /* a ring of ports */
    unsigned int first, count, room;
    struct kernel_mapping *mappings;
    uint64_t last_mapping;
};

/* A port of the domain, as its kernel knows it. */
struct kernel_port {
    struct kernel_user *owner;
    unsigned int holds; /* notifications to be sent through it */
    bool is_static;     /* was there before, and stays */
    bool queued;
};

/* A page that is or was granted, by its reference. */
struct kernel_share {
    uint64_t gfn;
    enum { SHARE_FREE, SHARE_USED, SHARE_LEFT } state; /* LEFT: given up, maybe mapped elsewhere */
};

struct guest_kernel {
    struct kernel_port *ports;
    unsigned int nr_ports;
    struct kernel_share *shares; /* by reference less the first one */
    unsigned int nr_shares;
    bool *foreign; /* gfns in use, from FOREIGN_FIRST on */
    unsigned int nr_foreign;
};

/* The domain's kernel, made if it is not there; NULL without memory. */
struct guest_kernel *kernel_of(struct domain *domain);
void kernel_free(struct domain *domain);
/* A program ends. domain is NULL when it has gone before. */
void kernel_leave(struct domain *domain, struct kernel_user *user);

/* ---- kernel_events.c ---- */

/* The vcpu's turn: takes what is pending. */
void kernel_upcall(struct vcpu *vcpu);
/* 0 and the eventfd in user, or a negative errno. */
int kernel_events_open(struct kernel_user *user);
/* A bound port becomes the user's; returns it, or closes it and returns a negative errno. */
int64_t kernel_port_own(struct domain *domain, struct kernel_user *user, uint32_t port,
                        bool is_static);
/* NULL when the port is not the user's. */
struct kernel_port *kernel_port_of(struct domain *domain, const struct kernel_user *user,
                                   uint32_t port);
int64_t kernel_port_unbind(struct domain *domain, struct kernel_user *user, uint32_t port);
/* The next port that had an event, or -EAGAIN. */
int64_t kernel_event_next(struct domain *domain, struct kernel_user *user);
/* A notification is to be sent through the port at a later time; false when nobody has it. */
bool kernel_port_hold(struct domain *domain, uint32_t port);
void kernel_port_release(struct domain *domain, uint32_t port);
int64_t kernel_event_op(struct domain *domain, uint32_t command, void *argument, size_t size);
/* All ports of a user that ends. */
void kernel_events_leave(struct domain *domain, struct kernel_user *user);

/* ---- kernel_mappings.c ---- */

/* How one kind of page is let go of. */
struct kernel_pages {
    void (*release)(struct domain *domain, uint64_t page);
};

struct kernel_mapping {
    struct kernel_mapping *next;
    const struct kernel_pages *kind;
    uint64_t id;
    uint64_t offset; /* of the first page, in RAM */
    uint32_t notify_offset, notify_port;
    unsigned int count;
    uint64_t pages[]; /* what release() takes */
};

/* A mapping with room for the request's count; NULL. Its pages are counted as they are added. */
struct kernel_mapping *kernel_mapping_new(const struct kernel_pages *kind,
                                          const struct twin_request *request);
/* It is complete: its id, or a negative errno (then it is undone) for a bad notification. */
int64_t kernel_mapping_add(struct domain *domain, struct kernel_user *user,
                           struct kernel_mapping *mapping);
/* Lets go of its pages and frees it, without a notification. */
void kernel_mapping_undo(struct domain *domain, struct kernel_mapping *mapping);
int64_t kernel_mapping_remove(struct domain *domain, struct kernel_user *user, uint64_t id);
void kernel_mappings_leave(struct domain *domain, struct kernel_user *user);

/* ---- kernel_grants.c, kernel_shares.c, kernel_foreign.c: see the requests of the same names. ----
 */
int64_t kernel_grant_map(struct domain *domain, struct kernel_user *user,
                         const struct twin_request *request, uint64_t *offsets);
int64_t kernel_share(struct domain *domain, struct kernel_user *user,
                     const struct twin_request *request, uint64_t *offsets, uint64_t *references);
int64_t kernel_foreign_map(struct domain *domain, struct kernel_user *user,
                           const struct twin_request *request, uint64_t *offsets);

#endif
