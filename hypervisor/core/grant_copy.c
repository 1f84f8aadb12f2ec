/* SPDX-License-Identifier: MIT */
/* GNTTABOP_copy: between two pages, each a grant or the caller's own. */
#include "grant_private.h"
#include <trefoil/access.h>
#include <trefoil/errno.h>
#include <trefoil/hypercall.h>
#include <trefoil/string.h>

/* One side of a copy, held while it lasts. */
struct copy_side {
    struct domain *owner; /* referenced */
    bool granted, write;
    grant_ref_t ref;
    mfn_t mfn;
};

static int16_t hold_own(const struct domain *domain, struct copy_side *side, uint64_t gfn)
{
    if (side->owner != domain)
        return GNTST_permission_denied;
    return frame_get(side->owner, (gfn_t){gfn}, side->write, &side->mfn) ? GNTST_bad_page
                                                                         : GNTST_okay;
}

static int16_t hold_granted(const struct domain *domain, struct copy_side *side, grant_ref_t ref)
{
    side->ref = ref;
    if (policy_check(OP_grant_copy, domain, side->owner))
        return GNTST_permission_denied;
    return grant_acquire(side->owner, ref, domain, side->write, &side->mfn);
}

static int16_t side_begin(const struct domain *domain, struct copy_side *side,
                          const struct gnttab_copy_ptr *pointer)
{
    int16_t status = GNTST_bad_domain;

    side->owner = domain_get_argument(current_vcpu(), pointer->domid);
    if (!side->owner)
        return status;
    if (side->granted)
        status = hold_granted(domain, side, pointer->u.ref);
    else
        status = hold_own(domain, side, pointer->u.gmfn);
    if (status != GNTST_okay)
        domain_put(side->owner);
    return status;
}

static void side_end(struct copy_side *side)
{
    if (side->granted)
        grant_release(side->owner, side->ref, side->write, side->mfn);
    else
        frame_put(side->mfn);
    domain_put(side->owner);
}

void grant_copy_one(struct domain *domain, struct gnttab_copy *op)
{
    struct copy_side source = {.granted = op->flags & GNTCOPY_source_gref};
    struct copy_side target = {.granted = op->flags & GNTCOPY_dest_gref, .write = true};

    if ((unsigned int)op->source.offset + op->len > PAGE_SIZE ||
        (unsigned int)op->dest.offset + op->len > PAGE_SIZE) {
        op->status = GNTST_bad_copy_arg;
        return;
    }
    op->status = side_begin(domain, &source, &op->source);
    if (op->status != GNTST_okay)
        return;
    op->status = side_begin(domain, &target, &op->dest);
    if (op->status == GNTST_okay) {
        memmove((char *)mfn_map(target.mfn) + op->dest.offset,
                (const char *)mfn_map(source.mfn) + op->source.offset, op->len);
        side_end(&target);
    }
    side_end(&source);
}
