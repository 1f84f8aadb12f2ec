/* SPDX-License-Identifier: MIT */
/* What guests are shown of the ID registers: every row of id_register.def, and what must not be
 * seen, stated apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "cpu/id_register.h"
#include <asm/cpu.h>
#include <trefoil/types.h>

enum { U, S };

static const struct {
    unsigned int crm, op2, shift;
    int is_signed, highest;
    const char *name;
} rows[] = {
#define ID_FIELD(crm, op2, field, shift, sign, highest) {crm, op2, shift, sign, highest, #field},
#include "cpu/id_register.def"
};

static uint64_t own[ID_CRM][ID_OP2], shown[ID_CRM][ID_OP2];

uint64_t fake_register_read(const char *name)
{
    unsigned int crm, op2;

    assert_int_equal(sscanf(name, "S3_0_C0_C%u_%u", &crm, &op2), 2);
    assert_true(crm < ID_CRM && op2 < ID_OP2);
    return own[crm][op2];
}

void fake_register_write(const char *name, uint64_t value)
{
    fail_msg("%s is written, %lx", name, value);
}

static int number(unsigned int field, int is_signed)
{
    return is_signed && field > 7 ? (int)field - 16 : (int)field;
}

/* Each row, with every value that a CPU can have there and all others set. */
static void test_every_field(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
        for (unsigned int value = 0; value < 16; value++) {
            int wanted = number(value, rows[i].is_signed), got;

            memset(own, 0xff, sizeof(own));
            own[rows[i].crm][rows[i].op2] &= ~(15UL << rows[i].shift);
            own[rows[i].crm][rows[i].op2] |= (uint64_t)value << rows[i].shift;
            id_filter(own, shown);
            got = number(shown[rows[i].crm][rows[i].op2] >> rows[i].shift & 15, rows[i].is_signed);
            if (wanted > rows[i].highest)
                wanted = rows[i].highest;
            if (got != wanted)
                fail_msg("%s is %d, not %d", rows[i].name, got, wanted);
        }
    }
}

/* A CPU whose every field is as high as can be: nothing is seen outside the rows. */
static void test_the_rest_is_absent(void **state)
{
    (void)state;
    for (unsigned int pattern = 0; pattern < 16; pattern++) {
        memset(own, (int)(pattern * 17), sizeof(own));
        id_filter(own, shown);
        for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
            shown[rows[i].crm][rows[i].op2] &= ~(15UL << rows[i].shift);
        for (unsigned int i = 0; i < ID_CRM * ID_OP2; i++)
            assert_int_equal(shown[i / ID_OP2][i % ID_OP2], 0);
    }
}

static void test_no_field_has_two_rows(void **state)
{
    (void)state;
    memset(own, 0, sizeof(own));
    for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
        uint64_t *seen = &own[rows[i].crm][rows[i].op2];

        assert_int_equal(*seen >> rows[i].shift & 15, 0);
        *seen |= 15UL << rows[i].shift;
    }
}

/* What EL2 traps or does not switch (Arm ARM D19.2). */
static const struct {
    unsigned int crm, op2, shift;
    const char *name;
} hidden[] = {
    {4, 0, 8, "EL2"},          {4, 0, 12, "EL3"},        {4, 0, 28, "RAS"},
    {4, 0, 32, "SVE"},         {4, 0, 36, "SEL2"},       {4, 0, 40, "MPAM"},
    {4, 0, 44, "AMU"},         {4, 0, 52, "RME"},        {4, 1, 8, "MTE"},
    {4, 1, 16, "MPAM_frac"},   {4, 1, 24, "SME"},        {4, 1, 36, "NMI"},
    {4, 1, 44, "GCS"},         {4, 1, 48, "THE"},        {5, 0, 4, "TraceVer"},
    {5, 0, 8, "PMUVer"},       {5, 0, 32, "PMSVer"},     {5, 0, 40, "TraceFilt"},
    {5, 0, 44, "TraceBuffer"}, {5, 0, 52, "BRBE"},       {6, 0, 24, "TME"},
    {6, 1, 60, "LS64"},        {6, 2, 32, "SYSREG_128"}, {6, 2, 36, "SYSINSTR_128"},
    {7, 0, 56, "FGT"},         {7, 1, 8, "VH"},          {7, 1, 16, "LO"},
    {7, 1, 40, "HCX"},         {7, 2, 12, "IESB"},       {7, 2, 24, "NV"},
    {7, 2, 40, "FWB"},         {7, 3, 0, "TCRX"},        {7, 3, 4, "SCTLRX"},
    {7, 3, 8, "S1PIE"},        {7, 3, 16, "S1POE"},      {7, 3, 32, "D128"},
};

static void test_what_must_not_be_seen(void **state)
{
    (void)state;
    memset(own, 0x77, sizeof(own));
    id_filter(own, shown);
    for (unsigned int i = 0; i < ARRAY_SIZE(hidden); i++) {
        if ((shown[hidden[i].crm][hidden[i].op2] >> hidden[i].shift & 15) != 0)
            fail_msg("%s is shown", hidden[i].name);
    }
    /* ID_AA64PFR2, ZFR0, SMFR0, FPFR0, MMFR3, MMFR4 */
    assert_int_equal(shown[4][2] | shown[4][4] | shown[4][5] | shown[4][7], 0);
    assert_int_equal(shown[7][3] | shown[7][4], 0);
}

/* EL1 is AArch64 alone (HCR_EL2.RW), and the granule of 4 KiB is there. */
static void test_what_must_be_seen(void **state)
{
    (void)state;
    memset(own, 0, sizeof(own));
    own[4][0] = 0x01002222; /* as a Cortex-A57 has it: EL0 to EL3 of both kinds, GICv3 */
    own[5][0] = 0x10305106; /* debug: 6 breakpoints, 4 watchpoints, 2 for contexts; PMU, no trace */
    id_filter(own, shown);
    assert_int_equal(shown[4][0], 0x01000012);
    assert_int_equal(shown[5][0], 0x000000f000101006);
}

static void test_unlike_cpus_show_what_both_have(void **state)
{
    uint64_t one[ID_CRM][ID_OP2] = {{0}}, other[ID_CRM][ID_OP2] = {{0}};

    (void)state;
    one[6][0] = 0x20UL << 16 | 2UL << 4; /* Atomic, AES */
    other[6][0] = 1UL << 4 | 1UL << 16;  /* AES, CRC32 */
    one[4][0] = 1UL << 16;               /* FP with half precision */
    other[4][0] = 15UL << 16 | 2;        /* none */
    id_common(one, other);
    assert_int_equal(one[6][0], 1UL << 4);
    assert_int_equal(one[4][0], 15UL << 16);
}

/* AArch32's registers are unknown where EL0 has no AArch32. */
static void test_without_aarch32(void **state)
{
    uint64_t read[ID_CRM][ID_OP2];

    (void)state;
    memset(own, 0x11, sizeof(own));
    id_read(read);
    assert_int_equal(read[1][0] | read[2][5] | read[3][0], 0);
    assert_int_equal(read[6][0], 0x1111111111111111);
    own[4][0] = 2;
    id_read(read);
    assert_int_equal(read[2][5], 0x1111111111111111);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_field),
        cmocka_unit_test(test_the_rest_is_absent),
        cmocka_unit_test(test_no_field_has_two_rows),
        cmocka_unit_test(test_what_must_not_be_seen),
        cmocka_unit_test(test_what_must_be_seen),
        cmocka_unit_test(test_unlike_cpus_show_what_both_have),
        cmocka_unit_test(test_without_aarch32),
    };

    return cmocka_run_group_tests_name("id_register", tests, NULL, NULL);
}
