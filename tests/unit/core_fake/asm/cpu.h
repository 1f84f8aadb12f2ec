/* SPDX-License-Identifier: MIT */
/* Takes the place of a machine's asm/cpu.h in native tests of core: a thread is a pcpu. */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

struct pcpu;

struct pcpu *this_pcpu(void);

static inline void cpu_relax(void)
{
    sched_yield(); /* there may be more threads than processors */
}

#define smp_mb()           atomic_thread_fence(memory_order_seq_cst)
#define smp_mb_after_rmw() smp_mb()
#define smp_wmb()          atomic_thread_fence(memory_order_release)

/* For index_nospec(). */
static inline uint64_t cpu_index_mask(uint64_t index, uint64_t mask)
{
    return index & mask;
}

static inline uint64_t cpu_index_below(uint64_t index, uint64_t size)
{
    return index < size ? index : 0;
}

#endif
