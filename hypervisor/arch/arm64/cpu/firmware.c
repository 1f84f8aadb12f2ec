/* SPDX-License-Identifier: MIT */
#include "firmware.h"
#include "psci.h"
#include <trefoil/arch.h>
#include <trefoil/printk.h>

static bool conduit_smc;
static bool smccc; /* version 1.1 or later */

/* SMC Calling Convention (Arm DEN 0028): x0 to x3 in, x0 out, x4 to x17 may change. */
static int64_t firmware_call(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
    register uint64_t x0 __asm__("x0") = function;
    register uint64_t x1 __asm__("x1") = a1;
    register uint64_t x2 __asm__("x2") = a2;
    register uint64_t x3 __asm__("x3") = a3;

    __asm__ volatile("smc #0"
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
                     :
                     : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
                       "x16", "x17", "memory");
    return (int64_t)x0;
}

/* Older firmware knows no way to ask for the calling convention, and may stop at a call it does not
 * know (DEN 0028F, appendix C). */
static bool has_smccc(void)
{
    return (int32_t)firmware_call(PSCI_VERSION, 0, 0, 0) >= PSCI_VERSION_1_0 &&
           (int32_t)firmware_call(PSCI_FEATURES, SMCCC_VERSION, 0, 0) >= 0 &&
           (int32_t)firmware_call(SMCCC_VERSION, 0, 0, 0) >= SMCCC_VERSION_1_1;
}

void firmware_init(const struct machine *machine)
{
    conduit_smc = machine->arch.psci_smc;
    smccc = conduit_smc && has_smccc();
}

int32_t firmware_cpu_on(uint64_t mpidr, uint64_t entry, uint64_t context)
{
    if (!conduit_smc)
        return PSCI_NOT_SUPPORTED;
    /* What was stored for the new CPU is there before it runs. */
    dsb(ish);
    return (int32_t)firmware_call(PSCI_CPU_ON_64, mpidr, entry, context);
}

int32_t firmware_arch_features(uint32_t function)
{
    if (!smccc)
        return PSCI_NOT_SUPPORTED;
    return (int32_t)firmware_call(SMCCC_ARCH_FEATURES, function, 0, 0);
}

void firmware_store_bypass_off(void)
{
    firmware_call(SMCCC_ARCH_WORKAROUND_2, 1, 0, 0);
}

void firmware_cpu_off(void)
{
    if (conduit_smc)
        firmware_call(PSCI_CPU_OFF, 0, 0, 0);
    arch_halt();
}

void arch_power_off(void)
{
    if (conduit_smc)
        firmware_call(PSCI_SYSTEM_OFF, 0, 0, 0);
    arch_halt();
}

void arch_reset(void)
{
    if (conduit_smc)
        firmware_call(PSCI_SYSTEM_RESET, 0, 0, 0);
    arch_halt();
}
