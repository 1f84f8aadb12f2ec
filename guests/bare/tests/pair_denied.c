/* SPDX-License-Identifier: MIT */
/* What a domain may not do to another, though they may communicate. */
#include "../agent.h"
#include <xen/grant_table.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>
#include <xen/sched.h>

#define ADDRESS (HOLE_GFN << 12)

/* The peer's memory without its grant, its figures and parameters, its life. */
void test_pair_denied(void)
{
    uint64_t index = mailbox->spare_page >> 12, gfn = HOLE_GFN;
    int error = 0;
    struct xen_add_to_physmap_batch batch = {.domid = DOMID_SELF,
                                             .space = XENMAPSPACE_gmfn_foreign,
                                             .size = 1,
                                             .u.foreign_domid = agent_domid(),
                                             .idxs.q = (uint64_t)&index,
                                             .gpfns.q = (uint64_t)&gfn,
                                             .errs.q = (uint64_t)&error};
    struct xen_add_to_physmap add = {.domid = agent_domid(), .gpfn = HOLE_GFN};
    struct xen_memory_domain figure = {.domid = agent_domid()};
    struct xen_hvm_param param = {.domid = agent_domid(), .index = HVM_PARAM_STORE_PFN};
    struct sched_remote_shutdown end = {.domain_id = agent_domid(), .reason = SHUTDOWN_crash};
    struct gnttab_query_size size = {.dom = agent_domid()};

    CHECK(memory_op(XENMEM_add_to_physmap_batch, &batch) < 0 || error < 0);
    CHECK_ABORT((void)*(volatile uint64_t *)ADDRESS);
    CHECK_EQUAL(memory_op(XENMEM_add_to_physmap, &add), -XEN_EPERM);
    CHECK_EQUAL(memory_op(XENMEM_current_reservation, &figure), -XEN_EPERM);
    CHECK_EQUAL(call(__HYPERVISOR_hvm_op, HVMOP_get_param, &param), -XEN_EPERM);
    CHECK_EQUAL(call(__HYPERVISOR_hvm_op, HVMOP_set_param, &param), -XEN_EPERM);
    CHECK_EQUAL(call(__HYPERVISOR_sched_op, SCHEDOP_remote_shutdown, &end), -XEN_EPERM);
    CHECK_EQUAL(call(__HYPERVISOR_grant_table_op, GNTTABOP_query_size, &size, 1), 0);
    CHECK_EQUAL(size.status, GNTST_permission_denied);
    CHECK_EQUAL(agent_call(__HYPERVISOR_xen_version, 7, 0, 0, 0), PAGE);
}
