/* SPDX-License-Identifier: MIT */
/* What is remembered of domains from one look at them to the next. */
#ifndef LIBXL_MEMORY_H
#define LIBXL_MEMORY_H

#include <libxl/counters.h>

#include "context.h"

struct remembered {
    uint32_t domid;
    uint64_t instance; /* of another life all else is unknown */
    bool is_launch_known;
    struct xen_domctl_trefoil_launch_info launch;
    bool is_served_known, is_served, is_to_be_asked;
};

/* To be called with each list of domains: forgets those that have gone. Does nothing where nothing
 * is to be remembered; where lives cannot be told apart, all is forgotten. */
void libxl_memory_renew(struct libxl_ctx *ctx);

/* The counters that the last look took, for one that asks for them after it, once. False: there are
 * none. */
bool libxl_memory_counters(struct libxl_ctx *ctx, struct libxl_domain_counters **list,
                           size_t *count, uint64_t *now_ns);

/* NULL: nothing is, nor is to be. */
struct remembered *libxl_memory_find(struct libxl_ctx *ctx, uint32_t domid);

#endif
