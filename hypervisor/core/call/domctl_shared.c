/* SPDX-License-Identifier: MIT */
/* Which memory the tree lets a domain share, and with whom: out of the launch plan. */
#include "domctl.h"
#include <trefoil/bitmap.h>
#include <trefoil/construct.h>
#include <trefoil/nospec.h>
#include <trefoil/string.h>

static const struct launch_plan *shares_plan; /* NULL: nothing was launched */

void shares_tell(const struct launch_plan *plan)
{
    shares_plan = plan;
}

/* The regions of which the domain has a share. */
static void find_regions(domid_t domain, uint64_t regions[LAUNCH_MAX_SHARES / 64])
{
    memset(regions, 0, LAUNCH_MAX_SHARES / 8);
    for (unsigned int i = 0; i < shares_plan->nr_shares; i++) {
        const struct launch_share *share = &shares_plan->shares[i];

        if (share->domid == domain)
            regions[share->region / 64] |= UINT64_C(1) << share->region % 64;
    }
}

static void fill_share(const struct launch_share *share, domid_t domain,
                       struct xen_domctl_trefoil_shared_memory *out)
{
    out->domain = share->domid;
    out->flags = share->owner ? XEN_DOMCTL_TREFOIL_SHARE_OWNER : 0;
    string_copy(out->id, share->id, sizeof(out->id));
    out->address = share->domid == domain ? share->guest.start : 0;
    out->size = share->guest.size;
}

int64_t op_shared_memory(struct vcpu *vcpu, struct domain *domain, struct xen_domctl *op)
{
    struct xen_domctl_trefoil_shared_memory *out = &op->u.trefoil_shared_memory;
    uint64_t regions[LAUNCH_MAX_SHARES / 64];
    unsigned int count = shares_plan ? shares_plan->nr_shares : 0;

    (void)vcpu;
    if (out->position >= count)
        return -ENOENT;
    find_regions(domain->id, regions);
    for (unsigned int i = index_nospec(out->position, LAUNCH_MAX_SHARES); i < count; i++) {
        const struct launch_share *share = &shares_plan->shares[i];

        if (!(regions[share->region / 64] >> share->region % 64 & 1))
            continue;
        fill_share(share, domain->id, out);
        out->position = i + 1;
        op->domain = domain->id;
        return 0;
    }
    return -ENOENT;
}
