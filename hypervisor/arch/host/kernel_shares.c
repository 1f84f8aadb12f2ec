/* SPDX-License-Identifier: MIT */
/* Pages of the domain's own RAM, granted to others. */
#include "kernel.h"

#include <stdlib.h>
#include <string.h>

#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/grant_table.h>
#include <xen/grant_table.h>

#define FIRST_REF       8U /* below are those that the hypervisor fills in */
#define ENTRIES_A_FRAME (PAGE_SIZE / sizeof(struct grant_entry_v1))
#define MAX_SHARES      2048U

/* As a kernel reaches its own grant table. */
static struct grant_entry_v1 *entry_of(struct domain *domain, unsigned int share)
{
    unsigned int ref = FIRST_REF + share;
    mfn_t mfn;

    if (grant_table_frame(domain, ref / ENTRIES_A_FRAME, &mfn))
        return NULL;
    return (struct grant_entry_v1 *)mfn_map(mfn) + ref % ENTRIES_A_FRAME;
}

/* Pages come from the end of the largest run of RAM. */
static bool find_page(struct domain *domain, unsigned int index, uint64_t *gfn)
{
    const struct p2m_run *largest = NULL;

    for (unsigned int i = 0; i < domain->arch.p2m.nr_runs; i++) {
        const struct p2m_run *run = &domain->arch.p2m.runs[i];

        if (run->type == P2M_RAM && (!largest || run->pages > largest->pages))
            largest = run;
    }
    if (!largest || index >= largest->pages)
        return false;
    *gfn = largest->gfn + largest->pages - 1 - index;
    return true;
}

/* An entry that is in use stays until its user lets go. */
static bool take_back(struct domain *domain, unsigned int share)
{
    struct grant_entry_v1 *entry = entry_of(domain, share);

    if (!entry || (__atomic_load_n(&entry->flags, __ATOMIC_SEQ_CST) & (GTF_reading | GTF_writing)))
        return false;
    __atomic_store_n(&entry->flags, 0, __ATOMIC_SEQ_CST);
    return true;
}

static void release(struct domain *domain, uint64_t share)
{
    struct kernel_share *there = &domain->arch.kernel->shares[share];

    there->state = take_back(domain, (unsigned int)share) ? SHARE_FREE : SHARE_LEFT;
}

static const struct kernel_pages shares = {release};

/* A share that is free; -ENOSPC. */
static int find_share(struct domain *domain)
{
    struct guest_kernel *kernel = kernel_of(domain);
    struct kernel_share *grown;

    if (!kernel)
        return -ENOMEM;
    for (unsigned int i = 0; i < kernel->nr_shares; i++) {
        if (kernel->shares[i].state == SHARE_LEFT && take_back(domain, i))
            kernel->shares[i].state = SHARE_FREE;
        if (kernel->shares[i].state == SHARE_FREE)
            return (int)i;
    }
    if (kernel->nr_shares == MAX_SHARES)
        return -ENOSPC;
    grown = realloc(kernel->shares, (kernel->nr_shares + 1) * sizeof(*grown));
    if (!grown)
        return -ENOMEM;
    kernel->shares = grown;
    grown[kernel->nr_shares].state = SHARE_FREE;
    if (!find_page(domain, kernel->nr_shares, &grown[kernel->nr_shares].gfn))
        return -ENOSPC;
    return (int)kernel->nr_shares++;
}

static int share_one(struct domain *domain, const struct twin_request *request, uint64_t *share,
                     uint64_t *offset)
{
    int found = find_share(domain);
    struct grant_entry_v1 *entry = found < 0 ? NULL : entry_of(domain, (unsigned int)found);
    mfn_t mfn;

    if (!entry)
        return found < 0 ? found : -ENOSPC;
    struct kernel_share *there = &domain->arch.kernel->shares[found];

    if (!arch_p2m_lookup(domain, (gfn_t){there->gfn}, &mfn, NULL) ||
        !host_ram_offset(mfn_to_paddr(mfn), offset))
        return -EFAULT;
    memset(mfn_map(mfn), 0, PAGE_SIZE);
    entry->domid = (domid_t)request->domid;
    entry->frame = (uint32_t)there->gfn;
    __atomic_store_n(&entry->flags,
                     (uint16_t)(GTF_permit_access | (request->writable ? 0 : GTF_readonly)),
                     __ATOMIC_SEQ_CST);
    there->state = SHARE_USED;
    *share = (uint64_t)found;
    return 0;
}

int64_t kernel_share(struct domain *domain, struct kernel_user *user,
                     const struct twin_request *request, uint64_t *offsets, uint64_t *references)
{
    struct kernel_mapping *mapping = kernel_mapping_new(&shares, request);

    if (!mapping)
        return -ENOMEM;
    while (mapping->count < request->count) {
        unsigned int at = mapping->count;
        int result = share_one(domain, request, &mapping->pages[at], &offsets[at]);

        if (result) {
            kernel_mapping_undo(domain, mapping);
            return result;
        }
        references[at] = FIRST_REF + mapping->pages[at];
        mapping->count++;
    }
    mapping->offset = offsets[0];
    return kernel_mapping_add(domain, user, mapping);
}
