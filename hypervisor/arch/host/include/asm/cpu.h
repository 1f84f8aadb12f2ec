/* SPDX-License-Identifier: MIT */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

struct pcpu;

/* The twin has one thread, which is one CPU after the other: see host.h. */
extern struct pcpu *host_pcpu;

static inline struct pcpu *this_pcpu(void)
{
    return host_pcpu;
}

static inline void cpu_relax(void)
{
    sched_yield();
}

/* Ordering of memory shared with the processes that act for domains. */
#define smp_mb()           atomic_thread_fence(memory_order_seq_cst)
#define smp_mb_after_rmw() smp_mb()
#define smp_wmb()          atomic_thread_fence(memory_order_release)

/* For index_nospec(). Nothing is kept from who can read all of this process's memory. */
static inline uint64_t cpu_index_mask(uint64_t index, uint64_t mask)
{
    return index & mask;
}

static inline uint64_t cpu_index_below(uint64_t index, uint64_t size)
{
    return index < size ? index : 0;
}

#endif
