/* SPDX-License-Identifier: MIT */
#include "context.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl/fields.h>

struct libxl_ctx *libxl_open(void)
{
    return calloc(1, sizeof(struct libxl_ctx));
}

void libxl_close(struct libxl_ctx *ctx)
{
    if (!ctx)
        return;
    xc_close(ctx->xc);
    xs_close(ctx->store);
    free(ctx);
}

const char *libxl_error(const struct libxl_ctx *ctx)
{
    return ctx->error;
}

enum libxl_code libxl_fail(struct libxl_ctx *ctx, enum libxl_code code, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(ctx->error, sizeof(ctx->error), format, list);
    va_end(list);
    libxl_make_printable(ctx->error, strlen(ctx->error), "\n");
    return code;
}

struct xc_interface *libxl_xc(struct libxl_ctx *ctx)
{
    if (ctx->xc)
        return ctx->xc;
    ctx->xc = xc_open();
    if (!ctx->xc) {
        const char *choice = getenv("TREFOIL_TRANSPORT");
        libxl_fail(ctx, LIBXL_NO_HYPERVISOR, "no way to the hypervisor%s%s: %s",
                   choice ? " by TREFOIL_TRANSPORT=" : "", choice ? choice : "", strerror(errno));
    }
    return ctx->xc;
}

static const struct {
    int error;
    enum libxl_code code;
} codes[] = {
    {ESRCH, LIBXL_NO_DOMAIN},        {EPERM, LIBXL_NOT_PERMITTED}, {EACCES, LIBXL_NOT_PERMITTED},
    {ENODEV, LIBXL_NO_HYPERVISOR},   {EPROTO, LIBXL_VERSION},      {ENOSYS, LIBXL_UNSUPPORTED},
    {EOPNOTSUPP, LIBXL_UNSUPPORTED},
};

static enum libxl_code code_of(int error)
{
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        if (codes[i].error == error)
            return codes[i].code;
    }
    return LIBXL_FAILED;
}

/* "app (domain 2)", "domain 2", or "" when it is about no domain. */
static void describe_domain(struct libxl_ctx *ctx, uint32_t domid, char *out, size_t size)
{
    struct xen_domctl_trefoil_launch_info info;
    out[0] = '\0';
    if (domid == DOMID_INVALID)
        return;
    if (xc_domain_launch_info(ctx->xc, (domid_t)domid, &info) >= 0 && info.name[0])
        snprintf(out, size, " %s (domain %u)", info.name, domid);
    else
        snprintf(out, size, " domain %u", domid);
}

/* The policy in force; where the hypervisor has none of ours, dummy is the nearest. */
static enum policy_id policy_in_force(struct libxl_ctx *ctx)
{
    struct xen_domctl_trefoil_launch_info info;
    if (!libxl_xc(ctx) || xc_domain_launch_info(ctx->xc, DOMID_SELF, &info) < 0 ||
        info.policy >= POLICY_COUNT)
        return POLICY_DUMMY;
    return (enum policy_id)info.policy;
}

void libxl_roles_for(struct libxl_ctx *ctx, enum policy_operation operation, char *out, size_t size)
{
    enum policy_relation relation =
        policy_operation_target(operation) == TARGET_system ? RELATION_SYSTEM : RELATION_OTHER;
    uint32_t roles = policy_sufficient_roles(policy_in_force(ctx), operation, 0, relation);
    snprintf(out, size, "%s", roles ? "" : "that no domain has");
    for (unsigned int i = 0; libxl_role_name(i); i++) {
        size_t length = strlen(out);
        if (roles & (1u << i))
            snprintf(out + length, size - length, "%s%s", length ? " or " : "", libxl_role_name(i));
    }
}

enum libxl_code libxl_from_xc(struct libxl_ctx *ctx, int64_t rc, const struct attempt *attempt)
{
    if (rc >= 0)
        return LIBXL_OK;
    enum libxl_code code = code_of((int)-rc);
    if (code == LIBXL_NOT_PERMITTED && xc_kernel_refuses(ctx->xc))
        code = LIBXL_KERNEL_REFUSES;
    char reason[sizeof(ctx->error)];
    snprintf(reason, sizeof(reason), "%s", xc_error(ctx->xc));

    char domain[LIBXL_NAME_MAX + 24], roles[80];
    describe_domain(ctx, attempt->domid, domain, sizeof(domain));
    switch (code) {
    case LIBXL_NO_DOMAIN:
        return libxl_fail(ctx, code, "Domain '%u' does not exist.", attempt->domid);
    case LIBXL_NOT_PERMITTED:
        libxl_roles_for(ctx, attempt->operation, roles, sizeof(roles));
        return libxl_fail(ctx, code, "%s%s is not permitted in this domain: it takes the role %s.",
                          attempt->what, domain, roles);
    default: return libxl_fail(ctx, code, "%s%s failed: %.300s.", attempt->what, domain, reason);
    }
}
