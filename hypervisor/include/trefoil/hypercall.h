/* SPDX-License-Identifier: MIT */
/*
 * How hypercalls are written. hypercalls.def lists them, the .def file beside each handler its
 * sub-operations. A handler decodes (copies its argument once, checks it), asks the policy,
 * commits. Results: >= 0 or a negative error.
 */
#ifndef TREFOIL_HYPERCALL_H
#define TREFOIL_HYPERCALL_H

#include <trefoil/arch.h>
#include <trefoil/domain.h>
#include <trefoil/errno.h>
#include <trefoil/pcpu.h>

typedef int64_t hypercall_handler(struct vcpu *vcpu, const uint64_t args[5]);

/*
 * The hypercall in progress goes on with these arguments (as many as hypercalls.def says) when the
 * vcpu is next entered or, in a multicall, when that goes on. Returns the first of them: the
 * handler's result, as that goes to the register of the first argument.
 */
int64_t hypercall_continue(struct vcpu *vcpu, unsigned int number, const uint64_t *args);
/*
 * A call whose arguments have no room for how far it came leaves that, at most 47 bits and not 0,
 * in vcpu->call_position, and finds it there when it goes on: meanwhile it stands above the call's
 * number, with the top bit to say so. A guest can make one up, so it is checked as an argument is.
 */
#define HYPERCALL_POSITION_SHIFT 16
#define HYPERCALL_CONTINUED      (UINT64_C(1) << 63)
/* The call's own number. */
static inline uint64_t hypercall_number(uint64_t number)
{
    return number & HYPERCALL_CONTINUED ? number & ((UINT64_C(1) << HYPERCALL_POSITION_SHIFT) - 1)
                                        : number;
}

/* Should a long operation stop here and go on later? */
static inline bool hypercall_preempt(void)
{
    return unlikely(arch_interrupt_waiting() ||
                    atomic_load_explicit(&this_pcpu()->need_resched, memory_order_relaxed));
}

/* The domain that an argument names, with a reference; DOMID_SELF is the caller. NULL when there is
 * none. */
struct domain *domain_get_argument(struct vcpu *vcpu, domid_t id);

#define copy_from_guest(object, address)                                                           \
    arch_copy_from_guest((object), (address), sizeof(*(object)))
#define copy_to_guest(address, object) arch_copy_to_guest((address), (object), sizeof(*(object)))

#endif
