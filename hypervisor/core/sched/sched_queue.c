/* SPDX-License-Identifier: MIT */
#include "sched_queue.h"

void queue_account(struct vcpu *vcpu, uint64_t now)
{
    uint64_t used;

    if (!vcpu->run_since || now <= vcpu->run_since)
        return;
    used = now - vcpu->run_since;
    vcpu->virtual_runtime += used;
    __atomic_store_n(&vcpu->run_time, vcpu->run_time + used, __ATOMIC_RELAXED);
    __atomic_store_n(&vcpu->run_since, now, __ATOMIC_RELAXED);
}

void queue_account_end(struct vcpu *vcpu, uint64_t now)
{
    queue_account(vcpu, now);
    __atomic_store_n(&vcpu->run_since, 0, __ATOMIC_RELAXED);
}

void queue_insert(struct pcpu *pcpu, struct vcpu *vcpu)
{
    uint64_t floor =
        pcpu->min_virtual_runtime > SCHED_CREDIT ? pcpu->min_virtual_runtime - SCHED_CREDIT : 0;
    struct list_head *position;

    if (vcpu->virtual_runtime < floor)
        vcpu->virtual_runtime = floor;
    list_for_each(position, &pcpu->queue)
    {
        if (list_entry(position, struct vcpu, queue_node)->virtual_runtime > vcpu->virtual_runtime)
            break;
    }
    list_add_before(&vcpu->queue_node, position);
}

struct vcpu *queue_head(const struct pcpu *pcpu)
{
    if (list_empty(&pcpu->queue))
        return NULL;
    return list_entry(pcpu->queue.next, struct vcpu, queue_node);
}

bool queue_preempts(const struct vcpu *waiting, const struct vcpu *running)
{
    return waiting->virtual_runtime + SCHED_GRAIN <= running->virtual_runtime;
}

void queue_go_behind(struct pcpu *pcpu, struct vcpu *vcpu)
{
    const struct vcpu *head = queue_head(pcpu);

    if (head && !queue_preempts(head, vcpu))
        vcpu->virtual_runtime = head->virtual_runtime + SCHED_GRAIN;
}

void queue_advance(struct pcpu *pcpu, const struct vcpu *running)
{
    const struct vcpu *head = queue_head(pcpu);
    uint64_t least;

    if (!running && !head)
        return;
    if (!running || (head && head->virtual_runtime < running->virtual_runtime))
        least = head->virtual_runtime;
    else
        least = running->virtual_runtime;
    if (least > pcpu->min_virtual_runtime)
        pcpu->min_virtual_runtime = least;
}

void queue_rebase(const struct pcpu *from, const struct pcpu *to, struct vcpu *vcpu)
{
    uint64_t lead = vcpu->virtual_runtime - from->min_virtual_runtime;

    /* A lag of more than the target's whole history counts as none. */
    if ((int64_t)(to->min_virtual_runtime + lead) < 0)
        vcpu->virtual_runtime = 0;
    else
        vcpu->virtual_runtime = to->min_virtual_runtime + lead;
}
