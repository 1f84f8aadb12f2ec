/* SPDX-License-Identifier: MIT */
/* The shared page of a vchan: a byte stream each way between two domains. */
#ifndef XEN_IO_LIBXENVCHAN_H
#define XEN_IO_LIBXENVCHAN_H

#include <xen/layout.h>

struct ring_shared {
    uint32_t cons, prod; /* free running */
};

#define VCHAN_NOTIFY_WRITE 0x1
#define VCHAN_NOTIFY_READ  0x2

/* Values of cli_live and srv_live. */
#define VCHAN_GONE      0
#define VCHAN_CONNECTED 1
#define VCHAN_WAITING   2

struct vchan_interface {
    struct ring_shared left;  /* client writes, server reads */
    struct ring_shared right; /* server writes, client reads */
    /*
     * A ring of 2^order bytes: order 10 lies at offset 1024 and 11 at 2048 of this page, 12 and
     * more in pages of their own, named by grants. Fixed once the page is shared.
     */
    uint16_t left_order, right_order;
    uint8_t cli_live, srv_live;
    uint8_t cli_notify, srv_notify; /* VCHAN_NOTIFY_*: what the other side wants to be told of */
    uint32_t grants[];              /* of left's pages, then of right's */
};

XEN_LAYOUT_SIZE(struct vchan_interface, 24);
XEN_LAYOUT_FIELD(struct vchan_interface, left_order, 16);
XEN_LAYOUT_FIELD(struct vchan_interface, cli_notify, 22);
XEN_LAYOUT_FIELD(struct vchan_interface, grants, 24);

#endif
