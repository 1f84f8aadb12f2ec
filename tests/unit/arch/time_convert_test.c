/* SPDX-License-Identifier: MIT */
/* Counter ticks and nanoseconds: never early, hardly late, after a second as after years. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "cpu/time_convert.h"

#define YEAR (365UL * 24 * 3600 * NS_PER_SECOND)

static const uint64_t frequencies[] = {1000000,  19200000,  24000000,   31250000,  54000000,
                                       62500000, 100000000, 1000000000, 3999999999};

static void deadlines_are_kept(void **state)
{
    (void)state;
    for (size_t f = 0; f < ARRAY_SIZE(frequencies); f++) {
        struct time_scale scale = time_scale(frequencies[f]);

        for (uint64_t ns = 1; ns < 20 * YEAR; ns += ns / 7 + 1) {
            uint64_t ticks = time_from_ns(&scale, ns);

            assert_true(time_to_ns(&scale, ticks) >= ns);
            assert_true(ticks < 4 || time_to_ns(&scale, ticks - 4) <= ns + 1);
        }
    }
}

static void time_goes_at_the_counters_pace(void **state)
{
    (void)state;
    for (size_t f = 0; f < ARRAY_SIZE(frequencies); f++) {
        struct time_scale scale = time_scale(frequencies[f]);
        uint64_t day = time_to_ns(&scale, 86400 * frequencies[f]);

        assert_true(day <= 86400 * NS_PER_SECOND);
        assert_true(86400 * NS_PER_SECOND - day < 100000);
    }
}

static void what_does_not_fit_is_never(void **state)
{
    struct time_scale slow = time_scale(1000000), fast = time_scale(3999999999),
                      none = time_scale(0);

    (void)state;
    assert_int_equal(time_to_ns(&slow, UINT64_MAX), UINT64_MAX);
    assert_int_equal(time_from_ns(&fast, UINT64_MAX), UINT64_MAX);
    assert_int_equal(time_to_ns(&none, 12345), 12345);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deadlines_are_kept),
        cmocka_unit_test(time_goes_at_the_counters_pace),
        cmocka_unit_test(what_does_not_fit_is_never),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
