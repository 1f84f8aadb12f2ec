/* SPDX-License-Identifier: MIT */
/* domctl and sysctl. */
#include <errno.h>
#include <string.h>

#include "calls.h"

#define CPUS 64

int64_t call_domain_info(struct xc_interface *xc, domid_t target)
{
    struct xen_domctl_getdomaininfo info;
    return xc_domain_info(xc, target, &info);
}

int64_t call_domain_state(struct xc_interface *xc, domid_t target)
{
    struct xen_domctl_get_domain_state state;
    domid_t found;
    return xc_domain_state(xc, target, &found, &state);
}

int64_t call_domain_state_changed(struct xc_interface *xc, domid_t target)
{
    (void)target;
    return call_domain_state(xc, DOMID_INVALID);
}

int64_t call_launch_info(struct xc_interface *xc, domid_t target)
{
    struct xen_domctl_trefoil_launch_info info;
    return xc_domain_launch_info(xc, target, &info);
}

int64_t call_shared_memory(struct xc_interface *xc, domid_t target)
{
    struct xen_domctl_trefoil_shared_memory share;
    return xc_domain_shared_memory(xc, target, 0, &share);
}

int64_t call_vcpu_info(struct xc_interface *xc, domid_t target)
{
    struct xen_domctl_getvcpuinfo info;
    return xc_vcpu_info(xc, target, 0, &info);
}

int64_t call_get_affinity(struct xc_interface *xc, domid_t target)
{
    uint8_t hard[CPUS / 8], soft[CPUS / 8];
    return xc_vcpu_get_affinity(xc, target, 0, hard, soft, sizeof(hard));
}

/* What it is, or for who may not know, everywhere. */
int64_t call_set_affinity(struct xc_interface *xc, domid_t target)
{
    uint8_t hard[CPUS / 8], soft[CPUS / 8];
    if (xc_vcpu_get_affinity(xc, target, 0, hard, soft, sizeof(hard)) < 0) {
        memset(hard, 0xff, sizeof(hard));
        memset(soft, 0xff, sizeof(soft));
    }
    return xc_vcpu_set_affinity(xc, target, 0, hard, soft, sizeof(hard));
}

int64_t call_node_affinity(struct xc_interface *xc, domid_t target)
{
    struct xen_domctl domctl = {.cmd = XEN_DOMCTL_getnodeaffinity, .domain = target};
    uint8_t *map = xc_alloc_hypercall_buffer(xc, CPUS / 8);
    if (!map)
        return -ENOMEM;
    set_xen_guest_handle(domctl.u.nodeaffinity.nodemap.bitmap, map);
    domctl.u.nodeaffinity.nodemap.nr_bits = CPUS;
    int64_t rc = xc_domctl(xc, &domctl);
    xc_free_hypercall_buffer(xc, map, CPUS / 8);
    return rc;
}

int64_t call_domain_scheduler(struct xc_interface *xc, domid_t target)
{
    int id = xc_sched_id(xc);
    struct xen_domctl_scheduler_op op = {.sched_id = id < 0 ? XEN_SCHEDULER_CREDIT2 : (uint32_t)id,
                                         .cmd = XEN_DOMCTL_SCHEDOP_getinfo};
    return xc_domain_scheduler_op(xc, target, &op);
}

int64_t call_mempool_size(struct xc_interface *xc, domid_t target)
{
    struct xen_domctl domctl = {.cmd = XEN_DOMCTL_get_paging_mempool_size, .domain = target};
    return xc_domctl(xc, &domctl);
}

int64_t call_pause_and_unpause(struct xc_interface *xc, domid_t target)
{
    int rc = xc_domain_pause(xc, target);
    return rc < 0 ? rc : xc_domain_unpause(xc, target);
}

/* Of one that is not paused. */
int64_t call_unpause(struct xc_interface *xc, domid_t target)
{
    return xc_domain_unpause(xc, target);
}

static int64_t plain(struct xc_interface *xc, uint32_t command, domid_t target)
{
    struct xen_domctl domctl = {.cmd = command, .domain = target};
    return xc_domctl(xc, &domctl);
}

int64_t call_resume(struct xc_interface *xc, domid_t target)
{
    return plain(xc, XEN_DOMCTL_resumedomain, target);
}

int64_t call_destroy(struct xc_interface *xc, domid_t target)
{
    return plain(xc, XEN_DOMCTL_destroydomain, target);
}

/* How far it is: that is decided like the restart. */
int64_t call_ask_restart(struct xc_interface *xc, domid_t target)
{
    struct xen_domctl_trefoil_restart restart;
    domid_t found;
    return xc_domain_restart(xc, target, XEN_DOMCTL_TREFOIL_RESTART_ASK, &found, &restart);
}

int64_t call_max_mem(struct xc_interface *xc, domid_t target)
{
    return xc_domain_max_mem(xc, target, 1024 * 1024);
}

int64_t call_set_handle(struct xc_interface *xc, domid_t target)
{
    static const uint8_t handle[16];
    return xc_domain_set_handle(xc, target, handle);
}

int64_t call_set_time_offset(struct xc_interface *xc, domid_t target)
{
    return plain(xc, XEN_DOMCTL_settimeoffset, target);
}

int64_t call_set_target(struct xc_interface *xc, domid_t target)
{
    return plain(xc, XEN_DOMCTL_set_target, target);
}

int64_t call_set_virq_handler(struct xc_interface *xc, domid_t target)
{
    return xc_domain_set_virq_handler(xc, target, VIRQ_CON_RING);
}

/* ---- sysctl ---- */

int64_t call_domain_list(struct xc_interface *xc, domid_t target)
{
    struct xen_domctl_getdomaininfo list[4];
    (void)target;
    return xc_domain_list(xc, 0, list, 4);
}

static int64_t read_log(struct xc_interface *xc, int clear)
{
    char text[64];
    return xc_readconsole(xc, text, sizeof(text), clear, 0, NULL);
}

int64_t call_read_log(struct xc_interface *xc, domid_t target)
{
    (void)target;
    return read_log(xc, 0);
}

int64_t call_clear_log(struct xc_interface *xc, domid_t target)
{
    (void)target;
    return read_log(xc, 1);
}

int64_t call_physinfo(struct xc_interface *xc, domid_t target)
{
    struct xen_sysctl_physinfo info;
    (void)target;
    return xc_physinfo(xc, &info);
}

int64_t call_sched_id(struct xc_interface *xc, domid_t target)
{
    (void)target;
    return xc_sched_id(xc);
}

int64_t call_cpu_info(struct xc_interface *xc, domid_t target)
{
    struct xen_sysctl_cpuinfo info[CPUS];
    (void)target;
    return xc_cpu_idletime(xc, info, CPUS);
}

int64_t call_available_heap(struct xc_interface *xc, domid_t target)
{
    struct xen_sysctl sysctl = {.cmd = XEN_SYSCTL_availheap};
    (void)target;
    sysctl.u.availheap.node = -1;
    return xc_sysctl(xc, &sysctl);
}

int64_t call_debug_keys(struct xc_interface *xc, domid_t target)
{
    (void)target;
    return xc_send_debug_keys(xc, "h");
}

int64_t call_ask_machine(struct xc_interface *xc, domid_t target)
{
    (void)target;
    return xc_machine(xc, XEN_SYSCTL_TREFOIL_MACHINE_ASK);
}

int64_t call_events(struct xc_interface *xc, domid_t target)
{
    struct xen_sysctl_trefoil_events read = {0};
    struct xen_trefoil_event event;
    (void)target;
    return xc_events(xc, &read, &event, 1);
}

int64_t call_cpu_note(struct xc_interface *xc, domid_t target)
{
    struct xen_sysctl_trefoil_cpu_note note = {0};
    (void)target;
    return xc_cpu_note(xc, &note);
}

int64_t call_counters(struct xc_interface *xc, domid_t target)
{
    struct xen_vcpu_counters records[4];
    struct xen_sysctl_trefoil_counters op = {
        .kind = XEN_COUNTERS_VCPU, .room = 4, .size = sizeof(records[0])};
    (void)target;
    return xc_counters(xc, &op, records);
}

int64_t call_cpu_topology(struct xc_interface *xc, domid_t target)
{
    struct xen_sysctl_cputopo list[CPUS];
    (void)target;
    return xc_cputopology(xc, list, CPUS);
}

int64_t call_numa_info(struct xc_interface *xc, domid_t target)
{
    struct xen_sysctl_meminfo memory[4];
    uint32_t distances[16];
    (void)target;
    return xc_numainfo(xc, memory, distances, 4);
}

int64_t call_cpupool_info(struct xc_interface *xc, domid_t target)
{
    struct xen_sysctl_cpupool_op op;
    uint8_t map[CPUS / 8];
    (void)target;
    return xc_cpupool_info(xc, 0, &op, map, sizeof(map));
}

int64_t call_scheduler_parameters(struct xc_interface *xc, domid_t target)
{
    int id = xc_sched_id(xc);
    struct xen_sysctl_scheduler_op op = {.sched_id = id < 0 ? XEN_SCHEDULER_CREDIT2 : (uint32_t)id,
                                         .cmd = XEN_SYSCTL_SCHEDOP_getinfo};
    (void)target;
    return xc_sched_params(xc, &op);
}
