/* SPDX-License-Identifier: MIT */
#ifndef TREFOIL_PCPU_H
#define TREFOIL_PCPU_H

#include <trefoil/domain.h>
#include <trefoil/list.h>
#include <trefoil/spinlock.h>
#include <trefoil/timer.h>
#include <trefoil/types.h>
#include <asm/cpu.h>

/*
 * A physical CPU. The hypervisor has one stack a pcpu, not one a vcpu: an exception saves the
 * guest's registers into its struct vcpu, C code runs to its end on the pcpu's stack with
 * interrupts masked, and returns the vcpu to enter. Switching to another vcpu is returning another
 * one.
 */
struct pcpu {
    struct arch_pcpu arch;
    unsigned int id;
    _Atomic bool online;
    struct vcpu
        *current; /* whose state the CPU holds; stays while the pcpu idles, NULL before the first */
    _Atomic uint64_t need_resched; /* a truth; read beside `current` on each way back to a guest */

    spinlock_t queue_lock;  /* core/sched/sched.c */
    struct list_head queue; /* VCPU_RUNNABLE, ascending virtual_runtime */
    uint64_t min_virtual_runtime;
    uint64_t turn_start, turn_end; /* of the vcpu that runs (ns); an end that is not, UINT64_MAX */
    uint64_t idle_since;           /* ns; 0 while a vcpu runs */
    uint64_t idle_time;            /* ns, until idle_since */
    _Atomic bool crowded;          /* vcpus wait while another one runs: */
    _Atomic unsigned int nr_waiting; /* of the first of them, those that could run, */
    _Atomic uint64_t wanted;         /* and on which pcpus */
    _Atomic unsigned int nr_vcpus;   /* placed here */

    struct timer slice_timer; /* the end of a turn */

    spinlock_t timer_lock;               /* core/sched/timer.c */
    struct list_head timers;             /* ascending deadline */
    struct timer *_Atomic running_timer; /* whose function is being called */
    _Atomic bool timers_changed;         /* by another pcpu: this one programs its hardware again */
    struct timer *patient; /* one that waits for the sake of others here; this pcpu's own */

    struct pcpu_counts counts;
};

extern struct pcpu *pcpus[];
extern unsigned int nr_pcpus;

/* this_pcpu() is inline in <asm/cpu.h> for the machine at hand. */
static inline struct vcpu *current_vcpu(void)
{
    return this_pcpu()->current;
}

#endif
