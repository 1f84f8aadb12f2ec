/* SPDX-License-Identifier: MIT */
/* Calls to the firmware below EL2: PSCI (Arm DEN 0022) through the conduit of the device tree. */
#ifndef FIRMWARE_H
#define FIRMWARE_H

#include <trefoil/machine.h>

/* Remembers the conduit. */
void firmware_init(const struct machine *machine);
/* PSCI CPU_ON; 0 or a negative PSCI error. */
int32_t firmware_cpu_on(uint64_t mpidr, uint64_t entry, uint64_t context);

#endif
