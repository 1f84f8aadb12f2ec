/* SPDX-License-Identifier: MIT */
/* Waits that events end. */
#include "../test.h"
#include <xen/event_channel.h>
#include <xen/sched.h>
#include <xen/vcpu.h>

static uint32_t loop_port, loop_other;

static void loop_unmasked(void)
{
    loop_port = event_loop(&loop_other);
    event_mask(loop_other, false);
    interrupt_enable(EVENT_INTID, true);
}

static void send_loop(void)
{
    struct evtchn_send op = {.port = loop_port};

    CHECK_EQUAL(event_op(EVTCHNOP_send, &op), 0);
}

static struct sched_poll poll_of(uint32_t *ports, unsigned int count, uint64_t timeout)
{
    return (struct sched_poll){.ports.q = (uint64_t)ports, .nr_ports = count, .timeout = timeout};
}

static int64_t poll(struct sched_poll op)
{
    return call(__HYPERVISOR_sched_op, SCHEDOP_poll, &op);
}

void test_poll_pending(void)
{
    struct sched_poll op;

    loop_port = event_loop(&loop_other);
    op = poll_of(&loop_other, 1, 0);
    send_loop();
    CHECK_EQUAL(poll(op), 0);
    CHECK(event_pending(loop_other));
}

/* The time is the hypervisor's: a deadline long past ends at once. */
void test_poll_timeout_past(void)
{
    loop_port = event_loop(&loop_other);
    CHECK_EQUAL(poll(poll_of(&loop_other, 1, 1)), 0);
    CHECK_EQUAL(poll(poll_of(NULL, 0, 1)), 0);
    CHECK(!event_pending(loop_other));
}

void test_poll_too_many(void)
{
    static uint32_t ports[129];

    CHECK_EQUAL(poll(poll_of(ports, 129, 1)), -XEN_EINVAL);
    CHECK_EQUAL(poll(poll_of(ports, UINT32_MAX, 1)), -XEN_EINVAL);
}

void test_poll_bad(void)
{
    uint32_t port = 1U << 20;

    CHECK_EQUAL(poll(poll_of((void *)0x7000000000UL, 1, 1)), -XEN_EFAULT);
    CHECK_EQUAL(poll(poll_of(&port, 1, 1)), -XEN_EINVAL);
    CHECK_EQUAL(call(__HYPERVISOR_sched_op, SCHEDOP_poll, 0x7000000000UL), -XEN_EFAULT);
}

static void send_later(void)
{
    struct evtchn_send op = {.port = loop_port};
    uint64_t until = now() + 5 * MILLISECOND;

    while (now() < until)
        ;
    event_op(EVTCHNOP_send, &op);
}

/* Ends with the event, of a port that is masked. */
void test_poll_event_from_other_vcpu(void)
{
    uint64_t start = now();

    loop_port = event_loop(&loop_other);
    CHECK_EQUAL(cpu_start(send_later), 0);
    CHECK_EQUAL(poll(poll_of(&loop_other, 1, 0)), 0);
    CHECK(event_pending(loop_other));
    CHECK(now() - start >= 4 * MILLISECOND);
    CHECK_SOON(cpu_is_off());
}

/* The other vcpu may run first: interrupts are off, so that the event is not over before the block.
 */
void test_block_ended_by_event(void)
{
    uint64_t start = now();

    loop_unmasked();
    interrupts_off();
    CHECK_EQUAL(cpu_start(send_later), 0);
    CHECK_EQUAL(call(__HYPERVISOR_sched_op, SCHEDOP_block), 0);
    interrupts_on();
    CHECK_SOON(interrupts[0][EVENT_INTID] == 1);
    CHECK(now() - start >= 4 * MILLISECOND);
    CHECK_SOON(cpu_is_off());
}
