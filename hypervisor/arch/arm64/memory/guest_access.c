/* SPDX-License-Identifier: MIT */
/*
 * Guest memory by the current vcpu's virtual address. The hardware translates (AT S12E1R, S12E1W;
 * Arm ARM D8.13) with the loaded vcpu's own tables and permissions; the domain's p2m lock, held
 * over each page's copy, keeps the frame from being taken away meanwhile. What is no RAM of the
 * machine (a device of the hardware domain) is not mapped at EL2 and holds no arguments. The memory
 * type tells nothing: to a guest whose MMU is off everything is device memory.
 */
#include "memory/banks.h"
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/string.h>
#include <asm/cpu.h>

#define PAR_FAULT   1UL
#define PAR_ADDRESS 0x0000fffffffff000UL
static inline bool translate(uint64_t address, bool write, paddr_t *paddr)
{
    uint64_t saved = READ_SYSREG(par_el1);
    uint64_t par;

    if (write)
        __asm__ volatile("at s12e1w, %0" ::"r"(address) : "memory");
    else
        __asm__ volatile("at s12e1r, %0" ::"r"(address) : "memory");
    isb();
    par = READ_SYSREG(par_el1);
    WRITE_SYSREG(saved, par_el1);
    if ((par & PAR_FAULT) != 0)
        return false;
    *paddr = (par & PAR_ADDRESS) | (address & (PAGE_SIZE - 1));
    return machine_has_ram(*paddr);
}

int arch_translate_guest(uint64_t guest_vaddr, bool write, mfn_t *mfn)
{
    paddr_t paddr;

    if (!translate(guest_vaddr, write, &paddr))
        return -EFAULT;
    *mfn = mfn_of(paddr);
    return 0;
}

static inline size_t room_in_page(uint64_t address)
{
    return PAGE_SIZE - (address & (PAGE_SIZE - 1));
}

typedef uint32_t __attribute__((may_alias)) word_t;

/* Most arguments are a few aligned words, each read once. The size is not 0. */
static inline void copy_words(void *to, const void *from, size_t size)
{
    if (unlikely((((uintptr_t)to | (uintptr_t)from | size) & (sizeof(word_t) - 1)) != 0)) {
        memcpy(to, from, size);
        return;
    }
    do {
        *(word_t *)to = *(const volatile word_t *)from;
        to = (word_t *)to + 1;
        from = (const word_t *)from + 1;
        size -= sizeof(word_t);
    } while (unlikely(size > 0));
}

static inline int copy_page(uint64_t guest_vaddr, void *buffer, size_t size, bool write)
{
    spinlock_t *lock = &current_vcpu()->domain->arch.p2m.lock;
    paddr_t paddr;
    bool mapped;

    spin_lock(lock);
    mapped = translate(guest_vaddr, write, &paddr);
    if (likely(mapped)) {
        void *guest = (void *)paddr; /* as arch_map() */

        copy_words(write ? guest : buffer, write ? buffer : guest, size);
    }
    spin_unlock(lock);
    return mapped ? 0 : -EFAULT;
}

/* A copy that crosses pages, one page at a time, or of nothing. */
static int copy_pages(uint64_t guest_vaddr, char *buffer, size_t size, bool write)
{
    while (size > 0) {
        size_t room = room_in_page(guest_vaddr);
        size_t step = size < room ? size : room;

        if (copy_page(guest_vaddr, buffer, step, write) != 0)
            return -EFAULT;
        buffer += step;
        guest_vaddr += step;
        size -= step;
    }
    return 0;
}

int arch_copy_from_guest(void *to, uint64_t guest_vaddr, size_t size)
{
    if (likely(size - 1 < room_in_page(guest_vaddr)))
        return copy_page(guest_vaddr, to, size, false);
    return copy_pages(guest_vaddr, to, size, false);
}

int64_t arch_word_from_guest(uint64_t guest_vaddr)
{
    spinlock_t *lock = &current_vcpu()->domain->arch.p2m.lock;
    int64_t word = -EFAULT;
    uint32_t unaligned;
    paddr_t paddr;

    if (unlikely((guest_vaddr & (sizeof(uint32_t) - 1)) != 0))
        return arch_copy_from_guest(&unaligned, guest_vaddr, 4) != 0 ? word : (int64_t)unaligned;
    spin_lock(lock);
    if (likely(translate(guest_vaddr, false, &paddr)))
        word = *(const volatile uint32_t *)paddr;
    spin_unlock(lock);
    return word;
}

int arch_copy_to_guest(uint64_t guest_vaddr, const void *from, size_t size)
{
    void *buffer = (void *)(uintptr_t)from; /* only read, as the guest's memory is written */

    if (likely(size - 1 < room_in_page(guest_vaddr)))
        return copy_page(guest_vaddr, buffer, size, true);
    return copy_pages(guest_vaddr, buffer, size, true);
}
