/* SPDX-License-Identifier: MIT */
#include "test.h"

#define PSCI_CPU_OFF       0x84000002U
#define PSCI_CPU_ON        0xc4000003U
#define PSCI_AFFINITY_INFO 0xc4000004U
#define AFFINITY_OFF       1

void cpu_entry(void);
void cpu_main(uint64_t context);

volatile uint64_t cpu_context;
static void (*volatile cpu_function)(void);

unsigned int cpu_id(void)
{
    return READ_SYSREG(mpidr_el1) & 0xff;
}

void cpu_main(uint64_t context)
{
    mmu_enable();
    cpu_context = context;
    cpu_function();
    interrupts_off();
    firmware_call(PSCI_CPU_OFF, 0, 0, 0);
}

int64_t cpu_start(void (*function)(void))
{
    cpu_function = function;
    /* Its first loads are with its MMU off. */
    __asm__ volatile("dc civac, %0\n\tdsb sy" ::"r"(&cpu_function) : "memory");
    return firmware_call(PSCI_CPU_ON, 1, (uint64_t)cpu_entry, 0x7e57);
}

bool cpu_is_off(void)
{
    return firmware_call(PSCI_AFFINITY_INFO, 1, 0, 0) == AFFINITY_OFF;
}
