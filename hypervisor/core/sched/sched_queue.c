/* SPDX-License-Identifier: MIT */
#include "sched_queue.h"

#define FAR UINT64_C(1000000000) /* ns of virtual time: a lead beyond it is looked at again */

void queue_insert_among(struct pcpu *pcpu, struct vcpu *vcpu)
{
    uint64_t floor = pcpu->min_virtual_runtime;
    struct list_head *position;

    if (queue_before(vcpu->virtual_runtime, floor)) {
        floor -= virtual_time(vcpu, SCHED_CREDIT);
        if (queue_before(vcpu->virtual_runtime, floor))
            vcpu->virtual_runtime = floor;
    }
    list_for_each(position, &pcpu->queue)
    {
        if (queue_before(vcpu->virtual_runtime,
                         list_entry(position, struct vcpu, queue_node)->virtual_runtime))
            break;
    }
    list_add_before(&vcpu->queue_node, position);
}

/* The virtual time at which `running` has to make room for `waiting`. */
static uint64_t limit_of(const struct vcpu *waiting, const struct vcpu *running)
{
    return waiting->virtual_runtime + virtual_time(running, SCHED_GRAIN);
}

bool queue_preempts(const struct vcpu *waiting, const struct vcpu *running)
{
    return !queue_before(running->virtual_runtime, limit_of(waiting, running));
}

uint64_t queue_turn_end(const struct pcpu *pcpu, const struct vcpu *running, uint64_t now)
{
    uint64_t limit = limit_of(queue_head(pcpu), running), lead = 0, end;

    if (queue_before(running->virtual_runtime, limit))
        lead = limit - running->virtual_runtime;
    if (lead > FAR)
        lead = FAR;
    end = now + (lead * running->weight + SCHED_WEIGHT_DEFAULT - 1) / SCHED_WEIGHT_DEFAULT;
    return end > pcpu->turn_start + SCHED_RATE_LIMIT ? end : pcpu->turn_start + SCHED_RATE_LIMIT;
}

void queue_go_behind(struct pcpu *pcpu, struct vcpu *vcpu)
{
    const struct vcpu *head = queue_head(pcpu);

    if (head && !queue_preempts(head, vcpu))
        vcpu->virtual_runtime = limit_of(head, vcpu);
}

void queue_rebase(const struct pcpu *from, const struct pcpu *to, struct vcpu *vcpu)
{
    vcpu->virtual_runtime += to->min_virtual_runtime - from->min_virtual_runtime;
}
