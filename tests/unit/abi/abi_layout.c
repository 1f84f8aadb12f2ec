/* SPDX-License-Identifier: MIT */
/* Our public headers against the facts in abi_layout.def and abi_constants.def. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>

#include "abi_table.h"

static unsigned int count_differences(struct abi_table table)
{
    unsigned int differences = 0;

    for (size_t i = 0; i < table.count; i++) {
        const struct abi_row *row = &table.rows[i];

        if (row->value == row->fact_value && row->offset == row->fact_offset)
            continue;
        differences++;
        print_error("%s: %#" PRIx64 " at %" PRId64 ", should be %#" PRIx64 " at %" PRId64 "\n",
                    row->name, row->value, (int64_t)row->offset, row->fact_value,
                    (int64_t)row->fact_offset);
    }
    return differences;
}

static void headers_agree_with_the_facts(void **state)
{
    (void)state;
    assert_true(abi_trefoil_table().count > 1000);
    assert_int_equal(count_differences(abi_trefoil_table()), 0);
}

static void a_wrong_row_is_noticed(void **state)
{
    static const struct abi_row rows[] = {
        {"right", ABI_same, 8, 16, 8, 16},
        {"size", ABI_same, 8, 16, 4, 16},
        {"offset", ABI_same, 8, 16, 8, 12},
    };

    (void)state;
    assert_int_equal(count_differences((struct abi_table){rows, 3}), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_agree_with_the_facts),
        cmocka_unit_test(a_wrong_row_is_noticed),
    };

    return cmocka_run_group_tests_name("abi_layout", tests, NULL, NULL);
}
