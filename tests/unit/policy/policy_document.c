/* SPDX-License-Identifier: MIT */
/* docs/policy.md is what the rows say. POLICY_DOCUMENT is its path, POLICY_PROGRAM what prints it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "hypervisor/policy/document.h"

static char *read_whole(FILE *file)
{
    char *text = NULL;
    size_t size = 0;

    assert_non_null(file);
    assert_true(getdelim(&text, &size, '\0', file) > 0);
    assert_int_equal(fclose(file), 0);
    return text;
}

static char *made_now(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);

    assert_non_null(memory);
    policy_write_document(memory);
    assert_int_equal(fclose(memory), 0);
    return text;
}

static void the_document_is_not_stale(void **state)
{
    char *stored = read_whole(fopen(POLICY_DOCUMENT, "r"));
    char *fresh = made_now();
    bool same = strcmp(stored, fresh) == 0;

    (void)state;
    if (!same)
        print_error("%s is stale: make policy-document\n", POLICY_DOCUMENT);
    free(stored);
    free(fresh);
    assert_true(same);
}

static void the_document_has_every_policy_and_a_known_cell(void **state)
{
    char *text = made_now();

    (void)state;
    assert_non_null(strstr(text, "\n## dummy\n"));
    assert_non_null(strstr(text, "\n## silo\n"));
    assert_non_null(strstr(text, "\n## split\n"));
    assert_non_null(strstr(
        text, "| `sysctl_readconsole_clear` | change | machine | no | yes | no | no | no |"));
    free(text);
}

static void the_program_prints_the_document(void **state)
{
    char *stored = read_whole(fopen(POLICY_DOCUMENT, "r")), *printed = NULL;
    size_t size = 0;
    FILE *pipe = popen(POLICY_PROGRAM, "r");

    (void)state;
    assert_non_null(pipe);
    assert_true(getdelim(&printed, &size, '\0', pipe) > 0);
    assert_int_equal(pclose(pipe), 0);
    assert_true(strcmp(stored, printed) == 0);
    free(stored);
    free(printed);
    assert_int_not_equal(system(POLICY_PROGRAM " >/dev/full"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_document_is_not_stale),
        cmocka_unit_test(the_program_prints_the_document),
        cmocka_unit_test(the_document_has_every_policy_and_a_known_cell),
    };

    return cmocka_run_group_tests_name("policy_document", tests, NULL, NULL);
}
