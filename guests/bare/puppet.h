/* SPDX-License-Identifier: MIT */
/*
 * The target of a device model: it asks its device what to do, by reading its registers, does that,
 * and writes down how it went. So the tests, which are the device model, have its accesses in their
 * hands from the first to the last. Where nothing answers, it asks again.
 */
#ifndef PUPPET_H
#define PUPPET_H

#include "test.h"

#define DEVICE      GUEST_VIRTIO_MMIO_BASE
#define DEVICE_SIZE 0x2000UL
#define DEVICE_ORDER                                                                               \
    (DEVICE + 0x00)                    /* read: PUPPET_*, from bit 8 on its size, from 16 on where \
                                        */
#define DEVICE_OPERAND (DEVICE + 0x08) /* read */
#define DEVICE_RESULT  (DEVICE + 0x10) /* written */
#define DEVICE_FAULT   (DEVICE + 0x18) /* written: ESR_EL1 of an exception, or 0 */
#define DEVICE_FREE    0x100UL         /* offset of what tests may use */

enum puppet_order {
    PUPPET_READ,      /* `size` bytes at DEVICE + `where` */
    PUPPET_READ_WIDE, /* the same, with its sign, to 64 bits */
    PUPPET_READ_NEXT, /* the same, of 8 bytes, and the address goes on: that is the result */
    PUPPET_READ_PAIR, /* two of 8 bytes */
    PUPPET_WRITE,     /* the operand */
    PUPPET_KEEP,      /* notes the operand, as long as it lives */
    PUPPET_KEPT,
    PUPPET_LOOK,  /* 8 bytes of its memory at the operand */
    PUPPET_PAGE,  /* the frame of a page of its memory */
    PUPPET_LINES, /* which of the lines 32 to 63 wait */
    PUPPET_OTHER, /* its other vcpu reads 4 bytes at DEVICE + `where` */
    PUPPET_REBOOT,
};

/* Does not return. */
void puppet_serve(void);

#endif
