/* SPDX-License-Identifier: MIT */
/* Domains of a System Device Tree: a whole one, and with one mistake each. */
#include "launch_exercise.h"
#include "launch_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>
#include <xen/bootfdt.h>

static void a_whole_tree(void **state)
{
    void *fdt = launch_tree("system.dts", NULL);
    const struct launch_plan *plan = launch_test_plan(fdt);
    const struct launch_domain *host = launch_test_domain(plan, "host@3");
    const struct launch_domain *guest = launch_test_domain(plan, "zephyr");

    (void)state;
    assert_int_equal(host->domid, 0);
    assert_int_equal(host->roles,
                     DOMAIN_CAPS_CONTROL | DOMAIN_CAPS_HARDWARE | DOMAIN_CAPS_XENSTORE);
    assert_true(host->direct_map);
    assert_int_equal(host->memory, 0x10000000);
    assert_int_equal(host->nr_static_memory, 1);
    assert_int_equal(host->static_memory[0].start, 0x50000000);
    assert_int_equal(host->cpus, 1);
    assert_int_equal(host->affinity[0], 1);
    assert_int_equal(host->kernel.range.start, 0x49000000);
    assert_string_equal(host->bootargs, "console=hvc0");
    assert_int_equal(guest->domid, 1);
    assert_int_equal(guest->memory, 0x6000000);
    assert_int_equal(guest->nr_static_memory, 2);
    assert_int_equal(guest->static_memory[1].start, 0x70000000);
    assert_int_equal(guest->static_memory[1].size, 0x2000000);
    assert_int_equal(guest->cpus, 2);
    assert_int_equal(guest->affinity[1], 3);
    assert_int_equal(guest->enhanced, LAUNCH_ENHANCED_FULL);
    assert_string_equal(guest->bootargs, "quiet");
    assert_int_equal(launch_exercise(fdt, fdt_totalsize(fdt)), 2);
    free(fdt);
}

/* What is said of single vcpus, or of all, goes before the CPUs that it has. */
static void affinities(void **state)
{
    void *fdt =
        launch_tree("system.dts", "&guest { hard-affinity = \"1\"; v { compatible = \"xen,vcpu\"; "
                                  "id = <1>; hard-affinity = \"0\"; }; };");
    const struct launch_domain *guest = launch_test_domain(launch_test_plan(fdt), "zephyr");

    (void)state;
    assert_int_equal(guest->cpus, 2);
    assert_int_equal(guest->affinity[0], 2);
    assert_int_equal(guest->affinity[1], 1);
    free(fdt);
}

/* The first node of a CPU is bit 0, whichever are enabled. */
static void bits_count_nodes(void **state)
{
    void *fdt = launch_tree("system.dts", "&cpu0 { status = \"disabled\"; };\n"
                                          "&cpus { #cpus-mask-cells = <2>; };\n"
                                          "&host { cpus = <&cpus 0 2 1>; };\n"
                                          "&guest { cpus = <&cpus 0 3 1>; };");
    const struct launch_domain *guest = launch_test_domain(launch_test_plan(fdt), "zephyr");

    (void)state;
    assert_int_equal(guest->cpus, 1);
    assert_int_equal(guest->affinity[0], 1);
    free(fdt);
}

static void describe(const struct launch_plan *plan, char *text, size_t size)
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
    unsigned int at = 0;
    void *fdt = launch_tree("system.dts", one->addition);

    launch_plan(fdt, launch_test_machine(fdt), launch_kept, 2, &plan);
    for (; at < plan.nr_messages; at++) {
        snprintf(actual, sizeof(actual), "%s %s", plan.messages[at].error ? "error" : "warning",
                 plan.messages[at].text);
        if (at >= one->nr_expected)
            fail_msg("not expected: %s", actual);
        assert_string_equal(actual, one->expected[at]);
    }
    describe(&plan, actual, sizeof(actual));
    assert_int_equal(at + 1, one->nr_expected);
    assert_string_equal(actual, one->expected[at]);
    free(fdt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_tree),
        cmocka_unit_test(affinities),
        cmocka_unit_test(bits_count_nodes),
    };
    int failed = cmocka_run_group_tests_name("System Device Tree", tests, NULL, NULL);

    return failed ? failed : launch_run_cases("system.cases", check_case);
}
