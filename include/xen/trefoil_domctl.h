/* SPDX-License-Identifier: MIT */
/* Operations of HYPERVISOR_domctl that are Trefoil's own, and stable: interface_version is 0. */
#ifndef XEN_TREFOIL_DOMCTL_H
#define XEN_TREFOIL_DOMCTL_H

#include <xen/xen.h>

/* What the device tree said of the domain, so that a tool can name it before (and without)
 * xenstore. */
#define XEN_DOMCTL_TREFOIL_NAME_MAX 64

/* Launch states. */
#define XEN_DOMCTL_TREFOIL_LAUNCH_RUNNING 1
#define XEN_DOMCTL_TREFOIL_LAUNCH_ENDED   2

/* Policies, as policy in launch_info. */
#define XEN_DOMCTL_TREFOIL_POLICY_DUMMY 0
#define XEN_DOMCTL_TREFOIL_POLICY_SILO  1
#define XEN_DOMCTL_TREFOIL_POLICY_SPLIT 2

#define XEN_DOMCTL_TREFOIL_TIE_PEER   1 /* a declared peer */
#define XEN_DOMCTL_TREFOIL_TIE_TARGET 2 /* this one is the other's device model */

#define XEN_DOMCTL_TREFOIL_ENDED_BY_ANOTHER 255

struct xen_domctl_trefoil_launch_info {
    char name[XEN_DOMCTL_TREFOIL_NAME_MAX]; /* with its end */
    uint32_t capabilities;                  /* DOMAIN_CAPS_* */
    uint32_t state;                         /* XEN_DOMCTL_TREFOIL_LAUNCH_* */
    uint32_t vcpus;
    uint32_t policy; /* in force for the whole machine: XEN_DOMCTL_TREFOIL_POLICY_* */
    /*
     * What was made for the domain's PV interfaces: its own ends of the event channels and the gfns
     * of the pages; 0: none. xenstored describes the console in the store, and the parameters that
     * have the same are control's to read.
     */
    uint32_t store_port, console_port;
    uint64_t store_gfn, console_gfn;
    /* ns since it was launched: the domains' own clocks need not agree. 0: it is not yet. */
    uint64_t age;
    /* How often a domain was launched by this row of the tree, 1 for the first time; 0: by none. */
    uint32_t life;
    /* IN: the id of another domain, which need not be there. */
    domid_t other;
    /* What the tree or set_target says that the other is to this one: XEN_DOMCTL_TREFOIL_TIE_*. */
    uint8_t ties;
    /* Of the life before: 0 nothing is known, 255 it was ended by another, else SHUTDOWN_* + 1. */
    uint8_t last_end;
    /* How many pools of CPUs the machine has, numbered from 0 on; 0 was told by earlier versions.
     */
    uint32_t pools;
    uint32_t reserved;
};

/*
 * Starts a boot-time domain again, whether it runs, has ended or is gone.
 * The answer comes before that is done: RESTART_ASK says how far it is.
 */
#define XEN_DOMCTL_TREFOIL_RESTART_START 0
#define XEN_DOMCTL_TREFOIL_RESTART_ASK   1
/* Likewise, of the domain with the lowest id at or above `domain` that the caller may restart. */
#define XEN_DOMCTL_TREFOIL_RESTART_NEXT 2

/* How far it is. */
#define XEN_DOMCTL_TREFOIL_RESTART_NONE     0 /* nothing is under way */
#define XEN_DOMCTL_TREFOIL_RESTART_ENDING   1 /* the old domain is torn down */
#define XEN_DOMCTL_TREFOIL_RESTART_WAITING  2 /* others hold something of it */
#define XEN_DOMCTL_TREFOIL_RESTART_BUILDING 3
#define XEN_DOMCTL_TREFOIL_RESTART_DELAYED  4 /* it kept ending soon after its start */

struct xen_domctl_trefoil_restart {
    uint32_t command; /* IN: XEN_DOMCTL_TREFOIL_RESTART_* */
    uint32_t state;   /* OUT, and all that follows */
    int32_t error;    /* why the last one failed: a negative error, or 0 */
    uint32_t pad0;
    char name[XEN_DOMCTL_TREFOIL_NAME_MAX]; /* with its end */
};

/*
 * Memory that the device tree lets domains share:
 * an answer for each share of each region of which this domain has one, its own among them.
 */
#define XEN_DOMCTL_TREFOIL_REGION_ID_MAX 16

#define XEN_DOMCTL_TREFOIL_SHARE_OWNER 1 /* as the tree calls it; it makes no difference */

struct xen_domctl_trefoil_shared_memory {
    uint32_t position; /* IN: 0, or OUT of the last; -ENOENT after the last */
    domid_t domain;    /* whose share it is */
    uint16_t flags;    /* XEN_DOMCTL_TREFOIL_SHARE_* */
    char id[XEN_DOMCTL_TREFOIL_REGION_ID_MAX]; /* the region's, with its end */
    uint64_t address;                          /* guest physical; of another's share 0 */
    uint64_t size;                             /* bytes */
};

XEN_LAYOUT_SIZE(struct xen_domctl_trefoil_launch_info, 128);
XEN_LAYOUT_SIZE(struct xen_domctl_trefoil_restart, 80);
XEN_LAYOUT_SIZE(struct xen_domctl_trefoil_shared_memory, 40);

#endif
