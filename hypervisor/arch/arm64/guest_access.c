/* SPDX-License-Identifier: MIT */
/*
 * Guest memory by the current vcpu's virtual address. The hardware translates (AT S12E1R, S12E1W;
 * Arm ARM D8.13) with the loaded vcpu's own tables and permissions; the domain's p2m lock, held
 * over each page's copy, keeps the frame from being taken away meanwhile. What is no RAM of the
 * machine (a device of the hardware domain) is not mapped at EL2 and holds no arguments. The memory
 * type tells nothing: to a guest whose MMU is off everything is device memory.
 */
#include "boot.h"
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/string.h>
#include <asm/cpu.h>

#define PAR_FAULT   1UL
#define PAR_ADDRESS 0x0000fffffffff000UL
static bool translate(uint64_t address, bool write, paddr_t *paddr)
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

/* Of a copy: how many bytes lie in the page that the address is in. */
static size_t bytes_in_page(uint64_t address, size_t size)
{
    size_t left = PAGE_SIZE - (address & (PAGE_SIZE - 1));

    return size < left ? size : left;
}

static int copy_page(uint64_t guest_vaddr, void *buffer, size_t size, bool write)
{
    spinlock_t *lock = &current_vcpu()->domain->arch.p2m.lock;
    paddr_t paddr;
    bool mapped;

    spin_lock(lock);
    mapped = translate(guest_vaddr, write, &paddr);
    if (mapped && write)
        memcpy(arch_map(paddr), buffer, size);
    else if (mapped)
        memcpy(buffer, arch_map(paddr), size);
    spin_unlock(lock);
    return mapped ? 0 : -EFAULT;
}

int arch_copy_from_guest(void *to, uint64_t guest_vaddr, size_t size)
{
    char *at = to;

    while (size > 0) {
        size_t step = bytes_in_page(guest_vaddr, size);

        if (copy_page(guest_vaddr, at, step, false) != 0)
            return -EFAULT;
        at += step;
        guest_vaddr += step;
        size -= step;
    }
    return 0;
}

int arch_copy_to_guest(uint64_t guest_vaddr, const void *from, size_t size)
{
    char *at = (char *)(uintptr_t)from; /* copy_page() only reads it when it writes the guest's */

    while (size > 0) {
        size_t step = bytes_in_page(guest_vaddr, size);

        if (copy_page(guest_vaddr, at, step, true) != 0)
            return -EFAULT;
        at += step;
        guest_vaddr += step;
        size -= step;
    }
    return 0;
}
