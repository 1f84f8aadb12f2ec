/* SPDX-License-Identifier: MIT */
/* CPUs of two kinds: which may serve together. QEMU's virt machine cannot mix them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "cpu/alike.h"
#include <asm/cpu.h>
#include <trefoil/types.h>

struct cpu_register {
    const char *name;
    uint64_t value;
};

/* Cortex-A57 as QEMU has it. */
static const struct cpu_register usual[] = {
    {"S3_4_C12_C11_1", 0x90180003},
    {"S3_0_C0_C7_0", 0x1124},
    {"S3_0_C0_C7_1", 0},
    {"ctr_el0", 0x8444c004},
    {"dczid_el0", 4},
    {"cntfrq_el0", 62500000},
    {"S3_0_C0_C6_1", 0},
    {"S3_0_C0_C6_2", 0},
};

static const struct cpu_register *other;

uint64_t fake_register_read(const char *name)
{
    if (other != NULL && strcmp(other->name, name) == 0)
        return other->value;
    for (unsigned int i = 0; i < ARRAY_SIZE(usual); i++) {
        if (strcmp(usual[i].name, name) == 0)
            return usual[i].value;
    }
    fail_msg("%s is read", name);
    return 0;
}

void fake_register_write(const char *name, uint64_t value)
{
    fail_msg("%s is written, %lx", name, value);
}

/* One register of the second CPU is different, and whether it may be. */
static const struct {
    struct cpu_register differs;
    const char *what;
} cases[] = {
    {{"S3_4_C12_C11_1", 0x90180003}, NULL},
    {{"S3_4_C12_C11_1", 0x9018000f}, NULL}, /* 16 list registers */
    {{"S3_4_C12_C11_1", 0x90180001}, "list registers"},
    {{"S3_4_C12_C11_1", 0x98180003}, "bits of preemption of the virtual GIC"},
    {{"S3_0_C0_C7_0", 0x1125}, NULL}, /* 48 bits */
    {{"S3_0_C0_C7_0", 0x1122}, "physical addresses"},
    {{"S3_0_C0_C7_1", 0x20}, NULL},  /* 16 bits */
    {{"ctr_el0", 0x84448004}, NULL}, /* another kind of instruction cache */
    {{"ctr_el0", 0x8443c004}, "cache lines"},
    {{"ctr_el0", 0x8444c003}, "cache lines"},
    {{"dczid_el0", 5}, "block of DC ZVA"},
    {{"cntfrq_el0", 24000000}, "frequency of the counter"},
    {{"S3_0_C0_C6_1", 0x10}, "pointer authentication, APA and API"},
    {{"S3_0_C0_C6_1", 0x100}, "pointer authentication, APA and API"},
    {{"S3_0_C0_C6_1", 0x1000}, NULL},
    {{"S3_0_C0_C6_2", 0x1000}, "pointer authentication, APA3"},
};

static void test_each_row(void **state)
{
    struct alike_difference difference;

    (void)state;
    other = NULL;
    alike_begin();
    for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
        other = &cases[i].differs;
        if (alike_check(&difference) != (cases[i].what == NULL))
            fail_msg("%s = %lx", other->name, other->value);
        if (cases[i].what != NULL)
            assert_string_equal(difference.what, cases[i].what);
    }
}

/* The boot CPU is the one with more: the other lacks VMIDs that domains may have. */
static void test_the_boot_cpu_has_more(void **state)
{
    static const struct cpu_register wide = {"S3_0_C0_C7_1", 0x20};
    struct alike_difference difference;

    (void)state;
    other = &wide;
    alike_begin();
    other = NULL;
    assert_false(alike_check(&difference));
    assert_string_equal(difference.what, "VMIDs");
    assert_int_equal(difference.boot, 2);
    assert_int_equal(difference.own, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_row),
        cmocka_unit_test(test_the_boot_cpu_has_more),
    };

    return cmocka_run_group_tests_name("alike", tests, NULL, NULL);
}
