/* SPDX-License-Identifier: MIT */
/* The shared table of a domain, and taking its entries into use. */
#include "grant_private.h"
#include "event/guest_atomic.h"
#include <trefoil/errno.h>
#include <trefoil/hypercall.h>
#include <trefoil/printk.h>

/* The flags and the user of an entry are one word of it, read and changed at once. */
#define WORD_FLAGS(word) ((uint16_t)(word))
#define WORD_DOMID(word) ((domid_t)((word) >> 16))

static int grow_locked(struct domain *domain, unsigned int frames)
{
    struct grant_table *grants = domain->grants;

    for (unsigned int grown = 0; grants->nr_frames < frames; grown++) {
        unsigned int index = grants->nr_frames;
        struct grant_entry_v1 *frame;
        struct active_entry *active;

        if (grown && hypercall_preempt())
            return -ERESTART;
        frame = page_alloc(domain);
        active = pages_alloc(domain, ACTIVE_ORDER);
        if (!frame || !active) {
            page_free(domain, frame);
            pages_free(domain, active, ACTIVE_ORDER);
            return -ENOMEM;
        }
        grants->frames[index] = (struct grant_frame){frame, active};
        grants->nr_frames++;
    }
    return 0;
}

int grant_table_init(struct domain *domain, unsigned int max_frames, unsigned int max_maptrack)
{
    struct grant_table *grants = pages_alloc(domain, order_of_size(sizeof(*grants)));

    domain->grants = grants;
    if (!grants)
        return -ENOMEM;
    grants->max_frames = max_frames < GRANT_MAX_FRAMES ? max_frames : GRANT_MAX_FRAMES;
    grants->max_mapping_pages = max_maptrack < MAPPING_MAX_PAGES ? max_maptrack : MAPPING_MAX_PAGES;
    grants->free_mapping = NO_HANDLE;
    return grow_locked(domain, 1);
}

void grant_table_free(struct domain *domain)
{
    struct grant_table *grants = domain->grants;

    if (!grants)
        return;
    for (unsigned int i = 0; i < grants->nr_frames; i++) {
        page_free(domain, grants->frames[i].entries);
        pages_free(domain, grants->frames[i].active, ACTIVE_ORDER);
    }
    for (unsigned int i = 0; i < grants->max_mapping_pages; i++)
        page_free(domain, grants->mappings[i]);
    pages_free(domain, grants, order_of_size(sizeof(*grants)));
    domain->grants = NULL;
}

int grant_table_grow(struct domain *domain, unsigned int frames)
{
    struct grant_table *grants = domain->grants;

    if (frames > grants->max_frames)
        return -EINVAL;
    spin_lock(&grants->lock);

    int result = grow_locked(domain, frames);

    spin_unlock(&grants->lock);
    return result;
}

int grant_table_frame(struct domain *domain, unsigned int index, mfn_t *mfn)
{
    int result = index < domain->grants->max_frames ? grant_table_grow(domain, index + 1) : -EINVAL;

    if (!result)
        *mfn = page_mfn(domain->grants->frames[index].entries);
    return result;
}

void grant_table_size(struct domain *domain, unsigned int *frames, unsigned int *max_frames)
{
    spin_lock(&domain->grants->lock);
    *frames = domain->grants->nr_frames;
    spin_unlock(&domain->grants->lock);
    *max_frames = domain->grants->max_frames;
}

void grant_table_tell(struct domain *domain)
{
    struct grant_table *grants = domain->grants;
    unsigned int frames, max_frames, handles;

    grant_table_size(domain, &frames, &max_frames);
    spin_lock(&grants->mapping_lock);
    handles = grants->nr_mappings;
    spin_unlock(&grants->mapping_lock);
    log_info("%s: %u of %u frames of grants; at most %u mapped of others, %u of %u frames",
             domain->name, frames, max_frames, handles,
             (unsigned int)((handles + MAPPINGS_PER_PAGE - 1) / MAPPINGS_PER_PAGE),
             grants->max_mapping_pages);
}

int grant_table_seed(struct domain *domain, grant_ref_t ref, domid_t peer, gfn_t gfn)
{
    if (ref >= ENTRIES_PER_FRAME || gfn.n > UINT32_MAX)
        return -EINVAL;
    domain->grants->frames[0].entries[ref] = (struct grant_entry_v1){
        .flags = GTF_permit_access, .domid = peer, .frame = (uint32_t)gfn.n};
    return 0;
}

static uint32_t *word_of(struct grant_entry_v1 *entry)
{
    _Static_assert(offsetof(struct grant_entry_v1, domid) == 2, "flags and domid are one word");
    return (uint32_t *)(void *)entry;
}

/* Sets the flags that say an entry is in use, if the entry lets this user have it. */
static int16_t mark(struct grant_entry_v1 *entry, domid_t user, bool write)
{
    uint32_t *word = word_of(entry);
    uint32_t marks = GTF_reading | (write ? GTF_writing : 0);

    for (unsigned int i = 0; i < GUEST_ATOMIC_TRIES; i++) {
        uint32_t seen = __atomic_load_n(word, __ATOMIC_ACQUIRE);
        uint16_t flags = WORD_FLAGS(seen);

        if ((flags & (GTF_type_mask | GTF_sub_page)) != GTF_permit_access ||
            WORD_DOMID(seen) != user)
            return GNTST_general_error;
        if (write && (flags & GTF_readonly))
            return GNTST_general_error;
        if (__atomic_compare_exchange_n(word, &seen, seen | marks, true, __ATOMIC_SEQ_CST,
                                        __ATOMIC_RELAXED))
            return GNTST_okay;
    }
    return GNTST_eagain;
}

/* Clears the flags that no user stands for any more. */
static void unmark(struct domain *owner, struct grant_entry_v1 *entry,
                   const struct active_entry *active)
{
    uint32_t *word = word_of(entry);
    uint32_t marks = active->writers ? 0 : GTF_writing;

    if (!active->readers && !active->writers)
        marks |= GTF_reading;
    for (unsigned int i = 0; marks && i < GUEST_ATOMIC_TRIES; i++) {
        uint32_t seen = __atomic_load_n(word, __ATOMIC_RELAXED);

        if (__atomic_compare_exchange_n(word, &seen, seen & ~marks, true, __ATOMIC_SEQ_CST,
                                        __ATOMIC_RELAXED))
            return;
    }
    if (marks)
        domain_crash(owner, "keeps writing a grant entry that the hypervisor is to change");
}

static int16_t status_of(int error)
{
    switch (error) {
    case 0: return GNTST_okay;
    case -ESRCH: return GNTST_bad_domain;
    case -EPERM: return GNTST_permission_denied;
    case -ENOSPC: return GNTST_no_space;
    default: return GNTST_bad_page;
    }
}

/* First use of an entry: the frame is what it says at this moment, and stays. */
static int16_t activate(struct domain *owner, struct grant_entry_v1 *entry,
                        struct active_entry *active, bool write)
{
    gfn_t gfn = {__atomic_load_n(&entry->frame, __ATOMIC_RELAXED)};
    mfn_t mfn;
    int16_t status = status_of(frame_get(owner, gfn, write, &mfn));

    if (status == GNTST_okay)
        active->mfn = mfn.n;
    return status;
}

static int16_t acquire_locked(struct domain *owner, grant_ref_t ref, domid_t user, bool write,
                              mfn_t *mfn)
{
    struct grant_table *grants = owner->grants;
    const struct grant_frame *frame;
    struct active_entry *active;
    struct grant_entry_v1 *entry;
    int16_t status = GNTST_okay;

    if (ref >= grants->nr_frames * ENTRIES_PER_FRAME)
        return GNTST_bad_gntref;
    ref = (grant_ref_t)index_nospec(ref, GRANT_MAX_FRAMES * ENTRIES_PER_FRAME);
    frame = &grants->frames[ref / ENTRIES_PER_FRAME];
    active = &frame->active[ref % ENTRIES_PER_FRAME];
    entry = &frame->entries[ref % ENTRIES_PER_FRAME];

    bool idle = !active->readers && !active->writers;

    if (!idle && active->user != user)
        return GNTST_general_error;
    if (active->readers == ACTIVE_MAX || active->writers == ACTIVE_MAX)
        return GNTST_no_space;
    if (idle || (write && !active->writers))
        status = mark(entry, user, write);
    if (status != GNTST_okay)
        return status;
    if (idle)
        status = activate(owner, entry, active, write);
    else
        frame_hold((mfn_t){active->mfn});
    if (status != GNTST_okay) {
        unmark(owner, entry, active);
        return status;
    }
    active->user = user;
    active->readers += !write;
    active->writers += write;
    *mfn = (mfn_t){active->mfn};
    return GNTST_okay;
}

int16_t grant_acquire(struct domain *owner, grant_ref_t ref, const struct domain *user, bool write,
                      mfn_t *mfn)
{
    spin_lock(&owner->grants->lock);

    int16_t status = acquire_locked(owner, ref, user->id, write, mfn);

    spin_unlock(&owner->grants->lock);
    return status;
}

void grant_release(struct domain *owner, grant_ref_t ref, bool write, mfn_t mfn)
{
    struct grant_table *grants = owner->grants;
    const struct grant_frame *frame = &grants->frames[ref / ENTRIES_PER_FRAME];
    struct active_entry *active = &frame->active[ref % ENTRIES_PER_FRAME];

    spin_lock(&grants->lock);
    active->readers -= !write;
    active->writers -= write;
    unmark(owner, &frame->entries[ref % ENTRIES_PER_FRAME], active);
    spin_unlock(&grants->lock);
    frame_put(mfn);
}
