/* SPDX-License-Identifier: MIT */
/* Event channels, grants and the physmap as tests use them. */
#include "test.h"
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/memory.h>

/* No place in the shared page for that of vcpu 1. */
static volatile struct vcpu_info nowhere;
volatile struct vcpu_info *vcpu_infos[CPUS];

void vcpu_infos_reset(void)
{
    vcpu_infos[0] = &shared_info->vcpu_info[0];
    vcpu_infos[1] = &nowhere;
}

int64_t event_op(unsigned int command, void *argument)
{
    return call(__HYPERVISOR_event_channel_op, command, argument);
}

int64_t event_close(uint32_t port)
{
    struct evtchn_close op = {.port = port};

    return event_op(EVTCHNOP_close, &op);
}

int64_t event_send(uint32_t port)
{
    struct evtchn_send op = {.port = port};

    return event_op(EVTCHNOP_send, &op);
}

struct evtchn_status event_status(uint32_t port)
{
    struct evtchn_status op = {.dom = DOMID_SELF, .port = port};

    CHECK_EQUAL(event_op(EVTCHNOP_status, &op), 0);
    return op;
}

uint32_t event_unbound(domid_t remote)
{
    struct evtchn_alloc_unbound op = {.dom = DOMID_SELF, .remote_dom = remote};

    CHECK_EQUAL(event_op(EVTCHNOP_alloc_unbound, &op), 0);
    return op.port;
}

uint32_t event_loop(uint32_t *other)
{
    struct evtchn_bind_interdomain bind = {.remote_dom = DOMID_SELF};

    bind.remote_port = event_unbound(DOMID_SELF);
    CHECK_EQUAL(event_op(EVTCHNOP_bind_interdomain, &bind), 0);
    *other = bind.remote_port;
    /* Binding marks the new port. */
    event_clear(bind.local_port);
    return bind.local_port;
}

void event_mask(uint32_t port, bool masked)
{
    uint64_t *word = (uint64_t *)&shared_info->evtchn_mask[port / 64];

    if (masked)
        __atomic_fetch_or(word, 1UL << (port % 64), __ATOMIC_SEQ_CST);
    else
        __atomic_fetch_and(word, ~(1UL << (port % 64)), __ATOMIC_SEQ_CST);
}

bool event_pending(uint32_t port)
{
    return (shared_info->evtchn_pending[port / 64] >> (port % 64) & 1) != 0;
}

void event_clear(uint32_t port)
{
    __atomic_fetch_and((uint64_t *)&shared_info->evtchn_pending[port / 64], ~(1UL << (port % 64)),
                       __ATOMIC_SEQ_CST);
}

uint32_t event_kept;

/* Every port closed but that to the agent, nothing pending, everything masked. */
void events_reset(void)
{
    for (uint32_t port = 1; port < 1024; port++) {
        struct evtchn_status status = {.dom = DOMID_SELF, .port = port};
        struct evtchn_close close = {.port = port};

        if (port != event_kept && event_op(EVTCHNOP_status, &status) == 0 &&
            status.status != EVTCHNSTAT_closed)
            event_op(EVTCHNOP_close, &close);
    }
    for (unsigned int i = 0; i < 64; i++) {
        shared_info->evtchn_mask[i] = UINT64_MAX;
        shared_info->evtchn_pending[i] = 0;
    }
    for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
        vcpu_infos[cpu]->evtchn_pending_sel = 0;
        vcpu_infos[cpu]->evtchn_upcall_pending = 0;
    }
}

int64_t memory_op(unsigned int command, void *argument)
{
    return call(__HYPERVISOR_memory_op, command, argument);
}

int64_t physmap_add(unsigned int space, uint64_t index, uint64_t gfn)
{
    struct xen_add_to_physmap op = {.domid = DOMID_SELF, .space = space, .idx = index, .gpfn = gfn};

    return memory_op(XENMEM_add_to_physmap, &op);
}

int64_t physmap_remove(uint64_t gfn)
{
    struct xen_remove_from_physmap op = {.domid = DOMID_SELF, .gpfn = gfn};

    return memory_op(XENMEM_remove_from_physmap, &op);
}

unsigned int grant_ref = 20;

void grant(unsigned int ref, domid_t to, uint64_t gfn, unsigned int flags)
{
    grant_entries[ref].flags = 0;
    grant_entries[ref].domid = to;
    grant_entries[ref].frame = (uint32_t)gfn;
    __asm__ volatile("dmb ish" ::: "memory");
    grant_entries[ref].flags = (uint16_t)flags;
}

int16_t grant_map(domid_t owner, unsigned int ref, unsigned int flags, uint64_t gfn,
                  uint32_t *handle)
{
    struct gnttab_map_grant_ref op = {
        .host_addr = gfn << 12, .flags = flags, .ref = ref, .dom = owner};

    CHECK_EQUAL(call(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, &op, 1), 0);
    *handle = op.handle;
    return op.status;
}

int16_t grant_unmap(uint32_t handle, uint64_t gfn)
{
    struct gnttab_unmap_grant_ref op = {.host_addr = gfn << 12, .handle = handle};

    CHECK_EQUAL(call(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, &op, 1), 0);
    return op.status;
}
