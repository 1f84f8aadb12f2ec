/* SPDX-License-Identifier: MIT */
/* Pools of CPUs: who is in which, what tools learn of them, and that nobody leaves their own. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>
#include "core_fake/machine.h"
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/sched.h>
#include <xen/bootfdt.h>
#include <xen/domctl.h>
#include <xen/sysctl.h>

#define MS UINT64_C(1000000)

static const uint64_t two[] = {1, 2}, one[] = {3};

/* `pooled` is in the pool of CPU 1, the others are in that of CPU 0. */
static struct domain *control, *guest, *pooled;

static int start(void **state)
{
    (void)state;
    cpu_pools_init(two, 2);
    control = fake_domain(1, "control", DOMAIN_CAPS_CONTROL, 1, 16);
    guest = fake_domain(2, "guest", 0, 2, 16);
    fake.cpu_pool = 1;
    pooled = fake_domain(3, "pooled", 0, 2, 16);
    fake.cpu_pool = 0;
    fake_be(0, control->vcpus[0]);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fake_destroy(pooled);
    fake_destroy(guest);
    fake_destroy(control);
    cpu_pools_init(one, 1);
    return 0;
}

static int64_t domctl(struct xen_domctl *op, uint32_t command)
{
    op->cmd = command;
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    memcpy(fake_ram(control, fake_address(0, 0)), op, sizeof(*op));
    int64_t result = fake_call(__HYPERVISOR_domctl, fake_address(0, 0), 0, 0);

    memcpy(op, fake_ram(control, fake_address(0, 0)), sizeof(*op));
    return result;
}

static int64_t sysctl(struct xen_sysctl *op, uint32_t command)
{
    op->cmd = command;
    op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    memcpy(fake_ram(control, fake_address(0, 0)), op, sizeof(*op));
    int64_t result = fake_call(__HYPERVISOR_sysctl, fake_address(0, 0), 0, 0);

    memcpy(op, fake_ram(control, fake_address(0, 0)), sizeof(*op));
    return result;
}

static uint64_t *map(unsigned int page)
{
    return fake_ram(control, fake_address(page, 0));
}

static int64_t affinity(uint32_t command, domid_t domid, uint32_t flags)
{
    struct xen_domctl op = {.domain = domid, .u.vcpuaffinity.flags = flags};

    op.u.vcpuaffinity.cpumap_hard.nr_bits = op.u.vcpuaffinity.cpumap_soft.nr_bits = 64;
    op.u.vcpuaffinity.cpumap_hard.bitmap.q = fake_address(1, 0);
    op.u.vcpuaffinity.cpumap_soft.bitmap.q = fake_address(2, 0);
    return domctl(&op, command);
}

static void test_domains_begin_in_their_pool(void **state)
{
    struct xen_domctl op = {.domain = 3};

    (void)state;
    for (unsigned int i = 0; i < 2; i++) {
        assert_int_equal(guest->vcpus[i]->affinity, 1);
        assert_int_equal(guest->vcpus[i]->pcpu->id, 0);
        assert_int_equal(pooled->vcpus[i]->affinity, 2);
        assert_int_equal(pooled->vcpus[i]->pcpu->id, 1);
    }
    assert_int_equal(domctl(&op, XEN_DOMCTL_getdomaininfo), 0);
    assert_int_equal(op.u.getdomaininfo.cpupool, 1);
    op.domain = 2;
    assert_int_equal(domctl(&op, XEN_DOMCTL_getdomaininfo), 0);
    assert_int_equal(op.u.getdomaininfo.cpupool, 0);
}

static void test_affinity_does_not_lead_out(void **state)
{
    const uint32_t both = XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT;

    (void)state;
    *map(1) = 1;
    assert_int_equal(affinity(XEN_DOMCTL_setvcpuaffinity, 3, XEN_VCPUAFFINITY_HARD), -EINVAL);
    assert_int_equal(pooled->vcpus[0]->affinity, 2);
    /* What is asked for is kept, what comes of it is told. */
    *map(1) = 3;
    *map(2) = 1;
    assert_int_equal(affinity(XEN_DOMCTL_setvcpuaffinity, 3, both), 0);
    assert_int_equal(*map(1), 2);
    assert_int_equal(*map(2), 0);
    assert_int_equal(pooled->vcpus[0]->affinity, 2);
    assert_int_equal(affinity(XEN_DOMCTL_getvcpuaffinity, 3, both), 0);
    assert_int_equal(*map(1), 3);
    assert_int_equal(*map(2), 1);
}

static void test_pools_are_listed(void **state)
{
    struct xen_sysctl op = {.u.cpupool_op = {.op = XEN_SYSCTL_CPUPOOL_OP_INFO}};
    struct xen_sysctl_cpupool_op *pool = &op.u.cpupool_op;

    (void)state;
    pool->cpumap.nr_bits = 64;
    pool->cpumap.bitmap.q = fake_address(1, 0);
    assert_int_equal(sysctl(&op, XEN_SYSCTL_cpupool_op), 0);
    assert_int_equal(pool->cpupool_id, 0);
    assert_int_equal(pool->n_dom, 2);
    assert_int_equal(*map(1), 1);
    pool->cpupool_id = 1;
    assert_int_equal(sysctl(&op, XEN_SYSCTL_cpupool_op), 0);
    assert_int_equal(pool->cpupool_id, 1);
    assert_int_equal(pool->sched_id, XEN_SCHEDULER_CREDIT2);
    assert_int_equal(pool->n_dom, 1);
    assert_int_equal(*map(1), 2);
    pool->cpupool_id = 2;
    assert_int_equal(sysctl(&op, XEN_SYSCTL_cpupool_op), -ENOENT);
    pool->op = XEN_SYSCTL_CPUPOOL_OP_FREEINFO;
    assert_int_equal(sysctl(&op, XEN_SYSCTL_cpupool_op), 0);
    assert_int_equal(*map(1), 0);
}

static void test_scheduler_of_a_pool(void **state)
{
    struct xen_sysctl op = {.u.scheduler_op = {.cpupool_id = 1,
                                               .sched_id = XEN_SCHEDULER_CREDIT2,
                                               .cmd = XEN_SYSCTL_SCHEDOP_getinfo}};

    (void)state;
    assert_int_equal(sysctl(&op, XEN_SYSCTL_scheduler_op), 0);
    assert_int_equal(op.u.scheduler_op.u.sched_credit2.ratelimit_us, 200);
    op.u.scheduler_op.cpupool_id = 2;
    assert_int_equal(sysctl(&op, XEN_SYSCTL_scheduler_op), -EINVAL);
}

/* Both CPUs for a while, each when its timer is due or it was asked to look. */
static void pass(uint64_t time)
{
    uint64_t end = fake.now + time;

    while (fake.now < end) {
        uint64_t next = end;

        for (unsigned int i = 0; i < FAKE_PCPUS; i++) {
            fake_go(i);
            timers_run(&fake_pcpus[i]);
            sched_pick(&fake_pcpus[i]);
            if (fake_pcpus[i].arch.deadline < next)
                next = fake_pcpus[i].arch.deadline;
        }
        fake.now = next > fake.now ? next : fake.now + 1000;
    }
    fake_go(0);
}

/* Whatever affinity they ask for: an idle CPU of another pool takes nobody. */
static void test_idle_cpu_of_another_pool_takes_nobody(void **state)
{
    (void)state;
    fake_be(0, NULL);
    control->vcpus[0]->state = VCPU_OFFLINE;
    for (unsigned int i = 0; i < 2; i++) {
        assert_int_equal(vcpu_set_affinity(guest->vcpus[i], UINT64_MAX), 0);
        guest->vcpus[i]->soft_affinity = 2;
        vcpu_start(guest->vcpus[i]);
    }
    pass(100 * MS);
    for (unsigned int i = 0; i < 2; i++) {
        assert_int_equal(guest->vcpus[i]->pcpu->id, 0);
        assert_in_range(vcpu_run_time(guest->vcpus[i]), 45 * MS, 55 * MS);
    }
    assert_true(fake_pcpus[1].idle_since != 0);
    /* Without pools it does. */
    cpu_pools_init(one, 1);
    assert_int_equal(vcpu_set_affinity(guest->vcpus[1], UINT64_MAX), 0);
    pass(10 * MS);
    assert_int_equal(guest->vcpus[1]->pcpu->id, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_domains_begin_in_their_pool),
        TEST(test_affinity_does_not_lead_out),
        TEST(test_pools_are_listed),
        TEST(test_scheduler_of_a_pool),
        TEST(test_idle_cpu_of_another_pool_takes_nobody),
    };

    fake_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
