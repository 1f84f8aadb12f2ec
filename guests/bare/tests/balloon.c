/* SPDX-License-Identifier: MIT */
/* Memory given back, and had again. */
#include "../test.h"
#include <xen/memory.h>

#define NOBODY  999
#define HOLE(n) (*(volatile uint64_t *)((HOLE_GFN + (n)) << 12))

static int64_t reservation(unsigned int command, uint64_t *gfns, uint64_t count, unsigned int order)
{
    struct xen_memory_reservation op = {.extent_start.q = (uint64_t)gfns,
                                        .nr_extents = count,
                                        .extent_order = order,
                                        .domid = DOMID_SELF};

    return memory_op(command, &op);
}

static int64_t figure(unsigned int command)
{
    struct xen_memory_domain op = {.domid = DOMID_SELF};

    return memory_op(command, &op);
}

/* Given back, gone; asked for again, there, and with no old contents of others. */
void test_balloon(void)
{
    uint64_t gfns[4] = {gfn_of_page(0), gfn_of_page(3), gfn_of_page(2), gfn_of_page(9)};

    CHECK_EQUAL(reservation(XENMEM_decrease_reservation, gfns, 4, 0), 4);
    CHECK_ABORT((void)*(volatile uint8_t *)test_pages[0]);
    CHECK_ABORT(*(volatile uint8_t *)test_pages[9] = 1);
    CHECK_NO_FAULT((void)*(volatile uint8_t *)test_pages[1]);
    CHECK_EQUAL(reservation(XENMEM_populate_physmap, gfns, 4, 0), 4);
    CHECK_NO_FAULT(test_pages[9][7] = 1);
    CHECK_NO_FAULT(test_pages[0][7] = 1);
}

void test_balloon_figures(void)
{
    int64_t before = figure(XENMEM_current_reservation);
    uint64_t gfns[2] = {gfn_of_page(0), gfn_of_page(1)};

    CHECK(before >= 0x2000000 / (int64_t)PAGE);
    CHECK(figure(XENMEM_maximum_reservation) >= before);
    CHECK(figure(XENMEM_maximum_gpfn) >= (int64_t)gfn_of_page(15));
    CHECK_EQUAL(reservation(XENMEM_decrease_reservation, gfns, 2, 0), 2);
    CHECK_EQUAL(figure(XENMEM_current_reservation), before - 2);
    CHECK_EQUAL(reservation(XENMEM_populate_physmap, gfns, 2, 0), 2);
    CHECK_EQUAL(figure(XENMEM_current_reservation), before);
}

/* What is given back by remove_from_physmap comes back like the rest. */
void test_balloon_after_remove(void)
{
    uint64_t gfn = gfn_of_page(4);

    CHECK_EQUAL(physmap_remove(gfn), 0);
    CHECK_ABORT((void)*(volatile uint8_t *)test_pages[4]);
    CHECK_EQUAL(reservation(XENMEM_populate_physmap, &gfn, 1, 0), 1);
    CHECK_NO_FAULT(test_pages[4][0] = 1);
}

/* An extent that cannot be done ends the list; how many were done is told. */
void test_balloon_partly(void)
{
    uint64_t gfns[3] = {gfn_of_page(0), HOLE_GFN, gfn_of_page(1)};

    CHECK_EQUAL(reservation(XENMEM_decrease_reservation, gfns, 3, 0), 1);
    CHECK_NO_FAULT((void)*(volatile uint8_t *)test_pages[1]);
    CHECK_EQUAL(reservation(XENMEM_populate_physmap, gfns, 1, 0), 1);
}

/* RAM is not put over RAM. */
void test_balloon_over_ram(void)
{
    uint64_t gfns[2] = {gfn_of_page(0), gfn_of_page(1)};

    test_pages[1][0] = 66;
    CHECK_EQUAL(reservation(XENMEM_decrease_reservation, gfns, 1, 0), 1);
    CHECK_EQUAL(reservation(XENMEM_populate_physmap, gfns + 1, 1, 0), 0);
    CHECK_EQUAL(test_pages[1][0], 66);
    CHECK_EQUAL(reservation(XENMEM_populate_physmap, gfns, 1, 0), 1);
}

/* More than the domain has ever had is not to be had. */
void test_balloon_too_much(void)
{
    uint64_t gfns[2] = {HOLE_GFN, HOLE_GFN + 1};

    CHECK_EQUAL(reservation(XENMEM_populate_physmap, gfns, 2, 0), 0);
    CHECK_ABORT((void)HOLE(0));
    CHECK_EQUAL(reservation(XENMEM_increase_reservation, gfns, 2, 0), 0);
}

void test_balloon_large_extent(void)
{
    uint64_t gfn = (GUEST_RAM_BASE >> 12) + 0x2000;
    volatile uint64_t *first = (void *)(gfn << 12);

    CHECK_EQUAL(reservation(XENMEM_decrease_reservation, &gfn, 1, 9), 1);
    CHECK_ABORT((void)*first);
    CHECK_ABORT((void)first[511 * 512]);
    CHECK_EQUAL(reservation(XENMEM_populate_physmap, &gfn, 1, 9), 1);
    CHECK_NO_FAULT(first[511 * 512] = 5);
}

void test_balloon_bad(void)
{
    uint64_t gfn = gfn_of_page(0);

    CHECK(reservation(XENMEM_decrease_reservation, (void *)0x7000000000UL, 1, 0) <= 0);
    CHECK(reservation(XENMEM_decrease_reservation, &gfn, 1, 30) <= 0);
    CHECK(reservation(XENMEM_decrease_reservation, &gfn, 1, 255) <= 0);
    CHECK(reservation(XENMEM_decrease_reservation, &gfn, UINT64_MAX, 0) <= 0);
    CHECK_NO_FAULT((void)*(volatile uint8_t *)test_pages[0]);
    CHECK_EQUAL(memory_op(XENMEM_populate_physmap, (void *)0x7000000000UL), -XEN_EFAULT);
}

/* Orders and counts beyond all bounds are told to be so. */
void test_balloon_order(void)
{
    uint64_t gfn = gfn_of_page(0);

    CHECK_EQUAL(reservation(XENMEM_populate_physmap, &gfn, 1, 64), -XEN_EINVAL);
    CHECK_EQUAL(reservation(XENMEM_populate_physmap, &gfn, 1UL << 40, 0), -XEN_EINVAL);
}

void test_memory_figures_unknown(void)
{
    struct xen_memory_domain op = {.domid = NOBODY};

    CHECK_EQUAL(memory_op(XENMEM_current_reservation, &op), -XEN_EPERM);
    CHECK_EQUAL(memory_op(XENMEM_maximum_reservation, &op), -XEN_EPERM);
    CHECK_EQUAL(memory_op(XENMEM_maximum_gpfn, &op), -XEN_EPERM);
}
