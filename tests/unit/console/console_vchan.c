/* SPDX-License-Identifier: MIT */
/* Both sides of a vchan in one process, and either side gone mad. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vchan.h"

static union {
    struct vchan_interface header;
    uint8_t bytes[VCHAN_PAGE_SIZE];
} page;
static struct vchan server, client;
static unsigned int server_events, client_events; /* received */

static void to_client(void *context)
{
    (void)context;
    client_events++;
}

static void to_server(void *context)
{
    (void)context;
    server_events++;
}

static int fresh(void **state)
{
    (void)state;
    server_events = client_events = 0;
    vchan_serve(&server, &page, to_client, NULL);
    return 0;
}

static int joined(void **state)
{
    fresh(state);
    assert_int_equal(vchan_join(&client, &page, to_server, NULL), 0);
    server_events = client_events = 0;
    return 0;
}

static void join_tells_the_server(void **state)
{
    (void)state;
    assert_int_equal(vchan_peer(&server), VCHAN_WAITING);
    assert_int_equal(vchan_join(&client, &page, to_server, NULL), 0);
    assert_int_equal(server_events, 1);
    assert_int_equal(vchan_peer(&server), VCHAN_CONNECTED);
    assert_int_equal(vchan_peer(&client), VCHAN_CONNECTED);
}

/* The layout is libxenvchan's, so the places in the page matter. */
static void bytes_lie_where_libxenvchan_has_them(void **state)
{
    (void)state;
    assert_int_equal(vchan_write(&server, "S", 1), 1);
    assert_int_equal(vchan_write(&client, "C", 1), 1);
    assert_int_equal(page.bytes[1024], 'S');
    assert_int_equal(page.bytes[2048], 'C');
    assert_int_equal(page.header.right.prod, 1);
    assert_int_equal(page.header.left.prod, 1);
}

static void only_a_fresh_channel_is_joined(void **state)
{
    static const struct {
        size_t offset;
        uint8_t value;
    } spoil[] = {
        {offsetof(struct vchan_interface, left_order), 12},
        {offsetof(struct vchan_interface, right_order), 31},
        {offsetof(struct vchan_interface, srv_live), 0},
        {offsetof(struct vchan_interface, cli_live), 0},
        {offsetof(struct vchan_interface, cli_live), 1},
        {offsetof(struct vchan_interface, left.prod), 1},
        {offsetof(struct vchan_interface, left.cons), 1},
        {offsetof(struct vchan_interface, right.cons), 1},
        {offsetof(struct vchan_interface, right.prod) + 3, 1},
    };

    for (size_t i = 0; i < sizeof spoil / sizeof spoil[0]; i++) {
        uint8_t before[VCHAN_PAGE_SIZE];

        fresh(state);
        page.bytes[spoil[i].offset] = spoil[i].value;
        memcpy(before, page.bytes, sizeof before);
        assert_int_equal(vchan_join(&client, &page, to_server, NULL), -EPROTO);
        assert_memory_equal(before, page.bytes, sizeof before);
        assert_int_equal(server_events, 0);
    }
}

/* What the server wrote before the client came is there for it. */
static void early_data(void **state)
{
    char out[16];

    (void)state;
    assert_int_equal(vchan_write(&server, "early", 5), 5);
    assert_int_equal(vchan_join(&client, &page, to_server, NULL), 0);
    assert_int_equal(vchan_read(&client, out, sizeof out), 5);
    assert_memory_equal(out, "early", 5);
}

/* Random sizes both ways, with indices about to wrap, compared byte for byte. */
static void streams_survive(void **state)
{
    struct vchan *ends[2] = {&server, &client};
    uint8_t sent[2] = {0, 0}, expected[2] = {0, 0};
    uint8_t data[3000];

    (void)state;
    srand(1);
    for (int i = 0; i < 20000; i++) {
        int from = rand() % 2;
        size_t size = (size_t)(rand() % (int)sizeof data);
        ssize_t count;

        for (size_t j = 0; j < size; j++)
            data[j] = (uint8_t)(sent[from] + j);
        count = vchan_write(ends[from], data, size);
        assert_in_range(count, 0, size);
        sent[from] = (uint8_t)(sent[from] + count);
        size = (size_t)(rand() % (int)sizeof data);
        count = vchan_read(ends[!from], data, size);
        assert_in_range(count, 0, size);
        for (ssize_t j = 0; j < count; j++)
            assert_int_equal(data[j], expected[from]++);
    }
}

static void full_ring_takes_no_more(void **state)
{
    static uint8_t data[4096];

    (void)state;
    assert_int_equal(vchan_write(&client, data, sizeof data), VCHAN_LEFT_SIZE);
    assert_int_equal(vchan_write(&client, data, 1), 0);
    assert_int_equal(vchan_write(&server, data, sizeof data), VCHAN_RIGHT_SIZE);
    assert_int_equal(vchan_write(&server, data, 1), 0);
}

/* An event comes when, and only when, the other side waits for the move. */
static void events_are_sent_when_asked_for(void **state)
{
    static uint8_t data[4096];

    (void)state;
    vchan_write(&client, data, 10);
    assert_int_equal(server_events, 1);
    vchan_write(&client, data, 10); /* the server has not looked yet */
    assert_int_equal(server_events, 1);
    vchan_read(&server, data, 5); /* it knows that there is more */
    vchan_write(&client, data, 10);
    assert_int_equal(server_events, 1);
    vchan_read(&server, data, sizeof data); /* emptied: it waits */
    vchan_write(&client, data, 10);
    assert_int_equal(server_events, 2);

    assert_int_equal(client_events, 0); /* nobody waited for room */
    vchan_write(&client, data, sizeof data);
    vchan_read(&server, data, 1);
    assert_int_equal(client_events, 1);
}

static void leaving_is_seen(void **state)
{
    char out[8];

    (void)state;
    vchan_write(&client, "bye", 3);
    server_events = 0;
    vchan_leave(&client);
    assert_int_equal(server_events, 1);
    assert_int_equal(vchan_peer(&server), VCHAN_GONE);
    assert_int_equal(vchan_read(&server, out, sizeof out), 3); /* is still to be had */
    vchan_leave(&server);
    assert_int_equal(vchan_peer(&client), VCHAN_GONE);
}

static void impossible_indices(void **state)
{
    uint8_t data[64] = {0};

    (void)state;
    page.header.left.prod = VCHAN_LEFT_SIZE + 1;
    assert_int_equal(vchan_read(&server, data, sizeof data), -EPROTO);
    page.header.left.prod = UINT32_MAX;
    assert_int_equal(vchan_read(&server, data, sizeof data), -EPROTO);
    page.header.right.cons = 1;
    assert_int_equal(vchan_write(&server, data, sizeof data), -EPROTO);
    page.header.right.prod = VCHAN_RIGHT_SIZE + 1;
    assert_int_equal(vchan_read(&client, data, sizeof data), -EPROTO);
    page.header.left.cons = 0x80000000;
    assert_int_equal(vchan_write(&client, data, sizeof data), -EPROTO);
}

/* A peer that scribbles over the whole header gets errors or bytes, never a stray access. */
static void random_header(void **state)
{
    uint8_t data[4096];

    srand(2);
    for (int i = 0; i < 20000; i++) {
        joined(state);
        for (size_t j = 0; j < sizeof page.header; j++)
            page.bytes[j] = (uint8_t)rand();
        vchan_peer(&server);
        assert_true(vchan_read(&server, data, sizeof data) <= VCHAN_LEFT_SIZE);
        assert_true(vchan_write(&server, data, sizeof data) <= VCHAN_RIGHT_SIZE);
        assert_true(vchan_read(&client, data, sizeof data) <= VCHAN_RIGHT_SIZE);
        assert_true(vchan_write(&client, data, sizeof data) <= VCHAN_LEFT_SIZE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(join_tells_the_server, fresh),
        cmocka_unit_test_setup(bytes_lie_where_libxenvchan_has_them, joined),
        cmocka_unit_test(only_a_fresh_channel_is_joined),
        cmocka_unit_test_setup(early_data, fresh),
        cmocka_unit_test_setup(streams_survive, joined),
        cmocka_unit_test_setup(full_ring_takes_no_more, joined),
        cmocka_unit_test_setup(events_are_sent_when_asked_for, joined),
        cmocka_unit_test_setup(leaving_is_seen, joined),
        cmocka_unit_test_setup(impossible_indices, joined),
        cmocka_unit_test(random_header),
    };

    return cmocka_run_group_tests_name("vchan", tests, NULL, NULL);
}
