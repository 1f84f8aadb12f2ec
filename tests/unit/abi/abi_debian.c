/* SPDX-License-Identifier: MIT */
/* Our public headers against those of Debian's libxen-dev, wherever Xen 4.17 has the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <string.h>

#include "abi_table.h"

static const struct abi_row *find_row(struct abi_table table, const char *name)
{
    const struct abi_row *row = table.rows;

    for (size_t i = 0; i < table.count; i++, row++) {
        if (strcmp(row->name, name) == 0)
            return row;
    }
    return NULL;
}

static void both_headers_agree(void **state)
{
    struct abi_table trefoil = abi_trefoil_table();
    struct abi_table debian = abi_debian_table();
    unsigned int differences = 0;

    (void)state;
    if (debian.count == 0) {
        print_message("libxen-dev was not installed when this test was built: nothing compared\n");
        skip();
    }
    for (size_t i = 0; i < debian.count; i++) {
        const struct abi_row *theirs = &debian.rows[i];
        const struct abi_row *ours = find_row(trefoil, theirs->name);

        assert_non_null(ours);
        if (ours->value == theirs->value && ours->offset == theirs->offset)
            continue;
        differences++;
        print_error("%s: %#" PRIx64 " at %" PRId64 ", Debian %#" PRIx64 " at %" PRId64 "\n",
                    ours->name, ours->value, (int64_t)ours->offset, theirs->value,
                    (int64_t)theirs->offset);
    }
    print_message("%zu of %zu rows are in Xen 4.17 too\n", debian.count, trefoil.count);
    assert_int_equal(differences, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(both_headers_agree)};

    return cmocka_run_group_tests_name("abi_debian", tests, NULL, NULL);
}
