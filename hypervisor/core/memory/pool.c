/* SPDX-License-Identifier: MIT */
/*
 * What is set aside for a domain: its pool, out of which all pages come that the hypervisor needs
 * for its sake, and its RAM. Both are taken when it is first built and are its own over restarts,
 * so that nothing that another domain does decides whether it comes up again.
 */
#include "pool.h"
#include "extents.h"
#include "frame.h"
#include <trefoil/errno.h>
#include <trefoil/memory.h>
#include <trefoil/printk.h>
#include <trefoil/restart.h>
#include <trefoil/string.h>

/* Lies in the first page of its run. */
struct memory_pool {
    spinlock_t lock;
    struct extent_list free;
    uint64_t start, pages; /* the run */
    struct memory_pool *next_kept;
    domid_t id; /* of the domain that it is kept for */

    /* The domain's RAM that is not static memory, in the order in which it was taken; position: how
     * many bytes of it this life of the domain has taken. Changed by who builds the domain. */
    struct paddr_range ram[DOMAIN_MAX_EXTENTS];
    unsigned int nr_ram;
    uint64_t position;
};

_Static_assert(sizeof(struct memory_pool) <= PAGE_SIZE, "one page");

static spinlock_t kept_lock;
static struct memory_pool *kept; /* those of domains that are between two lives */

static struct memory_pool *take_kept(domid_t id)
{
    struct memory_pool **link = &kept, *pool;

    spin_lock(&kept_lock);
    while (*link && (*link)->id != id)
        link = &(*link)->next_kept;
    pool = *link;
    if (pool)
        *link = pool->next_kept;
    spin_unlock(&kept_lock);
    return pool;
}

static struct memory_pool *make(uint64_t pages)
{
    uint64_t start = heap_take_small(pages, 1);
    struct memory_pool *pool;

    if (start == NO_EXTENT)
        return NULL;
    pool = mfn_map((mfn_t){start});
    memset(pool, 0, sizeof(*pool));
    pool->start = start;
    pool->pages = pages;
    return pool;
}

struct memory_pool *pool_begin(domid_t id, uint64_t pages)
{
    struct memory_pool *pool = take_kept(id);

    if (!pool)
        pool = make(pages);
    if (!pool)
        return NULL;
    pool->id = id;
    pool->position = 0;
    pool->free = (struct extent_list){0};
    extents_insert(&pool->free, pool->start + 1, pool->pages - 1);
    return pool;
}

static void give_back(struct memory_pool *pool)
{
    for (unsigned int i = 0; i < pool->nr_ram; i++)
        heap_give(pool->ram[i].start >> PAGE_SHIFT, pool->ram[i].size >> PAGE_SHIFT);
    heap_give(pool->start, pool->pages);
}

void pool_end(struct memory_pool *pool)
{
    if (!restart_expected(pool->id)) {
        give_back(pool);
        return;
    }
    spin_lock(&kept_lock);
    pool->next_kept = kept;
    kept = pool;
    spin_unlock(&kept_lock);
}

void pool_forget(domid_t id)
{
    struct memory_pool *pool = take_kept(id);

    if (pool)
        give_back(pool);
}

uint64_t pool_pages(const struct memory_pool *pool)
{
    return pool->pages;
}

uint64_t pool_take(struct memory_pool *pool, uint64_t pages)
{
    spin_lock(&pool->lock);

    uint64_t start = extents_take_small(&pool->free, pages, pages);

    spin_unlock(&pool->lock);
    return start;
}

void pool_give(struct memory_pool *pool, uint64_t start, uint64_t pages)
{
    spin_lock(&pool->lock);
    extents_insert(&pool->free, start, pages);
    spin_unlock(&pool->lock);
}

struct paddr_range pool_kept_ram(struct memory_pool *pool, uint64_t most)
{
    struct paddr_range rest = range_from(pool->ram, pool->nr_ram, pool->position);

    if (rest.size > most)
        rest.size = most;
    pool->position += rest.size;
    return rest;
}

int pool_note_ram(struct memory_pool *pool, uint64_t start, uint64_t pages)
{
    struct paddr_range *next = &pool->ram[pool->nr_ram];
    struct paddr_range range = {.start = start << PAGE_SHIFT, .size = pages << PAGE_SHIFT};

    if (pool->nr_ram && next[-1].start + next[-1].size == range.start) {
        next[-1].size += range.size;
    } else if (pool->nr_ram == DOMAIN_MAX_EXTENTS) {
        return -ENOSPC;
    } else {
        *next = range;
        pool->nr_ram++;
    }
    pool->position += range.size;
    return 0;
}
