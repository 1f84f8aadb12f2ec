/* SPDX-License-Identifier: MIT */
/* Accesses that a device model answers, and what becomes of them when it does not. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>
#include "device_domains.h"
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/sched.h>
#include <xen/event_channel.h>

/* A server with DEVICE's page, its slots at SLOTS_GFN; the model's port for the vcpu. */
static evtchn_port_t serve(ioservid_t *id, unsigned int vcpu)
{
    struct evtchn_bind_interdomain bind = {.remote_dom = target->id};

    assert_int_equal(server_create(model, target, id), 0);
    assert_int_equal(server_map(*id, DEVICE, DEVICE + 0xfff), 0);
    assert_int_equal(device_acquire_slots(model, *id, SLOTS_GFN), 0);
    assert_int_equal(server_enable(*id, true), 0);
    bind.remote_port = 1 + vcpu; /* the first ones that the target has */
    device_be(model);
    assert_int_equal(fake_call_with(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain, &bind,
                                    sizeof(bind)),
                     0);
    return bind.local_port;
}

static int64_t send(struct domain *from, evtchn_port_t port)
{
    struct evtchn_send op = {port};

    device_be(from);
    return fake_call_with(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &op, sizeof(op));
}

static bool ask(struct vcpu *vcpu, uint64_t address, uint8_t size, bool write, uint64_t value)
{
    struct device_access access = {address, value, size, write};

    fake_be(1, vcpu);
    return device_ask(vcpu, &access);
}

/* What runs on the second pcpu; NULL when nobody can. */
static struct vcpu *runs(void)
{
    struct vcpu *next;

    fake_go(1);
    do {
        fake_pcpus[1].need_resched = true;
        next = sched_pick(&fake_pcpus[1]);
    } while (next && next->device.asked && !device_resume(next));
    return next;
}

static void answer(unsigned int vcpu, uint64_t value)
{
    struct ioreq *slot = device_slot(SLOTS_GFN, vcpu);

    slot->data = value;
    slot->state = STATE_IORESP_READY;
}

static void test_read(void **state)
{
    struct vcpu *vcpu = target->vcpus[1];
    ioservid_t id;
    evtchn_port_t port = serve(&id, 1);
    const struct ioreq *slot = device_slot(SLOTS_GFN, 1);

    (void)state;
    model->shared_info->evtchn_pending[0] = 0;
    assert_true(ask(vcpu, DEVICE + 4, 2, false, 0x1234));
    assert_null(runs());
    assert_int_equal(model->shared_info->evtchn_pending[0], UINT64_C(1) << port);
    assert_int_equal(slot->addr, DEVICE + 4);
    assert_int_equal(slot->data, 0);
    assert_int_equal(slot->size, 2);
    assert_int_equal(slot->count, 1);
    assert_int_equal(slot->vp_eport, 2);
    assert_int_equal(slot->type, IOREQ_TYPE_COPY);
    assert_int_equal(slot->dir, IOREQ_READ);
    assert_int_equal(slot->state, STATE_IOREQ_READY);
    assert_int_equal(slot->data_is_ptr | slot->df, 0);
    answer(1, 0x5678);
    assert_null(runs());
    assert_int_equal(send(model, port), 0);
    assert_ptr_equal(runs(), vcpu);
    assert_true(vcpu->arch.access_answered);
    assert_int_equal(vcpu->arch.access_value, 0x5678);
    assert_int_equal(slot->state, STATE_IOREQ_NONE);
    assert_int_equal(vcpu->pause_count, 0);
}

static void test_write(void **state)
{
    struct vcpu *vcpu = target->vcpus[0];
    ioservid_t id;
    evtchn_port_t port = serve(&id, 0);
    const struct ioreq *slot = device_slot(SLOTS_GFN, 0);

    (void)state;
    for (uint8_t size = 1; size <= 8; size = (uint8_t)(2 * size)) {
        assert_true(ask(vcpu, DEVICE + 0x1000 - size, size, true, 0x99));
        assert_int_equal(slot->addr, DEVICE + 0x1000 - size);
        assert_int_equal(slot->data, 0x99);
        assert_int_equal(slot->size, size);
        assert_int_equal(slot->dir, IOREQ_WRITE);
        answer(0, 0);
        assert_int_equal(send(model, port), 0);
        assert_ptr_equal(runs(), vcpu);
        assert_true(vcpu->arch.access_answered);
    }
    assert_int_equal(vcpu->arch.accesses_ended, 4);
}

static void test_what_is_no_servers(void **state)
{
    struct vcpu *vcpu = target->vcpus[0];
    ioservid_t id;

    (void)state;
    serve(&id, 0);
    assert_false(ask(vcpu, DEVICE - 1, 1, false, 0));
    assert_false(ask(vcpu, DEVICE - 1, 2, false, 0));
    assert_false(ask(vcpu, DEVICE + 0xfff, 2, false, 0));
    assert_false(ask(vcpu, DEVICE + 0x1000, 1, false, 0));
    assert_false(ask(vcpu, UINT64_MAX, 8, false, 0));
    assert_int_equal(server_enable(id, false), 0);
    assert_false(ask(vcpu, DEVICE, 4, false, 0));
    assert_int_equal(vcpu->pause_count, 0);
}

/* Events without an answer change nothing, whatever the slot says of being at work. */
static void test_event_without_answer(void **state)
{
    struct vcpu *vcpu = target->vcpus[0];
    ioservid_t id;
    evtchn_port_t port = serve(&id, 0);

    (void)state;
    assert_int_equal(send(model, port), 0); /* nobody waits */
    assert_true(ask(vcpu, DEVICE, 4, false, 0));
    assert_int_equal(send(model, port), 0);
    assert_null(runs());
    device_slot(SLOTS_GFN, 0)->state = STATE_IOREQ_INPROCESS;
    assert_int_equal(send(model, port), 0);
    assert_int_equal(send(model, port), 0);
    assert_null(runs());
    assert_int_equal(vcpu->pause_count, 1);
    answer(0, 1);
    assert_int_equal(send(model, port), 0);
    assert_ptr_equal(runs(), vcpu);
}

/* A slot in no state that it could be in is no answer, and none will come. */
static void test_lies(void **state)
{
    static const uint8_t lies[] = {STATE_IOREQ_NONE, 4, 15};
    struct vcpu *vcpu = target->vcpus[0];
    ioservid_t id;
    evtchn_port_t port = serve(&id, 0);

    (void)state;
    for (unsigned int i = 0; i < sizeof(lies); i++) {
        assert_true(ask(vcpu, DEVICE, 4, false, 0));
        device_slot(SLOTS_GFN, 0)->state = lies[i] & 15;
        assert_int_equal(send(model, port), 0);
        assert_ptr_equal(runs(), vcpu);
        assert_int_equal(vcpu->arch.accesses_ended, i + 1);
        assert_false(vcpu->arch.access_answered);
        assert_int_equal(vcpu->pause_count, 0);
    }
}

static void test_server_ends_while_asked(void **state)
{
    struct vcpu *vcpu = target->vcpus[0];
    ioservid_t id;

    (void)state;
    serve(&id, 0);
    assert_true(ask(vcpu, DEVICE, 4, false, 0));
    answer(0, 1); /* too late: nobody was told */
    assert_int_equal(server_destroy(model, target, id), 0);
    assert_ptr_equal(runs(), vcpu);
    assert_int_equal(vcpu->arch.accesses_ended, 1);
    assert_false(vcpu->arch.access_answered);
    assert_false(ask(vcpu, DEVICE, 4, false, 0));
}

static void test_model_ends_while_asked(void **state)
{
    struct vcpu *vcpu = target->vcpus[0];
    ioservid_t id;

    (void)state;
    serve(&id, 0);
    assert_true(ask(vcpu, DEVICE, 4, false, 0));
    device_end(&model);
    assert_ptr_equal(runs(), vcpu);
    assert_false(vcpu->arch.access_answered);
}

static void test_target_ends_while_asking(void **state)
{
    ioservid_t id;
    evtchn_port_t port = serve(&id, 0);

    (void)state;
    assert_true(ask(target->vcpus[0], DEVICE, 4, false, 0));
    assert_null(runs());
    device_end(&target);
    answer(0, 1);
    assert_int_equal(send(model, port), 0); /* unbound, as after any peer's end */
    assert_null(model->serving);
}

static void test_target_paused_while_asking(void **state)
{
    struct vcpu *vcpu = target->vcpus[0];
    ioservid_t id;
    evtchn_port_t port = serve(&id, 0);

    (void)state;
    assert_true(ask(vcpu, DEVICE, 4, false, 0));
    domain_pause(target);
    assert_null(runs());
    assert_true(domain_is_quiet(target));
    answer(0, 3);
    assert_int_equal(send(model, port), 0);
    assert_null(runs());
    assert_int_equal(vcpu->arch.accesses_ended, 0);
    fake_go(1);
    domain_unpause(target);
    assert_ptr_equal(runs(), vcpu);
    assert_int_equal(vcpu->arch.access_value, 3);
}

/* Interrupts and events do not end the wait. */
static void test_waits_through_interrupts(void **state)
{
    struct vcpu *vcpu = target->vcpus[0];
    ioservid_t id;

    (void)state;
    serve(&id, 0);
    assert_true(ask(vcpu, DEVICE, 4, false, 0));
    assert_null(runs());
    arch_vcpu_raise_event(vcpu);
    vcpu_wake(vcpu);
    assert_null(runs());
    assert_int_equal(vcpu->runstate.state, RUNSTATE_offline);
}

/* The target's end of the channel is not the target's to touch. */
static void test_port_is_no_guests(void **state)
{
    struct evtchn_close close = {1};
    struct evtchn_bind_vcpu move = {.port = 1, .vcpu = 1};
    struct evtchn_status status = {.dom = DOMID_SELF, .port = 1};
    struct evtchn_reset reset = {DOMID_SELF};
    struct vcpu *vcpu = target->vcpus[0];
    ioservid_t id;
    evtchn_port_t port = serve(&id, 0);

    (void)state;
    assert_int_equal(send(target, 1), -EINVAL);
    assert_int_equal(send(target, 2), -EINVAL);
#define CALL(command, argument)                                                                    \
    fake_call_with(__HYPERVISOR_event_channel_op, EVTCHNOP_##command, &(argument), sizeof(argument))
    assert_int_equal(CALL(close, close), -EINVAL);
    assert_int_equal(CALL(bind_vcpu, move), -EINVAL);
    assert_int_equal(CALL(status, status), -EACCES);
    assert_int_equal(CALL(reset, reset), 0);
#undef CALL
    vcpu->pcpu = &fake_pcpus[1];
    assert_true(ask(vcpu, DEVICE, 4, false, 0));
    answer(0, 9);
    assert_int_equal(send(model, port), 0);
    assert_ptr_equal(runs(), vcpu);
    assert_int_equal(vcpu->arch.access_value, 9);
}

/* A device model that closes its end, as one that begins anew, may bind it again. */
static void test_port_bound_again(void **state)
{
    struct evtchn_bind_interdomain bind = {.remote_dom = target->id, .remote_port = 1};
    struct vcpu *vcpu = target->vcpus[0];
    ioservid_t id;
    struct evtchn_close close = {serve(&id, 0)};

    (void)state;
    device_be(model);
    assert_int_equal(
        fake_call_with(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close, sizeof(close)), 0);
    assert_true(ask(vcpu, DEVICE, 4, false, 0));
    device_be(model);
    model->shared_info->evtchn_pending[0] = 0;
    assert_int_equal(fake_call_with(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain, &bind,
                                    sizeof(bind)),
                     0);
    assert_int_equal(model->shared_info->evtchn_pending[0], UINT64_C(1) << bind.local_port);
    answer(0, 9);
    assert_int_equal(send(model, bind.local_port), 0);
    assert_ptr_equal(runs(), vcpu);
}

/* Two vcpus ask two servers at the same time; each gets what is its own. */
static void test_two_at_a_time(void **state)
{
    struct vcpu *one = target->vcpus[0], *two = target->vcpus[1];
    ioservid_t id;
    evtchn_port_t port = serve(&id, 0);
    struct evtchn_bind_interdomain bind = {.remote_dom = target->id, .remote_port = 2};

    (void)state;
    device_be(model);
    assert_int_equal(fake_call_with(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain, &bind,
                                    sizeof(bind)),
                     0);
    assert_true(ask(one, DEVICE, 4, false, 0));
    assert_null(runs());
    assert_true(ask(two, DEVICE + 8, 4, false, 0));
    assert_null(runs());
    answer(1, 22);
    assert_int_equal(send(model, bind.local_port), 0);
    assert_ptr_equal(runs(), two);
    assert_int_equal(two->arch.access_value, 22);
    two->state = VCPU_BLOCKED;
    answer(0, 11);
    assert_int_equal(send(model, port), 0);
    assert_ptr_equal(runs(), one);
    assert_int_equal(one->arch.access_value, 11);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, device_start, device_stop)
    const struct CMUnitTest tests[] = {
        TEST(test_read),
        TEST(test_write),
        TEST(test_what_is_no_servers),
        TEST(test_event_without_answer),
        TEST(test_lies),
        TEST(test_server_ends_while_asked),
        TEST(test_model_ends_while_asked),
        TEST(test_target_ends_while_asking),
        TEST(test_target_paused_while_asking),
        TEST(test_waits_through_interrupts),
        TEST(test_port_is_no_guests),
        TEST(test_port_bound_again),
        TEST(test_two_at_a_time),
    };

    fake_start();
    return cmocka_run_group_tests_name("core_device_access", tests, NULL, NULL);
}
