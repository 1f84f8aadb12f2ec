/* SPDX-License-Identifier: MIT */
/* Domains' shares of time, by the schedulers that weigh them. */
#include <stdio.h>

#include "context.h"

/* XEN_SCHEDULER_, asked once; negative: refused. */
static int scheduler(struct libxl_ctx *ctx)
{
    if (!ctx->scheduler_asked) {
        ctx->scheduler = xc_sched_id(ctx->xc);
        ctx->scheduler_asked = true;
    }
    return ctx->scheduler;
}

enum libxl_code libxl_scheduler(struct libxl_ctx *ctx, uint32_t *out)
{
    const struct attempt attempt = {.what = "Asking for the scheduler",
                                    .operation = OP_sysctl_sched_id,
                                    .domid = DOMID_INVALID};
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    int id = scheduler(ctx);
    *out = (uint32_t)id;
    return libxl_from_xc(ctx, id, &attempt);
}

static bool weighs(int id)
{
    return id == XEN_SCHEDULER_CREDIT || id == XEN_SCHEDULER_CREDIT2;
}

enum libxl_code libxl_domain_share(struct libxl_ctx *ctx, struct libxl_domain *domain)
{
    const struct attempt attempt = {.what = "Looking at the share of time of",
                                    .operation = OP_domctl_scheduler_op_get,
                                    .domid = domain->domid};
    uint32_t id;
    enum libxl_code code = libxl_scheduler(ctx, &id);
    if (code)
        return code;
    snprintf(domain->scheduler, sizeof(domain->scheduler), "%s", libxl_scheduler_name(id));
    if (!weighs((int)id)) {
        domain->scheduler_weight = domain->scheduler_cap = 0;
        return LIBXL_OK;
    }
    struct xen_domctl_scheduler_op op = {.sched_id = id, .cmd = XEN_DOMCTL_SCHEDOP_getinfo};
    code =
        libxl_from_xc(ctx, xc_domain_scheduler_op(ctx->xc, (domid_t)domain->domid, &op), &attempt);
    if (code)
        return code;
    /* The two schedulers have them in the same place. */
    domain->scheduler_weight = op.u.credit2.weight;
    domain->scheduler_cap = op.u.credit2.cap;
    return LIBXL_OK;
}

enum libxl_code libxl_domain_set_share(struct libxl_ctx *ctx, const struct libxl_domain *domain)
{
    const struct attempt attempt = {.what = "Changing the share of time of",
                                    .operation = OP_domctl_scheduler_op_put,
                                    .domid = domain->domid};
    const uint32_t most = LIBXL_CAP_PER_VCPU * domain->vcpus;
    uint32_t id;
    enum libxl_code code = libxl_scheduler(ctx, &id);
    if (code)
        return code;
    if (domain->scheduler_weight < 1 || domain->scheduler_weight > LIBXL_WEIGHT_MAX)
        return libxl_fail(ctx, LIBXL_FAILED, "A weight of %u: it must be 1 to %u.",
                          domain->scheduler_weight, LIBXL_WEIGHT_MAX);
    if (domain->scheduler_cap > most)
        return libxl_fail(ctx, LIBXL_FAILED,
                          "A cap of %u percent: it must be at most %u, %u for each vcpu of '%s'.",
                          domain->scheduler_cap, most, LIBXL_CAP_PER_VCPU, domain->name);
    struct xen_domctl_scheduler_op op = {.sched_id = id, .cmd = XEN_DOMCTL_SCHEDOP_putinfo};
    op.u.credit2.weight = (uint16_t)domain->scheduler_weight;
    op.u.credit2.cap = (uint16_t)domain->scheduler_cap;
    return libxl_from_xc(ctx, xc_domain_scheduler_op(ctx->xc, (domid_t)domain->domid, &op),
                         &attempt);
}
