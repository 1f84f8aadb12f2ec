/* SPDX-License-Identifier: MIT */
/* Mapping others' pages: handles, and the way into and out of the physmap. */
#include "grant_private.h"
#include <trefoil/access.h>
#include <trefoil/errno.h>
#include <trefoil/hypercall.h>

struct grant_mapping *mapping_of(const struct domain *domain, grant_handle_t handle)
{
    const struct grant_table *grants = domain->grants;

    if (handle >= grants->nr_mappings)
        return NULL;
    handle = (grant_handle_t)index_nospec(handle, MAPPING_MAX_PAGES * MAPPINGS_PER_PAGE);
    return &grants->mappings[handle / MAPPINGS_PER_PAGE][handle % MAPPINGS_PER_PAGE];
}

static struct grant_mapping *new_locked(struct domain *domain, grant_handle_t *handle)
{
    struct grant_table *grants = domain->grants;
    struct grant_mapping **page, *mapping;

    if (grants->free_mapping != NO_HANDLE) {
        *handle = grants->free_mapping;
        mapping = mapping_of(domain, *handle);
        grants->free_mapping = mapping->next_free;
        return mapping;
    }
    if (grants->nr_mappings == grants->max_mapping_pages * MAPPINGS_PER_PAGE)
        return NULL;
    page = &grants->mappings[grants->nr_mappings / MAPPINGS_PER_PAGE];
    if (!*page)
        *page = page_alloc(domain);
    if (!*page)
        return NULL;
    *handle = grants->nr_mappings++;
    return mapping_of(domain, *handle);
}

struct grant_mapping *mapping_new(struct domain *domain, grant_handle_t *handle)
{
    spin_lock(&domain->grants->mapping_lock);

    struct grant_mapping *mapping = new_locked(domain, handle);

    spin_unlock(&domain->grants->mapping_lock);
    return mapping;
}

bool mapping_take(struct domain *domain, grant_handle_t handle, uint64_t gfn,
                  struct grant_mapping *mapping)
{
    bool found = false;

    spin_lock(&domain->grants->mapping_lock);

    struct grant_mapping *there = mapping_of(domain, handle);

    if (there && there->used && there->gfn == gfn) {
        *mapping = *there;
        there->used = false;
        found = true;
    }
    spin_unlock(&domain->grants->mapping_lock);
    return found;
}

void mapping_free(struct domain *domain, grant_handle_t handle)
{
    struct grant_table *grants = domain->grants;

    spin_lock(&grants->mapping_lock);
    mapping_of(domain, handle)->next_free = grants->free_mapping;
    grants->free_mapping = handle;
    spin_unlock(&grants->mapping_lock);
}

unsigned int grant_mappings_of(struct domain *domain, domid_t owner, uint32_t *position)
{
    struct grant_table *grants = domain->grants;
    grant_handle_t handle = *position;
    unsigned int count = 0;

    spin_lock(&grants->mapping_lock);
    for (; handle < grants->nr_mappings && handle - *position < MAPPINGS_PER_PAGE; handle++) {
        const struct grant_mapping *mapping = mapping_of(domain, handle);

        count += mapping->used && mapping->owner == owner;
    }
    *position = handle < grants->nr_mappings ? handle : 0;
    spin_unlock(&grants->mapping_lock);
    return count;
}

static enum p2m_type type_of(bool writable)
{
    return writable ? P2M_GRANT_RW : P2M_GRANT_RO;
}

/* The mapping becomes known, and can be ended, only once it is there. */
static void publish(struct domain *domain, struct grant_mapping *to,
                    const struct grant_mapping *mapping)
{
    spin_lock(&domain->grants->mapping_lock);
    *to = *mapping;
    spin_unlock(&domain->grants->mapping_lock);
}

static int16_t map_from(struct domain *domain, struct domain *owner,
                        struct gnttab_map_grant_ref *op)
{
    bool writable = !(op->flags & GNTMAP_readonly);
    gfn_t gfn = gfn_of(op->host_addr);
    struct grant_mapping *mapping = NULL;
    grant_handle_t handle;
    int16_t status;
    mfn_t mfn;

    if (gfn.n <= UINT32_MAX)
        mapping = mapping_new(domain, &handle);
    if (!mapping)
        return GNTST_no_device_space;
    status = grant_acquire(owner, op->ref, domain, writable, &mfn);
    if (status != GNTST_okay) {
        mapping_free(domain, handle);
        return status;
    }
    if ((op->flags & GNTMAP_host_map) && physmap_put(domain, gfn, mfn, type_of(writable))) {
        grant_release(owner, op->ref, writable, mfn);
        mapping_free(domain, handle);
        return GNTST_no_device_space;
    }
    publish(domain, mapping,
            &(struct grant_mapping){.gfn = (uint32_t)gfn.n,
                                    .mfn = mfn.n,
                                    .ref = op->ref,
                                    .owner = owner->id,
                                    .used = true,
                                    .writable = writable});
    op->handle = handle;
    op->dev_bus_addr = mfn_to_paddr(mfn);
    return GNTST_okay;
}

void grant_map_one(struct domain *domain, struct gnttab_map_grant_ref *op)
{
    const uint32_t known = GNTMAP_device_map | GNTMAP_host_map | GNTMAP_readonly;
    struct domain *owner;

    op->handle = NO_HANDLE;
    op->status = GNTST_general_error;
    if ((op->flags & ~known) || !(op->flags & (GNTMAP_device_map | GNTMAP_host_map)) ||
        (op->host_addr & ~PAGE_MASK))
        return;
    op->status = grant_status_of(policy_target(OP_grant_map, domain, op->dom, &owner));
    if (op->status != GNTST_okay)
        return;
    op->status = owner->life >= DOMAIN_DYING ? GNTST_bad_domain : map_from(domain, owner, op);
    domain_put(owner);
}

/* The frame that is held keeps its owner in being, dying or not. */
static void give_back(const struct grant_mapping *mapping)
{
    struct domain *owner = domain_get(mapping->owner);

    if (!owner)
        return;
    grant_release(owner, mapping->ref, mapping->writable, (mfn_t){mapping->mfn});
    domain_put(owner);
}

void grant_unmap_finish(struct domain *domain, struct ended_mappings *ended)
{
    if (!ended->count)
        return;
    arch_p2m_flush(domain);
    for (unsigned int i = 0; i < ended->count; i++) {
        give_back(&ended->mapping[i]);
        mapping_free(domain, ended->handle[i]);
    }
    ended->count = 0;
}

/* Takes a mapping out of use and out of the physmap; false when there is none, or at another gfn.
 */
static bool end_mapping(struct domain *domain, grant_handle_t handle, uint64_t gfn,
                        struct ended_mappings *ended)
{
    struct grant_mapping *mapping = &ended->mapping[ended->count];

    if (!mapping_take(domain, handle, gfn, mapping))
        return false;
    physmap_clear_if(domain, (gfn_t){mapping->gfn}, (mfn_t){mapping->mfn},
                     type_of(mapping->writable));
    ended->handle[ended->count++] = handle;
    return true;
}

void grant_unmap_one(struct domain *domain, struct gnttab_unmap_grant_ref *op,
                     struct ended_mappings *ended)
{
    op->status = end_mapping(domain, op->handle, op->host_addr >> PAGE_SHIFT, ended)
                     ? GNTST_okay
                     : GNTST_bad_handle;
    if (ended->count == ENDED_MAX)
        grant_unmap_finish(domain, ended);
}

int grant_table_release(struct domain *domain)
{
    struct grant_table *grants = domain->grants;
    struct ended_mappings ended;
    int result = 0;

    ended.count = 0;
    while (grants->release_position < grants->nr_mappings && result == 0) {
        grant_handle_t handle = grants->release_position++;

        if (!end_mapping(domain, handle, mapping_of(domain, handle)->gfn, &ended))
            continue;
        if (ended.count == ENDED_MAX)
            grant_unmap_finish(domain, &ended);
        if (hypercall_preempt())
            result = -ERESTART;
    }
    grant_unmap_finish(domain, &ended);
    return result;
}
