/* SPDX-License-Identifier: MIT */
/* Event channels through the hypercall, as guests see them. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>
#include "core_fake/machine.h"
#include <trefoil/errno.h>
#include <trefoil/event_channel.h>
#include <trefoil/memory.h>
#include <trefoil/sched.h>
#include <xen/bootfdt.h>
#include <xen/sched.h>

static struct domain *hardware, *guest, *other;

static int start(void **state)
{
    (void)state;
    hardware = fake_domain(0, "hardware", DOMAIN_CAPS_HARDWARE | DOMAIN_CAPS_XENSTORE, 1, 16);
    guest = fake_domain(1, "guest", 0, 2, 16);
    other = fake_domain(2, "other", 0, 1, 16);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fake_destroy(other);
    fake_destroy(guest);
    fake_destroy(hardware);
    return 0;
}

static void be(struct domain *domain)
{
    fake_be(0, domain->vcpus[0]);
}

static int64_t call(uint64_t command, void *argument, size_t size)
{
    return fake_call_with(__HYPERVISOR_event_channel_op, command, argument, size);
}

static evtchn_port_t offer(struct domain *from, struct domain *to)
{
    struct evtchn_alloc_unbound op = {.dom = DOMID_SELF, .remote_dom = to->id};

    be(from);
    assert_int_equal(call(EVTCHNOP_alloc_unbound, &op, sizeof(op)), 0);
    return op.port;
}

static evtchn_port_t take(struct domain *by, struct domain *from, evtchn_port_t port)
{
    struct evtchn_bind_interdomain op = {.remote_dom = from->id, .remote_port = port};

    be(by);
    assert_int_equal(call(EVTCHNOP_bind_interdomain, &op, sizeof(op)), 0);
    return op.local_port;
}

static int64_t send(struct domain *from, evtchn_port_t port)
{
    struct evtchn_send op = {port};

    be(from);
    return call(EVTCHNOP_send, &op, sizeof(op));
}

static bool pending(const struct domain *domain, evtchn_port_t port)
{
    return (domain->shared_info->evtchn_pending[port / 64] >> (port % 64)) & 1;
}

static void clear_pending(struct domain *domain, evtchn_port_t port)
{
    domain->shared_info->evtchn_pending[port / 64] &= ~(UINT64_C(1) << (port % 64));
}

static void unmask_all(struct domain *domain)
{
    memset(domain->shared_info->evtchn_mask, 0, sizeof(domain->shared_info->evtchn_mask));
}

static uint32_t status_of(struct domain *domain, evtchn_port_t port)
{
    struct evtchn_status op = {.dom = DOMID_SELF, .port = port};

    be(domain);
    assert_int_equal(call(EVTCHNOP_status, &op, sizeof(op)), 0);
    return op.status;
}

static void test_send_marks_and_notifies(void **state)
{
    evtchn_port_t far = offer(guest, hardware), near = take(hardware, guest, far);
    struct vcpu_info *info = guest->vcpus[0]->info;

    (void)state;
    assert_int_equal(status_of(guest, far), EVTCHNSTAT_interdomain);
    unmask_all(guest);
    assert_int_equal(send(hardware, near), 0);
    assert_true(pending(guest, far));
    assert_int_equal(info->evtchn_pending_sel, 1);
    assert_int_equal(info->evtchn_upcall_pending, 1);
    assert_true(guest->vcpus[0]->arch.event_raised);
}

/* Declared by the tree: between two that may not offer each other anything. */
static void test_static_channel(void **state)
{
    struct evtchn_alloc_unbound op = {.dom = DOMID_SELF, .remote_dom = other->id};

    (void)state;
    assert_int_equal(event_bind_static(guest, 10, other->id, 11), 0);
    assert_int_equal(status_of(guest, 10), EVTCHNSTAT_unbound);
    assert_int_equal(send(guest, 10), 0);
    assert_int_equal(event_bind_static(other, 11, guest->id, 10), 0);
    assert_int_equal(status_of(guest, 10), EVTCHNSTAT_interdomain);
    assert_int_equal(status_of(other, 11), EVTCHNSTAT_interdomain);
    assert_true(pending(other, 11)); /* it may have missed something */
    assert_false(pending(guest, 10));
    assert_int_equal(send(other, 11), 0);
    assert_true(pending(guest, 10));
    be(guest);
    assert_int_equal(call(EVTCHNOP_alloc_unbound, &op, sizeof(op)), -EPERM);
}

static void test_static_channel_in_use(void **state)
{
    evtchn_port_t port = offer(guest, hardware);

    (void)state;
    assert_int_equal(event_bind_static(guest, port, other->id, 11), -EEXIST);
    assert_int_equal(event_bind_static(guest, 0, other->id, 11), -EINVAL);
    assert_int_equal(event_bind_static(guest, EVENT_PORTS_PLAIN, other->id, 11), -EINVAL);
}

/* A port that the other side uses for something else is left alone. */
static void test_static_channel_refused(void **state)
{
    evtchn_port_t port = offer(other, hardware);

    (void)state;
    assert_int_equal(event_bind_static(guest, 10, other->id, port), 0);
    assert_int_equal(status_of(guest, 10), EVTCHNSTAT_unbound);
    assert_int_equal(event_bind_static(guest, 11, 77, 1), 0);
    assert_int_equal(status_of(guest, 11), EVTCHNSTAT_unbound);
}

/* Closed by one side it is gone for both, until that domain is built anew. */
static void test_static_channel_closed(void **state)
{
    struct evtchn_close close = {10};
    struct evtchn_bind_interdomain bind = {.remote_dom = other->id, .remote_port = 11};

    (void)state;
    assert_int_equal(event_bind_static(guest, 10, other->id, 11), 0);
    assert_int_equal(event_bind_static(other, 11, guest->id, 10), 0);
    be(guest);
    assert_int_equal(call(EVTCHNOP_close, &close, sizeof(close)), 0);
    assert_int_equal(call(EVTCHNOP_bind_interdomain, &bind, sizeof(bind)), -EPERM);
    assert_int_equal(status_of(other, 11), EVTCHNSTAT_unbound);
    assert_int_equal(event_bind_static(guest, 10, other->id, 11), 0);
    assert_int_equal(status_of(other, 11), EVTCHNSTAT_interdomain);
}

static void test_static_channel_to_itself(void **state)
{
    (void)state;
    assert_int_equal(event_bind_static(guest, 10, guest->id, 11), 0);
    assert_int_equal(event_bind_static(guest, 11, guest->id, 10), 0);
    clear_pending(guest, 11);
    assert_int_equal(send(guest, 10), 0);
    assert_true(pending(guest, 11));
}

static void test_masked_port_is_only_marked(void **state)
{
    evtchn_port_t far = offer(guest, hardware), near = take(hardware, guest, far);
    struct evtchn_unmask unmask = {far};

    (void)state;
    assert_int_equal(send(hardware, near), 0);
    assert_true(pending(guest, far));
    assert_false(guest->vcpus[0]->arch.event_raised);
    be(guest);
    assert_int_equal(call(EVTCHNOP_unmask, &unmask, sizeof(unmask)), 0);
    assert_true(guest->vcpus[0]->arch.event_raised);
}

static void test_events_go_to_the_chosen_vcpu(void **state)
{
    evtchn_port_t far = offer(guest, hardware), near = take(hardware, guest, far);
    struct evtchn_bind_vcpu op = {.port = far, .vcpu = 1};

    (void)state;
    be(guest);
    assert_int_equal(call(EVTCHNOP_bind_vcpu, &op, sizeof(op)), 0);
    unmask_all(guest);
    assert_int_equal(send(hardware, near), 0);
    assert_false(guest->vcpus[0]->arch.event_raised);
    assert_true(guest->vcpus[1]->arch.event_raised);
    op.vcpu = 2;
    be(guest);
    assert_int_equal(call(EVTCHNOP_bind_vcpu, &op, sizeof(op)), -ENOENT);
}

static void test_offer_is_for_one_domain(void **state)
{
    evtchn_port_t port = offer(hardware, guest);
    struct evtchn_bind_interdomain op = {.remote_dom = 0, .remote_port = port};

    (void)state;
    be(other);
    assert_int_equal(call(EVTCHNOP_bind_interdomain, &op, sizeof(op)), -EINVAL);
    take(guest, hardware, port);
    be(guest);
    assert_int_equal(call(EVTCHNOP_bind_interdomain, &op, sizeof(op)), -EINVAL);
}

static void test_plain_guests_are_apart(void **state)
{
    struct evtchn_alloc_unbound op = {.dom = DOMID_SELF, .remote_dom = 2};

    (void)state;
    be(guest);
    assert_int_equal(call(EVTCHNOP_alloc_unbound, &op, sizeof(op)), -EPERM);
}

static void test_closing_leaves_the_other_end_unbound(void **state)
{
    evtchn_port_t far = offer(guest, hardware), near = take(hardware, guest, far);
    struct evtchn_close op = {near};

    (void)state;
    be(hardware);
    assert_int_equal(call(EVTCHNOP_close, &op, sizeof(op)), 0);
    assert_int_equal(call(EVTCHNOP_close, &op, sizeof(op)), -EINVAL);
    assert_int_equal(status_of(guest, far), EVTCHNSTAT_unbound);
    assert_int_equal(send(guest, far), 0);
    near = take(hardware, guest, far);
    assert_int_equal(send(guest, far), 0);
    assert_true(pending(hardware, near));
}

static void test_channels_end_with_their_domain(void **state)
{
    evtchn_port_t far = offer(guest, hardware), near = take(hardware, guest, far);

    (void)state;
    fake_destroy(guest);
    assert_int_equal(status_of(hardware, near), EVTCHNSTAT_unbound);
    assert_int_equal(send(hardware, near), 0);
    guest = fake_domain(1, "guest", 0, 2, 16);
}

static void test_ports_run_out_and_come_back(void **state)
{
    struct evtchn_bind_ipi op = {.vcpu = 0};
    unsigned int count = 0;

    (void)state;
    be(guest);
    while (call(EVTCHNOP_bind_ipi, &op, sizeof(op)) == 0)
        count++;
    assert_int_equal(call(EVTCHNOP_bind_ipi, &op, sizeof(op)), -ENOSPC);
    assert_int_equal(count, EVENT_PORTS_PLAIN - 1);
    assert_int_equal(call(EVTCHNOP_close, &(struct evtchn_close){500}, sizeof(struct evtchn_close)),
                     0);
    assert_int_equal(call(EVTCHNOP_bind_ipi, &op, sizeof(op)), 0);
    assert_int_equal(op.port, 500);
    assert_int_equal(send(guest, 777), 0);
    assert_true(pending(guest, 777));
}

static void test_nonsense_is_refused(void **state)
{
    static const evtchn_port_t ports[] = {0, 1, 1023, 1024, 4095, 4096, UINT32_MAX};
    uint64_t argument[8];

    (void)state;
    be(guest);
    for (unsigned int i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
        assert_int_equal(send(guest, ports[i]), -EINVAL);
        assert_int_equal(call(EVTCHNOP_close, &(struct evtchn_close){ports[i]}, 4), -EINVAL);
    }
    for (uint64_t command = 0; command < 40; command++) {
        memset(argument, 0xff, sizeof(argument));
        assert_true(call(command, argument, sizeof(argument)) < 0);
    }
    assert_int_equal(fake_call(__HYPERVISOR_event_channel_op, EVTCHNOP_send, 0, 0), -EFAULT);
    assert_int_equal(call(EVTCHNOP_init_control, argument, 24), -ENOSYS);
}

static void test_global_virq_has_one_handler(void **state)
{
    struct evtchn_bind_virq op = {.virq = VIRQ_DOM_EXC};

    (void)state;
    be(guest);
    assert_int_equal(call(EVTCHNOP_bind_virq, &op, sizeof(op)), -EPERM);
    be(hardware);
    assert_int_equal(call(EVTCHNOP_bind_virq, &op, sizeof(op)), 0);
    assert_int_equal(call(EVTCHNOP_bind_virq, &op, sizeof(op)), -EEXIST);
    event_deliver_virqs();
    clear_pending(hardware, op.port);
    domain_shutdown(other, SHUTDOWN_poweroff);
    event_deliver_virqs();
    assert_true(pending(hardware, op.port));
    assert_int_equal(call(EVTCHNOP_close, &(struct evtchn_close){op.port}, 4), 0);
    assert_int_equal(call(EVTCHNOP_bind_virq, &op, sizeof(op)), 0);
}

/* A binding that is refused takes no port away. */
static void test_refused_virq_costs_no_port(void **state)
{
    evtchn_port_t first, port;

    (void)state;
    assert_int_equal(event_bind_virq(hardware, VIRQ_DOM_EXC, 0, &port), 0);
    assert_int_equal(event_bind_ipi(guest, 0, &first), 0);
    for (unsigned int i = 0; i < 2 * EVENT_PORTS_PLAIN; i++)
        assert_int_equal(event_bind_virq(guest, VIRQ_DOM_EXC, 0, &port), -EBUSY);
    assert_int_equal(event_bind_ipi(guest, 0, &port), 0);
    assert_int_equal(port, first + 1);
}

static void test_timer_virq_is_of_a_vcpu(void **state)
{
    struct evtchn_bind_virq op = {.virq = VIRQ_TIMER, .vcpu = 1};

    (void)state;
    be(guest);
    assert_int_equal(call(EVTCHNOP_bind_virq, &op, sizeof(op)), 0);
    event_raise_vcpu_virq(guest->vcpus[0], VIRQ_TIMER);
    assert_false(pending(guest, op.port));
    event_raise_vcpu_virq(guest->vcpus[1], VIRQ_TIMER);
    assert_true(pending(guest, op.port));
}

static void test_poll_ends_with_its_event(void **state)
{
    evtchn_port_t far = offer(guest, hardware), near = take(hardware, guest, far);
    struct vcpu *vcpu = guest->vcpus[0];
    uint32_t *ports = fake_ram(guest, fake_address(1, 0));
    struct sched_poll op = {.nr_ports = 1};

    (void)state;
    op.ports.q = fake_address(1, 0);
    ports[0] = far;
    be(guest);
    clear_pending(guest, far);
    assert_int_equal(fake_call_with(__HYPERVISOR_sched_op, SCHEDOP_poll, &op, sizeof(op)), 0);
    assert_int_equal(vcpu->state, VCPU_BLOCKED);
    fake_be(1, hardware->vcpus[0]);
    assert_int_equal(event_send(hardware, near), 0);
    assert_int_equal(vcpu->state, VCPU_RUNNABLE);
    /* And does not begin when it is there already. */
    be(guest);
    assert_int_equal(fake_call_with(__HYPERVISOR_sched_op, SCHEDOP_poll, &op, sizeof(op)), 0);
    assert_int_equal(vcpu->state, VCPU_RUNNING);
    ports[0] = 5000;
    assert_int_equal(fake_call_with(__HYPERVISOR_sched_op, SCHEDOP_poll, &op, sizeof(op)), -EINVAL);
}

static void test_moved_vcpu_info_loses_nothing(void **state)
{
    struct vcpu_register_vcpu_info op = {.mfn = FAKE_RAM + 2, .offset = 64};
    struct vcpu_info *info = fake_ram(guest, fake_address(2, 64));

    (void)state;
    be(guest);
    memcpy(fake_ram(guest, fake_address(0, 0)), &op, sizeof(op));
    assert_int_equal(
        fake_call(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 0, fake_address(0, 0)), 0);
    assert_ptr_equal(guest->vcpus[0]->info, info);
    assert_int_equal(info->evtchn_pending_sel, UINT64_MAX);
    assert_int_equal(info->evtchn_upcall_pending, 1);
    assert_int_equal(
        fake_call(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 0, fake_address(0, 0)), -EINVAL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_send_marks_and_notifies),
        TEST(test_static_channel),
        TEST(test_static_channel_in_use),
        TEST(test_static_channel_refused),
        TEST(test_static_channel_closed),
        TEST(test_static_channel_to_itself),
        TEST(test_masked_port_is_only_marked),
        TEST(test_events_go_to_the_chosen_vcpu),
        TEST(test_offer_is_for_one_domain),
        TEST(test_plain_guests_are_apart),
        TEST(test_closing_leaves_the_other_end_unbound),
        TEST(test_channels_end_with_their_domain),
        TEST(test_ports_run_out_and_come_back),
        TEST(test_nonsense_is_refused),
        TEST(test_global_virq_has_one_handler),
        TEST(test_refused_virq_costs_no_port),
        TEST(test_timer_virq_is_of_a_vcpu),
        TEST(test_poll_ends_with_its_event),
        TEST(test_moved_vcpu_info_loses_nothing),
    };

    fake_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
