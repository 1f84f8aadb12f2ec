/* SPDX-License-Identifier: MIT */
/* Machine memory as EL2 reaches it: every address is its physical address (stage1.h). */
#include <trefoil/arch.h>
#include <asm/cpu.h>

void *arch_map(paddr_t paddr)
{
    return (void *)paddr;
}

paddr_t arch_paddr(const void *address)
{
    return (paddr_t)address;
}

const void *arch_module(const struct paddr_range *range)
{
    return arch_map(range->start);
}

/* DCZID_EL0.BS and CTR_EL0.DminLine are log2 of words of 4 bytes. */
static uint64_t zero_block_size(void)
{
    return 4UL << (READ_SYSREG(dczid_el0) & 0xf);
}

static uint64_t cache_line_size(void)
{
    return 4UL << ((READ_SYSREG(ctr_el0) >> 16) & 0xf);
}

static void clean_range(uint64_t start, uint64_t end)
{
    uint64_t line = cache_line_size();

    for (uint64_t at = ALIGN_DOWN(start, line); at < end; at += line)
        __asm__ volatile("dc civac, %0" ::"r"(at) : "memory");
    dsb(sy);
}

/* One operation on each step of a page. Two at a time: no step is larger than half a page. */
#define EACH_OF_PAGE(operation, page, step)                                                        \
    for (paddr_t at_ = (page), end_ = (page) + PAGE_SIZE; at_ < end_;)                             \
    __asm__ volatile(operation ", %0\n\tadd %0, %0, %1\n\t" operation ", %0\n\tadd %0, %0, %1"     \
                     : "+r"(at_)                                                                   \
                     : "r"(step)                                                                   \
                     : "memory")

void arch_scrub(paddr_t start, uint64_t size)
{
    uint64_t block = zero_block_size(), line = cache_line_size();

    /* By pages, so that what is cleaned is still in the nearest cache. */
    for (paddr_t page = start; page < start + size; page += PAGE_SIZE) {
        EACH_OF_PAGE("dc zva", page, block);
        EACH_OF_PAGE("dc civac", page, line);
    }
    dsb(sy);
}

void arch_clean_for_guest(const void *address, uint64_t size)
{
    clean_range((uint64_t)address, (uint64_t)address + size);
    __asm__ volatile("ic ialluis" ::: "memory");
    dsb(ish);
    isb();
}

static void invalidate_range(uint64_t start, uint64_t end)
{
    uint64_t line = cache_line_size();
    uint64_t first = ALIGN_UP(start, line), last = ALIGN_DOWN(end, line);

    if (first != start)
        clean_range(start, start + 1);
    if (last != end)
        clean_range(last, end);
    for (uint64_t at = first; at < last; at += line)
        __asm__ volatile("dc ivac, %0" ::"r"(at) : "memory");
    dsb(sy);
}

void arch_cache_maintain(const void *address, uint64_t size, bool clean, bool invalidate)
{
    uint64_t start = (uint64_t)address;

    if (clean)
        clean_range(start, start + size);
    else if (invalidate)
        invalidate_range(start, start + size);
}
