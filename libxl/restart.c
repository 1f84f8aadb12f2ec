/* SPDX-License-Identifier: MIT */
/* Restarting boot-time domains: the hypervisor does it, and does not need the domain to be there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl/fields.h>
#include <tools/clock.h>

#include "store.h"

enum libxl_code libxl_boot_domain_next(struct libxl_ctx *ctx, uint32_t from, uint32_t *domid,
                                       char name[LIBXL_NAME_MAX])
{
    struct xen_domctl_trefoil_restart restart;
    domid_t found;
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    if (from >= DOMID_FIRST_RESERVED ||
        xc_domain_restart(ctx->xc, (domid_t)from, XEN_DOMCTL_TREFOIL_RESTART_NEXT, &found,
                          &restart) < 0 ||
        found < from)
        return libxl_fail(ctx, LIBXL_NO_DOMAIN, "There is no other boot-time domain.");
    *domid = found;
    snprintf(name, LIBXL_NAME_MAX, "%s", restart.name);
    return LIBXL_OK;
}

/* The one of the name; the hypervisor lists those that this domain may restart. */
static enum libxl_code find_listed(struct libxl_ctx *ctx, const char *name, uint32_t *domid)
{
    char found_name[LIBXL_NAME_MAX];
    uint32_t found = 0;
    for (uint32_t from = 0; !libxl_boot_domain_next(ctx, from, &found, found_name);
         from = found + 1u) {
        if (!strcmp(found_name, name)) {
            *domid = found;
            return LIBXL_OK;
        }
    }
    return libxl_fail(ctx, LIBXL_NO_DOMAIN,
                      "There is no boot-time domain named '%s' that could be restarted.", name);
}

enum libxl_code libxl_boot_domain_find(struct libxl_ctx *ctx, const char *name_or_id,
                                       uint32_t *domid)
{
    enum libxl_code code = libxl_domain_find(ctx, name_or_id, domid);
    return code == LIBXL_NO_DOMAIN && ctx->xc ? find_listed(ctx, name_or_id, domid) : code;
}

bool libxl_can_restart(struct libxl_ctx *ctx, uint32_t domid)
{
    struct xen_domctl_trefoil_launch_info launch;
    /* Another hypervisor has a toolstack that restarts domains; and what is not told may be. */
    return !libxl_xc(ctx) || xc_domain_launch_info(ctx->xc, (domid_t)domid, &launch) < 0 ||
           !(launch.capabilities & LIBXL_ROLE_HARDWARE);
}

/* What -EOPNOTSUPP says: the hypervisor has the domain, but not this, or has none of it. */
static enum libxl_code not_supported(struct libxl_ctx *ctx, uint32_t domid)
{
    struct xen_domctl_trefoil_restart restart;
    domid_t found;
    if (xc_domain_restart(ctx->xc, (domid_t)domid, XEN_DOMCTL_TREFOIL_RESTART_ASK, &found,
                          &restart) < 0)
        return libxl_fail(ctx, LIBXL_UNSUPPORTED, "This hypervisor does not start domains again.");
    return libxl_fail(ctx, LIBXL_UNSUPPORTED,
                      "%s (domain %u) cannot be restarted alone: its devices may still write into "
                      "its memory.",
                      restart.name, domid);
}

enum libxl_code libxl_domain_restart(struct libxl_ctx *ctx, uint32_t domid)
{
    const struct attempt attempt = {
        .what = "Restarting", .operation = OP_domctl_trefoil_restart, .domid = domid};
    struct xen_domctl_trefoil_restart restart;
    domid_t found;
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    if (libxl_own_domid(ctx) == domid)
        return libxl_fail(ctx, LIBXL_UNSUPPORTED,
                          "Domain %u is this one: it restarts when it reboots.", domid);
    int rc = xc_domain_restart(ctx->xc, (domid_t)domid, XEN_DOMCTL_TREFOIL_RESTART_START, &found,
                               &restart);
    enum libxl_code code = libxl_from_xc(ctx, rc, &attempt);
    if (code == LIBXL_UNSUPPORTED)
        return not_supported(ctx, domid);
    if (code == LIBXL_NO_DOMAIN)
        return libxl_fail(ctx, code, "There is no boot-time domain %u.", domid);
    return code;
}

static bool is_running(struct libxl_ctx *ctx, uint32_t domid)
{
    struct xen_domctl_trefoil_launch_info launch;
    return xc_domain_launch_info(ctx->xc, (domid_t)domid, &launch) >= 0 &&
           launch.state == XEN_DOMCTL_TREFOIL_LAUNCH_RUNNING;
}

static bool runs(struct libxl_ctx *ctx, uint32_t domid, uint64_t instance)
{
    return is_running(ctx, domid) && libxl_domain_instance(ctx, domid) != instance;
}

static enum libxl_code timed_out(struct libxl_ctx *ctx, uint32_t state, uint32_t domid, int seconds)
{
    const char *why = "it is not yet built";
    if (state == XEN_DOMCTL_TREFOIL_RESTART_WAITING)
        why = "others still hold pages of the old one; 'xl dmesg' says who";
    if (state == XEN_DOMCTL_TREFOIL_RESTART_DELAYED)
        why = "it kept ending soon after its start; 'xl dmesg' says why";
    return libxl_fail(ctx, LIBXL_TIMEOUT, "Domain %u does not run again after %d s: %s.", domid,
                      seconds, why);
}

static enum libxl_code stays_away(struct libxl_ctx *ctx, uint32_t domid, int error)
{
    return libxl_fail(ctx, LIBXL_FAILED,
                      "Domain %u has ended and is not started again%s%s; 'xl dmesg' says why.",
                      domid, error ? ": " : "", error ? strerror(-error) : "");
}

/* How far the domain's restart is. */
static enum libxl_code ask(struct libxl_ctx *ctx, uint32_t domid,
                           struct xen_domctl_trefoil_restart *restart)
{
    const struct attempt attempt = {
        .what = "Restarting", .operation = OP_domctl_trefoil_restart, .domid = domid};
    domid_t found;
    int rc =
        xc_domain_restart(ctx->xc, (domid_t)domid, XEN_DOMCTL_TREFOIL_RESTART_ASK, &found, restart);
    return libxl_from_xc(ctx, rc, &attempt);
}

enum libxl_code libxl_domain_next(struct libxl_ctx *ctx, uint32_t domid, uint64_t instance,
                                  enum libxl_next *next)
{
    struct xen_domctl_trefoil_restart restart;
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    if (is_running(ctx, domid)) {
        *next = libxl_domain_instance(ctx, domid) == instance ? LIBXL_NEXT_SAME : LIBXL_NEXT_RUNS;
        return LIBXL_OK;
    }
    *next = LIBXL_NEXT_NONE;
    enum libxl_code code = ask(ctx, domid, &restart);
    if (!code && !restart.error && restart.state != XEN_DOMCTL_TREFOIL_RESTART_NONE)
        *next = LIBXL_NEXT_COMES;
    return code;
}

enum libxl_code libxl_domain_wait_restarted(struct libxl_ctx *ctx, uint32_t domid,
                                            uint64_t instance, int seconds)
{
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    struct xs_handle *store = libxl_watch_domains(ctx);
    const int64_t limit = clock_ms() + (int64_t)seconds * 1000;
    /* Between an end and what follows it there is a moment with nothing under way. */
    for (unsigned int idle = 0; idle < 3;) {
        struct xen_domctl_trefoil_restart restart;
        enum libxl_code code = ask(ctx, domid, &restart);
        if (code)
            return code;
        if (runs(ctx, domid, instance))
            return LIBXL_OK;
        if (restart.error)
            return stays_away(ctx, domid, restart.error);
        if (seconds >= 0 && clock_ms() >= limit)
            return timed_out(ctx, restart.state, domid, seconds);
        idle += restart.state == XEN_DOMCTL_TREFOIL_RESTART_NONE;
        libxl_await_change(store);
    }
    return stays_away(ctx, domid, 0);
}

enum libxl_code libxl_domain_stays(struct libxl_ctx *ctx, uint32_t domid, int seconds)
{
    struct libxl_domain domain;
    uint64_t instance = libxl_domain_instance(ctx, domid);
    enum libxl_code code = libxl_domain_wait(ctx, domid, instance, seconds);
    if (code == LIBXL_TIMEOUT)
        return LIBXL_OK;
    if (code != LIBXL_OK)
        return code;
    const char *reason = NULL;
    if (libxl_domain_get(ctx, domid, &domain) == LIBXL_OK && domain.shutdown)
        reason = libxl_reason_name(domain.shutdown_reason);
    return libxl_fail(ctx, LIBXL_FAILED,
                      "Domain %u runs again, but has ended at once%s%s; 'xl dmesg' says more.",
                      domid, reason ? ": " : "", reason ? reason : "");
}
