/* SPDX-License-Identifier: MIT */
#include "model.h"
#include <xen/memory.h>
#include <xen/sched.h>

#define EXTERNAL 0x10U
#define STATUS   0x3fU

ioservid_t model_server;
uint32_t model_port;

domid_t puppet_domid(void)
{
    return (domid_t)option("peer");
}

int64_t model_ask_about(domid_t on, struct xen_dm_op *op)
{
    struct xen_dm_op_buf buffer = {.h.q = (uint64_t)op, .size = sizeof(*op)};

    return call(__HYPERVISOR_dm_op, on, 1, &buffer);
}

int64_t model_ask(struct xen_dm_op op)
{
    return model_ask_about(puppet_domid(), &op);
}

int64_t model_create(ioservid_t *id)
{
    struct xen_dm_op op = {.op = XEN_DMOP_create_ioreq_server};
    int64_t result = model_ask_about(puppet_domid(), &op);

    *id = op.u.create_ioreq_server.id;
    return result;
}

int64_t model_destroy(ioservid_t id)
{
    return model_ask(
        (struct xen_dm_op){.op = XEN_DMOP_destroy_ioreq_server, .u.destroy_ioreq_server.id = id});
}

int64_t model_range(uint32_t command, uint32_t type, uint64_t first, uint64_t last)
{
    return model_ask(
        (struct xen_dm_op){.op = command,
                           .u.map_io_range_to_ioreq_server = {
                               .id = model_server, .type = type, .start = first, .end = last}});
}

int64_t model_map(uint64_t first, uint64_t last)
{
    return model_range(XEN_DMOP_map_io_range_to_ioreq_server, XEN_DMOP_IO_RANGE_MEMORY, first,
                       last);
}

int64_t model_unmap(uint64_t first, uint64_t last)
{
    return model_range(XEN_DMOP_unmap_io_range_from_ioreq_server, XEN_DMOP_IO_RANGE_MEMORY, first,
                       last);
}

int64_t model_enable(bool enabled)
{
    return model_ask(
        (struct xen_dm_op){.op = XEN_DMOP_set_ioreq_server_state,
                           .u.set_ioreq_server_state = {.id = model_server, .enabled = enabled}});
}

int64_t model_set_line(uint32_t line, uint8_t level)
{
    return model_ask((struct xen_dm_op){.op = XEN_DMOP_set_irq_level,
                                        .u.set_irq_level = {.irq = line, .level = level}});
}

int64_t model_acquire(uint32_t id, uint64_t frame, uint64_t gfn)
{
    struct xen_mem_acquire_resource op = {
        .domid = puppet_domid(),
        .type = XENMEM_resource_ioreq_server,
        .id = id,
        .nr_frames = 1,
        .frame = frame,
        .frame_list.q = (uint64_t)&gfn,
    };

    return memory_op(XENMEM_acquire_resource, &op);
}

volatile struct ioreq *model_slot(unsigned int cpu)
{
    return (volatile struct ioreq *)(SLOTS_GFN << 12) + cpu;
}

unsigned int model_slot_state(unsigned int cpu)
{
    unsigned int state = model_slot(cpu)->state;

    __asm__ volatile("dmb ish" ::: "memory");
    return state;
}

void model_doze(void)
{
    struct sched_poll op = {.ports.q = (uint64_t)&model_port,
                            .nr_ports = model_port != 0,
                            .timeout = now() + MILLISECOND};

    call(__HYPERVISOR_sched_op, SCHEDOP_poll, &op);
    if (model_port)
        event_clear(model_port);
}

void model_wait(unsigned int cpu)
{
    uint64_t until = now() + 1000 * MILLISECOND;

    while (model_slot_state(cpu) != STATE_IOREQ_READY && now() < until)
        model_doze();
    CHECK_EQUAL(model_slot_state(cpu), STATE_IOREQ_READY);
}

static uint32_t bind_port(unsigned int cpu)
{
    struct evtchn_bind_interdomain op = {.remote_dom = puppet_domid(),
                                         .remote_port = model_slot(cpu)->vp_eport};

    CHECK_EQUAL(event_op(EVTCHNOP_bind_interdomain, &op), 0);
    return op.local_port;
}

void model_serve(void)
{
    for (ioservid_t id = 0; id < 8; id++)
        model_destroy(id);
    physmap_remove(SLOTS_GFN);
    model_port = 0;
    CHECK_EQUAL(model_create(&model_server), 0);
    CHECK_EQUAL(model_map(DEVICE, DEVICE + DEVICE_SIZE - 1), 0);
    CHECK_EQUAL(model_acquire(model_server, XENMEM_resource_ioreq_server_frame_ioreq(0), SLOTS_GFN),
                0);
    CHECK_EQUAL(model_enable(true), 0);
    model_wait(0);
    model_port = bind_port(0);
}

void model_begin(void)
{
    model_serve();
    /* It may have to tell yet how the last order went. */
    for (unsigned int i = 0; i < 3 && model_slot(0)->addr != DEVICE_ORDER; i++) {
        model_answer(0);
        model_wait(0);
    }
    CHECK_EQUAL(model_slot(0)->addr, DEVICE_ORDER);
}

void model_set_slot(unsigned int cpu, unsigned int state)
{
    __asm__ volatile("dmb ish" ::: "memory");
    model_slot(cpu)->state = state & 15;
    __asm__ volatile("dmb ish" ::: "memory");
}

void model_answer(uint64_t value)
{
    model_slot(0)->data = value;
    model_set_slot(0, STATE_IORESP_READY);
    CHECK_EQUAL(event_send(model_port), 0);
}

void model_expect(uint64_t address, unsigned int direction, unsigned int size)
{
    volatile struct ioreq *slot = model_slot(0);

    model_wait(0);
    CHECK_EQUAL(slot->addr, address);
    CHECK_EQUAL(slot->dir, direction);
    CHECK_EQUAL(slot->size, size);
    CHECK_EQUAL(slot->count, 1);
    CHECK_EQUAL(slot->type, IOREQ_TYPE_COPY);
    CHECK_EQUAL(slot->data_is_ptr, 0);
}

void model_order(enum puppet_order what, unsigned int size, uint64_t where, uint64_t operand)
{
    model_expect(DEVICE_ORDER, IOREQ_READ, 8);
    model_answer(what | size << 8 | where << 16);
    model_expect(DEVICE_OPERAND, IOREQ_READ, 8);
    model_answer(operand);
}

uint64_t model_result(uint64_t *fault)
{
    uint64_t value;

    model_expect(DEVICE_RESULT, IOREQ_WRITE, 8);
    value = model_slot(0)->data;
    model_answer(0);
    model_expect(DEVICE_FAULT, IOREQ_WRITE, 8);
    *fault = model_slot(0)->data;
    model_answer(0);
    return value;
}

uint64_t model_good_result(void)
{
    uint64_t fault, value = model_result(&fault);

    CHECK_EQUAL(fault, 0);
    return value;
}

void model_expect_abort(void)
{
    uint64_t fault;

    model_result(&fault);
    CHECK_EQUAL(fault >> 26, 0x25);
    CHECK_EQUAL(fault & STATUS, EXTERNAL);
}
