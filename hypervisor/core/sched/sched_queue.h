/* SPDX-License-Identifier: MIT */
/*
 * The arithmetic of fairness: a vcpu's virtual run time grows while it runs, the slower the more
 * weight it has; the smallest runs next. min_virtual_runtime of a pcpu never goes back; who slept
 * joins at most SCHED_CREDIT behind it, so that sleeping saves up a bounded advantage. Virtual
 * times wrap around and are compared by their difference. All under queue_lock.
 */
#ifndef CORE_SCHED_QUEUE_H
#define CORE_SCHED_QUEUE_H

#include <trefoil/pcpu.h>
#include <trefoil/sched.h>
#include "sched_share.h"

/* In ns of real time of the vcpu in question. */
#define SCHED_CREDIT UINT64_C(5000000) /* how far a sleeper may be behind */
#define SCHED_GRAIN  UINT64_C(1000000) /* how far the one that runs may get ahead */

/* Is virtual time a before b? */
static inline bool queue_before(uint64_t a, uint64_t b)
{
    return (int64_t)(a - b) < 0;
}

/* Rounded up, so that no time is too short to count. */
static inline uint64_t virtual_time(const struct vcpu *vcpu, uint64_t time)
{
    return (time * SCHED_WEIGHT_DEFAULT + vcpu->weight - 1) / vcpu->weight;
}

/* Adds what a vcpu that runs has used until now; it goes on running. */
static inline void queue_account(struct vcpu *vcpu, uint64_t now)
{
    uint64_t used;

    if (!vcpu->run_since || now <= vcpu->run_since)
        return;
    used = now - vcpu->run_since;
    vcpu->virtual_runtime += virtual_time(vcpu, used);
    __atomic_store_n(&vcpu->run_time, vcpu->run_time + used, __ATOMIC_RELAXED);
    __atomic_store_n(&vcpu->run_since, now, __ATOMIC_RELAXED);
    if (unlikely(vcpu->capped))
        share_charge(vcpu->domain, used, now);
}

/* Likewise, and its turn is over. */
static inline void queue_account_end(struct vcpu *vcpu, uint64_t now)
{
    queue_account(vcpu, now);
    __atomic_store_n(&vcpu->run_since, 0, __ATOMIC_RELAXED);
}

/* Where others wait, or for who slept. */
void queue_insert_among(struct pcpu *pcpu, struct vcpu *vcpu);

static inline void queue_insert(struct pcpu *pcpu, struct vcpu *vcpu)
{
    if (likely(list_empty(&pcpu->queue) &&
               !queue_before(vcpu->virtual_runtime, pcpu->min_virtual_runtime)))
        list_add_tail(&vcpu->queue_node, &pcpu->queue);
    else
        queue_insert_among(pcpu, vcpu);
}

/* NULL when nobody waits. */
static inline struct vcpu *queue_head(const struct pcpu *pcpu)
{
    if (list_empty(&pcpu->queue))
        return NULL;
    return list_entry(pcpu->queue.next, struct vcpu, queue_node);
}

/* Does the one that waits take the place of the one that runs? */
bool queue_preempts(const struct vcpu *waiting, const struct vcpu *running);
/* When the first of those that wait will take the place of the one that runs (ns). */
uint64_t queue_turn_end(const struct pcpu *pcpu, const struct vcpu *running, uint64_t now);
/* Puts the one that runs far enough behind the first of those that wait to be preempted by it. */
void queue_go_behind(struct pcpu *pcpu, struct vcpu *vcpu);
/* Moves min_virtual_runtime on. */
static inline void queue_advance(struct pcpu *pcpu, const struct vcpu *running)
{
    const struct vcpu *head = queue_head(pcpu);
    uint64_t least = running->virtual_runtime;

    if (head && queue_before(head->virtual_runtime, least))
        least = head->virtual_runtime;
    if (queue_before(pcpu->min_virtual_runtime, least))
        pcpu->min_virtual_runtime = least;
}

/* Translates a virtual run time for another pcpu. */
void queue_rebase(const struct pcpu *from, const struct pcpu *to, struct vcpu *vcpu);

#endif
