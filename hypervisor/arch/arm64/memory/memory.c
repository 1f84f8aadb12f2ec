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
    uint64_t line = cache_line_size(), end = (uint64_t)address + size;

    for (uint64_t at = ALIGN_DOWN((uint64_t)address, line); at < end; at += line)
        __asm__ volatile("dc civac, %0" ::"r"(at) : "memory");
    dsb(sy);
}

/*
 * Arm ARM (DDI 0487), "Instruction caches" of the chapter on VMSAv8-64: what a physical address was
 * cached as is forgotten for all its virtual aliases, whatever CTR_EL0.L1Ip says, by invalidating
 * all of it; IC IVAU by EL2's address would do so for PIPT caches only. The data is beyond the
 * point of unification since it was cleaned to that of coherency, so CTR_EL0.IDC and DIC change
 * nothing; the guest's entry is the context synchronization that the other CPUs need.
 */
void arch_invalidate_code(void)
{
    __asm__ volatile("ic ialluis" ::: "memory");
    dsb(ish);
    isb();
}
