/* SPDX-License-Identifier: MIT */
/*
 * HYPERVISOR_grant_table_op(GNTTABOP_*, array, count), and the table itself, version 1.
 * Version 2, transitive grants and transfers are left out on purpose.
 */
#ifndef XEN_GRANT_TABLE_H
#define XEN_GRANT_TABLE_H

#include <xen/xen.h>

typedef uint32_t grant_ref_t;
typedef uint32_t grant_handle_t;

/* One entry of the shared table. The owner sets domid and frame, then flags, with a barrier
 * between. */
struct grant_entry_v1 {
    uint16_t flags; /* GTF_* */
    domid_t domid;  /* who may use it */
    uint32_t frame; /* guest frame number */
};
typedef struct grant_entry_v1 grant_entry_v1_t;

#define GTF_invalid         0
#define GTF_permit_access   1
#define GTF_accept_transfer 2
#define GTF_transitive      3
#define GTF_type_mask       3
#define _GTF_readonly       2
#define _GTF_reading        3
#define _GTF_writing        4
#define _GTF_PWT            5
#define _GTF_PCD            6
#define _GTF_PAT            7
#define _GTF_sub_page       8
#define GTF_readonly        4
#define GTF_reading         8
#define GTF_writing         16
#define GTF_PWT             32
#define GTF_PCD             64
#define GTF_PAT             128
#define GTF_sub_page        0x100

/* Entries that each domain keeps for these two pages. */
#define GNTTAB_NR_RESERVED_ENTRIES 8
#define GNTTAB_RESERVED_CONSOLE    0
#define GNTTAB_RESERVED_XENSTORE   1

#define GNTTABOP_map_grant_ref     0
#define GNTTABOP_unmap_grant_ref   1
#define GNTTABOP_setup_table       2
#define GNTTABOP_dump_table        3
#define GNTTABOP_transfer          4
#define GNTTABOP_copy              5
#define GNTTABOP_query_size        6
#define GNTTABOP_unmap_and_replace 7
#define GNTTABOP_set_version       8
#define GNTTABOP_get_status_frames 9
#define GNTTABOP_get_version       10
#define GNTTABOP_swap_grant_ref    11
#define GNTTABOP_cache_flush       12

#define GNTST_okay              0
#define GNTST_general_error     (-1)
#define GNTST_bad_domain        (-2)
#define GNTST_bad_gntref        (-3)
#define GNTST_bad_handle        (-4)
#define GNTST_bad_virt_addr     (-5)
#define GNTST_bad_dev_addr      (-6)
#define GNTST_no_device_space   (-7)
#define GNTST_permission_denied (-8)
#define GNTST_bad_page          (-9)
#define GNTST_bad_copy_arg      (-10)
#define GNTST_address_too_big   (-11)
#define GNTST_eagain            (-12)
#define GNTST_no_space          (-13)

#define _GNTMAP_device_map      0
#define _GNTMAP_host_map        1
#define _GNTMAP_readonly        2
#define _GNTMAP_application_map 3
#define _GNTMAP_contains_pte    4
#define GNTMAP_device_map       1
#define GNTMAP_host_map         2
#define GNTMAP_readonly         4
#define GNTMAP_application_map  8
#define GNTMAP_contains_pte     16

struct gnttab_map_grant_ref {
    uint64_t host_addr; /* guest physical address to map at */
    uint32_t flags;     /* GNTMAP_* */
    grant_ref_t ref;
    domid_t dom;
    int16_t status;        /* out: GNTST_* */
    grant_handle_t handle; /* out */
    uint64_t dev_bus_addr; /* out: machine address */
};
typedef struct gnttab_map_grant_ref gnttab_map_grant_ref_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_map_grant_ref_t);

struct gnttab_unmap_grant_ref {
    uint64_t host_addr;
    uint64_t dev_bus_addr;
    grant_handle_t handle;
    int16_t status; /* out */
};
typedef struct gnttab_unmap_grant_ref gnttab_unmap_grant_ref_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_unmap_grant_ref_t);

struct gnttab_setup_table {
    domid_t dom;
    uint32_t nr_frames;
    int16_t status; /* out */
    XEN_GUEST_HANDLE_64(xen_pfn_t) frame_list;
};
typedef struct gnttab_setup_table gnttab_setup_table_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_setup_table_t);

struct gnttab_copy_ptr {
    union {
        grant_ref_t ref;
        xen_pfn_t gmfn;
    } u;
    domid_t domid;
    uint16_t offset;
};

#define _GNTCOPY_source_gref 0
#define _GNTCOPY_dest_gref   1
#define GNTCOPY_source_gref  1
#define GNTCOPY_dest_gref    2

struct gnttab_copy {
    struct gnttab_copy_ptr source, dest;
    uint16_t len;
    uint16_t flags; /* GNTCOPY_* */
    int16_t status; /* out */
};
typedef struct gnttab_copy gnttab_copy_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_copy_t);

struct gnttab_query_size {
    domid_t dom;
    uint32_t nr_frames;     /* out */
    uint32_t max_nr_frames; /* out */
    int16_t status;         /* out */
};
typedef struct gnttab_query_size gnttab_query_size_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_query_size_t);

struct gnttab_unmap_and_replace {
    uint64_t host_addr;
    uint64_t new_addr;
    grant_handle_t handle;
    int16_t status; /* out */
};
typedef struct gnttab_unmap_and_replace gnttab_unmap_and_replace_t;

struct gnttab_set_version {
    uint32_t version; /* in and out */
};
typedef struct gnttab_set_version gnttab_set_version_t;

struct gnttab_get_status_frames {
    uint32_t nr_frames;
    domid_t dom;
    int16_t status; /* out */
    XEN_GUEST_HANDLE_64(uint64_t) frame_list;
};
typedef struct gnttab_get_status_frames gnttab_get_status_frames_t;

struct gnttab_get_version {
    domid_t dom;
    uint16_t pad;
    uint32_t version; /* out */
};
typedef struct gnttab_get_version gnttab_get_version_t;

struct gnttab_swap_grant_ref {
    grant_ref_t ref_a, ref_b;
    int16_t status; /* out */
};
typedef struct gnttab_swap_grant_ref gnttab_swap_grant_ref_t;

#define GNTTAB_CACHE_CLEAN       1
#define GNTTAB_CACHE_INVAL       2
#define GNTTAB_CACHE_SOURCE_GREF 0x80000000U

struct gnttab_cache_flush {
    union {
        uint64_t dev_bus_addr;
        grant_ref_t ref;
    } a;
    uint16_t offset; /* in the page */
    uint16_t length;
    uint32_t op; /* GNTTAB_CACHE_* */
};
typedef struct gnttab_cache_flush gnttab_cache_flush_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_cache_flush_t);

XEN_LAYOUT_SIZE(struct grant_entry_v1, 8);
XEN_LAYOUT_SIZE(struct gnttab_map_grant_ref, 32);
XEN_LAYOUT_FIELD(struct gnttab_map_grant_ref, handle, 20);
XEN_LAYOUT_SIZE(struct gnttab_unmap_grant_ref, 24);
XEN_LAYOUT_SIZE(struct gnttab_setup_table, 24);
XEN_LAYOUT_FIELD(struct gnttab_setup_table, frame_list, 16);
XEN_LAYOUT_SIZE(struct gnttab_copy_ptr, 16);
XEN_LAYOUT_SIZE(struct gnttab_copy, 40);
XEN_LAYOUT_SIZE(struct gnttab_query_size, 16);
XEN_LAYOUT_SIZE(struct gnttab_unmap_and_replace, 24);
XEN_LAYOUT_SIZE(struct gnttab_set_version, 4);
XEN_LAYOUT_SIZE(struct gnttab_get_status_frames, 16);
XEN_LAYOUT_SIZE(struct gnttab_get_version, 8);
XEN_LAYOUT_SIZE(struct gnttab_swap_grant_ref, 12);
XEN_LAYOUT_SIZE(struct gnttab_cache_flush, 16);

#endif
