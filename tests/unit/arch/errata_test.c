/* SPDX-License-Identifier: MIT */
/* Rows of errata.def: which CPUs they apply to, and that docs/errata.md shows them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cpu/errata.h"
#include <xen/sysctl.h>

/* MIDR_EL1 as a core says it: Architecture is 15. */
static uint64_t midr_of(uint32_t model, unsigned int variant, unsigned int revision)
{
    return model | 0xfU << 16 | (uint64_t)variant << 20 | revision;
}

static bool has(uint64_t midr, uint32_t number)
{
    for (unsigned int i = 0; i < nr_errata; i++) {
        if (errata[i].number == number && erratum_applies(&errata[i], midr))
            return true;
    }
    return false;
}

static unsigned int count(uint64_t midr)
{
    unsigned int found = 0;

    for (unsigned int i = 0; i < nr_errata; i++)
        found += erratum_applies(&errata[i], midr);
    return found;
}

/* Values that the technical reference manuals print. */
static void cores_are_known_by_their_midr(void **state)
{
    (void)state;
    assert_string_equal(core_name(0x410fd034), "Cortex-A53");
    assert_string_equal(core_name(0x412fd050), "Cortex-A55");
    assert_string_equal(core_name(0x411fd070), "Cortex-A57");
    assert_string_equal(core_name(0x410fd083), "Cortex-A72");
    assert_string_equal(core_name(0x414fd0b1), "Cortex-A76");
    assert_string_equal(core_name(0x414fd0c1), "Neoverse-N1");
    assert_string_equal(core_name(0x412fd471), "Cortex-A710");
    /* Another implementer's, with Arm's part number. */
    assert_null(core_name(0x420fd034));
    assert_null(core_name(0));
}

static void a_row_applies_to_its_revisions(void **state)
{
    (void)state;
    /* Cortex-A57 r1p2 is the last with 834220; speculative AT is in all. */
    assert_true(has(midr_of(CORE_CORTEX_A57, 0, 0), 834220));
    assert_true(has(midr_of(CORE_CORTEX_A57, 1, 2), 834220));
    assert_false(has(midr_of(CORE_CORTEX_A57, 1, 3), 834220));
    assert_true(has(midr_of(CORE_CORTEX_A57, 1, 3), 1319537));
    /* r2p0 is less than r3p0 less than r3p1: the variant counts first. */
    assert_true(has(midr_of(CORE_CORTEX_A76, 2, 15), 1286807));
    assert_true(has(midr_of(CORE_CORTEX_A76, 3, 0), 1286807));
    assert_false(has(midr_of(CORE_CORTEX_A76, 3, 1), 1286807));
    assert_true(has(midr_of(CORE_CORTEX_A76, 4, 1), 4193800));
    assert_true(has(midr_of(CORE_CORTEX_A53, 0, 4), 843419));
    assert_false(has(midr_of(CORE_CORTEX_A53, 0, 5), 843419));
}

static void a_row_applies_to_no_other_core(void **state)
{
    (void)state;
    assert_false(has(midr_of(CORE_CORTEX_A72, 0, 0), 834220));
    assert_false(has(midr_of(CORE_CORTEX_A57, 0, 0) ^ 1U << 24, 834220));
    assert_int_equal(count(0), 0);
    assert_int_equal(count(0x610f0000), 0);
}

static void every_row_has_a_core_and_can_apply(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < nr_errata; i++) {
        const struct erratum *row = &errata[i];

        assert_non_null(core_name(row->model));
        assert_true(row->first <= row->last);
        assert_in_range(
            snprintf(NULL, 0, "%s erratum %u: %s", core_name(row->model), row->number, row->how), 1,
            sizeof(((struct xen_sysctl_trefoil_cpu_note *)0)->text) - 1);
        assert_true(erratum_applies(row, midr_of(row->model, row->last >> 4, row->last & 15)));
        for (unsigned int j = 0; j < i; j++)
            assert_false(errata[j].number == row->number && errata[j].model == row->model);
    }
}

#define ANSWER_ALWAYS        "always"
#define ANSWER_AVOIDED       "does not arise"
#define ANSWER_GUEST         "the guest's"
#define ANSWER_OPEN          "nothing"
#define ANSWER_REPEAT_TLBI   "where a CPU has it"
#define ANSWER_COUNTER_TWICE "where a CPU has it"
#define ANSWER_ASK_STAGE1    "where a CPU has it"
#define ANSWER_UNRECOVERABLE "where a CPU has it"

static const char *const names[][2] = {
#define CORE(identifier, implementer, part, name, document, speculates) {#identifier, name},
#include "cpu/cores.def"
#undef CORE
};

static const char *const cores[] = {
#define CORE(identifier, implementer, part, name, document, speculates)                            \
    "| " name " | " #implementer " | " #part " | " document " |\n",
#include "cpu/cores.def"
#undef CORE
};

struct row {
    const char *core;
    unsigned int first, last, number;
    const char *answer, *subject, *how;
};

#define ALL REVISION(0, 0), REVISION_LAST
#define ROW(core, first, last, number, answer, subject, how)                                       \
    {#core, first, last, number, ANSWER_##answer, subject, how},
#define ERRATUM(...) ROW(__VA_ARGS__)
static const struct row rows[] = {
#include "cpu/errata.def"
};

static const char *name_of(const char *identifier)
{
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (strcmp(names[i][0], identifier) == 0)
            return names[i][1];
    }
    return "?";
}

static void print_row(char *line, size_t size, const struct row *row)
{
    char revisions[64] = "all";

    if (row->last != REVISION_LAST)
        (void)snprintf(revisions, sizeof(revisions), "r%up%u-r%up%u", row->first >> 4,
                       row->first & 15, row->last >> 4, row->last & 15);
    (void)snprintf(line, size, "| %s | %s | %u | %s | %s | %s |\n", name_of(row->core), revisions,
                   row->number, row->subject, row->answer, row->how);
}

static unsigned int missing(const char *document, const char *line)
{
    if (strstr(document, line) != NULL)
        return 0;
    print_error("missing in docs/errata.md: %s", line);
    return 1;
}

static void the_document_shows_every_row(void **state)
{
    static char document[65536];
    FILE *stream = fopen(ERRATA_DOCUMENT, "r");
    unsigned int wrong = 0, shown = 0;
    char line[512];

    (void)state;
    assert_non_null(stream);
    assert_in_range(fread(document, 1, sizeof(document) - 1, stream), 1, sizeof(document) - 2);
    fclose(stream);
    for (size_t i = 0; i < ARRAY_SIZE(cores); i++)
        wrong += missing(document, cores[i]);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        print_row(line, sizeof(line), &rows[i]);
        wrong += missing(document, line);
    }
    assert_int_equal(wrong, 0);
    /* And no others: a line of either table begins with the name of a core. */
    for (const char *at = document; (at = strstr(at, "\n| ")) != NULL; at++)
        shown += strncmp(at, "\n| Cortex", 9) == 0 || strncmp(at, "\n| Neoverse", 11) == 0;
    assert_int_equal(shown, ARRAY_SIZE(rows) + ARRAY_SIZE(cores));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cores_are_known_by_their_midr),
        cmocka_unit_test(a_row_applies_to_its_revisions),
        cmocka_unit_test(a_row_applies_to_no_other_core),
        cmocka_unit_test(every_row_has_a_core_and_can_apply),
        cmocka_unit_test(the_document_shows_every_row),
    };

    return cmocka_run_group_tests_name("errata", tests, NULL, NULL);
}
