/* SPDX-License-Identifier: MIT */
/* How events become interrupts. */
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

void test_upcall(void)
{
    loop_unmasked();
    send_loop();
    CHECK_SOON(interrupts[0][EVENT_INTID] == 1);
    CHECK(event_pending(loop_other));
    CHECK(vcpu_infos[0]->evtchn_pending_sel & 1UL << loop_other / 64);
    CHECK_EQUAL(vcpu_infos[0]->evtchn_upcall_pending, 0);
}

void test_upcall_masked_port(void)
{
    loop_port = event_loop(&loop_other);
    interrupt_enable(EVENT_INTID, true);
    send_loop();
    CHECK(event_pending(loop_other));
    CHECK_EQUAL(interrupts[0][EVENT_INTID], 0);
    CHECK_EQUAL(vcpu_infos[0]->evtchn_pending_sel, 0);
    CHECK_EQUAL(vcpu_infos[0]->evtchn_upcall_pending, 0);
}

/* EVTCHNOP_unmask tells of what came in the meantime. */
void test_upcall_by_unmask(void)
{
    struct evtchn_unmask op;

    loop_port = event_loop(&loop_other);
    interrupt_enable(EVENT_INTID, true);
    send_loop();
    op.port = loop_other;
    CHECK_EQUAL(event_op(EVTCHNOP_unmask, &op), 0);
    CHECK_SOON(interrupts[0][EVENT_INTID] == 1);
    CHECK(!(shared_info->evtchn_mask[loop_other / 64] >> loop_other % 64 & 1));
}

/* A second event for a port that is already pending is none. */
void test_upcall_once(void)
{
    loop_unmasked();
    interrupts_off();
    send_loop();
    send_loop();
    send_loop();
    CHECK_EQUAL(vcpu_infos[0]->evtchn_upcall_pending, 1);
    interrupts_on();
    CHECK_SOON(interrupts[0][EVENT_INTID] == 1);
    send_loop();
    CHECK_EQUAL(interrupts[0][EVENT_INTID], 1);
}

static void leave_flag(unsigned int intid)
{
    (void)intid;
}

/* One interrupt each time that the flag rises; who leaves it set is not told again. */
void test_upcall_flag_left_set(void)
{
    loop_unmasked();
    interrupt_hook = leave_flag;
    send_loop();
    CHECK_SOON(interrupts[0][EVENT_INTID] == 1);
    event_clear(loop_other);
    send_loop();
    CHECK_EQUAL(interrupts[0][EVENT_INTID], 1);
    vcpu_infos[0]->evtchn_upcall_pending = 0;
    vcpu_infos[0]->evtchn_pending_sel = 0;
    event_clear(loop_other);
    send_loop();
    CHECK_SOON(interrupts[0][EVENT_INTID] == 2);
}

/* The guest that clears the flag before it takes the interrupt does not get it. */
void test_upcall_withdrawn(void)
{
    loop_unmasked();
    interrupts_off();
    send_loop();
    vcpu_infos[0]->evtchn_upcall_pending = 0;
    event_clear(loop_other);
    call(__HYPERVISOR_sched_op, SCHEDOP_yield);
    interrupts_on();
    __asm__ volatile("isb");
    CHECK(interrupts[0][EVENT_INTID] <= 1);
}

void test_upcall_interrupt_disabled(void)
{
    loop_unmasked();
    interrupt_enable(EVENT_INTID, false);
    send_loop();
    CHECK_EQUAL(interrupts[0][EVENT_INTID], 0);
    interrupt_enable(EVENT_INTID, true);
    CHECK_SOON(interrupts[0][EVENT_INTID] == 1);
}
