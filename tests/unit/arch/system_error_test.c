/* SPDX-License-Identifier: MIT */
/* Who ends for a system error, by its syndrome. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cpu/system_error.h"

#define ESR(iss)               (0x2fUL << 26 | 1UL << 25 | (iss))
#define CATEGORISED            0x11UL
#define AET(value)             ESR((uint64_t)(value) << 10 | CATEGORISED)
#define IMPLEMENTATION_DEFINED (1UL << 24)

static void check(uint64_t esr, bool ras, bool distrust, enum system_error_verdict expected)
{
    const char *text = NULL;

    assert_int_equal(system_error_decode(esr, ras, distrust, &text), expected);
    assert_non_null(text);
}

static void without_ras_it_is_the_domains(void **state)
{
    (void)state;
    check(ESR(0), false, false, SYSTEM_ERROR_DOMAIN);
    /* What Cortex-A53 and A57 say of a posted write that a device refused. */
    check(ESR(IMPLEMENTATION_DEFINED | 2), false, false, SYSTEM_ERROR_DOMAIN);
    check(AET(0), false, false, SYSTEM_ERROR_DOMAIN);
}

static void severity_decides(void **state)
{
    static const enum system_error_verdict verdicts[8] = {
        SYSTEM_ERROR_MACHINE, SYSTEM_ERROR_DOMAIN,  SYSTEM_ERROR_LOGGED, SYSTEM_ERROR_DOMAIN,
        SYSTEM_ERROR_MACHINE, SYSTEM_ERROR_MACHINE, SYSTEM_ERROR_LOGGED, SYSTEM_ERROR_MACHINE};

    (void)state;
    for (unsigned int i = 0; i < 8; i++)
        check(AET(i), true, false, verdicts[i]);
}

static void what_says_nothing_is_uncontainable(void **state)
{
    (void)state;
    check(ESR(0), true, false, SYSTEM_ERROR_MACHINE);
    check(ESR(IMPLEMENTATION_DEFINED), true, false, SYSTEM_ERROR_MACHINE);
    check(AET(6) | IMPLEMENTATION_DEFINED, true, false, SYSTEM_ERROR_MACHINE);
    check(AET(3) ^ 1, true, false, SYSTEM_ERROR_MACHINE);
}

static void neoverse_n1_is_not_believed(void **state)
{
    (void)state;
    check(AET(1), true, true, SYSTEM_ERROR_MACHINE);
    check(AET(3), true, true, SYSTEM_ERROR_DOMAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_ras_it_is_the_domains),
        cmocka_unit_test(severity_decides),
        cmocka_unit_test(what_says_nothing_is_uncontainable),
        cmocka_unit_test(neoverse_n1_is_not_believed),
    };

    return cmocka_run_group_tests_name("system_error", tests, NULL, NULL);
}
