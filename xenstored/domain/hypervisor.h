/* SPDX-License-Identifier: MIT */
/*
 * What xenstored asks of the hypervisor, as a table of functions, so that tests can play it.
 * Functions return 0 or more when they worked, a negative errno value when not.
 */
#ifndef XENSTORED_HYPERVISOR_H
#define XENSTORED_HYPERVISOR_H

#include <stdbool.h>
#include <stdint.h>

struct xenstore_domain_interface;

struct domain_report {
    uint16_t domid;
    uint16_t state;     /* XEN_DOMCTL_GETDOMSTATE_STATE_* */
    uint16_t roles;     /* XEN_DOMCTL_GETDOMSTATE_CAP_* */
    uint64_t unique_id; /* tells apart two domains that had the same id */
};

#define DOMAIN_NAME_MAX 64

/* What the domain's tree is made of. */
struct domain_description {
    char name[DOMAIN_NAME_MAX];
    uint8_t uuid[16]; /* all zero: it has none */
    unsigned int vcpus;
    uint64_t maximum_kib, current_kib;
    uint64_t age;       /* ns since it was launched */
    unsigned int pool;  /* of CPUs */
    unsigned int pools; /* of the machine; 0: that is not known */
    /* 0: not there. */
    uint64_t store_gfn, console_gfn;
    uint32_t store_port, console_port; /* the domain's ports */
};

struct hypervisor;

struct hypervisor_operations {
    /* The domain that xenstored runs in. */
    uint16_t (*own_domid)(struct hypervisor *hypervisor);
    /* A domain whose state changed since it was asked for last; -ENOENT: no more. */
    int (*next_change)(struct hypervisor *hypervisor, struct domain_report *report);
    /* The state of one domain; a state of 0: there is none of that id. */
    int (*domain_state)(struct hypervisor *hypervisor, uint16_t domid,
                        struct domain_report *report);
    int (*describe)(struct hypervisor *hypervisor, uint16_t domid,
                    struct domain_description *description);

    /*
     * Map the ring page of a domain, or (own) of the kernel that xenstored runs on. With `own`,
     * *port is the kernel's end of the event channel; untouched otherwise. NULL with errno.
     */
    struct xenstore_domain_interface *(*map_ring)(struct hypervisor *hypervisor, uint16_t domid,
                                                  bool own, uint32_t *port);
    void (*unmap_ring)(struct hypervisor *hypervisor, struct xenstore_domain_interface *page,
                       bool own);

    /* Bind to a domain's port: the local port. */
    int (*bind)(struct hypervisor *hypervisor, uint16_t domid, uint32_t remote_port);
    void (*unbind)(struct hypervisor *hypervisor, uint32_t port);
    void (*notify)(struct hypervisor *hypervisor, uint32_t port);

    /* The port that tells of changes, bound at start. */
    int (*change_port)(struct hypervisor *hypervisor);
    /* The next port with an event, which is thereby accepted; -EAGAIN: none. */
    int (*next_event)(struct hypervisor *hypervisor);
    /* A descriptor, readable when there is one. */
    int (*event_fd)(struct hypervisor *hypervisor);

    void (*close)(struct hypervisor *hypervisor);
};

struct hypervisor {
    const struct hypervisor_operations *operations;
};

/* The hypervisor that xenstored runs on, by libxc. NULL with a message logged. */
struct hypervisor *hypervisor_open(void);

#endif
