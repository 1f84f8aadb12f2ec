/* SPDX-License-Identifier: MIT */
/* What joins domains: what was declared of them, event channels, and memory that they share. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <xen/bootfdt.h>
#include <xen/event_channel.h>

#include "context.h"

#define SHARES_MAX 65536u /* a domain has fewer, whatever answers */
#define PORTS_MAX  4096u  /* two-level event channels (public header event_channel.h) */

static enum libxl_code look(struct libxl_ctx *ctx, uint32_t domid, uint32_t other,
                            struct xen_domctl_trefoil_launch_info *out)
{
    const struct attempt attempt = {
        .what = "Looking at", .operation = OP_domctl_trefoil_launch_info, .domid = domid};
    return libxl_from_xc(
        ctx, xc_domain_launch_info_to(ctx->xc, (domid_t)domid, (domid_t)other, out), &attempt);
}

enum libxl_code libxl_domain_ties(struct libxl_ctx *ctx, uint32_t domid, uint32_t other,
                                  uint32_t *ties)
{
    struct xen_domctl_trefoil_launch_info here, there;
    *ties = 0;
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    enum libxl_code code = look(ctx, domid, other, &here);
    if (!code)
        code = look(ctx, other, domid, &there);
    if (code == LIBXL_UNSUPPORTED)
        return LIBXL_OK;
    if (code)
        return code;
    *ties = here.ties & (LIBXL_TIE_PEER | LIBXL_TIE_TARGET);
    if ((there.ties & XEN_DOMCTL_TREFOIL_TIE_TARGET) &&
        (there.capabilities & DOMAIN_CAPS_DEVICE_MODEL))
        *ties |= LIBXL_TIE_PEER;
    return LIBXL_OK;
}

static bool add_channel(struct libxl_channel **list, size_t *count,
                        const struct evtchn_status *status)
{
    struct libxl_channel *more = realloc(*list, (*count + 1) * sizeof(*more));
    if (!more)
        return false;
    *list = more;
    more[(*count)++] = (struct libxl_channel){status->port, status->u.interdomain.port};
    return true;
}

enum libxl_code libxl_domain_channels(struct libxl_ctx *ctx, uint32_t domid, uint32_t other,
                                      struct libxl_channel **list, size_t *count)
{
    const struct attempt attempt = {
        .what = "Looking at the event channels of", .operation = OP_evtchn_status, .domid = domid};
    struct evtchn_status status;
    enum libxl_code code = LIBXL_OK;
    *list = NULL;
    *count = 0;
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    for (uint32_t port = 1; port < PORTS_MAX && !code; port++) {
        int rc = xc_evtchn_status(ctx->xc, (domid_t)domid, port, &status);
        if (rc == -EINVAL)
            break;
        if (rc < 0)
            code = libxl_from_xc(ctx, rc, &attempt);
        else if (status.status == EVTCHNSTAT_interdomain && status.u.interdomain.dom == other &&
                 !add_channel(list, count, &status))
            code = libxl_fail(ctx, LIBXL_FAILED, "Out of memory.");
    }
    if (code) {
        free(*list);
        *list = NULL;
        *count = 0;
    }
    return code;
}

static bool add_share(struct libxl_share **list, size_t *count, uint32_t domid,
                      const struct xen_domctl_trefoil_shared_memory *share)
{
    struct libxl_share *more = realloc(*list, (*count + 1) * sizeof(*more));
    if (!more)
        return false;
    *list = more;
    more += (*count)++;
    *more = (struct libxl_share){.domid = share->domain,
                                 .owner = share->flags & XEN_DOMCTL_TREFOIL_SHARE_OWNER,
                                 .address = share->domain == domid ? share->address : UINT64_MAX,
                                 .size = share->size};
    memcpy(more->id, share->id, sizeof(more->id));
    libxl_make_printable(more->id, strlen(more->id), "");
    return true;
}

enum libxl_code libxl_domain_shares(struct libxl_ctx *ctx, uint32_t domid,
                                    struct libxl_share **list, size_t *count)
{
    const struct attempt attempt = {.what = "Looking at the shared memory of",
                                    .operation = OP_domctl_trefoil_shared_memory,
                                    .domid = domid};
    struct xen_domctl_trefoil_shared_memory share = {0};
    enum libxl_code code = LIBXL_OK;
    int rc = 0;
    *list = NULL;
    *count = 0;
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    for (uint32_t position = 0; !code && *count < SHARES_MAX; position = share.position) {
        rc = xc_domain_shared_memory(ctx->xc, (domid_t)domid, position, &share);
        if (rc < 0 || share.position <= position)
            break;
        if (!add_share(list, count, domid, &share))
            code = libxl_fail(ctx, LIBXL_FAILED, "Out of memory.");
    }
    if (!code && rc < 0 && rc != -ENOENT && rc != -ENOSYS)
        code = libxl_from_xc(ctx, rc, &attempt);
    if (code == LIBXL_UNSUPPORTED)
        return LIBXL_OK;
    if (code) {
        free(*list);
        *list = NULL;
        *count = 0;
    }
    return code;
}
