/* SPDX-License-Identifier: MIT */
/* System registers: what the hypervisor hides, plays, or keeps. */
#include "../test.h"

#define FIELD(name, shift) (READ_SYSREG(name) >> (shift)&15)

/* Where the machine has SVE, EL1's own trap would come first. */
static void sve_untrapped(void)
{
    WRITE_SYSREG(READ_SYSREG(cpacr_el1) | 3UL << 16, cpacr_el1);
    __asm__ volatile("isb");
}

void test_id_hides_sve(void)
{
    sve_untrapped();
    CHECK_EQUAL(FIELD(id_aa64pfr0_el1, 32), 0);
    CHECK_EQUAL(READ_SYSREG(S3_0_C0_C4_4), 0);  /* ID_AA64ZFR0_EL1 */
    CHECK_EQUAL(READ_SYSREG(S3_0_C0_C4_5), 0);  /* ID_AA64SMFR0_EL1 */
    CHECK_UNDEFINED(READ_SYSREG(S3_0_C1_C2_0)); /* ZCR_EL1 */
}

void test_id_hides_pmu(void)
{
    CHECK_EQUAL(FIELD(id_aa64dfr0_el1, 8), 0);
}

/* No RAS, MPAM, activity monitors; no secure or hypervisor level. */
void test_id_hides_levels(void)
{
    CHECK_EQUAL(FIELD(id_aa64pfr0_el1, 28), 0);
    CHECK_EQUAL(FIELD(id_aa64pfr0_el1, 40), 0);
    CHECK_EQUAL(FIELD(id_aa64pfr0_el1, 44), 0);
}

/* EL2 is the hypervisor's. */
void test_id_hides_el2(void)
{
    CHECK_EQUAL(FIELD(id_aa64pfr0_el1, 8), 0);
}

void test_id_hides_pointer_authentication(void)
{
    CHECK_EQUAL(FIELD(id_aa64isar1_el1, 4), 0);
    CHECK_EQUAL(FIELD(id_aa64isar1_el1, 8), 0);
    CHECK_EQUAL(FIELD(id_aa64isar1_el1, 24), 0);
    CHECK_EQUAL(FIELD(id_aa64isar1_el1, 28), 0);
}

/* What is there is said to be there. */
void test_id_shows(void)
{
    CHECK(FIELD(id_aa64pfr0_el1, 4) != 0);       /* EL1 in AArch64 */
    CHECK(FIELD(id_aa64pfr0_el1, 16) != 15);     /* FP */
    CHECK(FIELD(id_aa64pfr0_el1, 20) != 15);     /* SIMD */
    CHECK(FIELD(id_aa64pfr0_el1, 24) != 0);      /* GIC CPU interface */
    CHECK_EQUAL(FIELD(id_aa64mmfr0_el1, 28), 0); /* 4 KiB pages */
    CHECK(FIELD(id_aa64dfr0_el1, 0) >= 6);       /* Armv8 debug, as the architecture demands */
}

/* Encodings of ID registers that are reserved read as zero. */
void test_id_reserved(void)
{
    CHECK_EQUAL(READ_SYSREG(S3_0_C0_C7_7), 0);
    CHECK_EQUAL(READ_SYSREG(S3_0_C0_C6_7), 0);
    CHECK_EQUAL(READ_SYSREG(S3_0_C0_C5_7), 0);
    CHECK_EQUAL(READ_SYSREG(S3_0_C0_C4_6), 0);
    CHECK_UNDEFINED(WRITE_SYSREG(0, S3_0_C0_C4_0));
}

void test_id_processor(void)
{
    CHECK_EQUAL(READ_SYSREG(mpidr_el1) & 0xff00ffffffUL, 0);
    CHECK_EQUAL(READ_SYSREG(mpidr_el1) >> 31 & 1, 1);
    CHECK(READ_SYSREG(midr_el1) != 0);
}

/* No breakpoints: registers that take anything and do nothing. */
void test_debug_registers(void)
{
    CHECK_NO_FAULT(WRITE_SYSREG(UINT64_MAX & ~7UL, S2_0_C0_C0_4)); /* DBGBVR0_EL1 */
    CHECK_NO_FAULT(WRITE_SYSREG(0, S2_0_C0_C0_5));
    CHECK_NO_FAULT(WRITE_SYSREG(0, S2_0_C0_C0_6));
    CHECK_NO_FAULT(WRITE_SYSREG(0, S2_0_C0_C0_7));
    CHECK_NO_FAULT(WRITE_SYSREG(0, mdscr_el1));
    CHECK_NO_FAULT(WRITE_SYSREG(0, S2_0_C1_C0_4)); /* OSLAR_EL1 */
    CHECK_NO_FAULT(WRITE_SYSREG(0, S2_0_C1_C3_4)); /* OSDLR_EL1 */
    CHECK_NO_FAULT(READ_SYSREG(S2_0_C1_C1_4));     /* OSLSR_EL1 */
}

void test_debug_registers_read_zero(void)
{
    WRITE_SYSREG(0x1000, S2_0_C0_C0_4);
    CHECK_EQUAL(READ_SYSREG(S2_0_C0_C0_4), 0);
    WRITE_SYSREG(1UL << 12, mdscr_el1);
    CHECK_EQUAL(READ_SYSREG(mdscr_el1), 0);
}

/* Linux writes this one whatever the ID registers say. */
void test_pmu_registers(void)
{
    CHECK_NO_FAULT(WRITE_SYSREG(0, pmuserenr_el0));
    CHECK_EQUAL(READ_SYSREG(pmuserenr_el0), 0);
}

void test_pmu_counters(void)
{
    CHECK_NO_FAULT(WRITE_SYSREG(UINT64_MAX, pmccntr_el0));
    CHECK_EQUAL(READ_SYSREG(pmccntr_el0), 0);
    CHECK_NO_FAULT(WRITE_SYSREG(1, pmcr_el0));
}

/* Registers of other levels and of nobody. */
void test_undefined_registers(void)
{
    CHECK_UNDEFINED(READ_SYSREG(hcr_el2));
    CHECK_UNDEFINED(READ_SYSREG(vttbr_el2));
    CHECK_UNDEFINED(READ_SYSREG(cntvoff_el2));
    CHECK_UNDEFINED(READ_SYSREG(S3_6_C1_C1_0)); /* SCR_EL3 */
    CHECK_UNDEFINED(WRITE_SYSREG(0, hcr_el2));
    CHECK_UNDEFINED(READ_SYSREG(S3_0_C13_C1_5));
}

/* The hypervisor's own registers of the GIC. */
void test_undefined_gic_registers(void)
{
    CHECK_UNDEFINED(READ_SYSREG(S3_4_C12_C11_0)); /* ICH_HCR_EL2 */
    CHECK_UNDEFINED(READ_SYSREG(S3_0_C12_C11_5)); /* ICC_SGI1R_EL1 can only be written */
}

/* An interface by system registers, for good. */
void test_gic_system_registers(void)
{
    CHECK_EQUAL(READ_SYSREG(S3_0_C12_C12_5) & 1, 1);
    WRITE_SYSREG(0, S3_0_C12_C12_5);
    CHECK_EQUAL(READ_SYSREG(S3_0_C12_C12_5) & 1, 1);
    CHECK_EQUAL(READ_SYSREG(S3_0_C12_C12_0), 1023);
    CHECK_EQUAL(READ_SYSREG(S3_0_C12_C11_3), 0xff); /* ICC_RPR_EL1: idle */
}

void test_implementation_registers(void)
{
    CHECK_NO_FAULT(READ_SYSREG(actlr_el1));
    CHECK_NO_FAULT(WRITE_SYSREG(0, actlr_el1));
}

/* Traps of instructions that EL2 keeps for itself. */
void test_undefined_instructions(void)
{
    sve_untrapped();
    CHECK_UNDEFINED(__asm__ volatile("udf #0"));
    CHECK_UNDEFINED(__asm__ volatile("hvc #7" ::: "x0", "x1", "x2", "x3", "memory"));
    CHECK_UNDEFINED(__asm__ volatile("at s12e1r, %0" ::"r"(0UL)));
    CHECK_UNDEFINED(__asm__ volatile("tlbi alle1"));
    CHECK_UNDEFINED(__asm__ volatile(".inst 0x2538c000")); /* SVE: dup z0.b, #0 */
}

/* Cache maintenance by set and way may be trapped, but it is done. */
void test_cache_maintenance(void)
{
    CHECK_NO_FAULT(__asm__ volatile("dc civac, %0\n\tdc cvac, %0\n\tic ivau, %0" ::"r"(test_pages)
                                    : "memory"));
    CHECK_NO_FAULT(__asm__ volatile("ic iallu\n\tdsb sy\n\tisb" ::: "memory"));
    CHECK_NO_FAULT(__asm__ volatile("dc isw, %0" ::"r"(0UL) : "memory"));
}
