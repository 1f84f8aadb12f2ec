/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "context.h"

static enum libxl_code get(struct libxl_ctx *ctx, uint32_t domid, uint32_t vcpu,
                           struct libxl_vcpu *out)
{
    const struct attempt attempt = {
        .what = "Looking at the vcpus of", .operation = OP_domctl_getvcpuinfo, .domid = domid};
    struct xen_domctl_getvcpuinfo info;
    enum libxl_code code =
        libxl_from_xc(ctx, xc_vcpu_info(ctx->xc, (domid_t)domid, vcpu, &info), &attempt);
    if (code)
        return code;
    *out = (struct libxl_vcpu){
        .domid = domid,
        .vcpu = vcpu,
        .cpu = info.cpu,
        .online = info.online,
        .running = info.running,
        .blocked = info.blocked,
        .cpu_time_ns = info.cpu_time,
    };
    int rc = xc_vcpu_get_affinity(ctx->xc, (domid_t)domid, vcpu, out->hard, out->soft,
                                  sizeof(out->hard));
    return libxl_from_xc(ctx, rc, &attempt);
}

enum libxl_code libxl_vcpu_list(struct libxl_ctx *ctx, uint32_t domid, struct libxl_vcpu **list,
                                size_t *count)
{
    struct libxl_domain domain;
    *list = NULL;
    enum libxl_code code = libxl_domain_get(ctx, domid, &domain);
    if (code)
        return code;
    *list = calloc(domain.vcpus ? domain.vcpus : 1, sizeof(**list));
    if (!*list)
        return libxl_fail(ctx, LIBXL_FAILED, "Out of memory.");
    for (*count = 0; *count < domain.vcpus && !code; (*count)++)
        code = get(ctx, domid, (uint32_t)*count, &(*list)[*count]);
    if (code) {
        free(*list);
        *list = NULL;
    }
    return code;
}

enum libxl_code libxl_vcpu_set_affinity(struct libxl_ctx *ctx, uint32_t domid, uint32_t vcpu,
                                        const uint8_t *hard, const uint8_t *soft)
{
    const struct attempt attempt = {
        .what = "Pinning a vcpu of", .operation = OP_domctl_setvcpuaffinity, .domid = domid};
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    int rc = xc_vcpu_set_affinity(ctx->xc, (domid_t)domid, vcpu, hard, soft, LIBXL_MAP_BYTES);
    return libxl_from_xc(ctx, rc, &attempt);
}
