/* SPDX-License-Identifier: MIT */
/* On which CPU a vcpu runs: idle ones take what waits elsewhere, who wakes finds them first. */
#include <stdarg.h>
#include <stdlib.h>
#include <setjmp.h>
#include <cmocka.h>
#include "core_fake/machine.h"
#include <trefoil/arch.h>
#include <trefoil/sched.h>
#include <trefoil/timer.h>

#define MS   UINT64_C(1000000)
#define BOTH UINT64_MAX

static struct domain *domains[4];

/* All are on CPU 0 and may run on both. */
static int start(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < 4; i++) {
        domains[i] = fake_domain((domid_t)(i + 1), "mover", 0, 1, 4);
        while (domains[i]->vcpus[0]->pcpu != &fake_pcpus[0]) {
            fake_pcpus[1].nr_vcpus--;
            fake_pcpus[0].nr_vcpus++;
            domains[i]->vcpus[0]->pcpu = &fake_pcpus[0];
        }
    }
    for (unsigned int i = 0; i < FAKE_PCPUS; i++) {
        fake_be(i, NULL);
        assert_null(sched_pick(&fake_pcpus[i]));
    }
    fake_go(0);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < 4; i++)
        fake_destroy(domains[i]);
    return 0;
}

static struct vcpu *vcpu(unsigned int domain)
{
    return domains[domain]->vcpus[0];
}

static struct vcpu *pick(unsigned int cpu)
{
    struct vcpu *next;

    fake_go(cpu);
    next = sched_pick(&fake_pcpus[cpu]);
    fake_go(0);
    return next;
}

/* Both CPUs go on to `limit`, each when its timer is due or it was asked to look. */
static void pass_until(uint64_t limit)
{
    for (;;) {
        uint64_t next = limit;

        for (unsigned int i = 0; i < FAKE_PCPUS; i++) {
            if (atomic_load(&fake_pcpus[i].need_resched))
                pick(i);
        }
        for (unsigned int i = 0; i < FAKE_PCPUS; i++) {
            if (atomic_load(&fake_pcpus[i].need_resched))
                next = fake.now;
            else if (fake_pcpus[i].arch.deadline < next)
                next = fake_pcpus[i].arch.deadline;
        }
        if (next >= limit)
            break;
        fake.now = next > fake.now ? next : fake.now;
        for (unsigned int i = 0; i < FAKE_PCPUS; i++) {
            fake_go(i);
            if (fake_pcpus[i].arch.deadline <= fake.now)
                timers_run(&fake_pcpus[i]);
        }
        fake_go(0);
    }
    fake.now = limit;
}

static unsigned int cpu_of(unsigned int domain)
{
    return vcpu(domain)->pcpu->id;
}

static void test_idle_cpu_takes_a_hog(void **state)
{
    uint64_t begin = fake.now;

    (void)state;
    vcpu_start(vcpu(0));
    vcpu_start(vcpu(1));
    assert_int_equal(cpu_of(1), 0);
    pass_until(fake.now + 10 * MS);
    assert_int_not_equal(cpu_of(0), cpu_of(1));
    assert_true(fake_pcpus[1].arch.reschedules > 0);
    pass_until(begin + 1000 * MS);
    for (unsigned int i = 0; i < 2; i++) {
        assert_true(vcpu_run_time(vcpu(i)) > 998 * MS);
        assert_in_range(vcpu(i)->runstate.time[RUNSTATE_runnable], 0, 2 * MS);
        /* Alone again: they stay, and nothing ticks. */
        assert_int_equal(vcpu(i)->arch.switches, 1);
        assert_int_equal(fake_pcpus[i].arch.deadline, UINT64_MAX);
    }
    assert_int_equal(fake_pcpus[0].nr_vcpus, 3);
}

static void test_hog_that_is_left_alone_is_taken_when_a_cpu_idles(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < 3; i++)
        vcpu_start(vcpu(i));
    pass_until(fake.now + 100 * MS);
    vcpu_stop(fake_pcpus[0].current);
    atomic_store(&fake_pcpus[0].need_resched, true);
    vcpu_start(vcpu(3));
    pass_until(fake.now + 100 * MS);
    vcpu_stop(fake_pcpus[1].current);
    atomic_store(&fake_pcpus[1].need_resched, true);
    pass_until(fake.now + 10 * MS);
    for (unsigned int i = 0; i < FAKE_PCPUS; i++) {
        assert_int_equal(fake_pcpus[i].current->state, VCPU_RUNNING);
        assert_int_equal(fake_pcpus[i].idle_since, 0);
    }
    assert_ptr_not_equal(fake_pcpus[0].current, fake_pcpus[1].current);
}

static void test_wakeup_finds_the_idle_cpu(void **state)
{
    struct vcpu *hog = vcpu(0), *sleeper = vcpu(1);

    (void)state;
    vcpu_start(sleeper);
    pass_until(fake.now + MS);
    vcpu_block(sleeper);
    pass_until(fake.now + MS);
    vcpu_start(hog);
    pass_until(fake.now + 5 * MS);
    assert_ptr_equal(fake_pcpus[0].current, hog);
    assert_int_equal(hog->arch.switches, 1);
    vcpu_kick(sleeper);
    /* It is there before anybody looks, and the hog is not disturbed. */
    assert_ptr_equal(sleeper->pcpu, &fake_pcpus[1]);
    assert_ptr_equal(pick(1), sleeper);
    pass_until(fake.now + 5 * MS);
    assert_int_equal(hog->arch.switches, 1);
    assert_int_equal(sleeper->runstate.time[RUNSTATE_runnable], 0);
}

/* Whose registers a CPU still holds wakes there, whatever else idles. */
static void test_loaded_vcpu_stays(void **state)
{
    (void)state;
    vcpu_start(vcpu(0));
    pass_until(fake.now + MS);
    for (unsigned int i = 0; i < 100; i++) {
        vcpu_block(vcpu(0));
        pass_until(fake.now + MS);
        vcpu_kick(vcpu(0));
        pass_until(fake.now + MS);
    }
    assert_int_equal(vcpu(0)->arch.switches, 1);
    assert_int_equal(cpu_of(0), 0);
}

static void test_affinity_is_kept(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < 3; i++) {
        vcpu_set_affinity(vcpu(i), 1);
        vcpu_start(vcpu(i));
    }
    pass_until(fake.now + 300 * MS);
    for (unsigned int i = 0; i < 3; i++) {
        assert_int_equal(cpu_of(i), 0);
        assert_in_range(vcpu_run_time(vcpu(i)), 95 * MS, 105 * MS);
    }
    assert_true(fake_pcpus[1].idle_since != 0);
    /* Behind two that may not, the third is found. */
    vcpu_set_affinity(vcpu(2), BOTH);
    pass_until(fake.now + 10 * MS);
    assert_int_equal(cpu_of(2), 1);
}

static void test_affinity_moves_one_that_waits(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < 2; i++) {
        vcpu_set_affinity(vcpu(i), 1);
        vcpu_start(vcpu(i));
    }
    pass_until(fake.now + 10 * MS);
    vcpu_set_affinity(vcpu(0), 2);
    vcpu_set_affinity(vcpu(1), 2);
    pass_until(fake.now + 10 * MS);
    assert_int_equal(cpu_of(0), 1);
    assert_int_equal(cpu_of(1), 1);
}

static void test_soft_affinity_is_preferred(void **state)
{
    (void)state;
    vcpu_set_affinity(vcpu(0), 1);
    vcpu_start(vcpu(0));
    vcpu(1)->soft_affinity = 1;
    vcpu(2)->soft_affinity = 2;
    pass_until(fake.now + MS);
    fake.now += MS;
    vcpu_start(vcpu(1));
    vcpu_start(vcpu(2));
    /* Of the two that wait, the one that prefers the idle CPU goes there. */
    pass_until(fake.now + 10 * MS);
    assert_int_equal(cpu_of(2), 1);
    assert_int_equal(cpu_of(1), 0);
    /* Better there than nowhere. */
    vcpu_stop(vcpu(2));
    atomic_store(&fake_pcpus[1].need_resched, true);
    pass_until(fake.now + 10 * MS);
    assert_int_equal(cpu_of(1), 1);
}

static void test_paused_and_capped_are_not_taken(void **state)
{
    (void)state;
    vcpu_start(vcpu(0));
    vcpu_start(vcpu(1));
    domain_pause(domains[1]);
    pass_until(fake.now + 50 * MS);
    assert_int_equal(cpu_of(1), 0);
    assert_int_equal(vcpu_run_time(vcpu(1)), 0);
    domain_set_share(domains[1], 256, 20);
    domain_unpause(domains[1]);
    pass_until(fake.now + 1000 * MS);
    assert_in_range(vcpu_run_time(vcpu(1)), 198 * MS, 202 * MS);
    assert_true(vcpu_run_time(vcpu(0)) > 1045 * MS);
}

static void test_moving_brings_no_advantage(void **state)
{
    uint64_t ran[3];

    (void)state;
    for (unsigned int i = 0; i < 3; i++) {
        vcpu_set_affinity(vcpu(i), 1);
        vcpu_start(vcpu(i));
    }
    pass_until(fake.now + 30 * MS);
    for (unsigned int i = 0; i < 3; i++)
        ran[i] = vcpu_run_time(vcpu(i));
    for (unsigned int i = 0; i < 100; i++) {
        vcpu_set_affinity(vcpu(2), 2);
        pass_until(fake.now + MS);
        vcpu_set_affinity(vcpu(2), 1);
        pass_until(fake.now + 9 * MS);
    }
    /* A tenth of the time it was alone, and had that; of the rest it has a third at most. */
    assert_true(vcpu_run_time(vcpu(2)) - ran[2] <= (100 + 310) * MS);
    assert_in_range(vcpu_run_time(vcpu(0)) - ran[0], 290 * MS, 400 * MS);
}

static void test_idle_time_goes_on(void **state)
{
    uint64_t before = pcpu_idle_time(&fake_pcpus[1]);

    (void)state;
    pass_until(fake.now + 10 * MS);
    assert_int_equal(pcpu_idle_time(&fake_pcpus[1]) - before, 10 * MS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_idle_cpu_takes_a_hog),
        TEST(test_hog_that_is_left_alone_is_taken_when_a_cpu_idles),
        TEST(test_wakeup_finds_the_idle_cpu),
        TEST(test_loaded_vcpu_stays),
        TEST(test_affinity_is_kept),
        TEST(test_affinity_moves_one_that_waits),
        TEST(test_soft_affinity_is_preferred),
        TEST(test_paused_and_capped_are_not_taken),
        TEST(test_moving_brings_no_advantage),
        TEST(test_idle_time_goes_on),
    };

    fake_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
