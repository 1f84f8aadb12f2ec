/* SPDX-License-Identifier: MIT */
/* The hypervisor's own copying and filling, between all places in a word: right, and no byte
 * beside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

/* The C library's are what it is compared with. */
#define memcpy  own_memcpy
#define memmove own_memmove
#define memset  own_memset
#define memcmp  own_memcmp
#define memchr  own_memchr
#include "../../../hypervisor/lib/memory.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr

#define ROOM   512U
#define PLACES 17U  /* in a word, and past it */
#define SIZES  300U /* past the longest stretch that is copied at once, with each rest */

static uint8_t from[ROOM], expected[ROOM], got[ROOM];

static void fill(void)
{
    for (unsigned int i = 0; i < ROOM; i++) {
        from[i] = (uint8_t)(i * 7 + i / 256 + 1);
        expected[i] = got[i] = (uint8_t)(0xff - i);
    }
}

static void copies_between_any_two_places(void **state)
{
    (void)state;
    for (unsigned int source = 0; source < PLACES; source++) {
        for (unsigned int target = 0; target < PLACES; target++) {
            for (unsigned int size = 0; size < SIZES; size++) {
                fill();
                memcpy(expected + target, from + source, size);
                assert_ptr_equal(own_memcpy(got + target, from + source, size), got + target);
                assert_memory_equal(got, expected, ROOM);
            }
        }
    }
}

static void moves_over_itself(void **state)
{
    (void)state;
    for (unsigned int source = 0; source < 80; source++) {
        for (unsigned int target = 0; target < 80; target++) {
            for (unsigned int size = 0; size < 200; size += 3) {
                fill();
                memmove(expected + target, expected + source, size);
                assert_ptr_equal(own_memmove(got + target, got + source, size), got + target);
                assert_memory_equal(got, expected, ROOM);
            }
        }
    }
}

static void fills_from_any_place(void **state)
{
    (void)state;
    for (unsigned int target = 0; target < PLACES; target++) {
        for (unsigned int size = 0; size < SIZES; size++) {
            fill();
            memset(expected + target, 0xa5, size);
            assert_ptr_equal(own_memset(got + target, 0x1a5, size), got + target);
            assert_memory_equal(got, expected, ROOM);
        }
    }
}

static void the_first_byte_that_differs_decides(void **state)
{
    (void)state;
    fill();
    for (unsigned int place = 0; place < 20; place++) {
        memcpy(got, from, 20);
        got[place] ^= 0x80;
        assert_int_equal(own_memcmp(from, got, 20) < 0, from[place] < got[place]);
        assert_int_equal(own_memcmp(from, got, place), 0);
        assert_ptr_equal(own_memchr(from, from[place], 20), from + place);
    }
    assert_null(own_memchr(from, 0, 20));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_between_any_two_places),
        cmocka_unit_test(moves_over_itself),
        cmocka_unit_test(fills_from_any_place),
        cmocka_unit_test(the_first_byte_that_differs_decides),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
