/* SPDX-License-Identifier: MIT */
#include <trefoil/arch.h>
#include <trefoil/pcpu.h>
#include <trefoil/timer.h>

/*
 * A timer's pcpu changes only under that pcpu's timer_lock; to stop one, its pcpu is read, locked,
 * and read again.
 */
void timer_init(struct timer *timer, void (*function)(void *data), void *data)
{
    *timer = (struct timer){.function = function, .data = data, .deadline = UINT64_MAX};
    list_init(&timer->node);
}

static uint64_t first_deadline(const struct pcpu *pcpu)
{
    if (list_empty(&pcpu->timers))
        return UINT64_MAX;
    return list_entry(pcpu->timers.next, struct timer, node)->deadline;
}

/* Under the lock. */
static void program(struct pcpu *pcpu)
{
    if (pcpu == this_pcpu()) {
        arch_timer_set(first_deadline(pcpu));
        return;
    }
    atomic_store(&pcpu->timers_changed, true);
    atomic_store(&pcpu->need_resched, true);
    arch_send_reschedule(pcpu);
}

void timer_stop(struct timer *timer)
{
    for (;;) {
        struct pcpu *pcpu = __atomic_load_n(&timer->pcpu, __ATOMIC_ACQUIRE);

        if (!pcpu)
            return;
        spin_lock(&pcpu->timer_lock);
        if (timer->pcpu == pcpu) {
            bool was_first = pcpu->timers.next == &timer->node;

            list_remove(&timer->node);
            __atomic_store_n(&timer->pcpu, NULL, __ATOMIC_RELEASE);
            /* Elsewhere a deadline too early does no harm, and is not worth an interrupt. */
            if (was_first && pcpu == this_pcpu())
                program(pcpu);
            spin_unlock(&pcpu->timer_lock);
            return;
        }
        spin_unlock(&pcpu->timer_lock);
    }
}

void timer_start(struct timer *timer, struct pcpu *pcpu, uint64_t deadline)
{
    struct list_head *position;

    timer_stop(timer);
    spin_lock(&pcpu->timer_lock);
    timer->deadline = deadline;
    list_for_each(position, &pcpu->timers)
    {
        if (list_entry(position, struct timer, node)->deadline > deadline)
            break;
    }
    list_add_before(&timer->node, position);
    __atomic_store_n(&timer->pcpu, pcpu, __ATOMIC_RELEASE);
    if (pcpu->timers.next == &timer->node)
        program(pcpu);
    spin_unlock(&pcpu->timer_lock);
}

/* Under the lock. Its function is called next. */
static void take(struct pcpu *pcpu, struct timer *timer)
{
    list_remove(&timer->node);
    atomic_store(&pcpu->running_timer, timer);
    __atomic_store_n(&timer->pcpu, NULL, __ATOMIC_RELEASE);
}

static struct timer *take_due(struct pcpu *pcpu, uint64_t now)
{
    struct timer *timer = NULL;

    spin_lock(&pcpu->timer_lock);
    if (first_deadline(pcpu) <= now) {
        timer = list_entry(pcpu->timers.next, struct timer, node);
        take(pcpu, timer);
    }
    /* Also before its function: one that works for long looks whether an interrupt waits, and it
     * would find its own. */
    program(pcpu);
    spin_unlock(&pcpu->timer_lock);
    return timer;
}

void timers_run(struct pcpu *pcpu)
{
    uint64_t now = arch_now();
    struct timer *timer;

    atomic_store(&pcpu->timers_changed, false);
    while ((timer = take_due(pcpu, now)) != NULL) {
        timer->function(timer->data);
        atomic_store(&pcpu->running_timer, NULL);
    }
}

bool timers_run_patient(struct pcpu *pcpu)
{
    struct timer *timer = pcpu->patient;

    if (likely(timer == NULL))
        return false;
    pcpu->patient = NULL;
    spin_lock(&pcpu->timer_lock);
    if (timer->pcpu != pcpu) {
        spin_unlock(&pcpu->timer_lock);
        return false;
    }
    take(pcpu, timer);
    spin_unlock(&pcpu->timer_lock);
    timer->function(timer->data);
    atomic_store(&pcpu->running_timer, NULL);
    return true;
}

void timer_end(struct timer *timer)
{
    timer_stop(timer);
    for (unsigned int i = 0; i < nr_pcpus; i++) {
        while (pcpus[i] && atomic_load(&pcpus[i]->running_timer) == timer)
            cpu_relax();
    }
}
