/* SPDX-License-Identifier: MIT */
/* The twin's physmap against a table with an entry a gfn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <trefoil/arch.h>
#include <trefoil/errno.h>

#define GFNS   256U
#define ROUNDS 20000

static struct domain domain;
static struct {
    uint64_t mfn;
    enum p2m_type type; /* P2M_INVALID: nothing */
} model[GFNS];

static void check_runs(void)
{
    const struct arch_domain *arch = &domain.arch;

    for (unsigned int i = 0; i < arch->p2m.nr_runs; i++) {
        assert_true(arch->p2m.runs[i].pages > 0);
        if (i > 0)
            assert_true(arch->p2m.runs[i - 1].gfn + arch->p2m.runs[i - 1].pages <=
                        arch->p2m.runs[i].gfn);
    }
    for (uint64_t gfn = 0; gfn < GFNS; gfn++) {
        enum p2m_type type;
        mfn_t mfn;
        bool there = arch_p2m_lookup(&domain, (gfn_t){gfn}, &mfn, &type);

        assert_int_equal(there, model[gfn].type != P2M_INVALID);
        if (!there)
            continue;
        assert_int_equal(mfn.n, model[gfn].mfn);
        assert_int_equal(type, model[gfn].type);
    }
}

static void test_agrees_with_table(void **state)
{
    (void)state;
    srand(3);
    for (unsigned int round = 0; round < ROUNDS; round++) {
        uint64_t gfn = (uint64_t)rand() % GFNS, pages = 1 + (uint64_t)rand() % 24;
        uint64_t mfn = (uint64_t)rand() % 100000;
        enum p2m_type type = rand() % 3 ? P2M_RAM : P2M_INVALID;

        if (pages > GFNS - gfn)
            pages = GFNS - gfn;
        if (type == P2M_INVALID)
            assert_int_equal(arch_p2m_unmap(&domain, (gfn_t){gfn}, pages), 0);
        else
            assert_int_equal(arch_p2m_map(&domain, (gfn_t){gfn}, (mfn_t){mfn}, pages, type), 0);
        for (uint64_t i = 0; i < pages; i++) {
            model[gfn + i].mfn = mfn + i;
            model[gfn + i].type = type;
        }
        if (round % 16 == 0)
            check_runs();
    }
    free(domain.arch.p2m.runs);
}

static void test_limits(void **state)
{
    const gfn_t last = {(UINT64_C(1) << 28) - 1};

    (void)state;
    memset(&domain, 0, sizeof(domain));
    assert_int_equal(arch_p2m_map(&domain, (gfn_t){0}, (mfn_t){1}, 0, P2M_RAM), -EINVAL);
    assert_int_equal(arch_p2m_map(&domain, last, (mfn_t){1}, 2, P2M_RAM), -EINVAL);
    assert_int_equal(arch_p2m_map(&domain, gfn_add(last, 1), (mfn_t){1}, 1, P2M_RAM), -EINVAL);
    assert_int_equal(arch_p2m_map(&domain, (gfn_t){5}, (mfn_t){1}, UINT64_MAX, P2M_RAM), -EINVAL);
    assert_int_equal(domain.arch.p2m.nr_runs, 0);
    assert_int_equal(arch_p2m_map(&domain, last, (mfn_t){1}, 1, P2M_RAM), 0);
    assert_int_equal(arch_p2m_max_gfn(&domain), last.n);
    free(domain.arch.p2m.runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agrees_with_table),
        cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
