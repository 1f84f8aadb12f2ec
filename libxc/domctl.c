/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "control.h"

int xc_domain_info(struct xc_interface *xc, domid_t domid, struct xen_domctl_getdomaininfo *out)
{
    struct xen_domctl domctl = {.cmd = XEN_DOMCTL_getdomaininfo, .domain = domid};
    int rc = xc_domctl_named(xc, &domctl, "getdomaininfo");
    if (rc < 0)
        return rc;
    *out = domctl.u.getdomaininfo;
    /* An older hypervisor answers with the next domain when there is no such one. */
    if (out->domain != domid)
        return xc_fail(xc, -ESRCH, "domctl getdomaininfo of domain %u", domid);
    return 0;
}

/*
 * A domctl with an ABI that is stable: its interface version is 0. A hypervisor that does not have
 * it takes the 0 for a wrong version.
 */
static int stable_domctl(struct xc_interface *xc, struct xen_domctl *domctl, const char *name)
{
    void *copy = xc_bounce(xc, domctl, sizeof(*domctl));
    if (!copy)
        return xc_fail(xc, -errno, "memory for a domctl");
    const uint64_t arg[5] = {(uintptr_t)copy};
    int64_t rc = xc_call(xc, __HYPERVISOR_domctl, arg);
    memcpy(domctl, copy, sizeof(*domctl));
    if (rc == -EACCES || rc == -ENOSYS)
        rc = -EOPNOTSUPP;
    return xc_fail(xc, rc, "domctl %s of domain %u", name, domctl->domain);
}

int xc_domain_state(struct xc_interface *xc, domid_t domid, domid_t *found,
                    struct xen_domctl_get_domain_state *out)
{
    struct xen_domctl domctl = {.cmd = XEN_DOMCTL_get_domain_state, .domain = domid};
    int rc = stable_domctl(xc, &domctl, "get_domain_state");
    *found = domctl.domain;
    *out = domctl.u.get_domain_state;
    return rc;
}

int xc_domain_launch_info_to(struct xc_interface *xc, domid_t domid, domid_t other,
                             struct xen_domctl_trefoil_launch_info *out)
{
    struct xen_domctl domctl = {.cmd = XEN_DOMCTL_trefoil_launch_info, .domain = domid};
    domctl.u.trefoil_launch_info.other = other;
    int rc = stable_domctl(xc, &domctl, "launch_info");
    *out = domctl.u.trefoil_launch_info;
    out->name[sizeof(out->name) - 1] = '\0';
    return rc;
}

int xc_domain_shared_memory(struct xc_interface *xc, domid_t domid, uint32_t position,
                            struct xen_domctl_trefoil_shared_memory *out)
{
    struct xen_domctl domctl = {.cmd = XEN_DOMCTL_trefoil_shared_memory, .domain = domid};
    domctl.u.trefoil_shared_memory.position = position;
    int rc = stable_domctl(xc, &domctl, "shared_memory");
    *out = domctl.u.trefoil_shared_memory;
    out->id[sizeof(out->id) - 1] = '\0';
    return rc;
}

int xc_domain_launch_info(struct xc_interface *xc, domid_t domid,
                          struct xen_domctl_trefoil_launch_info *out)
{
    return xc_domain_launch_info_to(xc, domid, DOMID_INVALID, out);
}

int xc_domain_restart(struct xc_interface *xc, domid_t domid, uint32_t command, domid_t *found,
                      struct xen_domctl_trefoil_restart *out)
{
    struct xen_domctl domctl = {.cmd = XEN_DOMCTL_trefoil_restart, .domain = domid};
    domctl.u.trefoil_restart.command = command;
    int rc = stable_domctl(xc, &domctl, "restart");
    *found = domctl.domain;
    *out = domctl.u.trefoil_restart;
    out->name[sizeof(out->name) - 1] = '\0';
    return rc;
}

int xc_domain_pause(struct xc_interface *xc, domid_t domid)
{
    struct xen_domctl domctl = {.cmd = XEN_DOMCTL_pausedomain, .domain = domid};
    return xc_domctl_named(xc, &domctl, "pausedomain");
}

int xc_domain_unpause(struct xc_interface *xc, domid_t domid)
{
    struct xen_domctl domctl = {.cmd = XEN_DOMCTL_unpausedomain, .domain = domid};
    return xc_domctl_named(xc, &domctl, "unpausedomain");
}

/* Taking a large domain down is done in steps: -EAGAIN asks for the next. */
int xc_domain_destroy(struct xc_interface *xc, domid_t domid)
{
    int rc;
    do {
        struct xen_domctl domctl = {.cmd = XEN_DOMCTL_destroydomain, .domain = domid};
        rc = xc_domctl_named(xc, &domctl, "destroydomain");
    } while (rc == -EAGAIN);
    return rc;
}

int xc_domain_max_mem(struct xc_interface *xc, domid_t domid, uint64_t kib)
{
    struct xen_domctl domctl = {.cmd = XEN_DOMCTL_max_mem, .domain = domid};
    domctl.u.max_mem.max_memkb = kib;
    return xc_domctl_named(xc, &domctl, "max_mem");
}

int xc_domain_set_handle(struct xc_interface *xc, domid_t domid, const uint8_t handle[16])
{
    struct xen_domctl domctl = {.cmd = XEN_DOMCTL_setdomainhandle, .domain = domid};
    memcpy(domctl.u.setdomainhandle.handle, handle, sizeof(domctl.u.setdomainhandle.handle));
    return xc_domctl_named(xc, &domctl, "setdomainhandle");
}

int xc_domain_set_virq_handler(struct xc_interface *xc, domid_t domid, unsigned int virq)
{
    struct xen_domctl domctl = {.cmd = XEN_DOMCTL_set_virq_handler, .domain = domid};
    domctl.u.set_virq_handler.virq = virq;
    return xc_domctl_named(xc, &domctl, "set_virq_handler");
}

int xc_vcpu_info(struct xc_interface *xc, domid_t domid, unsigned int vcpu,
                 struct xen_domctl_getvcpuinfo *out)
{
    struct xen_domctl domctl = {.cmd = XEN_DOMCTL_getvcpuinfo, .domain = domid};
    domctl.u.getvcpuinfo.vcpu = vcpu;
    int rc = xc_domctl_named(xc, &domctl, "getvcpuinfo");
    *out = domctl.u.getvcpuinfo;
    return rc;
}

/* `maps` holds the hard map, then the soft one, of `bytes` bytes each. */
static int affinity_call(struct xc_interface *xc, struct xen_domctl *domctl, unsigned int vcpu,
                         uint32_t flags, uint8_t *maps, size_t bytes)
{
    struct xen_domctl_vcpuaffinity *affinity = &domctl->u.vcpuaffinity;
    affinity->vcpu = vcpu;
    affinity->flags = flags;
    set_xen_guest_handle(affinity->cpumap_hard.bitmap, maps);
    affinity->cpumap_hard.nr_bits = (uint32_t)bytes * 8;
    set_xen_guest_handle(affinity->cpumap_soft.bitmap, maps + bytes);
    affinity->cpumap_soft.nr_bits = (uint32_t)bytes * 8;
    return xc_domctl_named(xc, domctl,
                           domctl->cmd == XEN_DOMCTL_getvcpuaffinity ? "getvcpuaffinity"
                                                                     : "setvcpuaffinity");
}

static uint32_t affinity_flags(const void *hard, const void *soft)
{
    return (hard ? XEN_VCPUAFFINITY_HARD : 0) | (soft ? XEN_VCPUAFFINITY_SOFT : 0);
}

int xc_vcpu_get_affinity(struct xc_interface *xc, domid_t domid, unsigned int vcpu, uint8_t *hard,
                         uint8_t *soft, size_t bytes)
{
    struct xen_domctl domctl = {.cmd = XEN_DOMCTL_getvcpuaffinity, .domain = domid};
    uint8_t *maps = xc_alloc_hypercall_buffer(xc, 2 * bytes);
    if (!maps)
        return xc_fail(xc, -errno, "memory for affinity maps");
    int rc = affinity_call(xc, &domctl, vcpu, affinity_flags(hard, soft), maps, bytes);
    if (rc >= 0 && hard)
        memcpy(hard, maps, bytes);
    if (rc >= 0 && soft)
        memcpy(soft, maps + bytes, bytes);
    xc_free_hypercall_buffer(xc, maps, 2 * bytes);
    return rc;
}

int xc_vcpu_set_affinity(struct xc_interface *xc, domid_t domid, unsigned int vcpu,
                         const uint8_t *hard, const uint8_t *soft, size_t bytes)
{
    struct xen_domctl domctl = {.cmd = XEN_DOMCTL_setvcpuaffinity, .domain = domid};
    uint8_t *maps = xc_alloc_hypercall_buffer(xc, 2 * bytes);
    if (!maps)
        return xc_fail(xc, -errno, "memory for affinity maps");
    if (hard)
        memcpy(maps, hard, bytes);
    if (soft)
        memcpy(maps + bytes, soft, bytes);
    int rc = affinity_call(xc, &domctl, vcpu, affinity_flags(hard, soft), maps, bytes);
    xc_free_hypercall_buffer(xc, maps, 2 * bytes);
    return rc;
}

int xc_domain_nodes(struct xc_interface *xc, domid_t domid, uint8_t *map, size_t bytes)
{
    struct xen_domctl domctl = {.cmd = XEN_DOMCTL_getnodeaffinity, .domain = domid};
    uint8_t *buffer = xc_alloc_hypercall_buffer(xc, bytes);
    if (!buffer)
        return xc_fail(xc, -errno, "memory for a map of nodes");
    set_xen_guest_handle(domctl.u.nodeaffinity.nodemap.bitmap, buffer);
    domctl.u.nodeaffinity.nodemap.nr_bits = (uint32_t)bytes * 8;
    int rc = xc_domctl_named(xc, &domctl, "getnodeaffinity");
    if (rc >= 0)
        memcpy(map, buffer, bytes);
    xc_free_hypercall_buffer(xc, buffer, bytes);
    return rc;
}

int xc_domain_scheduler_op(struct xc_interface *xc, domid_t domid,
                           struct xen_domctl_scheduler_op *op)
{
    struct xen_domctl domctl = {.cmd = XEN_DOMCTL_scheduler_op, .domain = domid};
    domctl.u.scheduler_op = *op;
    int rc = xc_domctl_named(xc, &domctl, "scheduler_op");
    *op = domctl.u.scheduler_op;
    return rc;
}
