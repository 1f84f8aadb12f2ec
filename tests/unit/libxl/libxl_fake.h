/* SPDX-License-Identifier: MIT */
/*
 * A hypervisor and an xenstore for tests of libxc, libxl and xl: they hold a state that the test
 * sets and answer calls from it. They are linked in place of libxc's transports and of libxs.
 */
#ifndef TESTS_LIBXL_FAKE_H
#define TESTS_LIBXL_FAKE_H

#include <stdbool.h>

#include <xenctl/xenctl.h>

#define FAKE_DOMAINS 320
#define FAKE_VCPUS   4
#define FAKE_PORTS   16
#define FAKE_NODES   256
#define FAKE_SHARES  4

struct fake_vcpu {
    struct xen_domctl_getvcpuinfo info;
    uint8_t hard, soft; /* pcpus 0 to 7 */
};

/* One end of an event channel; without remote_port it is closed. */
struct fake_port {
    domid_t remote;
    uint32_t remote_port;
};

struct fake_domain {
    bool exists;
    struct xen_domctl_getdomaininfo info;
    struct xen_domctl_trefoil_launch_info launch;
    struct fake_vcpu vcpus[FAKE_VCPUS];
    struct xen_domctl_sched_credit2 share;
    unsigned int generation;    /* how often it was restarted */
    uint8_t ties[FAKE_DOMAINS]; /* XEN_DOMCTL_TREFOIL_TIE_*, by the other's id */
    struct fake_port ports[FAKE_PORTS];
    struct xen_domctl_trefoil_shared_memory shares[FAKE_SHARES]; /* those with an id */
    int restarting; /* so many looks later it is there again; 0: it is not */
};

struct fake_node {
    char path[96];
    char value[256];
    char permissions[24]; /* "n0,r2"; "" as nobody said */
    int denied;           /* errno value for writing, 0: allowed */
};

/* Records of one kind; those of an older hypervisor end after `has` bytes, with fewer counters. */
struct fake_counters {
    const void *records;
    uint32_t count, size, has, counters;
};

extern struct fake {
    /* Interface versions that are accepted. */
    uint32_t domctl_version, sysctl_version;
    domid_t self;         /* who asks */
    bool has_launch_info; /* false: Xen */
    bool kernel_refuses;
    bool no_device;
    int share_look_error; /* of shared memory; a negative errno value */
    bool endless_list;    /* each list of domains is full, and begins at 0 */
    int look_error, change_error, log_error, clear_error; /* negative errno values */
    uint32_t version;                                     /* major << 16 | minor */
    struct fake_domain domains[FAKE_DOMAINS];
    struct xen_sysctl_physinfo physical;
    struct xen_sysctl_trefoil_cpu_note notes[4]; /* that with no text is the end */
    struct fake_counters counters[3];            /* by XEN_COUNTERS_* */
    int counters_error;                          /* negative errno value */
    uint32_t scheduler;
    int event_error; /* negative errno value */
    /* What happened: the numbers of those that are kept begin with first_event. */
    struct xen_trefoil_event events[8];
    unsigned int nr_events;
    uint64_t first_event;
    int events_error;                 /* negative errno value */
    int scheduler_error, share_error; /* negative errno values */
    unsigned int share_questions;     /* how often a domain's share was asked for */
    int node_error;                   /* negative errno value */
    unsigned int node_questions;      /* how often a domain's nodes were asked for */
    uint8_t pool;                     /* pcpus of pool 0 */
    uint8_t second_pool;              /* those of pool 1, if there is one */
    int pool_error;                   /* negative errno value */
    const char *log;
    bool log_cleared;
    /* xenstore */
    bool no_store;
    _Atomic bool store_is_silent; /* who connects waits until it is not */
    unsigned int store_errno;
    struct fake_node nodes[FAKE_NODES];
    /* What others do just before a value is read; NULL: nothing. */
    void (*store_read)(const char *path);
    void (*store_write)(const char *path);
    void (*store_turn)(void); /* what others do while somebody waits for a change; NULL: nothing */
    domid_t store_owner;      /* the domain of xenstored, to who is connected by its socket */
    unsigned int store_conflicts; /* so many transactions meet others' */
    int shutdown_after;           /* so many looks later domain 2 is shut down; 0: never */
    int reboot_after;             /* likewise, and comes again */
    int restart_after;            /* so many looks a restart takes; 0: one */
    int restart_error;            /* what it fails with */
    int machine_error;            /* negative errno value for the machine's end, or 0 */
    /* What the machine was told to do: XEN_SYSCTL_TREFOIL_MACHINE_*, how often it was asked. */
    uint32_t machine;
    unsigned int machine_asked;
    /* What was seen. */
    unsigned int hypercalls;
    uint32_t versions_tried[8];
    unsigned int tries;
} fake;

/* The sysctls that are Trefoil's own and stable. */
int64_t fake_stable_sysctl(struct xen_sysctl *sysctl);

/* The three-domain board: hardware, control, app. */
void fake_board(void);
struct fake_domain *fake_add_domain(domid_t domid, const char *name, uint32_t flags);
void fake_write(const char *path, const char *value);
const char *fake_read(const char *path);
/* Removes a node and all below. */
void fake_remove(const char *path);
/* What a node's permissions were set to. */
const char *fake_permissions(const char *path);

#endif
