/* SPDX-License-Identifier: MIT */
#include "agent.h"
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/sched.h>

#define MAILBOX_PAGE 15
#define SPARE_PAGE   14
#define MAILBOX_GFN  (HOLE_GFN + 0x80)
#define PATIENCE     (2000 * MILLISECOND)

struct mailbox *mailbox;
static uint32_t port;

domid_t agent_domid(void)
{
    return (domid_t)option("peer");
}

static void doze(void)
{
    struct sched_poll op = {.ports.q = (uint64_t)&port, .nr_ports = port != 0};

    op.timeout = 1; /* long past, so that others get their turn and nothing is missed */
    call(__HYPERVISOR_sched_op, SCHEDOP_poll, &op);
    call(__HYPERVISOR_sched_op, SCHEDOP_yield);
}

static int64_t perform(const struct mailbox *box)
{
    uint64_t a0 = box->args[0], a1 = box->args[1], a2 = box->args[2], a3 = box->args[3];

    if (box->number == AGENT_PEEK)
        return *(volatile int64_t *)a0;
    if (box->number != AGENT_POKE)
        return hypercall(box->number, a0, a1, a2, a3);
    for (uint64_t i = 0; i < a2; i++)
        ((volatile uint8_t *)a0)[i] = (uint8_t)(a1 >> (8 * i));
    return 0;
}

static void offer(struct mailbox *box)
{
    struct evtchn_alloc_unbound op = {.dom = DOMID_SELF, .remote_dom = agent_domid()};

    /* The tester may be built yet. */
    while (event_op(EVTCHNOP_alloc_unbound, &op) != 0)
        doze();
    port = op.port;
    *box = (struct mailbox){.address = (uint64_t)box,
                            .shared_info = (uint64_t)shared_info,
                            .grant_entries = (uint64_t)grant_entries,
                            .spare_page = (uint64_t)test_pages[SPARE_PAGE],
                            .port = port};
    grant(AGENT_REF, agent_domid(), gfn_of_page(MAILBOX_PAGE), GTF_permit_access);
    __asm__ volatile("dmb ish" ::: "memory");
    box->magic = AGENT_MAGIC;
}

void agent_serve(void)
{
    struct mailbox *box = (void *)test_pages[MAILBOX_PAGE];
    struct evtchn_send send;

    offer(box);
    send.port = port;
    for (;;) {
        uint64_t request = box->request;

        __asm__ volatile("dmb ish" ::: "memory");
        if (request == box->answer) {
            struct sched_poll wait = {.ports.q = (uint64_t)&port, .nr_ports = 1};

            call(__HYPERVISOR_sched_op, SCHEDOP_poll, &wait);
            event_clear(port);
            continue;
        }
        box->result = perform(box);
        __asm__ volatile("dmb ish" ::: "memory");
        box->answer = request;
        event_op(EVTCHNOP_send, &send);
    }
}

static bool map_mailbox(void)
{
    uint64_t until = now() + PATIENCE;
    uint32_t handle;

    while (grant_map(agent_domid(), AGENT_REF, GNTMAP_host_map, MAILBOX_GFN, &handle) != 0) {
        if (now() > until)
            return false;
        doze();
    }
    mailbox = (void *)(MAILBOX_GFN << 12);
    while (mailbox->magic != AGENT_MAGIC) {
        if (now() > until)
            return false;
        doze();
    }
    return true;
}

bool agent_connect(void)
{
    struct evtchn_bind_interdomain op = {.remote_dom = agent_domid()};

    if (!map_mailbox())
        return false;
    op.remote_port = mailbox->port;
    if (event_op(EVTCHNOP_bind_interdomain, &op) != 0)
        return false;
    port = op.local_port;
    event_kept = port;
    return true;
}

void agent_post(uint64_t number, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
    struct evtchn_send send = {.port = port};

    CHECK(event_kept != 0);
    mailbox->number = number;
    mailbox->args[0] = a0;
    mailbox->args[1] = a1;
    mailbox->args[2] = a2;
    mailbox->args[3] = a3;
    __asm__ volatile("dmb ish" ::: "memory");
    mailbox->request++;
    CHECK_EQUAL(event_op(EVTCHNOP_send, &send), 0);
}

int64_t agent_wait(void)
{
    uint64_t until = now() + PATIENCE;

    while (mailbox->answer != mailbox->request && now() < until)
        doze();
    CHECK_EQUAL(mailbox->answer, mailbox->request);
    __asm__ volatile("dmb ish" ::: "memory");
    event_clear(port);
    return mailbox->result;
}

int64_t agent_call(uint64_t number, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
    agent_post(number, a0, a1, a2, a3);
    return agent_wait();
}

uint64_t agent_data(unsigned int offset)
{
    return mailbox->address + offsetof(struct mailbox, data) + offset;
}
