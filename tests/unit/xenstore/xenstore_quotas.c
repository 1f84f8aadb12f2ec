/* SPDX-License-Identifier: MIT */
/* xenstored: what a guest cannot do to the store and to its neighbours. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "xenstore_fixture.h"

struct cast {
    struct server *server;
    struct client *root, *guest;
};

static int setup(void **state)
{
    static struct cast cast;

    if (fixture_setup(state))
        return -1;
    cast.server = *state;
    cast.root = client_privileged(cast.server);
    cast.guest = client_domain(cast.server, 1);
    if (write_text(cast.root, 0, "/g", "") || set_permissions(cast.root, "/g", "b0"))
        return -1;
    *state = &cast;
    return 0;
}

static int teardown(void **state)
{
    struct cast *cast = *state;

    assert_consistent(cast->root);
    client_free(cast->root);
    client_free(cast->guest);
    *state = cast->server;
    return fixture_teardown(state);
}

static void limit(const struct cast *cast, enum quota quota, unsigned int value)
{
    cast->server->quotas.limit[quota] = value;
}

static void test_nodes(void **state)
{
    struct cast *cast = *state;

    limit(cast, QUOTA_NODES, 3);
    assert_int_equal(write_text(cast->guest, 0, "/g/1", ""), 0);
    /* All of the missing parents count, or none is made. */
    assert_int_equal(write_text(cast->guest, 0, "/g/2/3/4", ""), ENOSPC);
    assert_int_equal(CALL(cast->root, XS_READ, "/g/2"), ENOENT);
    assert_int_equal(write_text(cast->guest, 0, "/g/2/3", ""), 0);
    assert_int_equal(CALL(cast->guest, XS_MKDIR, "/g/4"), ENOSPC);
    assert_int_equal(write_text(cast->guest, 0, "/g/1", "still"), 0);
    assert_int_equal(CALL(cast->guest, XS_RM, "/g/2"), 0);
    assert_int_equal(CALL(cast->guest, XS_MKDIR, "/g/4"), 0);
    /* The privileged are not bound. */
    assert_int_equal(write_text(cast->root, 0, "/g/1/5/6/7/8/9", ""), 0);
}

static void test_nodes_in_transactions(void **state)
{
    struct cast *cast = *state;
    uint32_t t[2];

    limit(cast, QUOTA_NODES, 3);
    t[0] = start_transaction(cast->guest);
    t[1] = start_transaction(cast->guest);
    for (int i = 0; i < 2; i++) {
        char path[32];

        snprintf(path, sizeof(path), "/g/%d/a", i);
        assert_int_equal(write_text(cast->guest, t[i], path, ""), 0);
        assert_int_equal(write_text(cast->guest, t[i], "/g/x/y", ""), ENOSPC);
    }
    assert_int_equal(end_transaction(cast->guest, t[0], true), 0);
    assert_int_equal(end_transaction(cast->guest, t[1], true), ENOSPC);
    assert_string_equal(list_text(cast->root, 0, "/g"), "0 ");
}

static void test_sizes(void **state)
{
    struct cast *cast = *state;
    char text[2100];

    memset(text, 'x', sizeof(text));
    text[2048] = '\0';
    assert_int_equal(write_text(cast->guest, 0, "/g/value", text), 0);
    text[2048] = 'x';
    text[2049] = '\0';
    assert_int_equal(write_text(cast->guest, 0, "/g/value", text), ENOSPC);
    limit(cast, QUOTA_PATH, 10);
    assert_int_equal(write_text(cast->guest, 0, "/g/4567890", ""), 0);
    assert_int_equal(write_text(cast->guest, 0, "/g/45678901", ""), ENOSPC);
    assert_int_equal(set_permissions(cast->guest, "/g/value", "n1 r2 r3 r4 r5"), 0);
    assert_int_equal(set_permissions(cast->guest, "/g/value", "n1 r2 r3 r4 r5 r6"), ENOSPC);
}

static void test_memory(void **state)
{
    struct cast *cast = *state;
    char text[1001], path[32];
    int error = 0;
    unsigned int count = 0;

    memset(text, 'x', 1000);
    text[1000] = '\0';
    limit(cast, QUOTA_MEMORY, 20000);
    for (; !error; count++) {
        snprintf(path, sizeof(path), "/g/%u", count);
        error = write_text(cast->guest, 0, path, text);
    }
    assert_int_equal(error, ENOSPC);
    assert_in_range(count, 15, 20);
    assert_int_equal(CALL(cast->guest, XS_RM, "/g/0"), 0);
    assert_int_equal(write_text(cast->guest, 0, "/g/0", text), 0);
    assert_int_equal(CALL(cast->guest, XS_WATCH, "/g\0t"), 0);
    assert_non_null(client_event(cast->guest));
    /* Transactions and watches come out of the same purse. */
    error = 0;
    for (count = 0; !error && count < 100; count++) {
        char payload[256];

        memset(payload, 'w', sizeof(payload));
        payload[0] = '/';
        payload[100] = '\0';
        payload[254] = (char)('0' + count % 10);
        payload[253] = (char)('0' + count / 10);
        payload[255] = '\0';
        error = call(cast->guest, XS_WATCH, 0, payload, sizeof(payload), NULL);
        client_event(cast->guest);
    }
    assert_int_equal(error, ENOSPC);
    /* With all given back nothing is held. */
    assert_int_equal(CALL(cast->guest, XS_RESET_WATCHES, ""), 0);
    assert_int_equal(cast->guest->connection->actor.held_bytes, 0);
}

static void test_watches_and_transactions(void **state)
{
    struct cast *cast = *state;
    struct reply reply;
    uint32_t last = 0;

    limit(cast, QUOTA_WATCHES, 2);
    assert_int_equal(CALL(cast->guest, XS_WATCH, "/g\0001"), 0);
    assert_int_equal(CALL(cast->guest, XS_WATCH, "/g\0002"), 0);
    assert_int_equal(CALL(cast->guest, XS_WATCH, "/g\0003"), ENOSPC);
    assert_int_equal(CALL(cast->guest, XS_UNWATCH, "/g\0001"), 0);
    assert_int_equal(CALL(cast->guest, XS_WATCH, "/g\0003"), 0);
    while (client_event(cast->guest))
        ;
    for (unsigned int i = 0; i < 10; i++)
        last = start_transaction(cast->guest);
    assert_int_equal(call(cast->guest, XS_TRANSACTION_START, 0, "", 1, &reply), ENOSPC);
    assert_int_equal(end_transaction(cast->guest, last, false), 0);
    assert_int_equal(call(cast->guest, XS_TRANSACTION_START, 0, "", 1, &reply), 0);
}

static void test_transaction_nodes(void **state)
{
    struct cast *cast = *state;
    uint32_t t = start_transaction(cast->guest);

    limit(cast, QUOTA_TRANSACTION_NODES, 2);
    assert_int_equal(write_text(cast->guest, t, "/g/1", ""), 0);
    assert_int_equal(CALL_IN(cast->guest, t, XS_READ, "/g/2"), ENOENT);
    assert_int_equal(CALL_IN(cast->guest, t, XS_READ, "/g/3"), ENOSPC);
    assert_int_equal(CALL_IN(cast->guest, t, XS_READ, "/g/2"), ENOENT);
    assert_int_equal(end_transaction(cast->guest, t, true), 0);
}

/* A transaction that is never ended keeps no old state of the store alive for ever. */
static void test_old_transaction(void **state)
{
    struct cast *cast = *state;
    uint32_t t;

    limit(cast, QUOTA_TRANSACTION_AGE, 10);
    t = start_transaction(cast->guest);
    assert_int_equal(write_text(cast->guest, t, "/g/1", ""), 0);
    for (unsigned int i = 0; i < 20; i++)
        assert_int_equal(write_text(cast->root, 0, "/other", "x"), 0);
    /* It goes on, to an end that says to start again. */
    assert_int_equal(CALL_IN(cast->guest, t, XS_READ, "/g/1"), ENOENT);
    assert_int_equal(write_text(cast->guest, t, "/g/2", ""), 0);
    assert_int_equal(end_transaction(cast->guest, t, true), EAGAIN);
    assert_int_equal(CALL(cast->root, XS_READ, "/g/2"), ENOENT);
}

/* A client that sends and never reads gets so many replies and no more. */
static void test_outstanding(void **state)
{
    struct cast *cast = *state;
    struct reply reply;
    unsigned int count = 0;

    cast->guest->room = 0;
    for (unsigned int i = 0; i < 500; i++)
        client_send(cast->guest, XS_READ, 0, "/g", 3);
    fixture_run(cast->server);
    assert_int_equal(cast->guest->connection->replies, 20);
    assert_true(connection_throttled(cast->guest->connection));
    cast->guest->room = PIPE_SIZE;
    fixture_run(cast->server);
    while (client_receive(cast->guest, &reply))
        count++;
    assert_int_equal(count, 500);
}

/* However much one client asks, another one has its turn after a bounded number of requests. */
static void test_fairness(void **state)
{
    struct cast *cast = *state;
    unsigned long before = cast->server->counters.requests;
    struct reply reply;
    unsigned int turns = 0;

    for (unsigned int i = 0; i < 1000; i++)
        client_send(cast->guest, XS_READ, 0, "/g", 3);
    client_send(cast->root, XS_READ, 0, "/g", 3);
    do {
        server_turn(cast->server);
        turns++;
    } while (!client_receive(cast->root, &reply));
    assert_int_equal(turns, 1);
    assert_true(cast->server->counters.requests - before <= 2 * REQUESTS_PER_TURN);
}

static void test_set_and_get(void **state)
{
    struct cast *cast = *state;
    struct reply reply;

    assert_int_equal(call(cast->root, XS_GET_QUOTA, 0, "", 0, &reply), 0);
    assert_non_null(strstr(reply.body, "nodes"));
    assert_non_null(strstr(reply.body, "transaction-nodes"));
    assert_int_equal(CALL(cast->root, XS_SET_QUOTA, "nodes\0005"), 0);
    assert_int_equal(call(cast->root, XS_GET_QUOTA, 0, "nodes", 6, &reply), 0);
    assert_string_equal(reply.body, "5");
    assert_int_equal(cast->server->quotas.limit[QUOTA_NODES], 5);
    assert_int_equal(CALL(cast->root, XS_SET_QUOTA, "bogus\0005"), EINVAL);
    assert_int_equal(CALL(cast->root, XS_SET_QUOTA, "nodes\000-5"), EINVAL);
    assert_int_equal(CALL(cast->root, XS_SET_QUOTA, "9\0nodes\0005"), ENOENT);
    assert_int_equal(CALL(cast->root, XS_CONTROL, "quota\0set\0nodes\0007"), 0);
    assert_int_equal(cast->server->quotas.limit[QUOTA_NODES], 7);
    assert_int_equal(CALL(cast->root, XS_CONTROL, "quota\0set\0bogus\0007"), EINVAL);
    assert_non_null(strstr(control_text(cast->root, "quota"), "transaction-age"));
    assert_int_equal(CALL(cast->root, XS_CONTROL, "quota\0max"), EINVAL);
    assert_int_equal(CALL(cast->root, XS_CONTROL,
                          "quota\0"
                          "9"),
                     ENOENT);
    assert_string_equal(control_text(cast->root, "log"), "log: off\n");
    assert_int_equal(CALL(cast->root, XS_CONTROL, "log\0+io"), EINVAL);
    assert_int_equal(CALL(cast->root, XS_CONTROL, "check\0now"), EINVAL);
    assert_non_null(strstr(control_text(cast->root, "help"), "memreport"));
    assert_non_null(strstr(control_text(cast->root, "memreport"), "connection"));
    assert_non_null(strstr(control_text(cast->root, "stats"), "requests"));
    assert_int_equal(CALL(cast->root, XS_CONTROL, "bogus"), EINVAL);
}

/* Every quota with its default is in the manual page. */
static void test_manual(void **state)
{
    static char manual[64 * 1024];
    FILE *file = fopen(MANUAL, "r");
    size_t length;

    (void)state;
    assert_non_null(file);
    length = fread(manual, 1, sizeof(manual) - 1, file);
    fclose(file);
    manual[length] = '\0';
    for (int i = 0; i < QUOTA_COUNT; i++) {
        const struct quota_description *quota = &quota_descriptions[i];
        char entry[64], initial[16];
        const char *found;

        snprintf(entry, sizeof(entry), "\n.B %s\n", quota->name);
        snprintf(initial, sizeof(initial), "(%u)", quota->initial);
        found = strstr(manual, entry);
        if (!found || !strstr(found, initial))
            fail_msg("%s %s is not in the manual", quota->name, initial);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_nodes),
        TEST(test_nodes_in_transactions),
        TEST(test_sizes),
        TEST(test_memory),
        TEST(test_watches_and_transactions),
        TEST(test_transaction_nodes),
        TEST(test_old_transaction),
        TEST(test_outstanding),
        TEST(test_fairness),
        TEST(test_set_and_get),
        TEST(test_manual),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
