/* SPDX-License-Identifier: MIT */
/* System registers: what the hypervisor hides, plays, or keeps. */
#include "../test.h"
#include <xen/sched.h>

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

#define SCTLR_ENIA (1UL << 31)

/* Shown, it works: an address is signed and comes back; not shown, it is not there. */
void test_pointer_authentication(void)
{
    bool shown = FIELD(id_aa64isar1_el1, 4) != 0 || FIELD(id_aa64isar1_el1, 8) != 0 ||
                 FIELD(S3_0_C0_C6_2, 12) != 0;
    register uint64_t pointer __asm__("x19") = (uint64_t)test_pages;
    register uint64_t modifier __asm__("x20") = 7;

    if (!shown) {
        CHECK_UNDEFINED(WRITE_SYSREG(1, S3_0_C2_C1_0)); /* APIAKeyLo_EL1 */
        return;
    }
    WRITE_SYSREG(0x0123456789abcdef, S3_0_C2_C1_0);
    WRITE_SYSREG(0xfedcba9876543210, S3_0_C2_C1_1);
    WRITE_SYSREG(READ_SYSREG(sctlr_el1) | SCTLR_ENIA, sctlr_el1);
    __asm__ volatile("isb\n\t.inst 0xdac10293"
                     : "+r"(pointer)
                     : "r"(modifier)); /* PACIA x19, x20 */
    hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0, 0);
    CHECK(pointer != (uint64_t)test_pages);
    __asm__ volatile(".inst 0xdac11293" : "+r"(pointer) : "r"(modifier)); /* AUTIA x19, x20 */
    CHECK_EQUAL(pointer, test_pages);
    CHECK_EQUAL(READ_SYSREG(S3_0_C2_C1_0), 0x0123456789abcdef);
    WRITE_SYSREG(READ_SYSREG(sctlr_el1) & ~SCTLR_ENIA, sctlr_el1);
    __asm__ volatile("isb");
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

#define READ_ROW(crm)                                                                              \
    {                                                                                              \
        READ_SYSREG(S3_0_C0_C##crm##_0), READ_SYSREG(S3_0_C0_C##crm##_1),                          \
            READ_SYSREG(S3_0_C0_C##crm##_2), READ_SYSREG(S3_0_C0_C##crm##_3),                      \
            READ_SYSREG(S3_0_C0_C##crm##_4), READ_SYSREG(S3_0_C0_C##crm##_5),                      \
            READ_SYSREG(S3_0_C0_C##crm##_6), READ_SYSREG(S3_0_C0_C##crm##_7)                       \
    }

/* Which of the registers a guest may see something in: a bit for each op2, by CRm. */
static const uint8_t id_listed[8] = {0, 0x03, 0xbf, 0x17, 0x03, 0x01, 0x07, 0x07};

/* The whole space of ID registers can be read, and what is not of the list is absent. */
void test_id_space(void)
{
    uint64_t values[8][8] = {{0},         READ_ROW(1), READ_ROW(2), READ_ROW(3),
                             READ_ROW(4), READ_ROW(5), READ_ROW(6), READ_ROW(7)};

    for (unsigned int crm = 1; crm < 8; crm++) {
        for (unsigned int op2 = 0; op2 < 8; op2++) {
            if ((id_listed[crm] >> op2 & 1) == 0)
                CHECK_EQUAL(values[crm][op2], 0);
        }
    }
    /* EL1 is AArch64; nothing of transactional memory, LD64B, FGT, VHE, HCRX, nested
     * virtualization. */
    CHECK_EQUAL(values[4][0] >> 4 & 15, 1);
    CHECK_EQUAL(values[6][0] >> 24 & 15, 0);
    CHECK_EQUAL(values[6][1] >> 60, 0);
    CHECK_EQUAL(values[7][0] >> 56 & 15, 0);
    CHECK_EQUAL(values[7][1] >> 8 & 15, 0);
    CHECK_EQUAL(values[7][1] >> 40 & 15, 0);
    CHECK_EQUAL(values[7][2] >> 24 & 15, 0);
    /* No MTE, SME, GCS. */
    CHECK_EQUAL(values[4][1] & ~0xffUL, 0);
}

static bool not_there(struct fault fault)
{
    return fault.taken && (fault.esr >> 26 == 0 || fault.esr >> 26 == 0x18);
}

/* ID registers of what is not shown, outside that space. */
void test_id_others(void)
{
    /* With FEAT_IDST these two say which register it was. */
    CHECK(not_there(FAULT_OF(READ_SYSREG(S3_1_C0_C0_4)))); /* GMID_EL1 */
    CHECK(not_there(FAULT_OF(READ_SYSREG(S3_1_C0_C0_6)))); /* SMIDR_EL1 */
    CHECK_UNDEFINED(READ_SYSREG(S3_0_C10_C4_4));           /* MPAMIDR_EL1 */
    CHECK_UNDEFINED(READ_SYSREG(S3_0_C10_C4_7));           /* LORID_EL1 */
    CHECK_UNDEFINED(READ_SYSREG(S3_0_C5_C3_0));            /* ERRIDR_EL1 */
    CHECK_UNDEFINED(READ_SYSREG(S3_0_C9_C9_7));            /* PMSIDR_EL1 */
    CHECK_UNDEFINED(READ_SYSREG(S3_0_C9_C11_7));           /* TRBIDR_EL1 */
    CHECK_UNDEFINED(READ_SYSREG(S2_1_C9_C2_0));            /* BRBIDR0_EL1 */
    CHECK_NO_FAULT(READ_SYSREG(revidr_el1));
    CHECK_NO_FAULT(READ_SYSREG(aidr_el1));
    CHECK_NO_FAULT(READ_SYSREG(ctr_el0));
    CHECK_NO_FAULT(READ_SYSREG(clidr_el1));
    CHECK_NO_FAULT(READ_SYSREG(ccsidr_el1));
}

/* State of features that are not shown is out of reach. */
void test_hidden_state(void)
{
    CHECK_UNDEFINED(READ_SYSREG(S3_3_C13_C0_5)); /* TPIDR2_EL0 */
    CHECK_UNDEFINED(READ_SYSREG(S3_3_C2_C5_1));  /* GCSPR_EL0 */
    CHECK_UNDEFINED(READ_SYSREG(S3_0_C2_C5_0));  /* GCSCR_EL1 */
    CHECK_UNDEFINED(READ_SYSREG(S3_0_C2_C0_3));  /* TCR2_EL1 */
    CHECK_UNDEFINED(READ_SYSREG(S3_0_C1_C0_3));  /* SCTLR2_EL1 */
    CHECK_UNDEFINED(READ_SYSREG(S3_0_C10_C2_2)); /* PIRE0_EL1 */
    CHECK_UNDEFINED(READ_SYSREG(S3_3_C10_C2_4)); /* POR_EL0 */
    CHECK_UNDEFINED(READ_SYSREG(S3_0_C1_C2_1));  /* TRFCR_EL1 */
    CHECK_UNDEFINED(READ_SYSREG(S3_0_C10_C5_0)); /* MPAM1_EL1 */
    CHECK_UNDEFINED(READ_SYSREG(S3_0_C10_C4_3)); /* LORC_EL1 */
    CHECK_UNDEFINED(READ_SYSREG(S3_0_C1_C0_6));  /* GCR_EL1 */
    CHECK_UNDEFINED(READ_SYSREG(S3_3_C13_C0_7)); /* SCXTNUM_EL0 */
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
    CHECK_UNDEFINED(__asm__ volatile("hvc #7\n\tnop" ::: "x0", "x1", "x2", "x3", "memory"));
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
}
