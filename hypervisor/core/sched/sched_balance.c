/* SPDX-License-Identifier: MIT */
/*
 * On which pcpu a vcpu runs. It changes only under both run queues' locks, taken in the order of
 * the pcpus' ids, and never while a pcpu has the vcpu loaded. What is not locked (`crowded`,
 * idle_since) is a hint that is looked at again under the locks; one that comes too late is found
 * again when the turn of whoever runs on the crowded pcpu ends.
 */
#include "sched_parts.h"
#include "sched_queue.h"
#include <trefoil/errno.h>

#define LOOK_AT 16U /* that many of those that wait on a pcpu */

_Atomic uint64_t crowded_pcpus;

/* Of equals the last: the boot CPU, which builds domains, is the last to run one. */
static struct pcpu *least_loaded(uint64_t mask)
{
    struct pcpu *best = NULL;

    for (unsigned int i = 0; i < nr_pcpus; i++) {
        struct pcpu *pcpu = pcpus[i];

        if (pcpu && pcpu->online && ((mask >> i) & 1) &&
            (!best || pcpu->nr_vcpus <= best->nr_vcpus))
            best = pcpu;
    }
    return best;
}

/* An idle one, from the one after `pcpu` on. */
static struct pcpu *idle_one(uint64_t mask, const struct pcpu *pcpu)
{
    for (unsigned int i = 1; i < nr_pcpus; i++) {
        unsigned int id = (pcpu->id + i) % nr_pcpus;

        if (((mask >> id) & 1) && pcpus[id] && pcpu_idles(pcpus[id]))
            return pcpus[id];
    }
    return NULL;
}

static uint64_t preferred(const struct vcpu *vcpu)
{
    return vcpu->affinity & vcpu->soft_affinity;
}

bool vcpu_detach(struct vcpu *vcpu)
{
    struct pcpu *pcpu = lock_queue_of(vcpu);
    bool loaded = __atomic_load_n(&pcpu->current, __ATOMIC_ACQUIRE) == vcpu;

    list_remove(&vcpu->queue_node);
    if (loaded)
        pcpu_prod(pcpu);
    spin_unlock(&pcpu->queue_lock);
    return !loaded && atomic_load(&vcpu->state) != VCPU_RUNNING;
}

void vcpu_place(struct vcpu *vcpu)
{
    struct pcpu *pcpu = least_loaded(vcpu->affinity);

    vcpu->pcpu = pcpu;
    pcpu->nr_vcpus++;
    spin_lock(&pcpu->queue_lock);
    vcpu->virtual_runtime = pcpu->min_virtual_runtime;
    spin_unlock(&pcpu->queue_lock);
}

static void lock_both(struct pcpu *a, struct pcpu *b)
{
    struct pcpu *first = a->id < b->id ? a : b;

    spin_lock(&first->queue_lock);
    spin_lock(first == a ? &b->queue_lock : &a->queue_lock);
}

static void unlock_both(struct pcpu *a, struct pcpu *b)
{
    spin_unlock(&a->queue_lock);
    spin_unlock(&b->queue_lock);
}

/* Under both locks. */
static void transfer(struct pcpu *from, struct pcpu *to, struct vcpu *vcpu)
{
    bool waits = vcpu_queued(vcpu);

    list_remove(&vcpu->queue_node);
    catch_up(from);
    catch_up(to);
    queue_rebase(from, to, vcpu);
    from->nr_vcpus--;
    to->nr_vcpus++;
    __atomic_store_n(&vcpu->pcpu, to, __ATOMIC_RELEASE);
    if (waits || atomic_load(&vcpu->state) == VCPU_RUNNABLE)
        vcpu_join(to, vcpu);
}

/* The domain of the vcpu is held. */
static void hand_over(struct pcpu *from, struct vcpu *vcpu)
{
    uint64_t soft = preferred(vcpu);
    struct pcpu *to = least_loaded(soft & online_pcpus() ? soft : vcpu->affinity);

    if (!to || to == from)
        return;
    lock_both(from, to);
    if (vcpu->pcpu == from && !pcpu_has_loaded(from, vcpu))
        transfer(from, to, vcpu);
    unlock_both(from, to);
}

void balance_move_away(struct pcpu *from, struct vcpu *vcpu)
{
    struct domain *domain = vcpu->domain;

    hand_over(from, vcpu);
    domain_put(domain);
}

int vcpu_set_affinity(struct vcpu *vcpu, uint64_t mask)
{
    uint64_t allowed = mask & cpu_pool_cpus(vcpu->domain->config.cpu_pool);

    if (!(allowed & online_pcpus()))
        return -EINVAL;

    struct pcpu *pcpu = lock_queue_of(vcpu);

    vcpu->hard_affinity = mask;
    vcpu->affinity = allowed;
    pcpu_prod(pcpu);
    spin_unlock(&pcpu->queue_lock);
    return 0;
}

bool balance_idle_for(const struct vcpu *vcpu, const struct pcpu *pcpu)
{
    return idle_one(vcpu->affinity, pcpu) != NULL;
}

void balance_wake(struct vcpu *vcpu)
{
    struct pcpu *from = __atomic_load_n(&vcpu->pcpu, __ATOMIC_ACQUIRE);
    struct pcpu *to = idle_one(preferred(vcpu), from);

    if (!to)
        to = idle_one(vcpu->affinity, from);
    if (!to)
        return;
    lock_both(from, to);
    if (vcpu->pcpu == from && !pcpu_has_loaded(from, vcpu) && pcpu_idles(to) &&
        vcpu_allowed_on(vcpu, to) && atomic_load(&vcpu->state) == VCPU_BLOCKED)
        transfer(from, to, vcpu);
    unlock_both(from, to);
}

/* Which pcpus those that wait could run on, and how many wait. */
static void look_at_waiting(struct pcpu *pcpu)
{
    const struct list_head *position;
    unsigned int seen = 0, nr_waiting = 0;
    uint64_t wanted = 0;

    list_for_each(position, &pcpu->queue)
    {
        const struct vcpu *vcpu = list_entry(position, struct vcpu, queue_node);

        if (vcpu_may_run(vcpu)) {
            wanted |= vcpu->affinity;
            nr_waiting++;
        }
        if (++seen == LOOK_AT)
            break;
    }
    atomic_store_explicit(&pcpu->wanted, wanted, memory_order_relaxed);
    atomic_store_explicit(&pcpu->nr_waiting, nr_waiting, memory_order_relaxed);
}

void balance_note_crowd(struct pcpu *pcpu, bool crowded)
{
    uint64_t bit = UINT64_C(1) << pcpu->id;

    if (crowded)
        look_at_waiting(pcpu);
    if (pcpu_crowded(pcpu) == crowded)
        return;
    atomic_store_explicit(&pcpu->crowded, crowded, memory_order_relaxed);
    if (crowded)
        atomic_fetch_or(&crowded_pcpus, bit);
    else
        atomic_fetch_and(&crowded_pcpus, ~bit);
}

/* May the pcpu take it from the queue where it waits? Under both locks. */
static bool takes(const struct pcpu *to, const struct pcpu *from, const struct vcpu *vcpu,
                  bool only_preferred)
{
    uint64_t mask = only_preferred ? preferred(vcpu) : vcpu->affinity;

    return !pcpu_has_loaded(from, vcpu) && ((mask >> to->id) & 1) && vcpu_may_run(vcpu);
}

static struct vcpu *find_waiting(const struct pcpu *to, const struct pcpu *from,
                                 bool only_preferred)
{
    const struct list_head *position;
    unsigned int seen = 0;

    list_for_each(position, &from->queue)
    {
        struct vcpu *vcpu = list_entry(position, struct vcpu, queue_node);

        if (takes(to, from, vcpu, only_preferred))
            return vcpu;
        if (++seen == LOOK_AT)
            break;
    }
    return NULL;
}

static bool take_from(struct pcpu *to, struct pcpu *from)
{
    struct vcpu *vcpu = NULL;

    lock_both(from, to);
    if (pcpu_crowded(from) && pcpu_idles(to) && list_empty(&to->queue)) {
        vcpu = find_waiting(to, from, true);
        if (!vcpu)
            vcpu = find_waiting(to, from, false);
    }
    if (vcpu) {
        transfer(from, to, vcpu);
        balance_note(from, !list_empty(&from->queue));
    }
    unlock_both(from, to);
    return vcpu != NULL;
}

bool balance_take_from(struct pcpu *pcpu, uint64_t crowded)
{
    for (unsigned int i = 1; i < nr_pcpus; i++) {
        unsigned int id = (pcpu->id + i) % nr_pcpus;

        if (((crowded >> id) & 1) && take_from(pcpu, pcpus[id]))
            return true;
    }
    return false;
}

void balance_offer(const struct pcpu *pcpu)
{
    uint64_t mask = atomic_load_explicit(&pcpu->wanted, memory_order_relaxed);
    unsigned int nr_waiting = atomic_load_explicit(&pcpu->nr_waiting, memory_order_relaxed);
    struct pcpu *idle;

    /* Pairs with balance_take(). */
    smp_mb();
    for (unsigned int i = 0; i < nr_waiting; i++) {
        idle = idle_one(mask, pcpu);
        if (!idle)
            return;
        mask &= ~(UINT64_C(1) << idle->id);
        pcpu_prod(idle);
    }
}
