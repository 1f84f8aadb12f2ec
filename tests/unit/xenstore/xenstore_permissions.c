/* SPDX-License-Identifier: MIT */
/* xenstored: who may read, write and give away what. */
#include <errno.h>
#include <string.h>

#include "xenstore_fixture.h"

struct cast {
    struct server *server;
    struct client *root, *guest, *other;
};

static int setup(void **state)
{
    static struct cast cast;

    if (fixture_setup(state))
        return -1;
    cast.server = *state;
    cast.root = client_privileged(cast.server);
    cast.guest = client_domain(cast.server, 1);
    cast.other = client_domain(cast.server, 2);
    *state = &cast;
    return 0;
}

static int teardown(void **state)
{
    struct cast *cast = *state;

    assert_consistent(cast->root);
    client_free(cast->root);
    client_free(cast->guest);
    client_free(cast->other);
    *state = cast->server;
    return fixture_teardown(state);
}

static const char *permissions_of(struct client *client, const char *path)
{
    static struct reply reply;
    int error = call(client, XS_GET_PERMS, 0, path, strlen(path) + 1, &reply);

    errno = error;
    if (error)
        return NULL;
    for (uint32_t i = 0; i + 1 < reply.header.len; i++) {
        if (!reply.body[i])
            reply.body[i] = ' ';
    }
    return reply.body;
}

static void test_rights(void **state)
{
    /* List, what domain 1 may read and write, what domain 2 may. */
    static const struct {
        const char *list;
        int read1, write1, read2, write2;
    } cases[] = {
        {"n0", EACCES, EACCES, EACCES, EACCES},
        {"r0", 0, EACCES, 0, EACCES},
        {"w0", EACCES, 0, EACCES, 0},
        {"b0", 0, 0, 0, 0},
        {"n1", 0, 0, EACCES, EACCES},
        {"n0 r1", 0, EACCES, EACCES, EACCES},
        {"n0 w1 r2", EACCES, 0, 0, EACCES},
        {"b0 n1", EACCES, EACCES, 0, 0},
        {"n1 b2", 0, 0, 0, 0},
        {"n0 r1 b1", 0, EACCES, EACCES, EACCES},
    };
    struct cast *cast = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(write_text(cast->root, 0, "/node", "x"), 0);
        assert_int_equal(set_permissions(cast->root, "/node", cases[i].list), 0);
        assert_string_equal(permissions_of(cast->root, "/node"), cases[i].list);
        assert_int_equal(CALL(cast->guest, XS_READ, "/node"), cases[i].read1);
        assert_int_equal(CALL(cast->guest, XS_DIRECTORY, "/node"), cases[i].read1);
        assert_int_equal(CALL(cast->guest, XS_GET_PERMS, "/node"), cases[i].read1);
        assert_int_equal(write_text(cast->guest, 0, "/node", "x"), cases[i].write1);
        assert_int_equal(CALL(cast->other, XS_READ, "/node"), cases[i].read2);
        assert_int_equal(write_text(cast->other, 0, "/node", "x"), cases[i].write2);
    }
}

static void test_absence_is_a_secret_too(void **state)
{
    struct cast *cast = *state;

    assert_int_equal(CALL(cast->guest, XS_READ, "/absent"), EACCES);
    assert_int_equal(write_text(cast->root, 0, "/open", ""), 0);
    assert_int_equal(set_permissions(cast->root, "/open", "r0"), 0);
    assert_int_equal(CALL(cast->guest, XS_READ, "/open/absent"), ENOENT);
    assert_int_equal(CALL(cast->guest, XS_READ, "/open/absent/below"), ENOENT);
}

static void test_inheritance(void **state)
{
    struct cast *cast = *state;

    assert_int_equal(write_text(cast->root, 0, "/home", ""), 0);
    assert_int_equal(set_permissions(cast->root, "/home", "n0 b1 r2"), 0);
    /* Whoever makes a node owns it, unless privileged; the rest comes from the parent. */
    assert_int_equal(write_text(cast->guest, 0, "/home/a/b", ""), 0);
    assert_string_equal(permissions_of(cast->root, "/home/a"), "n1 b1 r2");
    assert_string_equal(permissions_of(cast->root, "/home/a/b"), "n1 b1 r2");
    assert_int_equal(write_text(cast->root, 0, "/home/a/c", ""), 0);
    assert_string_equal(permissions_of(cast->root, "/home/a/c"), "n1 b1 r2");
    assert_int_equal(write_text(cast->root, 0, "/home/d", ""), 0);
    assert_string_equal(permissions_of(cast->root, "/home/d"), "n0 b1 r2");
    assert_int_equal(write_text(cast->other, 0, "/home/e", ""), EACCES);
}

static void test_owner_gives_rights_but_not_the_node(void **state)
{
    struct cast *cast = *state;

    assert_int_equal(write_text(cast->root, 0, "/mine", ""), 0);
    assert_int_equal(set_permissions(cast->root, "/mine", "n1"), 0);
    assert_int_equal(set_permissions(cast->guest, "/mine", "n1 r2"), 0);
    assert_int_equal(CALL(cast->other, XS_READ, "/mine"), 0);
    assert_int_equal(set_permissions(cast->guest, "/mine", "n2 b1"), EPERM);
    assert_int_equal(set_permissions(cast->other, "/mine", "b1"), EACCES);
    /* The right to write is not enough. */
    assert_int_equal(set_permissions(cast->root, "/mine", "n1 b2"), 0);
    assert_int_equal(set_permissions(cast->other, "/mine", "b1"), EACCES);
}

static void test_removal_needs_all_below(void **state)
{
    struct cast *cast = *state;

    assert_int_equal(write_text(cast->root, 0, "/top/below/kept", ""), 0);
    assert_int_equal(set_permissions(cast->root, "/top", "n1"), 0);
    assert_int_equal(set_permissions(cast->root, "/top/below", "n1"), 0);
    assert_int_equal(set_permissions(cast->root, "/top/below/kept", "n0 r1"), 0);
    assert_int_equal(CALL(cast->guest, XS_RM, "/top/below/kept"), EACCES);
    assert_int_equal(CALL(cast->guest, XS_RM, "/top/below"), EACCES);
    assert_int_equal(CALL(cast->guest, XS_RM, "/top"), EACCES);
    assert_string_equal(read_text(cast->root, 0, "/top/below/kept"), "");
    assert_int_equal(set_permissions(cast->root, "/top/below/kept", "n1"), 0);
    assert_int_equal(CALL(cast->guest, XS_RM, "/top"), 0);
}

static void test_target(void **state)
{
    struct cast *cast = *state;

    assert_int_equal(write_text(cast->root, 0, "/guest", ""), 0);
    assert_int_equal(set_permissions(cast->root, "/guest", "n1"), 0);
    assert_int_equal(CALL(cast->other, XS_READ, "/guest"), EACCES);
    cast->other->connection->actor.subject.target = 1;
    assert_int_equal(CALL(cast->other, XS_READ, "/guest"), 0);
    assert_int_equal(write_text(cast->other, 0, "/guest", "x"), 0);
}

static void test_privileged_operations(void **state)
{
    struct cast *cast = *state;

    assert_int_equal(CALL(cast->guest, XS_CONTROL, "help"), EACCES);
    assert_int_equal(CALL(cast->guest, XS_INTRODUCE, "3\0001\0001"), EACCES);
    assert_int_equal(CALL(cast->guest, XS_RELEASE, "2"), EACCES);
    assert_int_equal(CALL(cast->guest, XS_RESUME, "2"), EACCES);
    assert_int_equal(CALL(cast->guest, XS_SET_TARGET, "1\0002"), EACCES);
    assert_int_equal(CALL(cast->guest, XS_SET_QUOTA, "nodes\00099"), EACCES);
    assert_int_equal(CALL(cast->guest, XS_GET_QUOTA, "nodes"), EACCES);
    assert_int_equal(CALL(cast->guest, XS_SET_FEATURE, "1\0000"), EACCES);
    assert_int_equal(CALL(cast->guest, XS_IS_DOMAIN_INTRODUCED, "1"), 0);
    assert_int_equal(CALL(cast->guest, XS_SET_PERMS, "@releaseDomain\0r0"), EACCES);
    assert_int_equal(CALL(cast->guest, XS_GET_PERMS, "@releaseDomain"), EACCES);
    assert_int_equal(CALL(cast->root, XS_SET_PERMS, "@releaseDomain\0n0\0r1"), 0);
    assert_int_equal(CALL(cast->guest, XS_GET_PERMS, "@releaseDomain"), 0);
    assert_int_equal(CALL(cast->root, XS_GET_PERMS, "@nothing"), ENOENT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_rights),
        TEST(test_absence_is_a_secret_too),
        TEST(test_inheritance),
        TEST(test_owner_gives_rights_but_not_the_node),
        TEST(test_removal_needs_all_below),
        TEST(test_target),
        TEST(test_privileged_operations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
