/* SPDX-License-Identifier: MIT */
/* What lies where for the fake machine's guests, and what of it TLBs may still hold. */
#include "machine.h"
#include <assert.h>
#include <string.h>
#include <trefoil/access.h>
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/memory.h>

/* A page of the hypervisor is seen as it is by a guest whose caches are off. */
UNWATCHED static void check_clean(mfn_t mfn)
{
    const char *page = mfn_map(mfn);

    assert(memcmp(page, fake_behind_caches(page), PAGE_SIZE) == 0);
}

int arch_p2m_map(struct domain *domain, gfn_t gfn, mfn_t mfn, uint64_t pages, enum p2m_type type)
{
    if (gfn.n >= FAKE_GFNS || pages > FAKE_GFNS - gfn.n)
        return -EINVAL;
    if (type == P2M_SHARED && !fake.concurrent)
        check_clean(mfn);
    spin_lock(&domain->arch.p2m_lock);
    for (uint64_t i = 0; i < pages; i++)
        domain->arch.p2m[gfn.n + i] = (struct fake_mapping){mfn.n + i, (int)type};
    if (gfn.n + pages - 1 > domain->arch.max_gfn)
        __atomic_store_n(&domain->arch.max_gfn, gfn.n + pages - 1, __ATOMIC_RELAXED);
    spin_unlock(&domain->arch.p2m_lock);
    return 0;
}

int arch_p2m_unmap(struct domain *domain, gfn_t gfn, uint64_t pages)
{
    spin_lock(&domain->arch.p2m_lock);
    memset(&domain->arch.p2m[gfn.n], 0, pages * sizeof(struct fake_mapping));
    spin_unlock(&domain->arch.p2m_lock);
    return 0;
}

int arch_p2m_unmap_unflushed(struct domain *domain, gfn_t gfn, uint64_t pages)
{
    int result = arch_p2m_unmap(domain, gfn, pages);

    atomic_fetch_add(&fake.unflushed, 1);
    return result;
}

void arch_p2m_flush(struct domain *domain)
{
    (void)domain;
    if (fake.flushed)
        fake.flushed();
    if (atomic_exchange(&fake.unflushed, 0))
        atomic_fetch_add(&fake.flushes, 1);
}

bool arch_p2m_lookup(struct domain *domain, gfn_t gfn, mfn_t *mfn, enum p2m_type *type)
{
    struct fake_mapping mapping;

    if (gfn.n >= FAKE_GFNS)
        return false;
    spin_lock(&domain->arch.p2m_lock);
    mapping = domain->arch.p2m[gfn.n];
    spin_unlock(&domain->arch.p2m_lock);
    *mfn = (mfn_t){mapping.mfn};
    if (type)
        *type = (enum p2m_type)mapping.type;
    return mapping.type != P2M_INVALID;
}

uint64_t arch_p2m_max_gfn(const struct domain *domain)
{
    return __atomic_load_n(&domain->arch.max_gfn, __ATOMIC_RELAXED);
}

void *fake_ram(struct domain *domain, uint64_t guest_paddr)
{
    enum p2m_type type;
    mfn_t mfn;

    if (!arch_p2m_lookup(domain, gfn_of(guest_paddr), &mfn, &type) || type == P2M_MMIO)
        return NULL;
    return (char *)mfn_map(mfn) + (guest_paddr & ~PAGE_MASK);
}

/* Byte by byte, as nothing says that two pages lie together. Guests may do as they like with their
 * RAM meanwhile. */
UNWATCHED int arch_copy_from_guest(void *to, uint64_t guest_vaddr, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const char *ram = fake_ram(current_vcpu()->domain, guest_vaddr + i);

        if (!ram)
            return -EFAULT;
        ((char *)to)[i] = *ram;
    }
    return 0;
}

int64_t arch_word_from_guest(uint64_t guest_vaddr)
{
    uint32_t word;

    return arch_copy_from_guest(&word, guest_vaddr, sizeof(word)) ? -EFAULT : (int64_t)word;
}

UNWATCHED int arch_copy_to_guest(uint64_t guest_vaddr, const void *from, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char *ram = fake_ram(current_vcpu()->domain, guest_vaddr + i);

        if (!ram)
            return -EFAULT;
        *ram = ((const char *)from)[i];
    }
    return 0;
}

int arch_translate_guest(uint64_t guest_vaddr, bool write, mfn_t *mfn)
{
    enum p2m_type type;

    (void)write;
    return arch_p2m_lookup(current_vcpu()->domain, gfn_of(guest_vaddr), mfn, &type) ? 0 : -EFAULT;
}
