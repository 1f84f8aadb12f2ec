/* SPDX-License-Identifier: MIT */
/* xenstored: isolation and conflicts of transactions. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenstore_fixture.h"

static void test_isolation(void **state)
{
    struct client *client = client_privileged(*state);
    uint32_t t;

    assert_int_equal(write_text(client, 0, "/a", "old"), 0);
    t = start_transaction(client);
    assert_int_not_equal(t, 0);
    assert_int_equal(write_text(client, t, "/a", "new"), 0);
    assert_int_equal(write_text(client, t, "/b/c", "new"), 0);
    assert_string_equal(read_text(client, 0, "/a"), "old");
    assert_null(read_text(client, 0, "/b"));
    assert_string_equal(read_text(client, t, "/a"), "new");
    /* And it does not see what others do. */
    assert_int_equal(write_text(client, 0, "/later", "1"), 0);
    assert_null(read_text(client, t, "/later"));
    assert_int_equal(errno, ENOENT);
    assert_int_equal(end_transaction(client, t, false), 0);
    assert_string_equal(read_text(client, 0, "/a"), "old");
    assert_null(read_text(client, 0, "/b"));
    assert_int_equal(end_transaction(client, t, true), ENOENT);
    assert_consistent(client);
    client_free(client);
}

static void test_commit(void **state)
{
    struct client *client = client_privileged(*state);
    uint32_t t;

    assert_int_equal(write_text(client, 0, "/gone/x", "1"), 0);
    assert_int_equal(write_text(client, 0, "/perm", "1"), 0);
    t = start_transaction(client);
    assert_int_equal(write_text(client, t, "/a/b", "1"), 0);
    assert_int_equal(CALL_IN(client, t, XS_MKDIR, "/a/c"), 0);
    assert_int_equal(CALL_IN(client, t, XS_RM, "/gone"), 0);
    assert_int_equal(CALL_IN(client, t, XS_SET_PERMS, "/perm\0n3\0r4"), 0);
    assert_int_equal(CALL_IN(client, t, XS_RM, "/a/c"), 0);
    assert_int_equal(end_transaction(client, t, true), 0);
    assert_string_equal(read_text(client, 0, "/a/b"), "1");
    assert_string_equal(list_text(client, 0, "/a"), "b ");
    assert_null(read_text(client, 0, "/gone"));
    assert_consistent(client);
    client_free(client);
}

/* What a transaction does to /n or near it, what others do meanwhile, and how it ends. */
enum action {
    READ,
    READ_ABSENT,
    WRITE,
    WRITE_NEW,
    LIST,
    REMOVE,
    MAKE,
    PERMS,
    NOTHING,
    BELOW,
    TWICE
};

static int act(struct client *client, uint32_t t, enum action action)
{
    switch (action) {
    case READ: return CALL_IN(client, t, XS_READ, "/n");
    case READ_ABSENT: return CALL_IN(client, t, XS_READ, "/n/absent") == ENOENT ? 0 : EINVAL;
    case WRITE: return write_text(client, t, "/n", t ? "mine" : "theirs");
    case WRITE_NEW: return write_text(client, t, t ? "/n/mine" : "/n/theirs", "");
    case LIST: return CALL_IN(client, t, XS_DIRECTORY, "/n");
    case REMOVE: return CALL_IN(client, t, XS_RM, "/n");
    case MAKE: return CALL_IN(client, t, XS_MKDIR, "/n/absent");
    case PERMS: return CALL_IN(client, t, XS_SET_PERMS, "/n\0r5");
    case BELOW: return write_text(client, t, "/n/child/deep", "");
    case TWICE: return act(client, t, REMOVE) | act(client, t, WRITE);
    case NOTHING: return 0;
    }
    return EINVAL;
}

static void test_conflicts(void **state)
{
    static const struct {
        enum action mine, theirs;
        int end;
    } cases[] = {
        {READ, WRITE, EAGAIN},       {READ, REMOVE, EAGAIN},    {READ, PERMS, EAGAIN},
        {READ, NOTHING, 0},          {LIST, WRITE_NEW, EAGAIN}, {LIST, BELOW, 0},
        {READ_ABSENT, MAKE, EAGAIN}, {READ_ABSENT, WRITE, 0},   {WRITE, WRITE, EAGAIN},
        {WRITE, REMOVE, EAGAIN},     {WRITE, TWICE, EAGAIN},    {WRITE_NEW, WRITE_NEW, 0},
        {WRITE_NEW, WRITE, 0},       {WRITE_NEW, BELOW, 0},     {REMOVE, WRITE, EAGAIN},
        {REMOVE, BELOW, 0},          {MAKE, MAKE, EAGAIN},      {PERMS, PERMS, EAGAIN},
        {PERMS, BELOW, 0},           {BELOW, REMOVE, 0},        {TWICE, READ, 0},
    };
    struct client *client = client_privileged(*state), *other = client_privileged(*state);

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint32_t t;

        assert_int_equal(CALL(client, XS_RM, "/n"), 0);
        assert_int_equal(write_text(client, 0, "/n/child", "v"), 0);
        assert_int_equal(write_text(client, 0, "/elsewhere", "v"), 0);
        t = start_transaction(client);
        assert_int_equal(act(client, t, cases[i].mine), 0);
        /* Without a change of its own a transaction always ends well. */
        assert_int_equal(write_text(client, t, "/elsewhere", "w"), 0);
        assert_int_equal(act(other, 0, cases[i].theirs), 0);
        if (end_transaction(client, t, true) != cases[i].end)
            fail_msg("case %zu ends wrongly", i);
        assert_string_equal(read_text(client, 0, "/elsewhere"), cases[i].end ? "v" : "w");
        assert_consistent(client);
    }
    client_free(client);
    client_free(other);
}

static void test_read_only_is_a_snapshot(void **state)
{
    struct client *client = client_privileged(*state);
    uint32_t t;

    assert_int_equal(write_text(client, 0, "/a", "1"), 0);
    t = start_transaction(client);
    assert_string_equal(read_text(client, t, "/a"), "1");
    assert_int_equal(write_text(client, 0, "/a", "2"), 0);
    assert_string_equal(read_text(client, t, "/a"), "1");
    assert_int_equal(end_transaction(client, t, true), 0);
    client_free(client);
}

static void test_requests_outside(void **state)
{
    struct client *client = client_privileged(*state), *other = client_privileged(*state);
    uint32_t t = start_transaction(client);

    /* Ids belong to a connection; one cannot be started in another. */
    assert_int_equal(CALL_IN(other, t, XS_READ, "/tool"), ENOENT);
    assert_int_equal(CALL_IN(client, t, XS_TRANSACTION_START, ""), EBUSY);
    assert_int_equal(CALL_IN(client, t, XS_TRANSACTION_END, "X"), EINVAL);
    assert_int_equal(end_transaction(client, t, true), 0);
    client_free(client);
    client_free(other);
}

static void test_aborted_with_the_connection(void **state)
{
    struct client *client = client_privileged(*state), *other = client_privileged(*state);
    uint32_t t = start_transaction(client);

    assert_int_equal(write_text(client, t, "/a", "1"), 0);
    client_free(client);
    assert_null(read_text(other, 0, "/a"));
    assert_consistent(other);
    client_free(other);
}

static void test_reset_aborts(void **state)
{
    struct client *client = client_privileged(*state);
    uint32_t t = start_transaction(client);

    assert_int_equal(CALL(client, XS_RESET_WATCHES, ""), 0);
    assert_int_equal(end_transaction(client, t, true), ENOENT);
    client_free(client);
}

static void test_events_come_with_the_commit(void **state)
{
    struct client *client = client_privileged(*state), *watcher = client_privileged(*state);
    uint32_t t;

    assert_int_equal(CALL(watcher, XS_WATCH, "/a\0token"), 0);
    assert_string_equal(client_event(watcher), "/a token");
    t = start_transaction(client);
    assert_int_equal(write_text(client, t, "/a/1", "1"), 0);
    assert_int_equal(write_text(client, t, "/a/2", "1"), 0);
    assert_int_equal(CALL_IN(client, t, XS_RM, "/a/1"), 0);
    assert_null(client_event(watcher));
    assert_int_equal(end_transaction(client, t, true), 0);
    assert_string_equal(client_event(watcher), "/a/1 token");
    assert_string_equal(client_event(watcher), "/a/2 token");
    assert_null(client_event(watcher));
    client_free(client);
    client_free(watcher);
}

/* Random transactions of several clients against a model: what committed is what is there. */
static void test_serial_order(void **state)
{
    struct client *clients[3];
    uint32_t open[3] = {0};
    unsigned int sum[3] = {0}, committed = 0;
    char text[16];

    srand(20);
    for (int i = 0; i < 3; i++)
        clients[i] = client_privileged(*state);
    assert_int_equal(write_text(clients[0], 0, "/sum", "0"), 0);
    for (int step = 0; step < 600; step++) {
        int i = rand() % 3;

        if (!open[i]) {
            open[i] = start_transaction(clients[i]);
            sum[i] = (unsigned int)atoi(read_text(clients[i], open[i], "/sum"));
            continue;
        }
        snprintf(text, sizeof(text), "%u", sum[i] + 1);
        assert_int_equal(write_text(clients[i], open[i], "/sum", text), 0);
        committed += end_transaction(clients[i], open[i], true) == 0;
        open[i] = 0;
    }
    assert_true(committed > 50);
    assert_int_equal(atoi(read_text(clients[0], 0, "/sum")), committed);
    assert_consistent(clients[0]);
    for (int i = 0; i < 3; i++)
        client_free(clients[i]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_isolation),        TEST(test_commit),
        TEST(test_conflicts),        TEST(test_read_only_is_a_snapshot),
        TEST(test_requests_outside), TEST(test_aborted_with_the_connection),
        TEST(test_reset_aborts),     TEST(test_events_come_with_the_commit),
        TEST(test_serial_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
