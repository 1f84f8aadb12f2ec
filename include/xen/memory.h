/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_memory_op(XENMEM_*, argument). */
#ifndef XEN_MEMORY_H
#define XEN_MEMORY_H

#include <xen/xen.h>

/* The low bits are the operation; a continued call carries its progress above them. */
#define MEMOP_EXTENT_SHIFT 6
#define MEMOP_CMD_MASK     ((1 << MEMOP_EXTENT_SHIFT) - 1)

/* struct xen_memory_reservation; they return the number of extents done. */
#define XENMEM_increase_reservation 0
#define XENMEM_decrease_reservation 1
#define XENMEM_populate_physmap     6
/* No argument. */
#define XENMEM_maximum_ram_page 2
/* domid_t *; the number of pages, or the highest frame. */
#define XENMEM_current_reservation        3
#define XENMEM_maximum_reservation        4
#define XENMEM_maximum_gpfn               14
#define XENMEM_machphys_mfn_list          5
#define XENMEM_add_to_physmap             7
#define XENMEM_memory_map                 9
#define XENMEM_machine_memory_map         10
#define XENMEM_exchange                   11
#define XENMEM_machphys_mapping           12
#define XENMEM_set_memory_map             13
#define XENMEM_remove_from_physmap        15
#define XENMEM_set_pod_target             16
#define XENMEM_get_pod_target             17
#define XENMEM_get_sharing_freed_pages    18
#define XENMEM_get_sharing_shared_pages   19
#define XENMEM_paging_op                  20
#define XENMEM_access_op                  21
#define XENMEM_sharing_op                 22
#define XENMEM_add_to_physmap_batch       23
#define XENMEM_claim_pages                24
#define XENMEM_machphys_compat_mfn_list   25
#define XENMEM_get_vnumainfo              26
#define XENMEM_reserved_device_memory_map 27
#define XENMEM_acquire_resource           28

#define XENMEMF_address_bits(bits)      (bits)
#define XENMEMF_get_address_bits(flags) ((flags)&0xffU)
#define XENMEMF_populate_on_demand      0x10000U
#define XENMEMF_exact_node_request      0x20000U
#define XENMEMF_vnode                   0x40000U

struct xen_memory_reservation {
    XEN_GUEST_HANDLE_64(xen_pfn_t) extent_start;
    xen_ulong_t nr_extents;
    unsigned int extent_order;
    unsigned int mem_flags; /* XENMEMF_* */
    domid_t domid;
};
typedef struct xen_memory_reservation xen_memory_reservation_t;
DEFINE_XEN_GUEST_HANDLE(xen_memory_reservation_t);

struct xen_memory_domain {
    domid_t domid;
};
typedef struct xen_memory_domain xen_memory_domain_t;

/* What is put into the physmap. */
#define XENMAPSPACE_shared_info      0
#define XENMAPSPACE_grant_table      1
#define XENMAPSPACE_gmfn             2
#define XENMAPSPACE_gmfn_range       3
#define XENMAPSPACE_gmfn_foreign     4
#define XENMAPSPACE_dev_mmio         5
#define XENMAPIDX_grant_table_status 0x80000000U

struct xen_add_to_physmap {
    domid_t domid;
    uint16_t size; /* pages, only for XENMAPSPACE_gmfn_range */
    unsigned int space;
    xen_ulong_t idx;
    xen_pfn_t gpfn;
};
typedef struct xen_add_to_physmap xen_add_to_physmap_t;
DEFINE_XEN_GUEST_HANDLE(xen_add_to_physmap_t);

union xen_add_to_physmap_batch_extra {
    domid_t foreign_domid; /* of XENMAPSPACE_gmfn_foreign */
    uint16_t res0;
};

struct xen_add_to_physmap_batch {
    domid_t domid;
    uint16_t space;
    uint16_t size;
    union xen_add_to_physmap_batch_extra u;
    XEN_GUEST_HANDLE_64(xen_ulong_t) idxs;
    XEN_GUEST_HANDLE_64(xen_pfn_t) gpfns;
    XEN_GUEST_HANDLE_64(int) errs; /* out, one for each index */
};
typedef struct xen_add_to_physmap_batch xen_add_to_physmap_batch_t;
DEFINE_XEN_GUEST_HANDLE(xen_add_to_physmap_batch_t);

struct xen_remove_from_physmap {
    domid_t domid;
    xen_pfn_t gpfn;
};
typedef struct xen_remove_from_physmap xen_remove_from_physmap_t;
DEFINE_XEN_GUEST_HANDLE(xen_remove_from_physmap_t);

struct xen_memory_map {
    unsigned int nr_entries;
    XEN_GUEST_HANDLE_64(void) buffer;
};
typedef struct xen_memory_map xen_memory_map_t;

struct xen_foreign_memory_map {
    domid_t domid;
    struct xen_memory_map map;
};
typedef struct xen_foreign_memory_map xen_foreign_memory_map_t;

struct xen_pod_target {
    uint64_t target_pages;
    uint64_t tot_pages;
    uint64_t pod_cache_pages;
    uint64_t pod_entries;
    domid_t domid;
};
typedef struct xen_pod_target xen_pod_target_t;

#define XENMEM_resource_ioreq_server                0
#define XENMEM_resource_grant_table                 1
#define XENMEM_resource_vmtrace_buf                 2
#define XENMEM_resource_grant_table_id_shared       0
#define XENMEM_resource_grant_table_id_status       1
#define XENMEM_resource_ioreq_server_frame_bufioreq 0
#define XENMEM_resource_ioreq_server_frame_ioreq(n) (1 + (n))

struct xen_mem_acquire_resource {
    domid_t domid;
    uint16_t type; /* XENMEM_resource_* */
    uint32_t id;
    uint32_t nr_frames; /* 0: out, how many there are */
    uint32_t pad;
    uint64_t frame;
    XEN_GUEST_HANDLE_64(xen_pfn_t) frame_list;
};
typedef struct xen_mem_acquire_resource xen_mem_acquire_resource_t;
DEFINE_XEN_GUEST_HANDLE(xen_mem_acquire_resource_t);

XEN_LAYOUT_SIZE(struct xen_memory_reservation, 32);
XEN_LAYOUT_FIELD(struct xen_memory_reservation, domid, 24);
XEN_LAYOUT_SIZE(struct xen_memory_domain, 2);
XEN_LAYOUT_SIZE(struct xen_add_to_physmap, 24);
XEN_LAYOUT_SIZE(struct xen_add_to_physmap_batch, 32);
XEN_LAYOUT_FIELD(struct xen_add_to_physmap_batch, u, 6);
XEN_LAYOUT_SIZE(struct xen_remove_from_physmap, 16);
XEN_LAYOUT_SIZE(struct xen_memory_map, 16);
XEN_LAYOUT_SIZE(struct xen_foreign_memory_map, 24);
XEN_LAYOUT_SIZE(struct xen_pod_target, 40);
XEN_LAYOUT_SIZE(struct xen_mem_acquire_resource, 32);
XEN_LAYOUT_FIELD(struct xen_mem_acquire_resource, frame_list, 24);

#endif
