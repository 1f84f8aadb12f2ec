/* SPDX-License-Identifier: MIT */
/*
 * Domains by id, in two levels of pages that stay. Finding a domain takes no lock: its references
 * are counted in the slot, not in the domain, so that the count may be looked at whoever's it is. A
 * reference is taken by compare-and-exchange from a count that is neither 0 nor unseen; from then
 * on the domain stays, and only then its address is read. Should the id have changed hands between
 * the two looks at the count, the reference is one to the new domain, and so is the address.
 *
 * Ordering: domain_table_add() writes the address before domain_table_show() clears DOMAIN_UNSEEN
 * (release); every later change of the count is a read-modify-write, so that who takes a reference
 * (acquire) reads from that release sequence, and sees the address and all of the domain.
 * domain_put() is both: who frees the domain comes after all that others did to it.
 */
#include "domain_table.h"
#include <trefoil/bitmap.h>
#include <trefoil/errno.h>
#include <trefoil/memory.h>
#include <trefoil/nospec.h>

#define IDS_PER_PAGE (PAGE_SIZE / sizeof(struct domain_slot))
#define ID_PAGES     ((DOMAIN_MAX_ID + IDS_PER_PAGE - 1) / IDS_PER_PAGE)

/* For claiming and giving back ids, for `changed`, and to look at domains without a reference. */
static spinlock_t table_lock;
static struct domain_slot *_Atomic table[ID_PAGES];
static _Atomic unsigned int highest_id; /* no domain above */
static uint64_t changed[BITMAP_WORDS(DOMAIN_MAX_ID)];

/* NULL for an id of a page of which none was ever claimed. */
static struct domain_slot *slot_of(unsigned int id)
{
    struct domain_slot *page;

    if (id >= DOMAIN_MAX_ID)
        return NULL;
    id = (unsigned int)index_nospec(id, ID_PAGES * IDS_PER_PAGE);
    page = atomic_load_explicit(&table[id / IDS_PER_PAGE], memory_order_acquire);
    return page ? &page[id % IDS_PER_PAGE] : NULL;
}

/* Under the lock: what is there stays meanwhile. */
static struct domain *entry_of(unsigned int id)
{
    const struct domain_slot *slot = slot_of(id);

    return slot ? atomic_load_explicit(&slot->domain, memory_order_relaxed) : NULL;
}

struct domain *domain_get(domid_t id)
{
    struct domain_slot *slot = slot_of(id);
    uint32_t references;

    if (!slot)
        return NULL;
    references = atomic_load_explicit(&slot->references, memory_order_relaxed);
    while (references && !(references & DOMAIN_UNSEEN)) {
        if (atomic_compare_exchange_weak_explicit(&slot->references, &references, references + 1,
                                                  memory_order_acquire, memory_order_relaxed))
            return atomic_load_explicit(&slot->domain, memory_order_relaxed);
    }
    return NULL;
}

struct domain *domain_get_from(unsigned int id)
{
    unsigned int last = atomic_load_explicit(&highest_id, memory_order_relaxed);
    struct domain *found = NULL;

    for (; id <= last && !found; id++)
        found = domain_get((domid_t)id);
    return found;
}

void domain_put(struct domain *domain)
{
    uint32_t before = atomic_fetch_sub_explicit(&domain->slot->references, 1, memory_order_acq_rel);

    if ((before & ~DOMAIN_UNSEEN) == 1)
        domain_free(domain);
}

static int claim_locked(struct domain *domain, struct domain_slot *page)
{
    struct domain_slot *slot;

    if (!slot_of(domain->id))
        atomic_store_explicit(&table[domain->id / IDS_PER_PAGE], page, memory_order_release);
    slot = slot_of(domain->id);
    if (slot->claimed)
        return -EEXIST;
    slot->claimed = true;
    domain->slot = slot;
    atomic_store_explicit(&slot->references, DOMAIN_UNSEEN | 1, memory_order_release);
    return 0;
}

int domain_table_claim(struct domain *domain)
{
    struct domain_slot *page;

    if (domain->id >= DOMAIN_MAX_ID)
        return -EINVAL;
    /* Pages of the table are the hypervisor's own, and stay. */
    page = page_alloc(NULL);
    if (!page)
        return -ENOMEM;
    spin_lock(&table_lock);

    int result = claim_locked(domain, page);
    bool used = table[domain->id / IDS_PER_PAGE] == page;

    spin_unlock(&table_lock);
    if (!used)
        page_free(NULL, page);
    return result;
}

void domain_table_add(struct domain *domain)
{
    spin_lock(&table_lock);
    atomic_store_explicit(&domain->slot->domain, domain, memory_order_relaxed);
    if (domain->id > highest_id)
        highest_id = domain->id;
    spin_unlock(&table_lock);
}

void domain_table_show(struct domain *domain)
{
    atomic_fetch_and_explicit(&domain->slot->references, ~DOMAIN_UNSEEN, memory_order_release);
}

void domain_table_remove(struct domain *domain)
{
    struct domain_slot *slot = domain->slot;

    spin_lock(&table_lock);
    atomic_store_explicit(&slot->references, 0, memory_order_relaxed);
    atomic_store_explicit(&slot->domain, NULL, memory_order_relaxed);
    slot->claimed = false;
    while (highest_id && !entry_of(highest_id))
        highest_id--;
    spin_unlock(&table_lock);
}

bool domain_table_has(domid_t id)
{
    spin_lock(&table_lock);

    const struct domain_slot *slot = slot_of(id);
    bool has = slot && slot->claimed;

    spin_unlock(&table_lock);
    return has;
}

bool domain_table_any_alive(void)
{
    bool alive = false;

    spin_lock(&table_lock);
    for (unsigned int id = 0; id <= highest_id; id++) {
        const struct domain *domain = entry_of(id);

        alive |= domain && domain->life == DOMAIN_ALIVE;
    }
    spin_unlock(&table_lock);
    return alive;
}

struct domain *domain_of_role(uint32_t role)
{
    struct domain *found = NULL;

    spin_lock(&table_lock);
    for (unsigned int id = 0; id <= highest_id && !found; id++) {
        struct domain *domain = entry_of(id);

        if (domain && domain->life < DOMAIN_DYING && (domain->roles & role))
            found = domain;
    }
    spin_unlock(&table_lock);
    return found;
}

void domain_note_changed(domid_t id)
{
    spin_lock(&table_lock);
    bitmap_set(changed, id);
    spin_unlock(&table_lock);
}

bool domain_take_changed(domid_t *id)
{
    spin_lock(&table_lock);

    unsigned int first = bitmap_next(changed, DOMAIN_MAX_ID, 0);

    if (first < DOMAIN_MAX_ID)
        bitmap_clear(changed, first);
    spin_unlock(&table_lock);
    *id = (domid_t)first;
    return first < DOMAIN_MAX_ID;
}

void domain_mark_all_changed(void)
{
    spin_lock(&table_lock);
    for (unsigned int id = 0; id <= highest_id; id++) {
        const struct domain *domain = entry_of(id);

        if (domain && atomic_load(&domain->launched))
            bitmap_set(changed, id);
    }
    spin_unlock(&table_lock);
}
