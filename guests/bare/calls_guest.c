/* SPDX-License-Identifier: MIT */
/* Event channels, grants, memory and parameters. */
#include "calls.h"
#include <xen/arch-arm.h>
#include <xen/errno.h>
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>
#include <xen/sched.h>

static uint64_t copied_page[4096 / sizeof(uint64_t)] __attribute__((aligned(4096)));

static int64_t event(uint32_t command, void *argument)
{
    return hypercall(__HYPERVISOR_event_channel_op, command, (uint64_t)argument, 0, 0);
}

int64_t call_alloc_unbound(domid_t target)
{
    struct evtchn_alloc_unbound op = {.dom = DOMID_SELF, .remote_dom = target};

    return event(EVTCHNOP_alloc_unbound, &op);
}

/* A port of the target for app. */
int64_t call_join_to_app(domid_t target)
{
    struct evtchn_alloc_unbound op = {.dom = target, .remote_dom = APP};

    return event(EVTCHNOP_alloc_unbound, &op);
}

static int64_t use_channel(evtchn_port_t port)
{
    struct evtchn_send send = {.port = port};
    struct evtchn_close close = {.port = port};
    int64_t result = event(EVTCHNOP_send, &send);

    return result == 0 ? event(EVTCHNOP_close, &close) : result;
}

/* Takes up an offer, whichever port it is, sends an event and lets go. EINVAL: there was none. */
int64_t call_bind_interdomain(domid_t target)
{
    int64_t result = -XEN_EINVAL;

    for (evtchn_port_t port = 1; port < PORTS && result == -XEN_EINVAL; port++) {
        struct evtchn_bind_interdomain op = {.remote_dom = target, .remote_port = port};

        result = event(EVTCHNOP_bind_interdomain, &op);
        if (result == 0)
            result = use_channel(op.local_port);
    }
    return result;
}

int64_t call_evtchn_status(domid_t target)
{
    struct evtchn_status op = {.dom = target, .port = 1};

    return event(EVTCHNOP_status, &op);
}

int64_t call_evtchn_reset(domid_t target)
{
    struct evtchn_reset op = {.dom = target};

    return event(EVTCHNOP_reset, &op);
}

static int64_t bind_virq(uint32_t virq)
{
    struct evtchn_bind_virq op = {.virq = virq};
    int64_t result = event(EVTCHNOP_bind_virq, &op);
    struct evtchn_close close = {.port = op.port};

    return result == 0 ? event(EVTCHNOP_close, &close) : result;
}

#define VIRQ(name, virq)                                                                           \
    int64_t call_bind_virq_##name(domid_t target)                                                  \
    {                                                                                              \
        (void)target;                                                                              \
        return bind_virq(virq);                                                                    \
    }
VIRQ(timer, VIRQ_TIMER)
VIRQ(con_ring, VIRQ_CON_RING)
VIRQ(events, VIRQ_TREFOIL_EVENTS)
VIRQ(dom_exc, VIRQ_DOM_EXC)
VIRQ(console, VIRQ_CONSOLE)

int64_t call_bind_pirq(domid_t target)
{
    struct evtchn_bind_pirq op = {.pirq = 40};

    (void)target;
    return event(EVTCHNOP_bind_pirq, &op);
}

static int64_t error_of_status(int16_t status)
{
    switch (status) {
    case GNTST_okay: return 0;
    case GNTST_permission_denied: return -XEN_EPERM;
    case GNTST_bad_domain: return -XEN_ESRCH;
    default: return -XEN_EINVAL;
    }
}

static int64_t grant(uint32_t command, void *argument, const int16_t *status)
{
    int64_t result = hypercall(__HYPERVISOR_grant_table_op, command, (uint64_t)argument, 1, 0);

    return result == 0 ? error_of_status(*status) : result;
}

/* The page must be the one that was granted. */
int64_t call_grant_map(domid_t target)
{
    struct gnttab_map_grant_ref map = {
        .host_addr = scratch_gfn(SCRATCH_MAP) << 12,
        .flags = GNTMAP_host_map,
        .ref = GRANT_FOR(self),
        .dom = target,
    };
    int64_t result = grant(GNTTABOP_map_grant_ref, &map, &map.status);
    struct gnttab_unmap_grant_ref unmap = {.host_addr = map.host_addr, .handle = map.handle};
    bool right;

    if (result != 0)
        return result;
    right = *(volatile uint64_t *)map.host_addr == MARK(target);
    result = grant(GNTTABOP_unmap_grant_ref, &unmap, &unmap.status);
    return result == 0 && !right ? -XEN_EFAULT : result;
}

int64_t call_grant_map_again(domid_t target)
{
    return call_grant_map(target);
}

int64_t call_grant_copy(domid_t target)
{
    struct gnttab_copy copy = {
        .source = {.u.ref = GRANT_FOR(self), .domid = target},
        .dest = {.u.gmfn = (uint64_t)copied_page >> 12, .domid = DOMID_SELF},
        .len = sizeof(uint64_t),
        .flags = GNTCOPY_source_gref,
    };
    int64_t result;

    copied_page[0] = 0;
    result = grant(GNTTABOP_copy, &copy, &copy.status);
    return result == 0 && copied_page[0] != MARK(target) ? -XEN_EFAULT : result;
}

int64_t call_grant_transfer(domid_t target)
{
    uint64_t none[4] = {0};

    (void)target;
    return hypercall(__HYPERVISOR_grant_table_op, GNTTABOP_transfer, (uint64_t)none, 1, 0);
}

int64_t call_query_size(domid_t target)
{
    struct gnttab_query_size op = {.dom = target};

    return grant(GNTTABOP_query_size, &op, &op.status);
}

int64_t call_setup_table(domid_t target)
{
    struct gnttab_setup_table op = {.dom = target};

    return grant(GNTTABOP_setup_table, &op, &op.status);
}

int64_t call_grant_version(domid_t target)
{
    const int16_t none = GNTST_okay;
    struct gnttab_get_version op = {.dom = target};

    return grant(GNTTABOP_get_version, &op, &none);
}

static int64_t memory(uint32_t command, void *argument)
{
    return hypercall(__HYPERVISOR_memory_op, command, (uint64_t)argument, 0, 0);
}

static int64_t figure(uint32_t command, domid_t target)
{
    struct xen_memory_domain op = {.domid = target};
    int64_t result = memory(command, &op);

    return result > 0 ? 0 : result;
}

static int64_t reserve(uint32_t command, domid_t target)
{
    struct xen_memory_reservation op = {.domid = target};

    return memory(command, &op);
}

#define FIGURE(name)                                                                               \
    int64_t call_##name(domid_t target)                                                            \
    {                                                                                              \
        return figure(XENMEM_##name, target);                                                      \
    }
#define RESERVE(name)                                                                              \
    int64_t call_##name(domid_t target)                                                            \
    {                                                                                              \
        return reserve(XENMEM_##name, target);                                                     \
    }
FIGURE(current_reservation)
FIGURE(maximum_reservation)
FIGURE(maximum_gpfn)
RESERVE(increase_reservation)
RESERVE(decrease_reservation)
RESERVE(populate_physmap)

/* The first page of the target's RAM, and out again. */
int64_t call_foreign_map(domid_t target)
{
    uint64_t index = gfn_of_party(target), gfn = scratch_gfn(SCRATCH_MAP);
    int error = 0;
    struct xen_add_to_physmap_batch add = {
        .domid = DOMID_SELF,
        .space = XENMAPSPACE_gmfn_foreign,
        .size = 1,
        .u.foreign_domid = target,
        .idxs.q = (uint64_t)&index,
        .gpfns.q = (uint64_t)&gfn,
        .errs.q = (uint64_t)&error,
    };
    struct xen_remove_from_physmap remove = {.domid = DOMID_SELF, .gpfn = gfn};
    int64_t result = memory(XENMEM_add_to_physmap_batch, &add);

    if (result == 0)
        result = error;
    return result == 0 ? memory(XENMEM_remove_from_physmap, &remove) : result;
}

int64_t call_foreign_map_again(domid_t target)
{
    return call_foreign_map(target);
}

/* Changes nothing: there is no such frame of the grant table. */
int64_t call_add_to_physmap(domid_t target)
{
    struct xen_add_to_physmap op = {
        .domid = target, .space = XENMAPSPACE_grant_table, .idx = 1 << 20, .gpfn = 1};

    return memory(XENMEM_add_to_physmap, &op);
}

int64_t call_remove_from_physmap(domid_t target)
{
    struct xen_remove_from_physmap op = {.domid = target, .gpfn = 1};

    return memory(XENMEM_remove_from_physmap, &op);
}

static int64_t parameter(uint32_t command, domid_t target)
{
    struct xen_hvm_param op = {.domid = target, .index = HVM_PARAM_STORE_PFN};

    return hypercall(__HYPERVISOR_hvm_op, command, (uint64_t)&op, 0, 0);
}

int64_t call_get_param(domid_t target)
{
    return parameter(HVMOP_get_param, target);
}

int64_t call_set_param(domid_t target)
{
    return parameter(HVMOP_set_param, target);
}

int64_t call_remote_shutdown(domid_t target)
{
    struct sched_remote_shutdown op = {.domain_id = target, .reason = SHUTDOWN_poweroff};

    return hypercall(__HYPERVISOR_sched_op, SCHEDOP_remote_shutdown, (uint64_t)&op, 0, 0);
}
