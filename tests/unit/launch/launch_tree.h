/* SPDX-License-Identifier: MIT */
/* Trees for the tests of hypervisor/launch: tests/unit/launch/base.dts with changes, compiled by
 * dtc. */
#ifndef TESTS_LAUNCH_TREE_H
#define TESTS_LAUNCH_TREE_H

#include <trefoil/launch.h>
#include <trefoil/machine.h>

/* base.dts (NULL) or another file of tests/unit/launch, and a text after it. The caller frees it.
 * Fails the test when dtc does not like it. */
void *launch_tree(const char *file, const char *addition);

/* What the hypervisor keeps in these tests. */
extern const struct paddr_range launch_kept[2];

/* Reads a tree that is expected to be right; machine and plan are static. */
const struct machine *launch_test_machine(const void *fdt);
const struct launch_plan *launch_test_plan(const void *fdt);
const struct launch_domain *launch_test_domain(const struct launch_plan *plan, const char *name);

/* A *.cases file: cases begin with a line "# NAME"; then come lines of expectations "= TEXT"; the
 * rest is a text to add to base.dts. */
#define LAUNCH_MAX_CASES        512
#define LAUNCH_MAX_EXPECTATIONS 8

struct launch_case {
    char name[80];
    char *expected[LAUNCH_MAX_EXPECTATIONS];
    unsigned int nr_expected;
    char *addition;
};

/* Runs each case of a file as a test of its own; returns what main() is to return. */
int launch_run_cases(const char *file, void (*test)(void **state));

#endif
