/* SPDX-License-Identifier: MIT */
/* Function identifiers and results of PSCI 1.1 (Arm DEN 0022F) and SMCCC 1.1 (DEN 0028). */
#ifndef PSCI_H
#define PSCI_H

#define PSCI_VERSION           0x84000000U
#define PSCI_CPU_SUSPEND_32    0x84000001U
#define PSCI_CPU_SUSPEND_64    0xc4000001U
#define PSCI_CPU_OFF           0x84000002U
#define PSCI_CPU_ON_32         0x84000003U
#define PSCI_CPU_ON_64         0xc4000003U
#define PSCI_AFFINITY_INFO_32  0x84000004U
#define PSCI_AFFINITY_INFO_64  0xc4000004U
#define PSCI_MIGRATE_INFO_TYPE 0x84000006U
#define PSCI_SYSTEM_OFF        0x84000008U
#define PSCI_SYSTEM_RESET      0x84000009U
#define PSCI_FEATURES          0x8400000aU
#define SMCCC_VERSION          0x80000000U
#define SMCCC_ARCH_FEATURES    0x80000001U
/* DEN 0028F 7.5.4 to 7.5.6. */
#define SMCCC_ARCH_WORKAROUND_1 0x80008000U
#define SMCCC_ARCH_WORKAROUND_2 0x80007fffU
#define SMCCC_ARCH_WORKAROUND_3 0x80003fffU

#define PSCI_SUCCESS            0
#define PSCI_NOT_SUPPORTED      (-1)
#define PSCI_INVALID_PARAMETERS (-2)
#define PSCI_DENIED             (-3)
#define PSCI_ALREADY_ON         (-4)

#define SMCCC_SUCCESS           0
#define SMCCC_NOT_REQUIRED_HERE 1    /* on this CPU */
#define SMCCC_NOT_REQUIRED      (-2) /* ARCH_WORKAROUND_2: on none */

#define PSCI_VERSION_1_0  0x10000
#define PSCI_VERSION_1_1  0x10001
#define SMCCC_VERSION_1_1 0x10001
#define PSCI_LEVEL_ON     0
#define PSCI_LEVEL_OFF    1
#define PSCI_NO_MIGRATION 2

#endif
