/* SPDX-License-Identifier: MIT */
/* RAM of domains: what was set aside for it, free memory, or static memory. */
#include "extents.h"
#include "frame.h"
#include "pool.h"
#include <trefoil/errno.h>
#include <trefoil/hypercall.h>
#include <trefoil/memory.h>
#include <trefoil/string.h>

#define PAGES_2M (UINT64_C(1) << 9)
#define PAGES_1G (UINT64_C(1) << 18)

/* Frames looked at between two looks for a waiting interrupt. */
#define RELEASE_BATCH 128U

static bool suits(uint64_t pages, gfn_t gfn, uint64_t block)
{
    return pages >= block && gfn.n % block == 0;
}

/* One run for the gfn, as long and as well aligned as there is. */
static uint64_t take_run(uint64_t pages, gfn_t gfn, uint64_t *taken)
{
    uint64_t start;

    if (suits(pages, gfn, PAGES_1G)) {
        start = heap_take_run(pages, PAGES_1G, taken);
        if (start != NO_EXTENT && *taken >= PAGES_1G)
            return start;
        if (start != NO_EXTENT)
            heap_give(start, *taken);
    }
    if (suits(pages, gfn, PAGES_2M)) {
        start = heap_take_run(pages, PAGES_2M, taken);
        if (start != NO_EXTENT && *taken >= PAGES_2M)
            return start;
        if (start != NO_EXTENT)
            heap_give(start, *taken);
    }
    if (pages < PAGES_2M) {
        *taken = pages;
        start = heap_take_small(pages, 1);
        if (start != NO_EXTENT)
            return start;
    }
    return heap_take_run(pages, 1, taken);
}

/* The extent that frames from start on lengthen, or else a new one; NULL when there are too many.
 */
static struct paddr_range *extent_for(struct domain *domain, uint64_t start)
{
    struct paddr_range *next = &domain->extents[domain->nr_extents];

    if (domain->nr_extents && next[-1].start + next[-1].size == start << PAGE_SHIFT)
        return &next[-1];
    if (domain->nr_extents == DOMAIN_MAX_EXTENTS)
        return NULL;
    domain->nr_extents++;
    *next = (struct paddr_range){.start = start << PAGE_SHIFT};
    return next;
}

/* Makes frames from start on the domain's, at gfn, as they are. They go back with the domain, also
 * after an error. */
static int adopt(struct domain *domain, gfn_t gfn, uint64_t start, uint64_t pages)
{
    struct paddr_range *extent;
    int result = frames_begin(start, pages);

    if (result)
        return result;
    extent = extent_for(domain, start);
    if (!extent)
        return -ENOSPC;
    extent->size += pages << PAGE_SHIFT;
    domain->total_pages += pages;
    if (domain->max_pages < domain->total_pages)
        domain->max_pages = domain->total_pages;
    return arch_p2m_map(domain, gfn, (mfn_t){start}, pages, P2M_RAM);
}

/* A run of free memory, which is set aside for the domain from now on. */
static int take_new(struct domain *domain, gfn_t gfn, uint64_t pages, struct paddr_range *range)
{
    uint64_t taken = 0, start = take_run(pages, gfn, &taken);
    int result;

    if (start == NO_EXTENT)
        return -ENOMEM;
    result = pool_note_ram(domain->pool, start, taken);
    if (result)
        heap_give(start, taken);
    *range = (struct paddr_range){.start = start << PAGE_SHIFT, .size = taken << PAGE_SHIFT};
    return result;
}

int domain_ram_take(struct domain *domain, gfn_t gfn, uint64_t pages)
{
    while (pages) {
        struct paddr_range range = pool_kept_ram(domain->pool, pages << PAGE_SHIFT);
        int result = range.size ? 0 : take_new(domain, gfn, pages, &range);

        if (!result)
            result = adopt(domain, gfn, range.start >> PAGE_SHIFT, range.size >> PAGE_SHIFT);
        if (result)
            return result;
        gfn = gfn_add(gfn, range.size >> PAGE_SHIFT);
        pages -= range.size >> PAGE_SHIFT;
    }
    return 0;
}

int domain_ram_claim(struct domain *domain, struct paddr_range range, gfn_t gfn)
{
    if ((range.start | range.size) & ~PAGE_MASK)
        return -EINVAL;
    return adopt(domain, gfn, range.start >> PAGE_SHIFT, range.size >> PAGE_SHIFT);
}

static uint64_t extents_size(const struct domain *domain)
{
    uint64_t size = 0;

    for (unsigned int i = 0; i < domain->nr_extents; i++)
        size += domain->extents[i].size;
    return size;
}

void domain_ram_scrub(struct domain *domain, uint64_t start, uint64_t size)
{
    while (size) {
        struct paddr_range rest = range_from(domain->extents, domain->nr_extents, start);

        if (rest.size == 0)
            return;
        if (rest.size > size)
            rest.size = size;
        arch_scrub(rest.start, rest.size);
        start += rest.size;
        size -= rest.size;
    }
}

int domain_ram_add(struct domain *domain, gfn_t gfn, uint64_t pages)
{
    uint64_t before = extents_size(domain);
    int result = domain_ram_take(domain, gfn, pages);

    if (!result)
        domain_ram_scrub(domain, before, pages << PAGE_SHIFT);
    return result;
}

bool domain_owns(const struct domain *domain, mfn_t mfn)
{
    for (unsigned int i = 0; i < domain->nr_extents; i++) {
        const struct paddr_range *extent = &domain->extents[i];

        if (mfn_to_paddr(mfn) - extent->start < extent->size)
            return true;
    }
    return false;
}

uint64_t domain_owned_pages(const struct domain *domain)
{
    uint64_t pages = extents_size(domain) >> PAGE_SHIFT;

    return pages > domain->total_pages ? pages : domain->total_pages;
}

/* Ends the owner's hold on a frame. The last holder of one that others hold lets go of the domain.
 */
static void abandon(struct domain *domain, struct frame *frame)
{
    bool held = atomic_load(&frame->state) & FRAME_HOLDERS;

    if (!held) {
        /* It is found no more, so nobody begins to hold it. */
        frame->link = 0;
        atomic_store(&frame->state, 0);
        return;
    }
    domain_hold(domain);
    frame->link = domain->id;
    if (atomic_fetch_or(&frame->state, FRAME_ORPHAN) & FRAME_HOLDERS)
        return;
    atomic_store(&frame->state, 0);
    domain_put(domain);
}

/* Takes some frames off the end of what the domain has: how many, and the first of them. Its
 * figures may be looked at meanwhile. */
static uint64_t take_off(struct domain *domain, uint64_t *first)
{
    uint64_t batch = 0;

    spin_lock(&domain->memory_lock);
    if (domain->nr_extents) {
        struct paddr_range *extent = &domain->extents[domain->nr_extents - 1];
        uint64_t pages = extent->size >> PAGE_SHIFT;

        batch = pages < RELEASE_BATCH ? pages : RELEASE_BATCH;
        extent->size -= batch << PAGE_SHIFT;
        *first = (extent->start + extent->size) >> PAGE_SHIFT;
        if (!extent->size)
            domain->nr_extents--;
    } else {
        domain->total_pages = 0;
    }
    spin_unlock(&domain->memory_lock);
    return batch;
}

int domain_ram_release(struct domain *domain)
{
    uint64_t first = 0, count;

    while ((count = take_off(domain, &first)) != 0) {
        for (uint64_t i = 0; i < count; i++)
            abandon(domain, frame_of((mfn_t){first + i}));
        if (hypercall_preempt())
            return -ERESTART;
    }
    return 0;
}

/* Hypervisor's address of a byte of the domain's RAM, and how many follow in the same page. */
static uint8_t *ram_at(struct domain *domain, uint64_t guest_paddr, size_t *room)
{
    enum p2m_type type;
    mfn_t mfn;
    size_t offset = guest_paddr & ~PAGE_MASK;

    if (!arch_p2m_lookup(domain, gfn_of(guest_paddr), &mfn, &type) || type != P2M_RAM)
        return NULL;
    *room = PAGE_SIZE - offset;
    return (uint8_t *)mfn_map(mfn) + offset;
}

typedef uint64_t __attribute__((may_alias)) word;

struct words {
    word at[8];
};

/* Copies four words if they differ. */
static void renew_words(word *out, const word *in)
{
    word a = in[0], b = in[1], c = in[2], d = in[3];

    if ((out[0] ^ a) | (out[1] ^ b) | (out[2] ^ c) | (out[3] ^ d)) {
        out[0] = a;
        out[1] = b;
        out[2] = c;
        out[3] = d;
    }
}

/* Copies what differs. A guest may have written past the caches, so what these hold of it is not
 * looked at. */
static void renew(void *to, const void *from, size_t size)
{
    struct words *out = to, *end = out + size / sizeof(*out);
    const struct words *in = from;

    if (((uintptr_t)to | (uintptr_t)from) & (sizeof(word) - 1)) {
        memcpy(to, from, size);
        return;
    }
    arch_clean_for_guest(to, size);
    for (; out != end; out++, in++) {
        renew_words(out->at, in->at);
        renew_words(&out->at[4], &in->at[4]);
    }
    memcpy(out, in, size % sizeof(*out));
}

static void copy(void *to, const void *from, size_t size)
{
    memcpy(to, from, size);
}

static int put(struct domain *domain, uint64_t guest_paddr, const void *from, size_t size,
               void (*copy)(void *to, const void *from, size_t size))
{
    const uint8_t *in = from;

    while (size) {
        size_t room;
        uint8_t *ram = ram_at(domain, guest_paddr, &room);

        if (!ram)
            return -EFAULT;
        if (room > size)
            room = size;
        copy(ram, in, room);
        arch_clean_for_guest(ram, room);
        in += room;
        guest_paddr += room;
        size -= room;
    }
    return 0;
}

int domain_write(struct domain *domain, uint64_t guest_paddr, const void *from, size_t size)
{
    return put(domain, guest_paddr, from, size, copy);
}

int domain_renew(struct domain *domain, uint64_t guest_paddr, const void *from, size_t size)
{
    return put(domain, guest_paddr, from, size, renew);
}

int domain_read(struct domain *domain, uint64_t guest_paddr, void *to, size_t size)
{
    uint8_t *out = to;

    while (size) {
        size_t room;
        const uint8_t *ram = ram_at(domain, guest_paddr, &room);

        if (!ram)
            return -EFAULT;
        if (room > size)
            room = size;
        memcpy(out, ram, room);
        out += room;
        guest_paddr += room;
        size -= room;
    }
    return 0;
}
