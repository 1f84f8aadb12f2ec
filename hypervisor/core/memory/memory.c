/* SPDX-License-Identifier: MIT */
/* The heap: the machine's free memory, and the hypervisor's own pages out of it. */
#include "extents.h"
#include "frame.h"
#include "pool.h"
#include <trefoil/journal.h>
#include <trefoil/memory.h>
#include <trefoil/printk.h>
#include <trefoil/string.h>

static struct {
    spinlock_t lock;
    struct extent_list free;
    const struct machine *machine;
    uint64_t total_pages, max_mfn;
} heap;

static void sort_ranges(struct paddr_range *ranges, unsigned int count)
{
    for (unsigned int i = 1; i < count; i++) {
        struct paddr_range moved = ranges[i];
        unsigned int j = i;

        for (; j > 0 && ranges[j - 1].start > moved.start; j--)
            ranges[j] = ranges[j - 1];
        ranges[j] = moved;
    }
}

/* Frees the whole pages of [start, end) that no withheld range touches. */
static void free_bank(paddr_t start, paddr_t end, const struct paddr_range *withheld,
                      unsigned int nr)
{
    for (unsigned int i = 0; i < nr && start < end; i++) {
        paddr_t from = ALIGN_DOWN(withheld[i].start, PAGE_SIZE);
        paddr_t to = ALIGN_UP(withheld[i].start + withheld[i].size, PAGE_SIZE);

        if (!withheld[i].size || to <= start)
            continue;
        if (from >= end)
            break;
        if (from > start)
            extents_insert(&heap.free, start >> PAGE_SHIFT, (from - start) >> PAGE_SHIFT);
        start = to;
    }
    if (start < end)
        extents_insert(&heap.free, start >> PAGE_SHIFT, (end - start) >> PAGE_SHIFT);
}

void memory_init(const struct machine *machine, struct paddr_range *withheld,
                 unsigned int nr_withheld)
{
    heap.machine = machine;
    sort_ranges(withheld, nr_withheld);
    for (unsigned int i = 0; i < machine->nr_banks; i++) {
        paddr_t start = ALIGN_UP(machine->banks[i].start, PAGE_SIZE);
        paddr_t end = ALIGN_DOWN(machine->banks[i].start + machine->banks[i].size, PAGE_SIZE);

        if (start >= end)
            continue;
        heap.total_pages += (end - start) >> PAGE_SHIFT;
        heap.max_mfn = (end >> PAGE_SHIFT) - 1;
        if (start == 0)
            start = PAGE_SIZE; /* frame 0 ends lists */
        free_bank(start, end, withheld, nr_withheld);
    }
    if (!heap.free.pages)
        panic("no free memory in %u banks", machine->nr_banks);
    frames_init();
}

uint64_t memory_total_pages(void)
{
    return heap.total_pages;
}

uint64_t memory_free_pages(void)
{
    spin_lock(&heap.lock);

    uint64_t pages = heap.free.pages;

    spin_unlock(&heap.lock);
    return pages;
}

uint64_t memory_max_mfn(void)
{
    return heap.max_mfn;
}

const struct machine *heap_machine(void)
{
    return heap.machine;
}

uint64_t heap_take_run(uint64_t wanted, uint64_t align, uint64_t *taken)
{
    spin_lock(&heap.lock);

    uint64_t start = extents_take_run(&heap.free, wanted, align, taken);

    spin_unlock(&heap.lock);
    return start;
}

uint64_t heap_take_small(uint64_t pages, uint64_t align)
{
    spin_lock(&heap.lock);

    uint64_t start = extents_take_small(&heap.free, pages, align);

    spin_unlock(&heap.lock);
    return start;
}

void heap_give(uint64_t start, uint64_t pages)
{
    spin_lock(&heap.lock);
    extents_insert(&heap.free, start, pages);
    spin_unlock(&heap.lock);
}

unsigned int order_of_size(size_t size)
{
    unsigned int order = 0;

    while ((PAGE_SIZE << order) < size)
        order++;
    return order;
}

/* One line for each of the domain's lives. */
static void tell(struct domain *domain)
{
    unsigned long kib = (unsigned long)(pool_pages(domain->pool) << (PAGE_SHIFT - 10));

    if (atomic_exchange(&domain->pool_told, true))
        return;
    log_told("%s: the %lu KiB of hypervisor memory set aside for it are used up", domain->name,
             kib);
    journal_domain(pool_exhausted, domain, kib);
}

void *pages_alloc(struct domain *domain, unsigned int order)
{
    uint64_t pages = UINT64_C(1) << order;
    uint64_t start = domain ? pool_take(domain->pool, pages) : heap_take_small(pages, pages);

    if (start == NO_EXTENT) {
        if (domain)
            tell(domain);
        return NULL;
    }

    void *address = mfn_map((mfn_t){start});

    memset(address, 0, pages << PAGE_SHIFT);
    return address;
}

void pages_free(struct domain *domain, void *pages, unsigned int order)
{
    if (!pages)
        return;
    if (domain)
        pool_give(domain->pool, page_mfn(pages).n, UINT64_C(1) << order);
    else
        heap_give(page_mfn(pages).n, UINT64_C(1) << order);
}
