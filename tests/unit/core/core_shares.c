/* SPDX-License-Identifier: MIT */
/* What is told of memory that the tree lets domains share. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>
#include "core_fake/machine.h"
#include <trefoil/construct.h>
#include <trefoil/errno.h>
#include <xen/bootfdt.h>
#include <xen/domctl.h>

/* Two regions; domain 2 has a share of both, the last region is nobody's who is here. */
static struct launch_plan plan = {
    .shares =
        {
            {.region = 0, .domid = 1, .id = "first", .guest = {0x50000000, 0x2000}},
            {.region = 1, .domid = 3, .id = "exactly 15 long", .guest = {0x1000, 0x1000}},
            {.region = 0, .domid = 2, .id = "first", .guest = {0x60000000, 0x2000}, .owner = true},
            {.region = LAUNCH_MAX_SHARES - 1, .domid = 3, .id = "other", .guest = {0, 0x1000}},
            {.region = 1, .domid = 2, .id = "exactly 15 long", .guest = {0x7000, 0x1000}},
        },
    .nr_shares = 5,
};

static struct domain *control, *guest, *stranger;

static int start(void **state)
{
    (void)state;
    control = fake_domain(1, "control", DOMAIN_CAPS_CONTROL, 1, 16);
    guest = fake_domain(2, "guest", 0, 1, 16);
    stranger = fake_domain(4, "stranger", 0, 1, 16);
    fake_be(0, control->vcpus[0]);
    shares_tell(&plan);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    shares_tell(NULL);
    fake_destroy(stranger);
    fake_destroy(guest);
    fake_destroy(control);
    return 0;
}

static struct xen_domctl op;

static int64_t ask(domid_t domid, uint32_t position)
{
    void *ram = fake_ram(current_vcpu()->domain, fake_address(0, 0));
    int64_t result;

    op = (struct xen_domctl){.cmd = XEN_DOMCTL_trefoil_shared_memory, .domain = domid};
    op.u.trefoil_shared_memory.position = position;
    memset(op.u.trefoil_shared_memory.id, 'x', sizeof(op.u.trefoil_shared_memory.id));
    memcpy(ram, &op, sizeof(op));
    result = fake_call(__HYPERVISOR_domctl, fake_address(0, 0), 0, 0);
    memcpy(&op, ram, sizeof(op));
    return result;
}

static void expect(uint32_t position, domid_t domain, const char *id, uint64_t address,
                   uint64_t size)
{
    const struct xen_domctl_trefoil_shared_memory *share = &op.u.trefoil_shared_memory;

    assert_int_equal(share->position, position);
    assert_int_equal(share->domain, domain);
    assert_string_equal(share->id, id);
    assert_int_equal(share->address, address);
    assert_int_equal(share->size, size);
}

static void test_shares_of_a_domain(void **state)
{
    (void)state;
    assert_int_equal(ask(2, 0), 0);
    expect(1, 1, "first", 0, 0x2000);
    assert_int_equal(op.u.trefoil_shared_memory.flags, 0);
    assert_int_equal(ask(2, 1), 0);
    expect(2, 3, "exactly 15 long", 0, 0x1000);
    assert_int_equal(ask(2, 2), 0);
    expect(3, 2, "first", 0x60000000, 0x2000);
    assert_int_equal(op.u.trefoil_shared_memory.flags, XEN_DOMCTL_TREFOIL_SHARE_OWNER);
    assert_int_equal(ask(2, 3), 0);
    expect(5, 2, "exactly 15 long", 0x7000, 0x1000);
    assert_int_equal(ask(2, 5), -ENOENT);
    assert_int_equal(ask(2, UINT32_MAX), -ENOENT);
    /* Only what it shares itself. */
    assert_int_equal(ask(1, 0), 0);
    expect(1, 1, "first", 0x50000000, 0x2000);
    assert_int_equal(ask(1, 1), 0);
    expect(3, 2, "first", 0, 0x2000);
    assert_int_equal(ask(1, 3), -ENOENT);
    assert_int_equal(ask(4, 0), -ENOENT);
}

static void test_who_may_look(void **state)
{
    (void)state;
    fake_be(0, guest->vcpus[0]);
    assert_int_equal(ask(DOMID_SELF, 2), 0);
    expect(3, 2, "first", 0x60000000, 0x2000);
    assert_int_equal(op.domain, 2);
    assert_int_equal(ask(1, 0), -EPERM);
}

static void test_nothing_was_launched(void **state)
{
    (void)state;
    shares_tell(NULL);
    assert_int_equal(ask(2, 0), -ENOENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_shares_of_a_domain),
        TEST(test_who_may_look),
        TEST(test_nothing_was_launched),
    };

    fake_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
