/* SPDX-License-Identifier: MIT */
/* Packed kernels: what zlib writes is read, what zlib refuses is refused, and nothing is touched
 * beyond the room there is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <cmocka.h>

#include <trefoil/inflate.h>
#include <trefoil/launch.h>

#define GZIP_WINDOW 31 /* zlib's number for 32 KiB within a gzip file */
#define ROOM        300000U
#define SIZE        200000U

static uint8_t content[SIZE], packed[ROOM], unpacked[ROOM + 1];

static uint32_t chance = 1;

static uint8_t random_byte(void)
{
    chance = chance * 1664525U + 1013904223U;
    return (uint8_t)(chance >> 24);
}

/* Of several kinds: what repeats near and far, and what does not. */
static void make_content(unsigned int kind)
{
    for (unsigned int i = 0; i < SIZE; i++) {
        static const char text[] = "interrupt controller, event channel, grant table; ";

        switch (kind) {
        case 0: content[i] = 0; break;
        case 1: content[i] = (uint8_t)text[i % (sizeof(text) - 1)]; break;
        case 2: content[i] = random_byte(); break;
        default:
            content[i] = i > 40000 && random_byte() > 4 ? content[i - 31000] : random_byte() & 31;
        }
    }
}

static size_t pack(size_t size, int level, int strategy, gz_header *header)
{
    z_stream stream = {.next_in = content,
                       .avail_in = (uInt)size,
                       .next_out = packed,
                       .avail_out = sizeof(packed)};

    assert_int_equal(deflateInit2(&stream, level, Z_DEFLATED, GZIP_WINDOW, 9, strategy), Z_OK);
    if (header)
        assert_int_equal(deflateSetHeader(&stream, header), Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(deflateEnd(&stream), Z_OK);
    return stream.total_out;
}

static void expect_back(size_t packed_size, size_t size)
{
    uint64_t length = 1;

    unpacked[size] = 0xa5;
    assert_null(gzip_unpack(packed, packed_size, unpacked, size, &length));
    assert_int_equal(length, size);
    assert_memory_equal(unpacked, content, size);
    assert_int_equal(unpacked[size], 0xa5);
}

static void test_all_that_zlib_writes(void **state)
{
    static const size_t sizes[] = {0, 1, 2, 257, 65535, 65536, SIZE};

    (void)state;
    for (unsigned int kind = 0; kind < 4; kind++) {
        make_content(kind);
        for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++)
            for (int level = 0; level <= 9; level += 3)
                for (int strategy = Z_DEFAULT_STRATEGY; strategy <= Z_FIXED; strategy++)
                    expect_back(pack(sizes[i], level, strategy, NULL), sizes[i]);
    }
}

static void test_all_parts_of_a_header(void **state)
{
    uint8_t extra[300] = {1};

    (void)state;
    make_content(1);
    for (unsigned int parts = 0; parts < 16; parts++) {
        gz_header header = {.extra = (parts & 1) != 0 ? extra : NULL,
                            .extra_len = sizeof(extra),
                            .name = (parts & 2) != 0 ? (Bytef *)"Image" : NULL,
                            .comment = (parts & 4) != 0 ? (Bytef *)"a kernel" : NULL,
                            .hcrc = (parts & 8) != 0};
        size_t size = pack(1000, 6, Z_DEFAULT_STRATEGY, &header);
        uint64_t length;

        expect_back(size, 1000);
        for (size_t less = 0; less < size; less++)
            assert_non_null(gzip_unpack(packed, less, unpacked, 1000, &length));
    }
}

static void test_too_little_room(void **state)
{
    (void)state;
    for (unsigned int kind = 0; kind < 4; kind++) {
        size_t size;
        uint64_t length;

        make_content(kind);
        size = pack(SIZE, 6, Z_DEFAULT_STRATEGY, NULL);
        for (size_t room = 0; room < SIZE; room += 9973) {
            unpacked[room] = 0xa5;
            assert_string_equal(gzip_unpack(packed, size, unpacked, room, &length),
                                "a gzip file, larger than there is room for when it is unpacked");
            assert_int_equal(unpacked[room], 0xa5);
        }
    }
}

static bool zlib_reads(size_t size, size_t *length)
{
    static uint8_t theirs[ROOM];
    z_stream stream = {
        .next_in = packed, .avail_in = (uInt)size, .next_out = theirs, .avail_out = sizeof(theirs)};
    int result;

    assert_int_equal(inflateInit2(&stream, GZIP_WINDOW), Z_OK);
    result = inflate(&stream, Z_FINISH);
    assert_int_equal(inflateEnd(&stream), Z_OK);
    *length = stream.total_out;
    return result == Z_STREAM_END;
}

static void test_each_bit_turned(void **state)
{
    (void)state;
    make_content(3);
    for (int level = 0; level <= 9; level += 3) {
        size_t size = pack(400, level, Z_DEFAULT_STRATEGY, NULL), theirs;

        for (size_t bit = 0; bit < 8 * size; bit++) {
            uint64_t length;
            bool good;

            packed[bit / 8] ^= (uint8_t)(1U << bit % 8);
            good = zlib_reads(size, &theirs);
            assert_int_equal(gzip_unpack(packed, size, unpacked, ROOM, &length) == NULL, good);
            assert_true(!good || length == theirs);
            packed[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
    }
}

static void test_the_sum_is_zlib_s(void **state)
{
    (void)state;
    make_content(2);
    for (size_t size = 0; size < 3000; size += 7)
        assert_int_equal(crc32_of(crc32_of(0, content, size), content + size, 100),
                         crc32(0, content, (uInt)(size + 100)));
}

/* ---- U-Boot's images ---- */

static void big_endian(uint8_t *to, uint32_t value)
{
    for (unsigned int i = 0; i < 4; i++)
        to[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void make_uimage(uint8_t arch, uint8_t type, uint8_t packing, uint32_t size)
{
    memset(content, 0, 64);
    big_endian(content, 0x27051956);
    big_endian(content + 12, size);
    big_endian(content + 16, 0x40080000);
    big_endian(content + 20, 0x40081000);
    big_endian(content + 24, 0x12345678);
    content[28] = 5;
    content[29] = arch;
    content[30] = type;
    content[31] = packing;
}

static void test_a_uimage(void **state)
{
    static const struct {
        uint8_t arch, type, packing, size;
        const char *wrong;
    } rows[] = {
        {22, 2, 0, 100, NULL},
        {22, 2, 1, 100, NULL},
        {2, 2, 0, 100, "a U-Boot image, but not of an arm64 kernel (mkimage -A arm64)"},
        {22, 3, 0, 100, "a U-Boot image, but not of a kernel (mkimage -T kernel)"},
        {22, 2, 5, 100, "a U-Boot image, packed by something else than gzip"},
        {22, 2, 0, 101, "a U-Boot image that is cut short"},
    };

    (void)state;
    for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
        struct launch_wrapped wrapped;
        const char *wrong;

        make_uimage(rows[i].arch, rows[i].type, rows[i].packing, rows[i].size);
        content[64] = 0x1f;
        content[65] = rows[i].packing == 1 ? 0x8b : 0;
        wrong = launch_kernel_unwrap(content, 164, &wrapped);
        if (rows[i].wrong) {
            assert_string_equal(wrong, rows[i].wrong);
            continue;
        }
        assert_null(wrong);
        assert_int_equal(wrapped.offset, 64);
        assert_int_equal(wrapped.size, 100);
        assert_int_equal(wrapped.packed, rows[i].packing == 1);
        assert_true(wrapped.wrapped);
        assert_int_equal(wrapped.sum, 0x12345678);
        assert_int_equal(wrapped.load, 0x40080000);
        assert_int_equal(wrapped.entry, 0x40081000);
    }
}

static void test_other_modules_are_themselves(void **state)
{
    static const uint8_t gzip[] = {0x1f, 0x8b, 8, 0}, other[] = {1, 2, 3, 4}, none[1];
    struct launch_wrapped wrapped;

    (void)state;
    assert_null(launch_kernel_unwrap(gzip, sizeof(gzip), &wrapped));
    assert_true(wrapped.packed && wrapped.offset == 0 && wrapped.size == sizeof(gzip));
    assert_null(launch_kernel_unwrap(other, sizeof(other), &wrapped));
    assert_true(!wrapped.packed && !wrapped.wrapped && wrapped.size == sizeof(other));
    assert_null(launch_kernel_unwrap(none, 0, &wrapped));
    assert_true(!wrapped.packed && wrapped.size == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_that_zlib_writes),
        cmocka_unit_test(test_all_parts_of_a_header),
        cmocka_unit_test(test_too_little_room),
        cmocka_unit_test(test_each_bit_turned),
        cmocka_unit_test(test_the_sum_is_zlib_s),
        cmocka_unit_test(test_a_uimage),
        cmocka_unit_test(test_other_modules_are_themselves),
    };

    return cmocka_run_group_tests_name("packed kernels", tests, NULL, NULL);
}
