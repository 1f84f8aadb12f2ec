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

static struct frame_bank {
    uint64_t first, pages;
    struct frame *frames;
} frame_banks[MACHINE_MAX_BANKS];
static unsigned int nr_frame_banks;

void frames_init(void)
{
    const struct machine *machine = heap_machine();

    for (unsigned int i = 0; i < machine->nr_banks; i++) {
        struct frame_bank *bank = &frame_banks[nr_frame_banks];

        bank->first = machine->banks[i].start >> PAGE_SHIFT;
        bank->pages = machine->banks[i].size >> PAGE_SHIFT;
        if (!bank->pages)
            continue;

        uint64_t table = ALIGN_UP(bank->pages * sizeof(struct frame), PAGE_SIZE) >> PAGE_SHIFT;
        uint64_t start = heap_take_small(table, 1);

        if (start == NO_EXTENT)
            panic("no %lu pages in one piece for the frame table", (unsigned long)table);
        bank->frames = mfn_map((mfn_t){start});
        nr_frame_banks++;
    }
}

struct frame *frame_of(mfn_t mfn)
{
    for (unsigned int i = 0; i < nr_frame_banks; i++) {
        const struct frame_bank *bank = &frame_banks[i];

        if (mfn.n - bank->first < bank->pages)
            return &bank->frames[mfn.n - bank->first];
    }
    return NULL;
}

/* Whole pages of records are scrubbed as the frames are: by all CPUs that have nothing to do. */
static void clear(struct frame *frames, uint64_t count)
{
    char *from = (char *)frames, *to = (char *)(frames + count);
    char *first = (char *)ALIGN_UP((uintptr_t)from, PAGE_SIZE);
    char *last = (char *)ALIGN_DOWN((uintptr_t)to, PAGE_SIZE);

    if (first >= last) {
        memset(from, 0, (size_t)(to - from));
        return;
    }
    memset(from, 0, (size_t)(first - from));
    scrub_memory(page_mfn(first).n << PAGE_SHIFT, (uint64_t)(last - first));
    memset(last, 0, (size_t)(to - last));
}

bool frames_begin(uint64_t start, uint64_t pages, uint32_t flags)
{
    for (unsigned int i = 0; i < nr_frame_banks; i++) {
        const struct frame_bank *bank = &frame_banks[i];
        uint64_t index = start - bank->first;

        if (index < bank->pages && pages <= bank->pages - index) {
            clear(&bank->frames[index], pages);
            for (uint64_t k = 0; flags && k < pages; k++)
                bank->frames[index + k].state = flags;
            return true;
        }
    }
    return false;
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

    if (!(before & FRAME_STATIC))
        heap_give(mfn.n, 1);
    if (owner) {
        domain_put(owner);
        domain_put(owner);
    }
}
