/* SPDX-License-Identifier: MIT */
/*
 * The scheduler: per-pcpu queues ordered by virtual run time, a turn that ends only while somebody
 * waits, a wake-up that preempts, weights and caps of domains. A vcpu moves when it would wait and
 * another pcpu idles, and by its affinity.
 */
#ifndef TREFOIL_SCHED_H
#define TREFOIL_SCHED_H

#include <trefoil/pcpu.h>

/*
 * The last thing before a guest is entered, when the pcpu's need_resched is set: the arch looks at
 * it on every way back to a guest and else goes on with the pcpu's current vcpu. Picks the next
 * one, idles while there is none, switches state with arch_vcpu_switch() only if it differs from
 * the one whose state is loaded.
 */
struct vcpu *sched_slow_path(struct pcpu *pcpu);
/* The same without idling: NULL when there is none. */
struct vcpu *sched_pick(struct pcpu *pcpu);

/* The vcpu waits until vcpu_wake(). Does nothing if an interrupt or event is already pending for
 * it. Own vcpu only. */
void vcpu_block(struct vcpu *vcpu);

/* Something is pending for the vcpu: it becomes runnable if it was blocked. From any pcpu, takes
 * its queue lock. */
void vcpu_wake(struct vcpu *vcpu);

/*
 * Something (an interrupt, an event) was made pending for a vcpu: wakes it if blocked, sends an IPI
 * if it runs in the guest on another pcpu so that it takes notice on its way back to it.
 */
void vcpu_kick(struct vcpu *vcpu);

/* Gives the rest of the time slice to others (SCHEDOP_yield). Own vcpu only. */
void vcpu_yield(struct vcpu *vcpu);

/* What a guest asks of its firmware: from VCPU_OFFLINE to runnable, and back. Neither waits: a vcpu
 * that runs on another pcpu leaves soon. */
void vcpu_start(struct vcpu *vcpu);
void vcpu_stop(struct vcpu *vcpu);

/*
 * Pools of CPUs: a domain's vcpus run on those of its pool (struct domain_config) and nowhere else.
 * `cpus` are masks of pcpus that have none in common, the first one with pcpu 0. Once, at boot;
 * until then there is one pool of all. A pool may have CPUs that are not online.
 */
void cpu_pools_init(const uint64_t *cpus, unsigned int count);
unsigned int cpu_pool_count(void);
uint64_t cpu_pool_cpus(unsigned int pool); /* 0: there is no such pool */

/* 0 or -EINVAL when the mask names no online pcpu of the domain's pool; moves the vcpu if needed,
 * at the latest when it next runs. */
int vcpu_set_affinity(struct vcpu *vcpu, uint64_t mask);

/* What a turn takes at least, if it is not given up (ns). */
#define SCHED_RATE_LIMIT     UINT64_C(200000)
#define SCHED_WEIGHT_DEFAULT 256U
#define SCHED_WEIGHT_MAX     65535U
#define SCHED_CAP_PER_VCPU   100U /* percent of a CPU */

/*
 * A domain's share of time: each of its vcpus gets time by `weight` where others want to run, and
 * all together at most `cap` percent of a CPU (0: no cap). -EINVAL for a weight out of 1 to
 * SCHED_WEIGHT_MAX or a cap beyond SCHED_CAP_PER_VCPU a vcpu. Without run queue locks.
 */
int domain_set_share(struct domain *domain, uint32_t weight, uint32_t cap);

/* Finds a new vcpu, of a pool with a CPU that is online, its pcpu: the allowed one with the fewest
 * vcpus. */
void vcpu_place(struct vcpu *vcpu);
/* Takes a vcpu that will not run again (offline, its domain dying) off its pcpu. False while that
 * still holds it. */
bool vcpu_detach(struct vcpu *vcpu);
/* Holds a vcpu or lets it go when its pause_count or its domain's has changed. */
void vcpu_pause_changed(struct vcpu *vcpu);
/* Takes the run queue's lock. */
void vcpu_runstate_read(struct vcpu *vcpu, struct vcpu_runstate_info *runstate);
/* Where its time went until `now`, and how long it waited after wake-ups. Takes the run queue's
 * lock.
 */
void vcpu_times_read(struct vcpu *vcpu, uint64_t now, struct xen_vcpu_counters *record);
/* Time spent running, until now (ns). */
uint64_t vcpu_run_time(const struct vcpu *vcpu);
/* Until now (ns). Takes the run queue's lock. */
uint64_t pcpu_idle_time(struct pcpu *pcpu);
/* Of a pcpu's own fields, when it comes up. */
void sched_pcpu_init(struct pcpu *pcpu);
uint64_t online_pcpus(void); /* a mask */

#endif
