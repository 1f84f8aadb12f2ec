/* SPDX-License-Identifier: MIT */
/* GNTTABOP_cache_flush: cache maintenance of a page for a device that does not snoop, by who has it
 * mapped or owns it. */
#include "grant_private.h"
#include <trefoil/errno.h>
#include <trefoil/hypercall.h>

/* Handles looked at between two looks for a waiting interrupt. */
#define SEARCH_BATCH 256U

/* Is one of these handles' mappings that of the frame? Then the frame is held. */
static bool is_among(struct domain *domain, mfn_t mfn, grant_handle_t first, grant_handle_t end)
{
    struct grant_table *grants = domain->grants;
    bool found = false;

    spin_lock(&grants->mapping_lock);
    for (grant_handle_t handle = first; handle < end && !found; handle++) {
        const struct grant_mapping *mapping = mapping_of(domain, handle);

        found = mapping && mapping->used && mapping->mfn == mfn.n;
    }
    /* Held while the lock keeps the mapping from ending. */
    if (found)
        frame_hold(mfn);
    spin_unlock(&grants->mapping_lock);
    return found;
}

/* Does the domain have a mapping of this frame? 1, 0, or -ERESTART. */
static int has_mapped(struct domain *domain, mfn_t mfn, uint32_t *position)
{
    for (grant_handle_t handle = *position; handle < domain->grants->nr_mappings;
         handle += SEARCH_BATCH) {
        if (handle != *position && hypercall_preempt()) {
            *position = handle;
            return -ERESTART;
        }
        if (is_among(domain, mfn, handle, handle + SEARCH_BATCH))
            return 1;
    }
    return 0;
}

static int hold_own(struct domain *domain, mfn_t mfn)
{
    mfn_t held;

    /* Only a direct-mapped domain knows machine addresses of its own. */
    if (!domain->direct_map || !domain_owns(domain, mfn))
        return -EPERM;
    return frame_get(domain, (gfn_t){mfn.n}, false, &held);
}

int grant_cache_flush_one(struct domain *domain, const struct gnttab_cache_flush *op,
                          uint32_t *position)
{
    mfn_t mfn = mfn_of(op->a.dev_bus_addr);
    int result;

    if ((op->op & ~(uint32_t)(GNTTAB_CACHE_CLEAN | GNTTAB_CACHE_INVAL)) ||
        (unsigned int)op->offset + op->length > PAGE_SIZE)
        return op->op & GNTTAB_CACHE_SOURCE_GREF ? -EOPNOTSUPP : -EINVAL;
    if (!op->op || !op->length)
        return 0;
    result = has_mapped(domain, mfn, position);
    if (result == 0)
        result = hold_own(domain, mfn);
    if (result < 0)
        return result;
    /* Who may only read the page must not undo the owner's writes, so what is invalidated is
     * cleaned as well: as the guest's own instruction for it would. */
    arch_clean_for_guest((char *)mfn_map(mfn) + op->offset, op->length);
    frame_put(mfn);
    return 0;
}
