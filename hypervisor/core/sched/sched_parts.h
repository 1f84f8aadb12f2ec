/* SPDX-License-Identifier: MIT */
/* What the files of the scheduler share. "Locked" is: under the queue_lock of the pcpu. */
#ifndef CORE_SCHED_PARTS_H
#define CORE_SCHED_PARTS_H

#include <trefoil/arch.h>
#include <trefoil/pcpu.h>
#include <trefoil/sched.h>
#include "sched_share.h"

/* Makes a pcpu go through sched_slow_path() soon. */
static inline void pcpu_prod(struct pcpu *pcpu)
{
    atomic_store(&pcpu->need_resched, true);
    if (pcpu != this_pcpu())
        arch_send_reschedule(pcpu);
}

/* Locks the queue of the pcpu that the vcpu is on. */
static inline struct pcpu *lock_queue_of(struct vcpu *vcpu)
{
    for (;;) {
        struct pcpu *pcpu = __atomic_load_n(&vcpu->pcpu, __ATOMIC_ACQUIRE);

        spin_lock(&pcpu->queue_lock);
        if (pcpu == vcpu->pcpu)
            return pcpu;
        spin_unlock(&pcpu->queue_lock);
    }
}

/* Without ticks a pcpu's virtual time stands where its last switch left it: moves it on. Locked. */
void catch_up(struct pcpu *pcpu);
/* A runnable vcpu waits for its turn, if nothing holds it. Locked. */
void vcpu_join(struct pcpu *pcpu, struct vcpu *vcpu);

static inline bool vcpu_held(const struct vcpu *vcpu)
{
    return atomic_load(&vcpu->pause_count) || atomic_load(&vcpu->domain->pause_count);
}

static inline bool vcpu_may_run(const struct vcpu *vcpu)
{
    return !vcpu_held(vcpu) && !share_spent(vcpu);
}

static inline bool vcpu_allowed_on(const struct vcpu *vcpu, const struct pcpu *pcpu)
{
    return (vcpu->affinity >> pcpu->id) & 1;
}

static inline bool vcpu_queued(const struct vcpu *vcpu)
{
    return !list_empty(&vcpu->queue_node);
}

/* A hint without the lock, true while nobody runs or waits there. */
static inline bool pcpu_idles(const struct pcpu *pcpu)
{
    return __atomic_load_n(&pcpu->idle_since, __ATOMIC_RELAXED) != 0;
}

/* Is the vcpu's state in the pcpu's registers? When not, what that pcpu saved of it is seen. */
static inline bool pcpu_has_loaded(const struct pcpu *pcpu, const struct vcpu *vcpu)
{
    return __atomic_load_n(&pcpu->current, __ATOMIC_ACQUIRE) == vcpu;
}

/* Written under the lock, also by who takes a vcpu from there; without it a hint. */
static inline bool pcpu_crowded(const struct pcpu *pcpu)
{
    return atomic_load_explicit(&pcpu->crowded, memory_order_relaxed);
}

/* ---- sched_balance.c ---- */

/* Hands over a vcpu that this pcpu may not run (any more) and drops the hold on its domain. */
void balance_move_away(struct pcpu *from, struct vcpu *vcpu);
/* Is another pcpu idle that the vcpu may run on? A hint. */
bool balance_idle_for(const struct vcpu *vcpu, const struct pcpu *pcpu);
/* A blocked vcpu is about to wake behind another one: moves it to an idle pcpu if there is one. */
__attribute__((cold)) void balance_wake(struct vcpu *vcpu);
/* Somebody waits on a pcpu while another vcpu runs there, or not any more; where they could run
 * instead is noted. Locked. */
__attribute__((cold)) void balance_note_crowd(struct pcpu *pcpu, bool crowded);
static inline void balance_note(struct pcpu *pcpu, bool crowded)
{
    /* Where there is one CPU there is nobody to tell. */
    if ((crowded || pcpu_crowded(pcpu)) && nr_pcpus > 1)
        balance_note_crowd(pcpu, crowded);
}
/* Tells idle pcpus of those that wait on this one, as last noted. Not locked. */
__attribute__((cold)) void balance_offer(const struct pcpu *pcpu);
/* An idle pcpu takes a vcpu that waits on one of the crowded ones (a mask); false when there is
 * none. Not locked. */
__attribute__((cold)) bool balance_take_from(struct pcpu *pcpu, uint64_t crowded);
extern _Atomic uint64_t crowded_pcpus; /* a mask */
static inline bool balance_take(struct pcpu *pcpu)
{
    uint64_t crowded;

    /* Pairs with balance_offer(): this one is seen idle there, or that one crowded here. */
    smp_mb();
    crowded = atomic_load_explicit(&crowded_pcpus, memory_order_relaxed);
    return unlikely(crowded != 0) && balance_take_from(pcpu, crowded);
}

#endif
