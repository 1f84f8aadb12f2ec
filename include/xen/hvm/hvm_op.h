/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_hvm_op(HVMOP_*, argument). */
#ifndef XEN_HVM_HVM_OP_H
#define XEN_HVM_HVM_OP_H

#include <xen/xen.h>

#define HVMOP_set_param              0
#define HVMOP_get_param              1
#define HVMOP_flush_tlbs             5
#define HVMOP_pagetable_dying        9
#define HVMOP_get_time               10
#define HVMOP_xentrace               11
#define HVMOP_set_mem_access         12
#define HVMOP_get_mem_access         13
#define HVMOP_get_mem_type           15
#define HVMOP_guest_request_vm_event 24
#define HVMOP_altp2m                 25

struct xen_hvm_param {
    domid_t domid;
    uint16_t pad;
    uint32_t index; /* HVM_PARAM_* */
    uint64_t value;
};
typedef struct xen_hvm_param xen_hvm_param_t;
DEFINE_XEN_GUEST_HANDLE(xen_hvm_param_t);

struct xen_hvm_get_time {
    uint64_t now; /* ns since boot */
};
typedef struct xen_hvm_get_time xen_hvm_get_time_t;

XEN_LAYOUT_SIZE(struct xen_hvm_param, 16);
XEN_LAYOUT_FIELD(struct xen_hvm_param, value, 8);
XEN_LAYOUT_SIZE(struct xen_hvm_get_time, 8);

#endif
