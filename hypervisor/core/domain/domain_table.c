/* SPDX-License-Identifier: MIT */
/*
 * Domains by id, in two levels, so that finding one takes the lock for a few instructions. A domain
 * is here until its last reference goes; who finds it takes a reference before the lock is let go.
 */
#include "domain_table.h"
#include <trefoil/bitmap.h>
#include <trefoil/errno.h>
#include <trefoil/memory.h>

#define IDS_PER_PAGE (PAGE_SIZE / sizeof(struct domain *))
#define ID_PAGES     ((DOMAIN_MAX_ID + IDS_PER_PAGE - 1) / IDS_PER_PAGE)

static spinlock_t table_lock;
static struct domain **table[ID_PAGES];
static unsigned int highest_id; /* no domain above */
static uint64_t changed[BITMAP_WORDS(DOMAIN_MAX_ID)];

static struct domain *entry_of(unsigned int id)
{
    struct domain **page = id < DOMAIN_MAX_ID ? table[id / IDS_PER_PAGE] : NULL;

    return page ? page[id % IDS_PER_PAGE] : NULL;
}

/* A reference, unless the last one is just going, or the domain is not there for others yet. */
static bool hold(struct domain *domain)
{
    uint32_t references = atomic_load(&domain->references);

    while (references && atomic_load(&domain->launched)) {
        if (atomic_compare_exchange_weak(&domain->references, &references, references + 1))
            return true;
    }
    return false;
}

struct domain *domain_get(domid_t id)
{
    spin_lock(&table_lock);

    struct domain *domain = entry_of(id);

    if (domain && !hold(domain))
        domain = NULL;
    spin_unlock(&table_lock);
    return domain;
}

struct domain *domain_get_from(unsigned int id)
{
    struct domain *found = NULL;

    spin_lock(&table_lock);
    for (; id <= highest_id && !found; id++) {
        found = entry_of(id);
        if (found && !hold(found))
            found = NULL;
    }
    spin_unlock(&table_lock);
    return found;
}

void domain_put(struct domain *domain)
{
    if (atomic_fetch_sub(&domain->references, 1) == 1)
        domain_free(domain);
}

static int add_locked(struct domain *domain, struct domain **page)
{
    struct domain ***slot = &table[domain->id / IDS_PER_PAGE];

    if (!*slot)
        *slot = page;
    if ((*slot)[domain->id % IDS_PER_PAGE])
        return -EEXIST;
    (*slot)[domain->id % IDS_PER_PAGE] = domain;
    if (domain->id > highest_id)
        highest_id = domain->id;
    return 0;
}

int domain_table_add(struct domain *domain)
{
    struct domain **page;

    if (domain->id >= DOMAIN_MAX_ID)
        return -EINVAL;
    /* Pages of the table are the hypervisor's own, and stay. */
    page = page_alloc(NULL);
    if (!page)
        return -ENOMEM;
    spin_lock(&table_lock);

    int result = add_locked(domain, page);
    bool used = table[domain->id / IDS_PER_PAGE] == page;

    spin_unlock(&table_lock);
    if (!used)
        page_free(NULL, page);
    return result;
}

void domain_table_remove(struct domain *domain)
{
    spin_lock(&table_lock);
    table[domain->id / IDS_PER_PAGE][domain->id % IDS_PER_PAGE] = NULL;
    while (highest_id && !entry_of(highest_id))
        highest_id--;
    spin_unlock(&table_lock);
}

bool domain_table_has(domid_t id)
{
    spin_lock(&table_lock);

    bool has = entry_of(id) != NULL;

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
