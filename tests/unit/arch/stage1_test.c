/* SPDX-License-Identifier: MIT */
/* EL2's own map, walked as the hardware does: the image by section, and the pages below stacks,
 * which stay unmapped whatever is mapped over them later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "cpu/boot.h"
#include "cpu/stage1.h"
#include <trefoil/types.h>

/* An image as trefoil.lds lays it out. */
__asm__(".bss\n\t.balign 0x200000\n"
        ".globl image_start, boot_end, text_end, rodata_end, pcpu_stacks, image_end\n"
        "image_start: .skip 0x3000\n"
        "boot_end: .skip 0x3000\n"
        "text_end: .skip 0x3000\n"
        "rodata_end: .skip 0x5000\n"
        "pcpu_stacks: .skip 32 * 0x5000\n"
        "image_end: .skip 0x200000\n\t.text");
_Static_assert(MACHINE_MAX_CPUS == 32 && PCPU_STACK_PLACE == 0x5000, "what is skipped above");

void fake_isb(void)
{
}

#define VALID     1UL
#define XN        (1UL << 54)
#define READ_ONLY (1UL << 7)
#define ADDRESS   0xfffffffff000UL
#define NOTHING   0UL

static uint64_t *root;

/* The descriptor that an address is translated by, less the address; NOTHING if by none. */
static uint64_t attributes(paddr_t at)
{
    const uint64_t *table = root;

    for (unsigned int level = 0; level < 4; level++) {
        unsigned int shift = 39 - 9 * level;
        uint64_t entry = table[at >> shift & 511];

        if ((entry & VALID) == 0)
            return NOTHING;
        if (level == 3 || (entry & 2) == 0) {
            uint64_t low = (1UL << shift) - 1;

            assert_true((entry & ADDRESS & ~low) == (at & ADDRESS & ~low));
            return entry & ~ADDRESS;
        }
        table = (const uint64_t *)(entry & ADDRESS);
    }
    return NOTHING;
}

static bool dropped;

static void look_at_image(void)
{
    for (paddr_t at = (paddr_t)image_start; at < (paddr_t)image_end; at += PAGE_SIZE) {
        uint64_t found = attributes(at);
        uint64_t in_stacks = at - (paddr_t)pcpu_stacks;

        if (dropped && at < (paddr_t)boot_end) {
            assert_true(found == NOTHING);
        } else if (at < (paddr_t)text_end) {
            assert_true((found & (VALID | XN | READ_ONLY)) == (VALID | READ_ONLY));
        } else if (at < (paddr_t)rodata_end) {
            assert_true((found & (VALID | XN | READ_ONLY)) == (VALID | XN | READ_ONLY));
        } else if (at >= (paddr_t)pcpu_stacks && in_stacks % PCPU_STACK_PLACE < PCPU_STACK_GUARD) {
            assert_true(found == NOTHING);
        } else {
            assert_true((found & (VALID | XN | READ_ONLY)) == (VALID | XN));
        }
    }
}

static void test_the_image(void **state)
{
    (void)state;
    root = stage1_build(image_end);
    look_at_image();
    assert_true(attributes((paddr_t)image_end + 0x100000) == NOTHING);
}

/* RAM around the image, in pieces that no block of 2 MiB covers. */
static void test_ram_leaves_guards(void **state)
{
    paddr_t start = (paddr_t)image_start & ~0x3fffffUL;

    (void)state;
    assert_true(stage1_map(start, 0x1000000, STAGE1_DATA));
    look_at_image();
    assert_true((attributes((paddr_t)image_end) & VALID) != 0);
    assert_true((attributes(start + 0xfff000) & (VALID | XN)) == (VALID | XN));
    assert_true(attributes(start + 0x1000000) == NOTHING);
}

static void test_a_hole_between_two_pieces(void **state)
{
    (void)state;
    assert_true(stage1_map(0x80000000, 0x234000, STAGE1_DATA));
    assert_true(stage1_map(0x80235000, 0x10000000, STAGE1_DATA));
    assert_true((attributes(0x80233fff) & VALID) != 0);
    assert_true(attributes(0x80234000) == NOTHING);
    assert_true(attributes(0x80234fff) == NOTHING);
    assert_true((attributes(0x80235000) & VALID) != 0);
}

/* Nor does it come back when RAM around it is mapped again. */
static void test_boot_is_dropped(void **state)
{
    (void)state;
    stage1_drop_boot();
    dropped = true;
    look_at_image();
    assert_true(stage1_map((paddr_t)image_start & ~0x3fffffUL, 0x1000000, STAGE1_DATA));
    look_at_image();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_image),
        cmocka_unit_test(test_ram_leaves_guards),
        cmocka_unit_test(test_a_hole_between_two_pieces),
        cmocka_unit_test(test_boot_is_dropped),
    };

    return cmocka_run_group_tests_name("stage1", tests, NULL, NULL);
}
