/* SPDX-License-Identifier: MIT */
/*
 * The arithmetic of fairness: a vcpu's virtual run time grows while it runs, the slower the more
 * weight it has; the smallest runs next. min_virtual_runtime of a pcpu never goes back; who slept
 * joins at most SCHED_CREDIT behind it, so that sleeping saves up a bounded advantage. Virtual times
 * wrap around and are compared by their difference. All under queue_lock.
 */
#ifndef CORE_SCHED_QUEUE_H
#define CORE_SCHED_QUEUE_H

#include <trefoil/pcpu.h>

/* In ns of real time of the vcpu in question. */
#define SCHED_CREDIT UINT64_C(5000000) /* how far a sleeper may be behind */
#define SCHED_GRAIN  UINT64_C(1000000) /* how far the one that runs may get ahead */

/* Is virtual time a before b? */
static inline bool queue_before(uint64_t a, uint64_t b)
{
    return (int64_t)(a - b) < 0;
}

/* Adds what a vcpu that runs has used until now; it goes on running. */
void queue_account(struct vcpu *vcpu, uint64_t now);
/* Likewise, and its turn is over. */
void queue_account_end(struct vcpu *vcpu, uint64_t now);
void queue_insert(struct pcpu *pcpu, struct vcpu *vcpu);
/* NULL when nobody waits. */
struct vcpu *queue_head(const struct pcpu *pcpu);
/* Does the one that waits take the place of the one that runs? */
bool queue_preempts(const struct vcpu *waiting, const struct vcpu *running);
/* When the first of those that wait will take the place of the one that runs (ns). */
uint64_t queue_turn_end(const struct pcpu *pcpu, const struct vcpu *running, uint64_t now);
/* Puts the one that runs far enough behind the first of those that wait to be preempted by it. */
void queue_go_behind(struct pcpu *pcpu, struct vcpu *vcpu);
/* Moves min_virtual_runtime on; running may be NULL. */
void queue_advance(struct pcpu *pcpu, const struct vcpu *running);
/* Translates a virtual run time for another pcpu. */
void queue_rebase(const struct pcpu *from, const struct pcpu *to, struct vcpu *vcpu);

#endif
