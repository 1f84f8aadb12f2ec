/* SPDX-License-Identifier: MIT */
/*
 * What runs next on a pcpu. A vcpu's state changes from RUNNING only on its own pcpu and from
 * BLOCKED by compare-and-exchange, so that blocking needs no lock; the queue, and the rest of the
 * state, is under queue_lock. Only the pcpu itself takes a vcpu off to another pcpu.
 */
#include <trefoil/arch.h>
#include <trefoil/core.h>
#include <trefoil/errno.h>
#include <trefoil/event_channel.h>
#include <trefoil/printk.h>
#include <trefoil/sched.h>
#include "sched_queue.h"
#include "memory/scrub.h"

#define MAX_PCPUS MACHINE_MAX_CPUS

struct pcpu *pcpus[MAX_PCPUS];
unsigned int nr_pcpus;
static _Atomic uint64_t online_mask;
static spinlock_t online_lock;

static void slice_over(void *data)
{
    struct pcpu *pcpu = data;

    atomic_store(&pcpu->need_resched, true);
}

void sched_pcpu_init(struct pcpu *pcpu)
{
    list_init(&pcpu->queue);
    list_init(&pcpu->timers);
    timer_init(&pcpu->slice_timer, slice_over, pcpu);
    atomic_store(&pcpu->need_resched, true);
}

void core_pcpu_online(struct pcpu *pcpu)
{
    sched_pcpu_init(pcpu);
    spin_lock(&online_lock);
    pcpus[pcpu->id] = pcpu;
    if (nr_pcpus <= pcpu->id)
        nr_pcpus = pcpu->id + 1;
    pcpu->online = true;
    atomic_fetch_or(&online_mask, UINT64_C(1) << pcpu->id);
    spin_unlock(&online_lock);
}

uint64_t online_pcpus(void)
{
    return atomic_load(&online_mask);
}

/* Makes a pcpu go through sched_slow_path() soon. */
static void prod(struct pcpu *pcpu)
{
    atomic_store(&pcpu->need_resched, true);
    if (pcpu != this_pcpu())
        arch_send_reschedule(pcpu);
}

static bool held(const struct vcpu *vcpu)
{
    return atomic_load(&vcpu->pause_count) || atomic_load(&vcpu->domain->pause_count);
}

static bool allowed_on(const struct vcpu *vcpu, const struct pcpu *pcpu)
{
    return (vcpu->affinity >> pcpu->id) & 1;
}

static bool queued(const struct vcpu *vcpu)
{
    return !list_empty(&vcpu->queue_node);
}

/* Locks the queue of the pcpu that the vcpu is on. */
static struct pcpu *lock_queue_of(struct vcpu *vcpu)
{
    for (;;) {
        struct pcpu *pcpu = __atomic_load_n(&vcpu->pcpu, __ATOMIC_ACQUIRE);

        spin_lock(&pcpu->queue_lock);
        if (pcpu == vcpu->pcpu)
            return pcpu;
        spin_unlock(&pcpu->queue_lock);
    }
}

/* Without ticks the pcpu's virtual time stands where its last switch left it. */
static void catch_up(struct pcpu *pcpu)
{
    struct vcpu *loaded = __atomic_load_n(&pcpu->current, __ATOMIC_ACQUIRE);

    if (!loaded || atomic_load(&loaded->state) != VCPU_RUNNING)
        return;
    queue_account(loaded, arch_now());
    queue_advance(pcpu, loaded);
}

/* A runnable vcpu waits for its turn, if nothing holds it. */
static void join(struct pcpu *pcpu, struct vcpu *vcpu)
{
    if (held(vcpu) || queued(vcpu))
        return;
    catch_up(pcpu);
    queue_insert(pcpu, vcpu);
    prod(pcpu);
}

void vcpu_wake(struct vcpu *vcpu)
{
    enum vcpu_state blocked = VCPU_BLOCKED;
    struct pcpu *pcpu = lock_queue_of(vcpu);

    if (atomic_compare_exchange_strong(&vcpu->state, &blocked, VCPU_RUNNABLE)) {
        vcpu_runstate_change(vcpu, RUNSTATE_runnable, arch_now());
        join(pcpu, vcpu);
    }
    spin_unlock(&pcpu->queue_lock);
}

void vcpu_kick(struct vcpu *vcpu)
{
    /* Against vcpu_block(): what was made pending is seen there, or BLOCKED is seen here. */
    smp_mb();

    enum vcpu_state state = atomic_load_explicit(&vcpu->state, memory_order_relaxed);

    if (state == VCPU_BLOCKED) {
        vcpu_wake(vcpu);
    } else if (state == VCPU_RUNNING) {
        struct pcpu *pcpu = __atomic_load_n(&vcpu->pcpu, __ATOMIC_RELAXED);

        if (pcpu != this_pcpu())
            arch_send_reschedule(pcpu);
    }
}

void vcpu_block(struct vcpu *vcpu)
{
    enum vcpu_state running = VCPU_RUNNING, blocked = VCPU_BLOCKED;

    if (!atomic_compare_exchange_strong(&vcpu->state, &running, VCPU_BLOCKED))
        return;
    /* Pairs with vcpu_kick() and the arch's ways to notify: what was made pending is seen here, or
     * BLOCKED is seen there. */
    smp_mb_after_rmw();
    if (arch_vcpu_interrupt_pending(vcpu) &&
        atomic_compare_exchange_strong(&vcpu->state, &blocked, VCPU_RUNNING))
        return;
    atomic_store(&this_pcpu()->need_resched, true);
}

void vcpu_yield(struct vcpu *vcpu)
{
    struct pcpu *pcpu = this_pcpu();

    spin_lock(&pcpu->queue_lock);
    if (!list_empty(&pcpu->queue)) {
        queue_account(vcpu, arch_now());
        queue_go_behind(pcpu, vcpu);
        atomic_store(&pcpu->need_resched, true);
    }
    spin_unlock(&pcpu->queue_lock);
}

void vcpu_start(struct vcpu *vcpu)
{
    struct pcpu *pcpu = lock_queue_of(vcpu);

    if (atomic_load(&vcpu->state) == VCPU_OFFLINE) {
        atomic_store(&vcpu->state, VCPU_RUNNABLE);
        vcpu_runstate_change(vcpu, RUNSTATE_runnable, arch_now());
        join(pcpu, vcpu);
    }
    spin_unlock(&pcpu->queue_lock);
}

void vcpu_stop(struct vcpu *vcpu)
{
    struct pcpu *pcpu = lock_queue_of(vcpu);
    bool runs = atomic_exchange(&vcpu->state, VCPU_OFFLINE) == VCPU_RUNNING;
    uint64_t now = arch_now();

    list_remove(&vcpu->queue_node);
    if (pcpu == this_pcpu())
        queue_account_end(vcpu, now);
    vcpu_runstate_change(vcpu, RUNSTATE_offline, now);
    if (runs)
        prod(pcpu);
    spin_unlock(&pcpu->queue_lock);
}

void vcpu_pause_changed(struct vcpu *vcpu)
{
    struct pcpu *pcpu = lock_queue_of(vcpu);
    enum vcpu_state state = atomic_load(&vcpu->state);

    if (!held(vcpu)) {
        if (state == VCPU_RUNNABLE)
            join(pcpu, vcpu);
    } else if (state == VCPU_RUNNING) {
        prod(pcpu);
    } else {
        list_remove(&vcpu->queue_node);
    }
    spin_unlock(&pcpu->queue_lock);
}

bool vcpu_detach(struct vcpu *vcpu)
{
    struct pcpu *pcpu = lock_queue_of(vcpu);
    bool loaded = __atomic_load_n(&pcpu->current, __ATOMIC_ACQUIRE) == vcpu;

    list_remove(&vcpu->queue_node);
    if (loaded)
        prod(pcpu);
    spin_unlock(&pcpu->queue_lock);
    return !loaded && atomic_load(&vcpu->state) != VCPU_RUNNING;
}

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

void vcpu_place(struct vcpu *vcpu)
{
    struct pcpu *pcpu = least_loaded(vcpu->affinity);

    if (!pcpu) {
        log_warning("%s: vcpu%u: no CPU of its affinity is there, it may run on any",
                    vcpu->domain->name, vcpu->id);
        vcpu->affinity = UINT64_MAX;
        pcpu = least_loaded(vcpu->affinity);
    }
    vcpu->pcpu = pcpu;
    pcpu->nr_vcpus++;
}

static void lock_both(struct pcpu *a, struct pcpu *b)
{
    struct pcpu *first = a->id < b->id ? a : b;

    spin_lock(&first->queue_lock);
    spin_lock(first == a ? &b->queue_lock : &a->queue_lock);
}

/* Hands over a vcpu that this pcpu may not run (any more). Its domain is held. */
static void hand_over(struct pcpu *from, struct vcpu *vcpu)
{
    struct pcpu *to = least_loaded(vcpu->affinity);

    if (!to || to == from)
        return;
    lock_both(from, to);
    if (vcpu->pcpu == from && from->current != vcpu) {
        bool waits = queued(vcpu);

        list_remove(&vcpu->queue_node);
        queue_rebase(from, to, vcpu);
        from->nr_vcpus--;
        to->nr_vcpus++;
        __atomic_store_n(&vcpu->pcpu, to, __ATOMIC_RELEASE);
        if (waits || atomic_load(&vcpu->state) == VCPU_RUNNABLE)
            join(to, vcpu);
    }
    spin_unlock(&from->queue_lock);
    spin_unlock(&to->queue_lock);
}

static void move_away(struct pcpu *from, struct vcpu *vcpu)
{
    struct domain *domain = vcpu->domain;

    hand_over(from, vcpu);
    domain_put(domain);
}

int vcpu_set_affinity(struct vcpu *vcpu, uint64_t mask)
{
    if (!(mask & online_pcpus()))
        return -EINVAL;

    struct pcpu *pcpu = lock_queue_of(vcpu);

    vcpu->affinity = mask;
    prod(pcpu);
    spin_unlock(&pcpu->queue_lock);
    return 0;
}

/* Ends the turn of the vcpu that is loaded if it cannot go on; true if it can. Under the lock. */
static bool goes_on(struct pcpu *pcpu, struct vcpu *vcpu, uint64_t now)
{
    enum vcpu_state running = VCPU_RUNNING;

    queue_account(vcpu, now);
    if (atomic_load(&vcpu->state) == VCPU_RUNNING && !held(vcpu) && allowed_on(vcpu, pcpu))
        return true;
    queue_account_end(vcpu, now);
    if (atomic_compare_exchange_strong(&vcpu->state, &running, VCPU_RUNNABLE))
        vcpu_runstate_change(vcpu, held(vcpu) ? RUNSTATE_offline : RUNSTATE_runnable, now);
    else if (atomic_load(&vcpu->state) == VCPU_BLOCKED)
        vcpu_runstate_change(vcpu, RUNSTATE_blocked, now);
    return false;
}

/* Picks who runs next and makes it RUNNING; NULL when nobody wants to. *stray gets a vcpu to move
 * away: once the lock is let go, only the hold on its domain keeps it. */
static struct vcpu *choose(struct pcpu *pcpu, struct vcpu **stray)
{
    uint64_t now = arch_now();
    struct vcpu *loaded = pcpu->current;
    bool stays = loaded && goes_on(pcpu, loaded, now);
    struct vcpu *head = queue_head(pcpu);

    if (head && !allowed_on(head, pcpu)) {
        if (head != loaded) {
            domain_hold(head->domain);
            *stray = head;
        }
        return NULL;
    }
    if (head && stays && !queue_preempts(head, loaded))
        head = NULL;
    if (!head) {
        queue_advance(pcpu, stays ? loaded : NULL);
        return stays ? loaded : NULL;
    }
    list_remove(&head->queue_node);
    if (stays) {
        queue_account_end(loaded, now);
        atomic_store(&loaded->state, VCPU_RUNNABLE);
        vcpu_runstate_change(loaded, RUNSTATE_runnable, now);
        queue_insert(pcpu, loaded);
    }
    atomic_store(&head->state, VCPU_RUNNING);
    __atomic_store_n(&head->run_since, now, __ATOMIC_RELAXED);
    vcpu_runstate_change(head, RUNSTATE_running, now);
    queue_advance(pcpu, head);
    return head;
}

/* A slice ends only where somebody waits for its end. */
static void arm_slice(struct pcpu *pcpu, bool waiting)
{
    if (waiting && !pcpu->slice_timer.pcpu)
        timer_start(&pcpu->slice_timer, pcpu, arch_now() + SCHED_SLICE);
    else if (!waiting && pcpu->slice_timer.pcpu)
        timer_stop(&pcpu->slice_timer);
}

static void idle(struct pcpu *pcpu)
{
    uint64_t since = arch_now();

    if (!scrub_piece())
        arch_idle();
    __atomic_store_n(&pcpu->idle_time, pcpu->idle_time + (arch_now() - since), __ATOMIC_RELAXED);
}

/* Is there a reason that the state of the vcpu last run here must not stay in this pcpu's
 * registers? */
static bool must_unload(const struct pcpu *pcpu, const struct vcpu *vcpu)
{
    return atomic_load(&vcpu->state) == VCPU_OFFLINE || vcpu->domain->life >= DOMAIN_DYING ||
           !allowed_on(vcpu, pcpu);
}

static void load(struct pcpu *pcpu, struct vcpu *next)
{
    struct vcpu *prev = pcpu->current;
    struct vcpu *stray = prev && !allowed_on(prev, pcpu) ? prev : NULL;

    arch_vcpu_switch(prev, next);
    /* From the store on, the domain of what was loaded may be torn down. */
    if (stray)
        domain_hold(stray->domain);
    __atomic_store_n(&pcpu->current, next, __ATOMIC_RELEASE);
    if (stray)
        move_away(pcpu, stray);
}

/* Nobody is to run: unloads or hands over what must go. False when there was nothing of that. */
static bool tidy(struct pcpu *pcpu, struct vcpu *stray)
{
    if (stray)
        move_away(pcpu, stray);
    else if (pcpu->current && must_unload(pcpu, pcpu->current))
        load(pcpu, NULL);
    else
        return atomic_load(&pcpu->need_resched);
    return true;
}

struct vcpu *sched_pick(struct pcpu *pcpu)
{
    for (;;) {
        struct vcpu *stray = NULL;

        atomic_store(&pcpu->need_resched, false);
        if (atomic_load(&pcpu->timers_changed))
            timers_run(pcpu);
        event_deliver_virqs();
        spin_lock(&pcpu->queue_lock);

        struct vcpu *next = choose(pcpu, &stray);
        bool waiting = !list_empty(&pcpu->queue);

        spin_unlock(&pcpu->queue_lock);
        arm_slice(pcpu, waiting && next);
        if (!next) {
            if (!tidy(pcpu, stray))
                return NULL;
            continue;
        }
        /* Pairs with vcpu_kick(): RUNNING is seen there, or what was made pending is seen by the
         * load. */
        smp_mb();
        if (next != pcpu->current)
            load(pcpu, next);
        if (atomic_load_explicit(&next->runstate_area.registered, memory_order_relaxed))
            vcpu_runstate_publish(next);
        if (!atomic_load(&pcpu->need_resched))
            return next;
    }
}

struct vcpu *sched_slow_path(struct pcpu *pcpu)
{
    struct vcpu *next;

    while (!(next = sched_pick(pcpu)))
        idle(pcpu);
    return next;
}

void vcpu_runstate_read(struct vcpu *vcpu, struct vcpu_runstate_info *runstate)
{
    struct pcpu *pcpu = lock_queue_of(vcpu);

    *runstate = vcpu->runstate;
    spin_unlock(&pcpu->queue_lock);
}

uint64_t vcpu_run_time(const struct vcpu *vcpu)
{
    uint64_t since = __atomic_load_n(&vcpu->run_since, __ATOMIC_RELAXED);
    uint64_t time = __atomic_load_n(&vcpu->run_time, __ATOMIC_RELAXED);
    uint64_t now = arch_now();

    return since && now > since ? time + (now - since) : time;
}

uint64_t pcpu_idle_time(const struct pcpu *pcpu)
{
    return __atomic_load_n(&pcpu->idle_time, __ATOMIC_RELAXED);
}
