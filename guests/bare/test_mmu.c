/* SPDX-License-Identifier: MIT */
/*
 * Stage 1 (Arm ARM D8): 39 bits of virtual addresses equal to guest physical ones, 1 GiB a block.
 * The first GiB has devices, except where grants and other shared pages go; the last is a window of
 * pages.
 */
#include "test.h"

#define ENTRIES         512U
#define WINDOW_BASE     0x7fc0000000UL
#define BLOCK           1UL
#define TABLE           3UL
#define ATTRIBUTE(n)    ((uint64_t)(n) << 2)
#define SHAREABLE       (3UL << 8)
#define ACCESSED        (1UL << 10)
#define READ_ONLY       (1UL << 7)
#define NO_EXECUTE      (3UL << 53)
#define NORMAL          (ATTRIBUTE(0) | SHAREABLE | ACCESSED)
#define DEVICE          (ATTRIBUTE(1) | ACCESSED | NO_EXECUTE)
#define MAIR            0x00ffUL /* 0: write-back, 1: nGnRnE */
#define SCTLR_ON        ((1UL << 0) | (1UL << 2) | (1UL << 12))
#define TCR_39_BITS     25UL
#define TCR_CACHED      ((1UL << 8) | (1UL << 10) | (3UL << 12))
#define TCR_NO_TTBR1    (1UL << 23)
#define SHARED_INFO_GFN (GUEST_GNTTAB_BASE >> 12)
#define GRANT_GFN       (SHARED_INFO_GFN + 1)

static uint64_t level1[ENTRIES] __attribute__((aligned(4096)));
static uint64_t first_gib[ENTRIES] __attribute__((aligned(4096)));
static uint64_t window_level2[ENTRIES] __attribute__((aligned(4096)));
static volatile uint64_t window_pages[ENTRIES] __attribute__((aligned(4096)));

uint8_t test_pages[16][PAGE] __attribute__((aligned(4096)));
volatile struct shared_info *const shared_info = (void *)(SHARED_INFO_GFN << 12);
volatile struct grant_entry_v1 *const grant_entries = (void *)(GRANT_GFN << 12);

uint64_t gfn_of_page(unsigned int index)
{
    return (uint64_t)test_pages[index] >> 12;
}

void mmu_enable(void)
{
    uint64_t range = READ_SYSREG(id_aa64mmfr0_el1) & 0xf;

    WRITE_SYSREG(MAIR, mair_el1);
    WRITE_SYSREG(TCR_39_BITS | TCR_CACHED | TCR_NO_TTBR1 | (range < 5 ? range : 5) << 32, tcr_el1);
    WRITE_SYSREG((uint64_t)level1, ttbr0_el1);
    __asm__ volatile("dsb ish\n\ttlbi vmalle1\n\tdsb ish\n\tisb" ::: "memory");
    WRITE_SYSREG(READ_SYSREG(sctlr_el1) | SCTLR_ON, sctlr_el1);
    __asm__ volatile("isb" ::: "memory");
}

void mmu_start(void)
{
    for (uint64_t i = 1; i < ENTRIES - 1; i++)
        level1[i] = i << 30 | NORMAL | BLOCK;
    for (uint64_t i = 0; i < ENTRIES; i++) {
        uint64_t address = i << 21;

        first_gib[i] = address | BLOCK | (address < GUEST_GNTTAB_BASE ? DEVICE : NORMAL);
    }
    level1[0] = (uint64_t)first_gib | TABLE;
    level1[ENTRIES - 1] = (uint64_t)window_level2 | TABLE;
    window_level2[0] = (uint64_t)window_pages | TABLE;
    mmu_enable();
}

void *window(unsigned int index)
{
    return (void *)(WINDOW_BASE + index * PAGE);
}

void window_map(unsigned int index, uint64_t address, enum window_access access)
{
    static const uint64_t attributes[] = {
        [WINDOW_READ] = NORMAL | NO_EXECUTE | READ_ONLY | TABLE,
        [WINDOW_WRITE] = NORMAL | NO_EXECUTE | TABLE,
        [WINDOW_DEVICE] = DEVICE | TABLE,
    };

    window_pages[index] = 0;
    __asm__ volatile("dsb ish\n\ttlbi vmalle1is\n\tdsb ish\n\tisb" ::: "memory");
    if (access == WINDOW_NONE)
        return;
    window_pages[index] = (address & ~(PAGE - 1)) | attributes[access];
    __asm__ volatile("dsb ish\n\tisb" ::: "memory");
}
