/* SPDX-License-Identifier: MIT */
/* Arm ARM D8.3: VMSAv8-64 descriptors, 4 KiB granule, EL2 translation regime. */
#include "stage1.h"
#include "boot.h"
#include <asm/cpu.h>
#include <trefoil/string.h>

#define ENTRIES      512U
#define TABLE_POOL   48U
#define LAST_LEVEL   3U
#define CACHE_LINE   64U /* as head.S has it */
#define ADDRESS_BITS 0x0000fffffffff000UL

#define DESC_VALID (1UL << 0)
#define DESC_TABLE (1UL << 1) /* at the last level: a page */
#define DESC_AF    (1UL << 10)
#define DESC_INNER (3UL << 8)
#define DESC_RO    (1UL << 7)
#define DESC_RES1  (1UL << 6)
#define DESC_XN    (1UL << 54)

#define DESC_USED (DESC_VALID | DESC_AF | DESC_RES1)

uint64_t stage1_root[ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static uint64_t table_pool[TABLE_POOL][ENTRIES]
    __attribute__((aligned(PAGE_SIZE), section(".noinit.tables")));
static unsigned int tables_used;

static const uint64_t kind_bits[] = {
    [STAGE1_CODE] = DESC_USED | DESC_RO | DESC_INNER,
    [STAGE1_CONSTANT] = DESC_USED | DESC_RO | DESC_INNER | DESC_XN,
    [STAGE1_DATA] = DESC_USED | DESC_INNER | DESC_XN,
    [STAGE1_DEVICE] = DESC_USED | (1UL << 2) | DESC_XN,
    [STAGE1_GUARD] = STAGE1_TAKEN,
};

static unsigned int level_shift(unsigned int level)
{
    return PAGE_SHIFT + 9U * (LAST_LEVEL - level);
}

static uint64_t *table_take(void)
{
    uint64_t *table;

    if (tables_used == TABLE_POOL)
        return NULL;
    table = table_pool[tables_used++];
    /* Of the first ones, written with caches off, nothing stale may be in them once they are on. */
    for (unsigned int i = 0; i < ENTRIES; i += CACHE_LINE / sizeof(*table))
        dc_ivac(&table[i]);
    dsb(sy);
    memset(table, 0, sizeof(table_pool[0]));
    return table;
}

static bool is_table(uint64_t entry, unsigned int level)
{
    return level < LAST_LEVEL && (entry & DESC_TABLE) != 0;
}

/* Blocks or pages from this entry of a table on, which is no table, as far as they fit; what is
 * there already stays. Returns how many bytes they cover. */
static uint64_t fill(uint64_t *table, unsigned int index, unsigned int level, uint64_t descriptor,
                     uint64_t left)
{
    uint64_t size = 1UL << level_shift(level), fits = left >> level_shift(level);
    uint64_t *entry = &table[index],
             *end = entry + (fits < ENTRIES - index ? fits : ENTRIES - index);

    for (; entry < end; entry++, descriptor += size) {
        if (*entry == 0)
            *entry = descriptor;
        else if (is_table(*entry, level))
            break;
    }
    return (uint64_t)(entry - &table[index]) << level_shift(level);
}

/* Maps what fits into one table at `at`; returns how many bytes that covered, 0 when no table is
 * left. */
static uint64_t map_some(paddr_t at, uint64_t left, uint64_t bits)
{
    uint64_t *table = stage1_root;

    for (unsigned int level = 0;; level++) {
        uint64_t size = 1UL << level_shift(level);
        unsigned int index = (at >> level_shift(level)) % ENTRIES;
        uint64_t entry = table[index];

        if (!is_table(entry, level)) {
            if (level > 0 && (at & (size - 1)) == 0 && left >= size)
                return fill(table, index, level, at | bits | (level == LAST_LEVEL ? DESC_TABLE : 0),
                            left);
            if (entry != 0)
                return size - (at & (size - 1));
            uint64_t *below = table_take();

            if (below == NULL)
                return 0;
            entry = table[index] = (uint64_t)below | DESC_TABLE | DESC_VALID;
        }
        table = (uint64_t *)(entry & ADDRESS_BITS);
    }
}

bool stage1_map(paddr_t start, uint64_t size, enum stage1_kind kind)
{
    uint64_t bits = kind_bits[kind];

    for (uint64_t done = 0; done < size;) {
        uint64_t step = map_some(start + done, size - done, bits);

        if (step == 0)
            return false;
        done += step;
    }
    dsb(ishst);
    isb();
    return true;
}

static void map_section(const char *start, const char *end, enum stage1_kind kind)
{
    (void)stage1_map((paddr_t)start, (uint64_t)(end - start), kind);
}

/* The table of pages that the image begins in, with its first entry, as it begins on 2 MiB. */
static uint64_t *image_table(void)
{
    uint64_t *table = stage1_root;

    for (unsigned int level = 0; level < LAST_LEVEL; level++)
        table = (uint64_t *)(table[((paddr_t)image_start >> level_shift(level)) % ENTRIES] &
                             ADDRESS_BITS);
    return table;
}

uint64_t *stage1_build(const void *fdt)
{
    const uint32_t *header = fdt;
    paddr_t fdt_start = (paddr_t)fdt & PAGE_MASK;
    uint64_t fdt_size = __builtin_bswap32(header[1]); /* totalsize */

    map_section(image_start, text_end, STAGE1_CODE);
    stage1_boot.entries = image_table();
    stage1_boot.pages = (unsigned int)((boot_end - image_start) >> PAGE_SHIFT);
    map_section(text_end, rodata_end, STAGE1_CONSTANT);
    /* First come, first served: what is mapped at large later leaves these out. */
    for (unsigned int i = 0; i < MACHINE_MAX_CPUS; i++)
        (void)stage1_map((paddr_t)&pcpu_stacks[i * PCPU_STACK_PLACE], PCPU_STACK_GUARD,
                         STAGE1_GUARD);
    map_section(rodata_end, image_end, STAGE1_DATA);
    if (__builtin_bswap32(header[0]) == FDT_HEADER_MAGIC && fdt_size <= FDT_LARGEST)
        (void)stage1_map(fdt_start, ALIGN_UP((paddr_t)fdt + fdt_size, PAGE_SIZE) - fdt_start,
                         STAGE1_DATA);
    return stage1_root;
}
