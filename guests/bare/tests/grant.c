/* SPDX-License-Identifier: MIT */
/* Grants of the domain to itself: everything but another's decision. */
#include "../test.h"
#include <xen/grant_table.h>
#include <xen/memory.h>

#define NOBODY 999
#define ALWAYS (GTF_permit_access)
#define READ   (GTF_permit_access | GTF_readonly)
#define MAP    (GNTMAP_host_map)
#define MAP_RO (GNTMAP_host_map | GNTMAP_readonly)

/* Seen by the guest as it is written: one page under two addresses. */
void test_grant_map(void)
{
    volatile uint64_t *page = (void *)test_pages[0], *mapped = (void *)(HOLE_GFN << 12);
    uint32_t handle;

    grant(grant_ref, own_domid(), gfn_of_page(0), ALWAYS);
    CHECK_EQUAL(grant_map(own_domid(), grant_ref, MAP, HOLE_GFN, &handle), GNTST_okay);
    CHECK_EQUAL(grant_entries[grant_ref].flags, ALWAYS | GTF_reading | GTF_writing);
    *page = 0x1234;
    CHECK_EQUAL(*mapped, 0x1234);
    *mapped = 0x5678;
    CHECK_EQUAL(*page, 0x5678);
    CHECK_EQUAL(grant_unmap(handle, HOLE_GFN), GNTST_okay);
    CHECK_EQUAL(grant_entries[grant_ref].flags, ALWAYS);
    CHECK_ABORT((void)*mapped);
}

void test_grant_map_read_only(void)
{
    volatile uint64_t *page = (void *)test_pages[0], *mapped = (void *)(HOLE_GFN << 12);
    uint32_t handle;

    grant(grant_ref, own_domid(), gfn_of_page(0), READ);
    CHECK_EQUAL(grant_map(own_domid(), grant_ref, MAP, HOLE_GFN, &handle), GNTST_general_error);
    CHECK_EQUAL(grant_entries[grant_ref].flags, READ);
    CHECK_EQUAL(grant_map(own_domid(), grant_ref, MAP_RO, HOLE_GFN, &handle), GNTST_okay);
    CHECK_EQUAL(grant_entries[grant_ref].flags, READ | GTF_reading);
    *page = 99;
    CHECK_EQUAL(*mapped, 99);
    CHECK_EQUAL(grant_unmap(handle, HOLE_GFN), GNTST_okay);
}

void test_grant_write_to_read_only(void)
{
    volatile uint64_t *page = (void *)test_pages[0], *mapped = (void *)(HOLE_GFN << 12);
    uint32_t handle;

    test_skipped_on_xen("the instruction is tried for ever");
    grant(grant_ref, own_domid(), gfn_of_page(0), READ);
    *page = 99;
    CHECK_EQUAL(grant_map(own_domid(), grant_ref, MAP_RO, HOLE_GFN, &handle), GNTST_okay);
    CHECK_ABORT(*mapped = 1);
    CHECK_EQUAL(*page, 99);
    CHECK_EQUAL(grant_unmap(handle, HOLE_GFN), GNTST_okay);
}

/* Several mappings of one grant: the marks go with the last. */
void test_grant_map_many(void)
{
    uint32_t handles[8];

    grant(grant_ref, own_domid(), gfn_of_page(0), ALWAYS);
    for (unsigned int i = 0; i < 8; i++)
        CHECK_EQUAL(
            grant_map(own_domid(), grant_ref, i < 4 ? MAP : MAP_RO, HOLE_GFN + i, &handles[i]),
            GNTST_okay);
    for (unsigned int i = 0; i < 8; i++) {
        unsigned int marks = (i < 4 ? GTF_writing : 0) | GTF_reading;

        CHECK_EQUAL(grant_entries[grant_ref].flags, ALWAYS | marks);
        CHECK_EQUAL(grant_unmap(handles[i], HOLE_GFN + i), GNTST_okay);
    }
    CHECK_EQUAL(grant_entries[grant_ref].flags, ALWAYS);
}

void test_grant_map_bad(void)
{
    uint32_t handle;

    grant(grant_ref, own_domid(), gfn_of_page(0), ALWAYS);
    CHECK_EQUAL(grant_map(own_domid(), 1U << 20, MAP, HOLE_GFN, &handle), GNTST_bad_gntref);
    CHECK_EQUAL(grant_map(own_domid(), UINT32_MAX, MAP, HOLE_GFN, &handle), GNTST_bad_gntref);
    CHECK(grant_map(own_domid(), grant_ref + 1, MAP, HOLE_GFN, &handle) < 0);
    CHECK(grant_map(own_domid(), grant_ref, 0, HOLE_GFN, &handle) < 0);
    CHECK(grant_map(own_domid(), grant_ref, MAP, UINT64_MAX >> 12, &handle) < 0);
    CHECK_EQUAL(grant_entries[grant_ref].flags, ALWAYS);
}

/* Entries that say no: not for us, no frame of ours, not of a kind that is mapped. */
void test_grant_map_refused(void)
{
    uint32_t handle;

    grant(grant_ref, NOBODY, gfn_of_page(0), ALWAYS);
    CHECK_EQUAL(grant_map(own_domid(), grant_ref, MAP, HOLE_GFN, &handle), GNTST_general_error);
    grant(grant_ref, own_domid(), gfn_of_page(0), GTF_accept_transfer);
    CHECK_EQUAL(grant_map(own_domid(), grant_ref, MAP, HOLE_GFN, &handle), GNTST_general_error);
    grant(grant_ref, own_domid(), HOLE_GFN + 5, ALWAYS);
    CHECK(grant_map(own_domid(), grant_ref, MAP, HOLE_GFN, &handle) < 0);
    grant(grant_ref, own_domid(), UINT32_MAX, ALWAYS);
    CHECK(grant_map(own_domid(), grant_ref, MAP, HOLE_GFN, &handle) < 0);
    CHECK_EQUAL(grant_entries[grant_ref].flags, ALWAYS);
}

/* A page that is shared by the hypervisor is no page of the domain's to grant. */
void test_grant_map_of_shared_page(void)
{
    uint32_t handle;

    grant(grant_ref, own_domid(), (uint64_t)grant_entries >> 12, ALWAYS);
    CHECK(grant_map(own_domid(), grant_ref, MAP, HOLE_GFN, &handle) < 0);
}

/* A withdrawn grant is not mapped again, and what is mapped stays. */
void test_grant_stale(void)
{
    volatile uint64_t *mapped = (void *)(HOLE_GFN << 12);
    uint32_t handle, again;

    grant(grant_ref, own_domid(), gfn_of_page(0), ALWAYS);
    CHECK_EQUAL(grant_map(own_domid(), grant_ref, MAP, HOLE_GFN, &handle), GNTST_okay);
    CHECK_EQUAL(grant_unmap(handle, HOLE_GFN), GNTST_okay);
    grant_entries[grant_ref].flags = 0;
    CHECK_EQUAL(grant_map(own_domid(), grant_ref, MAP, HOLE_GFN, &again), GNTST_general_error);
    CHECK_ABORT((void)*mapped);
}

void test_grant_unmap_bad(void)
{
    uint32_t handle;

    CHECK_EQUAL(grant_unmap(UINT32_MAX, HOLE_GFN), GNTST_bad_handle);
    CHECK_EQUAL(grant_unmap(1U << 20, HOLE_GFN), GNTST_bad_handle);
    grant(grant_ref, own_domid(), gfn_of_page(0), ALWAYS);
    CHECK_EQUAL(grant_map(own_domid(), grant_ref, MAP, HOLE_GFN, &handle), GNTST_okay);
    CHECK_EQUAL(grant_unmap(handle, HOLE_GFN), GNTST_okay);
    CHECK_EQUAL(grant_unmap(handle, HOLE_GFN), GNTST_bad_handle);
}

/* The address belongs to the handle. */
void test_grant_unmap_elsewhere(void)
{
    uint32_t handle;

    grant(grant_ref, own_domid(), gfn_of_page(0), ALWAYS);
    CHECK_EQUAL(grant_map(own_domid(), grant_ref, MAP, HOLE_GFN, &handle), GNTST_okay);
    CHECK(grant_unmap(handle, HOLE_GFN + 1) < 0);
    CHECK_EQUAL(grant_unmap(handle, HOLE_GFN), GNTST_okay);
}

/* The tree allows 40 frames of grants and 12 of 256 handles (tests/guests.sh). */
void test_grant_limits(void)
{
    static uint32_t handles[12 * 256];
    struct gnttab_query_size size = {.dom = DOMID_SELF, .status = 1};
    uint32_t count = 0, more;

    test_skipped_on_xen("has a limit for all domains");
    CHECK_EQUAL(call(__HYPERVISOR_grant_table_op, GNTTABOP_query_size, &size, 1), 0);
    CHECK_EQUAL(size.max_nr_frames, 40);
    grant(grant_ref, own_domid(), gfn_of_page(0), ALWAYS);
    while (count < 12 * 256 && grant_map(own_domid(), grant_ref, GNTMAP_device_map, HOLE_GFN,
                                         &handles[count]) == GNTST_okay)
        count++;
    CHECK_EQUAL(count, 12 * 256);
    CHECK_EQUAL(grant_map(own_domid(), grant_ref, GNTMAP_device_map, HOLE_GFN, &more),
                GNTST_no_device_space);
    while (count > 0)
        CHECK_EQUAL(grant_unmap(handles[--count], HOLE_GFN), GNTST_okay);
    CHECK_EQUAL(grant_map(own_domid(), grant_ref, GNTMAP_device_map, HOLE_GFN, &more), GNTST_okay);
    CHECK_EQUAL(grant_unmap(more, HOLE_GFN), GNTST_okay);
    CHECK_EQUAL(grant_entries[grant_ref].flags, ALWAYS);
}
