/* SPDX-License-Identifier: MIT */
/* Loads and stores without a syndrome: encodings as an assembler makes them, and all others of the
 * class. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "device/decode.h"
#include <trefoil/types.h>

#define LOAD  0
#define STORE ISS_WNR
#define ONE(size, flags, target)                                                                   \
    (ISS_ISV | (uint64_t)(size) << ISS_SAS_LSB | (flags) | (uint64_t)(target) << ISS_SRT_LSB)
#define PAIR(size, flags, first, second)                                                           \
    {                                                                                              \
        ONE(size, ISS_OF_TWO | (flags), first), ONE(size, ISS_OF_TWO | (flags), second)            \
    }

static const struct {
    uint32_t instruction;
    struct decoded_access wanted;
} known[] = {
    /* ldp w1, w2, [x3] */
    {0x29400861, {PAIR(2, LOAD, 1, 2), 2, 4, 3, false, 0, 0}},
    /* stp w1, wzr, [x3, #-8] */
    {0x293f7c61, {PAIR(2, STORE, 1, 31), 2, 4, 3, false, -8, -8}},
    /* ldp x1, x2, [x3, #16] */
    {0xa9410861, {PAIR(3, ISS_SF, 1, 2), 2, 8, 3, false, 16, 16}},
    /* stp x1, x2, [sp, #-32]! */
    {0xa9be0be1, {PAIR(3, ISS_SF | STORE, 1, 2), 2, 8, 31, true, -32, -32}},
    /* ldp x1, x2, [sp], #32 */
    {0xa8c20be1, {PAIR(3, ISS_SF, 1, 2), 2, 8, 31, true, 0, 32}},
    /* ldnp w1, w2, [x3, #4] */
    {0x28408861, {PAIR(2, LOAD, 1, 2), 2, 4, 3, false, 4, 4}},
    /* ldpsw x1, x2, [x3, #8] */
    {0x69410861, {PAIR(2, ISS_SSE | ISS_SF, 1, 2), 2, 4, 3, false, 8, 8}},
    /* str w1, [x3], #4 */
    {0xb8004461, {{ONE(2, STORE, 1)}, 1, 4, 3, true, 0, 4}},
    /* ldr x1, [x3, #-8]! */
    {0xf85f8c61, {{ONE(3, ISS_SF, 1)}, 1, 8, 3, true, -8, -8}},
    /* ldrb w1, [x3], #1 */
    {0x38401461, {{ONE(0, LOAD, 1)}, 1, 1, 3, true, 0, 1}},
    /* strh w1, [x3, #2]! */
    {0x78002c61, {{ONE(1, STORE, 1)}, 1, 2, 3, true, 2, 2}},
    /* ldrsb x1, [x3], #-1 */
    {0x389ff461, {{ONE(0, ISS_SSE | ISS_SF, 1)}, 1, 1, 3, true, 0, -1}},
    /* ldrsh w1, [x3], #2 */
    {0x78c02461, {{ONE(1, ISS_SSE, 1)}, 1, 2, 3, true, 0, 2}},
    /* ldrsw x1, [x3], #4 */
    {0xb8804461, {{ONE(2, ISS_SSE | ISS_SF, 1)}, 1, 4, 3, true, 0, 4}},
};

static const uint32_t refused[] = {
    0x29400461, /* ldp w1, w1, [x3]: unpredictable */
    0x28c08821, /* ldp w1, w2, [x1], #4: unpredictable */
    0xb8004463, /* str w3, [x3], #4: unpredictable */
    0x68800861, /* STGP */
    0x68400861, /* LDPSW without temporal hint: unallocated */
    0xf8804461, /* size 3, operation 2: unallocated */
    0xb8c04461, /* size 2, operation 3: unallocated */
    0x2d400861, /* ldp s1, s2, [x3] */
    0xbc404461, /* ldr s1, [x3], #4 */
    0xb9400061, /* ldr w1, [x3]: has a syndrome */
    0xb8400061, /* ldur w1, [x3]: likewise */
    0xb8624861, /* ldr w1, [x3, w2, uxtw]: likewise */
    0x885f7c61, /* ldxr w1, [x3] */
    0xb8210061, /* ldadd w1, w1, [x3] */
    0xd50b7423, /* dc zva, x3 */
    0xd503201f, /* nop */
    0x00000000, 0xffffffff,
};

static void test_known(void **state)
{
    struct decoded_access access;

    (void)state;
    for (unsigned int i = 0; i < ARRAY_SIZE(known); i++) {
        if (!decode_access(known[i].instruction, &access))
            fail_msg("%08x is not known", known[i].instruction);
        if (access.iss[0] != known[i].wanted.iss[0] || access.iss[1] != known[i].wanted.iss[1] ||
            access.nr != known[i].wanted.nr || access.size != known[i].wanted.size ||
            access.base != known[i].wanted.base || access.writeback != known[i].wanted.writeback ||
            access.before != known[i].wanted.before ||
            (access.writeback && access.after != known[i].wanted.after))
            fail_msg("%08x is something else", known[i].instruction);
    }
}

static void test_refused(void **state)
{
    struct decoded_access access;

    (void)state;
    for (unsigned int i = 0; i < ARRAY_SIZE(refused); i++) {
        if (decode_access(refused[i], &access))
            fail_msg("%08x is taken", refused[i]);
    }
}

/* Whatever a guest has where its program counter points: what is decoded stays in its bounds. */
static void test_anything(void **state)
{
    struct decoded_access access;
    uint32_t instruction = 1;

    (void)state;
    for (unsigned int i = 0; i < 4000000; i++) {
        instruction = instruction * 1664525 + 1013904223;
        /* half of them of the class of loads and stores */
        if (!decode_access(i % 2 ? instruction : (instruction & ~0x0e000000U) | 0x08000000,
                           &access))
            continue;
        assert_true(access.nr == 1 || access.nr == 2);
        assert_true(access.size <= 8 && access.base < 32);
        assert_true(access.before >= -512 && access.before < 512);
        assert_true(access.after >= -512 && access.after < 512);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_anything),
    };

    return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
