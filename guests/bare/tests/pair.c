/* SPDX-License-Identifier: MIT */
/* Two domains that may communicate, and have no other say over each other. */
#include "../agent.h"
#include <xen/event_channel.h>
#include <xen/sched.h>

static int64_t remote_event(unsigned int command)
{
    return agent_call(__HYPERVISOR_event_channel_op, command, agent_data(0), 0, 0);
}

static bool remote_pending(uint32_t port)
{
    uint64_t word =
        mailbox->shared_info + offsetof(struct shared_info, evtchn_pending) + port / 64 * 8UL;

    return ((uint64_t)agent_call(AGENT_PEEK, word, 0, 0, 0) >> (port % 64) & 1) != 0;
}

static uint32_t remote_offer(domid_t to)
{
    volatile struct evtchn_alloc_unbound *op = (void *)mailbox->data;

    op->dom = DOMID_SELF;
    op->remote_dom = to;
    CHECK_EQUAL(remote_event(EVTCHNOP_alloc_unbound), 0);
    return op->port;
}

static int64_t remote_send(uint32_t port)
{
    *(volatile uint32_t *)mailbox->data = port;
    return remote_event(EVTCHNOP_send);
}

static uint32_t bind(uint32_t remote_port)
{
    struct evtchn_bind_interdomain op = {.remote_dom = agent_domid(), .remote_port = remote_port};

    CHECK_EQUAL(event_op(EVTCHNOP_bind_interdomain, &op), 0);
    event_clear(op.local_port);
    return op.local_port;
}

void test_pair_event_both_ways(void)
{
    uint32_t far = remote_offer(own_domid()), near = bind(far);

    CHECK_EQUAL(remote_send(far), 0);
    CHECK(event_pending(near));
    CHECK_EQUAL(event_send(near), 0);
    CHECK(remote_pending(far));
}

/* Offered here, bound there. */
void test_pair_event_bound_by_peer(void)
{
    volatile struct evtchn_bind_interdomain *op = (void *)mailbox->data;
    uint32_t near = event_unbound(agent_domid());

    op->remote_dom = own_domid();
    op->remote_port = near;
    CHECK_EQUAL(remote_event(EVTCHNOP_bind_interdomain), 0);
    CHECK_EQUAL(event_status(near).status, EVTCHNSTAT_interdomain);
    CHECK_EQUAL(remote_send(op->local_port), 0);
    CHECK(event_pending(near));
}

/* What is offered to another is not there for us. */
void test_pair_event_not_for_us(void)
{
    struct evtchn_bind_interdomain op = {.remote_dom = agent_domid()};

    op.remote_port = remote_offer(DOMID_SELF);
    CHECK_EQUAL(event_op(EVTCHNOP_bind_interdomain, &op), -XEN_EINVAL);
    op.remote_port = 1000;
    CHECK_EQUAL(event_op(EVTCHNOP_bind_interdomain, &op), -XEN_EINVAL);
    op.remote_port = UINT32_MAX;
    CHECK_EQUAL(event_op(EVTCHNOP_bind_interdomain, &op), -XEN_EINVAL);
}

void test_pair_event_closed_by_peer(void)
{
    uint32_t far = remote_offer(own_domid()), near = bind(far);

    *(volatile uint32_t *)mailbox->data = far;
    CHECK_EQUAL(remote_event(EVTCHNOP_close), 0);
    CHECK_EQUAL(event_status(near).status, EVTCHNSTAT_unbound);
    CHECK_EQUAL(event_send(near), 0);
    CHECK(!remote_pending(far));
    CHECK_EQUAL(remote_send(far), -XEN_EINVAL);
}

/* The half that is left can be bound by the peer once more. */
void test_pair_event_bound_again(void)
{
    volatile struct evtchn_bind_interdomain *op = (void *)mailbox->data;
    uint32_t far = remote_offer(own_domid()), near = bind(far);

    *(volatile uint32_t *)mailbox->data = far;
    CHECK_EQUAL(remote_event(EVTCHNOP_close), 0);
    op->remote_dom = own_domid();
    op->remote_port = near;
    CHECK_EQUAL(remote_event(EVTCHNOP_bind_interdomain), 0);
    CHECK_EQUAL(remote_send(op->local_port), 0);
    CHECK(event_pending(near));
}

/* Asleep until the peer's event comes. */
void test_pair_event_wakes(void)
{
    uint32_t far = remote_offer(own_domid()), near = bind(far);

    interrupt_enable(EVENT_INTID, true);
    event_mask(near, false);
    for (unsigned int i = 1; i <= 10; i++) {
        *(volatile uint32_t *)mailbox->data = far;
        interrupts_off();
        agent_post(__HYPERVISOR_event_channel_op, EVTCHNOP_send, agent_data(0), 0, 0);
        __asm__ volatile("wfi");
        interrupts_on();
        CHECK_SOON(interrupts[0][EVENT_INTID] == i);
        CHECK(event_pending(near));
        vcpu_infos[0]->evtchn_pending_sel = 0;
        event_clear(near);
        CHECK_EQUAL(agent_wait(), 0);
    }
}

void test_pair_events_many(void)
{
    uint32_t far = remote_offer(own_domid()), near = bind(far);

    for (unsigned int i = 0; i < 300; i++) {
        CHECK_EQUAL(remote_send(far), 0);
        CHECK(event_pending(near));
        event_clear(near);
    }
}

/* Of the peer's ports only those joined to ours are our affair. */
void test_pair_event_of_peer_denied(void)
{
    struct evtchn_alloc_unbound offer = {.dom = agent_domid(), .remote_dom = DOMID_SELF};
    struct evtchn_status look = {.dom = agent_domid(), .port = 1};
    struct evtchn_reset reset = {.dom = agent_domid()};

    CHECK_EQUAL(event_op(EVTCHNOP_alloc_unbound, &offer), -XEN_EPERM);
    CHECK_EQUAL(event_op(EVTCHNOP_status, &look), -XEN_EPERM);
    CHECK_EQUAL(event_op(EVTCHNOP_reset, &reset), -XEN_EPERM);
}
