/* SPDX-License-Identifier: MIT */
/* What device models do. Nobody has a server of that number. */
#include "calls.h"
#include <xen/hvm/dm_op.h>
#include <xen/memory.h>

#define NO_SERVER 7
#define NO_LINE   5000
#define SOMEWHERE 0x2000000

static int64_t dm_op(domid_t target, struct xen_dm_op *op)
{
    struct xen_dm_op_buf buffer = {.h.q = (uint64_t)op, .size = sizeof(*op)};

    return hypercall(__HYPERVISOR_dm_op, target, 1, (uint64_t)&buffer, 0);
}

static int64_t destroy(domid_t target, ioservid_t id)
{
    struct xen_dm_op op = {.op = XEN_DMOP_destroy_ioreq_server, .u.destroy_ioreq_server.id = id};

    return dm_op(target, &op);
}

int64_t call_dm_create(domid_t target)
{
    struct xen_dm_op op = {.op = XEN_DMOP_create_ioreq_server};
    int64_t result = dm_op(target, &op);

    return result == 0 ? destroy(target, op.u.create_ioreq_server.id) : result;
}

int64_t call_dm_destroy(domid_t target)
{
    return destroy(target, NO_SERVER);
}

int64_t call_dm_info(domid_t target)
{
    struct xen_dm_op op = {.op = XEN_DMOP_get_ioreq_server_info,
                           .u.get_ioreq_server_info = {.id = NO_SERVER, .flags = XEN_DMOP_no_gfns}};

    return dm_op(target, &op);
}

static int64_t range(domid_t target, uint32_t command)
{
    struct xen_dm_op op = {.op = command,
                           .u.map_io_range_to_ioreq_server = {.id = NO_SERVER,
                                                              .type = XEN_DMOP_IO_RANGE_MEMORY,
                                                              .start = SOMEWHERE,
                                                              .end = SOMEWHERE + 0xfff}};

    return dm_op(target, &op);
}

int64_t call_dm_map_range(domid_t target)
{
    return range(target, XEN_DMOP_map_io_range_to_ioreq_server);
}

int64_t call_dm_unmap_range(domid_t target)
{
    return range(target, XEN_DMOP_unmap_io_range_from_ioreq_server);
}

int64_t call_dm_set_state(domid_t target)
{
    struct xen_dm_op op = {.op = XEN_DMOP_set_ioreq_server_state,
                           .u.set_ioreq_server_state = {.id = NO_SERVER, .enabled = 1}};

    return dm_op(target, &op);
}

int64_t call_dm_set_line(domid_t target)
{
    struct xen_dm_op op = {.op = XEN_DMOP_set_irq_level, .u.set_irq_level.irq = NO_LINE};

    return dm_op(target, &op);
}

int64_t call_dm_nr_vcpus(domid_t target)
{
    struct xen_dm_op op = {.op = XEN_DMOP_nr_vcpus};

    return dm_op(target, &op);
}

/* How many frames there are. */
static int64_t acquire(domid_t target, uint16_t type)
{
    struct xen_mem_acquire_resource op = {.domid = target, .type = type};

    return hypercall(__HYPERVISOR_memory_op, XENMEM_acquire_resource, (uint64_t)&op, 0, 0);
}

int64_t call_acquire_slots(domid_t target)
{
    return acquire(target, XENMEM_resource_ioreq_server);
}

int64_t call_acquire_grants(domid_t target)
{
    return acquire(target, XENMEM_resource_grant_table);
}
