/* SPDX-License-Identifier: MIT */
/* Hypercalls, and their arguments: in a window of memory that whoever makes the call has laid open.
 */
#include "host.h"

#include <string.h>

#include <trefoil/arch.h>
#include <trefoil/core.h>
#include <trefoil/errno.h>

static const struct host_window *window;

/* The window's memory behind an address, NULL when not all of it is inside. */
static char *reach(uint64_t address, size_t size)
{
    uint64_t offset = address - window->base;

    if (offset > window->size || size > window->size - offset)
        return NULL;
    return (char *)window->memory + offset;
}

int arch_copy_from_guest(void *to, uint64_t guest_vaddr, size_t size)
{
    const char *from = reach(guest_vaddr, size);

    if (!from)
        return -EFAULT;
    memcpy(to, from, size);
    return 0;
}

int64_t arch_word_from_guest(uint64_t guest_vaddr)
{
    uint32_t word;

    return arch_copy_from_guest(&word, guest_vaddr, sizeof(word)) ? -EFAULT : (int64_t)word;
}

int arch_copy_to_guest(uint64_t guest_vaddr, const void *from, size_t size)
{
    char *to = reach(guest_vaddr, size);

    if (!to)
        return -EFAULT;
    memcpy(to, from, size);
    return 0;
}

/* A process's memory is none of the domain's frames: areas cannot be registered by address. */
int arch_translate_guest(uint64_t guest_vaddr, bool write, mfn_t *mfn)
{
    (void)guest_vaddr;
    (void)write;
    (void)mfn;
    return -EFAULT;
}

void arch_hypercall_continue(struct vcpu *vcpu, uint64_t number, const uint64_t *args,
                             unsigned int nr_args)
{
    vcpu->arch.continued = true;
    vcpu->arch.number = number;
    memcpy(vcpu->arch.args, args, nr_args * sizeof(*args));
}

int64_t host_hypercall(struct domain *domain, const struct host_window *arguments, uint64_t number,
                       const uint64_t args[5])
{
    const struct host_window *outer = window;
    struct vcpu *vcpu = domain->vcpus[0], *before = this_pcpu()->current;
    int64_t result = 0;

    memcpy(vcpu->arch.args, args, sizeof(vcpu->arch.args));
    vcpu->arch.number = number;
    do {
        uint64_t now[5];

        memcpy(now, vcpu->arch.args, sizeof(now));
        vcpu->arch.continued = false;
        window = arguments;
        this_pcpu()->current = vcpu;
        result = hypercall_dispatch(vcpu, vcpu->arch.number, now);
        this_pcpu()->current = before;
        window = outer;
        /* A call within a call is the kernel's, on a CPU that settles later. */
        if (!outer)
            host_settle();
    } while (vcpu->arch.continued);
    return result;
}

int64_t host_operation(struct domain *domain, unsigned int number, uint64_t command, void *argument,
                       size_t size, uint64_t third)
{
    /* Anywhere but at 0, which means no address. */
    const struct host_window arguments = {PAGE_SIZE, argument, size};
    const uint64_t args[5] = {command, PAGE_SIZE, third};

    return host_hypercall(domain, &arguments, number, args);
}
