/* SPDX-License-Identifier: MIT */
/*
 * Stage 2: guest frames to machine frames (Arm ARM D8.3, stage 2 descriptors; 4 KiB granule). Walks
 * start at level 1 with up to 1,024 entries in two concatenated tables.
 */
#include "p2m.h"
#include "cpu/cpu_setup.h"
#include "cpu/errata.h"
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/memory.h>
#include <trefoil/nospec.h>
#include <asm/cpu.h>

#define ENTRIES     512U
#define ENTRY_BITS  9U
#define FIRST_LEVEL 1U
#define LAST_LEVEL  3U
#define ROOT_ORDER  1U /* pages_alloc(): two tables */
#define ADDRESS     0x0000fffffffff000UL

#define DESC_VALID  (1UL << 0)
#define DESC_TABLE  (1UL << 1) /* at the last level: a page */
#define DESC_NORMAL (15UL << 2)
#define DESC_DEVICE (1UL << 2) /* nGnRE */
#define DESC_READ   (1UL << 6)
#define DESC_WRITE  (1UL << 7)
#define DESC_INNER  (3UL << 8)
#define DESC_AF     (1UL << 10)
#define DESC_XN     (1UL << 54)
/* The type of a mapping is kept in bits that the architecture leaves to software. */
#define DESC_TYPE_SHIFT 55U
#define DESC_TYPE       (15UL << DESC_TYPE_SHIFT)

#define RAM_BITS (DESC_NORMAL | DESC_READ | DESC_INNER | DESC_AF | DESC_VALID)

static const uint64_t type_bits[] = {
    [P2M_RAM] = RAM_BITS | DESC_WRITE,
    [P2M_RAM_RO] = RAM_BITS,
    [P2M_GRANT_RW] = RAM_BITS | DESC_WRITE | DESC_XN,
    [P2M_GRANT_RO] = RAM_BITS | DESC_XN,
    [P2M_FOREIGN_RW] = RAM_BITS | DESC_WRITE | DESC_XN,
    [P2M_FOREIGN_RO] = RAM_BITS | DESC_XN,
    [P2M_SHARED] = RAM_BITS | DESC_WRITE | DESC_XN,
    [P2M_MMIO] = DESC_DEVICE | DESC_READ | DESC_WRITE | DESC_XN | DESC_AF | DESC_VALID,
};

/* A stretch of one walk: the frames still to do. */
struct stretch {
    uint64_t gfn, mfn, pages;
    uint64_t bits; /* of the new entries, 0 to unmap */
    bool flush;    /* something valid was replaced */
    bool late;     /* and is flushed by arch_p2m_flush() */
};

static unsigned int level_bits(unsigned int level)
{
    return ENTRY_BITS * (LAST_LEVEL - level);
}

/* in_reach() has said that it is one. */
static uint64_t root_index(uint64_t gfn)
{
    return index_nospec(gfn >> level_bits(FIRST_LEVEL), 2UL * ENTRIES);
}

static uint64_t *table_of(uint64_t entry)
{
    return arch_map(entry & ADDRESS);
}

static bool is_table(uint64_t entry, unsigned int level)
{
    return level < LAST_LEVEL && (entry & (DESC_VALID | DESC_TABLE)) == (DESC_VALID | DESC_TABLE);
}

/* Written by EL2 and read by the table walker of any pcpu, both cacheable. */
static void entry_write(uint64_t *entry, uint64_t value)
{
    *(volatile uint64_t *)entry = value;
}

#define VTTBR(vmid, root) ((uint64_t)(vmid) << 48 | (root))

unsigned int stage2_address_bits, stage2_vmid_bits;

/* A root that maps nothing. */
static uint64_t nobody[2 * ENTRIES] __attribute__((aligned(2 * PAGE_SIZE)));

/*
 * Invalidates what the TLBs hold of the domain (all of it), as IPA ranges have no cheap form
 * without FEAT_TLBIRANGE. The VMID is what counts (Arm ARM D8.14); that the root is empty keeps
 * speculative AT from filling the TLB with another domain's stage 1 through this one's stage 2
 * (errata.def, 1319537 and its kind). 1286807 and its kind: the accesses through what was
 * invalidated are over after a second, any, broadcast TLBI and its DSB.
 */
static void tlb_flush(const struct domain *domain)
{
    uint64_t loaded = READ_SYSREG(vttbr_el2);

    dsb(ishst);
    WRITE_SYSREG(VTTBR(domain->arch.p2m.vmid, arch_paddr(nobody)), vttbr_el2);
    isb();
    __asm__ volatile("tlbi vmalls12e1is" ::: "memory");
    dsb(ish);
    if (unlikely((errata_needs & ERRATUM_NEED(ERRATUM_REPEAT_TLBI)) != 0)) {
        __asm__ volatile("tlbi vale2is, xzr" ::: "memory");
        dsb(ish);
    }
    WRITE_SYSREG(loaded, vttbr_el2);
    isb();
}

static void table_free(struct domain *domain, uint64_t *table, unsigned int level)
{
    if (level < LAST_LEVEL) {
        for (unsigned int i = 0; i < ENTRIES; i++) {
            if (is_table(table[i], level))
                table_free(domain, table_of(table[i]), level + 1);
        }
    }
    page_free(domain, table);
}

/* Replaces a block by a table of the same mappings, break before make. False when there is no page.
 */
static bool block_split(struct domain *domain, uint64_t *entry, unsigned int level)
{
    uint64_t *table = page_alloc(domain);
    uint64_t old = *entry;
    uint64_t step = PAGE_SIZE << level_bits(level + 1);

    if (table == NULL)
        return false;
    if ((old & DESC_VALID) != 0) {
        uint64_t bits = (old & ~DESC_TABLE) | (level + 1 == LAST_LEVEL ? DESC_TABLE : 0);

        for (unsigned int i = 0; i < ENTRIES; i++)
            table[i] = bits + i * step;
        entry_write(entry, 0);
        tlb_flush(domain);
    }
    dsb(ishst);
    entry_write(entry, arch_paddr(table) | DESC_TABLE | DESC_VALID);
    return true;
}

/* Does the stretch cover the entry at `level` whole, and may a block stand there? */
static bool fits_block(const struct stretch *stretch, unsigned int level)
{
    uint64_t frames = 1UL << level_bits(level);
    uint64_t low = stretch->gfn | (stretch->bits != 0 ? stretch->mfn : 0);

    return (low & (frames - 1)) == 0 && stretch->pages >= frames;
}

/* A whole entry gets its new value; the tables below, and what they mapped, go. */
static void entry_replace(struct domain *domain, uint64_t *entry, unsigned int level,
                          struct stretch *stretch)
{
    uint64_t old = *entry;
    uint64_t new = stretch->bits == 0 ? 0
                                      : stretch->bits | stretch->mfn << PAGE_SHIFT |
                                            (level == LAST_LEVEL ? DESC_TABLE : 0);

    if ((old & DESC_VALID) != 0) {
        entry_write(entry, 0);
        stretch->flush = true;
        if (new != 0 || is_table(old, level)) {
            tlb_flush(domain);
            stretch->flush = false;
        }
        if (is_table(old, level))
            table_free(domain, table_of(old), level + 1);
    }
    entry_write(entry, new);
}

/* How many pages of the stretch its first entry at `level` covers. */
static uint64_t covered_at(const struct stretch *stretch, unsigned int level)
{
    uint64_t frames = 1UL << level_bits(level);
    uint64_t covered = frames - (stretch->gfn & (frames - 1));

    return covered < stretch->pages ? covered : stretch->pages;
}

/* Does as much of the stretch as one table holds entries for. */
static int stretch_step(struct domain *domain, struct stretch *stretch)
{
    uint64_t *table = arch_map(domain->arch.p2m.root);
    unsigned int level = FIRST_LEVEL;
    uint64_t index = root_index(stretch->gfn);

    for (;;) {
        uint64_t *entry = &table[index];
        uint64_t covered = covered_at(stretch, level);

        if (level == LAST_LEVEL || fits_block(stretch, level)) {
            entry_replace(domain, entry, level, stretch);
        } else if (stretch->bits != 0 || (*entry & DESC_VALID) != 0) {
            if (!is_table(*entry, level) && !block_split(domain, entry, level))
                return -ENOMEM;
            table = table_of(*entry);
            level++;
            index = (stretch->gfn >> level_bits(level)) % ENTRIES;
            continue;
        }
        stretch->gfn += covered;
        stretch->mfn += covered;
        stretch->pages -= covered;
        if (stretch->pages == 0 || ++index >= ENTRIES)
            return 0;
    }
}

static void flush_late(struct domain *domain)
{
    if (!domain->arch.p2m.unflushed)
        return;
    tlb_flush(domain);
    domain->arch.p2m.unflushed = false;
}

/*
 * What was unmapped without a flush may be where this makes something of an entry: break before
 * make (Arm ARM D8.14.1) is kept by a flush in between.
 */
static int stretch_do(struct domain *domain, struct stretch *stretch)
{
    int error = 0;

    if (stretch->bits != 0)
        flush_late(domain);
    while (stretch->pages > 0 && error == 0)
        error = stretch_step(domain, stretch);
    if (stretch->flush && !stretch->late)
        tlb_flush(domain);
    else
        dsb(ishst);
    return error;
}

static bool in_reach(gfn_t gfn, uint64_t pages)
{
    uint64_t limit = 1UL << (stage2_address_bits - PAGE_SHIFT);

    return pages <= limit && gfn.n <= limit - pages;
}

int arch_p2m_map(struct domain *domain, gfn_t gfn, mfn_t mfn, uint64_t pages, enum p2m_type type)
{
    struct stretch stretch = {
        .gfn = gfn.n,
        .mfn = mfn.n,
        .pages = pages,
        .bits = type_bits[type] | (uint64_t)type << DESC_TYPE_SHIFT,
    };
    int error;

    if (!in_reach(gfn, pages))
        return -EINVAL;
    spin_lock(&domain->arch.p2m.lock);
    error = stretch_do(domain, &stretch);
    if (error != 0) {
        struct stretch undo = {.gfn = gfn.n, .pages = pages - stretch.pages};

        (void)stretch_do(domain, &undo);
    } else if (gfn.n + pages - 1 > domain->arch.p2m.max_gfn) {
        __atomic_store_n(&domain->arch.p2m.max_gfn, gfn.n + pages - 1, __ATOMIC_RELAXED);
    }
    spin_unlock(&domain->arch.p2m.lock);
    return error;
}

static int unmap(struct domain *domain, gfn_t gfn, uint64_t pages, bool late)
{
    struct stretch stretch = {.gfn = gfn.n, .pages = pages, .late = late};
    int error;

    if (!in_reach(gfn, pages))
        return -EINVAL;
    spin_lock(&domain->arch.p2m.lock);
    error = stretch_do(domain, &stretch);
    if (stretch.flush && late)
        domain->arch.p2m.unflushed = true;
    spin_unlock(&domain->arch.p2m.lock);
    return error;
}

int arch_p2m_unmap(struct domain *domain, gfn_t gfn, uint64_t pages)
{
    return unmap(domain, gfn, pages, false);
}

int arch_p2m_unmap_unflushed(struct domain *domain, gfn_t gfn, uint64_t pages)
{
    return unmap(domain, gfn, pages, true);
}

void arch_p2m_flush(struct domain *domain)
{
    spin_lock(&domain->arch.p2m.lock);
    flush_late(domain);
    spin_unlock(&domain->arch.p2m.lock);
}

/* The entry that says what is at gfn, which is in reach, and its level. The lock is held. */
static inline __attribute__((always_inline)) uint64_t entry_at(const struct domain *domain,
                                                               uint64_t gfn, unsigned int *level)
{
    uint64_t *table = arch_map(domain->arch.p2m.root);
    uint64_t index = root_index(gfn);
    uint64_t entry;
    unsigned int at;

    for (at = FIRST_LEVEL;; at++) {
        entry = table[index];
        if (!is_table(entry, at))
            break;
        table = table_of(entry);
        index = (gfn >> level_bits(at + 1)) % ENTRIES;
    }
    *level = at;
    return entry;
}

static mfn_t entry_mfn(uint64_t entry, unsigned int level, uint64_t gfn)
{
    return mfn_add(mfn_of(entry & ADDRESS), gfn & ((1UL << level_bits(level)) - 1));
}

static enum p2m_type entry_type(uint64_t entry)
{
    return (enum p2m_type)((entry & DESC_TYPE) >> DESC_TYPE_SHIFT);
}

bool arch_p2m_lookup(struct domain *domain, gfn_t gfn, mfn_t *mfn, enum p2m_type *type)
{
    uint64_t entry;
    unsigned int level;

    if (!in_reach(gfn, 1))
        return false;
    spin_lock(&domain->arch.p2m.lock);
    entry = entry_at(domain, gfn.n, &level);
    spin_unlock(&domain->arch.p2m.lock);
    if ((entry & DESC_VALID) == 0)
        return false;
    *mfn = entry_mfn(entry, level, gfn.n);
    if (type != NULL)
        *type = entry_type(entry);
    return true;
}

uint64_t p2m_clean(struct domain *domain, uint64_t gfn, uint64_t pages)
{
    uint64_t entry, rest;
    unsigned int level;

    spin_lock(&domain->arch.p2m.lock);
    entry = entry_at(domain, gfn, &level);
    rest = (1UL << level_bits(level)) - (gfn & ((1UL << level_bits(level)) - 1));
    if ((entry & DESC_VALID) != 0 && entry_type(entry) != P2M_MMIO) {
        rest = rest < pages ? rest : pages;
        arch_clean_for_guest(arch_map(entry_mfn(entry, level, gfn).n << PAGE_SHIFT),
                             rest << PAGE_SHIFT);
    }
    spin_unlock(&domain->arch.p2m.lock);
    return gfn + rest;
}

uint64_t arch_p2m_max_gfn(const struct domain *domain)
{
    return __atomic_load_n(&domain->arch.p2m.max_gfn, __ATOMIC_RELAXED);
}

/* ---- VMIDs: never 0, which EL2 uses while no guest has been loaded ---- */

#define VMID_LIMIT 65536U

static spinlock_t vmid_lock;
static uint64_t vmid_taken[VMID_LIMIT / 64];

static unsigned int vmid_take(void)
{
    unsigned int limit = 1U << stage2_vmid_bits;
    unsigned int found = 0;

    spin_lock(&vmid_lock);
    for (unsigned int vmid = 1; vmid < limit && found == 0; vmid++) {
        if ((vmid_taken[vmid / 64] >> (vmid % 64) & 1) == 0)
            found = vmid;
    }
    if (found != 0)
        vmid_taken[found / 64] |= 1UL << (found % 64);
    spin_unlock(&vmid_lock);
    return found;
}

static void vmid_give_back(unsigned int vmid)
{
    spin_lock(&vmid_lock);
    vmid_taken[vmid / 64] &= ~(1UL << (vmid % 64));
    spin_unlock(&vmid_lock);
}

int p2m_init(struct domain *domain)
{
    uint64_t *root = pages_alloc(domain, ROOT_ORDER);
    unsigned int vmid;

    if (root == NULL)
        return -ENOMEM;
    vmid = vmid_take();
    if (vmid == 0) {
        pages_free(domain, root, ROOT_ORDER);
        return -ENOSPC;
    }
    domain->arch.p2m.root = arch_paddr(root);
    domain->arch.p2m.vmid = (uint16_t)vmid;
    domain->arch.p2m.vttbr = VTTBR(vmid, arch_paddr(root));
    tlb_flush(domain);
    return 0;
}

/*
 * VMID 0 is no domain's. A pcpu that kept a dead domain's would be free to walk its tables ahead of
 * time, and the next domain with the VMID would find what came of that.
 */
void p2m_unload(void)
{
    WRITE_SYSREG(VTTBR(0, arch_paddr(nobody)), vttbr_el2);
    isb();
}

void p2m_free(struct domain *domain)
{
    if (domain->arch.p2m.root == 0)
        return;
    /* The tables go with the domain's pool. */
    tlb_flush(domain);
    domain->arch.p2m.root = 0;
    vmid_give_back(domain->arch.p2m.vmid);
}
