/* SPDX-License-Identifier: MIT */
/* When the TLBs are flushed of what was mapped by grant, and that its pages are held until then. */
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

#define WINDOW    2000U /* page of the backend's space where it maps */
#define ARGUMENTS 1U    /* and of where it has what it calls with */
#define GRANTED   5U    /* page of the guest's */

#define FIRST 8U
#define MANY  40U

static struct domain *backend, *guest;
static struct grant_entry_v1 *table; /* of the guest */
static unsigned int held, released;

static int start(void **state)
{
    mfn_t mfn;

    (void)state;
    backend = fake_domain(0, "hardware", DOMAIN_CAPS_HARDWARE, 1, 16);
    guest = fake_domain(1, "guest", 0, 1, 16);
    assert_int_equal(grant_table_frame(guest, 0, &mfn), 0);
    table = mfn_map(mfn);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fake.flushed = NULL;
    if (backend)
        fake_destroy(backend);
    fake_destroy(guest);
    return 0;
}

/* Grants the page, and maps it; the handle. */
static uint32_t map(grant_ref_t ref, uint64_t page)
{
    struct gnttab_map_grant_ref op = {
        .host_addr = fake_address(page, 0), .flags = GNTMAP_host_map, .ref = ref, .dom = 1};

    table[ref] = (struct grant_entry_v1){
        .flags = GTF_permit_access, .domid = backend->id, .frame = FAKE_RAM + GRANTED};
    fake_be(0, backend->vcpus[0]);
    assert_int_equal(
        fake_call_with(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, &op, sizeof(op)), 0);
    assert_int_equal(op.status, GNTST_okay);
    return op.handle;
}

/* Until the flush others may still reach the pages through a TLB: they are held that long. */
static void all_are_held(void)
{
    if (!fake.unflushed)
        return;
    assert_true(fake.unflushed <= 16);
    for (uint32_t i = 0; i < MANY; i++)
        held += (table[FIRST + i].flags & GTF_reading) != 0;
    assert_int_equal(held + released, MANY);
    released += fake.unflushed;
    held = 0;
}

static void test_one_flush_is_for_many_pages(void **state)
{
    struct gnttab_unmap_grant_ref ops[MANY];

    (void)state;
    for (uint32_t i = 0; i < MANY; i++) {
        ops[i] = (struct gnttab_unmap_grant_ref){.host_addr = fake_address(WINDOW + i, 0),
                                                 .handle = map(FIRST + i, WINDOW + i)};
    }
    held = released = 0;
    fake.flushes = 0;
    fake.flushed = all_are_held;
    memcpy(fake_ram(backend, fake_address(ARGUMENTS, 0)), ops, sizeof(ops));
    fake_be(0, backend->vcpus[0]);
    atomic_store(&fake_pcpus[0].need_resched, false);
    assert_int_equal(fake_call(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref,
                               fake_address(ARGUMENTS, 0), MANY),
                     0);
    fake.flushed = NULL;
    assert_int_equal(released, MANY);
    assert_int_equal(fake.flushes, 3);
    assert_int_equal(fake.unflushed, 0);
    for (uint32_t i = 0; i < MANY; i++) {
        assert_int_equal(table[FIRST + i].flags, GTF_permit_access);
        assert_null(fake_ram(backend, fake_address(WINDOW + i, 0)));
    }
}

static void test_a_call_that_fails_flushes_what_it_did(void **state)
{
    struct gnttab_unmap_grant_ref op = {.host_addr = fake_address(WINDOW, 0)};
    uint64_t last = fake_address(16, 0) - sizeof(op); /* of its memory */

    (void)state;
    op.handle = map(FIRST, WINDOW);
    fake.flushes = 0;
    memcpy(fake_ram(backend, last), &op, sizeof(op));
    assert_int_equal(fake_call(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, last, 2),
                     -EFAULT);
    assert_int_equal(fake.flushes, 1);
    assert_int_equal(table[FIRST].flags, GTF_permit_access);
}

static void test_a_users_end_flushes_before_it_lets_go(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < MANY; i++)
        map(FIRST + i, WINDOW + i);
    held = released = 0;
    fake.flushed = all_are_held;
    fake_destroy(backend);
    backend = NULL;
    assert_int_equal(released, MANY);
    for (uint32_t i = 0; i < MANY; i++)
        assert_int_equal(table[FIRST + i].flags, GTF_permit_access);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one_flush_is_for_many_pages),
        TEST(test_a_call_that_fails_flushes_what_it_did),
        TEST(test_a_users_end_flushes_before_it_lets_go),
    };

    fake_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
