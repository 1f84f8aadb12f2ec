/* SPDX-License-Identifier: MIT */
/* GNTTABOP_copy: between two pages, each a grant or the caller's own. */
#include "grant_private.h"
#include <trefoil/access.h>
#include <trefoil/errno.h>
#include <trefoil/hypercall.h>
#include <trefoil/string.h>

/* One side of a copy, held while it lasts. */
struct copy_side {
    bool granted, write;
    struct domain *owner; /* of a grant, referenced */
    grant_ref_t ref;
    mfn_t mfn;
};

/* A page by its frame number can only be the caller's own. */
static int16_t hold_own(struct domain *domain, struct copy_side *side,
                        const struct gnttab_copy_ptr *pointer)
{
    if (pointer->domid != DOMID_SELF && pointer->domid != domain->id)
        return GNTST_permission_denied;
    return frame_get(domain, (gfn_t){pointer->u.gmfn}, side->write, &side->mfn) ? GNTST_bad_page
                                                                                : GNTST_okay;
}

static int16_t hold_granted(struct domain *domain, struct copy_side *side,
                            const struct gnttab_copy_ptr *pointer)
{
    int16_t status =
        grant_status_of(policy_target(OP_grant_copy, domain, pointer->domid, &side->owner));

    if (status != GNTST_okay)
        return status;
    side->ref = pointer->u.ref;
    status = grant_acquire(side->owner, side->ref, domain, side->write, &side->mfn);
    if (status != GNTST_okay)
        domain_put(side->owner);
    return status;
}

static int16_t side_begin(struct domain *domain, struct copy_side *side,
                          const struct gnttab_copy_ptr *pointer)
{
    return side->granted ? hold_granted(domain, side, pointer) : hold_own(domain, side, pointer);
}

static void side_end(struct copy_side *side)
{
    if (!side->granted) {
        frame_put(side->mfn);
        return;
    }
    grant_release(side->owner, side->ref, side->write, side->mfn);
    domain_put(side->owner);
}

static void copy_bytes(mfn_t to, uint16_t to_offset, mfn_t from, uint16_t from_offset, size_t size)
{
    memmove((char *)mfn_map(to) + to_offset, (const char *)mfn_map(from) + from_offset, size);
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
        copy_bytes(target.mfn, op->dest.offset, source.mfn, op->source.offset, op->len);
        side_end(&target);
    }
    side_end(&source);
}
