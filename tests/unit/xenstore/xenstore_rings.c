/* SPDX-License-Identifier: MIT */
/* xenstored: rings, with domains that behave and domains that do not. */
#include <errno.h>
#include <string.h>

#include "xenstore_fake.h"

static void test_connection(void **state)
{
    struct fake *fake = *state;

    for (int i = 0; i < 3; i++) {
        const struct fake_domain *domain = &fake->domains[i];

        assert_int_equal(domain->page.connection, XENSTORE_CONNECTED);
        assert_int_equal(domain->page.server_features, XENSTORED_FEATURES);
        assert_int_equal(domain->page.req_prod, 0);
        assert_true(domain->bound);
        assert_true(domain->notified > 0);
    }
    assert_string_equal(GUEST_CALL(fake, 2, XS_READ, "name"), "app");
    assert_string_equal(GUEST_CALL(fake, 1, XS_IS_DOMAIN_INTRODUCED, "2"), "T");
    assert_string_equal(GUEST_CALL(fake, 1, XS_IS_DOMAIN_INTRODUCED, "3"), "F");
}

static void test_reconnect(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[2];

    assert_string_equal(GUEST_CALL(fake, 2, XS_WATCH, "data\0t"), "OK");
    assert_int_equal(domain_find(&fake->server, 2)->connection->watch_count, 1);
    guest_put(domain, "half a header", 5);
    domain->event = true;
    handle_events(fake);
    domain->page.connection = XENSTORE_RECONNECT;
    domain->event = true;
    handle_events(fake);
    assert_int_equal(domain->page.connection, XENSTORE_CONNECTED);
    assert_int_equal(domain->page.req_cons, 0);
    assert_int_equal(domain->page.rsp_prod, 0);
    assert_int_equal(domain_find(&fake->server, 2)->connection->watch_count, 0);
    assert_string_equal(GUEST_CALL(fake, 2, XS_READ, "name"), "app");
}

/* A kernel that sends before the connection is open, as Linux 6.1 does when a program asks early.
 */
static void test_early_requests(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[3];
    const struct xsd_sockmsg header = {.type = XS_TRANSACTION_START, .req_id = 6, .len = 1};
    struct reply reply;

    domain->state = EXIST;
    domain->page.connection = XENSTORE_RECONNECT;
    domain->page.evtchn_port = 7;
    guest_put(domain, &header, sizeof(header));
    guest_put(domain, "", 1);
    domain->changed = fake->change_event = true;
    handle_events(fake);
    assert_int_equal(domain->page.connection, XENSTORE_CONNECTED);
    guest_take(domain, &reply.header, sizeof(reply.header));
    assert_int_equal(reply.header.type, XS_TRANSACTION_START);
    assert_int_equal(reply.header.req_id, 6);
    guest_take(domain, reply.body, reply.header.len);
    /* The kernel's own reset, when it starts, leaves the program's transaction; a later one does
     * not. */
    assert_string_equal(GUEST_CALL(fake, 3, XS_RESET_WATCHES, ""), "OK");
    assert_int_equal(domain_find(&fake->server, 3)->connection->transaction_count, 1);
    assert_string_equal(GUEST_CALL(fake, 3, XS_RESET_WATCHES, ""), "OK");
    assert_int_equal(domain_find(&fake->server, 3)->connection->transaction_count, 0);
}

/* Another xenstored takes over a page that is in use, or whose domain asks to start afresh. */
static void test_next_xenstored(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[3];

    domain->state = EXIST;
    domain->page.evtchn_port = 7;
    domain->page.server_features = 1;
    domain->page.req_cons = domain->page.req_prod = 5000;
    domain->page.rsp_cons = domain->page.rsp_prod = 7000;
    domain->changed = fake->change_event = true;
    handle_events(fake);
    assert_true(domain->notified > 0);
    assert_string_equal(GUEST_CALL(fake, 3, XS_READ, "name"), "late");
    assert_true(domain->page.req_cons > 5000);
    assert_true(domain->page.rsp_prod > 7000);

    domain->unique_id++;
    domain->page.connection = XENSTORE_RECONNECT;
    domain->changed = fake->change_event = true;
    handle_events(fake);
    assert_int_equal(domain->page.rsp_prod, 0);
    assert_string_equal(GUEST_CALL(fake, 3, XS_READ, "name"), "late");
}

/* Linux sends an event only if all that it sent before seems to be taken, which it sees at the
 * end of a turn. */
static void test_request_during_a_turn(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[2];
    struct connection *connection = domain_find(&fake->server, 2)->connection;
    const struct xsd_sockmsg header = {.type = XS_READ, .len = 5};

    guest_put(domain, &header, sizeof(header));
    guest_put(domain, "name", 5);
    connection_turn(connection);
    assert_int_not_equal(domain->page.req_cons, domain->page.req_prod);
    guest_put(domain, &header, sizeof(header));
    assert_true(connection_answer(connection));
    connection_turn(connection);
    assert_false(connection_answer(connection));
    guest_put(domain, "name", 5);
    connection_turn(connection);
    assert_false(connection_answer(connection));
    assert_int_equal(domain->page.rsp_prod, 2 * (sizeof(header) + 3));
}

static void test_bad_index(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[2];

    domain->page.req_prod = domain->page.req_cons + XENSTORE_RING_SIZE + 1;
    domain->event = true;
    handle_events(fake);
    assert_int_equal(domain->page.error, XENSTORE_ERROR_RINGIDX);
    /* It is deaf now, until it starts afresh. */
    domain->page.req_prod = domain->page.req_cons;
    guest_put(domain, "\2\0\0\0\0\0\0\0\0\0\0\0\5\0\0\0name", 21);
    domain->event = true;
    handle_events(fake);
    assert_int_equal(domain->page.rsp_prod, domain->page.rsp_cons);
    domain->page.connection = XENSTORE_RECONNECT;
    domain->event = true;
    handle_events(fake);
    assert_int_equal(domain->page.error, XENSTORE_ERROR_NONE);
    assert_string_equal(GUEST_CALL(fake, 2, XS_READ, "name"), "app");
    /* The others did not notice. */
    assert_string_equal(GUEST_CALL(fake, 1, XS_READ, "name"), "control");
}

static void test_too_long(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[2];
    const struct xsd_sockmsg header = {.type = XS_WRITE, .len = XENSTORE_PAYLOAD_MAX + 1};

    guest_put(domain, &header, sizeof(header));
    domain->event = true;
    handle_events(fake);
    assert_int_equal(domain->page.error, XENSTORE_ERROR_PROTO);
}

/* Replies longer than the ring come in pieces, as the guest makes room. */
static void test_longer_than_the_ring(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[1];
    struct xsd_sockmsg header = {.type = XS_READ, .len = 5};
    char value[3000], path[] = "/big", received[3000];
    size_t done = 0;

    memset(value, 'v', sizeof(value));
    assert_int_equal(write_text(fake->root, 0, path, ""), 0);
    value[sizeof(value) - 1] = '\0';
    assert_int_equal(write_text(fake->root, 0, path, value), 0);
    guest_put(domain, &header, sizeof(header));
    guest_put(domain, path, sizeof(path));
    domain->event = true;
    handle_events(fake);
    guest_take(domain, &header, sizeof(header));
    assert_int_equal(header.len, sizeof(value) - 1);
    while (done < header.len) {
        size_t there = domain->page.rsp_prod - domain->page.rsp_cons;

        assert_true(there > 0 && there <= XENSTORE_RING_SIZE);
        guest_take(domain, received + done, there);
        done += there;
        domain->event = true;
        handle_events(fake);
    }
    assert_memory_equal(received, value, header.len);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_connection),
        TEST(test_reconnect),
        TEST(test_early_requests),
        TEST(test_next_xenstored),
        TEST(test_bad_index),
        TEST(test_too_long),
        TEST(test_longer_than_the_ring),
        TEST(test_request_during_a_turn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
