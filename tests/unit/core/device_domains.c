/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>
#include "device_domains.h"
#include <trefoil/access.h>
#include <trefoil/errno.h>
#include <trefoil/memory.h>
#include <xen/bootfdt.h>

struct domain *control, *target, *model, *stranger;
static uint64_t free_before;

int device_start(void **state)
{
    (void)state;
    fake_be(0, NULL);
    /* What is made once stays: the table of domains. */
    fake_destroy(fake_domain(1, "first", 0, 1, 1));
    free_before = memory_free_pages();
    control = fake_domain(1, "control", DOMAIN_CAPS_CONTROL, 1, 16);
    target = fake_domain(2, "target", 0, 2, 16);
    model = fake_domain(3, "model", DOMAIN_CAPS_DEVICE_MODEL, 1, 16);
    stranger = fake_domain(4, "stranger", DOMAIN_CAPS_DEVICE_MODEL, 1, 16);
    assert_true(policy_add_target(model, target->id));
    for (unsigned int i = 0; i < target->max_vcpus; i++)
        target->vcpus[i]->pcpu = &fake_pcpus[1];
    return 0;
}

void device_end(struct domain **domain)
{
    if (*domain)
        fake_destroy(*domain);
    *domain = NULL;
}

/* Whatever a test left: nothing is missing when all are gone. */
int device_stop(void **state)
{
    (void)state;
    device_end(&stranger);
    device_end(&model);
    device_end(&target);
    device_end(&control);
    assert_int_equal(memory_free_pages(), free_before);
    return 0;
}

void device_be(struct domain *domain)
{
    fake_be(0, domain->vcpus[0]);
}

/* ---- dm_op ---- */

/* As the caller passes it: the operation in the second half of page 0, the list of buffers before
 * it. */
int64_t dm_op_sized(struct domain *on, struct xen_dm_op *op, uint64_t size, unsigned int count)
{
    struct domain *caller = current_vcpu()->domain;
    uint64_t at = fake_address(0, 2048);
    struct xen_dm_op_buf buffers[2] = {{.h.q = at, .size = size}, {.h.q = at, .size = size}};
    int64_t result;

    memcpy(fake_ram(caller, fake_address(0, 0)), buffers, sizeof(buffers));
    memcpy(fake_ram(caller, at), op, sizeof(*op));
    result = fake_call(__HYPERVISOR_dm_op, on->id, count, fake_address(0, 0));
    memcpy(op, fake_ram(caller, at), sizeof(*op));
    return result;
}

int64_t dm_op(struct domain *on, struct xen_dm_op *op)
{
    return dm_op_sized(on, op, sizeof(*op), 1);
}

int64_t server_create(struct domain *by, struct domain *on, ioservid_t *id)
{
    struct xen_dm_op op = {.op = XEN_DMOP_create_ioreq_server};
    int64_t result;

    device_be(by);
    result = dm_op(on, &op);
    *id = op.u.create_ioreq_server.id;
    return result;
}

int64_t server_destroy(struct domain *by, struct domain *on, ioservid_t id)
{
    struct xen_dm_op op = {.op = XEN_DMOP_destroy_ioreq_server, .u.destroy_ioreq_server.id = id};

    device_be(by);
    return dm_op(on, &op);
}

int64_t server_range(uint32_t command, ioservid_t id, uint32_t type, uint64_t first, uint64_t last)
{
    struct xen_dm_op op = {
        .op = command,
        .u.map_io_range_to_ioreq_server = {.id = id, .type = type, .start = first, .end = last}};

    device_be(model);
    return dm_op(target, &op);
}

int64_t server_map(ioservid_t id, uint64_t first, uint64_t last)
{
    return server_range(XEN_DMOP_map_io_range_to_ioreq_server, id, XEN_DMOP_IO_RANGE_MEMORY, first,
                        last);
}

int64_t server_unmap(ioservid_t id, uint64_t first, uint64_t last)
{
    return server_range(XEN_DMOP_unmap_io_range_from_ioreq_server, id, XEN_DMOP_IO_RANGE_MEMORY,
                        first, last);
}

int64_t server_enable(ioservid_t id, bool enabled)
{
    struct xen_dm_op op = {.op = XEN_DMOP_set_ioreq_server_state,
                           .u.set_ioreq_server_state = {.id = id, .enabled = enabled}};

    device_be(model);
    return dm_op(target, &op);
}

int64_t device_acquire(struct domain *by, struct xen_mem_acquire_resource op, const uint64_t *gfns,
                       unsigned int count)
{
    uint64_t list = fake_address(0, 1024);

    device_be(by);
    if (gfns) {
        memcpy(fake_ram(by, list), gfns, count * sizeof(*gfns));
        op.frame_list.q = list;
    }
    return fake_call_with(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &op, sizeof(op));
}

int64_t device_acquire_slots(struct domain *by, ioservid_t id, uint64_t gfn)
{
    struct xen_mem_acquire_resource op = {
        .domid = target->id,
        .type = XENMEM_resource_ioreq_server,
        .id = id,
        .nr_frames = 1,
        .frame = XENMEM_resource_ioreq_server_frame_ioreq(0),
    };

    return device_acquire(by, op, &gfn, 1);
}

int64_t device_let_go(struct domain *by, uint64_t gfn)
{
    struct xen_remove_from_physmap op = {.domid = DOMID_SELF, .gpfn = gfn};

    device_be(by);
    return fake_call_with(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap, &op, sizeof(op));
}

struct ioreq *device_slot(uint64_t gfn, unsigned int vcpu)
{
    struct ioreq *slots = fake_ram(model, gfn << PAGE_SHIFT);

    assert_non_null(slots);
    return &slots[vcpu];
}
