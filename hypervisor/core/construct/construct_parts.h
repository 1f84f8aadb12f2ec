/* SPDX-License-Identifier: MIT */
/* What the parts of domain_construct() share. */
#ifndef CORE_CONSTRUCT_PARTS_H
#define CORE_CONSTRUCT_PARTS_H

#include "sched/shared_work.h"
#include <trefoil/construct.h>

/* A domain under construction; too large for a stack. */
struct construction {
    const struct construct_context *context;
    const struct launch_domain *plan;
    struct domain *domain;
    bool hardware;
    bool again;                  /* its RAM is that of its life before */
    uint64_t piece;              /* bytes scrubbed or copied at a time */
    unsigned int step;           /* of those that follow creation */
    uint64_t position;           /* bytes of the step that are done */
    struct shared_work work;     /* the step, when others help with it */
    uint64_t work_began;         /* ns */
    int error;                   /* what ended it: the domain is being discarded */
    struct device_list devices;  /* of the hardware domain, whichever domain this is */
    struct launch_passed passed; /* what this domain's passthrough tree gives it */
    struct launch_passed other;  /* and another domain's, to compare */
    struct launch_layout layout;
    struct launch_sizes sizes;
    struct launch_placement placement;
};

/*
 * Each of these does one step, or a piece of it: then it returns -ERESTART and has moved position
 * on. On an error it logs a line that names the domain and returns a negative errno.
 */

/* construct_image.c: reads the kernel's header and finds a place for all that is loaded. Before the
 * domain exists. */
int construct_place(struct construction *construction);
/* What is copied or written into the domain's RAM. */
int construct_kernel(struct construction *construction);
int construct_ramdisk(struct construction *construction);
int construct_tree(struct construction *construction);

/* construct_memory.c: RAM at its gfns, its scrubbing, shared memory, and the devices it has. */
int construct_memory(struct construction *construction);
int construct_scrub(struct construction *construction);
int construct_devices(struct construction *construction);
/* What it shares with others, as it is: what is in it stays over the domain's restarts. */
int construct_shared(struct construction *construction);

/* construct_passed.c: reads the passthrough tree and makes room in the layout. Before the domain
 * exists. */
int construct_passed(struct construction *construction);

/* construct_pv.c: pages, event channels and grants towards xenstored and xenconsoled. */
int construct_pv(struct construction *construction);

/* A step of size bytes, of which pcpus with nothing else to do take pieces too. piece() gets the
 * construction. 0, or -ERESTART to be called again, or the error of a piece. */
int construct_share(struct construction *construction, uint64_t size,
                    int (*piece)(void *data, uint64_t start, uint64_t size));

/* What a module holds, NULL when it is not there: then nothing is copied of it. */
const uint8_t *construct_content(const struct launch_module *module);

/* One line in the log: what failed. Returns error. */
int construct_failed(const struct construction *construction, const char *what, int error);

#endif
