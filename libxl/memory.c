/* SPDX-License-Identifier: MIT */
/*
 * A program that looks at a thousand domains again and again asks only once what does not change in
 * a life, and whether a domain serves devices, which is in the store, of some of them each time.
 */
#include "memory.h"

#include <stdlib.h>

/* Domains that are asked at a look whether they have begun to serve devices. */
#define ASKED_AT_A_TIME 32u

struct libxl_memory {
    struct remembered *list; /* by domid, upwards */
    size_t count;
    size_t turn; /* whose turn it is to be asked */
    /* What lives are told apart by is asked for by others, too; NULL: they have it. */
    struct libxl_domain_counters *counters;
    size_t nr_counters;
    uint64_t now_ns;
};

struct libxl_memory *libxl_memory_new(void)
{
    return calloc(1, sizeof(struct libxl_memory));
}

void libxl_memory_free(struct libxl_memory *memory)
{
    if (!memory)
        return;
    free(memory->list);
    free(memory->counters);
    free(memory);
}

void libxl_remember(struct libxl_ctx *ctx, struct libxl_memory *memory)
{
    ctx->memory = memory;
}

static int by_domid(const void *key, const void *item)
{
    uint32_t domid = *(const uint32_t *)key;
    const struct remembered *remembered = item;
    if (domid == remembered->domid)
        return 0;
    return domid < remembered->domid ? -1 : 1;
}

static struct remembered *find(const struct libxl_memory *memory, uint32_t domid)
{
    if (!memory->count)
        return NULL;
    return bsearch(&domid, memory->list, memory->count, sizeof(*memory->list), by_domid);
}

struct remembered *libxl_memory_find(struct libxl_ctx *ctx, uint32_t domid)
{
    return ctx->memory ? find(ctx->memory, domid) : NULL;
}

bool libxl_memory_counters(struct libxl_ctx *ctx, struct libxl_domain_counters **list,
                           size_t *count, uint64_t *now_ns)
{
    struct libxl_memory *memory = ctx->memory;
    if (!memory || !memory->counters)
        return false;
    *list = memory->counters;
    *count = memory->nr_counters;
    if (now_ns)
        *now_ns = memory->now_ns;
    memory->counters = NULL;
    return true;
}

/* What is there now, with what is known of the same lives. */
static struct remembered *carry_over(const struct libxl_memory *memory)
{
    const struct libxl_domain_counters *now = memory->counters;
    size_t count = memory->nr_counters;
    struct remembered *list = calloc(count + 1, sizeof(*list));
    for (size_t i = 0; list && i < count; i++) {
        const struct remembered *before = find(memory, now[i].domid);
        if (before && before->instance == now[i].instance)
            list[i] = *before;
        list[i].domid = now[i].domid;
        list[i].instance = now[i].instance;
        list[i].is_to_be_asked = (i + count - memory->turn % count) % count < ASKED_AT_A_TIME;
    }
    return list;
}

void libxl_memory_renew(struct libxl_ctx *ctx)
{
    struct libxl_memory *memory = ctx->memory;
    struct remembered *list = NULL;
    if (!memory)
        return;
    free(memory->counters);
    memory->counters = NULL;
    if (libxl_domain_counters_list(ctx, &memory->counters, &memory->nr_counters, &memory->now_ns) ==
        LIBXL_OK)
        list = carry_over(memory);
    free(memory->list);
    memory->list = list;
    memory->count = list ? memory->nr_counters : 0;
    memory->turn = memory->count ? (memory->turn + ASKED_AT_A_TIME) % memory->count : 0;
}
