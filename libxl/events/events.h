/* SPDX-License-Identifier: MIT */
/* What the parts of libxl/events share. */
#ifndef LIBXL_EVENTS_EVENTS_H
#define LIBXL_EVENTS_EVENTS_H

#include <libxl/events.h>

#include "../context.h"

/* A kind that is none of the hypervisor's. The text names its details: {name}, a number, or
 * {name:word}, as in <xen/trefoil_event.def>. */
struct store_kind {
    const char *name, *text;
};
/* Ended by one without a name; the first is "lost". */
extern const struct store_kind libxl_other_kinds[];

/* What an event of the hypervisor says, in words. `time_ns`: when that was, since 1970. */
void libxl_event_describe(struct libxl_ctx *ctx, const struct xen_trefoil_event *event,
                          uint64_t time_ns, struct libxl_event *out);
/* One of libxl_other_kinds, of a domain or LIBXL_NOT_TOLD, now. */
void libxl_event_other(struct libxl_ctx *ctx, const char *kind, uint32_t domid,
                       struct libxl_event *out);
/* Adds a detail, and its value to the text where that names it. */
void libxl_event_detail(struct libxl_event *event, const char *name, bool number,
                        const char *value);

#endif
