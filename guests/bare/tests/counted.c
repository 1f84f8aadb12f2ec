/* SPDX-License-Identifier: MIT */
/* What the hypervisor counts of the only domain that there is, which may look. */
#include "../test.h"
#include <xen/arch-arm.h>
#include <xen/platform.h>
#include <xen/sysctl.h>
#include <xen/vcpu.h>
#include <xen/version.h>

#define PSCI_VERSION 0x84000000U
#define GICD_TYPER   0x0004
#define ROUNDS       5U

/* A call that lists, of which there is one of a kind. */
static void list(uint32_t kind, void *record, uint32_t size)
{
    struct xen_sysctl op = {
        .cmd = XEN_SYSCTL_trefoil_counters,
        .u.trefoil_counters = {
            .kind = kind, .room = 1, .size = size, .records.q = (uint64_t)record}};

    CHECK_EQUAL(call(__HYPERVISOR_sysctl, &op), 0);
    CHECK_EQUAL(op.u.trefoil_counters.count, 1);
    CHECK_EQUAL(op.u.trefoil_counters.size, size);
}

static struct xen_vcpu_counters look(void)
{
    struct xen_vcpu_counters record = {0};

    list(XEN_COUNTERS_VCPU, &record, sizeof(record));
    CHECK_EQUAL(record.domid, own_domid());
    CHECK_EQUAL(record.vcpu, 0);
    CHECK_EQUAL(record.state, RUNSTATE_running);
    return record;
}

/* How much more of it is counted now. */
#define MORE(since, name)                                                                          \
    (look().counters[XEN_VCPU_COUNTER_##name] - (since).counters[XEN_VCPU_COUNTER_##name])

static uint64_t all_wakes(const struct xen_vcpu_counters *record)
{
    uint64_t sum = 0;

    for (unsigned int i = 0; i < XEN_WAKE_BUCKETS; i++)
        sum += record->wakes[i];
    return sum;
}

void test_counted_hypercalls(void)
{
    struct xen_vcpu_counters before = look();

    for (unsigned int i = 0; i < ROUNDS; i++)
        call(__HYPERVISOR_xen_version, XENVER_version);
    CHECK_EQUAL(MORE(before, hypercalls), ROUNDS + 1); /* and that look */
    before = look();
    for (unsigned int i = 0; i < ROUNDS; i++)
        firmware_call(PSCI_VERSION, 0, 0, 0);
    CHECK_EQUAL(MORE(before, firmware_calls), ROUNDS);
    CHECK_EQUAL(MORE(before, hypercalls), 2);
}

void test_counted_events(void)
{
    uint32_t other, port = event_loop(&other);
    struct xen_vcpu_counters before = look();

    for (unsigned int i = 0; i < ROUNDS; i++)
        CHECK_EQUAL(event_send(port), 0);
    CHECK_EQUAL(MORE(before, events_sent), ROUNDS);
    CHECK_EQUAL(MORE(before, upcalls), 0);
    event_clear(other);
    event_mask(other, false);
    interrupt_enable(EVENT_INTID, true);
    for (unsigned int i = 0; i < ROUNDS; i++) {
        CHECK_EQUAL(event_send(port), 0);
        CHECK_SOON(interrupts[0][EVENT_INTID] == i + 1);
        event_clear(other);
        vcpu_infos[0]->evtchn_pending_sel = 0;
    }
    CHECK_EQUAL(MORE(before, upcalls), ROUNDS);
}

void test_counted_grants(void)
{
    struct xen_vcpu_counters before = look();
    uint32_t handle;

    for (unsigned int i = 0; i < ROUNDS; i++)
        CHECK(grant_map(own_domid(), 4000000, 0, HOLE_GFN, &handle) != 0);
    CHECK(grant_unmap(4000000, HOLE_GFN) != 0);
    CHECK_EQUAL(MORE(before, grant_maps), ROUNDS);
    CHECK_EQUAL(MORE(before, grant_unmaps), 1);
    CHECK_EQUAL(MORE(before, grant_copies), 0);
}

void test_counted_traps(void)
{
    struct xen_vcpu_counters before = look();

    for (unsigned int i = 0; i < ROUNDS; i++)
        mmio_read32(gicd(GICD_TYPER));
    CHECK_EQUAL(MORE(before, device_accesses), ROUNDS);
    CHECK_ABORT(mmio_read32(HOLE_GFN << 12));
    CHECK_EQUAL(MORE(before, device_accesses), ROUNDS + 1);
    before = look();
    for (unsigned int i = 0; i < ROUNDS; i++)
        send_sgi(7, 1);
    CHECK_EQUAL(MORE(before, register_accesses), ROUNDS);
    before = look();
    for (unsigned int i = 0; i < ROUNDS; i++)
        FAULT_OF(__asm__ volatile("hvc #5"));
    CHECK_EQUAL(MORE(before, other_traps), ROUNDS);
    CHECK_EQUAL(MORE(before, device_accesses), 0);
}

/* One that sleeps until its timer: a wait, and a wake-up, that are as long as they are. */
void test_counted_waits(void)
{
    struct xen_vcpu_counters before = look(), after;

    interrupt_enable(TIMER_VIRTUAL, true);
    for (unsigned int i = 0; i < ROUNDS; i++) {
        interrupts_off();
        timer_after(MILLISECOND);
        __asm__ volatile("wfi");
        interrupts_on();
        CHECK_SOON(interrupts[0][TIMER_VIRTUAL] == i + 1);
    }
    after = look();
    CHECK_EQUAL(MORE(before, waits), ROUNDS);
    CHECK_EQUAL(all_wakes(&after) - all_wakes(&before), ROUNDS);
    CHECK(after.time[RUNSTATE_blocked] - before.time[RUNSTATE_blocked] > 4 * MILLISECOND);
    CHECK(after.time[RUNSTATE_running] > before.time[RUNSTATE_running]);
    CHECK_EQUAL(after.time[RUNSTATE_offline], before.time[RUNSTATE_offline]);
}

/* Of the machine, for the vcpu's timer, while it runs. */
void test_counted_interrupts(void)
{
    struct xen_vcpu_counters before = look();

    interrupt_enable(TIMER_VIRTUAL, true);
    for (unsigned int i = 0; i < ROUNDS; i++) {
        timer_after(MILLISECOND / 10);
        CHECK_SOON(interrupts[0][TIMER_VIRTUAL] == i + 1);
    }
    CHECK_EQUAL(MORE(before, interrupts), ROUNDS);
    CHECK_EQUAL(MORE(before, waits), 0);
}

/* Control may not set the machine's clock. */
void test_counted_denials(void)
{
    struct xen_platform_op op = {.cmd = XENPF_settime64,
                                 .interface_version = XENPF_INTERFACE_VERSION};
    struct xen_domain_counters before = {0}, after = {0};

    list(XEN_COUNTERS_DOMAIN, &before, sizeof(before));
    for (unsigned int i = 0; i < ROUNDS; i++)
        CHECK_EQUAL(call(__HYPERVISOR_platform_op, &op), -XEN_EPERM);
    list(XEN_COUNTERS_DOMAIN, &after, sizeof(after));
    CHECK_EQUAL(after.domid, own_domid());
    CHECK_EQUAL(after.vcpus, 1);
    CHECK_EQUAL(after.counters[XEN_DOMAIN_COUNTER_denials] -
                    before.counters[XEN_DOMAIN_COUNTER_denials],
                ROUNDS);
    CHECK(after.age > before.age);
    CHECK_EQUAL(after.instance, before.instance);
}

/* The CPU idles while its only vcpu sleeps. */
void test_counted_cpus(void)
{
    struct xen_pcpu_counters before = {0}, after = {0};

    interrupt_enable(TIMER_VIRTUAL, true);
    list(XEN_COUNTERS_PCPU, &before, sizeof(before));
    timer_after(2 * MILLISECOND);
    __asm__ volatile("wfi");
    CHECK_SOON(interrupts[0][TIMER_VIRTUAL] == 1);
    list(XEN_COUNTERS_PCPU, &after, sizeof(after));
    CHECK_EQUAL(after.pcpu, 0);
    CHECK_EQUAL(after.online, 1);
    CHECK(after.idle_time - before.idle_time > MILLISECOND);
    CHECK_EQUAL(after.counters[XEN_PCPU_COUNTER_idles] - before.counters[XEN_PCPU_COUNTER_idles],
                1);
    CHECK_EQUAL(after.counters[XEN_PCPU_COUNTER_switches], 1);
}
