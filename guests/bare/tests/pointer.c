/* SPDX-License-Identifier: MIT */
/* Arguments of hypercalls: where they may lie, and what is said of where they may not. */
#include "../test.h"
#include <xen/event_channel.h>
#include <xen/version.h>

static int64_t features(const void *argument)
{
    return call(__HYPERVISOR_xen_version, XENVER_get_features, argument);
}

/* Bytes are aligned to nothing. */
void test_pointer_unaligned(void)
{
    uint8_t *bytes = test_pages[0] + 1;

    for (unsigned int i = 0; i < 8; i++)
        bytes[i] = 0;
    CHECK_EQUAL(features(bytes), 0);
    CHECK(bytes[4] != 0);
}

/* Two virtual pages in a row whose frames are not. */
void test_pointer_crossing_pages(void)
{
    uint8_t *end = (uint8_t *)window(1);

    window_map(0, (uint64_t)test_pages[3], WINDOW_WRITE);
    window_map(1, (uint64_t)test_pages[1], WINDOW_WRITE);
    for (int offset = -7; offset < 0; offset++) {
        struct xen_feature_info info = {0};

        for (int i = 0; i < 8; i++)
            end[offset + i] = 0;
        CHECK_EQUAL(features(end + offset), 0);
        for (int i = 0; i < 8; i++)
            ((uint8_t *)&info)[i] = end[offset + i];
        CHECK_EQUAL(info.submap_idx, 0);
        CHECK(info.submap & 1U << XENFEAT_auto_translated_physmap);
    }
}

void test_pointer_crossing_unmapped(void)
{
    uint8_t *end = (uint8_t *)window(1);

    window_map(0, (uint64_t)test_pages[3], WINDOW_WRITE);
    window_map(1, 0, WINDOW_NONE);
    CHECK_EQUAL(features(end - 8), 0);
    for (int offset = -7; offset < 1; offset++)
        CHECK_EQUAL(features(end + offset), -XEN_EFAULT);
}

/* What the guest itself may not write, the hypervisor does not write for it. */
void test_pointer_read_only(void)
{
    window_map(0, (uint64_t)test_pages[3], WINDOW_READ);
    for (unsigned int i = 0; i < 8; i++)
        test_pages[3][i] = 0;
    CHECK_EQUAL(features(window(0)), -XEN_EFAULT);
    for (unsigned int i = 0; i < 8; i++)
        CHECK_EQUAL(test_pages[3][i], 0);
}

/* Reading from there is no fault. */
void test_pointer_read_only_input(void)
{
    struct evtchn_close *op = (void *)test_pages[3];

    op->port = event_unbound(DOMID_SELF);
    window_map(0, (uint64_t)test_pages[3], WINDOW_READ);
    CHECK_EQUAL(event_op(EVTCHNOP_close, window(0)), 0);
}

void test_pointer_bad(void)
{
    static const uint64_t bad[] = {
        0x7000000000UL,       /* mapped by the guest, but no memory is there */
        1UL << 39,            /* beyond its page tables */
        1UL << 47,            /* beyond any */
        0xff00000000000000UL, /* a tag */
        UINT64_MAX - 3,       /* the end of the address space */
        UINT64_MAX - 7,
        UINT64_MAX,
        0xffff000000000000UL, /* the other half */
    };

    for (unsigned int i = 0; i < LENGTH(bad); i++) {
        if (features((void *)bad[i]) != -XEN_EFAULT)
            print("pointer %lx\n", bad[i]);
        CHECK_EQUAL(features((void *)bad[i]), -XEN_EFAULT);
    }
}

/* A device is not memory, even an emulated one. */
void test_pointer_device(void)
{
    CHECK_EQUAL(features((void *)GUEST_GICV3_GICD_BASE), -XEN_EFAULT);
    CHECK_EQUAL(features((void *)(GUEST_GICV3_GICR0_BASE + 0x10400)), -XEN_EFAULT);
}

/* Pages that the hypervisor shares are no guest's memory to take arguments from, or they are: not a
 * crash. */
void test_pointer_shared_page(void)
{
    int64_t result = features((void *)((uint64_t)shared_info + 2048));

    CHECK(result == 0 || result == -XEN_EFAULT);
}

/* Works without the MMU too: the addresses are physical. */
void test_pointer_mmu_off(void)
{
    struct xen_feature_info *info = (void *)test_pages[0];
    uint64_t sctlr = READ_SYSREG(sctlr_el1);
    int64_t good, bad;

    info->submap_idx = 0;
    __asm__ volatile("dc civac, %0\n\tdsb sy" ::"r"(info) : "memory");
    WRITE_SYSREG(sctlr & ~1UL, sctlr_el1);
    __asm__ volatile("isb" ::: "memory");
    good = features(info);
    bad = features((void *)0x7000000000UL);
    WRITE_SYSREG(sctlr, sctlr_el1);
    __asm__ volatile("isb" ::: "memory");
    CHECK_EQUAL(good, 0);
    CHECK_EQUAL(bad, -XEN_EFAULT);
}
