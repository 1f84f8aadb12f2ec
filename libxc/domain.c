/* SPDX-License-Identifier: MIT */
/* What is asked about a domain through hypercalls that guests have too. */
#include <xen/event_channel.h>
#include <xen/hvm/hvm_op.h>
#include <xen/sched.h>

#include "interface.h"

int xc_domain_shutdown(struct xc_interface *xc, domid_t domid, unsigned int reason)
{
    struct sched_remote_shutdown remote = {.domain_id = domid, .reason = reason};
    return (int)xc_hypercall_op(xc, __HYPERVISOR_sched_op, SCHEDOP_remote_shutdown, &remote,
                                sizeof(remote));
}

int64_t xc_domain_current_reservation(struct xc_interface *xc, domid_t domid)
{
    return xc_hypercall_op(xc, __HYPERVISOR_memory_op, XENMEM_current_reservation, &domid,
                           sizeof(domid));
}

int64_t xc_domain_maximum_gpfn(struct xc_interface *xc, domid_t domid)
{
    return xc_hypercall_op(xc, __HYPERVISOR_memory_op, XENMEM_maximum_gpfn, &domid, sizeof(domid));
}

int xc_hvm_param_get(struct xc_interface *xc, domid_t domid, uint32_t index, uint64_t *value)
{
    struct xen_hvm_param param = {.domid = domid, .index = index};
    int rc = (int)xc_hypercall_op(xc, __HYPERVISOR_hvm_op, HVMOP_get_param, &param, sizeof(param));
    *value = param.value;
    return rc;
}

int xc_hvm_param_set(struct xc_interface *xc, domid_t domid, uint32_t index, uint64_t value)
{
    struct xen_hvm_param param = {.domid = domid, .index = index, .value = value};
    return (int)xc_hypercall_op(xc, __HYPERVISOR_hvm_op, HVMOP_set_param, &param, sizeof(param));
}

int xc_evtchn_status(struct xc_interface *xc, domid_t domid, uint32_t port,
                     struct evtchn_status *out)
{
    *out = (struct evtchn_status){.dom = domid, .port = port};
    return (int)xc_hypercall_op(xc, __HYPERVISOR_event_channel_op, EVTCHNOP_status, out,
                                sizeof(*out));
}
