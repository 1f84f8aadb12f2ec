/* SPDX-License-Identifier: MIT */
/* GNTTABOP_copy. */
#include "../test.h"
#include <xen/grant_table.h>
#include <xen/memory.h>

#define NOBODY 999
#define READ   (GTF_permit_access | GTF_readonly)
#define MAP    (GNTMAP_host_map)

static int64_t grant_op(unsigned int command, void *argument, uint64_t count)
{
    return call(__HYPERVISOR_grant_table_op, command, argument, count);
}

static int16_t copy(struct gnttab_copy op)
{
    CHECK_EQUAL(grant_op(GNTTABOP_copy, &op, 1), 0);
    return op.status;
}

static struct gnttab_copy between(uint64_t source, unsigned int from, uint64_t target,
                                  unsigned int to, unsigned int length)
{
    return (struct gnttab_copy){
        .source = {.u.gmfn = source, .domid = DOMID_SELF, .offset = (uint16_t)from},
        .dest = {.u.gmfn = target, .domid = DOMID_SELF, .offset = (uint16_t)to},
        .len = (uint16_t)length,
    };
}

void test_grant_copy_own_pages(void)
{
    for (unsigned int i = 0; i < 64; i++) {
        test_pages[0][i] = (uint8_t)i;
        test_pages[1][i] = 0xff;
    }
    CHECK_EQUAL(copy(between(gfn_of_page(0), 8, gfn_of_page(1), 3, 5)), GNTST_okay);
    CHECK_EQUAL(test_pages[1][2], 0xff);
    for (unsigned int i = 0; i < 5; i++)
        CHECK_EQUAL(test_pages[1][3 + i], 8 + i);
    CHECK_EQUAL(test_pages[1][8], 0xff);
}

void test_grant_copy_by_reference(void)
{
    struct gnttab_copy op = between(0, 0, gfn_of_page(1), 0, PAGE);

    test_pages[0][0] = 42;
    test_pages[0][PAGE - 1] = 43;
    grant(grant_ref, own_domid(), gfn_of_page(0), READ);
    op.flags = GNTCOPY_source_gref;
    op.source.u.ref = grant_ref;
    op.source.domid = own_domid();
    CHECK_EQUAL(copy(op), GNTST_okay);
    CHECK_EQUAL(test_pages[1][0], 42);
    CHECK_EQUAL(test_pages[1][PAGE - 1], 43);
    CHECK_EQUAL(grant_entries[grant_ref].flags, READ);
    op = between(gfn_of_page(1), 0, 0, 0, 1);
    op.flags = GNTCOPY_dest_gref;
    op.dest.u.ref = grant_ref;
    op.dest.domid = own_domid();
    CHECK_EQUAL(copy(op), GNTST_general_error);
}

void test_grant_copy_bad(void)
{
    struct gnttab_copy op = between(gfn_of_page(0), 1, gfn_of_page(1), 0, PAGE);

    CHECK_EQUAL(copy(op), GNTST_bad_copy_arg);
    op = between(gfn_of_page(0), 0, gfn_of_page(1), 4095, 2);
    CHECK_EQUAL(copy(op), GNTST_bad_copy_arg);
    op = between(gfn_of_page(0), 65535, gfn_of_page(1), 65535, 65535);
    CHECK_EQUAL(copy(op), GNTST_bad_copy_arg);
    CHECK(copy(between(HOLE_GFN, 0, gfn_of_page(1), 0, 8)) < 0);
    CHECK(copy(between(gfn_of_page(0), 0, HOLE_GFN, 0, 8)) < 0);
    CHECK(copy(between(UINT64_MAX, 0, gfn_of_page(1), 0, 8)) < 0);
    op = between(1U << 20, 0, gfn_of_page(1), 0, 8);
    op.flags = GNTCOPY_source_gref;
    CHECK_EQUAL(copy(op), GNTST_bad_gntref);
}

void test_grant_unknown_domain(void)
{
    struct gnttab_query_size size = {.dom = NOBODY};
    struct gnttab_setup_table setup = {.dom = NOBODY};
    struct gnttab_copy op = between(1, 0, gfn_of_page(1), 0, 8);
    uint32_t handle;

    CHECK_EQUAL(grant_op(GNTTABOP_query_size, &size, 1), 0);
    CHECK_EQUAL(size.status, GNTST_permission_denied);
    CHECK_EQUAL(grant_op(GNTTABOP_setup_table, &setup, 1), 0);
    CHECK_EQUAL(setup.status, GNTST_permission_denied);
    CHECK_EQUAL(grant_map(NOBODY, grant_ref, MAP, HOLE_GFN, &handle), GNTST_permission_denied);
    op.flags = GNTCOPY_source_gref;
    op.source.domid = NOBODY;
    CHECK_EQUAL(copy(op), GNTST_permission_denied);
}

/* By frame number only one's own. */
void test_grant_copy_foreign_frame(void)
{
    struct gnttab_copy op = between(gfn_of_page(0), 0, gfn_of_page(1), 0, 8);

    op.source.domid = NOBODY;
    CHECK(copy(op) < 0);
}
