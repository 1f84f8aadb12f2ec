/* SPDX-License-Identifier: MIT */
/*
 * Domains and their names. A name comes from the hypervisor, which has it from the device tree: it
 * is there without xenstored, and no other domain can change it. xenstore is asked where the
 * hypervisor does not say.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl/fields.h>

#include "memory.h"
#include "store.h"

#define LIST_STEP 256u

static const struct attempt looking = {
    .what = "Looking at domains", .operation = OP_sysctl_getdomaininfolist, .domid = DOMID_INVALID};

static const struct {
    uint32_t flag;
    uint32_t role;
} role_flags[] = {
    {XEN_DOMINF_control, LIBXL_ROLE_CONTROL},
    {XEN_DOMINF_hardware, LIBXL_ROLE_HARDWARE},
    {XEN_DOMINF_xs_domain, LIBXL_ROLE_XENSTORE},
    {XEN_DOMINF_device_model, LIBXL_ROLE_DEVICE_MODEL},
    {XEN_DOMINF_not_hypercall_target, LIBXL_ROLE_UNTARGETABLE},
};

static uint32_t roles_of(uint32_t flags)
{
    uint32_t roles = 0;
    for (size_t i = 0; i < sizeof(role_flags) / sizeof(role_flags[0]); i++) {
        if (flags & role_flags[i].flag)
            roles |= role_flags[i].role;
    }
    return roles;
}

/* Without any, the highest id is one below 0. */
static uint32_t vcpus_of(const struct xen_domctl_getdomaininfo *info)
{
    uint32_t count = info->max_vcpu_id + 1;
    return count < LIBXL_VCPUS_MAX ? count : LIBXL_VCPUS_MAX;
}

static uint64_t kib(uint64_t pages)
{
    return pages * 4;
}

/* What the tree said of it; all zeros where that cannot be known. */
static void get_launch(struct libxl_ctx *ctx, uint32_t domid,
                       struct xen_domctl_trefoil_launch_info *launch)
{
    struct remembered *known = libxl_memory_find(ctx, domid);
    if (known && known->is_launch_known) {
        *launch = known->launch;
    } else if (!ctx->xc || xc_domain_launch_info(ctx->xc, (domid_t)domid, launch) < 0) {
        memset(launch, 0, sizeof(*launch));
    } else if (known) {
        known->is_launch_known = true;
        known->launch = *launch;
    }
}

static bool find_name(struct libxl_ctx *ctx, uint32_t domid,
                      const struct xen_domctl_trefoil_launch_info *launch, char *name)
{
    if (launch->name[0]) {
        snprintf(name, LIBXL_NAME_MAX, "%s", launch->name);
        return true;
    }
    if (!libxl_store_read(ctx, name, LIBXL_NAME_MAX, "/local/domain/%u/name", domid))
        return false;
    return name[0];
}

/* A name from xenstore may be a guest's doing. */
static bool printable_name(struct libxl_ctx *ctx, uint32_t domid,
                           const struct xen_domctl_trefoil_launch_info *launch, char *name)
{
    if (!find_name(ctx, domid, launch, name))
        return false;
    libxl_make_printable(name, strlen(name), "");
    return true;
}

static bool name_known(struct libxl_ctx *ctx, uint32_t domid, char *name)
{
    struct xen_domctl_trefoil_launch_info launch;
    get_launch(ctx, domid, &launch);
    return printable_name(ctx, domid, &launch, name);
}

/* How the life before ended, in a word. */
static const char *end_name(uint8_t last_end)
{
    const char *name = last_end ? libxl_reason_name(last_end - 1u) : "";
    if (last_end == XEN_DOMCTL_TREFOIL_ENDED_BY_ANOTHER)
        return "destroyed";
    return name ? name : "unknown";
}

static void fill(struct libxl_ctx *ctx, const struct xen_domctl_getdomaininfo *info,
                 struct libxl_domain *out)
{
    struct xen_domctl_trefoil_launch_info launch;
    get_launch(ctx, info->domain, &launch);
    *out = (struct libxl_domain){
        .domid = info->domain,
        .running = info->flags & XEN_DOMINF_running,
        .blocked = info->flags & XEN_DOMINF_blocked,
        .paused = info->flags & XEN_DOMINF_paused,
        .shutdown = info->flags & XEN_DOMINF_shutdown,
        .dying = info->flags & XEN_DOMINF_dying,
        .roles = roles_of(info->flags),
        .vcpus_online = info->nr_online_vcpus,
        .vcpus = vcpus_of(info),
        .memory_kib = kib(info->tot_pages),
        .outstanding_kib = kib(info->outstanding_pages),
        .max_memory_kib = kib(info->max_pages),
        .shared_kib = kib(info->shr_pages),
        .paged_kib = kib(info->paged_pages),
        .cpu_time_ns = info->cpu_time,
        .cpupool = info->cpupool,
        .ssid = info->ssidref,
        .life = launch.life,
        .scheduler_weight = LIBXL_NOT_TOLD,
        .scheduler_cap = LIBXL_NOT_TOLD,
    };
    out->shutdown_reason = out->shutdown
                               ? (info->flags >> XEN_DOMINF_shutdownshift) & XEN_DOMINF_shutdownmask
                               : LIBXL_NO_REASON;
    memcpy(out->uuid, info->handle, sizeof(out->uuid));
    snprintf(out->last_end, sizeof(out->last_end), "%s", end_name(launch.last_end));
    if (!printable_name(ctx, out->domid, &launch, out->name))
        snprintf(out->name, sizeof(out->name), "domain-%u", out->domid);
}

enum libxl_code libxl_domain_get(struct libxl_ctx *ctx, uint32_t domid, struct libxl_domain *out)
{
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    const struct attempt attempt = {
        .what = "Looking at", .operation = OP_domctl_getdomaininfo, .domid = domid};
    if (domid >= DOMID_FIRST_RESERVED)
        return libxl_fail(ctx, LIBXL_NO_DOMAIN, "Domain '%u' does not exist.", domid);
    struct xen_domctl_getdomaininfo info;
    enum libxl_code code =
        libxl_from_xc(ctx, xc_domain_info(ctx->xc, (domid_t)domid, &info), &attempt);
    if (code)
        return code;
    fill(ctx, &info, out);
    return LIBXL_OK;
}

/* All domains as the hypervisor has them; *list is to be freed. */
static enum libxl_code list_raw(struct libxl_ctx *ctx, struct xen_domctl_getdomaininfo **list,
                                size_t *count)
{
    uint32_t first = 0;
    *list = NULL;
    *count = 0;
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    for (;;) {
        struct xen_domctl_getdomaininfo *more =
            realloc(*list, (*count + LIST_STEP) * sizeof(**list));
        if (!more) {
            free(*list);
            *list = NULL;
            *count = 0;
            return libxl_fail(ctx, LIBXL_FAILED, "Out of memory.");
        }
        *list = more;
        int got = xc_domain_list(ctx->xc, (domid_t)first, more + *count, LIST_STEP);
        if (got < 0) {
            free(more);
            *list = NULL;
            *count = 0;
            return libxl_from_xc(ctx, got, &looking);
        }
        *count += (size_t)got;
        /* An answer that does not go upwards would be given for ever. */
        uint32_t next = got ? (*list)[*count - 1].domain + 1u : 0;
        if ((unsigned int)got < LIST_STEP || next <= first || next >= DOMID_FIRST_RESERVED)
            return LIBXL_OK;
        first = next;
    }
}

enum libxl_code libxl_domain_list(struct libxl_ctx *ctx, struct libxl_domain **list, size_t *count)
{
    struct xen_domctl_getdomaininfo *raw;
    *list = NULL;
    enum libxl_code code = list_raw(ctx, &raw, count);
    if (code)
        return code;
    *list = calloc(*count ? *count : 1, sizeof(**list));
    if (!*list) {
        free(raw);
        return libxl_fail(ctx, LIBXL_FAILED, "Out of memory.");
    }
    libxl_memory_renew(ctx);
    for (size_t i = 0; i < *count; i++)
        fill(ctx, &raw[i], &(*list)[i]);
    free(raw);
    return LIBXL_OK;
}

enum libxl_code libxl_domain_name(struct libxl_ctx *ctx, uint32_t domid, char name[LIBXL_NAME_MAX])
{
    libxl_xc(ctx);
    if (name_known(ctx, domid, name))
        return LIBXL_OK;
    struct libxl_domain domain;
    enum libxl_code code = libxl_domain_get(ctx, domid, &domain);
    if (code)
        return code;
    snprintf(name, LIBXL_NAME_MAX, "%s", domain.name);
    return LIBXL_OK;
}

/* What scripts written for Xen call the domain 0 that theirs is. */
#define CLASSIC_NAME "Domain-0"

/* Nobody is called so: an error, but for domain 0's classic name. */
static enum libxl_code no_such_name(struct libxl_ctx *ctx, const char *name, uint32_t *domid)
{
    if (!strcmp(name, CLASSIC_NAME)) {
        *domid = 0;
        return LIBXL_OK;
    }
    return libxl_fail(ctx, LIBXL_NO_DOMAIN, "There is no domain named '%s'.", name);
}

/* Looks a name up in xenstore's list of domains. */
static enum libxl_code find_in_store(struct libxl_ctx *ctx, const char *name, uint32_t *domid)
{
    struct xs_handle *store = libxl_store(ctx);
    if (!store)
        return LIBXL_NO_XENSTORED;
    unsigned int count;
    char **ids = xs_directory(store, XBT_NULL, "/local/domain", &count);
    if (!ids)
        return libxl_fail(ctx, LIBXL_NOT_PERMITTED,
                          "Neither the hypervisor nor xenstore lets this domain see which domains "
                          "there are.");
    enum libxl_code code = LIBXL_NO_DOMAIN;
    for (unsigned int i = 0; i < count && code; i++) {
        char found[LIBXL_NAME_MAX];
        if (libxl_store_read(ctx, found, sizeof(found), "/local/domain/%s/name", ids[i]) &&
            !strcmp(found, name)) {
            *domid = (uint32_t)strtoul(ids[i], NULL, 10);
            code = LIBXL_OK;
        }
    }
    free(ids);
    return code ? no_such_name(ctx, name, domid) : LIBXL_OK;
}

static bool parse_domid(const char *text, uint32_t *domid)
{
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || value > UINT32_MAX)
        return false;
    *domid = (uint32_t)value;
    return true;
}

/* Whether this is the asking domain's own name, which every domain may know. */
static bool is_own_name(struct libxl_ctx *ctx, const char *name, uint32_t *domid)
{
    struct xen_domctl_trefoil_launch_info launch;
    char text[16];
    if (!ctx->xc || xc_domain_launch_info(ctx->xc, DOMID_SELF, &launch) < 0 ||
        strcmp(launch.name, name) || !libxl_store_read(ctx, text, sizeof(text), "domid"))
        return false;
    *domid = (uint32_t)strtoul(text, NULL, 10);
    return true;
}

/*
 * The hypervisor would not say (`refusal`): xenstore may, and if it does not, the refusal is what
 * matters.
 */
static enum libxl_code find_without_hypervisor(struct libxl_ctx *ctx, const char *name,
                                               uint32_t *domid, enum libxl_code refusal)
{
    char sentence[sizeof(ctx->error)];
    memcpy(sentence, ctx->error, sizeof(sentence));
    if (is_own_name(ctx, name, domid))
        return LIBXL_OK;
    enum libxl_code code = find_in_store(ctx, name, domid);
    if (code == LIBXL_OK || code == LIBXL_NO_DOMAIN)
        return code;
    memcpy(ctx->error, sentence, sizeof(sentence));
    return refusal;
}

enum libxl_code libxl_domain_find(struct libxl_ctx *ctx, const char *name_or_id, uint32_t *domid)
{
    if (parse_domid(name_or_id, domid))
        return LIBXL_OK;
    struct xen_domctl_getdomaininfo *raw;
    size_t count;
    enum libxl_code code = list_raw(ctx, &raw, &count);
    if (code)
        return find_without_hypervisor(ctx, name_or_id, domid, code);
    code = LIBXL_NO_DOMAIN;
    for (size_t i = 0; i < count && code; i++) {
        char name[LIBXL_NAME_MAX];
        if (name_known(ctx, raw[i].domain, name) && !strcmp(name, name_or_id)) {
            *domid = raw[i].domain;
            code = LIBXL_OK;
        }
    }
    free(raw);
    return code ? no_such_name(ctx, name_or_id, domid) : LIBXL_OK;
}
