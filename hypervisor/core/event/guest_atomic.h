/* SPDX-License-Identifier: MIT */
/*
 * Changing words that a guest can write. An exclusive pair that fails is tried again only so often:
 * a guest that hammers the word from another vcpu must not keep a pcpu from guests. Nobody fails
 * that often by accident.
 */
#ifndef CORE_GUEST_ATOMIC_H
#define CORE_GUEST_ATOMIC_H

#include <trefoil/types.h>

#define GUEST_ATOMIC_TRIES 4096U

/* Sets and clears bits of a guest's word; *old is what was there. False when the guest keeps
 * interfering. */
static inline bool guest_change_bits(uint64_t *word, uint64_t set, uint64_t clear, uint64_t *old)
{
    for (unsigned int i = 0; i < GUEST_ATOMIC_TRIES; i++) {
        uint64_t seen = __atomic_load_n(word, __ATOMIC_RELAXED);

        *old = seen;
        if (__atomic_compare_exchange_n(word, &seen, (seen | set) & ~clear, true, __ATOMIC_SEQ_CST,
                                        __ATOMIC_RELAXED))
            return true;
    }
    return false;
}

#endif
