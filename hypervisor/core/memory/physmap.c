/* SPDX-License-Identifier: MIT */
/*
 * A domain's physmap: what lies where in its guest physical space. A page of RAM that makes room
 * for something else, or that the guest gives back, is not lost: it stays the domain's and can be
 * put back elsewhere.
 */
#include "frame.h"
#include <trefoil/device.h>
#include <trefoil/errno.h>
#include <trefoil/hypercall.h>
#include <trefoil/memory.h>

/* Foreign mappings are recorded, so that the domain's end finds them without walking its tables. */
struct foreign_entry {
    uint64_t gfn;
    uint64_t held; /* a frame number, and how it is held: FOREIGN_* */
};

#define HELD_FRAME(held) ((mfn_t){(held) & ((UINT64_C(1) << 44) - 1)})
#define HELD_OWNER(held) ((domid_t)((held) >> 44 & 0x7fff))
#define HELD_NOTHING     UINT64_MAX

#define FOREIGN_PER_PAGE (PAGE_SIZE / sizeof(struct foreign_entry))
#define FOREIGN_PAGES    16U

struct foreign_map {
    unsigned int count;
    struct foreign_entry *pages[FOREIGN_PAGES];
};

/* A ballooned frame that somebody holds cannot come back yet: how many of those are looked past. */
#define BALLOON_SEARCH 32U

static struct foreign_entry *entry_at(const struct foreign_map *map, unsigned int index)
{
    return &map->pages[index / FOREIGN_PER_PAGE][index % FOREIGN_PER_PAGE];
}

/* Makes room for one more record. */
static int reserve_foreign(struct domain *domain)
{
    if (!domain->foreign)
        domain->foreign = page_alloc(domain);
    if (!domain->foreign)
        return -ENOMEM;

    struct foreign_map *map = domain->foreign;
    unsigned int page = map->count / FOREIGN_PER_PAGE;

    if (page >= FOREIGN_PAGES)
        return -ENOSPC;
    if (!map->pages[page])
        map->pages[page] = page_alloc(domain);
    return map->pages[page] ? 0 : -ENOMEM;
}

/* Which record is that of a gfn; count when none is. Four at a look, as there may be thousands. */
static unsigned int find_foreign(const struct foreign_map *map, gfn_t gfn)
{
    for (unsigned int i = 0; i < map->count; i += 4) {
        const struct foreign_entry *four = entry_at(map, i);

        if (four[0].gfn != gfn.n && four[1].gfn != gfn.n && four[2].gfn != gfn.n &&
            four[3].gfn != gfn.n)
            continue;
        for (unsigned int k = 0; k < 4 && i + k < map->count; k++) {
            if (four[k].gfn == gfn.n)
                return i + k;
        }
    }
    return map->count;
}

/* Removes the record of a gfn, if there is one. */
static void forget_foreign(struct domain *domain, gfn_t gfn, uint64_t *held)
{
    struct foreign_map *map = domain->foreign;
    unsigned int index = map ? find_foreign(map, gfn) : 0;

    if (!map || index == map->count)
        return;
    *held = entry_at(map, index)->held;
    *entry_at(map, index) = *entry_at(map, --map->count);
}

static bool held_of(uint64_t held, domid_t owner)
{
    const struct frame *frame;

    if (held & (FOREIGN_SERVER | FOREIGN_OWNED_BY(0)))
        return (held & FOREIGN_OWNED_BY(0)) && HELD_OWNER(held) == owner;
    frame = frame_of(HELD_FRAME(held));
    return (atomic_load(&frame->state) & FRAME_ORPHAN) && frame->link == owner;
}

unsigned int physmap_foreign_of(struct domain *domain, domid_t owner)
{
    unsigned int count = 0;

    spin_lock(&domain->memory_lock);
    for (unsigned int i = 0; domain->foreign && i < domain->foreign->count; i++)
        count += held_of(entry_at(domain->foreign, i)->held, owner);
    spin_unlock(&domain->memory_lock);
    return count;
}

static void balloon_push(struct domain *domain, mfn_t mfn)
{
    struct frame *frame = frame_of(mfn);

    atomic_fetch_or(&frame->state, FRAME_BALLOONED);
    domain->ballooned_pages++;
    /* A direct-mapped domain gets each frame back at its own place only, and needs no list to find
     * it. */
    if (domain->direct_map)
        return;
    frame->link = domain->ballooned;
    domain->ballooned = (uint32_t)mfn.n;
}

static void balloon_take(struct domain *domain, struct frame *frame)
{
    atomic_fetch_and(&frame->state, ~FRAME_BALLOONED);
    domain->ballooned_pages--;
}

/* A ballooned frame that nobody holds: the one at this gfn if direct-mapped, else the first of the
 * list. */
static bool balloon_pop(struct domain *domain, gfn_t gfn, mfn_t *mfn)
{
    uint32_t *link = &domain->ballooned;

    if (domain->direct_map) {
        struct frame *frame = frame_of((mfn_t){gfn.n});

        if (!domain_owns(domain, (mfn_t){gfn.n}) || atomic_load(&frame->state) != FRAME_BALLOONED)
            return false;
        balloon_take(domain, frame);
        *mfn = (mfn_t){gfn.n};
        return true;
    }
    for (unsigned int i = 0; i < BALLOON_SEARCH && *link != FRAME_LIST_END; i++) {
        struct frame *frame = frame_of((mfn_t){*link});

        if (!(atomic_load(&frame->state) & FRAME_HOLDERS)) {
            *mfn = (mfn_t){*link};
            *link = frame->link;
            balloon_take(domain, frame);
            return true;
        }
        link = &frame->link;
    }
    return false;
}

/*
 * Empties a gfn. *dropped gets what the caller must let go of after unlocking, or HELD_NOTHING.
 * Under memory_lock.
 */
static int vacate(struct domain *domain, gfn_t gfn, uint64_t *dropped)
{
    enum p2m_type type;
    mfn_t mfn;

    *dropped = HELD_NOTHING;
    if (!arch_p2m_lookup(domain, gfn, &mfn, &type))
        return -ENOENT;
    if (type == P2M_MMIO)
        return -EBUSY;

    int result = arch_p2m_unmap(domain, gfn, 1);

    if (result)
        return result;
    if (type == P2M_RAM || type == P2M_RAM_RO)
        balloon_push(domain, mfn);
    else if (type == P2M_FOREIGN_RW || type == P2M_FOREIGN_RO)
        forget_foreign(domain, gfn, dropped);
    return 0;
}

/* What a domain has and holds is being given back: nothing may be added. Under memory_lock. */
static bool is_going(const struct domain *domain)
{
    return domain->life >= DOMAIN_DYING;
}

/* Ends the hold that a mapping had on a domain, whose id so is no other's. */
static void drop_owner(domid_t id)
{
    struct domain *owner = domain_get(id);

    if (!owner)
        return;
    domain_put(owner);
    domain_put(owner);
}

static void drop(uint64_t held)
{
    if (held == HELD_NOTHING)
        return;
    if (held & FOREIGN_SERVER)
        device_put_page(HELD_FRAME(held));
    else if (held & FOREIGN_OWNED_BY(0))
        drop_owner(HELD_OWNER(held));
    else
        frame_put(HELD_FRAME(held));
}

static int put_locked(struct domain *domain, gfn_t gfn, mfn_t mfn, enum p2m_type type,
                      uint64_t *dropped)
{
    int result = vacate(domain, gfn, dropped);

    if (result && result != -ENOENT)
        return result;
    /* The hypervisor's page was zeroed in the cache: with its own off, the guest would see what
     * memory held before. */
    if (type == P2M_SHARED)
        arch_clean_for_guest(mfn_map(mfn), PAGE_SIZE);
    return arch_p2m_map(domain, gfn, mfn, 1, type);
}

int physmap_put(struct domain *domain, gfn_t gfn, mfn_t mfn, enum p2m_type type)
{
    uint64_t dropped = HELD_NOTHING;

    spin_lock(&domain->memory_lock);

    int result = is_going(domain) ? -ESRCH : put_locked(domain, gfn, mfn, type, &dropped);

    spin_unlock(&domain->memory_lock);
    drop(dropped);
    return result;
}

int physmap_clear(struct domain *domain, gfn_t gfn)
{
    uint64_t dropped = HELD_NOTHING;

    spin_lock(&domain->memory_lock);

    int result = is_going(domain) ? -ESRCH : vacate(domain, gfn, &dropped);

    spin_unlock(&domain->memory_lock);
    drop(dropped);
    return result;
}

void physmap_clear_if(struct domain *domain, gfn_t gfn, mfn_t mfn, enum p2m_type type)
{
    enum p2m_type there_type;
    mfn_t there;

    spin_lock(&domain->memory_lock);
    if (arch_p2m_lookup(domain, gfn, &there, &there_type) && there.n == mfn.n && there_type == type)
        arch_p2m_unmap_unflushed(domain, gfn, 1);
    spin_unlock(&domain->memory_lock);
}

static int put_foreign(struct domain *domain, gfn_t gfn, mfn_t mfn, enum p2m_type type,
                       uint64_t held)
{
    uint64_t dropped = HELD_NOTHING;

    spin_lock(&domain->memory_lock);

    int result = is_going(domain) ? -ESRCH : reserve_foreign(domain);

    if (!result)
        result = put_locked(domain, gfn, mfn, type, &dropped);
    if (!result)
        *entry_at(domain->foreign, domain->foreign->count++) =
            (struct foreign_entry){.gfn = gfn.n, .held = held};
    spin_unlock(&domain->memory_lock);
    drop(dropped);
    return result;
}

int physmap_put_foreign(struct domain *domain, gfn_t gfn, mfn_t mfn, bool writable)
{
    return put_foreign(domain, gfn, mfn, writable ? P2M_FOREIGN_RW : P2M_FOREIGN_RO, mfn.n);
}

int physmap_put_resource(struct domain *domain, gfn_t gfn, mfn_t mfn, uint64_t hold)
{
    int result;

    /* As what put_locked() puts. */
    arch_clean_for_guest(mfn_map(mfn), PAGE_SIZE);
    result = put_foreign(domain, gfn, mfn, P2M_FOREIGN_RW, mfn.n | hold);
    if (result)
        drop(mfn.n | hold);
    return result;
}

static void free_foreign_map(struct domain *domain)
{
    for (unsigned int i = 0; i < FOREIGN_PAGES; i++)
        page_free(domain, domain->foreign->pages[i]);
    page_free(domain, domain->foreign);
    domain->foreign = NULL;
}

int physmap_release_foreign(struct domain *domain)
{
    struct foreign_map *map = domain->foreign;

    if (!map)
        return 0;
    while (map->count) {
        struct foreign_entry entry = *entry_at(map, map->count - 1);

        /* The domain runs no more, so the table's entry may outlive the hold. */
        map->count--;
        drop(entry.held);
        if (hypercall_preempt())
            return -ERESTART;
    }
    free_foreign_map(domain);
    return 0;
}

/* How many pages from gfn on are the domain's RAM, and their frames. */
static unsigned int ram_from(struct domain *domain, gfn_t gfn, unsigned int pages, mfn_t *frames)
{
    enum p2m_type type;
    unsigned int count = 0;

    while (count < pages && arch_p2m_lookup(domain, gfn_add(gfn, count), &frames[count], &type) &&
           type == P2M_RAM)
        count++;
    return count;
}

/* One change of stage 2 for all of them, and one invalidation of TLBs. */
static int balloon_out_locked(struct domain *domain, gfn_t gfn, unsigned int pages)
{
    mfn_t frames[PHYSMAP_PIECE], mfn;
    unsigned int count = ram_from(domain, gfn, pages, frames);
    int result = count ? arch_p2m_unmap(domain, gfn, count) : 0;

    for (unsigned int i = 0; i < count; i++) {
        /* One that a table was missing for is still there, and so are those behind it. */
        if (result && arch_p2m_lookup(domain, gfn_add(gfn, i), &mfn, NULL))
            return result;
        balloon_push(domain, frames[i]);
        domain->total_pages--;
    }
    return count == pages ? result : -EINVAL;
}

int physmap_balloon_out(struct domain *domain, gfn_t gfn, unsigned int pages)
{
    spin_lock(&domain->memory_lock);

    int result = is_going(domain) ? -EINVAL : balloon_out_locked(domain, gfn, pages);

    spin_unlock(&domain->memory_lock);
    return result;
}

static int balloon_in_one(struct domain *domain, gfn_t gfn)
{
    mfn_t mfn;
    int result;

    if (arch_p2m_lookup(domain, gfn, &mfn, NULL))
        return -EINVAL;
    if (!balloon_pop(domain, gfn, &mfn))
        return -ENOMEM;
    result = arch_p2m_map(domain, gfn, mfn, 1, P2M_RAM);
    if (result)
        balloon_push(domain, mfn);
    else if (domain->total_pages < domain_owned_pages(domain))
        domain->total_pages++; /* not one that only had made room for a mapping */
    return result;
}

int physmap_balloon_in(struct domain *domain, gfn_t gfn, unsigned int pages)
{
    spin_lock(&domain->memory_lock);

    int result = is_going(domain) ? -EINVAL : 0;

    for (unsigned int i = 0; i < pages && !result; i++)
        result = balloon_in_one(domain, gfn_add(gfn, i));
    spin_unlock(&domain->memory_lock);
    return result;
}
