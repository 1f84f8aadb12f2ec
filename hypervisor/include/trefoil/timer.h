/* SPDX-License-Identifier: MIT */
/* One-shot timers of the hypervisor, a sorted list on each pcpu, driven by arch_timer_set(). */
#ifndef TREFOIL_TIMER_H
#define TREFOIL_TIMER_H

#include <trefoil/list.h>
#include <trefoil/types.h>

struct pcpu;

struct timer {
    struct list_head node;
    struct pcpu *pcpu;            /* on whose list it is; NULL when stopped */
    uint64_t deadline;            /* ns of arch_now() */
    void (*function)(void *data); /* called once, without locks, on that pcpu */
    void *data;
};

void timer_init(struct timer *timer, void (*function)(void *data), void *data);
/* (Re)arms the timer on a pcpu, which must be this one or idle-safe: the pcpu is kicked when its
 * deadline gets earlier. */
void timer_start(struct timer *timer, struct pcpu *pcpu, uint64_t deadline);
void timer_stop(struct timer *timer);
/* Stops it for good: when this returns, its function is not running on another pcpu either. Without
 * locks that the function takes. */
void timer_end(struct timer *timer);
/* A pcpu without a vcpu to run calls the function of its patient timer now, if that is still armed
 * here: was there one? */
bool timers_run_patient(struct pcpu *pcpu);
/* The arch's timer interrupt: runs what is due, sets the next deadline. */
void timers_run(struct pcpu *pcpu);

#endif
