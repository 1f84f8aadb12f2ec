/* SPDX-License-Identifier: MIT */
/* Hypercalls that guests make: version, console, scheduling, event channels, grants. */
#include <errno.h>
#include <string.h>

#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/sched.h>
#include <xen/vcpu.h>

#include "calls.h"

#define VERSION(function, operation, size)                                                         \
    int64_t call_##function(struct xc_interface *xc, domid_t target)                               \
    {                                                                                              \
        char text[size];                                                                           \
        (void)target;                                                                              \
        memset(text, 0, sizeof(text));                                                             \
        return xc_version_op(xc, operation, text, sizeof(text));                                   \
    }

VERSION(version, XENVER_version, 8)
VERSION(extraversion, XENVER_extraversion, 16)
VERSION(compile_info, XENVER_compile_info, 144)
VERSION(capabilities, XENVER_capabilities, 1024)
VERSION(changeset, XENVER_changeset, 64)
VERSION(platform_parameters, XENVER_platform_parameters, 8)
VERSION(get_features, XENVER_get_features, 8)
VERSION(page_size, XENVER_pagesize, 8)
VERSION(command_line, XENVER_commandline, 1024)

int64_t call_build_id(struct xc_interface *xc, domid_t target)
{
    char text[136];
    (void)target;
    return xc_build_id(xc, text, sizeof(text));
}

int64_t call_console_write(struct xc_interface *xc, domid_t target)
{
    const uint64_t arg[5] = {CONSOLEIO_write, 0, 0};
    (void)target;
    return xc_hypercall(xc, __HYPERVISOR_console_io, arg);
}

int64_t call_console_read(struct xc_interface *xc, domid_t target)
{
    const uint64_t arg[5] = {CONSOLEIO_read, 0, 0};
    (void)target;
    return xc_hypercall(xc, __HYPERVISOR_console_io, arg);
}

int64_t call_yield(struct xc_interface *xc, domid_t target)
{
    (void)target;
    return xc_hypercall_op(xc, __HYPERVISOR_sched_op, SCHEDOP_yield, NULL, 0);
}

/* Set, and let go at once. */
int64_t call_watchdog(struct xc_interface *xc, domid_t target)
{
    struct sched_watchdog op = {.timeout = 3600};
    int64_t id;
    (void)target;
    id = xc_hypercall_op(xc, __HYPERVISOR_sched_op, SCHEDOP_watchdog, &op, sizeof(op));
    if (id <= 0)
        return id;
    op = (struct sched_watchdog){.id = (uint32_t)id};
    return xc_hypercall_op(xc, __HYPERVISOR_sched_op, SCHEDOP_watchdog, &op, sizeof(op));
}

int64_t call_remote_shutdown(struct xc_interface *xc, domid_t target)
{
    return xc_domain_shutdown(xc, target, SHUTDOWN_poweroff);
}

int64_t call_vcpu_is_up(struct xc_interface *xc, domid_t target)
{
    const uint64_t arg[5] = {VCPUOP_is_up, 0, 0};
    (void)target;
    return xc_hypercall(xc, __HYPERVISOR_vcpu_op, arg);
}

int64_t call_runstate(struct xc_interface *xc, domid_t target)
{
    (void)target;
    struct vcpu_runstate_info *info = xc_alloc_hypercall_buffer(xc, sizeof(*info));
    if (!info)
        return -ENOMEM;
    const uint64_t arg[5] = {VCPUOP_get_runstate_info, 0, (uintptr_t)info};
    int64_t rc = xc_hypercall(xc, __HYPERVISOR_vcpu_op, arg);
    xc_free_hypercall_buffer(xc, info, sizeof(*info));
    return rc;
}

/* ---- Event channels ---- */

static int64_t event(struct xc_interface *xc, unsigned int operation, void *argument, size_t size)
{
    return xc_hypercall_op(xc, __HYPERVISOR_event_channel_op, operation, argument, size);
}

/* Closes a port that a call made, and passes its result on. */
static int64_t close_port(struct xc_interface *xc, int64_t rc, evtchn_port_t port)
{
    struct evtchn_close close = {.port = port};
    if (rc >= 0)
        event(xc, EVTCHNOP_close, &close, sizeof(close));
    return rc;
}

/* Beyond what a two-level table holds: an error of its own for who may. */
#define NO_PORT 0x7fffffffu

int64_t call_event_send(struct xc_interface *xc, domid_t target)
{
    struct evtchn_send send = {.port = NO_PORT};
    (void)target;
    return event(xc, EVTCHNOP_send, &send, sizeof(send));
}

int64_t call_event_close(struct xc_interface *xc, domid_t target)
{
    struct evtchn_close close = {.port = NO_PORT};
    (void)target;
    return event(xc, EVTCHNOP_close, &close, sizeof(close));
}

static int64_t bind_virq(struct xc_interface *xc, uint32_t virq)
{
    struct evtchn_bind_virq bind = {.virq = virq};
    int64_t rc = event(xc, EVTCHNOP_bind_virq, &bind, sizeof(bind));
    return close_port(xc, rc, bind.port);
}

int64_t call_bind_con_ring(struct xc_interface *xc, domid_t target)
{
    (void)target;
    return bind_virq(xc, VIRQ_CON_RING);
}

int64_t call_bind_events(struct xc_interface *xc, domid_t target)
{
    (void)target;
    return bind_virq(xc, VIRQ_TREFOIL_EVENTS);
}

int64_t call_bind_dom_exc(struct xc_interface *xc, domid_t target)
{
    (void)target;
    return bind_virq(xc, VIRQ_DOM_EXC);
}

int64_t call_alloc_unbound(struct xc_interface *xc, domid_t target)
{
    struct evtchn_alloc_unbound alloc = {.dom = DOMID_SELF, .remote_dom = target};
    int64_t rc = event(xc, EVTCHNOP_alloc_unbound, &alloc, sizeof(alloc));
    return close_port(xc, rc, alloc.port);
}

int64_t call_alloc_unbound_foreign(struct xc_interface *xc, domid_t target)
{
    struct evtchn_alloc_unbound alloc = {.dom = target, .remote_dom = DOMID_SELF};
    return event(xc, EVTCHNOP_alloc_unbound, &alloc, sizeof(alloc));
}

int64_t call_bind_interdomain(struct xc_interface *xc, domid_t target)
{
    struct evtchn_bind_interdomain bind = {.remote_dom = target, .remote_port = NO_PORT};
    return event(xc, EVTCHNOP_bind_interdomain, &bind, sizeof(bind));
}

int64_t call_event_status(struct xc_interface *xc, domid_t target)
{
    struct evtchn_status status = {.dom = target, .port = 1};
    return event(xc, EVTCHNOP_status, &status, sizeof(status));
}

int64_t call_event_reset(struct xc_interface *xc, domid_t target)
{
    struct evtchn_reset reset = {.dom = target};
    return event(xc, EVTCHNOP_reset, &reset, sizeof(reset));
}

/* ---- Grants: the status field has the answer ---- */

#define NO_REF 0x7ffffff0u

static int64_t status_error(int16_t status)
{
    switch (status) {
    case GNTST_okay: return 0;
    case GNTST_permission_denied: return -EPERM;
    case GNTST_bad_domain: return -ESRCH;
    default: return -EINVAL;
    }
}

static int64_t grant(struct xc_interface *xc, unsigned int operation, void *argument, size_t size,
                     const int16_t *status)
{
    void *copy = xc_alloc_hypercall_buffer(xc, size);
    if (!copy)
        return -ENOMEM;
    memcpy(copy, argument, size);
    const uint64_t arg[5] = {operation, (uintptr_t)copy, 1};
    int64_t rc = xc_hypercall(xc, __HYPERVISOR_grant_table_op, arg);
    memcpy(argument, copy, size);
    xc_free_hypercall_buffer(xc, copy, size);
    return rc < 0 ? rc : status_error(*status);
}

int64_t call_grant_map(struct xc_interface *xc, domid_t target)
{
    struct gnttab_map_grant_ref map = {
        .host_addr = 0, .flags = GNTMAP_host_map | GNTMAP_readonly, .ref = NO_REF, .dom = target};
    return grant(xc, GNTTABOP_map_grant_ref, &map, sizeof(map), &map.status);
}

int64_t call_grant_copy(struct xc_interface *xc, domid_t target)
{
    struct gnttab_copy copy = {
        .source = {.u.ref = NO_REF, .domid = target},
        .dest = {.u.gmfn = 0, .domid = DOMID_SELF},
        .len = 1,
        .flags = GNTCOPY_source_gref,
    };
    return grant(xc, GNTTABOP_copy, &copy, sizeof(copy), &copy.status);
}

int64_t call_grant_setup_table(struct xc_interface *xc, domid_t target)
{
    struct gnttab_setup_table setup = {.dom = target};
    return grant(xc, GNTTABOP_setup_table, &setup, sizeof(setup), &setup.status);
}

int64_t call_grant_query_size(struct xc_interface *xc, domid_t target)
{
    struct gnttab_query_size query = {.dom = target};
    return grant(xc, GNTTABOP_query_size, &query, sizeof(query), &query.status);
}

/* The only one without a status. */
int64_t call_grant_get_version(struct xc_interface *xc, domid_t target)
{
    struct gnttab_get_version get = {.dom = target};
    const int16_t none = GNTST_okay;
    return grant(xc, GNTTABOP_get_version, &get, sizeof(get), &none);
}
