/* SPDX-License-Identifier: MIT */
/* What ports are for, and how many there are. */
#include "../test.h"
#include <xen/event_channel.h>

#define NOBODY 999

static int64_t bind_virq(uint32_t virq, uint32_t vcpu, uint32_t *port)
{
    struct evtchn_bind_virq op = {.virq = virq, .vcpu = vcpu};
    int64_t result = event_op(EVTCHNOP_bind_virq, &op);

    *port = op.port;
    return result;
}

void test_event_status(void)
{
    uint32_t other, port = event_loop(&other), ipi, virq;
    struct evtchn_bind_ipi bind = {.vcpu = 1};

    CHECK_EQUAL(event_status(port).status, EVTCHNSTAT_interdomain);
    CHECK_EQUAL(event_status(port).u.interdomain.port, other);
    CHECK_EQUAL(event_status(port).u.interdomain.dom, own_domid());
    CHECK_EQUAL(event_status(port).vcpu, 0);
    CHECK_EQUAL(event_op(EVTCHNOP_bind_ipi, &bind), 0);
    ipi = bind.port;
    CHECK_EQUAL(event_status(ipi).status, EVTCHNSTAT_ipi);
    CHECK_EQUAL(event_status(ipi).vcpu, 1);
    CHECK_EQUAL(bind_virq(VIRQ_TIMER, 1, &virq), 0);
    CHECK_EQUAL(event_status(virq).status, EVTCHNSTAT_virq);
    CHECK_EQUAL(event_status(virq).u.virq, VIRQ_TIMER);
    CHECK_EQUAL(event_status(virq).vcpu, 1);
    CHECK_EQUAL(event_close(port), 0);
    CHECK_EQUAL(event_status(port).status, EVTCHNSTAT_closed);
    CHECK_EQUAL(event_status(event_unbound(DOMID_SELF)).u.unbound.dom, own_domid());
}

void test_event_status_bad(void)
{
    struct evtchn_status op = {.dom = DOMID_SELF, .port = 1U << 20};

    CHECK_EQUAL(event_op(EVTCHNOP_status, &op), -XEN_EINVAL);
}

void test_event_status_unknown(void)
{
    struct evtchn_status op = {.dom = NOBODY, .port = 1};

    CHECK_EQUAL(event_op(EVTCHNOP_status, &op), -XEN_EPERM);
}

void test_event_ipi(void)
{
    struct evtchn_bind_ipi bind = {.vcpu = 0};

    CHECK_EQUAL(event_op(EVTCHNOP_bind_ipi, &bind), 0);
    CHECK_EQUAL(event_send(bind.port), 0);
    CHECK(event_pending(bind.port));
    bind.vcpu = CPUS;
    CHECK_EQUAL(event_op(EVTCHNOP_bind_ipi, &bind), -XEN_ENOENT);
    bind.vcpu = UINT32_MAX;
    CHECK_EQUAL(event_op(EVTCHNOP_bind_ipi, &bind), -XEN_ENOENT);
}

void test_event_virq(void)
{
    uint32_t port;

    CHECK_EQUAL(bind_virq(VIRQ_TIMER, 0, &port), 0);
    CHECK_EQUAL(event_send(port), -XEN_EINVAL);
    CHECK_EQUAL(bind_virq(VIRQ_TIMER, 0, &port), -XEN_EEXIST);
    CHECK_EQUAL(bind_virq(VIRQ_TIMER, 1, &port), 0);
    CHECK_EQUAL(bind_virq(VIRQ_TIMER, CPUS, &port), -XEN_ENOENT);
}

void test_event_virq_bad(void)
{
    uint32_t port;

    CHECK_EQUAL(bind_virq(NR_VIRQS, 0, &port), -XEN_EINVAL);
    CHECK_EQUAL(bind_virq(UINT32_MAX, 0, &port), -XEN_EINVAL);
    CHECK(bind_virq(VIRQ_CONSOLE, 1, &port) < 0);
}

/* Those of the machine are for whoever runs it. */
void test_event_virq_denied(void)
{
    uint32_t port;

    CHECK_EQUAL(bind_virq(VIRQ_DOM_EXC, 0, &port), -XEN_EPERM);
    CHECK_EQUAL(bind_virq(VIRQ_CON_RING, 0, &port), -XEN_EPERM);
    CHECK_EQUAL(bind_virq(VIRQ_TREFOIL_EVENTS, 0, &port), -XEN_EPERM);
}

void test_event_bind_vcpu(void)
{
    uint32_t other, port = event_loop(&other), virq;
    struct evtchn_bind_vcpu op = {.port = port, .vcpu = 1};
    struct evtchn_bind_ipi ipi = {.vcpu = 0};

    CHECK_EQUAL(event_op(EVTCHNOP_bind_vcpu, &op), 0);
    CHECK_EQUAL(event_status(port).vcpu, 1);
    op.vcpu = CPUS;
    CHECK_EQUAL(event_op(EVTCHNOP_bind_vcpu, &op), -XEN_ENOENT);
    CHECK_EQUAL(event_status(port).vcpu, 1);
    CHECK_EQUAL(event_op(EVTCHNOP_bind_ipi, &ipi), 0);
    op = (struct evtchn_bind_vcpu){.port = ipi.port, .vcpu = 1};
    CHECK_EQUAL(event_op(EVTCHNOP_bind_vcpu, &op), -XEN_EINVAL);
    CHECK_EQUAL(bind_virq(VIRQ_TIMER, 0, &virq), 0);
    op.port = virq;
    CHECK_EQUAL(event_op(EVTCHNOP_bind_vcpu, &op), -XEN_EINVAL);
}

/* As many as there are, each with a number of its own, then no more. */
void test_event_exhaust(void)
{
    struct evtchn_alloc_unbound op = {.dom = DOMID_SELF, .remote_dom = DOMID_SELF};
    struct evtchn_reset reset = {.dom = DOMID_SELF};
    uint32_t last = 0, made = 0;
    int64_t result = 0;

    for (; made < 5000 && result == 0; made++) {
        result = event_op(EVTCHNOP_alloc_unbound, &op);
        CHECK(result != 0 || op.port > last);
        last = op.port;
    }
    CHECK_EQUAL(result, -XEN_ENOSPC);
    CHECK(made > 1000);
    CHECK_EQUAL(event_close(17), 0);
    CHECK_EQUAL(event_unbound(DOMID_SELF), 17);
    CHECK_EQUAL(event_op(EVTCHNOP_reset, &reset), 0);
    CHECK_EQUAL(event_send(17), -XEN_EINVAL);
    CHECK(event_unbound(DOMID_SELF) < 17);
}

void test_event_reset_unknown(void)
{
    struct evtchn_reset reset = {.dom = NOBODY};

    CHECK_EQUAL(event_op(EVTCHNOP_reset, &reset), -XEN_EPERM);
}
