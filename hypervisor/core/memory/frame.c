/* SPDX-License-Identifier: MIT */
#include "frame.h"
#include "extents.h"
#include "scrub.h"
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/memory.h>
#include <trefoil/printk.h>
#include <trefoil/string.h>

/* More holders than domains and their grant limits can make; keeps the count from ever running
 * over. */
#define FRAME_MAX_HOLDERS 0x00800000U

#define FRAMES_PER_PAGE (PAGE_SIZE / sizeof(struct frame))

/* A bank's records, by pages of them: only what domains have costs memory. */
static struct frame_bank {
    uint64_t first, pages;
    struct frame **records;
} frame_banks[MACHINE_MAX_BANKS];
static unsigned int nr_frame_banks;
static spinlock_t records_lock; /* who adds pages of them */

static void init_bank(uint64_t first, uint64_t pages)
{
    uint64_t size = (pages / FRAMES_PER_PAGE + 2) * sizeof(struct frame *);
    uint64_t directory = ALIGN_UP(size, PAGE_SIZE) >> PAGE_SHIFT;
    uint64_t start = heap_take_small(directory, 1);

    if (start == NO_EXTENT)
        panic("no %lu pages in one piece for the directory of frames", (unsigned long)directory);
    frame_banks[nr_frame_banks++] = (struct frame_bank){first, pages, mfn_map((mfn_t){start})};
    memset(mfn_map((mfn_t){start}), 0, directory << PAGE_SHIFT);
}

void frames_init(void)
{
    const struct machine *machine = heap_machine();

    for (unsigned int i = 0; i < machine->nr_banks; i++) {
        const struct paddr_range *bank = &machine->banks[i];

        if (bank->size >> PAGE_SHIFT)
            init_bank(bank->start >> PAGE_SHIFT, bank->size >> PAGE_SHIFT);
    }
}

/* The bank of some frames; NULL when they are not in one. */
static struct frame_bank *bank_of(uint64_t start, uint64_t pages)
{
    for (unsigned int i = 0; i < nr_frame_banks; i++) {
        struct frame_bank *bank = &frame_banks[i];
        uint64_t index = start - bank->first;

        if (index < bank->pages && pages <= bank->pages - index)
            return bank;
    }
    return NULL;
}

/* Where the page of a frame's records is noted: by 2 MiB of the machine, not of the bank. */
static struct frame **records_of(const struct frame_bank *bank, uint64_t mfn)
{
    return &bank->records[mfn / FRAMES_PER_PAGE - bank->first / FRAMES_PER_PAGE];
}

struct frame *frame_of(mfn_t mfn)
{
    const struct frame_bank *bank = bank_of(mfn.n, 1);
    struct frame *records;

    if (!bank)
        return NULL;
    records = __atomic_load_n(records_of(bank, mfn.n), __ATOMIC_ACQUIRE);
    return records ? &records[mfn.n % FRAMES_PER_PAGE] : NULL;
}

/* Takes pages for the records that there are none of yet, and uses as many. */
static void add_records(const struct frame_bank *bank, uint64_t first, uint64_t last, uint64_t run,
                        uint64_t count)
{
    uint64_t used = 0;

    spin_lock(&records_lock);
    for (uint64_t at = first; at <= last && used < count; at += FRAMES_PER_PAGE) {
        struct frame **records = records_of(bank, at);

        if (!*records)
            __atomic_store_n(records, mfn_map((mfn_t){run + used++}), __ATOMIC_RELEASE);
    }
    spin_unlock(&records_lock);
    /* Another domain, which has the rest of 2 MiB, may have been quicker. */
    if (used < count)
        heap_give(run + used, count - used);
}

int frames_begin(uint64_t start, uint64_t pages)
{
    const struct frame_bank *bank = bank_of(start, pages);
    uint64_t first = ALIGN_DOWN(start, FRAMES_PER_PAGE), last = start + pages - 1;
    uint64_t missing = 0, run;

    if (!bank)
        return -EINVAL;
    for (uint64_t at = first; at <= last; at += FRAMES_PER_PAGE)
        missing += __atomic_load_n(records_of(bank, at), __ATOMIC_RELAXED) == NULL;
    if (!missing)
        return 0;
    run = heap_take_small(missing, 1);
    if (run == NO_EXTENT)
        return -ENOMEM;
    /* As the frames are: by all CPUs that have nothing to do. */
    scrub_memory(run << PAGE_SHIFT, missing << PAGE_SHIFT);
    add_records(bank, first, last, run, missing);
    return 0;
}

/* Holds a frame of a domain that cannot lose it meanwhile: under its memory_lock. */
static int hold_owned(mfn_t mfn)
{
    struct frame *frame = frame_of(mfn);

    if (!frame)
        return -EFAULT;
    if ((atomic_fetch_add(&frame->state, 1) & FRAME_HOLDERS) < FRAME_MAX_HOLDERS)
        return 0;
    atomic_fetch_sub(&frame->state, 1);
    return -ENOSPC;
}

static int get_locked(struct domain *owner, gfn_t gfn, bool write, mfn_t *mfn)
{
    enum p2m_type type;

    if (owner->life >= DOMAIN_DYING)
        return -ESRCH;
    if (!arch_p2m_lookup(owner, gfn, mfn, &type))
        return -EFAULT;
    if (type != P2M_RAM && type != P2M_RAM_RO)
        return -EFAULT;
    if (write && type == P2M_RAM_RO)
        return -EPERM;
    return hold_owned(*mfn);
}

int frame_get(struct domain *owner, gfn_t gfn, bool write, mfn_t *mfn)
{
    spin_lock(&owner->memory_lock);

    int result = get_locked(owner, gfn, write, mfn);

    spin_unlock(&owner->memory_lock);
    return result;
}

int frame_get_guest(uint64_t guest_vaddr, bool write, mfn_t *mfn)
{
    struct domain *domain = current_vcpu()->domain;

    spin_lock(&domain->memory_lock);

    int result = arch_translate_guest(guest_vaddr, write, mfn);

    if (!result)
        result = domain_owns(domain, *mfn) ? hold_owned(*mfn) : -EFAULT;
    spin_unlock(&domain->memory_lock);
    return result;
}

void frame_hold(mfn_t mfn)
{
    struct frame *frame = frame_of(mfn);

    if (frame)
        atomic_fetch_add(&frame->state, 1);
}

void frame_put(mfn_t mfn)
{
    struct frame *frame = frame_of(mfn);

    if (!frame)
        return;

    uint32_t before = atomic_fetch_sub(&frame->state, 1);

    if ((before & (FRAME_HOLDERS | FRAME_ORPHAN)) != (FRAME_ORPHAN | 1))
        return;

    /* The reference that the orphan had on its owner keeps that from being another by now. */
    struct domain *owner = domain_get((domid_t)frame->link);

    atomic_store(&frame->state, 0);
    if (owner) {
        domain_put(owner);
        domain_put(owner);
    }
}
