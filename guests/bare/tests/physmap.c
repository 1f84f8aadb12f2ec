/* SPDX-License-Identifier: MIT */
/* What a domain puts into its physmap. */
#include "../test.h"
#include <xen/memory.h>

#define NOBODY   999
#define HOLE(n)  (*(volatile uint64_t *)((HOLE_GFN + (n)) << 12))
#define TOO_HIGH (1UL << 36) /* a frame beyond every address */

void test_physmap_shared_info(void)
{
    uint64_t *mask = (uint64_t *)&shared_info->evtchn_mask[60];

    CHECK_EQUAL(physmap_add(XENMAPSPACE_shared_info, 0, HOLE_GFN), 0);
    *mask = 0x77;
    CHECK_EQUAL(((volatile struct shared_info *)(HOLE_GFN << 12))->evtchn_mask[60], 0x77);
    CHECK_EQUAL(physmap_remove(HOLE_GFN), 0);
    CHECK_ABORT((void)HOLE(0));
    *mask = UINT64_MAX;
}

void test_physmap_index(void)
{
    CHECK_EQUAL(physmap_add(XENMAPSPACE_shared_info, 1, HOLE_GFN), -XEN_EINVAL);
}

void test_physmap_spaces(void)
{
    CHECK_EQUAL(physmap_add(XENMAPSPACE_gmfn, gfn_of_page(0), HOLE_GFN), -XEN_ENOSYS);
    CHECK_EQUAL(physmap_add(XENMAPSPACE_gmfn_range, gfn_of_page(0), HOLE_GFN), -XEN_ENOSYS);
    CHECK_EQUAL(physmap_add(6, 0, HOLE_GFN), -XEN_ENOSYS);
    CHECK_EQUAL(physmap_add(UINT32_MAX, 0, HOLE_GFN), -XEN_ENOSYS);
    CHECK(physmap_add(XENMAPSPACE_gmfn_foreign, gfn_of_page(0), HOLE_GFN) < 0);
    CHECK_ABORT((void)HOLE(0));
}

/* Devices are nobody's to map. */
void test_physmap_device(void)
{
    CHECK(physmap_add(XENMAPSPACE_dev_mmio, 0x9000, HOLE_GFN) < 0);
    CHECK_ABORT((void)HOLE(0));
}

void test_physmap_too_high(void)
{
    CHECK(physmap_add(XENMAPSPACE_shared_info, 0, TOO_HIGH) < 0);
    CHECK(physmap_add(XENMAPSPACE_shared_info, 0, UINT64_MAX) < 0);
    CHECK(physmap_add(XENMAPSPACE_shared_info, 0, UINT64_MAX >> 12) < 0);
    CHECK(physmap_remove(TOO_HIGH) < 0);
    CHECK(physmap_remove(UINT64_MAX) < 0);
    CHECK_EQUAL(memory_op(XENMEM_add_to_physmap, (void *)0x7000000000UL), -XEN_EFAULT);
}

void test_physmap_unknown_domain(void)
{
    struct xen_add_to_physmap op = {.domid = NOBODY, .gpfn = HOLE_GFN};

    CHECK_EQUAL(memory_op(XENMEM_add_to_physmap, &op), -XEN_EPERM);
}

/* Nothing is there to be removed. */
void test_physmap_remove_nothing(void)
{
    CHECK(physmap_remove(HOLE_GFN + 9) < 0);
}

/* The devices that the hypervisor plays are not in the way of what the guest maps over them. */
void test_physmap_over_device(void)
{
    int64_t result = physmap_add(XENMAPSPACE_shared_info, 0, GUEST_GICV3_GICD_BASE >> 12);

    if (result == 0)
        CHECK_EQUAL(physmap_remove(GUEST_GICV3_GICD_BASE >> 12), 0);
    CHECK(mmio_read32(gicd(4)) != 0);
}

void test_memory_batch(void)
{
    uint64_t indexes[3] = {0, 1, 0}, gfns[3] = {HOLE_GFN, HOLE_GFN + 1, HOLE_GFN + 2};
    int errors[3] = {77, 77, 77};
    struct xen_add_to_physmap_batch op = {.domid = DOMID_SELF,
                                          .space = XENMAPSPACE_shared_info,
                                          .size = 3,
                                          .idxs.q = (uint64_t)indexes,
                                          .gpfns.q = (uint64_t)gfns,
                                          .errs.q = (uint64_t)errors};

    CHECK_EQUAL(memory_op(XENMEM_add_to_physmap_batch, &op), 0);
    CHECK_EQUAL(errors[0], 0);
    CHECK_EQUAL(errors[2], 0);
    CHECK_NO_FAULT((void)HOLE(0));
    CHECK_NO_FAULT((void)HOLE(2));
    CHECK_EQUAL(physmap_remove(HOLE_GFN), 0);
    CHECK_EQUAL(physmap_remove(HOLE_GFN + 2), 0);
    physmap_remove(HOLE_GFN + 1);
    op.errs.q = 0x7000000000UL;
    CHECK_EQUAL(memory_op(XENMEM_add_to_physmap_batch, &op), -XEN_EFAULT);
    physmap_remove(HOLE_GFN);
}
