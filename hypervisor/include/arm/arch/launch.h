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

/* Of one CPU's redistributor. */
#define LAUNCH_GICR_STRIDE 0x20000U

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
