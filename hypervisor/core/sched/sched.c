/* SPDX-License-Identifier: MIT */
/*
 * What runs next on a pcpu. A vcpu's state changes from RUNNING only on its own pcpu and from
 * BLOCKED by compare-and-exchange, so that blocking needs no lock; the queue, and the rest of the
 * state, is under queue_lock. docs/design.md, "Scheduling", says how it is decided.
 */
#include <trefoil/arch.h>
#include <trefoil/core.h>
#include <trefoil/device.h>
#include <trefoil/errno.h>
#include <trefoil/event_channel.h>
#include <trefoil/hypercall.h>
#include <trefoil/printk.h>
#include <trefoil/sched.h>
#include "sched_parts.h"
#include "shared_work.h"
#include "sched_queue.h"
#include "sched_wakes.h"

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

void catch_up(struct pcpu *pcpu)
{
    struct vcpu *loaded = __atomic_load_n(&pcpu->current, __ATOMIC_ACQUIRE);

    if (!loaded || atomic_load(&loaded->state) != VCPU_RUNNING)
        return;
    queue_account(loaded, arch_now());
    queue_advance(pcpu, loaded);
}

/* A runnable vcpu gets into the queue, if nothing holds it. */
static inline bool enqueue(struct pcpu *pcpu, struct vcpu *vcpu)
{
    if (!vcpu_may_run(vcpu) || vcpu_queued(vcpu))
        return false;
    if (!pcpu->idle_since)
        catch_up(pcpu);
    queue_insert(pcpu, vcpu);
    return true;
}

void vcpu_join(struct pcpu *pcpu, struct vcpu *vcpu)
{
    if (enqueue(pcpu, vcpu))
        pcpu_prod(pcpu);
}

/* Is it time for the one that runs to make room for the first that waits? */
static bool turn_is_over(const struct pcpu *pcpu, const struct vcpu *running,
                         const struct vcpu *head, uint64_t now)
{
    return now >= pcpu->turn_start + SCHED_RATE_LIMIT && queue_preempts(head, running);
}

static void arm_slice(struct pcpu *pcpu)
{
    struct timer *timer = &pcpu->slice_timer;

    if (pcpu->turn_end == UINT64_MAX) {
        if (timer->pcpu)
            timer_stop(timer);
    } else if (!timer->pcpu || timer->deadline > pcpu->turn_end) {
        timer_start(timer, pcpu, pcpu->turn_end);
    }
}

/*
 * Somebody has come to wait on this pcpu, first in its queue, and the one that runs goes on for
 * now: notes until when, which is all that sched_pick() would do. False if it is to look.
 */
static inline bool waits_its_turn(struct pcpu *pcpu, const struct vcpu *vcpu, uint64_t now)
{
    const struct vcpu *running = pcpu->current;

    if (pcpu != this_pcpu() || atomic_load(&pcpu->need_resched) || pcpu->idle_since || !running ||
        atomic_load(&running->state) != VCPU_RUNNING || running->capped ||
        queue_head(pcpu) != vcpu || !vcpu_allowed_on(vcpu, pcpu) ||
        turn_is_over(pcpu, running, vcpu, now))
        return false;
    pcpu->turn_end = queue_turn_end(pcpu, running, now);
    balance_note(pcpu, true);
    arm_slice(pcpu);
    return true;
}

/* The queue of where a vcpu is to wake, locked: elsewhere than it was, if it would wait there while
 * another pcpu idles. */
static inline struct pcpu *lock_to_wake(struct vcpu *vcpu)
{
    struct pcpu *pcpu = lock_queue_of(vcpu);

    if (likely(pcpu->idle_since || pcpu_has_loaded(pcpu, vcpu) || !balance_idle_for(vcpu, pcpu)))
        return pcpu;
    spin_unlock(&pcpu->queue_lock);
    balance_wake(vcpu);
    return lock_queue_of(vcpu);
}

void vcpu_wake(struct vcpu *vcpu)
{
    enum vcpu_state blocked = VCPU_BLOCKED;
    struct pcpu *pcpu = lock_to_wake(vcpu);
    bool offer = false;

    if (atomic_compare_exchange_strong(&vcpu->state, &blocked, VCPU_RUNNABLE)) {
        uint64_t now = arch_now();

        vcpu_runstate_change(vcpu, RUNSTATE_runnable, now);
        if (enqueue(pcpu, vcpu)) {
            vcpu->counts.woken_at = now;
            if (waits_its_turn(pcpu, vcpu, now))
                offer = pcpu_crowded(pcpu);
            else
                pcpu_prod(pcpu);
        }
    }
    spin_unlock(&pcpu->queue_lock);
    if (unlikely(offer))
        balance_offer(pcpu);
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
        pcpu->turn_start = 0;
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
        vcpu_join(pcpu, vcpu);
    }
    spin_unlock(&pcpu->queue_lock);
}

void vcpu_stop(struct vcpu *vcpu)
{
    struct pcpu *pcpu = lock_queue_of(vcpu);
    bool runs = atomic_exchange(&vcpu->state, VCPU_OFFLINE) == VCPU_RUNNING;
    uint64_t now = arch_now();

    list_remove(&vcpu->queue_node);
    vcpu->counts.woken_at = 0;
    if (pcpu == this_pcpu())
        queue_account_end(vcpu, now);
    vcpu_runstate_change(vcpu, RUNSTATE_offline, now);
    if (runs)
        pcpu_prod(pcpu);
    spin_unlock(&pcpu->queue_lock);
}

void vcpu_pause_changed(struct vcpu *vcpu)
{
    struct pcpu *pcpu = lock_queue_of(vcpu);
    enum vcpu_state state = atomic_load(&vcpu->state);

    if (vcpu_may_run(vcpu)) {
        if (state == VCPU_RUNNABLE)
            vcpu_join(pcpu, vcpu);
    } else if (state == VCPU_RUNNING) {
        pcpu_prod(pcpu);
    } else {
        list_remove(&vcpu->queue_node);
        vcpu->counts.woken_at = 0;
    }
    spin_unlock(&pcpu->queue_lock);
}

/* Ends the turn of the vcpu that is loaded if it cannot go on; true if it can. Under the lock,
 * which keeps its state as it is. */
static bool goes_on(struct pcpu *pcpu, struct vcpu *vcpu, uint64_t now)
{
    enum vcpu_state state = atomic_load(&vcpu->state);

    if (state == VCPU_RUNNING && vcpu_allowed_on(vcpu, pcpu)) {
        queue_account(vcpu, now); /* which may spend what its cap lets it have */
        if (vcpu_may_run(vcpu))
            return true;
    }
    queue_account_end(vcpu, now);
    if (state == VCPU_RUNNING) {
        atomic_store(&vcpu->state, VCPU_RUNNABLE);
        vcpu_runstate_change(vcpu, vcpu_held(vcpu) ? RUNSTATE_offline : RUNSTATE_runnable, now);
    } else if (state == VCPU_BLOCKED) {
        vcpu_runstate_change(vcpu, RUNSTATE_blocked, now);
    }
    return false;
}

/* The first that waits. Those that the cap of their domain holds are let go: they join again. */
static struct vcpu *first_waiting(struct pcpu *pcpu)
{
    struct vcpu *head;

    while ((head = queue_head(pcpu)) != NULL && share_spent(head))
        list_remove(&head->queue_node);
    return head;
}

/* It is RUNNING, or about to be, and not in the queue. */
static void begin_turn(struct pcpu *pcpu, struct vcpu *vcpu, uint64_t now)
{
    if (vcpu->counts.woken_at)
        count_wake(vcpu, now - vcpu->counts.woken_at);
    __atomic_store_n(&vcpu->run_since, now, __ATOMIC_RELAXED);
    vcpu_runstate_change(vcpu, RUNSTATE_running, now);
    pcpu->turn_start = now;
}

static void interrupt_turn(struct pcpu *pcpu, struct vcpu *vcpu, uint64_t now)
{
    queue_account_end(vcpu, now);
    atomic_store(&vcpu->state, VCPU_RUNNABLE);
    vcpu_runstate_change(vcpu, RUNSTATE_runnable, now);
    queue_insert(pcpu, vcpu);
}

static void note_idle(struct pcpu *pcpu, uint64_t now)
{
    if (pcpu->idle_since)
        return;
    __atomic_store_n(&pcpu->idle_since, now, __ATOMIC_RELAXED);
    COUNT_PCPU(pcpu, idles);
}

static void note_busy(struct pcpu *pcpu, uint64_t now)
{
    if (!pcpu->idle_since)
        return;
    pcpu->idle_time += now - pcpu->idle_since;
    __atomic_store_n(&pcpu->idle_since, 0, __ATOMIC_RELAXED);
}

/* When the scheduler must look again while `next` runs: only where somebody waits for the end of
 * its turn, or it has a cap. */
static void note_turn(struct pcpu *pcpu, struct vcpu *next, uint64_t now)
{
    bool crowded = !list_empty(&pcpu->queue);
    uint64_t end = UINT64_MAX, left;

    if (crowded)
        end = queue_turn_end(pcpu, next, now);
    if (unlikely(next->capped) && (left = share_left(next->domain, now)) < end - now)
        end = now + left;
    pcpu->turn_end = end;
    balance_note(pcpu, crowded);
    note_busy(pcpu, now);
}

/* Nobody waits, either. */
static void note_no_turn(struct pcpu *pcpu, uint64_t now)
{
    pcpu->turn_end = UINT64_MAX;
    balance_note(pcpu, false);
    note_idle(pcpu, now);
}

/* Picks who runs next and makes it RUNNING; NULL when nobody wants to. *stray gets a vcpu to move
 * away: once the lock is let go, only the hold on its domain keeps it. */
static struct vcpu *choose(struct pcpu *pcpu, struct vcpu **stray)
{
    uint64_t now = arch_now();
    struct vcpu *loaded = pcpu->current, *next;
    bool stays = loaded && goes_on(pcpu, loaded, now);
    struct vcpu *head = first_waiting(pcpu);

    if (head && !vcpu_allowed_on(head, pcpu)) {
        if (head != loaded) {
            domain_hold(head->domain);
            *stray = head;
        }
        return NULL;
    }
    next = stays ? loaded : NULL;
    if (head && (!stays || turn_is_over(pcpu, loaded, head, now))) {
        list_remove(&head->queue_node);
        atomic_store(&head->state, VCPU_RUNNING);
        begin_turn(pcpu, head, now);
        if (stays)
            interrupt_turn(pcpu, loaded, now);
        next = head;
    }
    if (next) {
        queue_advance(pcpu, next);
        note_turn(pcpu, next, now);
    } else {
        note_no_turn(pcpu, now);
    }
    return next;
}

/* Is there a reason that the state of the vcpu last run here must not stay in this pcpu's
 * registers? */
static bool must_unload(const struct pcpu *pcpu, const struct vcpu *vcpu)
{
    return atomic_load(&vcpu->state) == VCPU_OFFLINE || vcpu->domain->life >= DOMAIN_DYING ||
           !vcpu_allowed_on(vcpu, pcpu);
}

static void load(struct pcpu *pcpu, struct vcpu *next)
{
    struct vcpu *prev = pcpu->current;
    struct vcpu *stray = prev && !vcpu_allowed_on(prev, pcpu) ? prev : NULL;

    arch_vcpu_switch(prev, next);
    /* From the store on, the domain of what was loaded may be torn down. */
    if (stray)
        domain_hold(stray->domain);
    __atomic_store_n(&pcpu->current, next, __ATOMIC_RELEASE);
    if (stray)
        balance_move_away(pcpu, stray);
}

/* Nobody is to run: unloads or hands over what must go. False when there was nothing of that. */
static bool tidy(struct pcpu *pcpu, struct vcpu *stray)
{
    if (stray)
        balance_move_away(pcpu, stray);
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

        spin_unlock(&pcpu->queue_lock);
        arm_slice(pcpu);
        if (!next) {
            if (!tidy(pcpu, stray) && !balance_take(pcpu))
                return NULL;
            continue;
        }
        if (pcpu_crowded(pcpu))
            balance_offer(pcpu);
        /* Pairs with vcpu_kick(): RUNNING is seen there, or what was made pending is seen by the
         * load. */
        smp_mb();
        if (next != pcpu->current) {
            COUNT_PCPU(pcpu, switches);
            load(pcpu, next);
        }
        if (atomic_load_explicit(&next->runstate_area.registered, memory_order_relaxed))
            vcpu_runstate_publish(next);
        if (!atomic_load(&pcpu->need_resched))
            return next;
    }
}

/* Makes a blocked vcpu run that is loaded here, where there is nothing to choose from. Nobody else
 * ran meanwhile, so it has no more credit than when it went to sleep. */
static bool resume(struct pcpu *pcpu, struct vcpu *vcpu)
{
    enum vcpu_state blocked = VCPU_BLOCKED;
    bool resumed;

    spin_lock(&pcpu->queue_lock);
    resumed = list_empty(&pcpu->queue) && vcpu->pcpu == pcpu && !vcpu->capped && !vcpu_held(vcpu) &&
              vcpu_allowed_on(vcpu, pcpu) &&
              atomic_compare_exchange_strong(&vcpu->state, &blocked, VCPU_RUNNING);
    if (resumed) {
        uint64_t now = arch_now();

        vcpu->counts.wakes[0]++;
        begin_turn(pcpu, vcpu, now);
        queue_advance(pcpu, vcpu);
        note_busy(pcpu, now);
    }
    spin_unlock(&pcpu->queue_lock);
    return resumed;
}

/*
 * What ended the pcpu's idling is mostly for the vcpu that is still loaded there, as with every
 * timer of a guest that sleeps. Does that vcpu go on, without sched_pick()?
 */
static bool goes_on_after_idling(struct pcpu *pcpu)
{
    struct vcpu *vcpu = pcpu->current;

    if (!vcpu || atomic_load_explicit(&vcpu->state, memory_order_relaxed) != VCPU_BLOCKED ||
        !arch_vcpu_interrupt_pending(vcpu))
        return false;
    if (!resume(pcpu, vcpu)) {
        vcpu_wake(vcpu);
        return false;
    }
    smp_mb(); /* as in sched_pick() */
    if (atomic_load_explicit(&vcpu->runstate_area.registered, memory_order_relaxed))
        vcpu_runstate_publish(vcpu);
    return !atomic_load(&pcpu->need_resched);
}

struct vcpu *sched_slow_path(struct pcpu *pcpu)
{
    for (;;) {
        struct vcpu *next = sched_pick(pcpu);

        if (next && (likely(!next->device.asked) ||
                     (device_resume(next) && !atomic_load(&pcpu->need_resched))))
            return next;
        if (next)
            continue;
        if (hypercall_preempt() || (!shared_work_help() && !timers_run_patient(pcpu)))
            arch_idle();
        if (goes_on_after_idling(pcpu))
            return pcpu->current;
    }
}
