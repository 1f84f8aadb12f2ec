/* SPDX-License-Identifier: MIT */
/* A virtual UART: the SBSA generic UART (Arm DEN 0029, appendix B), a subset of the PL011. */
#ifndef ASM_VPL011_H
#define ASM_VPL011_H

#include <trefoil/spinlock.h>
#include <trefoil/types.h>

struct domain_config;
struct domain;

#define VPL011_FIFO 256U /* characters; a power of two */

struct vpl011 {
    spinlock_t lock; /* innermost but for the vgic's notification */
    bool present;
    bool line;
    unsigned int spi;     /* INTID */
    uint16_t raw;         /* UARTRIS */
    uint16_t mask;        /* UARTIMSC */
    unsigned int in, out; /* free running */
    char fifo[VPL011_FIFO];
};

/* Makes the UART if the configuration asks for one. 0, -EINVAL. */
int vpl011_init(struct domain *domain, const struct domain_config *config);
void vpl011_free(struct domain *domain);

#endif
