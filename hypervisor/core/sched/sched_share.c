/* SPDX-License-Identifier: MIT */
#include "sched_share.h"
#include "sched_parts.h"
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/sched.h>

#define SHARE_STEP UINT64_C(100000) /* ns: what is left is looked at no sooner than that */

/* Of a period (ns). */
static uint64_t budget(const struct sched_share *share)
{
    return SHARE_PERIOD * atomic_load(&share->cap) / 100;
}

/* Under the share's lock, as all that follows: each period that has gone by pays for its budget. */
static void pay(struct sched_share *share, uint64_t now)
{
    uint64_t periods = now > share->period_start ? (now - share->period_start) / SHARE_PERIOD : 0;
    uint64_t paid = periods * budget(share);

    share->used -= share->used < paid ? share->used : paid;
    share->period_start += periods * SHARE_PERIOD;
}

static bool over(const struct sched_share *share)
{
    return atomic_load(&share->cap) && share->used >= budget(share);
}

static void wait_for_next(struct sched_share *share)
{
    timer_start(&share->refill, this_pcpu(), share->period_start + SHARE_PERIOD);
}

static bool runs(const struct vcpu *vcpu)
{
    return atomic_load(&vcpu->state) == VCPU_RUNNING;
}

void share_charge(struct domain *domain, uint64_t used, uint64_t now)
{
    struct sched_share *share = &domain->share;
    bool ends;

    spin_lock(&share->lock);
    share->used += used;
    pay(share, now);
    ends = over(share) && !atomic_load(&share->spent);
    if (ends) {
        atomic_store(&share->spent, true);
        wait_for_next(share);
    }
    spin_unlock(&share->lock);
    for (unsigned int i = 0; ends && i < domain->max_vcpus; i++) {
        if (runs(domain->vcpus[i]))
            pcpu_prod(__atomic_load_n(&domain->vcpus[i]->pcpu, __ATOMIC_RELAXED));
    }
}

uint64_t share_left(struct domain *domain, uint64_t now)
{
    struct sched_share *share = &domain->share;
    uint64_t left = 0, sharers = 0;

    for (unsigned int i = 0; i < domain->max_vcpus; i++)
        sharers += runs(domain->vcpus[i]);
    spin_lock(&share->lock);
    pay(share, now);
    if (!over(share))
        left = (budget(share) - share->used) / (sharers ? sharers : 1);
    spin_unlock(&share->lock);
    return left > SHARE_STEP ? left : SHARE_STEP;
}

static void release(struct domain *domain)
{
    for (unsigned int i = 0; i < domain->max_vcpus; i++)
        vcpu_pause_changed(domain->vcpus[i]);
}

static void refill_due(void *data)
{
    struct domain *domain = data;
    struct sched_share *share = &domain->share;
    bool wait;

    spin_lock(&share->lock);
    pay(share, arch_now());
    wait = over(share);
    if (wait)
        wait_for_next(share);
    else
        atomic_store(&share->spent, false);
    spin_unlock(&share->lock);
    if (!wait)
        release(domain);
}

void share_init(struct domain *domain)
{
    domain->share.weight = SCHED_WEIGHT_DEFAULT;
    timer_init(&domain->share.refill, refill_due, domain);
}

void share_end(struct domain *domain)
{
    timer_end(&domain->share.refill);
}

/* What it ran until now is accounted as before. */
static void adopt(struct vcpu *vcpu)
{
    struct pcpu *pcpu = lock_queue_of(vcpu);

    catch_up(pcpu);
    vcpu->weight = atomic_load(&vcpu->domain->share.weight);
    vcpu->capped = atomic_load(&vcpu->domain->share.cap) != 0;
    pcpu_prod(pcpu);
    spin_unlock(&pcpu->queue_lock);
}

int domain_set_share(struct domain *domain, uint32_t weight, uint32_t cap)
{
    struct sched_share *share = &domain->share;

    if (weight < 1 || weight > SCHED_WEIGHT_MAX || cap > SCHED_CAP_PER_VCPU * domain->max_vcpus)
        return -EINVAL;
    spin_lock(&share->lock);
    atomic_store(&share->weight, (uint16_t)weight);
    atomic_store(&share->cap, (uint16_t)cap);
    share->used = 0;
    share->period_start = arch_now();
    atomic_store(&share->spent, false);
    spin_unlock(&share->lock);
    for (unsigned int i = 0; i < domain->max_vcpus; i++)
        adopt(domain->vcpus[i]);
    release(domain);
    return 0;
}
