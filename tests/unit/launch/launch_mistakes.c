/* SPDX-License-Identifier: MIT */
/*
 * What launch_plan() says about trees with one mistake each: exactly the expected lines, in order,
 * and exactly the expected domains. Expectations: "error TEXT", "warning TEXT", "launched
 * NAME=ID...".
 */
#include "launch_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void describe_domains(const struct launch_plan *plan, char *text, size_t size)
{
    int used = snprintf(text, size, "launched");

    for (unsigned int i = 0; i < plan->nr_domains; i++)
        used += snprintf(text + used, size - (size_t)used, " %s=%u", plan->domains[i].name,
                         plan->domains[i].domid);
}

static void check_case(void **state)
{
    const struct launch_case *one = *state;
    static struct launch_plan plan;
    char actual[4096];
    unsigned int left_out = 0, at = 0;
    void *fdt = launch_tree(NULL, one->addition);

    launch_plan(fdt, launch_test_machine(fdt), launch_kept, 2, &plan);
    assert_int_equal(plan.nr_dropped, 0);
    for (unsigned int i = 0; i < plan.nr_messages; i++) {
        left_out += plan.messages[i].error && plan.messages[i].node >= 0;
        snprintf(actual, sizeof(actual), "%s %s", plan.messages[i].error ? "error" : "warning",
                 plan.messages[i].text);
        if (at >= one->nr_expected)
            fail_msg("not expected: %s", actual);
        assert_string_equal(actual, one->expected[at++]);
    }
    assert_int_equal(left_out == 0, plan.nr_left_out == 0);
    describe_domains(&plan, actual, sizeof(actual));
    assert_int_equal(at + 1, one->nr_expected);
    assert_string_equal(actual, one->expected[at]);
    free(fdt);
}

int main(void)
{
    return launch_run_cases("plan.cases", check_case);
}
