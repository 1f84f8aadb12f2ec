/* SPDX-License-Identifier: MIT */
/* Calls to the firmware below EL2: PSCI (Arm DEN 0022) through the conduit of the device tree. */
#ifndef FIRMWARE_H
#define FIRMWARE_H

#include <trefoil/machine.h>

/* Remembers the conduit, and asks for the SMC Calling Convention's version. */
void firmware_init(const struct machine *machine);
/* PSCI CPU_ON; 0 or a negative PSCI error. */
int32_t firmware_cpu_on(uint64_t mpidr, uint64_t entry, uint64_t context);
/* PSCI CPU_OFF of the caller, for good. */
_Noreturn void firmware_cpu_off(void);

/* SMCCC_ARCH_FEATURES on this CPU; PSCI_NOT_SUPPORTED from firmware without SMCCC 1.1. */
int32_t firmware_arch_features(uint32_t function);
/* ARCH_WORKAROUND_2, which the firmware offers: this CPU does not load ahead of stores any more. */
void firmware_store_bypass_off(void);

#endif
