/* SPDX-License-Identifier: MIT */
/* GNTTABOP_cache_flush: cache maintenance of a page for a device that does not snoop, by who has it
 * mapped or owns it. */
#include "grant_private.h"
#include <trefoil/errno.h>

/* Does the domain have a mapping of this frame? */
static bool has_mapped(struct domain *domain, mfn_t mfn)
{
    struct grant_table *grants = domain->grants;
    bool found = false;

    spin_lock(&grants->mapping_lock);
    for (grant_handle_t handle = 0; handle < grants->nr_mappings && !found; handle++) {
        const struct grant_mapping *mapping = mapping_of(domain, handle);

        found = mapping->used && mapping->mfn == mfn.n;
    }
    /* Held while the lock keeps the mapping from ending. */
    if (found)
        frame_hold(mfn);
    spin_unlock(&grants->mapping_lock);
    return found;
}

static int hold_own(struct domain *domain, mfn_t mfn)
{
    mfn_t held;

    /* Only a direct-mapped domain knows machine addresses of its own. */
    if (!domain->direct_map || !domain_owns(domain, mfn))
        return -EPERM;
    return frame_get(domain, (gfn_t){mfn.n}, false, &held);
}

int grant_cache_flush_one(struct domain *domain, const struct gnttab_cache_flush *op)
{
    mfn_t mfn = mfn_of(op->a.dev_bus_addr);
    int result = 0;

    if ((op->op & ~(uint32_t)(GNTTAB_CACHE_CLEAN | GNTTAB_CACHE_INVAL)) ||
        (unsigned int)op->offset + op->length > PAGE_SIZE)
        return op->op & GNTTAB_CACHE_SOURCE_GREF ? -EOPNOTSUPP : -EINVAL;
    if (!op->op || !op->length)
        return 0;
    if (!has_mapped(domain, mfn))
        result = hold_own(domain, mfn);
    if (result)
        return result;
    /* Who may only read the page must not undo the owner's writes, so what is invalidated is
     * cleaned as well: as DC IVAC of a guest is (Arm ARM, HCR_EL2.VM). */
    arch_clean_for_guest((char *)mfn_map(mfn) + op->offset, op->length);
    frame_put(mfn);
    return 0;
}
