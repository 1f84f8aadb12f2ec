/* SPDX-License-Identifier: MIT */
/* What <trefoil/launch.h> and <trefoil/domain.h> leave to the arch: an Arm machine's. */
#ifndef ARCH_LAUNCH_H
#define ARCH_LAUNCH_H

#include <trefoil/types.h>

/*
 * Interrupt lines are GIC INTIDs. Those that a device can have are the shared ones (SPIs), from
 * LAUNCH_FIRST_LINE to below LAUNCH_MAX_LINES: the first 32 are each CPU's own.
 */
#define LAUNCH_FIRST_LINE   32
#define LAUNCH_MAX_LINES    1020
#define LAUNCH_MAX_NR_LINES 960 /* that a domain's description may ask for */

#define LAUNCH_UART_LINE 32 /* the virtual UART's, as the ABI has it (GUEST_VPL011_SPI) */

/* Properties of a domain's node that ask for the virtual UART and for lines. */
#define LAUNCH_PROPERTY_UART  "vpl011"
#define LAUNCH_PROPERTY_LINES "nr_spis"
/* And for vectors of a length in bits. */
#define LAUNCH_PROPERTY_VECTORS "sve"

/* Nodes of the virtual UART in a domain's tree, and of the interrupt controller in a passthrough
 * tree. */
#define LAUNCH_UART_NODE       "sbsa-uart"
#define LAUNCH_CONTROLLER_NODE "gic"

#define LAYOUT_BLOCK (2ULL << 20) /* of a stage 2 block, and of an arm64 kernel */

/* Every Armv8 CPU that can be had has at least 40 bits of intermediate physical address but for the
 * smallest. */
#define LAYOUT_LIMIT (1ULL << 39)

/* A kernel finds its ramdisk within this much of its start (Linux, Documentation/arm64/booting.rst,
 * says 32 GiB at most). */
#define LAYOUT_RAMDISK_REACH (1ULL << 30)

/* Of one CPU's redistributor. */
#define LAUNCH_GICR_STRIDE 0x20000U

/* How many ranges of registers the hypervisor keeps at most, and how many there are in: */
#define LAUNCH_ARCH_KEPT   9
#define LAUNCH_ARCH_RANGES 2
/* Ranges are guest physical. */
struct arch_layout {
    struct paddr_range gicd, gicr;
};

/* Affinity fields of a vcpu's MPIDR, as its CPU node and its virtual GIC have them: 16 vcpus a
 * cluster. */
static inline uint64_t launch_vcpu_mpidr(unsigned int vcpu)
{
    return (vcpu & 15) | (uint64_t)(vcpu >> 4) << 8;
}

#endif
