/* SPDX-License-Identifier: MIT */
/* A device model, beside its target: what it answers, and what becomes of the target when it does
 * not. */
#include "../model.h"
#include <xen/memory.h>
#include <xen/sched.h>

#define LINE        40U
#define SECOND_LIFE 0x99U

void test_model_reads(void)
{
    static const uint8_t sizes[] = {1, 2, 4, 8};
    const uint64_t value = 0x8182838485868788;

    model_begin();
    for (unsigned int i = 0; i < LENGTH(sizes); i++) {
        uint64_t bits = UINT64_MAX >> (64 - 8 * sizes[i]);

        model_order(PUPPET_READ, sizes[i], DEVICE_FREE, 0);
        model_expect(DEVICE + DEVICE_FREE, IOREQ_READ, sizes[i]);
        model_answer(value);
        CHECK_EQUAL(model_good_result(), value & bits);
    }
    for (unsigned int i = 0; i < 3; i++) {
        uint64_t bits = UINT64_MAX >> (64 - 8 * sizes[i]);

        model_order(PUPPET_READ_WIDE, sizes[i], DEVICE_FREE + 8, 0);
        model_expect(DEVICE + DEVICE_FREE + 8, IOREQ_READ, sizes[i]);
        model_answer(value);
        CHECK_EQUAL(model_good_result(), (value & bits) | ~bits);
    }
}

void test_model_writes(void)
{
    static const uint8_t sizes[] = {1, 2, 4, 8};
    const uint64_t value = 0x8182838485868788;

    model_begin();
    for (unsigned int i = 0; i < LENGTH(sizes); i++) {
        model_order(PUPPET_WRITE, sizes[i], DEVICE_FREE, value);
        model_expect(DEVICE + DEVICE_FREE, IOREQ_WRITE, sizes[i]);
        CHECK_EQUAL(model_slot(0)->data, value & (UINT64_MAX >> (64 - 8 * sizes[i])));
        model_answer(0);
        model_good_result();
    }
}

/* The syndrome does not say what it is. */
void test_model_reads_on(void)
{
    model_begin();
    model_order(PUPPET_READ_NEXT, 8, DEVICE_FREE, 0);
    model_expect(DEVICE + DEVICE_FREE, IOREQ_READ, 8);
    model_answer(0x1234);
    CHECK_EQUAL(model_good_result(), (DEVICE + DEVICE_FREE + 24) << 32 | 0x1234);
}

/* As on Xen. */
void test_model_pair_aborts(void)
{
    model_begin();
    model_order(PUPPET_READ_PAIR, 8, DEVICE_FREE, 0);
    model_expect_abort();
}

void test_model_many(void)
{
    model_begin();
    for (uint64_t i = 0; i < 500; i++) {
        model_order(PUPPET_READ, 8, DEVICE_FREE, 0);
        model_expect(DEVICE + DEVICE_FREE, IOREQ_READ, 8);
        model_answer(i * i);
        CHECK_EQUAL(model_good_result(), i * i);
    }
}

/* It does not have to be quick, and may send events that say nothing. */
void test_model_takes_its_time(void)
{
    model_begin();
    model_order(PUPPET_READ, 4, DEVICE_FREE, 0);
    model_expect(DEVICE + DEVICE_FREE, IOREQ_READ, 4);
    for (unsigned int i = 0; i < 20; i++) {
        if (i == 10)
            model_set_slot(0, STATE_IOREQ_INPROCESS);
        CHECK_EQUAL(event_send(model_port), 0);
        model_doze();
        CHECK_EQUAL(model_slot(0)->addr, DEVICE + DEVICE_FREE);
    }
    model_answer(5);
    CHECK_EQUAL(model_good_result(), 5);
}

void test_model_lies(void)
{
    static const uint8_t lies[] = {STATE_IOREQ_NONE, 4, 9, 15};

    model_begin();
    for (unsigned int i = 0; i < LENGTH(lies); i++) {
        model_order(PUPPET_READ, 4, DEVICE_FREE, 0);
        model_expect(DEVICE + DEVICE_FREE, IOREQ_READ, 4);
        model_set_slot(0, lies[i]);
        CHECK_EQUAL(event_send(model_port), 0);
        model_expect_abort();
    }
}

void test_model_disabled(void)
{
    model_begin();
    model_order(PUPPET_READ, 4, DEVICE_FREE, 0);
    model_expect(DEVICE + DEVICE_FREE, IOREQ_READ, 4);
    /* What was asked before is answered. */
    CHECK_EQUAL(model_enable(false), 0);
    model_answer(6);
    model_doze();
    model_doze();
    CHECK_EQUAL(model_slot_state(0), STATE_IOREQ_NONE);
    CHECK_EQUAL(model_enable(true), 0);
    model_expect(DEVICE_ORDER, IOREQ_READ, 8);
}

/* The access is over, and the target lives. */
void test_model_destroyed_while_asked(void)
{
    model_begin();
    for (unsigned int i = 0; i < 3; i++) {
        model_order(PUPPET_READ, 4, DEVICE_FREE, 0);
        model_expect(DEVICE + DEVICE_FREE, IOREQ_READ, 4);
        model_serve();
        model_expect_abort();
    }
    model_expect(DEVICE_ORDER, IOREQ_READ, 8);
    CHECK_EQUAL(model_destroy(model_server), 0);
    model_doze();
}

void test_model_line(void)
{
    model_begin();
    CHECK_EQUAL(model_set_line(LINE, 1), 0);
    model_order(PUPPET_LINES, 0, 0, 0);
    CHECK_EQUAL(model_good_result(), 1U << (LINE - 32));
    CHECK_EQUAL(model_set_line(LINE, 0), 0);
    model_order(PUPPET_LINES, 0, 0, 0);
    CHECK_EQUAL(model_good_result(), 0);
    CHECK_EQUAL(model_set_line(31, 1), -XEN_EINVAL);
    CHECK_EQUAL(model_set_line(0, 1), -XEN_EINVAL);
    CHECK_EQUAL(model_set_line(1020, 1), -XEN_EINVAL);
    CHECK_EQUAL(model_set_line(UINT32_MAX, 1), -XEN_EINVAL);
}

/* The target's memory, as its device model may have it. */
void test_model_foreign_map(void)
{
    volatile uint64_t *mapped = (volatile uint64_t *)((HOLE_GFN + 2) << 12);
    uint64_t page, gfn = HOLE_GFN + 2;
    int error = -1;
    struct xen_add_to_physmap_batch op = {
        .domid = DOMID_SELF,
        .space = XENMAPSPACE_gmfn_foreign,
        .size = 1,
        .u.foreign_domid = puppet_domid(),
        .idxs.q = (uint64_t)&page,
        .gpfns.q = (uint64_t)&gfn,
        .errs.q = (uint64_t)&error,
    };

    model_begin();
    model_order(PUPPET_PAGE, 0, 0, 0);
    page = model_good_result();
    CHECK_EQUAL(memory_op(XENMEM_add_to_physmap_batch, &op), 0);
    CHECK_EQUAL(error, 0);
    mapped[5] = 0xabcdef;
    __asm__ volatile("dmb ish" ::: "memory");
    model_order(PUPPET_LOOK, 0, 0, (page << 12) + 40);
    CHECK_EQUAL(model_good_result(), 0xabcdef);
    CHECK_EQUAL(physmap_remove(HOLE_GFN + 2), 0);
}

/* Its end of the channel is no port of the target's that others could have. */
void test_model_port_of_target(void)
{
    struct evtchn_bind_interdomain op = {.remote_dom = puppet_domid()};

    model_begin();
    op.remote_port = model_slot(0)->vp_eport;
    CHECK_EQUAL(event_op(EVTCHNOP_bind_interdomain, &op), -XEN_EINVAL);
    CHECK_EQUAL(model_destroy(model_server), 0);
    /* What is left is a port to which nobody is bound. */
    CHECK_EQUAL(event_status(model_port).status, EVTCHNSTAT_unbound);
    CHECK_EQUAL(event_send(model_port), 0);
}

/* ---- ends ---- */

static void wait_for_end(void)
{
    uint64_t until = now() + 3000 * MILLISECOND;

    /* Its server is gone with it; it may not be there at all for a moment. */
    while (model_enable(true) == 0 && now() < until)
        model_doze();
    CHECK(model_enable(true) != 0);
}

static void wait_for_start(void)
{
    uint64_t until = now() + 3000 * MILLISECOND;

    while (model_ask((struct xen_dm_op){.op = XEN_DMOP_nr_vcpus}) != 0 && now() < until)
        model_doze();
    CHECK_EQUAL(model_ask((struct xen_dm_op){.op = XEN_DMOP_nr_vcpus}), 0);
}

/* What the target keeps says that this domain is in its second life (test_model_restarts()). */
static bool lives_again(void)
{
    model_order(PUPPET_KEPT, 0, 0, 0);
    return model_good_result() == SECOND_LIFE;
}

/* With one access under way, of its other vcpu. */
void test_model_target_restarts(void)
{
    model_begin();
    if (lives_again())
        return;
    model_order(PUPPET_KEEP, 0, 0, 0x88);
    model_good_result();
    model_order(PUPPET_OTHER, 0, DEVICE_FREE, 0);
    CHECK_EQUAL(model_good_result(), 0);
    model_wait(1);
    CHECK_EQUAL(model_slot(1)->addr, DEVICE + DEVICE_FREE);
    CHECK_EQUAL(model_slot(1)->size, 4);
    model_order(PUPPET_REBOOT, 0, 0, 0);
    wait_for_end();
    wait_for_start();
    model_begin();
    model_order(PUPPET_KEPT, 0, 0, 0);
    CHECK_EQUAL(model_good_result(), 0);
}

/* The last one: this domain's next life finds the target as it has left it, in the middle of an
 * access. */
void test_model_restarts(void)
{
    struct sched_shutdown op = {.reason = SHUTDOWN_reboot};

    model_begin();
    if (lives_again())
        return;
    model_order(PUPPET_KEEP, 0, 0, SECOND_LIFE);
    model_good_result();
    model_order(PUPPET_READ, 4, DEVICE_FREE, 0);
    model_expect(DEVICE + DEVICE_FREE, IOREQ_READ, 4);
    call(__HYPERVISOR_sched_op, SCHEDOP_shutdown, &op);
}
