/* SPDX-License-Identifier: MIT */
/* What is counted, and who is shown it. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>
#include "core_fake/machine.h"
#include <trefoil/arch.h>
#include <trefoil/core.h>
#include <trefoil/errno.h>
#include <trefoil/sched.h>
#include <xen/bootfdt.h>
#include <xen/domctl.h>
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/sysctl.h>
#include <xen/version.h>

#define END     XEN_SYSCTL_TREFOIL_COUNTERS_END
#define RECORDS 8U
#define MS      UINT64_C(1000000)

static struct domain *hardware, *control, *guest;

static int start(void **state)
{
    (void)state;
    hardware = fake_domain(0, "hardware", DOMAIN_CAPS_HARDWARE | DOMAIN_CAPS_XENSTORE, 1, 64);
    control = fake_domain(1, "control", DOMAIN_CAPS_CONTROL, 1, 64);
    guest = fake_domain(2, "guest", 0, 2, 64);
    fake_be(0, control->vcpus[0]);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fake.interrupt_waiting = false;
    fake.idle = NULL;
    fake_destroy(guest);
    fake_destroy(control);
    fake_destroy(hardware);
    return 0;
}

/* Of `kind` from `position` on, into page 1 of the caller's RAM. */
static struct xen_sysctl request(uint32_t kind, uint32_t position, uint32_t room, uint32_t size)
{
    return (struct xen_sysctl){.cmd = XEN_SYSCTL_trefoil_counters,
                               .u.trefoil_counters = {.kind = kind,
                                                      .position = position,
                                                      .room = room,
                                                      .size = size,
                                                      .records.q = fake_address(1, 0)}};
}

static int64_t make(struct xen_sysctl *op)
{
    void *ram = fake_ram(current_vcpu()->domain, fake_address(0, 0));
    int64_t result;

    atomic_store(&fake_pcpus[0].need_resched, false);
    memcpy(ram, op, sizeof(*op));
    result = fake_call(__HYPERVISOR_sysctl, fake_address(0, 0), 0, 0);
    memcpy(op, ram, sizeof(*op));
    return result;
}

static const void *records(void)
{
    return fake_ram(current_vcpu()->domain, fake_address(1, 0));
}

/* One vcpu's record, as control sees it. */
static struct xen_vcpu_counters look(const struct vcpu *vcpu)
{
    struct vcpu *caller = current_vcpu();
    struct xen_sysctl op = request(XEN_COUNTERS_VCPU, (uint32_t)vcpu->domain->id << 16 | vcpu->id,
                                   1, sizeof(struct xen_vcpu_counters));
    struct xen_vcpu_counters record;

    fake_be(0, control->vcpus[0]);
    assert_int_equal(make(&op), 0);
    assert_int_equal(op.u.trefoil_counters.count, 1);
    memcpy(&record, records(), sizeof(record));
    assert_int_equal(record.domid, vcpu->domain->id);
    assert_int_equal(record.vcpu, vcpu->id);
    fake_be(0, caller);
    return record;
}

static void test_list_has_all_vcpus(void **state)
{
    struct xen_sysctl op = request(XEN_COUNTERS_VCPU, 0, RECORDS, sizeof(struct xen_vcpu_counters));
    const struct xen_vcpu_counters *list = records();
    const unsigned int expected[][2] = {{0, 0}, {1, 0}, {2, 0}, {2, 1}};

    (void)state;
    assert_int_equal(make(&op), 0);
    assert_int_equal(op.u.trefoil_counters.count, 4);
    assert_int_equal(op.u.trefoil_counters.position, END);
    assert_int_equal(op.u.trefoil_counters.size, sizeof(struct xen_vcpu_counters));
    assert_int_equal(op.u.trefoil_counters.counters, XEN_VCPU_COUNTERS);
    assert_int_equal(op.u.trefoil_counters.now, fake.now);
    for (unsigned int i = 0; i < 4; i++) {
        assert_int_equal(list[i].domid, expected[i][0]);
        assert_int_equal(list[i].vcpu, expected[i][1]);
    }
    assert_int_equal(list[2].instance, guest->unique_id);
    assert_int_equal(list[2].state, RUNSTATE_offline);
    /* At its end there is nothing more. */
    assert_int_equal(make(&op), 0);
    assert_int_equal(op.u.trefoil_counters.count, 0);
    assert_int_equal(op.u.trefoil_counters.position, END);
}

/* Record by record, and each call ends at an interrupt: one makes it again. */
static void test_list_goes_on(void **state)
{
    struct xen_sysctl op = request(XEN_COUNTERS_VCPU, 0, 1, sizeof(struct xen_vcpu_counters));
    unsigned int seen = 0, calls = 0;

    (void)state;
    for (; op.u.trefoil_counters.position != END; calls++) {
        op.u.trefoil_counters.room = calls < 2 ? 1 : RECORDS;
        op.u.trefoil_counters.size = sizeof(struct xen_vcpu_counters);
        fake.interrupt_waiting = true;
        assert_int_equal(make(&op), 0);
        assert_true(op.u.trefoil_counters.count <= 1);
        seen += op.u.trefoil_counters.count;
    }
    fake.interrupt_waiting = false;
    assert_int_equal(seen, 4);
    assert_int_equal(calls, 5);
    assert_int_equal(fake.continuations, 0);
    /* A position that no list gave: the next one that there is. */
    op = request(XEN_COUNTERS_VCPU, 2U << 16 | 77, 1, sizeof(struct xen_vcpu_counters));
    assert_int_equal(make(&op), 0);
    assert_int_equal(op.u.trefoil_counters.count, 0);
    assert_int_equal(op.u.trefoil_counters.position, END);
    op = request(XEN_COUNTERS_DOMAIN, END - 1, 1, sizeof(struct xen_domain_counters));
    assert_int_equal(make(&op), 0);
    assert_int_equal(op.u.trefoil_counters.position, END);
}

/* Short records are not written beyond their end, longer ones get what there is. */
static void test_records_of_other_sizes(void **state)
{
    struct xen_sysctl op = request(XEN_COUNTERS_VCPU, 0, 2, 24);
    uint64_t *words = fake_ram(control, fake_address(1, 0));
    const uint32_t longer = sizeof(struct xen_vcpu_counters) + 16;

    (void)state;
    memset(words, 0xee, 2 * longer);
    assert_int_equal(make(&op), 0);
    assert_int_equal(op.u.trefoil_counters.count, 2);
    assert_int_equal(op.u.trefoil_counters.size, sizeof(struct xen_vcpu_counters));
    assert_int_equal(words[2], hardware->unique_id);
    assert_int_equal(words[5], control->unique_id);
    assert_true(words[6] == UINT64_C(0xeeeeeeeeeeeeeeee));
    op = request(XEN_COUNTERS_VCPU, 0, 2, longer);
    assert_int_equal(make(&op), 0);
    assert_int_equal(words[longer / 8 + 2], control->unique_id);
    assert_true(words[longer / 8 - 1] == UINT64_C(0xeeeeeeeeeeeeeeee));
}

static void test_what_is_wrong_is_refused(void **state)
{
    const uint32_t size = sizeof(struct xen_vcpu_counters);
    struct xen_sysctl op = request(XEN_COUNTERS_PCPU + 1, 0, 1, size);

    (void)state;
    assert_int_equal(make(&op), -EINVAL);
    op = request(UINT32_MAX, 0, 1, size);
    assert_int_equal(make(&op), -EINVAL);
    op = request(XEN_COUNTERS_VCPU, 0, 1, 0);
    assert_int_equal(make(&op), -EINVAL);
    op = request(XEN_COUNTERS_VCPU, 0, 1, 12);
    assert_int_equal(make(&op), -EINVAL);
    op = request(XEN_COUNTERS_VCPU, 0, UINT32_MAX, UINT32_MAX - 7);
    assert_int_equal(make(&op), -EFAULT); /* where the second one would be */
    op = request(XEN_COUNTERS_VCPU, 0, 1, size);
    op.u.trefoil_counters.records.q = 0;
    assert_int_equal(make(&op), -EFAULT);
    /* Without room nothing is written, and one learns how large a record is. */
    op.u.trefoil_counters.room = 0;
    op.u.trefoil_counters.size = 8;
    assert_int_equal(make(&op), 0);
    assert_int_equal(op.u.trefoil_counters.size, size);
    assert_int_equal(op.u.trefoil_counters.position, 0);
}

/* It is stable: no version, or any that other sysctls have. */
static void test_versions(void **state)
{
    (void)state;
    for (uint32_t version = 0; version < 0x20; version++) {
        struct xen_sysctl op = request(XEN_COUNTERS_VCPU, 0, 0, 8);

        op.interface_version = version;
        assert_int_equal(make(&op), !version || version == 0x15 || version == 0x16 ? 0 : -EACCES);
    }
}

static void test_only_control_is_shown(void **state)
{
    struct vcpu *others[] = {hardware->vcpus[0], guest->vcpus[0]};
    uint64_t denied = guest->denied;

    (void)state;
    for (unsigned int i = 0; i < 2; i++) {
        for (uint32_t kind = XEN_COUNTERS_VCPU; kind <= XEN_COUNTERS_PCPU; kind++) {
            struct xen_sysctl op = request(kind, 0, RECORDS, 512);

            fake_be(0, others[i]);
            assert_int_equal(make(&op), -EPERM);
        }
    }
    assert_int_equal(guest->denied, denied + 3);
}

static void test_calls_are_counted(void **state)
{
    struct vcpu *caller = guest->vcpus[1];
    struct xen_vcpu_counters before = look(caller), after;
    struct multicall_entry *entries = fake_ram(guest, fake_address(1, 0));

    (void)state;
    fake_be(0, caller);
    atomic_store(&fake_pcpus[0].need_resched, false);
    for (unsigned int i = 0; i < 7; i++)
        fake_call(__HYPERVISOR_xen_version, XENVER_version, 0, 0);
    entries[0] = (struct multicall_entry){.op = __HYPERVISOR_xen_version, .args = {XENVER_version}};
    entries[1] = entries[0];
    assert_int_equal(fake_call(__HYPERVISOR_multicall, fake_address(1, 0), 2, 0), 0);
    after = look(caller);
    assert_int_equal(after.counters[XEN_VCPU_COUNTER_hypercalls] -
                         before.counters[XEN_VCPU_COUNTER_hypercalls],
                     7 + 3);
    assert_int_equal(look(guest->vcpus[0]).counters[XEN_VCPU_COUNTER_hypercalls], 0);
}

/* The guest's vcpu 0 gets what its vcpu 1 sends, once until it has looked. */
static void test_events_are_counted(void **state)
{
    struct evtchn_bind_ipi ipi = {.vcpu = 0};
    struct evtchn_send send;

    (void)state;
    memset(guest->shared_info->evtchn_mask, 0, sizeof(guest->shared_info->evtchn_mask));
    fake_be(0, guest->vcpus[1]);
    assert_int_equal(
        fake_call_with(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, &ipi, sizeof(ipi)), 0);
    send.port = ipi.port;
    for (unsigned int i = 0; i < 3; i++)
        assert_int_equal(
            fake_call_with(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &send, sizeof(send)), 0);
    assert_int_equal(look(guest->vcpus[1]).counters[XEN_VCPU_COUNTER_events_sent], 3);
    assert_int_equal(look(guest->vcpus[1]).counters[XEN_VCPU_COUNTER_upcalls], 0);
    assert_int_equal(look(guest->vcpus[0]).counters[XEN_VCPU_COUNTER_events_sent], 0);
    assert_int_equal(look(guest->vcpus[0]).counters[XEN_VCPU_COUNTER_upcalls], 1);
}

/* Whether they are granted or not. */
static void test_grants_are_counted(void **state)
{
    struct gnttab_map_grant_ref maps[3] = {{.dom = 1}, {.dom = 1}, {.dom = 1}};
    struct gnttab_copy copy = {.flags = 0};
    struct xen_vcpu_counters record;

    (void)state;
    fake_be(0, guest->vcpus[0]);
    memcpy(fake_ram(guest, fake_address(0, 0)), maps, sizeof(maps));
    fake_call(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, fake_address(0, 0), 3);
    fake_call(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, fake_address(0, 0), 2);
    fake_call_with(__HYPERVISOR_grant_table_op, GNTTABOP_copy, &copy, sizeof(copy));
    record = look(guest->vcpus[0]);
    assert_int_equal(record.counters[XEN_VCPU_COUNTER_grant_maps], 3);
    assert_int_equal(record.counters[XEN_VCPU_COUNTER_grant_unmaps], 2);
    assert_int_equal(record.counters[XEN_VCPU_COUNTER_grant_copies], 1);
}

static void test_denials_are_counted(void **state)
{
    struct xen_sysctl op = request(XEN_COUNTERS_DOMAIN, 2, 1, sizeof(struct xen_domain_counters));
    struct xen_domctl pause = {.cmd = XEN_DOMCTL_pausedomain,
                               .interface_version = XEN_DOMCTL_INTERFACE_VERSION};
    const struct xen_domain_counters *record = records();

    (void)state;
    fake_be(0, guest->vcpus[0]);
    memcpy(fake_ram(guest, fake_address(0, 0)), &pause, sizeof(pause));
    for (unsigned int i = 0; i < 25; i++)
        assert_int_equal(fake_call(__HYPERVISOR_domctl, fake_address(0, 0), 0, 0), -EPERM);
    fake.now += 5 * MS;
    fake_be(0, control->vcpus[0]);
    assert_int_equal(make(&op), 0);
    assert_int_equal(op.u.trefoil_counters.count, 1);
    assert_int_equal(record->domid, 2);
    assert_int_equal(record->vcpus, 2);
    assert_int_equal(record->instance, guest->unique_id);
    assert_int_equal(record->age, 5 * MS);
    assert_int_equal(record->counters[XEN_DOMAIN_COUNTER_denials], 25);
    assert_int_equal(record->counters[XEN_DOMAIN_COUNTER_log_lines], 10);
    assert_int_equal(record->counters[XEN_DOMAIN_COUNTER_log_lines_left_out], 15);
    /* The limit begins again, what was counted does not. */
    fake.now += 10000 * MS;
    fake_be(0, guest->vcpus[0]);
    assert_int_equal(fake_call(__HYPERVISOR_domctl, fake_address(0, 0), 0, 0), -EPERM);
    fake_be(0, control->vcpus[0]);
    op = request(XEN_COUNTERS_DOMAIN, 2, 1, sizeof(struct xen_domain_counters));
    assert_int_equal(make(&op), 0);
    assert_int_equal(record->counters[XEN_DOMAIN_COUNTER_log_lines], 11);
    assert_int_equal(record->counters[XEN_DOMAIN_COUNTER_log_lines_left_out], 15);
}

/* A wake-up counts by how long the vcpu waited for its turn; being preempted is none. */
static void test_wakes_are_counted(void **state)
{
    struct vcpu *sleeper = guest->vcpus[0], *hog = hardware->vcpus[0];
    struct xen_vcpu_counters before, after;

    (void)state;
    fake_be(0, NULL);
    for (unsigned int i = 0; i < 2; i++) {
        struct vcpu *vcpu = i ? hog : sleeper;

        vcpu_set_affinity(vcpu, 1);
        vcpu->pcpu = &fake_pcpus[0];
        vcpu_start(vcpu);
        while (sched_slow_path(&fake_pcpus[0]) != vcpu)
            fake.now += MS;
        if (vcpu == sleeper)
            vcpu_block(vcpu);
    }
    before = look(sleeper);
    fake_be(0, hog);
    vcpu_wake(sleeper);
    fake.now += 100000;
    assert_ptr_equal(fake_pcpus[0].current, hog);
    fake.now += 3 * MS;
    atomic_store(&fake_pcpus[0].need_resched, true);
    assert_ptr_equal(sched_slow_path(&fake_pcpus[0]), sleeper);
    after = look(sleeper);
    assert_int_equal(after.wakes[XEN_WAKE_BUCKET_below_4194304] -
                         before.wakes[XEN_WAKE_BUCKET_below_4194304],
                     1);
    assert_int_equal(after.wake_time - before.wake_time, 3 * MS + 100000);
    assert_int_equal(after.time[RUNSTATE_runnable] - before.time[RUNSTATE_runnable],
                     3 * MS + 100000);
    assert_int_equal(after.state, RUNSTATE_running);
    fake.now += 50 * MS;
    assert_int_equal(look(sleeper).time[RUNSTATE_running] - after.time[RUNSTATE_running], 50 * MS);
    fake_be(0, NULL);
    vcpu_stop(sleeper);
    vcpu_stop(hog);
    fake_be(0, control->vcpus[0]);
}

static void test_pcpus_are_listed(void **state)
{
    struct xen_sysctl op = request(XEN_COUNTERS_PCPU, 0, RECORDS, sizeof(struct xen_pcpu_counters));
    const struct xen_pcpu_counters *list = records();

    (void)state;
    assert_int_equal(make(&op), 0);
    assert_int_equal(op.u.trefoil_counters.count, FAKE_PCPUS);
    assert_int_equal(op.u.trefoil_counters.counters, XEN_PCPU_COUNTERS);
    for (unsigned int i = 0; i < FAKE_PCPUS; i++) {
        assert_int_equal(list[i].pcpu, i);
        assert_int_equal(list[i].online, 1);
        assert_int_equal(list[i].counters[XEN_PCPU_COUNTER_switches],
                         fake_pcpus[i].counts.counters[XEN_PCPU_COUNTER_switches]);
    }
    assert_int_equal(list[0].idle_time, pcpu_idle_time(&fake_pcpus[0]));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_list_has_all_vcpus),
        TEST(test_list_goes_on),
        TEST(test_records_of_other_sizes),
        TEST(test_what_is_wrong_is_refused),
        TEST(test_versions),
        TEST(test_only_control_is_shown),
        TEST(test_calls_are_counted),
        TEST(test_events_are_counted),
        TEST(test_grants_are_counted),
        TEST(test_denials_are_counted),
        TEST(test_wakes_are_counted),
        TEST(test_pcpus_are_listed),
    };

    fake_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
