/* SPDX-License-Identifier: MIT */
/* Grants through the hypercall: what mapping and copying may do, and what the end of either side
 * leaves. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>
#include "core_fake/machine.h"
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/grant_table.h>
#include <trefoil/memory.h>
#include <xen/bootfdt.h>
#include <xen/memory.h>

#define WINDOW 2000U /* page of the backend's space where it maps */

static struct domain *backend, *guest, *other;
static struct grant_entry_v1 *table; /* of the guest */
static uint64_t free_before;

static int start(void **state)
{
    mfn_t mfn;

    (void)state;
    free_before = memory_free_pages();
    backend = fake_domain(0, "hardware", DOMAIN_CAPS_HARDWARE, 1, 16);
    guest = fake_domain(1, "guest", 0, 1, 16);
    other = fake_domain(2, "other", 0, 1, 16);
    assert_int_equal(grant_table_frame(guest, 0, &mfn), 0);
    table = mfn_map(mfn);
    return 0;
}

static int stop(void **state)
{
    struct domain **domains[] = {&guest, &backend, &other};

    (void)state;
    for (unsigned int i = 0; i < 3; i++) {
        if (*domains[i])
            fake_destroy(*domains[i]);
        *domains[i] = NULL;
    }
    assert_int_equal(memory_free_pages(), free_before);
    return 0;
}

static void grant(grant_ref_t ref, struct domain *to, uint64_t page, uint16_t flags)
{
    table[ref].domid = to->id;
    table[ref].frame = (uint32_t)(FAKE_RAM + page);
    table[ref].flags = GTF_permit_access | flags;
}

static struct gnttab_map_grant_ref map_by(struct domain *by, grant_ref_t ref, uint64_t page,
                                          uint32_t flags)
{
    struct gnttab_map_grant_ref op = {
        .host_addr = fake_address(page, 0), .flags = GNTMAP_host_map | flags, .ref = ref, .dom = 1};

    fake_be(0, by->vcpus[0]);
    assert_int_equal(
        fake_call_with(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, &op, sizeof(op)), 0);
    return op;
}

static int16_t unmap(struct domain *by, uint32_t handle, uint64_t page)
{
    struct gnttab_unmap_grant_ref op = {.host_addr = fake_address(page, 0), .handle = handle};

    fake_be(0, by->vcpus[0]);
    assert_int_equal(
        fake_call_with(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, &op, sizeof(op)), 0);
    return op.status;
}

static void test_mapped_page_is_the_guests(void **state)
{
    struct gnttab_map_grant_ref op;

    (void)state;
    grant(8, backend, 5, 0);
    op = map_by(backend, 8, WINDOW, 0);
    assert_int_equal(op.status, GNTST_okay);
    assert_ptr_equal(fake_ram(backend, fake_address(WINDOW, 7)),
                     fake_ram(guest, fake_address(5, 7)));
    assert_int_equal(table[8].flags, GTF_permit_access | GTF_reading | GTF_writing);
    assert_int_equal(unmap(backend, op.handle, WINDOW + 1), GNTST_bad_handle);
    assert_int_equal(unmap(backend, op.handle, WINDOW), GNTST_okay);
    assert_int_equal(table[8].flags, GTF_permit_access);
    assert_null(fake_ram(backend, fake_address(WINDOW, 0)));
    assert_int_equal(unmap(backend, op.handle, WINDOW), GNTST_bad_handle);
}

static void test_read_only_stays_read_only(void **state)
{
    struct gnttab_map_grant_ref op;
    enum p2m_type type;
    mfn_t mfn;

    (void)state;
    grant(8, backend, 5, GTF_readonly);
    assert_int_equal(map_by(backend, 8, WINDOW, 0).status, GNTST_general_error);
    op = map_by(backend, 8, WINDOW, GNTMAP_readonly);
    assert_int_equal(op.status, GNTST_okay);
    assert_true(arch_p2m_lookup(backend, (gfn_t){FAKE_RAM + WINDOW}, &mfn, &type));
    assert_int_equal(type, P2M_GRANT_RO);
    assert_int_equal(table[8].flags, GTF_permit_access | GTF_readonly | GTF_reading);
}

static void test_only_for_whom_it_is(void **state)
{
    struct gnttab_map_grant_ref op;

    (void)state;
    grant(8, other, 5, 0);
    assert_int_equal(map_by(backend, 8, WINDOW, 0).status, GNTST_general_error);
    assert_int_equal(map_by(other, 8, WINDOW, 0).status, GNTST_permission_denied);
    assert_int_equal(map_by(backend, 9, WINDOW, 0).status, GNTST_general_error);
    assert_int_equal(map_by(backend, 512, WINDOW, 0).status, GNTST_bad_gntref);
    assert_int_equal(map_by(backend, UINT32_MAX, WINDOW, 0).status, GNTST_bad_gntref);
    grant(8, backend, 5000, 0);
    assert_int_equal(map_by(backend, 8, WINDOW, 0).status, GNTST_bad_page);
    assert_int_equal(table[8].flags, GTF_permit_access);
    grant(8, backend, 5, GTF_sub_page);
    assert_int_equal(map_by(backend, 8, WINDOW, 0).status, GNTST_general_error);
    /* In use by one, it is not another's, whatever is written into it meanwhile. */
    grant(8, backend, 5, 0);
    op = map_by(backend, 8, WINDOW, 0);
    grant(8, backend, 6, GTF_reading | GTF_writing);
    assert_int_equal(map_by(backend, 8, WINDOW + 1, 0).status, GNTST_okay);
    assert_ptr_equal(fake_ram(backend, fake_address(WINDOW + 1, 0)),
                     fake_ram(guest, fake_address(5, 0)));
    assert_int_equal(unmap(backend, op.handle, WINDOW), GNTST_okay);
    assert_true(table[8].flags & GTF_writing);
}

static void test_bad_flags_and_addresses(void **state)
{
    struct gnttab_map_grant_ref op = {.host_addr = fake_address(WINDOW, 0), .ref = 8, .dom = 1};
    static const uint32_t flags[] = {0, GNTMAP_readonly, GNTMAP_host_map | GNTMAP_contains_pte,
                                     GNTMAP_host_map | GNTMAP_application_map, UINT32_MAX};

    (void)state;
    grant(8, backend, 5, 0);
    fake_be(0, backend->vcpus[0]);
    for (unsigned int i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        op.flags = flags[i];
        assert_int_equal(fake_call_with(__HYPERVISOR_grant_table_op, 0, &op, sizeof(op)), 0);
        assert_int_equal(op.status, GNTST_general_error);
    }
    op.flags = GNTMAP_host_map;
    op.host_addr++;
    assert_int_equal(fake_call_with(__HYPERVISOR_grant_table_op, 0, &op, sizeof(op)), 0);
    assert_int_equal(op.status, GNTST_general_error);
    op.host_addr = UINT64_C(1) << 47;
    assert_int_equal(fake_call_with(__HYPERVISOR_grant_table_op, 0, &op, sizeof(op)), 0);
    assert_int_equal(op.status, GNTST_no_device_space);
    op.dom = 77;
    assert_int_equal(fake_call_with(__HYPERVISOR_grant_table_op, 0, &op, sizeof(op)), 0);
    /* Whether there is such a domain is not the hardware domain's to know. */
    assert_int_equal(op.status, GNTST_permission_denied);
    assert_int_equal(table[8].flags, GTF_permit_access);
}

static void test_granter_dies_first(void **state)
{
    struct gnttab_map_grant_ref op;
    struct domain *dying;

    (void)state;
    grant(8, backend, 5, 0);
    op = map_by(backend, 8, WINDOW, 0);
    fake_destroy(guest);
    guest = NULL;
    memset(fake_ram(backend, fake_address(WINDOW, 0)), 0x5a, PAGE_SIZE);
    dying = domain_get(1);
    assert_non_null(dying);
    assert_int_equal(dying->life, DOMAIN_DYING);
    domain_put(dying);
    assert_int_equal(map_by(backend, 8, WINDOW + 1, 0).status, GNTST_bad_domain);
    assert_int_equal(unmap(backend, op.handle, WINDOW), GNTST_okay);
    assert_null(domain_get(1));
}

static void test_user_dies_first(void **state)
{
    (void)state;
    grant(8, backend, 5, 0);
    for (uint64_t i = 0; i < 200; i++)
        assert_int_equal(map_by(backend, 8, WINDOW + i, 0).status, GNTST_okay);
    fake.interrupt_waiting = true;
    fake_destroy(backend);
    fake.interrupt_waiting = false;
    backend = NULL;
    assert_int_equal(table[8].flags, GTF_permit_access);
}

static void test_mapping_over_ram_keeps_the_ram(void **state)
{
    struct gnttab_map_grant_ref op;
    struct xen_memory_reservation populate = {.nr_extents = 1};

    (void)state;
    grant(8, backend, 5, 0);
    backend->max_pages = 100; /* which is no more than a limit */
    op = map_by(backend, 8, 3, 0);
    assert_int_equal(op.status, GNTST_okay);
    assert_int_equal(unmap(backend, op.handle, 3), GNTST_okay);
    assert_null(fake_ram(backend, fake_address(3, 0)));
    *(uint64_t *)fake_ram(backend, fake_address(1, 0)) = FAKE_RAM + 3;
    populate.extent_start.q = fake_address(1, 0);
    populate.domid = DOMID_SELF;
    assert_int_equal(fake_call_with(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &populate,
                                    sizeof(populate)),
                     1);
    assert_non_null(fake_ram(backend, fake_address(3, 0)));
    assert_int_equal(backend->total_pages, 16);
}

static int16_t copy(struct gnttab_copy op)
{
    fake_be(0, backend->vcpus[0]);
    assert_int_equal(fake_call_with(__HYPERVISOR_grant_table_op, GNTTABOP_copy, &op, sizeof(op)),
                     0);
    return op.status;
}

static void test_copy(void **state)
{
    struct gnttab_copy op = {.source = {.u.ref = 8, .domid = 1, .offset = 16},
                             .dest = {.u.gmfn = FAKE_RAM + 2, .domid = DOMID_SELF, .offset = 100},
                             .len = 5,
                             .flags = GNTCOPY_source_gref};

    (void)state;
    grant(8, backend, 5, GTF_readonly);
    strcpy(fake_ram(guest, fake_address(5, 16)), "text");
    assert_int_equal(copy(op), GNTST_okay);
    assert_string_equal(fake_ram(backend, fake_address(2, 100)), "text");
    assert_int_equal(table[8].flags, GTF_permit_access | GTF_readonly);
    op.len = PAGE_SIZE;
    assert_int_equal(copy(op), GNTST_bad_copy_arg);
    op.len = 5;
    op.dest = (struct gnttab_copy_ptr){.u.ref = 8, .domid = 1};
    op.flags = GNTCOPY_dest_gref | GNTCOPY_source_gref;
    assert_int_equal(copy(op), GNTST_general_error);
    op.dest = (struct gnttab_copy_ptr){.u.gmfn = FAKE_RAM, .domid = 1};
    op.flags = GNTCOPY_source_gref;
    assert_int_equal(copy(op), GNTST_permission_denied);
}

/* Memory may hold what the last owner of a page of the table wrote. */
static void test_frames_are_seen_with_caches_off(void **state)
{
    struct xen_add_to_physmap op = {
        .domid = DOMID_SELF, .space = XENMAPSPACE_grant_table, .gpfn = FAKE_RAM + WINDOW};
    char *page = page_alloc(NULL);

    (void)state;
    memset(page, 0x5a, PAGE_SIZE);
    arch_clean_for_guest(page, PAGE_SIZE);
    page_free(NULL, page);
    fake_be(0, guest->vcpus[0]);
    for (op.idx = 0; op.idx < 8; op.idx++) {
        mfn_t mfn;

        assert_int_equal(
            fake_call_with(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &op, sizeof(op)), 0);
        assert_int_equal(grant_table_frame(guest, (unsigned int)op.idx, &mfn), 0);
        assert_memory_equal(fake_behind_caches(mfn_map(mfn)), mfn_map(mfn), PAGE_SIZE);
    }
}

/* Who may only read a page cannot undo what its owner wrote. */
static void test_cache_flush_loses_no_writes(void **state)
{
    struct gnttab_map_grant_ref mapping;
    struct gnttab_cache_flush op = {.offset = 8, .length = 16, .op = GNTTAB_CACHE_INVAL};
    char *page = fake_ram(guest, fake_address(3, 0));

    (void)state;
    grant(8, backend, 3, GTF_readonly);
    mapping = map_by(backend, 8, WINDOW, GNTMAP_readonly);
    assert_int_equal(mapping.status, GNTST_okay);
    strcpy(page + 8, "written");
    op.a.dev_bus_addr = mapping.dev_bus_addr;
    assert_int_equal(
        fake_call_with(__HYPERVISOR_grant_table_op, GNTTABOP_cache_flush, &op, sizeof(op)), 0);
    assert_string_equal(fake_behind_caches(page + 8), "written");
    assert_int_equal(unmap(backend, mapping.handle, WINDOW), GNTST_okay);
    assert_int_equal(
        fake_call_with(__HYPERVISOR_grant_table_op, GNTTABOP_cache_flush, &op, sizeof(op)), -EPERM);
}

/* All of 8,000 handles may be looked at, and all frames of the table be made, in one call. */
static void test_long_operations_give_way(void **state)
{
    struct gnttab_cache_flush flush = {.length = 16, .op = GNTTAB_CACHE_CLEAN};
    struct gnttab_setup_table setup = {.dom = DOMID_SELF, .nr_frames = 12};
    struct gnttab_map_grant_ref last;

    (void)state;
    setup.frame_list.q = fake_address(1, 0);
    grant(8, backend, 3, 0);
    for (unsigned int i = 0; i < 600; i++)
        last = map_by(backend, 8, WINDOW + i, 0);
    flush.a.dev_bus_addr = last.dev_bus_addr + PAGE_SIZE;
    fake.interrupt_waiting = true;
    fake.continuations = 0;
    assert_int_equal(
        fake_call_with(__HYPERVISOR_grant_table_op, GNTTABOP_cache_flush, &flush, sizeof(flush)),
        -EPERM);
    assert_int_equal(fake.continuations, 2);
    assert_int_equal(
        fake_call_with(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, &setup, sizeof(setup)),
        0);
    fake.interrupt_waiting = false;
    assert_int_equal(setup.status, GNTST_okay);
    assert_int_equal(fake.continuations, 2 + 10);
}

/* Each domain has limits of its own; what is given back below them can be had again. */
static void test_limits(void **state)
{
    const struct domain_config config = {
        .nr_lines = 32, .pool_pages = FAKE_POOL, .grant_frames = 3, .maptrack_frames = 2};
    struct gnttab_setup_table setup = {.dom = DOMID_SELF, .nr_frames = 4};
    struct gnttab_map_grant_ref last, more;
    struct domain *small;
    unsigned int frames, max_frames;
    mfn_t mfn;

    (void)state;
    assert_int_equal(domain_create(6, "small", DOMAIN_CAPS_HARDWARE, 1, &config, &small), 0);
    assert_int_equal(domain_ram_add(small, (gfn_t){FAKE_RAM}, 16), 0);
    domain_launch(small);
    grant_table_size(small, &frames, &max_frames);
    assert_int_equal(frames, 1);
    assert_int_equal(max_frames, 3);
    assert_int_equal(grant_table_frame(small, 3, &mfn), -EINVAL);
    assert_int_equal(grant_table_frame(small, UINT32_MAX, &mfn), -EINVAL);
    assert_int_equal(grant_table_frame(small, 1, &mfn), 0);
    assert_int_equal(grant_table_frame(small, 2, &mfn), 0);
    assert_int_equal(grant_table_grow(small, setup.nr_frames), -EINVAL);
    grant(8, small, 3, 0);
    for (unsigned int i = 0; i < 2 * 256; i++) {
        last = map_by(small, 8, WINDOW + i, GNTMAP_device_map);
        assert_int_equal(last.status, GNTST_okay);
        assert_int_equal(last.handle, i);
    }
    more = map_by(small, 8, WINDOW, GNTMAP_device_map);
    assert_int_equal(more.status, GNTST_no_device_space);
    assert_int_equal(unmap(small, last.handle, WINDOW + 511), GNTST_okay);
    more = map_by(small, 8, WINDOW, GNTMAP_device_map);
    assert_int_equal(more.handle, last.handle);
    fake_destroy(small);
    assert_int_equal(table[8].flags, GTF_permit_access);
}

/* A place that no handle could note. */
static void test_mapping_beyond_any_address(void **state)
{
    struct gnttab_map_grant_ref op = {.host_addr = UINT64_C(1) << 44,
                                      .flags = GNTMAP_device_map | GNTMAP_readonly,
                                      .ref = 8,
                                      .dom = 1};

    (void)state;
    grant(8, backend, 3, 0);
    fake_be(0, backend->vcpus[0]);
    assert_int_equal(
        fake_call_with(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, &op, sizeof(op)), 0);
    assert_int_equal(op.status, GNTST_no_device_space);
    assert_int_equal(table[8].flags, GTF_permit_access);
}

static void test_batch_goes_on_after_an_interrupt(void **state)
{
    struct gnttab_map_grant_ref *ops = fake_ram(backend, fake_address(1, 0));

    (void)state;
    grant(8, backend, 5, 0);
    for (unsigned int i = 0; i < 100; i++)
        ops[i] = (struct gnttab_map_grant_ref){.host_addr = fake_address(WINDOW + i, 0),
                                               .flags = GNTMAP_host_map,
                                               .ref = 8,
                                               .dom = 1,
                                               .status = 1};
    fake_be(0, backend->vcpus[0]);
    fake.interrupt_waiting = true;
    assert_int_equal(
        fake_call(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, fake_address(1, 0), 100), 0);
    fake.interrupt_waiting = false;
    for (unsigned int i = 0; i < 100; i++)
        assert_int_equal(ops[i].status, GNTST_okay);
}

static void test_versions(void **state)
{
    struct gnttab_set_version set = {.version = 2};
    struct gnttab_get_version get = {.dom = DOMID_SELF};

    (void)state;
    fake_be(0, guest->vcpus[0]);
    assert_int_equal(
        fake_call_with(__HYPERVISOR_grant_table_op, GNTTABOP_set_version, &set, sizeof(set)),
        -ENOSYS);
    set.version = 1;
    assert_int_equal(
        fake_call_with(__HYPERVISOR_grant_table_op, GNTTABOP_set_version, &set, sizeof(set)), 0);
    assert_int_equal(
        fake_call_with(__HYPERVISOR_grant_table_op, GNTTABOP_get_version, &get, sizeof(get)), 0);
    assert_int_equal(get.version, 1);
    for (uint32_t command = 0; command < 64; command++)
        fake_call(__HYPERVISOR_grant_table_op, command, UINT64_MAX - 3, 2);
    assert_int_equal(fake_call(__HYPERVISOR_grant_table_op, GNTTABOP_transfer, 0, 1), -ENOSYS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_mapped_page_is_the_guests),
        TEST(test_read_only_stays_read_only),
        TEST(test_only_for_whom_it_is),
        TEST(test_bad_flags_and_addresses),
        TEST(test_granter_dies_first),
        TEST(test_user_dies_first),
        TEST(test_mapping_over_ram_keeps_the_ram),
        TEST(test_limits),
        TEST(test_mapping_beyond_any_address),
        TEST(test_copy),
        TEST(test_frames_are_seen_with_caches_off),
        TEST(test_cache_flush_loses_no_writes),
        TEST(test_long_operations_give_way),
        TEST(test_batch_goes_on_after_an_interrupt),
        TEST(test_versions),
    };

    fake_start();
    fake_be(0, NULL);
    fake_destroy(fake_domain(4, "first", 0, 1, 1));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
