/* SPDX-License-Identifier: MIT */
/* What the parts of domain_construct() share. */
#ifndef CORE_CONSTRUCT_PARTS_H
#define CORE_CONSTRUCT_PARTS_H

#include <trefoil/construct.h>

/* A domain under construction; too large for a stack. */
struct construction {
    const struct construct_context *context;
    const struct launch_domain *plan;
    struct domain *domain;
    bool hardware;
    struct device_list devices;  /* of the hardware domain, whichever domain this is */
    struct launch_passed passed; /* what this domain's passthrough tree gives it */
    struct launch_passed other;  /* and another domain's, to compare */
    struct launch_layout layout;
    struct launch_sizes sizes;
    struct launch_placement placement;
};

/*
 * Each of these does one step; on an error it logs a line that names the domain and returns a
 * negative errno.
 */

/* construct_image.c: reads the kernel's header and finds a place for all that is loaded. Before the
 * domain exists. */
int construct_place(struct construction *construction);
/* Copies kernel, ramdisk and device tree into the domain's RAM. */
int construct_load(struct construction *construction);

/* construct_memory.c: RAM at its gfns, and the devices it has. */
int construct_memory(struct construction *construction);
int construct_devices(struct construction *construction);

/* construct_passed.c: reads the passthrough tree and makes room in the layout. Before the domain
 * exists. */
int construct_passed(struct construction *construction);

/* construct_pv.c: pages, event channels and grants towards xenstored and xenconsoled. */
int construct_pv(struct construction *construction);

/* One line in the log: what failed. Returns error. */
int construct_failed(const struct construction *construction, const char *what, int error);

#endif
