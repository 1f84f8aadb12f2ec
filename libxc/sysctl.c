/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "control.h"

int xc_physinfo(struct xc_interface *xc, struct xen_sysctl_physinfo *out)
{
    struct xen_sysctl sysctl = {.cmd = XEN_SYSCTL_physinfo};
    int rc = xc_sysctl_named(xc, &sysctl, "physinfo");
    *out = sysctl.u.physinfo;
    return rc;
}

int xc_sched_id(struct xc_interface *xc)
{
    struct xen_sysctl sysctl = {.cmd = XEN_SYSCTL_sched_id};
    int rc = xc_sysctl_named(xc, &sysctl, "sched_id");
    return rc < 0 ? rc : (int)sysctl.u.sched_id.sched_id;
}

int xc_sched_params(struct xc_interface *xc, struct xen_sysctl_scheduler_op *op)
{
    struct xen_sysctl sysctl = {.cmd = XEN_SYSCTL_scheduler_op};
    sysctl.u.scheduler_op = *op;
    int rc = xc_sysctl_named(xc, &sysctl, "scheduler_op");
    *op = sysctl.u.scheduler_op;
    return rc;
}

int xc_domain_list(struct xc_interface *xc, domid_t first, struct xen_domctl_getdomaininfo *out,
                   unsigned int count)
{
    struct xen_sysctl sysctl = {.cmd = XEN_SYSCTL_getdomaininfolist};
    struct xen_sysctl_getdomaininfolist *list = &sysctl.u.getdomaininfolist;
    void *buffer = xc_alloc_hypercall_buffer(xc, count * sizeof(*out));
    if (!buffer)
        return xc_fail(xc, -errno, "memory for %u domains", count);
    list->first_domain = first;
    list->max_domains = count;
    set_xen_guest_handle(list->buffer, buffer);
    int rc = xc_sysctl_named(xc, &sysctl, "getdomaininfolist");
    if (rc >= 0) {
        rc = (int)(list->num_domains < count ? list->num_domains : count);
        memcpy(out, buffer, (size_t)rc * sizeof(*out));
    }
    xc_free_hypercall_buffer(xc, buffer, count * sizeof(*out));
    return rc;
}

int xc_readconsole(struct xc_interface *xc, char *out, uint32_t size, int clear, int incremental,
                   uint32_t *index)
{
    struct xen_sysctl sysctl = {.cmd = XEN_SYSCTL_readconsole};
    struct xen_sysctl_readconsole *read = &sysctl.u.readconsole;
    char *buffer = xc_alloc_hypercall_buffer(xc, size);
    if (!buffer)
        return xc_fail(xc, -errno, "memory for the hypervisor's log");
    read->clear = !!clear;
    read->incremental = !!incremental;
    read->index = index ? *index : 0;
    read->count = size;
    set_xen_guest_handle(read->buffer, buffer);
    int rc = xc_sysctl_named(xc, &sysctl, "readconsole");
    if (rc >= 0) {
        rc = (int)(read->count < size ? read->count : size);
        memcpy(out, buffer, (size_t)rc);
        if (index)
            *index = read->index;
    }
    xc_free_hypercall_buffer(xc, buffer, size);
    return rc;
}

int xc_machine(struct xc_interface *xc, uint32_t command)
{
    struct xen_sysctl sysctl = {.cmd = XEN_SYSCTL_trefoil_machine};
    sysctl.u.trefoil_machine.command = command;
    return xc_sysctl_named(xc, &sysctl, "trefoil_machine");
}

int xc_cpu_note(struct xc_interface *xc, struct xen_sysctl_trefoil_cpu_note *note)
{
    struct xen_sysctl sysctl = {.cmd = XEN_SYSCTL_trefoil_cpu_note};
    sysctl.u.trefoil_cpu_note = *note;
    int rc = xc_sysctl_named(xc, &sysctl, "trefoil_cpu_note");
    *note = sysctl.u.trefoil_cpu_note;
    return rc;
}

/*
 * A sysctl with an ABI that is stable: its interface version is 0. A hypervisor that does not have
 * it takes the 0 for a wrong version.
 */
static int stable_sysctl(struct xc_interface *xc, struct xen_sysctl *sysctl, const char *name)
{
    int64_t rc = xc_hypercall_struct(xc, __HYPERVISOR_sysctl, sysctl, sizeof(*sysctl));
    if (rc == -EACCES || rc == -ENOSYS)
        rc = -EOPNOTSUPP;
    return xc_fail(xc, rc, "sysctl %s", name);
}

int xc_counters(struct xc_interface *xc, struct xen_sysctl_trefoil_counters *op, void *records)
{
    struct xen_sysctl sysctl = {.cmd = XEN_SYSCTL_trefoil_counters, .u.trefoil_counters = *op};
    size_t size = (size_t)op->room * op->size;
    void *buffer = size ? xc_alloc_hypercall_buffer(xc, size) : NULL;
    if (size && !buffer)
        return xc_fail(xc, -errno, "memory for %u records", op->room);
    set_xen_guest_handle(sysctl.u.trefoil_counters.records, buffer);
    int rc = stable_sysctl(xc, &sysctl, "trefoil_counters");
    if (size) {
        memcpy(records, buffer, size);
        xc_free_hypercall_buffer(xc, buffer, size);
    }
    if (rc < 0)
        return rc;
    uint32_t room = op->room;
    *op = sysctl.u.trefoil_counters;
    if (op->count > room)
        op->count = room;
    return 0;
}

int xc_events(struct xc_interface *xc, struct xen_sysctl_trefoil_events *read,
              struct xen_trefoil_event *out, unsigned int count)
{
    struct xen_sysctl sysctl = {.cmd = XEN_SYSCTL_trefoil_events};
    struct xen_sysctl_trefoil_events *events = &sysctl.u.trefoil_events;
    const size_t size = (count ? count : 1) * sizeof(*out);
    struct xen_trefoil_event *buffer = xc_alloc_hypercall_buffer(xc, size);
    if (!buffer)
        return xc_fail(xc, -errno, "memory for %u events", count);
    events->next = read->next;
    events->count = count;
    set_xen_guest_handle(events->buffer, buffer);
    int rc = stable_sysctl(xc, &sysctl, "trefoil_events");
    if (rc >= 0) {
        rc = (int)(events->count < count ? events->count : count);
        memcpy(out, buffer, (size_t)rc * sizeof(*out));
        *read = *events;
        set_xen_guest_handle_raw(read->buffer, NULL);
    }
    xc_free_hypercall_buffer(xc, buffer, size);
    return rc;
}

int xc_send_debug_keys(struct xc_interface *xc, const char *keys)
{
    struct xen_sysctl sysctl = {.cmd = XEN_SYSCTL_debug_keys};
    size_t length = strlen(keys);
    char *buffer = xc_alloc_hypercall_buffer(xc, length + 1);
    if (!buffer)
        return xc_fail(xc, -errno, "memory for debug keys");
    memcpy(buffer, keys, length);
    set_xen_guest_handle(sysctl.u.debug_keys.keys, buffer);
    sysctl.u.debug_keys.nr_keys = (uint32_t)length;
    int rc = xc_sysctl_named(xc, &sysctl, "debug_keys");
    xc_free_hypercall_buffer(xc, buffer, length + 1);
    return rc;
}

int xc_cpu_idletime(struct xc_interface *xc, struct xen_sysctl_cpuinfo *out, unsigned int count)
{
    struct xen_sysctl sysctl = {.cmd = XEN_SYSCTL_getcpuinfo};
    struct xen_sysctl_getcpuinfo *info = &sysctl.u.getcpuinfo;
    void *buffer = xc_alloc_hypercall_buffer(xc, count * sizeof(*out));
    if (!buffer)
        return xc_fail(xc, -errno, "memory for %u pcpus", count);
    info->max_cpus = count;
    set_xen_guest_handle(info->info, buffer);
    int rc = xc_sysctl_named(xc, &sysctl, "getcpuinfo");
    if (rc >= 0) {
        rc = (int)(info->nr_cpus < count ? info->nr_cpus : count);
        memcpy(out, buffer, (size_t)rc * sizeof(*out));
    }
    xc_free_hypercall_buffer(xc, buffer, count * sizeof(*out));
    return rc;
}

int xc_cputopology(struct xc_interface *xc, struct xen_sysctl_cputopo *out, unsigned int count)
{
    struct xen_sysctl sysctl = {.cmd = XEN_SYSCTL_cputopoinfo};
    struct xen_sysctl_cputopoinfo *info = &sysctl.u.cputopoinfo;
    void *buffer = xc_alloc_hypercall_buffer(xc, count * sizeof(*out));
    if (!buffer)
        return xc_fail(xc, -errno, "memory for %u pcpus", count);
    info->num_cpus = count;
    set_xen_guest_handle(info->cputopo, buffer);
    int rc = xc_sysctl_named(xc, &sysctl, "cputopoinfo");
    if (rc >= 0) {
        rc = (int)info->num_cpus;
        memcpy(out, buffer, (info->num_cpus < count ? info->num_cpus : count) * sizeof(*out));
    }
    xc_free_hypercall_buffer(xc, buffer, count * sizeof(*out));
    return rc;
}

int xc_numainfo(struct xc_interface *xc, struct xen_sysctl_meminfo *memory, uint32_t *distances,
                unsigned int count)
{
    struct xen_sysctl sysctl = {.cmd = XEN_SYSCTL_numainfo};
    struct xen_sysctl_numainfo *info = &sysctl.u.numainfo;
    size_t memory_size = count * sizeof(*memory);
    size_t size = memory_size + (size_t)count * count * sizeof(*distances);
    uint8_t *buffer = xc_alloc_hypercall_buffer(xc, size);
    if (!buffer)
        return xc_fail(xc, -errno, "memory for %u nodes", count);
    info->num_nodes = count;
    set_xen_guest_handle(info->meminfo, (void *)buffer);
    set_xen_guest_handle(info->distance, (void *)(buffer + memory_size));
    int rc = xc_sysctl_named(xc, &sysctl, "numainfo");
    if (rc >= 0) {
        size_t nodes = info->num_nodes < count ? info->num_nodes : count;
        rc = (int)info->num_nodes;
        memcpy(memory, buffer, nodes * sizeof(*memory));
        memcpy(distances, buffer + memory_size, nodes * nodes * sizeof(*distances));
    }
    xc_free_hypercall_buffer(xc, buffer, size);
    return rc;
}

int xc_cpupool_info(struct xc_interface *xc, uint32_t pool, struct xen_sysctl_cpupool_op *out,
                    uint8_t *map, size_t bytes)
{
    struct xen_sysctl sysctl = {.cmd = XEN_SYSCTL_cpupool_op};
    struct xen_sysctl_cpupool_op *op = &sysctl.u.cpupool_op;
    uint8_t *buffer = xc_alloc_hypercall_buffer(xc, bytes);
    if (!buffer)
        return xc_fail(xc, -errno, "memory for a cpupool");
    op->op = XEN_SYSCTL_CPUPOOL_OP_INFO;
    op->cpupool_id = pool;
    set_xen_guest_handle(op->cpumap.bitmap, buffer);
    op->cpumap.nr_bits = (uint32_t)bytes * 8;
    int rc = xc_sysctl_named(xc, &sysctl, "cpupool_op");
    if (rc >= 0)
        memcpy(map, buffer, bytes);
    *out = *op;
    set_xen_guest_handle_raw(out->cpumap.bitmap, NULL);
    xc_free_hypercall_buffer(xc, buffer, bytes);
    return rc;
}
