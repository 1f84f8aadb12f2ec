/* SPDX-License-Identifier: MIT */
/*
 * The machine's memory. Free memory is a sorted list of extents whose headers lie in the free
 * memory itself, so that nothing at boot grows with the size of RAM. It is given out as pages of
 * the hypervisor (charged to the domain they serve) and as domains' RAM.
 *
 * A frame of a domain's RAM has an 8-byte record that counts who holds it besides its owner's own
 * map: grants and foreign mappings of other domains, and areas registered with the hypervisor. A
 * held frame is not given to anybody else: if its owner dies, it stays with the dying domain until
 * the last holder lets go.
 *
 * Locks: domain->memory_lock is held over every change of that domain's physmap by core, outside
 * the arch's p2m lock. heap_lock (internal) is innermost.
 */
#ifndef TREFOIL_MEMORY_H
#define TREFOIL_MEMORY_H

#include <trefoil/arch.h>
#include <trefoil/domain.h>
#include <trefoil/machine.h>
#include <trefoil/types.h>

/*
 * Takes the machine's RAM minus `withheld` ranges (any order, may overlap, any alignment; the array
 * is sorted in place): the image, the device tree, modules, static memory, reserved memory. Panics
 * if nothing is left.
 */
void memory_init(const struct machine *machine, struct paddr_range *withheld,
                 unsigned int nr_withheld);
uint64_t memory_total_pages(void);
uint64_t memory_free_pages(void);
uint64_t memory_max_mfn(void);

/* ---- pages of the hypervisor ---- */

/*
 * 2^order zeroed pages, aligned to their size, out of a domain's pool (NULL: out of the heap, only
 * to build one). NULL when there are none. Takes the pool's lock.
 */
void *pages_alloc(struct domain *domain, unsigned int order);
/* What pages_alloc() gave, with the same domain and order; NULL is ignored. */
void pages_free(struct domain *domain, void *pages, unsigned int order);
static inline void *page_alloc(struct domain *domain)
{
    return pages_alloc(domain, 0);
}
static inline void page_free(struct domain *domain, void *page)
{
    pages_free(domain, page, 0);
}
static inline mfn_t page_mfn(const void *page)
{
    return mfn_of(arch_paddr(page));
}
/* The order whose pages hold `size` bytes. */
unsigned int order_of_size(size_t size);

/* ---- what is set aside for a domain ---- */

/* The pool of a domain that is being made: the one that is kept for its id, else a new one of so
 * many pages, NULL when there is no such run of free memory. */
struct memory_pool *pool_begin(domid_t id, uint64_t pages);
/* The domain is gone: what was set aside is kept if it is to come again, else it is free memory. */
void pool_end(struct memory_pool *pool);
/* It will not come again after all: nothing is kept for it. */
void pool_forget(domid_t id);
uint64_t pool_pages(const struct memory_pool *pool);

/* ---- RAM of domains ---- */

/*
 * Gives a domain under construction `pages` pages of scrubbed RAM at gfn, in few large extents (1
 * GiB, 2 MiB aligned where gfn is), and maps them: what it had before if it comes again. Errors:
 * -ENOMEM, -ENOSPC (too many extents); then the domain must be destroyed.
 */
int domain_ram_add(struct domain *domain, gfn_t gfn, uint64_t pages);
/* The same without scrubbing: domain_ram_scrub() does that, before anybody sees it. */
int domain_ram_take(struct domain *domain, gfn_t gfn, uint64_t pages);
/* Likewise, with a range that was withheld at memory_init() for it (static memory; page aligned)
 * and is withheld again when the domain lets go of it. */
int domain_ram_claim(struct domain *domain, struct paddr_range range, gfn_t gfn);
/* Scrubs size bytes (whole pages) of the domain's RAM from start on, counted in the order in which
 * it was given. Several pcpus may do that at the same time. */
void domain_ram_scrub(struct domain *domain, uint64_t start, uint64_t size);
/* Is the frame the domain's RAM? Without a lock: extents do not change once a domain is built. */
bool domain_owns(const struct domain *domain, mfn_t mfn);
/* All of its RAM, also what is ballooned out. */
uint64_t domain_owned_pages(const struct domain *domain);
/* Ends a dying domain's hold on its RAM: with the last holder of its pages the domain goes, and its
 * RAM with it. 0, or -ERESTART after a bounded piece of work. */
int domain_ram_release(struct domain *domain);

/*
 * Copies into, or out of, a domain's RAM by guest physical address (bytes), across pages. For the
 * launch and for pages that the hypervisor prepares. -EFAULT when something is not RAM of the
 * domain.
 */
int domain_write(struct domain *domain, uint64_t guest_paddr, const void *from, size_t size);
int domain_read(struct domain *domain, uint64_t guest_paddr, void *to, size_t size);
/* domain_write() for what is probably there already, as a kernel is in the RAM of a domain that is
 * started again: only what differs is written. */
int domain_renew(struct domain *domain, uint64_t guest_paddr, const void *from, size_t size);

/* ---- holding frames ---- */

/*
 * Finds the frame of a gfn that is RAM of the domain and holds it. Takes the domain's memory_lock.
 * -ESRCH when the domain is dying, -EFAULT when the gfn is no RAM of its own, -EPERM when `write`
 * and it is read-only.
 */
int frame_get(struct domain *owner, gfn_t gfn, bool write, mfn_t *mfn);
/* Holds a frame once more that is already held. */
void frame_hold(mfn_t mfn);
void frame_put(mfn_t mfn);
/* Likewise for a frame of the current vcpu's own domain by the vcpu's virtual address: areas
 * registered by address. */
int frame_get_guest(uint64_t guest_vaddr, bool write, mfn_t *mfn);

/* ---- the physmap, core/memory/physmap.c ---- */

/*
 * Puts one frame at a gfn. What was there is dealt with: own RAM is ballooned out, a foreign
 * mapping let go. -EBUSY when device memory is there, -EINVAL when the gfn is beyond the guest's
 * address space, -ENOMEM. Takes memory_lock.
 */
int physmap_put(struct domain *domain, gfn_t gfn, mfn_t mfn, enum p2m_type type);
/* Empties a gfn, likewise. -ENOENT when nothing was there. */
int physmap_clear(struct domain *domain, gfn_t gfn);
/* Empties the gfn only if it maps this frame with this type; TLBs may hold it until
 * arch_p2m_flush(). Takes memory_lock. */
void physmap_clear_if(struct domain *domain, gfn_t gfn, mfn_t mfn, enum p2m_type type);
/* Maps a frame of another domain (held by the caller; the physmap takes the hold over) and records
 * it for the domain's end. */
int physmap_put_foreign(struct domain *domain, gfn_t gfn, mfn_t mfn, bool writable);
/*
 * The same with a page of the hypervisor's, read and written, whose hold is ended accordingly, also
 * when this fails: a server's (device_put_page()), or one that is there as long as a domain is.
 */
#define FOREIGN_SERVER       (UINT64_C(1) << 63)
#define FOREIGN_OWNED_BY(id) (UINT64_C(1) << 62 | (uint64_t)(id) << 44)
int physmap_put_resource(struct domain *domain, gfn_t gfn, mfn_t mfn, uint64_t hold);
/* How many frames of a dying domain it has mapped as foreign ones. */
unsigned int physmap_foreign_of(struct domain *domain, domid_t owner);
/* Ends all foreign mappings of a dying domain. 0 or -ERESTART. */
int physmap_release_foreign(struct domain *domain);
/* XENMEM_decrease_reservation, populate_physmap of up to PHYSMAP_PIECE pages: 0, -EINVAL, -ENOMEM;
 * then the pages before the one at fault are done. The frames stay the domain's own in between. */
#define PHYSMAP_PIECE 32U
int physmap_balloon_out(struct domain *domain, gfn_t gfn, unsigned int pages);
int physmap_balloon_in(struct domain *domain, gfn_t gfn, unsigned int pages);

#endif
