/* SPDX-License-Identifier: MIT */
#include "../test.h"
#include <xen/event_channel.h>

#define NOBODY 999

void test_event_loop(void)
{
    uint32_t other, port = event_loop(&other);

    CHECK(port != other);
    CHECK_EQUAL(event_send(port), 0);
    CHECK(event_pending(other));
    CHECK(!event_pending(port));
    CHECK_EQUAL(event_send(other), 0);
    CHECK(event_pending(port));
}

/* What an offer's maker sends before somebody binds is lost, and no error. */
void test_event_send_unbound(void)
{
    uint32_t port = event_unbound(DOMID_SELF);

    CHECK_EQUAL(event_send(port), 0);
    CHECK(!event_pending(port));
}

void test_event_send_closed(void)
{
    uint32_t port = event_unbound(DOMID_SELF);

    CHECK_EQUAL(event_close(port), 0);
    CHECK_EQUAL(event_send(port), -XEN_EINVAL);
}

void test_event_bad_ports(void)
{
    static const uint32_t bad[] = {0, 4095, 4096, 131071, 131072, INT32_MAX, UINT32_MAX};

    for (unsigned int i = 0; i < LENGTH(bad); i++) {
        struct evtchn_unmask unmask = {.port = bad[i]};
        struct evtchn_bind_vcpu move = {.port = bad[i]};
        struct evtchn_bind_interdomain bind = {.remote_dom = DOMID_SELF, .remote_port = bad[i]};

        CHECK_EQUAL(event_send(bad[i]), -XEN_EINVAL);
        CHECK_EQUAL(event_close(bad[i]), -XEN_EINVAL);
        CHECK_EQUAL(event_op(EVTCHNOP_bind_vcpu, &move), -XEN_EINVAL);
        CHECK_EQUAL(event_op(EVTCHNOP_bind_interdomain, &bind), -XEN_EINVAL);
        CHECK(event_op(EVTCHNOP_unmask, &unmask) == -XEN_EINVAL || bad[i] < 4096);
    }
}

void test_event_close_twice(void)
{
    uint32_t port = event_unbound(DOMID_SELF);

    CHECK_EQUAL(event_close(port), 0);
    CHECK_EQUAL(event_close(port), -XEN_EINVAL);
}

/* The far end of a closed channel waits for another, and nothing arrives. */
void test_event_close_one_end(void)
{
    uint32_t other, port = event_loop(&other);

    CHECK_EQUAL(event_close(port), 0);
    CHECK_EQUAL(event_status(other).status, EVTCHNSTAT_unbound);
    CHECK_EQUAL(event_send(other), 0);
    CHECK(!event_pending(other));
    CHECK_EQUAL(event_send(port), -XEN_EINVAL);
}

/* A closed port leaves no mark behind for the next user. */
void test_event_close_clears_pending(void)
{
    uint32_t other, port = event_loop(&other);

    CHECK_EQUAL(event_send(port), 0);
    CHECK(event_pending(other));
    CHECK_EQUAL(event_close(other), 0);
    CHECK(!event_pending(other));
}

void test_event_bind_twice(void)
{
    uint32_t other;
    struct evtchn_bind_interdomain bind = {.remote_dom = DOMID_SELF};

    event_loop(&other);
    bind.remote_port = other;
    CHECK_EQUAL(event_op(EVTCHNOP_bind_interdomain, &bind), -XEN_EINVAL);
}

void test_event_bind_unknown(void)
{
    static const domid_t unknown[] = {NOBODY,    0x7fef,        DOMID_IO,   DOMID_XEN,
                                      DOMID_COW, DOMID_INVALID, DOMID_IDLE, 0xffff};

    for (unsigned int i = 0; i < LENGTH(unknown); i++) {
        struct evtchn_bind_interdomain bind = {.remote_dom = unknown[i], .remote_port = 1};

        if (event_op(EVTCHNOP_bind_interdomain, &bind) != -XEN_EPERM)
            print("domain %u\n", unknown[i]);
        CHECK_EQUAL(event_op(EVTCHNOP_bind_interdomain, &bind), -XEN_EPERM);
    }
}

/* Who may not ask about others is not told either that there are none: here and in all tests of
 * unknown domains. */
void test_event_alloc_for_unknown(void)
{
    struct evtchn_alloc_unbound op = {.dom = NOBODY, .remote_dom = DOMID_SELF};

    CHECK_EQUAL(event_op(EVTCHNOP_alloc_unbound, &op), -XEN_EPERM);
}

/* An offer is made to somebody there is. */
void test_event_alloc_to_unknown(void)
{
    struct evtchn_alloc_unbound op = {.dom = DOMID_SELF, .remote_dom = NOBODY};

    CHECK_EQUAL(event_op(EVTCHNOP_alloc_unbound, &op), -XEN_EPERM);
}

/* Two levels only: Linux falls back when this is not there. */
void test_event_fifo_absent(void)
{
    struct evtchn_init_control init = {.control_gfn = gfn_of_page(0)};
    struct evtchn_set_priority priority = {.port = 1};

    CHECK_EQUAL(event_op(EVTCHNOP_init_control, &init), -XEN_ENOSYS);
    CHECK_EQUAL(event_op(EVTCHNOP_expand_array, &init), -XEN_ENOSYS);
    CHECK_EQUAL(event_op(EVTCHNOP_set_priority, &priority), -XEN_ENOSYS);
}

void test_event_bad_pointer(void)
{
    for (unsigned int command = 0; command <= 10; command++) {
        int64_t result = event_op(command, (void *)0x7000000000UL);

        if (command == EVTCHNOP_bind_pirq)
            CHECK(result < 0);
        else
            CHECK_EQUAL(result, -XEN_EFAULT);
    }
}
