/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"

static const struct attempt looking = {.what = "Looking at the machine's topology",
                                       .operation = OP_sysctl_cputopoinfo,
                                       .domid = DOMID_INVALID};

enum libxl_code libxl_cpu_topology(struct libxl_ctx *ctx, struct libxl_cpu_topology **list,
                                   size_t *count)
{
    struct xen_sysctl_cputopo raw[LIBXL_PCPUS_MAX];
    *list = NULL;
    *count = 0;
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    int got = xc_cputopology(ctx->xc, raw, LIBXL_PCPUS_MAX);
    if (got < 0)
        return libxl_from_xc(ctx, got, &looking);
    *count = got < LIBXL_PCPUS_MAX ? (size_t)got : LIBXL_PCPUS_MAX;
    *list = calloc(*count ? *count : 1, sizeof(**list));
    if (!*list)
        return libxl_fail(ctx, LIBXL_FAILED, "Out of memory.");
    for (size_t i = 0; i < *count; i++)
        (*list)[i] =
            (struct libxl_cpu_topology){(uint32_t)i, raw[i].core, raw[i].socket, raw[i].node};
    return LIBXL_OK;
}

enum libxl_code libxl_node_list(struct libxl_ctx *ctx, struct libxl_node **list, size_t *count)
{
    struct xen_sysctl_meminfo memory[LIBXL_NODES_MAX];
    uint32_t distances[LIBXL_NODES_MAX * LIBXL_NODES_MAX];
    *list = NULL;
    *count = 0;
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    int got = xc_numainfo(ctx->xc, memory, distances, LIBXL_NODES_MAX);
    if (got < 0)
        return libxl_from_xc(ctx, got, &looking);
    size_t nodes = (unsigned int)got < LIBXL_NODES_MAX ? (size_t)got : LIBXL_NODES_MAX;
    *list = calloc(nodes ? nodes : 1, sizeof(**list));
    if (!*list)
        return libxl_fail(ctx, LIBXL_FAILED, "Out of memory.");
    *count = nodes;
    for (size_t i = 0; i < nodes; i++) {
        struct libxl_node *node = &(*list)[i];
        node->node = (uint32_t)i;
        node->total_mib = memory[i].memsize >> 20;
        node->free_mib = memory[i].memfree >> 20;
        memcpy(node->distance, &distances[i * nodes], nodes * sizeof(node->distance[0]));
    }
    return LIBXL_OK;
}

enum libxl_code libxl_domain_nodes(struct libxl_ctx *ctx, uint32_t domid,
                                   uint8_t map[LIBXL_NODE_MAP_BYTES])
{
    const struct attempt attempt = {
        .what = "Looking at the nodes of", .operation = OP_domctl_getnodeaffinity, .domid = domid};
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    return libxl_from_xc(ctx, xc_domain_nodes(ctx->xc, (domid_t)domid, map, LIBXL_NODE_MAP_BYTES),
                         &attempt);
}

/* That or the first after it; false, with the code of an error, when there is none. */
static bool pool_from(struct libxl_ctx *ctx, uint32_t id, struct libxl_pool *pool,
                      enum libxl_code *code)
{
    const struct attempt attempt = {
        .what = "Listing cpupools", .operation = OP_sysctl_cpupool_info, .domid = DOMID_INVALID};
    struct xen_sysctl_cpupool_op op;
    int rc = xc_cpupool_info(ctx->xc, id, &op, pool->cpus, sizeof(pool->cpus));
    if (rc == -ENOENT && id)
        return false;
    *code = libxl_from_xc(ctx, rc, &attempt);
    if (*code || op.cpupool_id < id || op.cpupool_id == UINT32_MAX)
        return false;
    pool->id = op.cpupool_id;
    pool->scheduler = libxl_scheduler_name(op.sched_id);
    pool->domains = op.n_dom;
    snprintf(pool->name, sizeof(pool->name), "Pool-%u", pool->id);
    return true;
}

enum libxl_code libxl_pool_list(struct libxl_ctx *ctx, struct libxl_pool **list, size_t *count)
{
    struct libxl_pool pool;
    enum libxl_code code = LIBXL_OK;
    *list = NULL;
    *count = 0;
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    for (uint32_t next = 0; *count < LIBXL_PCPUS_MAX && pool_from(ctx, next, &pool, &code);
         next = pool.id + 1) {
        struct libxl_pool *more = realloc(*list, (*count + 1) * sizeof(*more));
        if (!more) {
            code = libxl_fail(ctx, LIBXL_FAILED, "Out of memory.");
            break;
        }
        *list = more;
        more[(*count)++] = pool;
    }
    if (code) {
        free(*list);
        *list = NULL;
    }
    return code;
}
