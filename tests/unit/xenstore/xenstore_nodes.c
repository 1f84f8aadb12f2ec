/* SPDX-License-Identifier: MIT */
/* xenstored: reading, writing, listing, removing, and requests that are no good. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "xenstore_fixture.h"

static void test_write_creates_parents(void **state)
{
    struct client *client = client_privileged(*state);

    assert_int_equal(write_text(client, 0, "/one/two/three", "value"), 0);
    assert_string_equal(read_text(client, 0, "/one/two/three"), "value");
    assert_string_equal(read_text(client, 0, "/one/two"), "");
    assert_string_equal(list_text(client, 0, "/one"), "two ");
    assert_int_equal(write_text(client, 0, "/one/two/three", ""), 0);
    assert_string_equal(read_text(client, 0, "/one/two/three"), "");
    assert_consistent(client);
    client_free(client);
}

static void test_values_are_bytes(void **state)
{
    static const char payload[] = "/bytes\0a\0b\0";
    struct client *client = client_privileged(*state);
    struct reply reply;

    assert_int_equal(call(client, XS_WRITE, 0, payload, sizeof(payload), NULL), 0);
    assert_int_equal(call(client, XS_READ, 0, "/bytes", 7, &reply), 0);
    assert_int_equal(reply.header.len, sizeof(payload) - 7);
    assert_memory_equal(reply.body, "a\0b\0", 5);
    client_free(client);
}

static void test_listing_order(void **state)
{
    struct client *client = client_privileged(*state);
    static const char *const names[] = {"b", "10", "a-", "2", "a", "1", "B", "02"};
    char path[32];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "/order/%s", names[i]);
        assert_int_equal(write_text(client, 0, path, names[i]), 0);
    }
    assert_string_equal(list_text(client, 0, "/order"), "1 2 02 10 B a a- b ");
    assert_int_equal(CALL(client, XS_RM, "/order/a"), 0);
    assert_string_equal(list_text(client, 0, "/order"), "1 2 02 10 B a- b ");
    assert_consistent(client);
    client_free(client);
}

static void test_mkdir_keeps_values(void **state)
{
    struct client *client = client_privileged(*state);

    assert_int_equal(write_text(client, 0, "/kept", "value"), 0);
    assert_int_equal(CALL(client, XS_MKDIR, "/kept"), 0);
    assert_string_equal(read_text(client, 0, "/kept"), "value");
    assert_int_equal(CALL(client, XS_MKDIR, "/made/deep"), 0);
    assert_string_equal(read_text(client, 0, "/made/deep"), "");
    client_free(client);
}

static void test_remove(void **state)
{
    struct client *client = client_privileged(*state);

    assert_int_equal(write_text(client, 0, "/gone/a/b", "1"), 0);
    assert_int_equal(write_text(client, 0, "/gone/c", "2"), 0);
    assert_int_equal(CALL(client, XS_RM, "/gone"), 0);
    assert_null(read_text(client, 0, "/gone/a/b"));
    assert_int_equal(errno, ENOENT);
    /* Absent with a parent is all right, absent without is not. */
    assert_int_equal(CALL(client, XS_RM, "/gone"), 0);
    assert_int_equal(CALL(client, XS_RM, "/gone/a"), ENOENT);
    assert_int_equal(CALL(client, XS_RM, "/"), EINVAL);
    assert_consistent(client);
    client_free(client);
}

static void test_deepest_path(void **state)
{
    struct client *client = client_privileged(*state);
    char path[XENSTORE_ABS_PATH_MAX + 3];

    for (size_t i = 0; i < XENSTORE_ABS_PATH_MAX; i += 2)
        memcpy(path + i, "/d", 3);
    assert_int_equal(strlen(path), XENSTORE_ABS_PATH_MAX);
    assert_int_equal(write_text(client, 0, path, "deep"), 0);
    assert_string_equal(read_text(client, 0, path), "deep");
    assert_consistent(client);
    strcat(path, "d");
    assert_int_equal(write_text(client, 0, path, "deeper"), EINVAL);
    assert_int_equal(CALL(client, XS_RM, "/d"), 0);
    assert_consistent(client);
    client_free(client);
}

static void test_bad_paths(void **state)
{
    static const char *const paths[] = {"",     "b/",   "//",    "/a/",  "/a//b",
                                        "/a b", "/a.b", "/a\\b", "/\xc3"};
    struct client *client = client_privileged(*state);

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        assert_int_equal(write_text(client, 0, paths[i], "x"), EINVAL);
        assert_null(read_text(client, 0, paths[i]));
        assert_int_equal(errno, EINVAL);
    }
    assert_int_equal(write_text(client, 0, "/@A-z_09", "x"), 0);
    client_free(client);
}

/* On the socket they are below the domain that xenstored runs in. */
static void test_relative_paths(void **state)
{
    struct client *client = client_privileged(*state);

    assert_int_equal(write_text(client, 0, "data/x", "1"), 0);
    assert_string_equal(read_text(client, 0, "/local/domain/0/data/x"), "1");
    assert_string_equal(read_text(client, 0, "data/x"), "1");
    assert_int_equal(CALL(client, XS_WATCH, "data\0token"), 0);
    assert_string_equal(client_event(client), "data token");
    assert_int_equal(write_text(client, 0, "/local/domain/0/data/x", "2"), 0);
    assert_string_equal(client_event(client), "data/x token");
    client_free(client);
}

static void test_bad_payloads(void **state)
{
    struct client *client = client_privileged(*state);

    /* No NUL at the end, or too many strings. */
    assert_int_equal(call(client, XS_READ, 0, "/tool", 5, NULL), EINVAL);
    assert_int_equal(call(client, XS_READ, 0, "", 0, NULL), EINVAL);
    assert_int_equal(CALL(client, XS_READ, "/tool\0/vm"), EINVAL);
    assert_int_equal(call(client, XS_WRITE, 0, "/tool", 5, NULL), EINVAL);
    assert_int_equal(CALL(client, XS_SET_PERMS, "/tool"), EINVAL);
    assert_int_equal(CALL(client, XS_SET_PERMS, "/tool\0x0"), EINVAL);
    assert_int_equal(CALL(client, XS_SET_PERMS, "/tool\0r"), EINVAL);
    assert_int_equal(CALL(client, XS_SET_PERMS, "/tool\0r40000"), EINVAL);
    assert_int_equal(CALL(client, XS_SET_PERMS, "/tool\0r-1"), EINVAL);
    assert_int_equal(CALL(client, XS_WATCH, "/tool"), EINVAL);
    assert_int_equal(CALL(client, XS_WATCH, "/tool\0t\0x"), EINVAL);
    assert_int_equal(CALL(client, XS_DIRECTORY_PART, "/tool\0x"), EINVAL);
    assert_int_equal(CALL(client, XS_DIRECTORY_PART, "/tool\0009999"), EINVAL);
    assert_int_equal(CALL(client, XS_TRANSACTION_END, "T"), ENOENT);
    assert_int_equal(CALL_IN(client, 5, XS_READ, "/tool"), ENOENT);
    assert_int_equal(CALL(client, XS_GET_DOMAIN_PATH, "65536"), EINVAL);
    assert_int_equal(CALL(client, XS_GET_DOMAIN_PATH, "1x"), EINVAL);
    assert_int_equal(CALL(client, 20, ""), ENOSYS);
    assert_int_equal(CALL(client, XS_WATCH_EVENT, ""), ENOSYS);
    assert_int_equal(CALL(client, 0xffff, ""), ENOSYS);
    client_free(client);
}

static void test_request_in_pieces(void **state)
{
    struct client *client = client_privileged(*state);
    const struct xsd_sockmsg header = {.type = XS_READ, .req_id = 77, .len = 6};
    struct reply reply;

    client_send_bytes(client, &header, 7);
    fixture_run(*state);
    client_send_bytes(client, (const char *)&header + 7, sizeof(header) - 7);
    fixture_run(*state);
    client_send_bytes(client, "/to", 3);
    fixture_run(*state);
    assert_false(client_receive(client, &reply));
    client_send_bytes(client, "ol", 3);
    fixture_run(*state);
    client_reply(client, &reply);
    assert_int_equal(reply.header.type, XS_READ);
    client_free(client);
}

/* Nobody tells again of what has come while there was still something to handle. */
static void test_requests_meanwhile(void **state)
{
    struct client *client = client_privileged(*state);
    struct reply reply;

    for (unsigned int i = 0; i < REQUESTS_PER_TURN + 1; i++)
        client_send(client, XS_READ, 0, "/tool", 6);
    server_turn(*state);
    client_send(client, XS_READ, 0, "/tool", 6);
    while (server_turn(*state))
        ;
    for (unsigned int i = 0; i < REQUESTS_PER_TURN + 2; i++)
        assert_true(client_receive(client, &reply));
    assert_false(client_receive(client, &reply));
    client_free(client);
}

static void test_too_long_a_request_ends_the_connection(void **state)
{
    struct client *client = client_privileged(*state);
    const struct xsd_sockmsg header = {.type = XS_WRITE, .len = XENSTORE_PAYLOAD_MAX + 1};

    client_send_bytes(client, &header, sizeof(header));
    fixture_run(*state);
    assert_true(client->protocol_error);
    assert_true(client->closed);
    client_free(client);
}

/* Many children: DIRECTORY says so, DIRECTORY_PART gives them bit by bit. */
static void test_directory_part(void **state)
{
    struct client *client = client_privileged(*state);
    unsigned int found = 0;
    size_t offset = 0;
    bool complete = false;
    struct reply reply;
    char path[64];

    for (unsigned int i = 0; i < 600; i++) {
        snprintf(path, sizeof(path), "/many/child-%05u", i);
        assert_int_equal(write_text(client, 0, path, ""), 0);
    }
    assert_null(list_text(client, 0, "/many"));
    assert_int_equal(errno, E2BIG);
    while (!complete) {
        const char *name;
        int length = snprintf(path, sizeof(path), "/many%c%zu", 0, offset);

        assert_int_equal(call(client, XS_DIRECTORY_PART, 0, path, (size_t)length + 1, &reply), 0);
        name = reply.body + strlen(reply.body) + 1;
        while (name < reply.body + reply.header.len && *name) {
            snprintf(path, sizeof(path), "child-%05u", found++);
            assert_string_equal(name, path);
            offset += strlen(name) + 1;
            name += strlen(name) + 1;
        }
        complete = name < reply.body + reply.header.len;
    }
    assert_int_equal(found, 600);
    client_free(client);
}

static void test_domain_paths(void **state)
{
    struct client *client = client_domain(*state, 5);
    struct client *root = client_privileged(*state);
    struct reply reply;

    assert_int_equal(call(client, XS_GET_DOMAIN_PATH, 0, "5", 2, &reply), 0);
    assert_string_equal(reply.body, "/local/domain/5");
    assert_int_equal(CALL(root, XS_MKDIR, "/local/domain/5"), 0);
    assert_int_equal(set_permissions(root, "/local/domain/5", "n5"), 0);
    assert_int_equal(write_text(client, 0, "data/x", "1"), 0);
    assert_string_equal(read_text(root, 0, "/local/domain/5/data/x"), "1");
    assert_string_equal(read_text(client, 0, "data/x"), "1");
    client_free(client);
    client_free(root);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_write_creates_parents),
        TEST(test_values_are_bytes),
        TEST(test_listing_order),
        TEST(test_mkdir_keeps_values),
        TEST(test_remove),
        TEST(test_deepest_path),
        TEST(test_bad_paths),
        TEST(test_relative_paths),
        TEST(test_bad_payloads),
        TEST(test_request_in_pieces),
        TEST(test_requests_meanwhile),
        TEST(test_too_long_a_request_ends_the_connection),
        TEST(test_directory_part),
        TEST(test_domain_paths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
