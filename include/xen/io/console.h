/* SPDX-License-Identifier: MIT */
/* The page of a paravirtual console: one ring each way. */
#ifndef XEN_IO_CONSOLE_H
#define XEN_IO_CONSOLE_H

#include <xen/layout.h>

typedef uint32_t XENCONS_RING_IDX;

/* Free-running index to place in the ring. */
#define MASK_XENCONS_IDX(index, ring) ((index) & (sizeof(ring) - 1))

#define XENCONSOLE_CONNECTED    0
#define XENCONSOLE_DISCONNECTED 1

struct xencons_interface {
    char in[1024];  /* to the guest */
    char out[2048]; /* from the guest */
    XENCONS_RING_IDX in_cons, in_prod;
    XENCONS_RING_IDX out_cons, out_prod;
    uint8_t connection; /* XENCONSOLE_*, written by the backend */
};

XEN_LAYOUT_SIZE(struct xencons_interface, 3092);
XEN_LAYOUT_FIELD(struct xencons_interface, out, 1024);
XEN_LAYOUT_FIELD(struct xencons_interface, in_cons, 3072);
XEN_LAYOUT_FIELD(struct xencons_interface, out_prod, 3084);
XEN_LAYOUT_FIELD(struct xencons_interface, connection, 3088);

#endif
