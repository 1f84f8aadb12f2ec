/* SPDX-License-Identifier: MIT */
/* Which registers a CPU writes, by what its ID registers say: every row of control.def, and what a
 * few must be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "cpu/cpu_setup.h"
#include "cpu/feature.h"
#include <trefoil/types.h>

#define MAX_WRITES 100

static struct {
    const char *name;
    uint64_t value;
} writes[MAX_WRITES], readable[8];
static unsigned int nr_writes, nr_readable;

uint64_t fake_register_read(const char *name)
{
    for (unsigned int i = 0; i < nr_readable; i++) {
        if (strcmp(readable[i].name, name) == 0)
            return readable[i].value;
    }
    return 0;
}

void fake_register_write(const char *name, uint64_t value)
{
    assert_true(nr_writes < MAX_WRITES);
    writes[nr_writes].name = name;
    writes[nr_writes++].value = value;
}

void fake_isb(void)
{
}

static void cpu_has(const char *name, uint64_t value)
{
    readable[nr_readable].name = name;
    readable[nr_readable++].value = value;
}

static void reset(void)
{
    nr_writes = nr_readable = 0;
}

/* How often the register was written, and the last value. */
static unsigned int written(const char *name, uint64_t *value)
{
    unsigned int count = 0;

    for (unsigned int i = 0; i < nr_writes; i++) {
        if (strcmp(writes[i].name, name) == 0) {
            count++;
            *value = writes[i].value;
        }
    }
    return count;
}

static uint64_t value_of(const char *name)
{
    uint64_t value = 0;

    assert_int_equal(written(name, &value), 1);
    return value;
}

/* Where a register is that some CPUs lack, stated apart from the rows (Arm ARM D19.2). */
static const struct {
    const char *name, *id;
    unsigned int shift, least;
} optional[] = {
    {"S3_4_C1_C2_0", "S3_0_C0_C4_0", 32, 1},  /* ZCR_EL2 */
    {"S3_4_C1_C2_6", "S3_0_C0_C4_1", 24, 1},  /* SMCR_EL2 */
    {"S3_3_C4_C2_2", "S3_0_C0_C4_1", 24, 1},  /* SVCR */
    {"S3_4_C1_C2_2", "S3_0_C0_C7_1", 40, 1},  /* HCRX_EL2 */
    {"S3_4_C1_C1_4", "S3_0_C0_C7_0", 56, 1},  /* HFGRTR_EL2 */
    {"S3_4_C1_C1_5", "S3_0_C0_C7_0", 56, 1},  /* HFGWTR_EL2 */
    {"S3_4_C1_C1_6", "S3_0_C0_C7_0", 56, 1},  /* HFGITR_EL2 */
    {"S3_4_C3_C1_4", "S3_0_C0_C7_0", 56, 1},  /* HDFGRTR_EL2 */
    {"S3_4_C3_C1_5", "S3_0_C0_C7_0", 56, 1},  /* HDFGWTR_EL2 */
    {"S3_4_C3_C1_2", "S3_0_C0_C7_0", 56, 2},  /* HFGRTR2_EL2 */
    {"S3_4_C3_C1_3", "S3_0_C0_C7_0", 56, 2},  /* HFGWTR2_EL2 */
    {"S3_4_C3_C1_7", "S3_0_C0_C7_0", 56, 2},  /* HFGITR2_EL2 */
    {"S3_4_C3_C1_0", "S3_0_C0_C7_0", 56, 2},  /* HDFGRTR2_EL2 */
    {"S3_4_C3_C1_1", "S3_0_C0_C7_0", 56, 2},  /* HDFGWTR2_EL2 */
    {"S3_3_C9_C14_0", "S3_0_C0_C5_0", 8, 1},  /* PMUSERENR_EL0 */
    {"S3_3_C13_C2_3", "S3_0_C0_C4_0", 44, 1}, /* AMUSERENR_EL0 */
    {"S3_4_C9_C9_0", "S3_0_C0_C5_0", 32, 1},  /* PMSCR_EL2 */
    {"S3_0_C9_C10_0", "S3_0_C0_C5_0", 32, 1}, /* PMBLIMITR_EL1 */
    {"S3_4_C1_C2_1", "S3_0_C0_C5_0", 40, 1},  /* TRFCR_EL2 */
    {"S3_0_C9_C11_0", "S3_0_C0_C5_0", 44, 1}, /* TRBLIMITR_EL1 */
    {"S2_4_C9_C0_0", "S3_0_C0_C5_0", 52, 1},  /* BRBCR_EL2 */
    {"S3_4_C10_C5_0", "S3_0_C0_C4_0", 40, 1}, /* MPAM2_EL2 */
    {"S3_4_C10_C5_0", "S3_0_C0_C4_1", 16, 1}, /* MPAM2_EL2 */
    {"S3_4_C14_C0_6", "S3_0_C0_C7_0", 60, 2}, /* CNTPOFF_EL2 */
    {"S3_4_C14_C3_1", "S3_0_C0_C7_1", 8, 1},  /* CNTHV_CTL_EL2 */
    {"S3_4_C12_C1_1", "S3_0_C0_C4_0", 28, 1}, /* VDISR_EL2 */
    {"S3_0_C10_C4_3", "S3_0_C0_C7_1", 16, 1}, /* LORC_EL1 */
    {"S3_0_C2_C5_0", "S3_0_C0_C4_1", 44, 1},  /* GCSCR_EL1 */
};

static void test_what_is_there_is_written(void **state)
{
    uint64_t value;

    (void)state;
    for (unsigned int i = 0; i < ARRAY_SIZE(optional); i++) {
        for (uint64_t field = 0; field <= optional[i].least; field++) {
            reset();
            cpu_has(optional[i].id, field << optional[i].shift);
            control_setup();
            if (written(optional[i].name, &value) != (field >= optional[i].least))
                fail_msg("%s, where %s has %u", optional[i].name, optional[i].id,
                         (unsigned int)field);
        }
    }
}

/* A CPU of Armv8.0 writes what every CPU has, and nothing else. */
static void test_the_first_of_the_architecture(void **state)
{
    unsigned int expected = 1; /* CPTR_EL2, before the rows */

    (void)state;
    reset();
#define CONTROL(encoding, label, where, setting, why) expected += strcmp(#where, "ALWAYS") == 0;
#include "cpu/control.def"
#undef CONTROL
    control_setup();
    assert_int_equal(nr_writes, expected);
    assert_int_equal(hcr_guest(), HCR_GUEST);
}

/* A CPU with everything writes every row, SVE's and SME's while they do not trap. */
static void test_a_cpu_with_everything(void **state)
{
    unsigned int expected = 1, at = 1;

    (void)state;
    reset();
    cpu_has("S3_0_C0_C4_0", 0x1111111111111111);
    cpu_has("S3_0_C0_C4_1", 0x1111111111111211);
    cpu_has("S3_0_C0_C5_0", 0x1111111111111111);
    cpu_has("S3_0_C0_C6_2", 0x1111111111111111);
    cpu_has("S3_0_C0_C7_0", 0x2222222222222222);
    cpu_has("S3_0_C0_C7_1", 0x1111111111111111);
    cpu_has("S3_0_C10_C4_4", MPAMIDR_HAS_HCR | MPAMIDR_HAS_TIDR);
    cpu_has("S3_3_C9_C12_0", 6 << 11);
    control_setup();
#define CONTROL(encoding, label, where, setting, why)                                              \
    expected++;                                                                                    \
    assert_string_equal(writes[at++].name, #encoding);
#include "cpu/control.def"
#undef CONTROL
    assert_int_equal(nr_writes, expected);
    assert_string_equal(writes[0].name, "cptr_el2");
    assert_int_equal(writes[0].value & (1UL << 8 | 1UL << 12), 0);
    /* TZ, TSM, TTA, TAM; not TFP, not TCPAC */
    assert_int_equal(value_of("S3_4_C1_C1_2"), 0x401033ff);
    assert_int_equal(value_of("S3_4_C1_C2_2"), 3 << 10);
    assert_int_equal(value_of("S3_4_C1_C1_1") & 31, 6);
    assert_int_equal(value_of("S3_4_C10_C5_0"), 1UL << 48 | 1UL << 49 | 1UL << 58);
    assert_int_equal(value_of("S3_4_C1_C1_4"), 0);
    assert_int_equal(hcr_guest() & ~HCR_GUEST, HCR_TERR | HCR_TLOR | HCR_TID5 | HCR_API | HCR_APK);
}

/* A PMU that is not Arm's has none of its registers. */
static void test_an_own_pmu(void **state)
{
    uint64_t value;

    (void)state;
    reset();
    cpu_has("S3_0_C0_C5_0", 15 << 8);
    control_setup();
    assert_int_equal(written("S3_3_C9_C14_0", &value), 0);
}

/* EL2 without VHE, and neither E2H nor TGE (Arm ARM D19.2.48). */
static void test_el2_without_vhe(void **state)
{
    (void)state;
    assert_int_equal(HCR_GUEST & (1UL << 34 | 1UL << 27), 0);
    assert_true((HCR_GUEST & HCR_RW) != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_there_is_written),
        cmocka_unit_test(test_the_first_of_the_architecture),
        cmocka_unit_test(test_a_cpu_with_everything),
        cmocka_unit_test(test_an_own_pmu),
        cmocka_unit_test(test_el2_without_vhe),
    };

    return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
