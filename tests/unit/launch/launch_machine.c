/* SPDX-License-Identifier: MIT */
/* What machine_read() says about trees with one mistake each. */
#include "launch_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void check_case(void **state)
{
    const struct launch_case *one = *state;
    static struct machine machine;
    char error[256] = "ok";
    void *fdt = launch_tree(NULL, one->addition);
    bool read = machine_read(fdt, &machine, error, sizeof(error));

    assert_int_equal(one->nr_expected, 1);
    assert_string_equal(error, one->expected[0]);
    assert_int_equal(read, one->expected[0][0] != '/');
    free(fdt);
}

int main(void)
{
    return launch_run_cases("machine.cases", check_case);
}
