/* SPDX-License-Identifier: MIT */
/* xenstored: which events come, to whom, in which order. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "xenstore_fixture.h"

#define assert_event(client, text)                                                                 \
    do {                                                                                           \
        const char *event_ = client_event(client);                                                 \
        assert_non_null(event_);                                                                   \
        assert_string_equal(event_, text);                                                         \
    } while (0)

static void test_matching(void **state)
{
    struct client *client = client_privileged(*state);

    assert_int_equal(CALL(client, XS_WATCH, "/a\0t1"), 0);
    assert_event(client, "/a t1");
    assert_int_equal(CALL(client, XS_WATCH, "/a\0t1"), EEXIST);
    assert_int_equal(CALL(client, XS_WATCH, "/a\0t2"), 0);
    assert_event(client, "/a t2");
    assert_int_equal(write_text(client, 0, "/a/b/c", "1"), 0);
    assert_event(client, "/a/b/c t1");
    assert_event(client, "/a/b/c t2");
    assert_int_equal(write_text(client, 0, "/ab", "1"), 0);
    assert_int_equal(CALL(client, XS_UNWATCH, "/a\0t3"), ENOENT);
    assert_int_equal(CALL(client, XS_UNWATCH, "/a\0t1"), 0);
    assert_int_equal(CALL(client, XS_SET_PERMS, "/a\0n0"), 0);
    assert_event(client, "/a t2");
    assert_int_equal(CALL(client, XS_MKDIR, "/a"), 0);
    assert_null(client_event(client));
    assert_int_equal(CALL(client, XS_RESET_WATCHES, ""), 0);
    assert_int_equal(write_text(client, 0, "/a", "1"), 0);
    assert_null(client_event(client));
    client_free(client);
}

static void test_root(void **state)
{
    struct client *client = client_privileged(*state);

    assert_int_equal(CALL(client, XS_WATCH, "/\0t"), 0);
    assert_event(client, "/ t");
    assert_int_equal(write_text(client, 0, "/a/b", "1"), 0);
    assert_event(client, "/a/b t");
    assert_int_equal(CALL(client, XS_SET_PERMS, "/\0n0"), 0);
    assert_event(client, "/ t");
    client_free(client);
}

static void test_removal(void **state)
{
    struct client *client = client_privileged(*state);

    assert_int_equal(write_text(client, 0, "/a/b/c", "1"), 0);
    assert_int_equal(CALL(client, XS_WATCH, "/a\0top"), 0);
    assert_int_equal(CALL(client, XS_WATCH, "/a/b/c\0leaf"), 0);
    assert_int_equal(CALL(client, XS_WATCH, "/a/b/x\0absent"), 0);
    assert_event(client, "/a top");
    assert_event(client, "/a/b/c leaf");
    assert_event(client, "/a/b/x absent");
    assert_int_equal(CALL(client, XS_RM, "/a/b"), 0);
    assert_event(client, "/a/b top");
    assert_event(client, "/a/b/c leaf");
    assert_null(client_event(client));
    assert_int_equal(CALL(client, XS_RM, "/a/b"), 0);
    assert_null(client_event(client));
    client_free(client);
}

static void test_depth(void **state)
{
    struct client *client = client_privileged(*state);

    assert_int_equal(CALL(client, XS_WATCH, "/a\0d0\0000"), 0);
    assert_int_equal(CALL(client, XS_WATCH, "/a\0d1\0001"), 0);
    assert_event(client, "/a d0");
    assert_event(client, "/a d1");
    assert_int_equal(write_text(client, 0, "/a", ""), 0);
    assert_event(client, "/a d0");
    assert_event(client, "/a d1");
    assert_int_equal(write_text(client, 0, "/a/b", ""), 0);
    assert_event(client, "/a/b d1");
    assert_int_equal(write_text(client, 0, "/a/b/c", ""), 0);
    assert_null(client_event(client));
    client_free(client);
}

static void test_relative(void **state)
{
    struct client *root = client_privileged(*state);
    struct client *guest = client_domain(*state, 3);

    assert_int_equal(CALL(root, XS_MKDIR, "/local/domain/3"), 0);
    assert_int_equal(set_permissions(root, "/local/domain/3", "n3"), 0);
    assert_int_equal(CALL(guest, XS_WATCH, "data\0rel"), 0);
    assert_event(guest, "data rel");
    assert_int_equal(CALL(guest, XS_WATCH, "/local/domain/3/data\0abs"), 0);
    assert_event(guest, "/local/domain/3/data abs");
    assert_int_equal(write_text(root, 0, "/local/domain/3/data/x", "1"), 0);
    assert_event(guest, "data/x rel");
    assert_event(guest, "/local/domain/3/data/x abs");
    assert_int_equal(CALL(guest, XS_UNWATCH, "data\0rel"), 0);
    client_free(root);
    client_free(guest);
}

static void test_only_what_may_be_read(void **state)
{
    struct client *root = client_privileged(*state);
    struct client *guest = client_domain(*state, 3);

    assert_int_equal(write_text(root, 0, "/a/secret", "1"), 0);
    assert_int_equal(write_text(root, 0, "/a/shown", "1"), 0);
    assert_int_equal(set_permissions(root, "/a/shown", "n0 r3"), 0);
    assert_int_equal(CALL(guest, XS_WATCH, "/\0t"), 0);
    assert_event(guest, "/ t");
    assert_int_equal(write_text(root, 0, "/a/secret", "2"), 0);
    assert_int_equal(CALL(root, XS_RM, "/a/secret"), 0);
    assert_null(client_event(guest));
    assert_int_equal(write_text(root, 0, "/a/shown", "2"), 0);
    assert_event(guest, "/a/shown t");
    /* The loss of the right is seen, what comes after is not. */
    assert_int_equal(set_permissions(root, "/a/shown", "n0"), 0);
    assert_event(guest, "/a/shown t");
    assert_int_equal(write_text(root, 0, "/a/shown", "3"), 0);
    assert_null(client_event(guest));
    assert_int_equal(set_permissions(root, "/a/shown", "r0"), 0);
    assert_event(guest, "/a/shown t");
    /* The end of a node that could be read is seen although its parent cannot. */
    assert_int_equal(CALL(root, XS_RM, "/a/shown"), 0);
    assert_event(guest, "/a/shown t");
    client_free(root);
    client_free(guest);
}

static void test_special(void **state)
{
    struct server *server = *state;
    struct client *root = client_privileged(server);
    struct client *guest = client_domain(server, 3);

    assert_int_equal(CALL(root, XS_WATCH, "@releaseDomain\0r"), 0);
    assert_event(root, "@releaseDomain r");
    assert_int_equal(CALL(guest, XS_WATCH, "@releaseDomain\0g"), 0);
    assert_event(guest, "@releaseDomain g");
    watches_fire_special(server, SPECIAL_RELEASE);
    watches_fire_special(server, SPECIAL_INTRODUCE);
    fixture_run(server);
    assert_event(root, "@releaseDomain r");
    assert_null(client_event(root));
    assert_null(client_event(guest));
    assert_int_equal(CALL(root, XS_SET_PERMS, "@releaseDomain\0n0\0r3"), 0);
    watches_fire_special(server, SPECIAL_RELEASE);
    fixture_run(server);
    assert_event(guest, "@releaseDomain g");
    client_free(root);
    client_free(guest);
}

/* A client that does not read: equal events are one, and too many become one for the watch. */
static void test_silent_client(void **state)
{
    struct server *server = *state;
    struct client *root = client_privileged(server);
    struct client *guest = client_domain(server, 3);
    unsigned int limit = server->quotas.limit[QUOTA_EVENTS];
    unsigned int count = 0;
    char path[32];

    assert_int_equal(write_text(root, 0, "/a", ""), 0);
    assert_int_equal(set_permissions(root, "/a", "r0"), 0);
    assert_int_equal(CALL(guest, XS_WATCH, "/a\0t"), 0);
    assert_event(guest, "/a t");
    guest->room = 0;
    for (unsigned int i = 0; i < 100; i++)
        assert_int_equal(write_text(root, 0, "/a", "x"), 0);
    assert_int_equal(guest->connection->events, 1);
    for (unsigned int i = 0; i < 20 * limit; i++) {
        snprintf(path, sizeof(path), "/a/%u", i);
        assert_int_equal(write_text(root, 0, path, ""), 0);
        assert_true(guest->connection->events <= limit + 1);
    }
    assert_true(guest->connection->actor.held_bytes < limit * 256);
    assert_true(server->counters.merged_events > 0);
    /* Whatever was merged away, the watched path itself is told of. */
    guest->room = PIPE_SIZE;
    fixture_run(server);
    assert_event(guest, "/a t");
    while (client_event(guest))
        count++;
    assert_true(count <= limit);
    assert_int_equal(guest->connection->events, 0);
    client_free(root);
    client_free(guest);
}

/* An event that is half sent when its watch goes is sent to its end. */
static void test_unwatch_during_an_event(void **state)
{
    struct server *server = *state;
    struct client *client = client_privileged(server), *other = client_privileged(server);

    assert_int_equal(CALL(client, XS_WATCH, "/a\0t"), 0);
    assert_event(client, "/a t");
    client->room = 20;
    assert_int_equal(write_text(other, 0, "/a/long-name", "1"), 0);
    client->room = PIPE_SIZE;
    client_send(client, XS_UNWATCH, 0, "/a\0t", 5);
    fixture_run(server);
    assert_event(client, "/a/long-name t");
    client_free(client);
    client_free(other);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_matching), TEST(test_root),          TEST(test_removal),
        TEST(test_depth),    TEST(test_relative),      TEST(test_only_what_may_be_read),
        TEST(test_special),  TEST(test_silent_client), TEST(test_unwatch_during_an_event),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
