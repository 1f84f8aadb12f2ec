/* SPDX-License-Identifier: MIT */
/* A channel that the device tree declares between two domains that have nothing else in common. */
#include "../echo.h"
#include <xen/event_channel.h>
#include <xen/grant_table.h>

static domid_t echo_domid(void)
{
    return (domid_t)option("peer");
}

/* The other domain may be built yet. */
static void wait_for_echo(void)
{
    CHECK_SOON(event_status(ECHO_NEAR).status == EVTCHNSTAT_interdomain);
}

static void exchange(void)
{
    wait_for_echo();
    event_clear(ECHO_NEAR);
    CHECK_EQUAL(event_send(ECHO_NEAR), 0);
    CHECK_SOON(event_pending(ECHO_NEAR));
}

void test_channel_bound(void)
{
    struct evtchn_status status;

    wait_for_echo();
    status = event_status(ECHO_NEAR);
    CHECK_EQUAL(status.u.interdomain.dom, echo_domid());
    CHECK_EQUAL(status.u.interdomain.port, ECHO_FAR);
    CHECK_EQUAL(status.vcpu, 0);
}

void test_channel_both_ways(void)
{
    for (unsigned int i = 0; i < 100; i++)
        exchange();
}

/* Asleep until the answer comes. */
void test_channel_wakes(void)
{
    wait_for_echo();
    exchange();
    event_clear(ECHO_NEAR);
    vcpu_infos[0]->evtchn_pending_sel = 0;
    interrupt_enable(EVENT_INTID, true);
    event_mask(ECHO_NEAR, false);
    interrupts_off();
    CHECK_EQUAL(event_send(ECHO_NEAR), 0);
    while (!event_pending(ECHO_NEAR))
        __asm__ volatile("wfi");
    interrupts_on();
    CHECK_SOON(interrupts[0][EVENT_INTID] == 1);
}

void test_channel_bind_vcpu(void)
{
    struct evtchn_bind_vcpu op = {.port = ECHO_NEAR, .vcpu = 0};

    wait_for_echo();
    CHECK_EQUAL(event_op(EVTCHNOP_bind_vcpu, &op), 0);
    op.vcpu = 1;
    CHECK_EQUAL(event_op(EVTCHNOP_bind_vcpu, &op), -XEN_ENOENT);
}

/* It makes no peers of the two. */
void test_channel_nothing_else(void)
{
    struct evtchn_alloc_unbound offer = {.dom = DOMID_SELF, .remote_dom = echo_domid()};
    uint32_t handle;

    CHECK_EQUAL(event_op(EVTCHNOP_alloc_unbound, &offer), -XEN_EPERM);
    CHECK_EQUAL(grant_map(echo_domid(), 8, GNTMAP_host_map, HOLE_GFN, &handle),
                GNTST_permission_denied);
}

/* The last test: what is closed is not there any more, for neither side. */
void test_channel_closed(void)
{
    struct evtchn_bind_interdomain bind = {.remote_dom = echo_domid(), .remote_port = ECHO_FAR};

    exchange();
    event_kept = 0;
    CHECK_EQUAL(event_close(ECHO_NEAR), 0);
    CHECK_EQUAL(event_send(ECHO_NEAR), -XEN_EINVAL);
    CHECK_EQUAL(event_op(EVTCHNOP_bind_interdomain, &bind), -XEN_EPERM);
}
