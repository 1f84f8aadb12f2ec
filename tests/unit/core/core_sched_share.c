/* SPDX-License-Identifier: MIT */
/* Who gets how much: weights, caps, wake-ups beside hogs, and guests that would have more. */
#include <stdarg.h>
#include <stdlib.h>
#include <setjmp.h>
#include <cmocka.h>
#include "core_fake/machine.h"
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/sched.h>
#include <trefoil/timer.h>

#define MS    UINT64_C(1000000)
#define US    UINT64_C(1000)
#define VCPUS 4U

static struct domain *domains[4];
static struct pcpu *const cpu = &fake_pcpus[0];

static int start(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < 4; i++) {
        domains[i] = fake_domain((domid_t)(i + 1), "sharer", 0, VCPUS, 4);
        for (unsigned int v = 0; v < VCPUS; v++)
            vcpu_set_affinity(domains[i]->vcpus[v], 1);
    }
    fake_be(0, NULL);
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

static void run(unsigned int domain)
{
    vcpu(domain)->pcpu = cpu;
    vcpu_start(vcpu(domain));
}

/* Time goes on to the pcpu's next timer, or to the limit; who runs then, NULL: nobody. */
static struct vcpu *pass(uint64_t limit)
{
    if (cpu->arch.deadline <= limit) {
        if (cpu->arch.deadline > fake.now)
            fake.now = cpu->arch.deadline;
        timers_run(cpu);
    } else {
        fake.now = limit;
    }
    return sched_pick(cpu);
}

static struct vcpu *pass_until(uint64_t end)
{
    struct vcpu *running = sched_pick(cpu);

    while (fake.now < end)
        running = pass(end);
    return running;
}

/* What each of the first `count` domains ran in `time`. */
static void shares(uint64_t time, unsigned int count, uint64_t *ran)
{
    uint64_t before[4];

    for (unsigned int i = 0; i < count; i++)
        before[i] = vcpu_run_time(vcpu(i));
    pass_until(fake.now + time);
    for (unsigned int i = 0; i < count; i++)
        ran[i] = vcpu_run_time(vcpu(i)) - before[i];
}

static void is_near(uint64_t value, uint64_t wanted, uint64_t off)
{
    assert_in_range(value, wanted - off, wanted + off);
}

static void test_weights_share_time(void **state)
{
    uint64_t ran[3];

    (void)state;
    assert_int_equal(domain_set_share(domains[0], 512, 0), 0);
    run(0);
    run(1);
    shares(3000 * MS, 2, ran);
    is_near(ran[0], 2000 * MS, 10 * MS);
    is_near(ran[1], 1000 * MS, 10 * MS);
    /* At run time, and back. */
    assert_int_equal(domain_set_share(domains[0], 128, 0), 0);
    shares(3000 * MS, 2, ran);
    is_near(ran[0], 1000 * MS, 20 * MS);
    assert_int_equal(domain_set_share(domains[0], 256, 0), 0);
    run(2);
    shares(3000 * MS, 3, ran);
    for (unsigned int i = 0; i < 3; i++)
        is_near(ran[i], 1000 * MS, 20 * MS);
}

static void test_ends_of_the_weights(void **state)
{
    uint64_t ran[3];

    (void)state;
    assert_int_equal(domain_set_share(domains[0], 65535, 0), 0);
    assert_int_equal(domain_set_share(domains[1], 1, 0), 0);
    run(0);
    run(1);
    shares(100000 * MS, 2, ran);
    /* Also the least gets something. */
    assert_in_range(ran[1], 1 * MS, 10 * MS);
    is_near(ran[0] + ran[1], 100000 * MS, 1 * MS);
    run(2);
    shares(100000 * MS, 3, ran);
    is_near(ran[2], 389 * MS, 20 * MS);
    assert_int_equal(domain_set_share(domains[0], 0, 0), -EINVAL);
    assert_int_equal(domain_set_share(domains[0], 65536, 0), -EINVAL);
    assert_int_equal(domain_set_share(domains[0], 256, 100 * VCPUS), 0);
    assert_int_equal(domain_set_share(domains[0], 256, 100 * VCPUS + 1), -EINVAL);
}

static void test_cap_holds_a_hog(void **state)
{
    uint64_t ran[2];

    (void)state;
    run(0);
    pass_until(fake.now + 5000 * MS);
    /* What it ran before is forgiven. */
    assert_int_equal(domain_set_share(domains[0], 256, 25), 0);
    shares(2000 * MS, 1, ran);
    is_near(ran[0], 500 * MS, 5 * MS);
    assert_true(pcpu_idle_time(cpu) > 1400 * MS);
    /* The rest is for others, more than their share. */
    run(1);
    shares(2000 * MS, 2, ran);
    is_near(ran[0], 500 * MS, 10 * MS);
    is_near(ran[1], 1500 * MS, 10 * MS);
    assert_int_equal(domain_set_share(domains[0], 256, 1), 0);
    shares(2000 * MS, 2, ran);
    is_near(ran[0], 20 * MS, 2 * MS);
    /* More than it wants is no cap. */
    assert_int_equal(domain_set_share(domains[0], 256, 90), 0);
    shares(2000 * MS, 2, ran);
    is_near(ran[0], 1000 * MS, 20 * MS);
    assert_int_equal(domain_set_share(domains[0], 256, 0), 0);
    vcpu_stop(vcpu(1));
    shares(1000 * MS, 1, ran);
    is_near(ran[0], 1000 * MS, 1 * MS);
    assert_int_equal(cpu->arch.deadline, UINT64_MAX);
}

static void test_cap_is_the_domains(void **state)
{
    uint64_t time = 0;

    (void)state;
    assert_int_equal(domain_set_share(domains[0], 256, 40), 0);
    for (unsigned int v = 0; v < VCPUS; v++) {
        domains[0]->vcpus[v]->pcpu = cpu;
        vcpu_start(domains[0]->vcpus[v]);
    }
    pass_until(fake.now + 1000 * MS);
    for (unsigned int v = 0; v < VCPUS; v++) {
        time += vcpu_run_time(domains[0]->vcpus[v]);
        assert_true(vcpu_run_time(domains[0]->vcpus[v]) > 80 * MS);
    }
    is_near(time, 400 * MS, 10 * MS);
}

/* A capped vcpu that sleeps and wakes, that is paused and let go, that ends, stays within it. */
static void test_cap_outlasts_sleep_and_pause(void **state)
{
    uint64_t begin = fake.now;

    (void)state;
    assert_int_equal(domain_set_share(domains[0], 256, 10), 0);
    run(0);
    while (fake.now < begin + 1000 * MS) {
        if (pass(fake.now + 300 * US))
            vcpu_block(vcpu(0));
        vcpu_kick(vcpu(0));
        domain_pause(domains[0]);
        domain_unpause(domains[0]);
    }
    is_near(vcpu_run_time(vcpu(0)), 100 * MS, 3 * MS);
    assert_int_equal(vcpu(0)->runstate.state == RUNSTATE_offline, 0);
    /* While the cap holds it, it is runnable: time stolen from it. */
    while (sched_pick(cpu))
        pass(fake.now + 100 * US);
    assert_int_equal(vcpu(0)->runstate.state, RUNSTATE_runnable);
    vcpu_stop(vcpu(0));
    assert_null(pass_until(fake.now + 100 * MS));
}

/* Once per period the domain wakes for `busy`; how long it waited at most, after the first tenth.
 */
static uint64_t longest_wait(unsigned int domain, uint64_t period, uint64_t busy)
{
    uint64_t longest = 0;

    for (unsigned int i = 0; i < 200; i++) {
        uint64_t woken, ran;

        vcpu_block(vcpu(domain));
        pass_until(fake.now + period + i * 37 * US % period);
        woken = fake.now;
        ran = vcpu_run_time(vcpu(domain));
        vcpu_kick(vcpu(domain));
        while (sched_pick(cpu) != vcpu(domain))
            pass(fake.now + 10 * US);
        if (i > 20 && fake.now - woken > longest)
            longest = fake.now - woken;
        while (vcpu_run_time(vcpu(domain)) - ran < busy || cpu->current != vcpu(domain))
            pass(fake.now + 10 * US);
    }
    return longest;
}

static void prepare_sleeper(void)
{
    run(0);
    run(1);
    run(2);
    while (pass_until(fake.now + 100 * US) != vcpu(2))
        ;
}

static void test_who_used_little_wakes_first(void **state)
{
    (void)state;
    prepare_sleeper();
    /* A turn is not broken off in its first 200 us. */
    assert_true(longest_wait(2, 10 * MS, 100 * US) <= 200 * US);
    assert_true(longest_wait(2, 3 * MS, 500 * US) <= 1 * MS);
    assert_true(longest_wait(2, 300 * US, 10 * US) <= 200 * US);
}

static void test_who_used_little_wakes_before_heavy_hogs(void **state)
{
    (void)state;
    domain_set_share(domains[0], 65535, 0);
    domain_set_share(domains[1], 65535, 0);
    prepare_sleeper();
    assert_true(longest_wait(2, 1000 * MS, 10 * US) <= 1 * MS);
}

/* Gives way just before each tick, and sleeps as briefly as it can. */
static void test_sleeping_wins_no_time(void **state)
{
    static const uint64_t naps[] = {1 * US, 50 * US, 2 * MS, 7 * MS};
    uint64_t ran[3];

    (void)state;
    run(0);
    run(1);
    run(2);
    for (unsigned int i = 0; i < sizeof(naps) / sizeof(naps[0]); i++) {
        uint64_t end = fake.now + 3000 * MS, wakes = UINT64_MAX;

        for (unsigned int d = 0; d < 3; d++)
            ran[d] = vcpu_run_time(vcpu(d));
        while (fake.now < end) {
            struct vcpu *running;

            if (fake.now >= wakes) {
                vcpu_kick(vcpu(2));
                wakes = UINT64_MAX;
            }
            running = pass(wakes < end ? wakes : fake.now + 90 * US);
            if (running == vcpu(2) && fake.now - cpu->turn_start >= 180 * US) {
                vcpu_block(vcpu(2));
                wakes = fake.now + naps[i];
            }
        }
        vcpu_kick(vcpu(2));
        assert_true(vcpu_run_time(vcpu(2)) - ran[2] <= 1020 * MS);
        is_near(vcpu_run_time(vcpu(0)) - ran[0], vcpu_run_time(vcpu(1)) - ran[1], 20 * MS);
    }
}

/* One that wakes all the time interrupts turns only so often. */
static void test_wakeups_break_off_few_turns(void **state)
{
    uint64_t end = fake.now + 1000 * MS;
    unsigned int switches = vcpu(0)->arch.switches;

    (void)state;
    run(0);
    run(1);
    while (fake.now < end) {
        if (pass(fake.now + 5 * US) == vcpu(1))
            vcpu_block(vcpu(1));
        else
            vcpu_kick(vcpu(1));
    }
    assert_in_range(vcpu(0)->arch.switches - switches, 1000, 5000);
    assert_true(vcpu_run_time(vcpu(0)) > 950 * MS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_weights_share_time),
        TEST(test_ends_of_the_weights),
        TEST(test_cap_holds_a_hog),
        TEST(test_cap_is_the_domains),
        TEST(test_cap_outlasts_sleep_and_pause),
        TEST(test_who_used_little_wakes_first),
        TEST(test_who_used_little_wakes_before_heavy_hogs),
        TEST(test_sleeping_wins_no_time),
        TEST(test_wakeups_break_off_few_turns),
    };

    fake_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
