/* SPDX-License-Identifier: MIT */
/* A device model, beside its target (puppet.c): what it asks the hypervisor for. */
#include "../model.h"
#include <xen/memory.h>

void test_model_buffers(void)
{
    struct xen_dm_op op = {.op = XEN_DMOP_nr_vcpus};
    struct xen_dm_op_buf buffers[2] = {{.h.q = (uint64_t)&op, .size = sizeof(op)}};

    CHECK_EQUAL(call(__HYPERVISOR_dm_op, puppet_domid(), 0, buffers), -XEN_EFAULT);
    CHECK_EQUAL(call(__HYPERVISOR_dm_op, puppet_domid(), 3, buffers), -XEN_E2BIG);
    CHECK_EQUAL(call(__HYPERVISOR_dm_op, puppet_domid(), 1, HOLE_GFN << 12), -XEN_EFAULT);
    buffers[0].size = 11;
    CHECK_EQUAL(call(__HYPERVISOR_dm_op, puppet_domid(), 1, buffers), -XEN_EFAULT);
    buffers[0].size = 12;
    CHECK_EQUAL(call(__HYPERVISOR_dm_op, puppet_domid(), 1, buffers), 0);
    CHECK_EQUAL(op.u.nr_vcpus.vcpus, 2);
    buffers[0].h.q = HOLE_GFN << 12;
    CHECK_EQUAL(call(__HYPERVISOR_dm_op, puppet_domid(), 1, buffers), -XEN_EFAULT);
}

void test_model_operations(void)
{
    for (uint32_t number = 0; number < 64; number++) {
        bool there =
            (number >= XEN_DMOP_create_ioreq_server && number <= XEN_DMOP_destroy_ioreq_server) ||
            number == XEN_DMOP_set_irq_level || number == XEN_DMOP_nr_vcpus;

        if (!there)
            CHECK_EQUAL(model_ask((struct xen_dm_op){.op = number}), -XEN_EOPNOTSUPP);
    }
    CHECK_EQUAL(model_ask((struct xen_dm_op){.op = XEN_DMOP_nr_vcpus, .pad = 1}), -XEN_EINVAL);
}

void test_model_of_nobody(void)
{
    struct xen_dm_op op = {.op = XEN_DMOP_nr_vcpus};

    CHECK_EQUAL(model_ask_about(DOMID_SELF, &op), -XEN_EPERM);
    CHECK_EQUAL(model_ask_about(own_domid(), &op), -XEN_EPERM);
    CHECK_EQUAL(model_ask_about(77, &op), option("dummy") ? -XEN_ESRCH : -XEN_EPERM);
}

void test_model_server(void)
{
    struct xen_dm_op op = {.op = XEN_DMOP_create_ioreq_server};
    struct xen_dm_op info = {.op = XEN_DMOP_get_ioreq_server_info};

    op.u.create_ioreq_server.handle_bufioreq = 3;
    CHECK_EQUAL(model_ask(op), -XEN_EINVAL);
    op.u.create_ioreq_server.handle_bufioreq = HVM_IOREQSRV_BUFIOREQ_LEGACY;
    CHECK_EQUAL(model_ask(op), -XEN_EOPNOTSUPP);
    op.u.create_ioreq_server = (xen_dm_op_create_ioreq_server_t){.pad = {0, 0, 1}};
    CHECK_EQUAL(model_ask(op), -XEN_EINVAL);
    model_begin();
    info.u.get_ioreq_server_info.id = model_server;
    CHECK_EQUAL(model_ask(info), -XEN_EOPNOTSUPP);
    info.u.get_ioreq_server_info.flags = XEN_DMOP_no_gfns;
    CHECK_EQUAL(model_ask(info), 0);
    info.u.get_ioreq_server_info.flags = 4;
    CHECK_EQUAL(model_ask(info), -XEN_EINVAL);
    CHECK_EQUAL(model_destroy(model_server), 0);
    CHECK_EQUAL(model_destroy(model_server), -XEN_ENOENT);
    info.u.get_ioreq_server_info.flags = XEN_DMOP_no_gfns;
    CHECK_EQUAL(model_ask(info), -XEN_ENOENT);
    CHECK_EQUAL(model_enable(true), -XEN_ENOENT);
    CHECK_EQUAL(model_map(DEVICE, DEVICE), -XEN_ENOENT);
}

void test_model_ranges(void)
{
    model_begin();
    CHECK_EQUAL(model_map(1, 0), -XEN_EINVAL);
    CHECK_EQUAL(model_range(XEN_DMOP_map_io_range_to_ioreq_server, XEN_DMOP_IO_RANGE_PORT, 0, 7),
                -XEN_EINVAL);
    CHECK_EQUAL(model_range(XEN_DMOP_map_io_range_to_ioreq_server, XEN_DMOP_IO_RANGE_PCI, 0, 7),
                -XEN_EINVAL);
    CHECK_EQUAL(model_range(XEN_DMOP_unmap_io_range_from_ioreq_server, 3, 0, 7), -XEN_EINVAL);
    CHECK_EQUAL(model_map(DEVICE + DEVICE_SIZE - 1, DEVICE + DEVICE_SIZE), -XEN_EEXIST);
    CHECK_EQUAL(model_unmap(DEVICE, DEVICE + DEVICE_SIZE), -XEN_ENOENT);
    CHECK_EQUAL(model_unmap(DEVICE + 0x1000, DEVICE + 0x1fff), 0);
    model_order(PUPPET_READ, 4, 0x1000, 0);
    model_expect_abort();
    model_order(PUPPET_READ, 4, 0xffe, 0);
    model_expect_abort();
    CHECK_EQUAL(model_map(DEVICE + 0x1000, DEVICE + 0x1003), 0);
    model_order(PUPPET_READ, 4, 0x1000, 0);
    model_expect(DEVICE + 0x1000, IOREQ_READ, 4);
    model_answer(1);
    CHECK_EQUAL(model_good_result(), 1);
}

void test_model_pages(void)
{
    struct xen_mem_acquire_resource op = {.domid = puppet_domid(),
                                          .type = XENMEM_resource_ioreq_server};

    model_begin();
    CHECK_EQUAL(memory_op(XENMEM_acquire_resource, &op), 0);
    CHECK_EQUAL(op.nr_frames, 2);
    CHECK_EQUAL(
        model_acquire(model_server, XENMEM_resource_ioreq_server_frame_bufioreq, HOLE_GFN + 1),
        -XEN_ENOENT);
    CHECK_EQUAL(model_acquire(model_server, 2, HOLE_GFN + 1), -XEN_EINVAL);
    CHECK_EQUAL(model_acquire(model_server + 1U, 1, HOLE_GFN + 1), -XEN_ENOENT);
    CHECK_EQUAL(model_acquire(0x10000, 1, HOLE_GFN + 1), -XEN_EINVAL);
    op = (struct xen_mem_acquire_resource){.domid = DOMID_SELF};
    CHECK_EQUAL(memory_op(XENMEM_acquire_resource, &op), -XEN_EPERM);
    /* At two places it is the same page, and it stays at one when the server is gone. */
    CHECK_EQUAL(model_acquire(model_server, 1, HOLE_GFN + 1), 0);
    CHECK_EQUAL(((volatile struct ioreq *)((HOLE_GFN + 1) << 12))->addr, DEVICE_ORDER);
    CHECK_EQUAL(physmap_remove(SLOTS_GFN), 0);
    CHECK_ABORT((void)*(volatile uint64_t *)(SLOTS_GFN << 12));
    CHECK_EQUAL(model_destroy(model_server), 0);
    CHECK_EQUAL(((volatile struct ioreq *)((HOLE_GFN + 1) << 12))->addr, DEVICE_ORDER);
    CHECK_EQUAL(physmap_remove(HOLE_GFN + 1), 0);
}

void test_model_grant_table(void)
{
    uint64_t gfn = HOLE_GFN + 1;
    struct xen_mem_acquire_resource op = {
        .domid = puppet_domid(),
        .type = XENMEM_resource_grant_table,
        .nr_frames = 1,
        .frame_list.q = (uint64_t)&gfn,
    };

    if (!option("dummy")) {
        CHECK_EQUAL(memory_op(XENMEM_acquire_resource, &op), -XEN_EPERM);
        return;
    }
    CHECK_EQUAL(memory_op(XENMEM_acquire_resource, &op), 0);
    CHECK_EQUAL(*(volatile uint64_t *)(gfn << 12), 0);
    op.id = XENMEM_resource_grant_table_id_status;
    CHECK_EQUAL(memory_op(XENMEM_acquire_resource, &op), -XEN_EINVAL);
    CHECK_EQUAL(physmap_remove(gfn), 0);
}
