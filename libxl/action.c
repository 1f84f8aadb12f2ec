/* SPDX-License-Identifier: MIT */
/* What is done to a domain. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tools/clock.h>

#include "store.h"

enum libxl_code libxl_domain_pause(struct libxl_ctx *ctx, uint32_t domid)
{
    const struct attempt attempt = {
        .what = "Pausing", .operation = OP_domctl_pausedomain, .domid = domid};
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    return libxl_from_xc(ctx, xc_domain_pause(ctx->xc, (domid_t)domid), &attempt);
}

enum libxl_code libxl_domain_unpause(struct libxl_ctx *ctx, uint32_t domid)
{
    const struct attempt attempt = {
        .what = "Unpausing", .operation = OP_domctl_unpausedomain, .domid = domid};
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    return libxl_from_xc(ctx, xc_domain_unpause(ctx->xc, (domid_t)domid), &attempt);
}

/* The domain's /vm/UUID; init-dom0less of Xen 4.17 leaves the slash out that it begins with. */
static bool vm_path(struct libxl_ctx *ctx, uint32_t domid, char *path, size_t size)
{
    char vm[128];
    if (!libxl_store_read(ctx, vm, sizeof(vm), "/local/domain/%u/vm", domid))
        return false;
    snprintf(path, size, "%s%s", vm[0] == '/' ? "" : "/", vm);
    return true;
}

/*
 * Where the domains were described in xenstore by a toolstack, one has to clean up; what xenstored
 * wrote by itself, as it does on a hypervisor that says what it launched, it removes by itself.
 * What cannot be removed is left: the domain is gone.
 */
static void forget_domain(struct libxl_ctx *ctx, uint32_t domid, const uint8_t uuid[16])
{
    struct xs_handle *store = libxl_store(ctx);
    char path[64], *end = path + sprintf(path, "/vm/");
    if (!store)
        return;
    for (unsigned int i = 0; i < 16; i++) {
        bool dash = i == 4 || i == 6 || i == 8 || i == 10;
        end += sprintf(end, dash ? "-%02x" : "%02x", uuid[i]);
    }
    xs_rm(store, XBT_NULL, path);
    snprintf(path, sizeof(path), "/libxl/%u", domid);
    xs_rm(store, XBT_NULL, path);
    snprintf(path, sizeof(path), "/local/domain/%u", domid);
    xs_rm(store, XBT_NULL, path);
}

enum libxl_code libxl_domain_destroy(struct libxl_ctx *ctx, uint32_t domid)
{
    const struct attempt attempt = {
        .what = "Destroying", .operation = OP_domctl_destroydomain, .domid = domid};
    struct xen_domctl_trefoil_launch_info launch;
    struct xen_domctl_getdomaininfo info;
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    bool foreign = xc_domain_launch_info(ctx->xc, (domid_t)domid, &launch) == -EOPNOTSUPP &&
                   !xc_domain_info(ctx->xc, (domid_t)domid, &info);
    int rc = xc_domain_destroy(ctx->xc, (domid_t)domid);
    if (rc >= 0 && foreign)
        forget_domain(ctx, domid, info.handle);
    return libxl_from_xc(ctx, rc, &attempt);
}

enum libxl_code libxl_domain_request(struct libxl_ctx *ctx, uint32_t domid, const char *request)
{
    struct xs_handle *store = libxl_store(ctx);
    if (!store)
        return LIBXL_NO_XENSTORED;
    char path[64], state[16];
    snprintf(path, sizeof(path), "/local/domain/%u", domid);
    if (!libxl_store_read(ctx, state, sizeof(state), "%s/control/shutdown", path))
        return libxl_fail(
            ctx, LIBXL_UNSUPPORTED,
            "Domain %u has no control/shutdown in xenstore: its kernel cannot be asked to %s.",
            domid, request);
    snprintf(path, sizeof(path), "/local/domain/%u/control/shutdown", domid);
    if (xs_write(store, XBT_NULL, path, request, (unsigned int)strlen(request)))
        return LIBXL_OK;
    if (errno == EACCES || errno == EPERM)
        return libxl_fail(
            ctx, LIBXL_NOT_PERMITTED,
            "Asking domain %u to %s is not permitted in this domain: it takes the role control.",
            domid, request);
    return libxl_fail(ctx, LIBXL_FAILED, "Writing %s: %s.", path, strerror(errno));
}

uint64_t libxl_domain_instance(struct libxl_ctx *ctx, uint32_t domid)
{
    struct xen_domctl_get_domain_state state;
    domid_t found;
    if (!libxl_xc(ctx) || xc_domain_state(ctx->xc, (domid_t)domid, &found, &state) < 0)
        return 0;
    return state.unique_id;
}

/* Whether the domain has come to its end. A domain that is no longer there has. */
static enum libxl_code ended(struct libxl_ctx *ctx, uint32_t domid, uint64_t instance,
                             bool *is_over)
{
    struct libxl_domain domain;
    enum libxl_code code = libxl_domain_get(ctx, domid, &domain);
    *is_over = code == LIBXL_NO_DOMAIN || (!code && (domain.shutdown || domain.dying)) ||
               (instance && libxl_domain_instance(ctx, domid) != instance);
    return code == LIBXL_NO_DOMAIN ? LIBXL_OK : code;
}

enum libxl_code libxl_domain_wait(struct libxl_ctx *ctx, uint32_t domid, uint64_t instance,
                                  int seconds)
{
    struct xs_handle *store = libxl_watch_domains(ctx);
    const int64_t limit = clock_ms() + (int64_t)seconds * 1000;
    for (;;) {
        bool is_over;
        enum libxl_code code = ended(ctx, domid, instance, &is_over);
        if (code || is_over)
            return code;
        if (seconds >= 0 && clock_ms() >= limit)
            return libxl_fail(ctx, LIBXL_TIMEOUT, "Domain %u has not ended within %d s.", domid,
                              seconds);
        libxl_await_change(store);
    }
}

void libxl_domain_start_time(struct libxl_ctx *ctx, uint32_t domid, char out[LIBXL_START_MAX])
{
    char vm[160];
    if (!vm_path(ctx, domid, vm, sizeof(vm)) ||
        !libxl_store_read(ctx, out, LIBXL_START_MAX, "%s/start_time", vm))
        out[0] = '\0';
}

/* Seconds since this domain started. */
static uint64_t own_uptime(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (uint64_t)now.tv_sec;
}

enum libxl_code libxl_domain_uptime(struct libxl_ctx *ctx, uint32_t domid, uint64_t *seconds)
{
    struct xen_domctl_trefoil_launch_info launch;
    char start[LIBXL_START_MAX];
    if (libxl_xc(ctx) && xc_domain_launch_info(ctx->xc, (domid_t)domid, &launch) >= 0 &&
        launch.age) {
        *seconds = launch.age / 1000000000;
        return LIBXL_OK;
    }
    if (!libxl_store(ctx))
        return LIBXL_NO_XENSTORED;
    if (libxl_own_domid(ctx) == domid) {
        *seconds = own_uptime();
        return LIBXL_OK;
    }
    libxl_domain_start_time(ctx, domid, start);
    if (start[0]) {
        time_t since = (time_t)strtoll(start, NULL, 10), now = time(NULL);
        *seconds = since >= 0 && now > since ? (uint64_t)(now - since) : 0;
        return LIBXL_OK;
    }
    return libxl_fail(ctx, LIBXL_UNSUPPORTED, "xenstore does not say when domain %u was started.",
                      domid);
}
