/* SPDX-License-Identifier: MIT */
/* docs/options.md is what the tables say, and no option is asked for that they do not have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_whole(FILE *file, int (*close)(FILE *))
{
    char *text = NULL;
    size_t size = 0;

    assert_non_null(file);
    assert_true(getdelim(&text, &size, '\0', file) > 0);
    assert_int_equal(close(file), 0);
    return text;
}

static void the_document_is_not_stale(void **state)
{
    char *stored = read_whole(fopen(DOCUMENT, "r"), fclose);
    char *made = read_whole(popen(PROGRAM, "r"), pclose);
    bool same = strcmp(stored, made) == 0;

    (void)state;
    if (!same)
        print_error("%s is stale: make options-document\n", DOCUMENT);
    free(stored);
    free(made);
    assert_true(same);
}

static void a_document_that_cannot_be_written_is_an_error(void **state)
{
    (void)state;
    assert_int_not_equal(system(PROGRAM " >/dev/full"), 0);
}

/* Whether each line of `names` has a row in the document; how many there are. */
static unsigned int rows_of(char *names, const char *document)
{
    unsigned int count = 0;
    char *rest = NULL;

    for (char *name = strtok_r(names, "\n", &rest); name; name = strtok_r(NULL, "\n", &rest)) {
        char row[64];

        snprintf(row, sizeof(row), "\n| `%s=` | ", name);
        if (!strstr(document, row))
            fail_msg("the hypervisor asks for %s=, which has no row in options.def", name);
        count++;
    }
    return count;
}

static void every_option_that_is_asked_for_has_a_row(void **state)
{
    char *document = read_whole(fopen(DOCUMENT, "r"), fclose);
    char *names =
        read_whole(popen("grep -rhoE --include='*.c' 'option_(value|is)\\(\"[a-z-]+\"' " SOURCES
                         " | sed 's/^[^\"]*\"//; s/\"$//' | sort -u",
                         "r"),
                   pclose);

    (void)state;
    assert_in_range(rows_of(names, document), 6, 100);
    free(names);
    free(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_document_is_not_stale),
        cmocka_unit_test(a_document_that_cannot_be_written_is_an_error),
        cmocka_unit_test(every_option_that_is_asked_for_has_a_row),
    };

    return cmocka_run_group_tests_name("core_options", tests, NULL, NULL);
}
