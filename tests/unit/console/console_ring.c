/* SPDX-License-Identifier: MIT */
/* The backend's end of the console ring, against a guest that may do anything with its page. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ring.h"

static struct xencons_interface page;
static struct ring ring;

static int fresh(void **state)
{
    (void)state;
    memset(&page, 0, sizeof page);
    page.connection = XENCONSOLE_DISCONNECTED;
    return 0;
}

static void guest_writes(const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        page.out[MASK_XENCONS_IDX(page.out_prod + i, page.out)] = data[i];
    page.out_prod += (uint32_t)size;
}

static void output_arrives_and_is_consumed(void **state)
{
    char out[RING_OUTPUT_SIZE];

    (void)state;
    assert_int_equal(ring_connect(&ring, &page), 0);
    assert_int_equal(page.connection, XENCONSOLE_CONNECTED);
    assert_int_equal(ring_take(&ring, out), 0);
    guest_writes("hello", 5);
    assert_int_equal(ring_take(&ring, out), 5);
    assert_memory_equal(out, "hello", 5);
    assert_int_equal(page.out_cons, 5);
    ring_disconnect(&ring);
    assert_int_equal(page.connection, XENCONSOLE_DISCONNECTED);
}

/* Both the place in the ring and the free-running index wrap. */
static void output_wraps(void **state)
{
    char sent[RING_OUTPUT_SIZE], out[RING_OUTPUT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof sent; i++)
        sent[i] = (char)(i * 7);
    page.out_cons = page.out_prod = UINT32_MAX - 100;
    assert_int_equal(ring_connect(&ring, &page), 0);
    guest_writes(sent, sizeof sent);
    assert_int_equal(ring_take(&ring, out), sizeof out);
    assert_memory_equal(out, sent, sizeof out);
    assert_int_equal(page.out_cons, page.out_prod);
}

static void a_later_backend_goes_on_where_the_first_stopped(void **state)
{
    char out[RING_OUTPUT_SIZE];

    (void)state;
    guest_writes("oldnew", 6);
    page.out_cons = 3;
    assert_int_equal(ring_connect(&ring, &page), 0);
    assert_int_equal(ring_take(&ring, out), 3);
    assert_memory_equal(out, "new", 3);
}

static void impossible_output_index(void **state)
{
    char out[RING_OUTPUT_SIZE];

    (void)state;
    assert_int_equal(ring_connect(&ring, &page), 0);
    page.out_prod = RING_OUTPUT_SIZE + 1;
    assert_int_equal(ring_take(&ring, out), -EPROTO);
    page.out_prod = UINT32_MAX;
    assert_int_equal(ring_take(&ring, out), -EPROTO);
    assert_int_equal(page.out_cons, 0);
}

/* The guest may write our index; we do not read it again. */
static void our_index_is_our_own(void **state)
{
    char out[RING_OUTPUT_SIZE];

    (void)state;
    assert_int_equal(ring_connect(&ring, &page), 0);
    guest_writes("ab", 2);
    page.out_cons = 1;
    assert_int_equal(ring_take(&ring, out), 2);
    assert_int_equal(page.out_cons, 2);
    page.in_prod = 77;
    ring_give(&ring, "x", 1);
    assert_int_equal(page.in_prod, 1);
}

static void a_corrupt_ring_is_not_connected(void **state)
{
    (void)state;
    page.out_prod = RING_OUTPUT_SIZE + 1;
    assert_int_equal(ring_connect(&ring, &page), -EPROTO);
    page.out_prod = 0;
    page.in_prod = RING_INPUT_SIZE + 1;
    assert_int_equal(ring_connect(&ring, &page), -EPROTO);
    assert_int_equal(page.connection, XENCONSOLE_DISCONNECTED);
}

static void input_fills_and_drains(void **state)
{
    char data[RING_INPUT_SIZE];

    (void)state;
    memset(data, 'q', sizeof data);
    page.in_cons = page.in_prod = UINT32_MAX - 9;
    assert_int_equal(ring_connect(&ring, &page), 0);
    assert_int_equal(ring_room(&ring), RING_INPUT_SIZE);
    ring_give(&ring, data, sizeof data);
    assert_int_equal(ring_room(&ring), 0);
    assert_memory_equal(page.in, data, sizeof data);
    page.in_cons += 10;
    assert_int_equal(ring_room(&ring), 10);
    page.in_cons = page.in_prod + 1; /* has consumed what was never there */
    assert_int_equal(ring_room(&ring), -EPROTO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(output_arrives_and_is_consumed, fresh),
        cmocka_unit_test_setup(output_wraps, fresh),
        cmocka_unit_test_setup(a_later_backend_goes_on_where_the_first_stopped, fresh),
        cmocka_unit_test_setup(impossible_output_index, fresh),
        cmocka_unit_test_setup(our_index_is_our_own, fresh),
        cmocka_unit_test_setup(a_corrupt_ring_is_not_connected, fresh),
        cmocka_unit_test_setup(input_fills_and_drains, fresh),
    };

    return cmocka_run_group_tests_name("console ring", tests, NULL, NULL);
}
