/* SPDX-License-Identifier: MIT */
/*
 * What is counted: <xen/counters.def>. A vcpu's counters, and a pcpu's, are changed by the pcpu
 * alone that runs that vcpu, or is that one, so that a load, an addition and a store do. Others
 * read them at any time: each is one 64-bit access, so what they get is what it was at some moment,
 * and it never goes back. Two counters that belong together may be read with a change between them.
 */
#ifndef TREFOIL_COUNT_H
#define TREFOIL_COUNT_H

#include <xen/counters.h>

/* No line of a cache has fields of others beside them. */
#define COUNT_ALIGNMENT 64

struct vcpu_counts {
    uint64_t counters[XEN_VCPU_COUNTERS];
    /* Under the run queue's lock. */
    uint64_t wakes[XEN_WAKE_BUCKETS], wake_time;
    uint64_t woken_at; /* ns, from a wake-up until it runs; else 0 */
} __attribute__((aligned(COUNT_ALIGNMENT)));

struct pcpu_counts {
    uint64_t counters[XEN_PCPU_COUNTERS];
} __attribute__((aligned(COUNT_ALIGNMENT)));

/* Volatile, as the compiler gives an atomic access an address of its own, a fourth instruction. */
static inline __attribute__((no_sanitize("thread"))) void count_one(volatile uint64_t *counter)
{
    *counter = *counter + 1;
}

/* For its own pcpu. */
#define COUNT_VCPU(vcpu, name) count_one(&(vcpu)->counts.counters[XEN_VCPU_COUNTER_##name])
#define COUNT_PCPU(pcpu, name) count_one(&(pcpu)->counts.counters[XEN_PCPU_COUNTER_##name])

#endif
