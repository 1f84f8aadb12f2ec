/* SPDX-License-Identifier: MIT */
/* What a CPU is open to, by its ID registers and the firmware's answers; and what guests are told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cpu/errata.h"
#include "cpu/psci.h"
#include "cpu/speculation.h"

static const struct firmware_answers silent = {{-1, -1, -1}};
static const struct firmware_answers offers_first = {{0, -1, -1}};
static const struct firmware_answers offers_all = {{0, 0, 0}};
static const struct firmware_answers needs_nothing = {{1, -2, 1}};

static struct cpu_identity cpu_of(uint32_t model)
{
    return (struct cpu_identity){.midr = model};
}

static void check(const struct cpu_identity *cpu, const struct firmware_answers *firmware,
                  const uint8_t states[VULNERABILITIES], uint32_t guard)
{
    struct speculation decided = speculation_decide(cpu, firmware);

    for (unsigned int i = 0; i < VULNERABILITIES; i++)
        assert_int_equal(decided.state[i], states[i]);
    assert_int_equal(decided.guard, guard);
}

#define STATES(...) ((const uint8_t[VULNERABILITIES]){__VA_ARGS__})

static void cores_in_order_need_nothing(void **state)
{
    static const uint32_t models[] = {CORE_CORTEX_A35, CORE_CORTEX_A53, CORE_CORTEX_A55};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(models); i++) {
        struct cpu_identity cpu = cpu_of(models[i]);

        check(&cpu, &silent, STATES(SAFE_CORE, SAFE_CORE, SAFE_CORE), GUARD_NONE);
        check(&cpu, &offers_all, STATES(SAFE_CORE, SAFE_CORE, SAFE_CORE), GUARD_NONE);
    }
}

static void without_firmware_old_cores_are_open_and_pay_nothing(void **state)
{
    struct cpu_identity cpu = cpu_of(CORE_CORTEX_A57);

    (void)state;
    check(&cpu, &silent, STATES(OPEN, OPEN, OPEN), GUARD_NONE);
    /* Also a core that no row has. */
    cpu.midr = 0x51000000;
    check(&cpu, &silent, STATES(OPEN, SAFE_CORE, OPEN), GUARD_NONE);
}

static void firmware_is_called_where_it_is_needed(void **state)
{
    struct cpu_identity cpu = cpu_of(CORE_CORTEX_A72);

    (void)state;
    check(&cpu, &offers_first, STATES(BY_FIRMWARE, BY_FIRMWARE, OPEN), SMCCC_ARCH_WORKAROUND_1);
    check(&cpu, &offers_all, STATES(BY_FIRMWARE, BY_FIRMWARE, BY_FIRMWARE),
          SMCCC_ARCH_WORKAROUND_3);
    check(&cpu, &needs_nothing, STATES(SAFE_CORE, BY_LOOP, SAFE_CORE), 8);
    /* The history of Cortex-A73 and A75 is the firmware's matter. */
    cpu = cpu_of(CORE_CORTEX_A73);
    check(&cpu, &offers_first, STATES(BY_FIRMWARE, OPEN, OPEN), SMCCC_ARCH_WORKAROUND_1);
    check(&cpu, &offers_all, STATES(BY_FIRMWARE, BY_FIRMWARE, BY_FIRMWARE),
          SMCCC_ARCH_WORKAROUND_3);
}

static void cores_with_csv2_clear_the_history(void **state)
{
    struct cpu_identity cpu = cpu_of(CORE_CORTEX_A76);

    (void)state;
    cpu.pfr0 = UINT64_C(1) << 56;
    cpu.pfr1 = 2 << 4;
    check(&cpu, &silent, STATES(BY_HARDWARE, BY_LOOP, BY_HARDWARE), 24);
    cpu.midr = CORE_CORTEX_A710;
    check(&cpu, &silent, STATES(BY_HARDWARE, BY_LOOP, BY_HARDWARE), 32);
    cpu.isar2 = 1 << 28;
    check(&cpu, &silent, STATES(BY_HARDWARE, BY_CLRBHB, BY_HARDWARE), GUARD_ONCE);
    cpu.mmfr1 = UINT64_C(1) << 60;
    check(&cpu, &silent, STATES(BY_HARDWARE, BY_HARDWARE, BY_HARDWARE), GUARD_NONE);
    cpu.mmfr1 = 0;
    cpu.pfr0 = UINT64_C(3) << 56;
    check(&cpu, &silent, STATES(BY_HARDWARE, BY_HARDWARE, BY_HARDWARE), GUARD_NONE);
}

static void guards_are_told_apart_by_bit_31(void **state)
{
    (void)state;
    assert_true((SMCCC_ARCH_WORKAROUND_1 & SMCCC_ARCH_WORKAROUND_3) >> 31);
    assert_int_equal(GUARD_ONCE, 1);
}

/* Rows: the state, and the answers to the three functions with all in it. */
static void guests_are_answered_by_the_worst_cpu(void **state)
{
    static const struct {
        uint8_t state;
        int32_t answers[3];
    } rows[] = {
        {SAFE_CORE, {1, -2, 1}}, {BY_HARDWARE, {1, -1, 1}}, {BY_CLRBHB, {0, -1, 0}},
        {BY_LOOP, {0, -1, 0}},   {BY_FIRMWARE, {0, -2, 0}}, {OPEN, {-1, -1, -1}},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const uint8_t *worst = STATES(rows[i].state, rows[i].state, rows[i].state);

        assert_int_equal(speculation_answer(worst, SMCCC_ARCH_WORKAROUND_1), rows[i].answers[0]);
        assert_int_equal(speculation_answer(worst, SMCCC_ARCH_WORKAROUND_2), rows[i].answers[1]);
        assert_int_equal(speculation_answer(worst, SMCCC_ARCH_WORKAROUND_3), rows[i].answers[2]);
        assert_int_equal(speculation_answer(worst, 0x80003ffe), PSCI_NOT_SUPPORTED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cores_in_order_need_nothing),
        cmocka_unit_test(without_firmware_old_cores_are_open_and_pay_nothing),
        cmocka_unit_test(firmware_is_called_where_it_is_needed),
        cmocka_unit_test(cores_with_csv2_clear_the_history),
        cmocka_unit_test(guards_are_told_apart_by_bit_31),
        cmocka_unit_test(guests_are_answered_by_the_worst_cpu),
    };

    return cmocka_run_group_tests_name("speculation", tests, NULL, NULL);
}
