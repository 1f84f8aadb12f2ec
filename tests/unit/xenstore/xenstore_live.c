/* SPDX-License-Identifier: MIT */
/* xenstored: what goes on behind a live update. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenstore_fake.h"
#include "xenstore_stream.h"

/* What the server is from now on is what its stream says. */
static void update(struct fake *fake)
{
    struct stream stream = write_stream(&fake->server);
    char problem[LIVE_PROBLEM_SIZE];

    server_destroy(&fake->server);
    for (int i = 0; i < DOMAINS; i++)
        fake->domains[i].changed = true;
    if (!read_stream(stream.bytes, stream.size, &fake->server, problem))
        fail_msg("%s", problem);
    fake->server.hypervisor = &fake->hypervisor;
    free(stream.bytes);
    client_adopt(fake->root, &fake->server);
}

static void go_on(struct fake *fake)
{
    domains_resume(&fake->server);
    domains_update(&fake->server);
    fixture_run(&fake->server);
}

static void test_nothing_changes(void **state)
{
    struct fake *fake = *state;
    uint32_t transaction = start_transaction(fake->root);
    struct stream first, second;

    assert_int_equal(CALL(fake->root, XS_WATCH, "/tool\0token"), 0);
    assert_int_equal(write_text(fake->root, transaction, "/tool/a/b", "1"), 0);
    assert_int_equal(write_text(fake->root, 0, "/tool/c", "2"), 0);
    first = write_stream(&fake->server);
    update(fake);
    second = write_stream(&fake->server);
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.bytes, second.bytes, first.size);
    go_on(fake);
    assert_consistent(fake->root);
    free(first.bytes);
    free(second.bytes);
}

/* On the socket: nobody can tell that it is another program. */
static void test_client_goes_on(void **state)
{
    struct fake *fake = *state;
    uint32_t transaction, doomed, idle;
    struct reply reply;

    assert_int_equal(write_text(fake->root, 0, "/tool/a", "1"), 0);
    assert_int_equal(CALL(fake->root, XS_WATCH, "/tool\0token"), 0);
    assert_string_equal(client_event(fake->root), "/tool token");
    transaction = start_transaction(fake->root);
    doomed = start_transaction(fake->root);
    idle = start_transaction(fake->root);
    assert_string_equal(read_text(fake->root, transaction, "/tool/a"), "1");
    assert_int_equal(write_text(fake->root, transaction, "/tool/new", "x"), 0);
    assert_int_equal(CALL_IN(fake->root, transaction, XS_RM, "/tool/a"), 0);
    assert_null(read_text(fake->root, doomed, "/tool/b"));
    assert_int_equal(write_text(fake->root, doomed, "/tool/new", "y"), 0);
    /* An event that waits, a part of a request. */
    fake->root->room = 0;
    assert_int_equal(fake->root->from_server.length, 0);
    client_send(fake->root, XS_WRITE, 0, "/tool/b\0z", 9);
    client_send_bytes(fake->root, &(struct xsd_sockmsg){.type = XS_READ, .req_id = 9, .len = 8}, 7);
    fixture_run(&fake->server);
    update(fake);
    go_on(fake);
    fake->root->room = PIPE_SIZE;
    client_send_bytes(fake->root,
                      (char *)&(struct xsd_sockmsg){.type = XS_READ, .req_id = 9, .len = 8} + 7, 9);
    client_send_bytes(fake->root, "/tool/b", 8);
    fixture_run(&fake->server);
    assert_string_equal(client_event(fake->root), "/tool/b token");
    assert_true(client_receive(fake->root, &reply));
    assert_string_equal(reply.body, "OK");
    assert_true(client_receive(fake->root, &reply));
    assert_int_equal(reply.header.req_id, 9);
    assert_string_equal(reply.body, "z");
    /* The transactions see what they saw, and end as they would have. */
    assert_string_equal(read_text(fake->root, transaction, "/tool/new"), "x");
    assert_null(read_text(fake->root, transaction, "/tool/a"));
    assert_string_equal(read_text(fake->root, idle, "/tool/a"), "1");
    assert_int_equal(end_transaction(fake->root, doomed, true), EAGAIN);
    assert_int_equal(end_transaction(fake->root, transaction, true), 0);
    assert_string_equal(client_event(fake->root), "/tool/new token");
    assert_string_equal(client_event(fake->root), "/tool/a token");
    assert_string_equal(read_text(fake->root, 0, "/tool/new"), "x");
    assert_int_equal(end_transaction(fake->root, idle, true), 0);
    assert_int_not_equal(start_transaction(fake->root), transaction);
    assert_consistent(fake->root);
}

/* A transaction that a change meanwhile makes fail does so, as if nothing had been between. */
static void test_conflict_across(void **state)
{
    struct fake *fake = *state;
    uint32_t before, after;

    assert_int_equal(write_text(fake->root, 0, "/tool/a", "1"), 0);
    before = start_transaction(fake->root);
    after = start_transaction(fake->root);
    assert_string_equal(read_text(fake->root, before, "/tool/a"), "1");
    assert_int_equal(write_text(fake->root, before, "/tool/x", "1"), 0);
    assert_string_equal(read_text(fake->root, after, "/tool/xenstored"), "");
    assert_int_equal(write_text(fake->root, after, "/tool/y", "1"), 0);
    update(fake);
    go_on(fake);
    assert_int_equal(write_text(fake->root, 0, "/tool/a", "2"), 0);
    assert_int_equal(end_transaction(fake->root, before, true), EAGAIN);
    assert_int_equal(end_transaction(fake->root, after, true), 0);
    assert_string_equal(read_text(fake->root, 0, "/tool/y"), "1");
    assert_null(read_text(fake->root, 0, "/tool/x"));
}

#define GUEST_EVENT(fake, domid, path_and_token)                                                   \
    guest_event(&(fake)->domains[domid], path_and_token, sizeof(path_and_token))

static void guest_event(struct fake_domain *domain, const char *expected, size_t length)
{
    struct xsd_sockmsg header;
    char body[XENSTORE_PAYLOAD_MAX];

    guest_take(domain, &header, sizeof(header));
    assert_int_equal(header.type, XS_WATCH_EVENT);
    assert_int_equal(header.len, length);
    guest_take(domain, body, header.len);
    assert_memory_equal(body, expected, length);
}

/* On a ring. */
static void test_guest_goes_on(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *guest = &fake->domains[2];
    const struct xsd_sockmsg header = {.type = XS_READ, .req_id = 5, .len = sizeof("name")};
    unsigned int quota_before;
    uint32_t consumed;

    assert_int_equal(CALL(fake->root, XS_SET_QUOTA,
                          "2\0watches\0"
                          "1"),
                     0);
    quota_before = fake->server.domains[2]->quotas.limit[QUOTA_WATCHES];
    assert_int_equal(quota_before, 1);
    assert_string_equal(GUEST_CALL(fake, 2, XS_WATCH, "data\0mine"), "OK");
    GUEST_EVENT(fake, 2, "data\0mine");
    assert_string_equal(GUEST_CALL(fake, 2, XS_TRANSACTION_START, ""), "1");
    guest_put(guest, &header, 3);
    guest->event = true;
    handle_events(fake);
    consumed = guest->page.req_cons;
    update(fake);
    assert_true(guest->page.req_cons == consumed);
    go_on(fake);
    assert_int_equal(fake->server.domains[2]->quotas.limit[QUOTA_WATCHES], 1);
    guest_put(guest, (const char *)&header + 3, sizeof(header) - 3);
    guest_put(guest, "name", sizeof("name"));
    guest->event = true;
    handle_events(fake);
    {
        struct xsd_sockmsg got;
        char name[3];

        guest_take(guest, &got, sizeof(got));
        assert_int_equal(got.len, 3);
        guest_take(guest, name, 3);
        assert_memory_equal(name, "app", 3);
    }
    assert_int_equal(write_text(fake->root, 0, "/local/domain/2/data/x", "1"), 0);
    GUEST_EVENT(fake, 2, "data/x\0mine");
    assert_string_equal(GUEST_CALL(fake, 2, XS_WATCH, "other\0mine"), "ENOSPC");
    assert_string_equal(GUEST_CALL(fake, 2, XS_TRANSACTION_START, ""), "2");
    assert_int_equal(fake->server.domains[2]->connection->transaction_count, 2);
}

/* One that ended while nobody looked is taken leave of. */
static void test_domain_ends_meanwhile(void **state)
{
    struct fake *fake = *state;

    assert_string_equal(GUEST_CALL(fake, 2, XS_TRANSACTION_START, ""), "1");
    assert_int_equal(CALL(fake->root, XS_WATCH, "@releaseDomain\0gone"), 0);
    assert_string_equal(client_event(fake->root), "@releaseDomain gone");
    update(fake);
    fake->domains[2].state = 0;
    go_on(fake);
    assert_string_equal(client_event(fake->root), "@releaseDomain gone");
    assert_null(read_text(fake->root, 0, "/local/domain/2/name"));
    assert_consistent(fake->root);
}

/* Or whose page somebody has written into: it begins anew, the others do not mind. */
static void test_ring_is_not_as_it_was(void **state)
{
    struct fake *fake = *state;

    assert_string_equal(GUEST_CALL(fake, 2, XS_WATCH, "data\0mine"), "OK");
    update(fake);
    fake->domains[2].page.rsp_prod += 100;
    go_on(fake);
    assert_int_equal(fake->server.domains[2]->connection->watch_count, 0);
    assert_string_equal(GUEST_CALL(fake, 1, XS_READ, "name"), "control");
}

static void test_limits_and_counters(void **state)
{
    struct fake *fake = *state;
    unsigned long requests;
    uint64_t generation;

    assert_int_equal(CALL(fake->root, XS_SET_QUOTA,
                          "nodes\0"
                          "1234"),
                     0);
    assert_int_equal(set_permissions(fake->root, "@releaseDomain", "n0 r3"), 0);
    fake->server.trace_name = strdup("/nowhere/trace");
    requests = fake->server.counters.requests;
    generation = fake->server.store.generation;
    update(fake);
    assert_int_equal(fake->server.quotas.limit[QUOTA_NODES], 1234);
    assert_int_equal(fake->server.watches.special[SPECIAL_RELEASE].count, 2);
    assert_int_equal(fake->server.watches.special[SPECIAL_RELEASE].list[1].domid, 3);
    assert_int_equal(fake->server.counters.requests, requests);
    assert_int_equal(fake->server.store.generation, generation);
    assert_string_equal(fake->server.trace_name, "/nowhere/trace");
    go_on(fake);
}

/* A client that does not read its events has as many, and those of a watch still become one. */
static void test_events_that_wait(void **state)
{
    struct fake *fake = *state;
    char path[64];

    assert_int_equal(CALL(fake->root, XS_WATCH, "/tool\0token"), 0);
    assert_string_equal(client_event(fake->root), "/tool token");
    fake->root->room = 5;
    for (int i = 0; i < 40; i++) {
        snprintf(path, sizeof(path), "/tool/%d", i % 20);
        client_send(fake->root, XS_MKDIR, 0, path, strlen(path) + 1);
        fixture_run(&fake->server);
    }
    update(fake);
    go_on(fake);
    /* It waits already. */
    client_send(fake->root, XS_WRITE, 0, "/tool/7\0z", 9);
    fake->root->room = PIPE_SIZE;
    fixture_run(&fake->server);
    for (int replies = 0, events = 0; replies + events < 61;) {
        struct reply reply;

        assert_true(client_receive(fake->root, &reply));
        replies += reply.header.type != XS_WATCH_EVENT;
        events += reply.header.type == XS_WATCH_EVENT;
        assert_true(events <= 20);
    }
    assert_null(client_event(fake->root));
    assert_int_equal(fake->root->connection->events, 0);
    assert_int_equal(fake->root->connection->replies, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_changes, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_client_goes_on, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_conflict_across, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_guest_goes_on, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_domain_ends_meanwhile, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_ring_is_not_as_it_was, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_limits_and_counters, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_events_that_wait, fake_setup, fake_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
