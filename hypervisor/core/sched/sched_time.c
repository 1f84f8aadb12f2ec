/* SPDX-License-Identifier: MIT */
/* Where time went. */
#include "sched_parts.h"
#include <trefoil/arch.h>
#include <trefoil/sched.h>
#include <trefoil/string.h>

void vcpu_runstate_read(struct vcpu *vcpu, struct vcpu_runstate_info *runstate)
{
    struct pcpu *pcpu = lock_queue_of(vcpu);

    *runstate = vcpu->runstate;
    spin_unlock(&pcpu->queue_lock);
}

void vcpu_times_read(struct vcpu *vcpu, uint64_t now, struct xen_vcpu_counters *record)
{
    struct pcpu *pcpu = lock_queue_of(vcpu);
    uint64_t entered = vcpu->runstate.state_entry_time;

    record->pcpu = pcpu->id;
    record->state = (uint32_t)vcpu->runstate.state;
    memcpy(record->time, vcpu->runstate.time, sizeof(record->time));
    if (now > entered)
        record->time[record->state] += now - entered;
    memcpy(record->wakes, vcpu->counts.wakes, sizeof(record->wakes));
    record->wake_time = vcpu->counts.wake_time;
    spin_unlock(&pcpu->queue_lock);
}

uint64_t vcpu_run_time(const struct vcpu *vcpu)
{
    uint64_t since = __atomic_load_n(&vcpu->run_since, __ATOMIC_RELAXED);
    uint64_t time = __atomic_load_n(&vcpu->run_time, __ATOMIC_RELAXED);
    uint64_t now = arch_now();

    return since && now > since ? time + (now - since) : time;
}

uint64_t pcpu_idle_time(struct pcpu *pcpu)
{
    uint64_t time, since;

    spin_lock(&pcpu->queue_lock);
    since = pcpu->idle_since;
    time = pcpu->idle_time + (since ? arch_now() - since : 0);
    spin_unlock(&pcpu->queue_lock);
    return time;
}
