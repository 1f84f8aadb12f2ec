/* SPDX-License-Identifier: MIT */
/* What tools learn of CPUs and vcpus and change of them, timers, and the time of day. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>
#include "core_fake/machine.h"
#include <trefoil/core.h>
#include <trefoil/errno.h>
#include <trefoil/event_channel.h>
#include <trefoil/memory.h>
#include <trefoil/sched.h>
#include <xen/bootfdt.h>
#include <xen/domctl.h>
#include <xen/platform.h>
#include <xen/sched.h>
#include <xen/sysctl.h>
#include <xen/vcpu.h>
#include "../../../hypervisor/core/sched/wallclock.h"

#define SECOND UINT64_C(1000000000)

static struct domain *hardware, *control, *guest;

static int start(void **state)
{
    (void)state;
    hardware = fake_domain(0, "hardware", DOMAIN_CAPS_HARDWARE, 1, 16);
    control = fake_domain(1, "control", DOMAIN_CAPS_CONTROL, 1, 16);
    guest = fake_domain(2, "guest", 0, 2, 16);
    fake_be(0, control->vcpus[0]);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fake_destroy(guest);
    fake_destroy(control);
    fake_destroy(hardware);
    return 0;
}

/* An operation in page 0 of the caller's RAM, and back. */
static int64_t call(unsigned int number, void *op, size_t size)
{
    void *ram = fake_ram(current_vcpu()->domain, fake_address(0, 0));
    int64_t result;

    memcpy(ram, op, size);
    result = fake_call(number, fake_address(0, 0), 0, 0);
    memcpy(op, ram, size);
    return result;
}

static int64_t domctl(struct xen_domctl *op, uint32_t command)
{
    op->cmd = command;
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    return call(__HYPERVISOR_domctl, op, sizeof(*op));
}

static int64_t sysctl(struct xen_sysctl *op, uint32_t command)
{
    op->cmd = command;
    op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    return call(__HYPERVISOR_sysctl, op, sizeof(*op));
}

static uint64_t *hard_map(void)
{
    return fake_ram(control, fake_address(1, 0));
}

static uint64_t *soft_map(void)
{
    return fake_ram(control, fake_address(2, 0));
}

static struct xen_domctl affinity_op(uint32_t vcpu, uint32_t flags)
{
    struct xen_domctl op = {.domain = 2, .u.vcpuaffinity = {.vcpu = vcpu, .flags = flags}};

    op.u.vcpuaffinity.cpumap_hard.nr_bits = op.u.vcpuaffinity.cpumap_soft.nr_bits = 64;
    op.u.vcpuaffinity.cpumap_hard.bitmap.q = fake_address(1, 0);
    op.u.vcpuaffinity.cpumap_soft.bitmap.q = fake_address(2, 0);
    return op;
}

static void test_affinity_is_what_was_set(void **state)
{
    struct xen_domctl op = affinity_op(1, XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT);

    (void)state;
    assert_int_equal(domctl(&op, XEN_DOMCTL_getvcpuaffinity), 0);
    assert_int_equal(*hard_map(), 3);
    assert_int_equal(*soft_map(), 3);
    *hard_map() = 2;
    *soft_map() = 1;
    assert_int_equal(domctl(&op, XEN_DOMCTL_setvcpuaffinity), 0);
    assert_int_equal(guest->vcpus[1]->affinity, 2);
    assert_int_equal(guest->vcpus[1]->soft_affinity, 1);
    assert_int_equal(guest->vcpus[0]->affinity, UINT64_MAX);
    *hard_map() = *soft_map() = 0;
    assert_int_equal(domctl(&op, XEN_DOMCTL_getvcpuaffinity), 0);
    assert_int_equal(*hard_map(), 2);
    assert_int_equal(*soft_map(), 1);
    /* All CPUs that there are means those to come as well. */
    *hard_map() = 3;
    op.u.vcpuaffinity.flags = XEN_VCPUAFFINITY_HARD;
    assert_int_equal(domctl(&op, XEN_DOMCTL_setvcpuaffinity), 0);
    assert_int_equal(guest->vcpus[1]->affinity, UINT64_MAX);
    assert_int_equal(guest->vcpus[1]->soft_affinity, 1);
}

static void test_bad_affinity(void **state)
{
    struct xen_domctl op = affinity_op(2, XEN_VCPUAFFINITY_HARD);

    (void)state;
    assert_int_equal(domctl(&op, XEN_DOMCTL_getvcpuaffinity), -EINVAL);
    assert_int_equal(domctl(&op, XEN_DOMCTL_setvcpuaffinity), -EINVAL);
    op = affinity_op(0, 0);
    assert_int_equal(domctl(&op, XEN_DOMCTL_getvcpuaffinity), -EINVAL);
    assert_int_equal(domctl(&op, XEN_DOMCTL_setvcpuaffinity), -EINVAL);
    op = affinity_op(0, XEN_VCPUAFFINITY_HARD);
    *hard_map() = 0xfc;
    assert_int_equal(domctl(&op, XEN_DOMCTL_setvcpuaffinity), -EINVAL);
    *hard_map() = 0xff;
    op.u.vcpuaffinity.cpumap_hard.nr_bits = 0;
    assert_int_equal(domctl(&op, XEN_DOMCTL_setvcpuaffinity), -EINVAL);
    op.u.vcpuaffinity.cpumap_hard.nr_bits = 64;
    op.u.vcpuaffinity.cpumap_hard.bitmap.q = fake_address(5000, 0);
    assert_int_equal(domctl(&op, XEN_DOMCTL_setvcpuaffinity), -EFAULT);
    assert_int_equal(domctl(&op, XEN_DOMCTL_getvcpuaffinity), -EFAULT);
    assert_int_equal(guest->vcpus[0]->affinity, UINT64_MAX);
}

/* A bitmap is as long as its owner says, and what is beyond stays as it was. */
static void test_bitmaps_of_any_length(void **state)
{
    struct xen_domctl op = affinity_op(0, XEN_VCPUAFFINITY_HARD);

    (void)state;
    op.u.vcpuaffinity.cpumap_hard.nr_bits = 1;
    *hard_map() = UINT64_MAX;
    assert_int_equal(domctl(&op, XEN_DOMCTL_setvcpuaffinity), 0);
    assert_int_equal(guest->vcpus[0]->affinity, 1);
    assert_int_equal(*hard_map(), UINT64_MAX << 8 | 1);
    op.u.vcpuaffinity.cpumap_hard.nr_bits = UINT32_MAX;
    memset(hard_map(), 0xff, 128);
    assert_int_equal(domctl(&op, XEN_DOMCTL_getvcpuaffinity), 0);
    assert_int_equal(hard_map()[0], 1);
    assert_int_equal(hard_map()[7], 0);
    assert_int_equal(hard_map()[8], UINT64_MAX);
}

static void test_vcpu_info(void **state)
{
    struct xen_domctl op = {.domain = 2, .u.getvcpuinfo.vcpu = 1};

    (void)state;
    assert_int_equal(domctl(&op, XEN_DOMCTL_getvcpuinfo), 0);
    assert_false(op.u.getvcpuinfo.online || op.u.getvcpuinfo.running);
    vcpu_start(guest->vcpus[1]);
    guest->vcpus[1]->run_time = 5 * SECOND;
    assert_int_equal(domctl(&op, XEN_DOMCTL_getvcpuinfo), 0);
    assert_true(op.u.getvcpuinfo.online && !op.u.getvcpuinfo.blocked);
    assert_int_equal(op.u.getvcpuinfo.cpu_time, 5 * SECOND);
    assert_int_equal(op.u.getvcpuinfo.cpu, guest->vcpus[1]->pcpu->id);
    op.u.getvcpuinfo.vcpu = 2;
    assert_int_equal(domctl(&op, XEN_DOMCTL_getvcpuinfo), -EINVAL);
    op = (struct xen_domctl){.domain = 1};
    assert_int_equal(domctl(&op, XEN_DOMCTL_getvcpuinfo), 0);
    assert_true(op.u.getvcpuinfo.running);
}

static void test_scheduler_and_node(void **state)
{
    struct xen_domctl op = {
        .domain = 2,
        .u.scheduler_op = {.sched_id = XEN_SCHEDULER_CREDIT2, .cmd = XEN_DOMCTL_SCHEDOP_getinfo}};

    (void)state;
    assert_int_equal(domctl(&op, XEN_DOMCTL_scheduler_op), 0);
    assert_int_equal(op.u.scheduler_op.u.credit2.weight, 256);
    op.u.scheduler_op.sched_id = XEN_SCHEDULER_CREDIT;
    assert_int_equal(domctl(&op, XEN_DOMCTL_scheduler_op), -EINVAL);
    op.u.scheduler_op.cmd = XEN_DOMCTL_SCHEDOP_putinfo;
    assert_int_equal(domctl(&op, XEN_DOMCTL_scheduler_op), -EINVAL);
    op.u.scheduler_op.cmd = XEN_DOMCTL_SCHEDOP_putvcpuinfo;
    assert_int_equal(domctl(&op, XEN_DOMCTL_scheduler_op), -EOPNOTSUPP);
    op = (struct xen_domctl){.domain = 2, .u.nodeaffinity.nodemap.nr_bits = 8};
    op.u.nodeaffinity.nodemap.bitmap.q = fake_address(1, 0);
    assert_int_equal(domctl(&op, XEN_DOMCTL_getnodeaffinity), 0);
    assert_int_equal(*(uint8_t *)hard_map(), 1);
}

static void test_topology(void **state)
{
    struct xen_sysctl op = {.u.cputopoinfo.num_cpus = 0};
    const struct xen_sysctl_cputopo *topology = (void *)hard_map();
    const struct xen_sysctl_cpuinfo *info = (void *)hard_map();

    (void)state;
    assert_int_equal(sysctl(&op, XEN_SYSCTL_cputopoinfo), 0);
    assert_int_equal(op.u.cputopoinfo.num_cpus, FAKE_PCPUS);
    op.u.cputopoinfo.num_cpus = 100;
    op.u.cputopoinfo.cputopo.q = fake_address(1, 0);
    assert_int_equal(sysctl(&op, XEN_SYSCTL_cputopoinfo), 0);
    assert_int_equal(op.u.cputopoinfo.num_cpus, FAKE_PCPUS);
    assert_int_equal(topology[1].core, 1);
    assert_int_equal(topology[1].node, 0);
    op.u.cputopoinfo.cputopo.q = fake_address(5000, 0);
    assert_int_equal(sysctl(&op, XEN_SYSCTL_cputopoinfo), -EFAULT);
    op = (struct xen_sysctl){.u.getcpuinfo.max_cpus = 1};
    op.u.getcpuinfo.info.q = fake_address(1, 0);
    fake_pcpus[0].idle_time = 77;
    assert_int_equal(sysctl(&op, XEN_SYSCTL_getcpuinfo), 0);
    assert_int_equal(op.u.getcpuinfo.nr_cpus, 1);
    assert_int_equal(info->idletime, 77);
}

static void test_memory_of_the_node(void **state)
{
    struct xen_sysctl op = {.u.numainfo.num_nodes = 0};
    const struct xen_sysctl_meminfo *memory = (void *)hard_map();

    (void)state;
    assert_int_equal(sysctl(&op, XEN_SYSCTL_numainfo), 0);
    assert_int_equal(op.u.numainfo.num_nodes, 1);
    op.u.numainfo.meminfo.q = fake_address(1, 0);
    op.u.numainfo.distance.q = fake_address(2, 0);
    assert_int_equal(sysctl(&op, XEN_SYSCTL_numainfo), 0);
    assert_int_equal(memory->memsize, FAKE_MEMORY);
    assert_int_equal(memory->memfree, memory_free_pages() << PAGE_SHIFT);
    assert_int_equal(*(uint32_t *)soft_map(), 10);
    op.u.numainfo.distance.q = fake_address(5000, 0);
    assert_int_equal(sysctl(&op, XEN_SYSCTL_numainfo), -EFAULT);
}

static void test_pool(void **state)
{
    struct xen_sysctl op = {.u.cpupool_op = {.op = XEN_SYSCTL_CPUPOOL_OP_INFO}};

    (void)state;
    op.u.cpupool_op.cpumap.nr_bits = 64;
    op.u.cpupool_op.cpumap.bitmap.q = fake_address(1, 0);
    assert_int_equal(sysctl(&op, XEN_SYSCTL_cpupool_op), 0);
    assert_int_equal(op.u.cpupool_op.n_dom, 3);
    assert_int_equal(op.u.cpupool_op.sched_id, XEN_SCHEDULER_CREDIT2);
    assert_int_equal(*hard_map(), 3);
    op.u.cpupool_op.cpupool_id = 1;
    assert_int_equal(sysctl(&op, XEN_SYSCTL_cpupool_op), -ENOENT);
    op.u.cpupool_op.op = XEN_SYSCTL_CPUPOOL_OP_FREEINFO;
    assert_int_equal(sysctl(&op, XEN_SYSCTL_cpupool_op), 0);
    assert_int_equal(*hard_map(), 0);
    op.u.cpupool_op.op = XEN_SYSCTL_CPUPOOL_OP_CREATE;
    assert_int_equal(sysctl(&op, XEN_SYSCTL_cpupool_op), -EOPNOTSUPP);
}

static int64_t settime(uint32_t command, struct xen_platform_op *op)
{
    op->cmd = command;
    op->interface_version = XENPF_INTERFACE_VERSION;
    return call(__HYPERVISOR_platform_op, op, sizeof(*op));
}

static uint64_t seconds_of(const struct domain *domain)
{
    return (uint64_t)domain->shared_info->wc_sec_hi << 32 | domain->shared_info->wc_sec;
}

static void test_time_of_day(void **state)
{
    struct xen_platform_op op = {
        .u.settime64 = {.secs = UINT64_C(0x123456789), .nsecs = 100, .system_time = 3 * SECOND}};
    struct xen_domctl offset = {.domain = 2, .u.settimeoffset.time_offset_seconds = -9};
    uint32_t version = guest->shared_info->wc_version;

    (void)state;
    assert_int_equal(settime(XENPF_settime64, &op), -EPERM);
    fake_be(0, hardware->vcpus[0]);
    assert_int_equal(settime(XENPF_settime64, &op), 0);
    assert_int_equal(seconds_of(guest), UINT64_C(0x123456786));
    assert_int_equal(guest->shared_info->wc_nsec, 100);
    assert_int_equal(guest->shared_info->wc_version, version + 2);
    /* Less than a second before that, the rest of the second is borrowed. */
    op.u.settime64.system_time = 3 * SECOND + 200;
    assert_int_equal(settime(XENPF_settime64, &op), 0);
    assert_int_equal(seconds_of(guest), UINT64_C(0x123456785));
    assert_int_equal(guest->shared_info->wc_nsec, SECOND - 100);
    /* Each counts from its own start: the guest began 6.5 s after the hardware domain. */
    hardware->launched_at = 2 * SECOND;
    guest->launched_at = 8 * SECOND + SECOND / 2;
    assert_int_equal(settime(XENPF_settime64, &op), 0);
    assert_int_equal(seconds_of(hardware), UINT64_C(0x123456785));
    assert_int_equal(hardware->shared_info->wc_nsec, SECOND - 100);
    assert_int_equal(seconds_of(guest), UINT64_C(0x123456786) + 6);
    assert_int_equal(guest->shared_info->wc_nsec, SECOND / 2 - 100);
    hardware->launched_at = guest->launched_at = 0;
    /* A kernel that has not found its clock yet is no reason to go back to 1970. */
    op = (struct xen_platform_op){.u.settime64 = {.secs = 3, .system_time = 3 * SECOND + 900}};
    assert_int_equal(settime(XENPF_settime64, &op), 0);
    assert_int_equal(seconds_of(guest), UINT64_C(0x123456786) + 6);
    op.u.settime64.mbz = 1;
    assert_int_equal(settime(XENPF_settime64, &op), -EINVAL);
    op = (struct xen_platform_op){.u.settime32 = {.secs = 1000, .nsecs = (uint32_t)SECOND}};
    assert_int_equal(settime(XENPF_settime32, &op), -EINVAL);
    op.u.settime32.nsecs = 0;
    assert_int_equal(settime(XENPF_settime32, &op), 0);
    assert_int_equal(seconds_of(guest), 1000);
    assert_int_equal(settime(99, &op), -ENOSYS);
    fake_be(0, control->vcpus[0]);
    assert_int_equal(domctl(&offset, XEN_DOMCTL_settimeoffset), 0);
    assert_int_equal(seconds_of(guest), 991);
    assert_int_equal(seconds_of(control), 1000);
    offset.u.settimeoffset.time_offset_seconds = INT64_MAX;
    assert_int_equal(domctl(&offset, XEN_DOMCTL_settimeoffset), 0);
    assert_true(seconds_of(guest) == 1000 + (uint64_t)INT64_MAX);
}

static int64_t vcpu_op(uint32_t command, uint32_t vcpu, void *argument, size_t size)
{
    memcpy(fake_ram(guest, fake_address(0, 0)), argument, size);
    return fake_call(__HYPERVISOR_vcpu_op, command, vcpu, fake_address(0, 0));
}

static void pass(uint64_t nanoseconds)
{
    fake.now += nanoseconds;
    timers_run(&fake_pcpus[0]);
}

static void test_singleshot_timer(void **state)
{
    struct vcpu_set_singleshot_timer set = {.timeout_abs_ns = fake.now + 5000};
    evtchn_port_t port;
    const uint64_t *pending = guest->shared_info->evtchn_pending;

    (void)state;
    assert_int_equal(event_bind_virq(guest, VIRQ_TIMER, 0, &port), 0);
    fake_be(0, guest->vcpus[0]);
    assert_int_equal(vcpu_op(VCPUOP_set_singleshot_timer, 0, &set, sizeof(set)), 0);
    pass(4999);
    assert_false(*pending >> port & 1);
    pass(1);
    assert_true(*pending >> port & 1);
    guest->shared_info->evtchn_pending[0] = 0;
    set.timeout_abs_ns = fake.now + 10;
    assert_int_equal(vcpu_op(VCPUOP_set_singleshot_timer, 0, &set, sizeof(set)), 0);
    assert_int_equal(vcpu_op(VCPUOP_stop_singleshot_timer, 0, &set, 0), 0);
    pass(100);
    assert_int_equal(*pending, 0);
    set.timeout_abs_ns = fake.now - 1;
    set.flags = VCPU_SSHOTTMR_future;
    assert_int_equal(vcpu_op(VCPUOP_set_singleshot_timer, 0, &set, sizeof(set)), -ETIME);
    assert_int_equal(vcpu_op(VCPUOP_set_singleshot_timer, 1, &set, sizeof(set)), -EINVAL);
    assert_int_equal(vcpu_op(VCPUOP_stop_singleshot_timer, 1, &set, 0), -EINVAL);
    assert_int_equal(vcpu_op(VCPUOP_stop_singleshot_timer, 2, &set, 0), -ENOENT);
}

static void test_other_vcpus_areas(void **state)
{
    struct vcpu_register_vcpu_info info = {.mfn = FAKE_RAM + 3, .offset = 64};
    struct vcpu_runstate_info *runstate = fake_ram(guest, fake_address(0, 0));

    (void)state;
    fake_be(0, guest->vcpus[0]);
    assert_int_equal(vcpu_op(VCPUOP_is_up, 1, &info, 0), 0);
    assert_int_equal(vcpu_op(VCPUOP_is_up, 0, &info, 0), 1);
    vcpu_start(guest->vcpus[1]);
    assert_int_equal(vcpu_op(VCPUOP_register_vcpu_info, 1, &info, sizeof(info)), -EBUSY);
    vcpu_stop(guest->vcpus[1]);
    assert_int_equal(vcpu_op(VCPUOP_register_vcpu_info, 1, &info, sizeof(info)), 0);
    assert_ptr_equal(guest->vcpus[1]->info, fake_ram(guest, fake_address(3, 64)));
    assert_int_equal(vcpu_op(VCPUOP_register_vcpu_info, 1, &info, sizeof(info)), -EINVAL);
    fake.now += SECOND;
    assert_int_equal(vcpu_op(VCPUOP_get_runstate_info, 1, &info, 0), 0);
    assert_int_equal(runstate->state, RUNSTATE_offline);
    assert_true(runstate->time[RUNSTATE_offline] >= SECOND);
    assert_int_equal(
        fake_call(__HYPERVISOR_vcpu_op, VCPUOP_get_runstate_info, 0, fake_address(5000, 0)),
        -EFAULT);
    assert_int_equal(
        fake_call(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 0, fake_address(5000, 0)),
        -EFAULT);
}

static int64_t sched_op(uint32_t command, void *argument, size_t size)
{
    return fake_call_with(__HYPERVISOR_sched_op, command, argument, size);
}

static void test_poll_ends_with_its_time(void **state)
{
    struct sched_poll poll = {.nr_ports = 1, .timeout = fake.now + 3000};
    evtchn_port_t *ports = fake_ram(guest, fake_address(1, 0));

    (void)state;
    fake_be(0, guest->vcpus[0]);
    poll.ports.q = fake_address(1, 0);
    ports[0] = 3;
    assert_int_equal(sched_op(SCHEDOP_poll, &poll, sizeof(poll)), 0);
    assert_int_equal(guest->vcpus[0]->state, VCPU_BLOCKED);
    pass(2999);
    assert_int_equal(guest->vcpus[0]->state, VCPU_BLOCKED);
    pass(1);
    assert_int_equal(guest->vcpus[0]->state, VCPU_RUNNABLE);
    assert_false(guest->vcpus[0]->polling);
    fake_be(0, guest->vcpus[0]);
    list_remove(&guest->vcpus[0]->queue_node);
    ports[0] = UINT32_MAX;
    assert_int_equal(sched_op(SCHEDOP_poll, &poll, sizeof(poll)), -EINVAL);
    poll.nr_ports = 129;
    assert_int_equal(sched_op(SCHEDOP_poll, &poll, sizeof(poll)), -EINVAL);
    poll = (struct sched_poll){.nr_ports = 2};
    poll.ports.q = fake_address(5000, 0);
    assert_int_equal(sched_op(SCHEDOP_poll, &poll, sizeof(poll)), -EFAULT);
    assert_int_equal(guest->vcpus[0]->state, VCPU_RUNNING);
}

static void test_shutdown_has_a_reason(void **state)
{
    struct sched_shutdown shutdown = {.reason = SHUTDOWN_MAX + 1};
    struct sched_remote_shutdown remote = {.domain_id = 2, .reason = SHUTDOWN_MAX + 1};

    (void)state;
    assert_int_equal(sched_op(SCHEDOP_remote_shutdown, &remote, sizeof(remote)), -EINVAL);
    fake_be(0, guest->vcpus[0]);
    assert_int_equal(sched_op(SCHEDOP_shutdown, &shutdown, sizeof(shutdown)), -EINVAL);
    assert_int_equal(sched_op(SCHEDOP_shutdown_code, &shutdown, sizeof(shutdown)), -EINVAL);
    shutdown.reason = SHUTDOWN_watchdog;
    assert_int_equal(sched_op(SCHEDOP_shutdown_code, &shutdown, sizeof(shutdown)), 0);
    assert_int_equal(sched_op(SCHEDOP_shutdown_code, &shutdown, sizeof(shutdown)), -EBUSY);
    shutdown.reason = SHUTDOWN_poweroff;
    assert_int_equal(sched_op(SCHEDOP_shutdown, &shutdown, sizeof(shutdown)), 0);
    assert_int_equal(guest->life, DOMAIN_SHUTDOWN);
    assert_int_equal(guest->ended_for, 1 + SHUTDOWN_watchdog);
    assert_int_equal(domain_resume(guest), -EINVAL);
}

static void test_suspended_domain_is_resumed(void **state)
{
    struct sched_remote_shutdown remote = {.domain_id = 2, .reason = SHUTDOWN_suspend};
    struct xen_domctl op = {.domain = 2};

    (void)state;
    assert_int_equal(domctl(&op, XEN_DOMCTL_resumedomain), -EINVAL);
    assert_int_equal(sched_op(SCHEDOP_remote_shutdown, &remote, sizeof(remote)), 0);
    assert_int_equal(guest->life, DOMAIN_SHUTDOWN);
    assert_int_equal(guest->pause_count, 1);
    assert_int_equal(domctl(&op, XEN_DOMCTL_resumedomain), 0);
    assert_int_equal(guest->life, DOMAIN_ALIVE);
    assert_int_equal(guest->pause_count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_affinity_is_what_was_set),
        TEST(test_bad_affinity),
        TEST(test_bitmaps_of_any_length),
        TEST(test_vcpu_info),
        TEST(test_scheduler_and_node),
        TEST(test_topology),
        TEST(test_memory_of_the_node),
        TEST(test_pool),
        TEST(test_time_of_day),
        TEST(test_singleshot_timer),
        TEST(test_other_vcpus_areas),
        TEST(test_poll_ends_with_its_time),
        TEST(test_shutdown_has_a_reason),
        TEST(test_suspended_domain_is_resumed),
    };

    fake_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
