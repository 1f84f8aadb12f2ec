/* SPDX-License-Identifier: MIT */
/* The scheduler on a clock that the test moves: shares, wake-ups, ticks, affinity. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>
#include "core_fake/machine.h"
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/memory.h>
#include <trefoil/sched.h>
#include <trefoil/timer.h>

#define MS UINT64_C(1000000)

static struct domain *domains[4];
static unsigned int ticks;

static int start(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < 4; i++) {
        domains[i] = fake_domain((domid_t)(i + 1), "runner", 0, 2, 4);
        for (unsigned int v = 0; v < 2; v++)
            vcpu_set_affinity(domains[i]->vcpus[v], 1);
    }
    fake_be(0, NULL);
    ticks = 0;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < 4; i++)
        fake_destroy(domains[i]);
    fake.idle = NULL;
    return 0;
}

static struct vcpu *vcpu(unsigned int domain)
{
    return domains[domain]->vcpus[0];
}

/* Puts the vcpu on pcpu 0, runnable. */
static void run(unsigned int domain)
{
    vcpu(domain)->pcpu = &fake_pcpus[0];
    vcpu_start(vcpu(domain));
}

/* The way out of EL2. */
static struct vcpu *sched_leave(struct pcpu *pcpu)
{
    return atomic_load(&pcpu->need_resched) ? sched_slow_path(pcpu) : pcpu->current;
}

/* What a guest and the arch do between two ways out of EL2: until the next timer, or `limit`. */
static struct vcpu *pass(struct vcpu *running, uint64_t limit)
{
    struct pcpu *pcpu = &fake_pcpus[0];

    (void)running;
    if (pcpu->arch.deadline <= limit) {
        if (pcpu->arch.deadline > fake.now)
            fake.now = pcpu->arch.deadline;
        ticks++;
        timers_run(pcpu);
    } else {
        fake.now = limit;
    }
    return sched_leave(pcpu);
}

static struct vcpu *pass_until(uint64_t end)
{
    struct vcpu *running = sched_leave(&fake_pcpus[0]);

    while (fake.now < end)
        running = pass(running, end);
    return running;
}

static void test_equal_shares(void **state)
{
    uint64_t end = fake.now + 3000 * MS;

    (void)state;
    for (unsigned int i = 0; i < 3; i++)
        run(i);
    pass_until(end);
    for (unsigned int i = 0; i < 3; i++) {
        uint64_t time = vcpu_run_time(vcpu(i));

        assert_true(time > 980 * MS && time < 1020 * MS);
    }
}

static void test_lone_vcpu_has_no_ticks(void **state)
{
    (void)state;
    run(0);
    assert_ptr_equal(pass_until(fake.now + 1000 * MS), vcpu(0));
    assert_int_equal(ticks, 0);
    assert_int_equal(fake_pcpus[0].arch.deadline, UINT64_MAX);
    run(1);
    pass_until(fake.now + 1000 * MS);
    assert_true(ticks >= 450 && ticks <= 550);
    vcpu_stop(vcpu(1));
    atomic_store(&fake_pcpus[0].need_resched, true);
    ticks = 0;
    assert_ptr_equal(pass_until(fake.now + 1000 * MS), vcpu(0));
    assert_true(ticks <= 1);
}

static void test_who_wakes_preempts(void **state)
{
    (void)state;
    run(0);
    run(1);
    pass_until(fake.now + 100 * MS);
    while (fake_pcpus[0].current != vcpu(1))
        pass_until(fake.now + 5 * MS);
    vcpu_block(vcpu(1));
    assert_ptr_equal(pass_until(fake.now + 50 * MS), vcpu(0));
    vcpu_kick(vcpu(1));
    assert_ptr_equal(sched_leave(&fake_pcpus[0]), vcpu(1));
}

static void test_sleep_saves_up_little(void **state)
{
    uint64_t hog;

    (void)state;
    run(0);
    run(1);
    pass_until(fake.now + 50 * MS);
    while (fake_pcpus[0].current != vcpu(1))
        pass_until(fake.now + 5 * MS);
    vcpu_block(vcpu(1));
    pass_until(fake.now + 10000 * MS);
    vcpu_kick(vcpu(1));
    hog = vcpu_run_time(vcpu(0));
    /* After ten seconds of sleep it does not keep the other from running for more than a moment. */
    pass_until(fake.now + 100 * MS);
    assert_true(vcpu_run_time(vcpu(0)) - hog > 35 * MS);
}

static void test_pending_event_keeps_from_blocking(void **state)
{
    (void)state;
    run(0);
    assert_ptr_equal(sched_leave(&fake_pcpus[0]), vcpu(0));
    vcpu(0)->arch.event_raised = true;
    vcpu_block(vcpu(0));
    assert_int_equal(vcpu(0)->state, VCPU_RUNNING);
}

static void test_paused_domain_does_not_run(void **state)
{
    uint64_t time;

    (void)state;
    run(0);
    run(1);
    pass_until(fake.now + 20 * MS);
    domain_pause(domains[1]);
    pass_until(fake.now + MS);
    assert_true(domain_is_quiet(domains[1]));
    time = vcpu_run_time(vcpu(1));
    assert_ptr_equal(pass_until(fake.now + 100 * MS), vcpu(0));
    assert_int_equal(vcpu_run_time(vcpu(1)), time);
    vcpu_wake(vcpu(1));
    assert_ptr_equal(pass_until(fake.now + 100 * MS), vcpu(0));
    domain_unpause(domains[1]);
    pass_until(fake.now + 100 * MS);
    assert_true(vcpu_run_time(vcpu(1)) > time + 20 * MS);
}

static void test_yield_lets_the_other_run(void **state)
{
    struct vcpu *running, *next;

    (void)state;
    run(0);
    run(1);
    running = pass_until(fake.now + 20 * MS);
    vcpu_yield(running);
    next = sched_leave(&fake_pcpus[0]);
    assert_ptr_not_equal(next, running);
    vcpu_yield(next);
    assert_ptr_equal(sched_leave(&fake_pcpus[0]), running);
}

static void test_shut_down_domain_leaves_at_once(void **state)
{
    (void)state;
    run(0);
    run(1);
    pass_until(fake.now + 20 * MS);
    domain_crash(domains[fake_pcpus[0].current->domain == domains[1]], "of a test");
    assert_int_equal(sched_leave(&fake_pcpus[0])->domain->life, DOMAIN_ALIVE);
}

static void test_affinity_moves_a_vcpu(void **state)
{
    struct vcpu *running;

    (void)state;
    run(0);
    run(1);
    running = pass_until(fake.now + 20 * MS);
    assert_int_equal(vcpu_set_affinity(running, 4), -EINVAL);
    assert_int_equal(vcpu_set_affinity(running, 2), 0);
    assert_ptr_not_equal(sched_leave(&fake_pcpus[0]), running);
    assert_ptr_equal(running->pcpu, &fake_pcpus[1]);
    assert_true(fake_pcpus[1].arch.reschedules > 0);
    fake_be(1, NULL);
    assert_ptr_equal(sched_slow_path(&fake_pcpus[1]), running);
    assert_int_equal(vcpu_set_affinity(running, 1), 0);
    fake.idle = NULL;
    fake_pcpus[1].arch.deadline = 0;
}

static struct vcpu *woken_by_idle;

static void wake_one(void)
{
    fake.now += 7 * MS;
    vcpu_kick(woken_by_idle);
}

static void test_idle_time_is_counted(void **state)
{
    uint64_t idle = pcpu_idle_time(&fake_pcpus[0]);
    unsigned int switches;

    (void)state;
    run(0);
    sched_leave(&fake_pcpus[0]);
    switches = vcpu(0)->arch.switches;
    vcpu_block(vcpu(0));
    woken_by_idle = vcpu(0);
    fake.idle = wake_one;
    assert_ptr_equal(sched_leave(&fake_pcpus[0]), vcpu(0));
    assert_int_equal(pcpu_idle_time(&fake_pcpus[0]) - idle, 7 * MS);
    /* Its state was still in the registers. */
    assert_int_equal(vcpu(0)->arch.switches, switches);
    assert_true(vcpu(0)->runstate.time[RUNSTATE_blocked] == 7 * MS);
}

static unsigned int patient_calls;

/* A turn of long work, which goes on twice. */
static void be_patient(void *data)
{
    if (++patient_calls < 3) {
        timer_start(data, &fake_pcpus[0], fake.now + 50 * MS);
        fake_pcpus[0].patient = data;
    }
}

static void wake_after_interrupt(void)
{
    assert_true(fake.interrupt_waiting || patient_calls == 3);
    if (!fake.interrupt_waiting)
        vcpu_kick(woken_by_idle);
    fake.interrupt_waiting = false;
}

/* Work that waits for others' sake does not where there is nobody, but for an interrupt. */
static void test_idle_time_is_for_patient_timers(void **state)
{
    struct timer timer, other;

    (void)state;
    patient_calls = 0;
    timer_init(&timer, be_patient, &timer);
    timer_init(&other, be_patient, &other);
    run(0);
    assert_ptr_equal(sched_leave(&fake_pcpus[0]), vcpu(0));
    timer_start(&timer, &fake_pcpus[0], fake.now + 50 * MS);
    fake_pcpus[0].patient = &timer;
    assert_ptr_equal(sched_leave(&fake_pcpus[0]), vcpu(0));
    assert_int_equal(patient_calls, 0);
    vcpu_block(vcpu(0));
    woken_by_idle = vcpu(0);
    fake.idle = wake_after_interrupt;
    fake.interrupt_waiting = true;
    assert_ptr_equal(sched_leave(&fake_pcpus[0]), vcpu(0));
    assert_int_equal(patient_calls, 3);
    assert_null(timer.pcpu);
    /* One that was armed elsewhere meanwhile is left to that. */
    timer_start(&other, &fake_pcpus[1], fake.now + 50 * MS);
    fake_pcpus[0].patient = &other;
    assert_false(timers_run_patient(&fake_pcpus[0]));
    assert_ptr_equal(other.pcpu, &fake_pcpus[1]);
    assert_null(fake_pcpus[0].patient);
    timer_stop(&other);
}

/* Nothing is chosen anew: the end of the turn is all that changes. */
static void test_who_wakes_amid_a_turn_waits_for_its_end(void **state)
{
    const struct timer *slice = &fake_pcpus[0].slice_timer;

    (void)state;
    run(1);
    assert_ptr_equal(sched_leave(&fake_pcpus[0]), vcpu(1));
    vcpu_block(vcpu(1));
    run(0);
    assert_ptr_equal(sched_leave(&fake_pcpus[0]), vcpu(0));
    assert_null(slice->pcpu);
    fake.now += MS / 20;
    vcpu_kick(vcpu(1));
    assert_false(atomic_load(&fake_pcpus[0].need_resched));
    assert_ptr_equal(slice->pcpu, &fake_pcpus[0]);
    assert_true(slice->deadline > fake.now && slice->deadline <= fake.now + 2 * MS);
    assert_true(vcpu(1)->runstate.state == RUNSTATE_runnable);
    fake.now = slice->deadline;
    timers_run(&fake_pcpus[0]);
    assert_ptr_equal(sched_leave(&fake_pcpus[0]), vcpu(1));
}

static unsigned int idles;

/* An interrupt for the vcpu that is loaded, which nobody is told of. */
static void interrupt_loaded(void)
{
    idles++;
    fake.now += 3 * MS;
    vcpu(0)->arch.event_raised = true;
}

static void sleep_until_interrupted(void)
{
    run(0);
    assert_ptr_equal(sched_leave(&fake_pcpus[0]), vcpu(0));
    idles = 0;
    vcpu_block(vcpu(0));
    fake.idle = interrupt_loaded;
}

static void test_loaded_vcpu_goes_on_after_its_interrupt(void **state)
{
    uint64_t idle = pcpu_idle_time(&fake_pcpus[0]), used = vcpu(0)->run_time;
    unsigned int switches;

    (void)state;
    sleep_until_interrupted();
    switches = vcpu(0)->arch.switches;
    assert_ptr_equal(sched_leave(&fake_pcpus[0]), vcpu(0));
    assert_int_equal(idles, 1);
    assert_int_equal(atomic_load(&vcpu(0)->state), VCPU_RUNNING);
    assert_int_equal(vcpu(0)->arch.switches, switches);
    assert_int_equal(pcpu_idle_time(&fake_pcpus[0]) - idle, 3 * MS);
    assert_int_equal(fake_pcpus[0].idle_since, 0);
    assert_int_equal(vcpu(0)->runstate.state, RUNSTATE_running);
    assert_true(vcpu(0)->runstate.time[RUNSTATE_blocked] == 3 * MS);
    /* What it uses from here on counts. */
    fake.now += 2 * MS;
    assert_int_equal(vcpu_run_time(vcpu(0)) - used, 2 * MS);
    /* And whoever comes meanwhile has a turn in time. */
    run(1);
    assert_ptr_equal(sched_leave(&fake_pcpus[0]), vcpu(1));
}

static void pause_first(void)
{
    interrupt_loaded();
    if (idles == 1)
        domain_pause(domains[0]);
    else if (idles == 3)
        domain_unpause(domains[0]);
}

static void test_paused_vcpu_does_not_go_on_after_its_interrupt(void **state)
{
    (void)state;
    sleep_until_interrupted();
    fake.idle = pause_first;
    assert_ptr_equal(sched_leave(&fake_pcpus[0]), vcpu(0));
    assert_int_equal(idles, 3);
}

static void come_meanwhile(void)
{
    interrupt_loaded();
    run(1);
}

static void test_loaded_vcpu_does_not_go_before_who_waits(void **state)
{
    (void)state;
    vcpu(1)->virtual_runtime = fake_pcpus[0].min_virtual_runtime;
    sleep_until_interrupted();
    vcpu(0)->virtual_runtime += 10 * MS;
    fake.idle = come_meanwhile;
    assert_ptr_equal(sched_leave(&fake_pcpus[0]), vcpu(1));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_equal_shares),
        TEST(test_lone_vcpu_has_no_ticks),
        TEST(test_who_wakes_preempts),
        TEST(test_sleep_saves_up_little),
        TEST(test_pending_event_keeps_from_blocking),
        TEST(test_paused_domain_does_not_run),
        TEST(test_yield_lets_the_other_run),
        TEST(test_shut_down_domain_leaves_at_once),
        TEST(test_affinity_moves_a_vcpu),
        TEST(test_idle_time_is_counted),
        TEST(test_idle_time_is_for_patient_timers),
        TEST(test_who_wakes_amid_a_turn_waits_for_its_end),
        TEST(test_loaded_vcpu_goes_on_after_its_interrupt),
        TEST(test_paused_vcpu_does_not_go_on_after_its_interrupt),
        TEST(test_loaded_vcpu_does_not_go_before_who_waits),
    };

    fake_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
