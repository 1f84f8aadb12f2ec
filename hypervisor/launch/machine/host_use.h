/* SPDX-License-Identifier: MIT */
/* What becomes of a node of the host's tree in the hardware domain. Inner header of launch/. */
#ifndef LAUNCH_HOST_USE_H
#define LAUNCH_HOST_USE_H

#include "tree/tree.h"

enum host_use {
    HOST_GIVEN,      /* copied; its registers and interrupts go to the hardware domain */
    HOST_REPLACED,   /* the domain has a node of its own instead */
    HOST_PASSED,     /* marked with xen,passthrough: left out as well, other domains may have it */
    HOST_WITHHELD,   /* a device that it does not get: left out, and said in the log */
    HOST_CONTROLLER, /* of interrupts: rewritten in its place */
    HOST_UART,       /* the hypervisor's console: copied, but disabled */
};

/* Of the walk's node, which is in the tree that the machine was read from. */
enum host_use host_use_of(const struct tree_walk *walk, const struct machine *machine);
/* Is this interrupt line the hypervisor's own? */
bool host_keeps_line(const struct machine *machine, uint32_t line);
/* Is nothing in these pages RAM or the hypervisor's? */
bool host_may_be_given(const struct machine *machine, struct paddr_range range);

#endif
