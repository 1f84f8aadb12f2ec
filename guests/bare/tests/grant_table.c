/* SPDX-License-Identifier: MIT */
/* The grant table as a whole, and arrays of requests. */
#include "../test.h"
#include <xen/grant_table.h>
#include <xen/memory.h>

#define ALWAYS (GTF_permit_access)
#define MAP    (GNTMAP_host_map)

static int64_t grant_op(unsigned int command, void *argument, uint64_t count)
{
    return call(__HYPERVISOR_grant_table_op, command, argument, count);
}

void test_grant_query_size(void)
{
    struct gnttab_query_size op = {.dom = DOMID_SELF, .status = 1};

    CHECK_EQUAL(grant_op(GNTTABOP_query_size, &op, 1), 0);
    CHECK_EQUAL(op.status, GNTST_okay);
    CHECK(op.nr_frames >= 1);
    CHECK(op.max_nr_frames >= op.nr_frames);
}

void test_grant_version(void)
{
    struct gnttab_set_version set = {.version = 1};
    struct gnttab_get_version get = {.dom = DOMID_SELF};

    CHECK_EQUAL(grant_op(GNTTABOP_set_version, &set, 1), 0);
    CHECK_EQUAL(grant_op(GNTTABOP_get_version, &get, 1), 0);
    CHECK_EQUAL(get.version, 1);
    set.version = 2;
    CHECK_EQUAL(grant_op(GNTTABOP_set_version, &set, 1), -XEN_ENOSYS);
}

void test_grant_version_unknown(void)
{
    struct gnttab_set_version set = {.version = 3};

    CHECK_EQUAL(grant_op(GNTTABOP_set_version, &set, 1), -XEN_EINVAL);
    set.version = 0;
    CHECK_EQUAL(grant_op(GNTTABOP_set_version, &set, 1), -XEN_EINVAL);
}

void test_grant_setup_table(void)
{
    uint64_t frames[2];
    struct gnttab_setup_table op = {
        .dom = DOMID_SELF, .nr_frames = 2, .status = 1, .frame_list.q = (uint64_t)frames};

    CHECK_EQUAL(grant_op(GNTTABOP_setup_table, &op, 1), 0);
    CHECK_EQUAL(op.status, GNTST_okay);
}

void test_grant_setup_table_too_many(void)
{
    uint64_t frames[2];
    struct gnttab_setup_table op = {
        .dom = DOMID_SELF, .nr_frames = 1U << 30, .frame_list.q = (uint64_t)frames};

    CHECK_EQUAL(grant_op(GNTTABOP_setup_table, &op, 1), 0);
    CHECK_EQUAL(op.status, GNTST_general_error);
}

/* More than there is at the address: what lies before the end is done. */
void test_grant_counts(void)
{
    struct gnttab_query_size *last = (struct gnttab_query_size *)window(1) - 1;

    window_map(0, (uint64_t)test_pages[6], WINDOW_WRITE);
    window_map(1, 0, WINDOW_NONE);
    *last = (struct gnttab_query_size){.dom = DOMID_SELF, .status = 1};
    CHECK_EQUAL(grant_op(GNTTABOP_query_size, last, 0), 0);
    CHECK_EQUAL(last->status, 1);
    CHECK_EQUAL(grant_op(GNTTABOP_map_grant_ref, (void *)0x7000000000UL, 1), -XEN_EFAULT);
    CHECK_EQUAL(grant_op(GNTTABOP_unmap_grant_ref, (void *)0x7000000000UL, 5), -XEN_EFAULT);
    CHECK_EQUAL(grant_op(GNTTABOP_copy, (void *)0x7000000000UL, 1U << 20), -XEN_EFAULT);
}

/* A count that is no count. */
void test_grant_huge_count(void)
{
    CHECK(grant_op(GNTTABOP_copy, (void *)0x7000000000UL, UINT32_MAX) < 0);
    CHECK(grant_op(GNTTABOP_map_grant_ref, (void *)0x7000000000UL, UINT32_MAX) < 0);
}

void test_grant_cache_flush(void)
{
    struct gnttab_map_grant_ref map = {
        .host_addr = HOLE_GFN << 12, .flags = MAP, .ref = grant_ref, .dom = own_domid()};
    struct gnttab_cache_flush op = {.length = 64, .op = GNTTAB_CACHE_CLEAN};

    grant(grant_ref, own_domid(), gfn_of_page(0), ALWAYS);
    CHECK_EQUAL(grant_op(GNTTABOP_map_grant_ref, &map, 1), 0);
    CHECK_EQUAL(map.status, GNTST_okay);
    op.a.dev_bus_addr = map.dev_bus_addr;
    CHECK_EQUAL(grant_op(GNTTABOP_cache_flush, &op, 1), 0);
    op.length = 4097;
    CHECK_EQUAL(grant_op(GNTTABOP_cache_flush, &op, 1), -XEN_EINVAL);
    op.length = 64;
    op.op = 4;
    CHECK_EQUAL(grant_op(GNTTABOP_cache_flush, &op, 1), -XEN_EINVAL);
    CHECK_EQUAL(grant_unmap(map.handle, HOLE_GFN), GNTST_okay);
}

/* A frame that the domain has nothing to do with, or that is not there at all. */
void test_grant_cache_flush_foreign(void)
{
    struct gnttab_cache_flush op = {.length = 64, .op = GNTTAB_CACHE_CLEAN};

    op.a.dev_bus_addr = 0x40000000;
    CHECK(grant_op(GNTTABOP_cache_flush, &op, 1) < 0);
    op.a.dev_bus_addr = UINT64_MAX & ~0xfffUL;
    CHECK(grant_op(GNTTABOP_cache_flush, &op, 1) < 0);
}

/* The frames of the table, in order, and none beyond. */
void test_grant_frames_in_physmap(void)
{
    struct gnttab_query_size size = {.dom = DOMID_SELF};

    CHECK_EQUAL(grant_op(GNTTABOP_query_size, &size, 1), 0);
    CHECK_EQUAL(physmap_add(XENMAPSPACE_grant_table, 1, HOLE_GFN), 0);
    CHECK_EQUAL(*(volatile uint64_t *)(HOLE_GFN << 12), 0);
    CHECK(physmap_add(XENMAPSPACE_grant_table, size.max_nr_frames, HOLE_GFN + 1) < 0);
    CHECK(physmap_add(XENMAPSPACE_grant_table, UINT32_MAX, HOLE_GFN + 1) < 0);
    CHECK_ABORT((void)*(volatile uint64_t *)((HOLE_GFN + 1) << 12));
    CHECK_EQUAL(physmap_remove(HOLE_GFN), 0);
}
