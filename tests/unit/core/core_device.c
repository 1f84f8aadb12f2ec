/* SPDX-License-Identifier: MIT */
/* What device models ask for through the hypercalls. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>
#include "device_domains.h"
#include <trefoil/access.h>
#include <trefoil/errno.h>
#include <trefoil/memory.h>

static void test_servers_are_few(void **state)
{
    ioservid_t id;

    (void)state;
    for (unsigned int i = 0; i < DEVICE_SERVERS; i++) {
        assert_int_equal(server_create(model, target, &id), 0);
        assert_int_equal(id, i);
    }
    assert_int_equal(server_create(model, target, &id), -ENOSPC);
    assert_int_equal(server_destroy(model, target, 3), 0);
    assert_int_equal(server_destroy(model, target, 3), -ENOENT);
    assert_int_equal(server_create(model, target, &id), 0);
    assert_int_equal(id, 3);
    assert_int_equal(server_destroy(model, target, DEVICE_SERVERS), -ENOENT);
    assert_int_equal(server_destroy(model, target, UINT16_MAX), -ENOENT);
}

static void test_create_arguments(void **state)
{
    struct xen_dm_op op = {.op = XEN_DMOP_create_ioreq_server};

    (void)state;
    device_be(model);
    op.u.create_ioreq_server.pad[1] = 1;
    assert_int_equal(dm_op(target, &op), -EINVAL);
    op.u.create_ioreq_server.pad[1] = 0;
    op.u.create_ioreq_server.handle_bufioreq = 3;
    assert_int_equal(dm_op(target, &op), -EINVAL);
    op.u.create_ioreq_server.handle_bufioreq = HVM_IOREQSRV_BUFIOREQ_ATOMIC;
    assert_int_equal(dm_op(target, &op), -EOPNOTSUPP);
    op.u.create_ioreq_server.handle_bufioreq = HVM_IOREQSRV_BUFIOREQ_OFF;
    op.pad = 1;
    assert_int_equal(dm_op(target, &op), -EINVAL);
}

static void test_buffers(void **state)
{
    struct xen_dm_op op = {.op = XEN_DMOP_nr_vcpus};

    (void)state;
    device_be(model);
    assert_int_equal(dm_op_sized(target, &op, sizeof(op), 0), -EFAULT);
    assert_int_equal(dm_op_sized(target, &op, sizeof(op), 3), -E2BIG);
    assert_int_equal(dm_op_sized(target, &op, 0, 1), -EFAULT);
    assert_int_equal(dm_op_sized(target, &op, 7, 1), -EFAULT);
    assert_int_equal(dm_op_sized(target, &op, 11, 1), -EFAULT);
    assert_int_equal(dm_op_sized(target, &op, 12, 2), 0);
    assert_int_equal(op.u.nr_vcpus.vcpus, 2);
    assert_int_equal(dm_op_sized(target, &op, UINT64_MAX, 1), 0);
    assert_int_equal(fake_call(__HYPERVISOR_dm_op, target->id, 1, 0), -EFAULT);
    assert_int_equal(
        fake_call(__HYPERVISOR_dm_op, target->id, UINT64_C(1) << 32 | 3, fake_address(0, 0)),
        -E2BIG);
}

static void test_operations_left_out(void **state)
{
    static const uint32_t numbers[] = {0,
                                       7,
                                       XEN_DMOP_modified_memory,
                                       XEN_DMOP_inject_msi,
                                       XEN_DMOP_remote_shutdown,
                                       21,
                                       31,
                                       32,
                                       UINT32_MAX};

    (void)state;
    device_be(model);
    for (unsigned int i = 0; i < ARRAY_SIZE(numbers); i++) {
        struct xen_dm_op op = {.op = numbers[i]};

        assert_int_equal(dm_op(target, &op), -EOPNOTSUPP);
    }
}

static void test_who_may(void **state)
{
    ioservid_t id;

    (void)state;
    assert_int_equal(server_create(stranger, target, &id), -EPERM);
    assert_int_equal(server_create(control, target, &id), -EPERM);
    assert_int_equal(server_create(target, target, &id), -EPERM);
    assert_int_equal(server_create(model, control, &id), -EPERM);
    assert_int_equal(server_create(model, model, &id), -EPERM);
    assert_true(policy_add_target(stranger, target->id));
    assert_int_equal(server_create(stranger, target, &id), 0);
    assert_int_equal(server_destroy(model, target, id), -EPERM);
    assert_int_equal(server_enable(id, true), -EPERM);
    assert_int_equal(server_map(id, DEVICE, DEVICE + 0xfff), -EPERM);
    assert_int_equal(server_destroy(stranger, target, id), 0);
}

static void test_info(void **state)
{
    struct xen_dm_op op = {.op = XEN_DMOP_get_ioreq_server_info};
    ioservid_t id;

    (void)state;
    device_be(model);
    op.u.get_ioreq_server_info.flags = XEN_DMOP_no_gfns;
    assert_int_equal(dm_op(target, &op), -ENOENT);
    assert_int_equal(server_create(model, target, &id), 0);
    assert_int_equal(dm_op(target, &op), 0);
    op.u.get_ioreq_server_info.flags = 2;
    assert_int_equal(dm_op(target, &op), -EINVAL);
    op.u.get_ioreq_server_info.flags = 0;
    assert_int_equal(dm_op(target, &op), -EOPNOTSUPP);
}

static void test_range_arguments(void **state)
{
    ioservid_t id;

    (void)state;
    assert_int_equal(server_map(0, DEVICE, DEVICE + 0xfff), -ENOENT);
    assert_int_equal(server_create(model, target, &id), 0);
    assert_int_equal(server_map(id, DEVICE + 1, DEVICE), -EINVAL);
    assert_int_equal(
        server_range(XEN_DMOP_map_io_range_to_ioreq_server, id, XEN_DMOP_IO_RANGE_PORT, 0, 7),
        -EINVAL);
    assert_int_equal(
        server_range(XEN_DMOP_map_io_range_to_ioreq_server, id, XEN_DMOP_IO_RANGE_PCI, 0, 7),
        -EINVAL);
    assert_int_equal(server_map(id, DEVICE, DEVICE + 0xfff), 0);
    assert_int_equal(server_map(id, DEVICE + 0xfff, DEVICE + 0x1000), -EEXIST);
    assert_int_equal(server_map(id, 0, UINT64_MAX), -EEXIST);
    assert_int_equal(server_map(id, DEVICE + 0x1000, UINT64_MAX), 0);
    assert_int_equal(server_unmap(id, DEVICE + 0x800, DEVICE + 0x1000), -ENOENT);
    assert_int_equal(server_unmap(id, 0, 0), -ENOENT);
    /* In the middle, at both ends, all. */
    assert_int_equal(server_unmap(id, DEVICE + 0x400, DEVICE + 0x7ff), 0);
    assert_int_equal(server_unmap(id, DEVICE + 0x400, DEVICE + 0x400), -ENOENT);
    assert_int_equal(server_unmap(id, DEVICE, DEVICE + 0xff), 0);
    assert_int_equal(server_unmap(id, DEVICE + 0x300, DEVICE + 0x3ff), 0);
    assert_int_equal(server_unmap(id, DEVICE + 0x100, DEVICE + 0x2ff), 0);
    assert_int_equal(server_unmap(id, DEVICE + 0x100, DEVICE + 0x2ff), -ENOENT);
    assert_int_equal(server_unmap(id, DEVICE + 0x800, DEVICE + 0xfff), 0);
    assert_int_equal(server_unmap(id, DEVICE + 0x1000, UINT64_MAX), 0);
}

static void test_ranges_are_few(void **state)
{
    unsigned int count = 0;
    ioservid_t id;

    (void)state;
    assert_int_equal(server_create(model, target, &id), 0);
    while (server_map(id, DEVICE + count * 0x1000, DEVICE + count * 0x1000 + 0xfff) == 0)
        count++;
    assert_int_equal(count, 64);
    assert_int_equal(server_map(id, 0, 1), -ENOSPC);
    assert_int_equal(server_unmap(id, DEVICE + 1, DEVICE + 2), -ENOSPC);
    assert_int_equal(server_unmap(id, DEVICE, DEVICE + 0xfff), 0);
    assert_int_equal(server_map(id, 0, 1), 0);
}

static void test_lines(void **state)
{
    struct xen_dm_op op = {.op = XEN_DMOP_set_irq_level, .u.set_irq_level = {40, 1, {0}}};

    (void)state;
    device_be(model);
    assert_int_equal(dm_op(target, &op), 0);
    assert_int_equal(target->arch.lines, UINT64_C(1) << 40);
    op.u.set_irq_level.level = 0;
    assert_int_equal(dm_op(target, &op), 0);
    assert_int_equal(target->arch.lines, 0);
    op.u.set_irq_level.irq = 5000;
    assert_int_equal(dm_op(target, &op), -EINVAL);
    op.u.set_irq_level = (struct xen_dm_op_set_irq_level){40, 1, {0, 0, 1}};
    assert_int_equal(dm_op(target, &op), -EINVAL);
}

static void test_acquire_arguments(void **state)
{
    struct xen_mem_acquire_resource op = {.domid = target->id, .nr_frames = 1, .frame = 1};
    const uint64_t gfns[] = {SLOTS_GFN, OTHER_GFN};
    ioservid_t id;

    (void)state;
    assert_int_equal(device_acquire(model, op, gfns, 1), -ENOENT);
    assert_int_equal(server_create(model, target, &id), 0);
    op.frame = 0;
    assert_int_equal(device_acquire(model, op, gfns, 1), -ENOENT);
    op.frame = 2;
    assert_int_equal(device_acquire(model, op, gfns, 1), -EINVAL);
    op.frame = UINT64_MAX;
    assert_int_equal(device_acquire(model, op, gfns, 1), -EINVAL);
    op.frame = 1;
    op.nr_frames = UINT32_MAX;
    assert_int_equal(device_acquire(model, op, gfns, 1), -EINVAL);
    op.nr_frames = 1;
    op.id = UINT32_MAX;
    assert_int_equal(device_acquire(model, op, gfns, 1), -EINVAL);
    op.id = id;
    op.pad = 1;
    assert_int_equal(device_acquire(model, op, gfns, 1), -EINVAL);
    op.pad = 0;
    op.type = XENMEM_resource_vmtrace_buf;
    assert_int_equal(device_acquire(model, op, gfns, 1), -EINVAL);
    op.type = XENMEM_resource_ioreq_server;
    op.domid = model->id;
    assert_int_equal(device_acquire(model, op, gfns, 1), -EPERM);
    op.domid = target->id;
    assert_int_equal(device_acquire(stranger, op, gfns, 1), -EPERM);
    assert_int_equal(device_acquire(model, op, NULL, 0), -EINVAL);
    op.nr_frames = 0;
    assert_int_equal(device_acquire(model, op, gfns, 1), 0);
    assert_int_equal(device_acquire(model, op, NULL, 0), 0);
}

static void test_acquire_says_how_many(void **state)
{
    struct xen_mem_acquire_resource op = {.domid = target->id};

    (void)state;
    device_be(model);
    assert_int_equal(
        fake_call_with(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &op, sizeof(op)), 0);
    assert_int_equal(op.nr_frames, 2);
    device_be(control);
    op =
        (struct xen_mem_acquire_resource){.domid = target->id, .type = XENMEM_resource_grant_table};
    assert_int_equal(
        fake_call_with(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &op, sizeof(op)), 0);
    assert_int_equal(op.nr_frames, 64);
    op.nr_frames = 0;
    op.id = XENMEM_resource_grant_table_id_status;
    assert_int_equal(
        fake_call_with(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &op, sizeof(op)), -EINVAL);
}

/* The page stays where it is mapped; and many more than there is room for come and go. */
static void test_slots_outlive_their_server(void **state)
{
    ioservid_t id;

    (void)state;
    for (unsigned int i = 0; i < 300; i++) {
        assert_int_equal(server_create(model, target, &id), 0);
        assert_int_equal(device_acquire_slots(model, id, SLOTS_GFN), 0);
        assert_int_equal(device_acquire_slots(model, id, OTHER_GFN), 0);
        device_slot(SLOTS_GFN, 1)->data = 77;
        assert_int_equal(server_destroy(model, target, id), 0);
        assert_int_equal(device_slot(OTHER_GFN, 1)->data, 77);
        assert_int_equal(device_let_go(model, SLOTS_GFN), 0);
        assert_int_equal(device_slot(OTHER_GFN, 1)->data, 77);
        assert_int_equal(device_let_go(model, OTHER_GFN), 0);
    }
}

/* It makes room for what comes to the same place. */
static void test_slots_replaced(void **state)
{
    ioservid_t first, second;

    (void)state;
    assert_int_equal(server_create(model, target, &first), 0);
    assert_int_equal(server_create(model, target, &second), 0);
    for (unsigned int i = 0; i < 300; i++) {
        assert_int_equal(device_acquire_slots(model, first, FAKE_RAM + 7), 0);
        assert_int_equal(device_acquire_slots(model, second, FAKE_RAM + 7), 0);
    }
    assert_int_equal(server_destroy(model, target, first), 0);
    assert_int_equal(server_destroy(model, target, second), 0);
}

static void test_model_ends_with_slots_mapped(void **state)
{
    ioservid_t id;

    (void)state;
    assert_int_equal(server_create(model, target, &id), 0);
    assert_int_equal(device_acquire_slots(model, id, SLOTS_GFN), 0);
    device_end(&model);
    assert_null(target->servers[id]);
}

static void test_target_ends_with_slots_mapped(void **state)
{
    ioservid_t id;

    (void)state;
    assert_int_equal(server_create(model, target, &id), 0);
    assert_int_equal(device_acquire_slots(model, id, SLOTS_GFN), 0);
    device_slot(SLOTS_GFN, 0)->data = 5;
    device_end(&target);
    assert_null(model->serving);
    assert_int_equal(device_slot(SLOTS_GFN, 0)->data, 5);
}

static void test_grant_frames(void **state)
{
    struct xen_mem_acquire_resource op = {
        .domid = target->id, .type = XENMEM_resource_grant_table, .nr_frames = 2};
    const uint64_t gfns[] = {SLOTS_GFN, OTHER_GFN};
    domid_t id = target->id;

    (void)state;
    assert_int_equal(device_acquire(model, op, gfns, 2), -EPERM);
    assert_int_equal(device_acquire(control, op, gfns, 2), 0);
    op.frame = 63;
    assert_int_equal(device_acquire(control, op, gfns, 2), -EINVAL);
    /* The target's end is not over before both are let go. */
    device_end(&target);
    assert_int_equal(physmap_foreign_of(control, id), 2);
    memset(fake_ram(control, (uint64_t)SLOTS_GFN << PAGE_SHIFT), 1, PAGE_SIZE);
    assert_int_equal(device_let_go(control, SLOTS_GFN), 0);
    assert_int_equal(physmap_foreign_of(control, id), 1);
    target = domain_get(id);
    assert_non_null(target);
    domain_put(target);
    assert_int_equal(device_let_go(control, OTHER_GFN), 0);
    assert_null(domain_get(id));
    target = NULL;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, device_start, device_stop)
    const struct CMUnitTest tests[] = {
        TEST(test_servers_are_few),
        TEST(test_create_arguments),
        TEST(test_buffers),
        TEST(test_operations_left_out),
        TEST(test_who_may),
        TEST(test_info),
        TEST(test_range_arguments),
        TEST(test_ranges_are_few),
        TEST(test_lines),
        TEST(test_acquire_arguments),
        TEST(test_acquire_says_how_many),
        TEST(test_slots_outlive_their_server),
        TEST(test_slots_replaced),
        TEST(test_model_ends_with_slots_mapped),
        TEST(test_target_ends_with_slots_mapped),
        TEST(test_grant_frames),
    };

    fake_start();
    return cmocka_run_group_tests_name("core_device", tests, NULL, NULL);
}
