/* SPDX-License-Identifier: MIT */
#include "launch_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define TREE_MAX (256 * 1024)

const struct paddr_range launch_kept[2] = {{0x40200000, 0x200000}, {0x48000000, 0x100000}};

static void compile(const char *source, const char *target)
{
    char command[512];

    snprintf(command, sizeof(command), "dtc -q -I dts -O dtb -i %s -o %s %s", LAUNCH_DIRECTORY,
             target, source);
    assert_int_equal(system(command), 0);
}

void *launch_tree(const char *file, const char *addition)
{
    char source[] = "/tmp/launch-test-XXXXXX", target[sizeof(source) + 4];
    int descriptor = mkstemp(source);
    FILE *text;
    void *fdt = aligned_alloc(8, TREE_MAX);

    assert_true(descriptor >= 0);
    assert_non_null(fdt);
    text = fdopen(descriptor, "w");
    assert_non_null(text);
    fprintf(text, "/include/ \"%s\"\n%s\n", file ? file : "base.dts", addition ? addition : "");
    fclose(text);
    snprintf(target, sizeof(target), "%s.dtb", source);
    compile(source, target);
    text = fopen(target, "r");
    assert_non_null(text);
    assert_in_range(fread(fdt, 1, TREE_MAX, text), 1, TREE_MAX - 1);
    fclose(text);
    unlink(source);
    unlink(target);
    return fdt;
}

const struct machine *launch_test_machine(const void *fdt)
{
    static struct machine machine;
    char error[256] = "";

    if (!machine_read(fdt, &machine, error, sizeof(error)))
        fail_msg("machine: %s", error);
    return &machine;
}

const struct launch_plan *launch_test_plan(const void *fdt)
{
    static struct launch_plan plan;

    assert_true(launch_plan(fdt, launch_test_machine(fdt), launch_kept, 2, &plan));
    for (unsigned int i = 0; i < plan.nr_messages; i++)
        if (plan.messages[i].error)
            fail_msg("plan: %s", plan.messages[i].text);
    return &plan;
}

const struct launch_domain *launch_test_domain(const struct launch_plan *plan, const char *name)
{
    for (unsigned int i = 0; i < plan->nr_domains; i++)
        if (strcmp(plan->domains[i].name, name) == 0)
            return &plan->domains[i];
    fail_msg("no domain %s", name);
    return NULL;
}

/* Splits the text into lines, in place; each goes to the case it belongs to. */
static unsigned int parse_cases(char *text, struct launch_case *cases)
{
    unsigned int count = 0;
    struct launch_case *one = NULL;

    while (text) {
        char *line = text, *end = strchr(text, '\n');

        text = end ? end + 1 : NULL;
        if (line[0] == '#' && line[1] == ' ') {
            *end = '\0';
            if (one)
                line[-1] = '\0';
            one = &cases[count++];
            assert_in_range(count, 1, LAUNCH_MAX_CASES);
            snprintf(one->name, sizeof(one->name), "%s", line + 2);
            one->addition = text;
        } else if (one && line[0] == '=' && line[1] == ' ') {
            *end = '\0';
            assert_in_range(one->nr_expected, 0, LAUNCH_MAX_EXPECTATIONS - 1);
            one->expected[one->nr_expected++] = line + 2;
            one->addition = text;
        }
    }
    return count;
}

static char *read_text(const char *file)
{
    char path[256];
    char *text = calloc(1, TREE_MAX);
    FILE *stream;

    snprintf(path, sizeof(path), "%s/%s", LAUNCH_DIRECTORY, file);
    stream = fopen(path, "r");
    if (!text || !stream || fread(text, 1, TREE_MAX - 1, stream) == 0) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(99);
    }
    fclose(stream);
    return text;
}

int launch_run_cases(const char *file, void (*test)(void **state))
{
    static struct launch_case cases[LAUNCH_MAX_CASES];
    static struct CMUnitTest tests[LAUNCH_MAX_CASES];
    char *text = read_text(file);
    unsigned int count = parse_cases(text, cases);
    int result;

    for (unsigned int i = 0; i < count; i++)
        tests[i] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = test, .initial_state = &cases[i]};
    if (count == 0)
        return 99;
    result = _cmocka_run_group_tests(file, tests, count, NULL, NULL);
    free(text);
    return result;
}
