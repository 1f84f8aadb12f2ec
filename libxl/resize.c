/* SPDX-License-Identifier: MIT */
/*
 * How much of its memory and how many of its vcpus a domain uses, and what it is called: what its
 * kernel is asked to do through xenstore, and limits. What a domain gives up stays its own.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

/* So often others may come in between. */
#define TRIES 10

static unsigned long long as_mib(uint64_t kib)
{
    return (unsigned long long)(kib / 1024);
}

/* Nobody but a domain's builder knows more of it than the hypervisor: what the tree made, the tree
 * says. */
static bool is_of_tree(struct libxl_ctx *ctx, uint32_t domid)
{
    struct xen_domctl_trefoil_launch_info launch;
    return xc_domain_launch_info(ctx->xc, (domid_t)domid, &launch) >= 0 && launch.name[0];
}

static enum libxl_code not_written(struct libxl_ctx *ctx, const char *path)
{
    if (errno == EACCES || errno == EPERM)
        return libxl_fail(ctx, LIBXL_NOT_PERMITTED,
                          "Writing %s is not permitted in this domain: it takes the role control.",
                          path);
    return libxl_fail(ctx, LIBXL_FAILED, "Writing %s: %s.", path, strerror(errno));
}

static enum libxl_code put(struct libxl_ctx *ctx, xs_transaction_t transaction, const char *path,
                           const char *value)
{
    return xs_write(libxl_store(ctx), transaction, path, value, (unsigned int)strlen(value))
               ? LIBXL_OK
               : not_written(ctx, path);
}

/* A number below the domain's memory directory; false where it has none. */
static bool read_kib(struct libxl_ctx *ctx, uint32_t domid, const char *name, uint64_t *kib)
{
    char text[32], *end;
    if (!libxl_store_read(ctx, text, sizeof(text), "/local/domain/%u/memory/%s", domid, name))
        return false;
    *kib = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end;
}

static enum libxl_code write_kib(struct libxl_ctx *ctx, uint32_t domid, const char *name,
                                 uint64_t kib)
{
    char path[64], text[32];
    snprintf(path, sizeof(path), "/local/domain/%u/memory/%s", domid, name);
    snprintf(text, sizeof(text), "%llu", (unsigned long long)kib);
    return put(ctx, XBT_NULL, path, text);
}

/* The domain, and that there is an xenstored. */
static enum libxl_code look(struct libxl_ctx *ctx, uint32_t domid, struct libxl_domain *domain)
{
    enum libxl_code code = libxl_domain_get(ctx, domid, domain);
    if (!code && !libxl_store(ctx))
        code = LIBXL_NO_XENSTORED;
    return code;
}

enum libxl_code libxl_domain_set_memory(struct libxl_ctx *ctx, uint32_t domid, uint64_t kib)
{
    struct libxl_domain domain;
    uint64_t target, most;
    enum libxl_code code = look(ctx, domid, &domain);
    if (code)
        return code;
    if (!read_kib(ctx, domid, "target", &target))
        return libxl_fail(
            ctx, LIBXL_UNSUPPORTED,
            "Domain %u (%s) has no memory/target in xenstore: its kernel is not asked to give "
            "memory up.",
            domid, domain.name);
    if (!read_kib(ctx, domid, "static-max", &most))
        most = domain.max_memory_kib;
    if (kib == 0 || kib > most)
        return libxl_fail(ctx, LIBXL_FAILED,
                          "%llu MiB for domain %u (%s): it must be 1 to %llu, which is all it has.",
                          as_mib(kib), domid, domain.name, as_mib(most));
    return write_kib(ctx, domid, "target", kib);
}

/*
 * What it may be at most: all that a domain of the tree ever has was set aside for it at boot. What
 * the domain is asked to have may be some KiB more than a whole number of MiB, which is what people
 * say and see: then it may have these, too.
 */
static enum libxl_code check_maximum(struct libxl_ctx *ctx, const struct libxl_domain *domain,
                                     uint64_t *asked)
{
    uint64_t target = 0, own = domain->memory_kib + domain->outstanding_kib, kib = *asked;
    if (!read_kib(ctx, domain->domid, "target", &target))
        target = 0;
    if (kib < target && as_mib(kib) == as_mib(target))
        kib = *asked = target;
    if (kib < target)
        return libxl_fail(
            ctx, LIBXL_FAILED,
            "%llu MiB for domain %u (%s) is less than the %llu it is asked to have: 'xl "
            "mem-set' first.",
            as_mib(kib), domain->domid, domain->name, as_mib(target));
    if (is_of_tree(ctx, domain->domid) && (kib == 0 || as_mib(kib) > as_mib(own)))
        return libxl_fail(
            ctx, LIBXL_FAILED,
            "%llu MiB for domain %u (%s): it must be 1 to %llu, its `memory` in the device "
            "tree.",
            as_mib(kib), domain->domid, domain->name, as_mib(own));
    return LIBXL_OK;
}

enum libxl_code libxl_domain_set_max_memory(struct libxl_ctx *ctx, uint32_t domid, uint64_t kib)
{
    const struct attempt attempt = {
        .what = "Limiting the memory of", .operation = OP_domctl_max_mem, .domid = domid};
    struct libxl_domain domain;
    enum libxl_code code = look(ctx, domid, &domain);
    if (!code)
        code = check_maximum(ctx, &domain, &kib);
    if (!code)
        code = libxl_from_xc(ctx, xc_domain_max_mem(ctx->xc, (domid_t)domid, kib), &attempt);
    return code ? code : write_kib(ctx, domid, "static-max", kib);
}

static enum libxl_code write_vcpus(struct libxl_ctx *ctx, xs_transaction_t transaction,
                                   const struct libxl_domain *domain, uint32_t online)
{
    enum libxl_code code = LIBXL_OK;
    for (uint32_t i = 0; i < domain->vcpus && !code; i++) {
        char path[80];
        snprintf(path, sizeof(path), "/local/domain/%u/cpu/%u/availability", domain->domid, i);
        code = put(ctx, transaction, path, i < online ? "online" : "offline");
    }
    return code;
}

enum libxl_code libxl_domain_set_vcpus(struct libxl_ctx *ctx, uint32_t domid, uint32_t online)
{
    struct libxl_domain domain;
    enum libxl_code code = look(ctx, domid, &domain);
    if (code)
        return code;
    if (online == 0 || online > domain.vcpus)
        return libxl_fail(ctx, LIBXL_FAILED, "%u vcpus for domain %u (%s): it must be 1 to %u.",
                          online, domid, domain.name, domain.vcpus);
    for (int i = 0; i < TRIES; i++) {
        xs_transaction_t transaction = xs_transaction_start(libxl_store(ctx));
        code = write_vcpus(ctx, transaction, &domain, online);
        if (xs_transaction_end(libxl_store(ctx), transaction, code != LIBXL_OK) || code)
            return code;
        if (errno != EAGAIN)
            break;
    }
    return libxl_fail(ctx, LIBXL_FAILED, "Writing the vcpus of domain %u (%s): %s.", domid,
                      domain.name, strerror(errno));
}

enum libxl_code libxl_domain_rename(struct libxl_ctx *ctx, uint32_t domid, const char *name)
{
    struct libxl_domain domain;
    uint32_t other;
    char path[64];
    enum libxl_code code = look(ctx, domid, &domain);
    if (code)
        return code;
    if (is_of_tree(ctx, domid))
        return libxl_fail(ctx, LIBXL_UNSUPPORTED,
                          "Domain %u is called '%s' by the device tree, and so by the hypervisor "
                          "and all domains: xen,domain-name there is what to change.",
                          domid, domain.name);
    if (!*name || strlen(name) >= LIBXL_NAME_MAX)
        return libxl_fail(ctx, LIBXL_FAILED, "A name has 1 to %d characters.", LIBXL_NAME_MAX - 1);
    if (libxl_domain_find(ctx, name, &other) == LIBXL_OK && other != domid)
        return libxl_fail(ctx, LIBXL_FAILED, "Domain %u is called '%s' already.", other, name);
    snprintf(path, sizeof(path), "/local/domain/%u/name", domid);
    return put(ctx, XBT_NULL, path, name);
}
