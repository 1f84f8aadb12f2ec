/* SPDX-License-Identifier: MIT */
/* What is written, libfdt reads; and headers are taken as libfdt takes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "tree/tree_writer.h"

#define ROOM 512

static const char *write_some(void *buffer, uint64_t size, bool repeat)
{
    struct tree_writer writer;

    writer_start(&writer, buffer, size, repeat);
    writer_begin(&writer, "");
    writer_u32(&writer, "number", 0x12345678);
    writer_flag(&writer, "flag");
    writer_begin_at(&writer, "node", 0xabcdef0123);
    writer_u64(&writer, "number", 0x123456789abcdef0);
    writer_string(&writer, "text", "three");
    writer_end(&writer);
    writer_begin(&writer, "last");
    writer_property(&writer, "text", "a\0b", 4);
    writer_end(&writer);
    writer_end(&writer);
    return writer_finish(&writer);
}

static void check_property(const void *fdt, const char *path, const char *name, const void *data,
                           int length)
{
    int size, node = fdt_path_offset(fdt, path);
    const void *value = fdt_getprop(fdt, node, name, &size);

    assert_non_null(value);
    assert_int_equal(size, length);
    assert_memory_equal(value, data, (size_t)length);
}

static void is_read_by_libfdt(void **state)
{
    static const char text[] = "three";
    uint64_t *buffer = malloc(ROOM);

    (void)state;
    for (int repeat = 0; repeat < 2; repeat++) {
        memset(buffer, 0xa5, ROOM);
        assert_null(write_some(buffer, ROOM, repeat));
        assert_int_equal(fdt_check_full(buffer, ROOM), 0);
        assert_true(tree_valid(buffer));
        check_property(buffer, "/", "number", "\x12\x34\x56\x78", 4);
        check_property(buffer, "/", "flag", "", 0);
        check_property(buffer, "/node@abcdef0123", "number", "\x12\x34\x56\x78\x9a\xbc\xde\xf0", 8);
        check_property(buffer, "/node@abcdef0123", "text", text, sizeof(text));
        check_property(buffer, "/last", "text", "a\0b", 4);
        assert_int_equal(fdt_num_mem_rsv(buffer), 0);
        assert_int_equal(fdt_size_dt_strings(buffer), repeat ? 7 + 5 + 7 + 5 + 5 : 7 + 5 + 5);
    }
    free(buffer);
}

/* Each size is either enough or refused, and nothing behind it is written (the sanitizer looks). */
static void needs_what_it_fills(void **state)
{
    uint32_t least = 0;

    (void)state;
    for (int repeat = 0; repeat < 2; repeat++) {
        for (uint32_t size = 1; size <= ROOM; size++) {
            void *buffer = malloc(size);
            const char *wrong = write_some(buffer, size, repeat);

            assert_true(wrong ? least < (uint32_t)(repeat + 1) : fdt_check_full(buffer, size) == 0);
            if (wrong)
                assert_string_equal(wrong, "no room");
            else if (least < (uint32_t)(repeat + 1)) {
                assert_int_equal(fdt_totalsize(buffer), size);
                least++;
            }
            free(buffer);
        }
    }
    assert_int_equal(least, 2);
}

static void the_first_error_stays(void **state)
{
    static uint64_t buffer[ROOM / sizeof(uint64_t)];
    struct tree_cells cells = {.count = 0};
    struct tree_writer writer;

    (void)state;
    cells_add(&cells, 1ULL << 32, 1);
    writer_start(&writer, buffer, ROOM, false);
    writer_begin(&writer, "");
    writer_cells(&writer, "reg", &cells);
    for (int i = 0; i < ROOM; i++)
        writer_flag(&writer, "more");
    assert_string_equal(writer_finish(&writer), "a value does not fit its cells");
    assert_string_equal(write_some(buffer, 1ULL << 31, false), "no room");
}

/* Each word of the header with each of these values. */
static void headers(void **state)
{
    static const uint32_t values[] = {0,        1,          15,  16,  17,  18,  36,   39,
                                      40,       48,         56,  57,  60,  200, ROOM, 0x7fffffff,
                                      1U << 31, 0xfffffff8, ~0U, 400, 401, 404, 0x102};
    static uint64_t good[ROOM / sizeof(uint64_t)], tree[ROOM / sizeof(uint64_t)];
    unsigned int taken = 0;

    (void)state;
    memset(good, 0, sizeof(good));
    assert_null(write_some(good, ROOM, true));
    for (unsigned int word = 0; word < sizeof(struct fdt_header) / sizeof(uint32_t); word++) {
        for (unsigned int i = 0; i < ARRAY_SIZE(values); i++) {
            memcpy(tree, good, sizeof(tree));
            ((fdt32_t *)tree)[word] = cpu_to_fdt32(values[i]);
            if (!tree_valid(tree))
                continue;
            taken++;
            assert_int_equal(fdt_check_header(tree), 0);
            assert_true(fdt_num_mem_rsv(tree) >= 0);
        }
    }
    assert_true(taken > ARRAY_SIZE(values));
}

static void reservations(void **state)
{
    static uint64_t tree[ROOM / sizeof(uint64_t)];
    struct paddr_range range;

    (void)state;
    assert_int_equal(fdt_create(tree, ROOM), 0);
    assert_int_equal(fdt_add_reservemap_entry(tree, 0x1234567890, 0x1000), 0);
    assert_int_equal(fdt_add_reservemap_entry(tree, 0x10, 1), 0);
    assert_int_equal(fdt_finish_reservemap(tree), 0);
    assert_int_equal(fdt_begin_node(tree, ""), 0);
    assert_int_equal(fdt_end_node(tree), 0);
    assert_int_equal(fdt_finish(tree), 0);
    assert_int_equal(tree_reservation(tree, 0, &range), TREE_OK);
    assert_int_equal(range.start, 0x1234567890);
    assert_int_equal(range.size, 0x1000);
    assert_int_equal(tree_reservation(tree, 1, &range), TREE_OK);
    assert_int_equal(range.start, 0x10);
    assert_int_equal(tree_reservation(tree, 2, &range), TREE_END);
    assert_int_equal(tree_reservation(tree, 100, &range), TREE_MALFORMED);
    assert_int_equal(tree_reservation(tree, UINT32_MAX, &range), TREE_MALFORMED);
    assert_true(tree_valid(tree));
    /* Without an end: the last possible entry is none. */
    fdt_set_off_mem_rsvmap(tree, fdt_totalsize(tree) & ~7U);
    assert_false(tree_valid(tree));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_read_by_libfdt),     cmocka_unit_test(needs_what_it_fills),
        cmocka_unit_test(the_first_error_stays), cmocka_unit_test(headers),
        cmocka_unit_test(reservations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
