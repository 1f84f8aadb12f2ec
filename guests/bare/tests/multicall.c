/* SPDX-License-Identifier: MIT */
#include "../test.h"
#include <xen/event_channel.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/version.h>

static struct multicall_entry entries[200];

static int64_t multicall(const void *list, uint64_t count)
{
    return call(__HYPERVISOR_multicall, list, count);
}

static struct multicall_entry entry(uint64_t op, uint64_t a0, uint64_t a1)
{
    return (struct multicall_entry){.op = op, .result = 77, .args = {a0, a1}};
}

void test_multicall_results(void)
{
    struct xen_feature_info info = {0};

    entries[0] = entry(__HYPERVISOR_xen_version, XENVER_version, 0);
    entries[1] = entry(__HYPERVISOR_xen_version, XENVER_get_features, (uint64_t)&info);
    entries[2] = entry(__HYPERVISOR_xen_version, 60, 0);
    entries[3] = entry(63, 0, 0);
    entries[4] = entry(__HYPERVISOR_xen_version, XENVER_pagesize, 0);
    CHECK_EQUAL(multicall(entries, 4), 0);
    CHECK_EQUAL(entries[0].result, 4 << 16 | 17);
    CHECK_EQUAL(entries[1].result, 0);
    CHECK(info.submap != 0);
    CHECK_EQUAL(entries[2].result, -XEN_ENOSYS);
    CHECK_EQUAL(entries[3].result, -XEN_ENOSYS);
    CHECK_EQUAL(entries[4].result, 77);
}

void test_multicall_many(void)
{
    for (unsigned int i = 0; i < LENGTH(entries); i++)
        entries[i] = entry(__HYPERVISOR_xen_version, XENVER_pagesize, 0);
    CHECK_EQUAL(multicall(entries, LENGTH(entries)), 0);
    for (unsigned int i = 0; i < LENGTH(entries); i++)
        CHECK_EQUAL(entries[i].result, PAGE);
}

void test_multicall_nothing(void)
{
    CHECK_EQUAL(multicall(NULL, 0), 0);
    CHECK_EQUAL(multicall((void *)0x7000000000UL, 0), 0);
}

void test_multicall_nested(void)
{
    entries[0] = entry(__HYPERVISOR_multicall, (uint64_t)&entries[1], 1);
    entries[1] = entry(__HYPERVISOR_xen_version, XENVER_pagesize, 0);
    CHECK_EQUAL(multicall(entries, 1), 0);
    CHECK_EQUAL(entries[0].result, -XEN_ENOSYS);
    CHECK_EQUAL(entries[1].result, 77);
}

void test_multicall_bad_pointer(void)
{
    CHECK_EQUAL(multicall((void *)0x7000000000UL, 1), -XEN_EFAULT);
    CHECK_EQUAL(multicall((void *)0x7000000000UL, UINT32_MAX), -XEN_EFAULT);
}

/* What was done before the bad entry stays done, and is told. */
void test_multicall_crossing_unmapped(void)
{
    struct multicall_entry *last = (struct multicall_entry *)window(1) - 2;

    window_map(0, (uint64_t)test_pages[5], WINDOW_WRITE);
    window_map(1, 0, WINDOW_NONE);
    last[0] = entry(__HYPERVISOR_xen_version, XENVER_pagesize, 0);
    last[1] = entry(__HYPERVISOR_xen_version, XENVER_pagesize, 0);
    CHECK_EQUAL(multicall(last, 3), -XEN_EFAULT);
    CHECK_EQUAL(last[0].result, PAGE);
    CHECK_EQUAL(last[1].result, PAGE);
}

/* A list that cannot be answered does not go on. */
void test_multicall_read_only(void)
{
    struct multicall_entry *list = (void *)test_pages[5];

    list[0] = entry(__HYPERVISOR_xen_version, XENVER_pagesize, 0);
    window_map(0, (uint64_t)test_pages[5], WINDOW_READ);
    CHECK_EQUAL(multicall(window(0), 1), -XEN_EFAULT);
}

/* A call of the list that is long goes on where it was. */
void test_multicall_of_long_calls(void)
{
    uint64_t gfns[16];
    struct xen_memory_reservation op = {
        .extent_start.q = (uint64_t)gfns, .nr_extents = 16, .domid = DOMID_SELF};

    for (unsigned int i = 0; i < 16; i++)
        gfns[i] = gfn_of_page(i);
    entries[0] = entry(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, (uint64_t)&op);
    entries[1] = entry(__HYPERVISOR_memory_op, XENMEM_populate_physmap, (uint64_t)&op);
    entries[2] = entry(__HYPERVISOR_xen_version, XENVER_pagesize, 0);
    CHECK_EQUAL(multicall(entries, 3), 0);
    CHECK_EQUAL(entries[0].result, 16);
    CHECK_EQUAL(entries[1].result, 16);
    CHECK_EQUAL(entries[2].result, PAGE);
    for (unsigned int i = 0; i < 16; i++)
        CHECK_NO_FAULT(test_pages[i][0] = 1);
}
