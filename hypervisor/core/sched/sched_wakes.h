/* SPDX-License-Identifier: MIT */
/* How long those wait who wake. */
#ifndef CORE_SCHED_WAKES_H
#define CORE_SCHED_WAKES_H

#include <trefoil/domain.h>

/* The first bucket, in ns; each is twice the one before. */
#define WAKE_UNIT  256U
#define WAKES_MORE ((unsigned int)XEN_WAKE_BUCKET_more)

_Static_assert(WAKE_UNIT << (WAKES_MORE - 1) == 1073741824,
               "the buckets are those of counters.def");

/* The vcpu runs now that woke so long ago (ns). Under queue_lock. */
static inline void count_wake(struct vcpu *vcpu, uint64_t waited)
{
    uint64_t units = waited / WAKE_UNIT;
    unsigned int bucket = units ? 64U - (unsigned int)__builtin_clzll(units) : 0;

    vcpu->counts.wakes[bucket < WAKES_MORE ? bucket : WAKES_MORE]++;
    vcpu->counts.wake_time += waited;
    vcpu->counts.woken_at = 0;
}

#endif
