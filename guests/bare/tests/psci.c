/* SPDX-License-Identifier: MIT */
/* PSCI (Arm DEN 0022) and the SMC calling convention (Arm DEN 0028). */
#include "../test.h"

#define VERSION             0x84000000U
#define CPU_SUSPEND         0x84000001U
#define CPU_ON_32           0x84000003U
#define CPU_ON              0xc4000003U
#define AFFINITY_INFO_32    0x84000004U
#define AFFINITY_INFO       0xc4000004U
#define MIGRATE             0x84000005U
#define MIGRATE_INFO_TYPE   0x84000006U
#define FEATURES            0x8400000aU
#define SYSTEM_SUSPEND      0xc400000eU
#define SMCCC_VERSION       0x80000000U
#define SMCCC_ARCH_FEATURES 0x80000001U
#define NOT_SUPPORTED       (-1)
#define INVALID             (-2)
#define ALREADY_ON          (-4)

static int64_t psci(uint32_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
    return (int32_t)firmware_call(function, a1, a2, a3);
}

static int64_t by_smc(uint64_t function, uint64_t a1)
{
    register uint64_t x0 __asm__("x0") = function;
    register uint64_t x1 __asm__("x1") = a1;

    __asm__ volatile("smc #0" : "+r"(x0), "+r"(x1)::"x2", "x3", "memory");
    return (int32_t)x0;
}

void test_psci_version(void)
{
    CHECK_EQUAL(psci(VERSION, 0, 0, 0) >> 16, 1);
    CHECK(psci(SMCCC_VERSION, 0, 0, 0) >= 0x10001);
}

void test_psci_features(void)
{
    static const uint32_t there[] = {VERSION,    0x84000002, CPU_ON,   CPU_ON_32,  AFFINITY_INFO,
                                     0x84000008, 0x84000009, FEATURES, CPU_SUSPEND};

    for (unsigned int i = 0; i < LENGTH(there); i++)
        CHECK_EQUAL(psci(FEATURES, there[i], 0, 0), 0);
    CHECK_EQUAL(psci(FEATURES, SYSTEM_SUSPEND, 0, 0), NOT_SUPPORTED);
    CHECK_EQUAL(psci(FEATURES, 0x84001234, 0, 0), NOT_SUPPORTED);
    CHECK_EQUAL(psci(FEATURES, UINT32_MAX, 0, 0), NOT_SUPPORTED);
}

/* On QEMU, where no firmware offers anything: what is said depends on what the core needs
 * (MIDR_EL1's part). */
void test_smccc_arch_features(void)
{
    static const struct {
        uint64_t part;
        int answers[3];
    } cores[] = {
        {0xd03, {1, -2, 1}},   /* Cortex-A53: safe */
        {0xd07, {-1, -1, -1}}, /* Cortex-A57, A72: open */
        {0xd08, {-1, -1, -1}},
        {0xd0b, {1, -1, 0}}, /* Cortex-A76, Neoverse-N1: CSV2, SSBS, a loop */
        {0xd0c, {1, -1, 0}},
    };
    static const uint32_t workarounds[] = {0x80008000, 0x80007fff, 0x80003fff};
    uint64_t midr;

    __asm__("mrs %0, midr_el1" : "=r"(midr));
    CHECK_EQUAL(psci(SMCCC_ARCH_FEATURES, SMCCC_VERSION, 0, 0), 0);
    CHECK_EQUAL(psci(SMCCC_ARCH_FEATURES, SMCCC_ARCH_FEATURES, 0, 0), 0);
    CHECK_EQUAL(psci(SMCCC_ARCH_FEATURES, 0x80003ffe, 0, 0), NOT_SUPPORTED);
    CHECK_EQUAL(psci(SMCCC_ARCH_FEATURES, VERSION, 0, 0), NOT_SUPPORTED);
    for (unsigned int i = 0; i < LENGTH(cores); i++) {
        for (unsigned int j = 0; cores[i].part == (midr >> 4 & 0xfff) && j < 3; j++)
            CHECK_EQUAL(psci(SMCCC_ARCH_FEATURES, workarounds[j], 0, 0), cores[i].answers[j]);
    }
}

void test_psci_unknown(void)
{
    CHECK_EQUAL(psci(0x84001234, 0, 0, 0), NOT_SUPPORTED);
    CHECK_EQUAL(psci(0xffffffff, 0, 0, 0), NOT_SUPPORTED);
    CHECK_EQUAL(psci(0xc4000012, 0, 0, 0), NOT_SUPPORTED);
    CHECK_EQUAL(psci(SYSTEM_SUSPEND, 0, 0, 0), NOT_SUPPORTED);
}

void test_psci_migrate(void)
{
    CHECK_EQUAL(psci(MIGRATE_INFO_TYPE, 0, 0, 0), 2);
    CHECK_EQUAL(psci(MIGRATE, 0, 0, 0), NOT_SUPPORTED);
}

/* SMC32: the upper halves of the registers are no part of the arguments. */
void test_psci_narrow_arguments(void)
{
    CHECK_EQUAL(psci(AFFINITY_INFO_32, 1UL << 32, 1UL << 32, 0), 0);
}

void test_psci_affinity_info(void)
{
    CHECK_EQUAL(psci(AFFINITY_INFO, 0, 0, 0), 0);
    CHECK_EQUAL(psci(AFFINITY_INFO, 1, 0, 0), 1);
    CHECK_EQUAL(psci(AFFINITY_INFO_32, 1, 0, 0), 1);
    CHECK_EQUAL(psci(AFFINITY_INFO, CPUS, 0, 0), INVALID);
    CHECK_EQUAL(psci(AFFINITY_INFO, 0x100, 0, 0), INVALID);
}

/* Levels above that of a CPU are not told of, and none is beyond. */
void test_psci_affinity_level(void)
{
    CHECK_EQUAL(psci(AFFINITY_INFO, 0, 4, 0), INVALID);
    CHECK_EQUAL(psci(AFFINITY_INFO, 0, UINT32_MAX, 0), INVALID);
}

static volatile uint64_t seen_affinity, seen_pstate, seen_level;

static volatile bool wait_for_me;

static void look_around(void)
{
    seen_affinity = READ_SYSREG(mpidr_el1) & 0xff00ffffffUL;
    seen_pstate = READ_SYSREG(daif);
    seen_level = READ_SYSREG(CurrentEL);
    while (wait_for_me)
        ;
}

void test_psci_cpu_on(void)
{
    wait_for_me = true;
    CHECK_EQUAL(cpu_start(look_around), 0);
    CHECK_SOON(seen_affinity == 1);
    CHECK_EQUAL(psci(AFFINITY_INFO, 1, 0, 0), 0);
    CHECK_EQUAL(cpu_start(look_around), ALREADY_ON);
    wait_for_me = false;
    CHECK_SOON(cpu_is_off());
    CHECK_EQUAL(cpu_context, 0x7e57);
    CHECK_EQUAL(seen_level, 4);
    CHECK_EQUAL(seen_pstate & 0x1c0, 0x1c0);
}

/* Off, and on, and off: each time from the start. */
void test_psci_cpu_on_again(void)
{
    wait_for_me = false;
    for (unsigned int i = 0; i < 20; i++) {
        seen_affinity = 0;
        CHECK_EQUAL(cpu_start(look_around), 0);
        CHECK_SOON(cpu_is_off());
        CHECK_EQUAL(seen_affinity, 1);
    }
}

void test_psci_cpu_on_bad(void)
{
    CHECK_EQUAL(psci(CPU_ON, CPUS, GUEST_RAM_BASE, 0), INVALID);
    CHECK_EQUAL(psci(CPU_ON, 1UL << 32, GUEST_RAM_BASE, 0), INVALID);
    CHECK_EQUAL(psci(CPU_ON, 0x80000001, GUEST_RAM_BASE, 0), INVALID);
    CHECK_EQUAL(psci(CPU_ON, 0, GUEST_RAM_BASE, 0), ALREADY_ON);
    CHECK(cpu_is_off());
}

/* An entry that is no place of an instruction (AArch32 has other ones). */
void test_psci_cpu_on_unaligned(void)
{
    int64_t result;

    test_skipped_on_xen("vcpu 1 starts there");
    result = psci(CPU_ON, 1, GUEST_RAM_BASE + 2, 0);
    CHECK(result == INVALID || result == -9);
    CHECK(cpu_is_off());
}

void test_psci_suspend(void)
{
    uint64_t start = now();

    interrupt_enable(TIMER_VIRTUAL, true);
    timer_after(3 * MILLISECOND);
    CHECK_EQUAL(psci(CPU_SUSPEND, 0, 0, 0), 0);
    CHECK_SOON(interrupts[0][TIMER_VIRTUAL] == 1);
    CHECK(now() - start >= 2 * MILLISECOND);
}

/* The same calls by SMC: the guest is told of HVC, and may do either. */
void test_smc(void)
{
    CHECK_EQUAL(by_smc(VERSION, 0) >> 16, 1);
    CHECK_EQUAL(by_smc(0x84001234, 0), NOT_SUPPORTED);
    CHECK_EQUAL(by_smc(0xc6000000, 0), NOT_SUPPORTED);
    CHECK_EQUAL(by_smc(SMCCC_VERSION, 0) >> 16, 1);
}

/* Firmware is not reached with other immediates either. */
void test_smc_other_immediate(void)
{
    struct fault fault;
    uint64_t x0 = VERSION;

    fault = FAULT_OF(__asm__ volatile("mov x0, %0\n\tsmc #1\n\tmov %0, x0"
                                      : "+r"(x0)::"x0", "x1", "x2", "x3", "memory"));
    if (!fault.taken)
        CHECK_EQUAL((int32_t)x0, NOT_SUPPORTED);
    else
        CHECK_EQUAL(fault.esr >> 26, 0);
}
