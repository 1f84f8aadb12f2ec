/* SPDX-License-Identifier: MIT */
/*
 * HYPERVISOR_dm_op(domain, count, struct xen_dm_op_buf[count]): what a device model does to the
 * guests it serves. The first buffer holds a struct xen_dm_op.
 */
#ifndef XEN_HVM_DM_OP_H
#define XEN_HVM_DM_OP_H

#include <xen/event_channel.h>

typedef uint16_t ioservid_t;

#define XEN_DMOP_create_ioreq_server              1
#define XEN_DMOP_get_ioreq_server_info            2
#define XEN_DMOP_map_io_range_to_ioreq_server     3
#define XEN_DMOP_unmap_io_range_from_ioreq_server 4
#define XEN_DMOP_set_ioreq_server_state           5
#define XEN_DMOP_destroy_ioreq_server             6
#define XEN_DMOP_modified_memory                  11
#define XEN_DMOP_inject_msi                       14
#define XEN_DMOP_remote_shutdown                  16
#define XEN_DMOP_set_irq_level                    19
#define XEN_DMOP_nr_vcpus                         20

#define HVM_IOREQSRV_BUFIOREQ_OFF    0
#define HVM_IOREQSRV_BUFIOREQ_LEGACY 1
#define HVM_IOREQSRV_BUFIOREQ_ATOMIC 2

struct xen_dm_op_create_ioreq_server {
    uint8_t handle_bufioreq; /* HVM_IOREQSRV_BUFIOREQ_* */
    uint8_t pad[3];
    ioservid_t id; /* out */
};
typedef struct xen_dm_op_create_ioreq_server xen_dm_op_create_ioreq_server_t;

#define XEN_DMOP_no_gfns 1

struct xen_dm_op_get_ioreq_server_info {
    ioservid_t id;
    uint16_t flags;
    evtchn_port_t bufioreq_port; /* out */
    uint64_t ioreq_gfn;          /* out */
    uint64_t bufioreq_gfn;       /* out */
};
typedef struct xen_dm_op_get_ioreq_server_info xen_dm_op_get_ioreq_server_info_t;

#define XEN_DMOP_IO_RANGE_PORT   0
#define XEN_DMOP_IO_RANGE_MEMORY 1
#define XEN_DMOP_IO_RANGE_PCI    2

struct xen_dm_op_ioreq_server_range {
    ioservid_t id;
    uint16_t pad;
    uint32_t type; /* XEN_DMOP_IO_RANGE_* */
    uint64_t start, end;
};
typedef struct xen_dm_op_ioreq_server_range xen_dm_op_ioreq_server_range_t;

struct xen_dm_op_set_ioreq_server_state {
    ioservid_t id;
    uint8_t enabled;
    uint8_t pad;
};
typedef struct xen_dm_op_set_ioreq_server_state xen_dm_op_set_ioreq_server_state_t;

struct xen_dm_op_destroy_ioreq_server {
    ioservid_t id;
    uint16_t pad;
};
typedef struct xen_dm_op_destroy_ioreq_server xen_dm_op_destroy_ioreq_server_t;

struct xen_dm_op_remote_shutdown {
    uint32_t reason;
};
typedef struct xen_dm_op_remote_shutdown xen_dm_op_remote_shutdown_t;

struct xen_dm_op_set_irq_level {
    uint32_t irq; /* an SPI */
    uint8_t level;
    uint8_t pad[3];
};
typedef struct xen_dm_op_set_irq_level xen_dm_op_set_irq_level_t;

struct xen_dm_op_nr_vcpus {
    uint32_t vcpus; /* out */
};
typedef struct xen_dm_op_nr_vcpus xen_dm_op_nr_vcpus_t;

struct xen_dm_op {
    uint32_t op; /* XEN_DMOP_* */
    uint32_t pad;
    union {
        xen_dm_op_create_ioreq_server_t create_ioreq_server;
        xen_dm_op_get_ioreq_server_info_t get_ioreq_server_info;
        xen_dm_op_ioreq_server_range_t map_io_range_to_ioreq_server;
        xen_dm_op_ioreq_server_range_t unmap_io_range_from_ioreq_server;
        xen_dm_op_set_ioreq_server_state_t set_ioreq_server_state;
        xen_dm_op_destroy_ioreq_server_t destroy_ioreq_server;
        xen_dm_op_remote_shutdown_t remote_shutdown;
        xen_dm_op_set_irq_level_t set_irq_level;
        xen_dm_op_nr_vcpus_t nr_vcpus;
    } u;
};

struct xen_dm_op_buf {
    XEN_GUEST_HANDLE_64(void) h;
    xen_ulong_t size;
};
typedef struct xen_dm_op_buf xen_dm_op_buf_t;
DEFINE_XEN_GUEST_HANDLE(xen_dm_op_buf_t);

XEN_LAYOUT_SIZE(struct xen_dm_op_create_ioreq_server, 6);
XEN_LAYOUT_SIZE(struct xen_dm_op_get_ioreq_server_info, 24);
XEN_LAYOUT_SIZE(struct xen_dm_op_ioreq_server_range, 24);
XEN_LAYOUT_SIZE(struct xen_dm_op_set_irq_level, 8);
XEN_LAYOUT_SIZE(struct xen_dm_op, 32);
XEN_LAYOUT_SIZE(struct xen_dm_op_buf, 16);

#endif
