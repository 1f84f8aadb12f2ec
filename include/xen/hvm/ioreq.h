/* SPDX-License-Identifier: MIT */
/*
 * How the hypervisor asks a device model: a slot for each vcpu, in a page that
 * XENMEM_acquire_resource maps. The hypervisor fills a slot that is NONE, makes it READY and sends
 * an event; the device model makes it INPROCESS, then RESP_READY with what was read in `data`, and
 * sends an event; the hypervisor makes it NONE.
 */
#ifndef XEN_HVM_IOREQ_H
#define XEN_HVM_IOREQ_H

#include <xen/event_channel.h>

#define IOREQ_READ  1
#define IOREQ_WRITE 0

#define STATE_IOREQ_NONE      0
#define STATE_IOREQ_READY     1
#define STATE_IOREQ_INPROCESS 2
#define STATE_IORESP_READY    3

#define IOREQ_TYPE_PIO        0
#define IOREQ_TYPE_COPY       1 /* memory */
#define IOREQ_TYPE_PCI_CONFIG 2
#define IOREQ_TYPE_TIMEOFFSET 7
#define IOREQ_TYPE_INVALIDATE 8

struct ioreq {
    uint64_t addr;     /* guest physical */
    uint64_t data;     /* or the address of it */
    uint32_t count;    /* of repetitions */
    uint32_t size;     /* bytes */
    uint32_t vp_eport; /* to be bound by the device model */
    uint16_t _pad0;
    uint8_t state : 4;
    uint8_t data_is_ptr : 1;
    uint8_t dir : 1; /* IOREQ_READ, IOREQ_WRITE */
    uint8_t df : 1;
    uint8_t _pad1 : 1;
    uint8_t type; /* IOREQ_TYPE_* */
};
typedef struct ioreq ioreq_t;

struct shared_iopage {
    struct ioreq vcpu_ioreq[1]; /* as many as the domain has vcpus */
};
typedef struct shared_iopage shared_iopage_t;

XEN_LAYOUT_SIZE(struct ioreq, 32);
XEN_LAYOUT_FIELD(struct ioreq, vp_eport, 24);
XEN_LAYOUT_FIELD(struct ioreq, type, 31);

#endif
