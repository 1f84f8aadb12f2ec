/* SPDX-License-Identifier: MIT */
/* How the emulated registers are described: a range of offsets is a row with the widths it takes
 * and its handlers. */
#ifndef VGIC_REGISTERS_H
#define VGIC_REGISTERS_H

#include "vgic.h"

/* One access, as a row's handler sees it. */
struct vgic_access {
    struct vcpu *vcpu;   /* who makes it */
    struct vcpu *owner;  /* whose redistributor it is; NULL: the distributor */
    unsigned int offset; /* within the range */
    unsigned int size;   /* bytes */
};

typedef uint64_t vgic_read(const struct vgic_access *access);
typedef void vgic_write(const struct vgic_access *access, uint64_t value);

struct vgic_range {
    uint16_t start;  /* offset in the frame */
    uint16_t widths; /* which sizes it takes, in bytes, or-ed; others read as zero, write nothing */
    vgic_read *read;
    vgic_write *write;
} __attribute__((aligned(32))); /* so that a row's address takes one addition */

#define WIDTH_32    4U
#define WIDTH_8_32  (1U | 4U)
#define WIDTH_32_64 (4U | 8U)

/* Registers that distributor and redistributors have alike: vgic_banks.c. */
vgic_read vgic_read_group, vgic_read_enabled, vgic_read_pending, vgic_read_active;
vgic_read vgic_read_priority, vgic_read_configuration, vgic_read_identification;
vgic_write vgic_write_group, vgic_set_enabled, vgic_clear_enabled, vgic_set_pending;
vgic_write vgic_clear_pending, vgic_set_active, vgic_clear_active;
vgic_write vgic_write_priority, vgic_write_configuration;

/* GICD_IROUTER: vgic_route.c. */
vgic_read vgic_read_route;
vgic_write vgic_write_route;

/* Implementer ours: product 'T', revision 0. */
#define VGIC_IIDR 0x54000000U

#endif
