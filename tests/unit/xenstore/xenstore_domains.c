/* SPDX-License-Identifier: MIT */
/* xenstored: boot-time domains, their trees, their rights, their coming and going. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "xenstore_fake.h"

static void test_trees(void **state)
{
    struct fake *fake = *state;
    struct client *root = fake->root;
    char path[64];

    assert_string_equal(list_text(root, 0, "/local/domain"), "0 1 2 ");
    assert_string_equal(read_text(root, 0, "/local/domain/0/name"), "hardware");
    assert_string_equal(read_text(root, 0, "/local/domain/1/name"), "control");
    assert_string_equal(read_text(root, 0, "/local/domain/2/name"), "app");
    assert_string_equal(read_text(root, 0, "/local/domain/2/domid"), "2");
    assert_string_equal(read_text(root, 0, "/local/domain/2/memory/static-max"), "131076");
    assert_string_equal(read_text(root, 0, "/local/domain/2/memory/target"), "131072");
    assert_string_equal(list_text(root, 0, "/local/domain/2/cpu"), "0 1 ");
    assert_string_equal(read_text(root, 0, "/local/domain/2/cpu/1/availability"), "online");
    assert_string_equal(list_text(root, 0, "/local/domain/2/store"), "port ring-ref ");
    assert_string_equal(read_text(root, 0, "/local/domain/2/store/port"), "1");
    assert_string_equal(read_text(root, 0, "/local/domain/2/console/port"), "2");
    assert_string_equal(read_text(root, 0, "/local/domain/2/console/type"), "xenconsoled");
    assert_string_equal(read_text(root, 0, "/local/domain/2/console/ring-ref"), "233472");
    assert_null(read_text(root, 0, "/local/domain/0/console"));
    assert_null(read_text(root, 0, "/local/domain/0/memory/target"));
    assert_null(read_text(root, 0, "/local/domain/0/store"));
    assert_string_equal(read_text(root, 0, "/local/domain/2/vm"),
                        "/vm/abababab-abab-abab-abab-abababababab");
    assert_string_equal(read_text(root, 0, "/vm/abababab-abab-abab-abab-abababababab/name"), "app");
    assert_string_equal(read_text(root, 0, "/libxl/2/type"), "pvh");
    /* It was launched fifty seconds ago. */
    assert_in_range(
        time(NULL) -
            atol(read_text(root, 0, "/vm/abababab-abab-abab-abab-abababababab/start_time")),
        49, 120);
    /* A domain without a uuid gets one. */
    strcpy(path, read_text(root, 0, "/local/domain/1/vm"));
    assert_int_equal(strlen(path), 4 + 36);
    strcat(path, "/name");
    assert_string_equal(read_text(root, 0, path), "control");
    assert_string_equal(read_text(root, 0, "/local/pool/0/name"), "Pool-0");
    assert_string_equal(read_text(root, 0, "/local/pool/3/name"), "Pool-3");
    assert_string_equal(read_text(root, 0, "/local/pool/1/name"), "Pool-1");
    assert_string_equal(list_text(root, 0, "/local/pool"), "0 1 3 ");
    assert_string_equal(read_text(root, 0, "/tool/xenstored"), "");
}

/* What a guest may do in its own tree, and what not: the table of boot_tree.def, as seen by it. */
static void test_guest_rights(void **state)
{
    static const struct {
        const char *path;
        const char *read, *write; /* errors, NULL: allowed */
    } cases[] = {
        {"name", NULL, "EACCES"},
        {"domid", NULL, "EACCES"},
        {"vm", NULL, "EACCES"},
        {"memory/target", NULL, "EACCES"},
        {"memory/new", NULL, "EACCES"},
        {"cpu/0/availability", NULL, "EACCES"},
        {"console/port", NULL, "EACCES"},
        {"store/port", NULL, "EACCES"},
        {"control/platform-feature-xs_reset_watches", NULL, "EACCES"},
        {"control/shutdown", NULL, NULL},
        {"control/feature-poweroff", NULL, NULL},
        {"control/sysrq", NULL, NULL},
        {"device/suspend/event-channel", NULL, NULL},
        {"data/new/node", NULL, NULL},
        {"drivers/x", NULL, NULL},
        {"feature/x", NULL, NULL},
        {"attr/x", NULL, NULL},
        {"error/device/x", NULL, NULL},
        {"own", NULL, NULL},
        {"/local/domain/1/name", "EACCES", "EACCES"},
        {"/local/domain/1/data", "EACCES", "EACCES"},
        {"/libxl/2/type", "EACCES", "EACCES"},
        {"/vm/abababab-abab-abab-abab-abababababab/name", NULL, "EACCES"},
        {"/tool/x", "EACCES", "EACCES"},
    };
    struct fake *fake = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char payload[128];
        size_t length = strlen(cases[i].path) + 1;

        strcpy(payload, cases[i].path);
        strcpy(payload + length, "v");
        assert_string_equal(guest_call(fake, 2, XS_WRITE, payload, length + 1),
                            cases[i].write ? cases[i].write : "OK");
        if (cases[i].read)
            assert_string_equal(guest_call(fake, 2, XS_READ, payload, length), cases[i].read);
        else if (!cases[i].write)
            assert_string_equal(guest_call(fake, 2, XS_READ, payload, length), "v");
    }
    /* It lists its own tree, and cannot remove it. */
    assert_string_not_equal(GUEST_CALL(fake, 2, XS_DIRECTORY, "/local/domain/2"), "EACCES");
    assert_string_equal(GUEST_CALL(fake, 2, XS_RM, "/local/domain/2"), "EACCES");
    assert_string_equal(GUEST_CALL(fake, 2, XS_RM, "name"), "EACCES");
    assert_string_equal(GUEST_CALL(fake, 2, XS_DIRECTORY, "/local/domain"), "EACCES");
}

static void test_control_is_privileged(void **state)
{
    struct fake *fake = *state;

    assert_string_equal(GUEST_CALL(fake, 1, XS_WRITE, "/local/domain/2/control/shutdown\0halt"),
                        "OK");
    assert_string_equal(GUEST_CALL(fake, 1, XS_WRITE, "/anything\0x"), "OK");
    assert_string_equal(GUEST_CALL(fake, 1, XS_GET_QUOTA, "2\0nodes"), "1000");
    assert_string_equal(GUEST_CALL(fake, 1, XS_SET_QUOTA, "2\0nodes\0001"), "OK");
    assert_string_equal(GUEST_CALL(fake, 2, XS_WRITE, "data/x\0"), "ENOSPC");
    assert_string_equal(GUEST_CALL(fake, 2, XS_CONTROL, "help"), "EACCES");
    /* But not the files of the domain that xenstored runs in. */
    assert_string_equal(GUEST_CALL(fake, 1, XS_CONTROL, "logfile\0/tmp/x"), "EACCES");
    assert_int_equal(CALL(fake->root, XS_CONTROL, "logfile\0/nowhere/x"), ENOENT);
}

static void test_long_answer(void **state)
{
    struct fake *fake = *state;
    const char *answer = control_text(fake->root, "domains");
    char path[64];

    assert_string_equal(answer, "3 domains, 3 connected\ndomain 0: connected\n"
                                "domain 1: connected\ndomain 2: connected\n");
    /* Nodes of many owners make a long report: what is cut says so. */
    for (unsigned int i = 0; i < 300; i++) {
        snprintf(path, sizeof(path), "/n%u", i);
        assert_int_equal(write_text(fake->root, 0, path, ""), 0);
        snprintf(path + 32, sizeof(path) - 32, "n%u", i + 10);
        assert_int_equal(set_permissions(fake->root, path, path + 32), 0);
    }
    answer = control_text(fake->root, "memreport");
    assert_true(strlen(answer) > 4000);
    assert_string_equal(answer + strlen(answer) - 4, "...\n");
}

static void assert_release(struct client *client)
{
    const char *event = client_event(client);

    assert_non_null(event);
    assert_string_equal(event, "@releaseDomain r");
    assert_null(client_event(client));
}

static void test_shutdown_and_death(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[2];

    assert_int_equal(CALL(fake->root, XS_WATCH, "@releaseDomain\0r"), 0);
    assert_release(fake->root);

    domain->state = EXIST | SHUTDOWN;
    domain->changed = fake->change_event = true;
    handle_events(fake);
    assert_release(fake->root);
    assert_true(domain->mapped);
    /* Told once. */
    domain->changed = fake->change_event = true;
    handle_events(fake);
    assert_null(client_event(fake->root));
    assert_string_equal(read_text(fake->root, 0, "/local/domain/2/name"), "app");

    domain->state = 0;
    domain->changed = fake->change_event = true;
    handle_events(fake);
    assert_release(fake->root);
    assert_false(domain->mapped);
    assert_false(domain->bound);
    assert_null(read_text(fake->root, 0, "/local/domain/2"));
    assert_null(read_text(fake->root, 0, "/vm/abababab-abab-abab-abab-abababababab"));
    assert_null(read_text(fake->root, 0, "/libxl/2"));
    assert_string_equal(GUEST_CALL(fake, 1, XS_IS_DOMAIN_INTRODUCED, "2"), "F");
}

/* The next domain of the same id gets nothing of what this one had. */
static void test_inheritance_of_an_id(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[2];
    struct reply reply;

    assert_int_equal(write_text(fake->root, 0, "/shared", ""), 0);
    assert_int_equal(set_permissions(fake->root, "/shared", "n0 b2 r1 w2"), 0);
    assert_int_equal(write_text(fake->root, 0, "/owned", ""), 0);
    assert_int_equal(set_permissions(fake->root, "/owned", "n2"), 0);
    assert_string_equal(GUEST_CALL(fake, 2, XS_WRITE, "/shared/made\0x"), "OK");
    assert_string_equal(GUEST_CALL(fake, 1, XS_SET_TARGET, "1\0002"), "OK");
    assert_int_equal(CALL(fake->root, XS_SET_PERMS, "@releaseDomain\0n0\0r2\0r1"), 0);

    domain->unique_id++;
    domain->page.connection = XENSTORE_RECONNECT;
    domain->changed = fake->change_event = true;
    handle_events(fake);
    assert_string_equal(GUEST_CALL(fake, 2, XS_READ, "name"), "app");
    assert_string_equal(GUEST_CALL(fake, 2, XS_READ, "/shared"), "EACCES");
    assert_string_equal(GUEST_CALL(fake, 2, XS_READ, "/owned"), "EACCES");
    assert_string_equal(GUEST_CALL(fake, 2, XS_READ, "/shared/made"), "EACCES");
    assert_int_equal(call(fake->root, XS_GET_PERMS, 0, "/shared", 8, &reply), 0);
    assert_memory_equal(reply.body, "n0\0r1\0", 6);
    assert_int_equal(reply.header.len, 6);
    assert_int_equal(call(fake->root, XS_GET_PERMS, 0, "/shared/made", 13, &reply), 0);
    assert_memory_equal(reply.body, "n0\0r1\0", 6);
    assert_int_equal(call(fake->root, XS_GET_PERMS, 0, "@releaseDomain", 15, &reply), 0);
    assert_memory_equal(reply.body, "n0\0r1\0", 6);
    assert_int_equal(reply.header.len, 6);
    assert_int_equal(domain_find(&fake->server, 1)->connection->actor.subject.target, -1);
}

/* A new domain appears, or one comes again under the same id between two looks. */
static void test_new_domain(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[3];

    assert_int_equal(CALL(fake->root, XS_WATCH, "@introduceDomain\0i"), 0);
    assert_non_null(client_event(fake->root));
    domain->state = EXIST;
    domain->unique_id = 200;
    domain->page.connection = XENSTORE_RECONNECT;
    domain->page.evtchn_port = 7;
    domain->changed = fake->change_event = true;
    handle_events(fake);
    assert_string_equal(client_event(fake->root), "@introduceDomain i");
    assert_string_equal(GUEST_CALL(fake, 3, XS_READ, "name"), "late");
    assert_string_equal(GUEST_CALL(fake, 3, XS_WRITE, "data/x\0y"), "OK");

    domain->unique_id = 201;
    domain->page.connection = XENSTORE_RECONNECT;
    domain->changed = fake->change_event = true;
    handle_events(fake);
    assert_string_equal(client_event(fake->root), "@introduceDomain i");
    assert_null(read_text(fake->root, 0, "/local/domain/3/data/x"));
    assert_string_equal(GUEST_CALL(fake, 3, XS_READ, "name"), "late");
}

/* A domain without a ring, or of which nothing is known, leaves the others alone. */
static void test_domain_without_connection(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[3];

    domain->state = EXIST;
    domain->page.evtchn_port = 0;
    domain->changed = fake->change_event = true;
    handle_events(fake);
    assert_false(domain->mapped);
    assert_string_equal(read_text(fake->root, 0, "/local/domain/3/name"), "late");
    assert_string_equal(GUEST_CALL(fake, 1, XS_IS_DOMAIN_INTRODUCED, "3"), "F");
    /* The toolstack may introduce it later, by its port. */
    domain->page.connection = XENSTORE_RECONNECT;
    assert_string_equal(GUEST_CALL(fake, 1, XS_INTRODUCE, "3\000233473\0009"), "EINVAL");
    assert_string_equal(GUEST_CALL(fake, 1, XS_INTRODUCE, "3\000233473\0007"), "OK");
    assert_string_equal(GUEST_CALL(fake, 1, XS_INTRODUCE, "3\000233473\0007"), "OK");
    assert_string_equal(GUEST_CALL(fake, 3, XS_READ, "name"), "late");
    assert_string_equal(GUEST_CALL(fake, 1, XS_INTRODUCE, "9\0001\0007"), "ENOENT");
    assert_string_equal(GUEST_CALL(fake, 1, XS_RELEASE, "3"), "OK");
    assert_false(domain->mapped);
    assert_string_equal(GUEST_CALL(fake, 1, XS_RELEASE, "3"), "ENOENT");
    assert_string_equal(GUEST_CALL(fake, 1, XS_RELEASE, "1"), "EINVAL");
}

static void test_undescribed_domain(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[3];

    domain->state = EXIST;
    domain->describe_error = -EPERM;
    domain->page.connection = XENSTORE_RECONNECT;
    domain->page.evtchn_port = 7;
    domain->changed = fake->change_event = true;
    handle_events(fake);
    assert_null(read_text(fake->root, 0, "/local/domain/3"));
    assert_string_equal(GUEST_CALL(fake, 3, XS_READ, "name"), "EACCES");
}

static void test_targets(void **state)
{
    struct fake *fake = *state;

    assert_string_equal(GUEST_CALL(fake, 1, XS_SET_TARGET, "2\0001"), "OK");
    assert_string_equal(GUEST_CALL(fake, 2, XS_READ, "/local/domain/1/name"), "control");
    assert_string_equal(GUEST_CALL(fake, 1, XS_SET_TARGET, "3\0001"), "ENOENT");
    assert_string_equal(GUEST_CALL(fake, 1, XS_RESUME, "2"), "OK");
    assert_string_equal(GUEST_CALL(fake, 1, XS_RESUME, "3"), "ENOENT");
    assert_string_equal(GUEST_CALL(fake, 1, XS_GET_FEATURE, "2"), "7");
    assert_string_equal(GUEST_CALL(fake, 1, XS_SET_FEATURE, "2\0001"), "EBUSY");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_trees),
        TEST(test_guest_rights),
        TEST(test_control_is_privileged),
        TEST(test_long_answer),
        TEST(test_shutdown_and_death),
        TEST(test_inheritance_of_an_id),
        TEST(test_new_domain),
        TEST(test_domain_without_connection),
        TEST(test_undescribed_domain),
        TEST(test_targets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
