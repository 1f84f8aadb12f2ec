/* SPDX-License-Identifier: MIT */
/*
 * Ticket spinlocks. The hypervisor runs with interrupts masked from entry to exit, so no lock needs
 * to save an interrupt state. The order in which locks nest is written in docs/design.md, "Lock
 * order".
 */
#ifndef TREFOIL_SPINLOCK_H
#define TREFOIL_SPINLOCK_H

#include <stdatomic.h>
#include <trefoil/types.h>
#include <asm/cpu.h>

typedef union {
    _Atomic uint32_t both; /* one step draws a ticket and tells whose turn it is */
    struct {
        _Atomic uint16_t owner; /* the lower half: both machines are little-endian */
        _Atomic uint16_t next;
    };
} spinlock_t;

static inline void spin_lock(spinlock_t *lock)
{
    uint32_t before = atomic_fetch_add_explicit(&lock->both, 1U << 16, memory_order_acquire);
    uint16_t ticket = (uint16_t)(before >> 16);

    if (likely((uint16_t)before == ticket))
        return;
    while (atomic_load_explicit(&lock->owner, memory_order_acquire) != ticket)
        cpu_relax();
}

static inline bool spin_trylock(spinlock_t *lock)
{
    /* What its last holder did is published by the owner's number, not by the next one. */
    uint16_t owner = atomic_load_explicit(&lock->owner, memory_order_acquire);
    uint16_t expected = owner;

    return atomic_compare_exchange_strong_explicit(&lock->next, &expected, (uint16_t)(owner + 1),
                                                   memory_order_acquire, memory_order_relaxed);
}

static inline void spin_unlock(spinlock_t *lock)
{
    uint16_t owner = atomic_load_explicit(&lock->owner, memory_order_relaxed);

    atomic_store_explicit(&lock->owner, (uint16_t)(owner + 1), memory_order_release);
}

#endif
