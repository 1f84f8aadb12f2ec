/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_xen_version(XENVER_*, argument). */
#ifndef XEN_VERSION_H
#define XEN_VERSION_H

#include <xen/features.h>
#include <xen/xen.h>

/* Returns major << 16 | minor; no argument. */
#define XENVER_version 0
/* xen_extraversion_t */
#define XENVER_extraversion 1
/* struct xen_compile_info */
#define XENVER_compile_info 2
/* xen_capabilities_info_t */
#define XENVER_capabilities 3
/* xen_changeset_info_t */
#define XENVER_changeset 4
/* struct xen_platform_parameters */
#define XENVER_platform_parameters 5
/* struct xen_feature_info */
#define XENVER_get_features 6
/* Returns the page size; no argument. */
#define XENVER_pagesize 7
/* xen_domain_handle_t of the caller */
#define XENVER_guest_handle 8
/* xen_commandline_t */
#define XENVER_commandline 9
/* struct xen_build_id */
#define XENVER_build_id 10
/* The same texts without a limit on their length: struct xen_varbuf. */
#define XENVER_extraversion2 11
#define XENVER_capabilities2 12
#define XENVER_changeset2    13
#define XENVER_commandline2  14

#define XEN_EXTRAVERSION_LEN      16
#define XEN_CAPABILITIES_INFO_LEN 1024
#define XEN_CHANGESET_INFO_LEN    64
#define XEN_COMMANDLINE_LEN       1024

typedef char xen_extraversion_t[XEN_EXTRAVERSION_LEN];
typedef char xen_capabilities_info_t[XEN_CAPABILITIES_INFO_LEN];
typedef char xen_changeset_info_t[XEN_CHANGESET_INFO_LEN];
typedef char xen_commandline_t[XEN_COMMANDLINE_LEN];

struct xen_compile_info {
    char compiler[64];
    char compile_by[16];
    char compile_domain[32];
    char compile_date[32];
};
typedef struct xen_compile_info xen_compile_info_t;

struct xen_platform_parameters {
    xen_ulong_t virt_start;
};
typedef struct xen_platform_parameters xen_platform_parameters_t;

struct xen_feature_info {
    uint32_t submap_idx; /* in: which 32 feature bits */
    uint32_t submap;     /* out */
};
typedef struct xen_feature_info xen_feature_info_t;

struct xen_build_id {
    uint32_t len; /* in: room in buf */
    unsigned char buf[];
};
typedef struct xen_build_id xen_build_id_t;

struct xen_varbuf {
    uint32_t len; /* in: room in buf */
    unsigned char buf[];
};
typedef struct xen_varbuf xen_varbuf_t;

XEN_LAYOUT_SIZE(struct xen_compile_info, 144);
XEN_LAYOUT_FIELD(struct xen_compile_info, compile_date, 112);
XEN_LAYOUT_SIZE(struct xen_platform_parameters, 8);
XEN_LAYOUT_SIZE(struct xen_feature_info, 8);
XEN_LAYOUT_SIZE(struct xen_build_id, 4);
XEN_LAYOUT_SIZE(struct xen_varbuf, 4);

#endif
