/* SPDX-License-Identifier: MIT */
/* xenstored: what of it outlives its process, and who goes on with it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../../xenstored/state/state.h"
#include "../../../xenstored/store/watch.h"
#include "xenstore_kept.h"

static void test_nodes_stay(void **state)
{
    struct fake *fake = *state;
    struct writer before, after;

    assert_string_equal(GUEST_CALL(fake, 2, XS_WRITE, "data/x\0value"), "OK");
    assert_string_equal(GUEST_CALL(fake, 2, XS_SET_PERMS, "data/x\0n2\0r1"), "OK");
    assert_string_equal(GUEST_CALL(fake, 2, XS_WRITE, "data/gone\0x"), "OK");
    assert_string_equal(GUEST_CALL(fake, 2, XS_RM, "data/gone"), "OK");
    assert_string_equal(GUEST_CALL(fake, 1, XS_SET_QUOTA, "2\0nodes\00077"), "OK");
    assert_int_equal(set_permissions(fake->root, "@releaseDomain", "n0 r2"), 0);
    assert_int_equal(write_text(fake->root, 0, "/tool/y", "1"), 0);
    before = kept_dump(&fake->server);
    kept_restart(fake);
    after = kept_dump(&fake->server);
    assert_int_equal(before.length, after.length);
    assert_memory_equal(before.data, after.data, before.length);
    writer_free(&before);
    writer_free(&after);
    assert_string_equal(GUEST_CALL(fake, 2, XS_READ, "data/x"), "value");
    assert_string_equal(GUEST_CALL(fake, 2, XS_READ, "data/gone"), "ENOENT");
    assert_string_equal(GUEST_CALL(fake, 1, XS_GET_QUOTA, "2\0nodes"), "77");
    assert_string_equal(GUEST_CALL(fake, 2, XS_GET_PERMS, "@releaseDomain"), "n0");
}

/* The next message, as "path" and behind it the token; static. */
static const char *take_event(struct fake_domain *domain)
{
    static struct reply event;

    guest_take(domain, &event.header, sizeof(event.header));
    assert_int_equal(event.header.type, XS_WATCH_EVENT);
    guest_take(domain, event.body, event.header.len);
    return event.body;
}

static void test_watches_stay(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *app = &fake->domains[2];

    assert_string_equal(GUEST_CALL(fake, 2, XS_WATCH, "control/shutdown\0token"), "OK");
    take_event(app);
    kept_restart(fake);
    assert_int_equal(app->page.rsp_cons, app->page.rsp_prod); /* nothing is told twice */
    assert_int_equal(write_text(fake->root, 0, "/local/domain/2/control/shutdown", "poweroff"), 0);
    assert_memory_equal(take_event(app), "control/shutdown\0token",
                        sizeof("control/shutdown\0token"));
    assert_string_equal(GUEST_CALL(fake, 2, XS_UNWATCH, "control/shutdown\0token"), "OK");
    kept_restart(fake);
    assert_int_equal(domain_find(&fake->server, 2)->connection->watch_count, 0);
}

/* A request of which only a part had come, larger than the ring. */
/* Where no page of the ring tells the port, the toolstack has: it does so once. */
static void test_port_stays(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[3];

    domain->state = EXIST;
    domain->unique_id = 200;
    domain->page.evtchn_port = 0;
    domain->page.connection = XENSTORE_RECONNECT;
    domain->changed = fake->change_event = true;
    handle_events(fake);
    assert_string_equal(GUEST_CALL(fake, 1, XS_INTRODUCE, "3\000233473\0007"), "OK");
    kept_restart(fake);
    assert_string_equal(GUEST_CALL(fake, 3, XS_READ, "name"), "late");
}

static void test_half_a_request(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *app = &fake->domains[2];
    const struct xsd_sockmsg header = {.type = XS_WRITE, .req_id = 9, .len = 2000};
    char body[2000] = "data/big";
    struct reply reply;

    memset(body + 9, 'v', sizeof(body) - 9);
    guest_put(app, &header, 5);
    app->event = true;
    handle_events(fake);
    kept_restart(fake);
    guest_put(app, (const char *)&header + 5, sizeof(header) - 5);
    guest_put(app, body, 1000);
    app->event = true;
    handle_events(fake);
    kept_restart(fake);
    guest_put(app, body + 1000, 1000);
    app->event = true;
    handle_events(fake);
    guest_take(app, &reply.header, sizeof(reply.header));
    assert_int_equal(reply.header.type, XS_WRITE);
    assert_int_equal(reply.header.req_id, 9);
    guest_take(app, reply.body, reply.header.len);
    assert_int_equal(strlen(read_text(fake->root, 0, "/local/domain/2/data/big")), 1991);
}

/* Replies of which only a part had gone: the rest follows, none twice. */
static void test_half_a_reply(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *app = &fake->domains[2];
    struct xsd_sockmsg header = {.type = XS_READ, .len = 4};
    struct reply reply;
    char value[901];

    memset(value, 'v', sizeof(value) - 1);
    value[sizeof(value) - 1] = '\0';
    assert_int_equal(write_text(fake->root, 0, "/local/domain/2/big", value), 0);
    for (header.req_id = 0; header.req_id < 3; header.req_id++) {
        guest_put(app, &header, sizeof(header));
        guest_put(app, "big", 4);
    }
    app->event = true;
    handle_events(fake);
    for (uint32_t i = 0; i < 3; i++) {
        kept_restart(fake);
        guest_take(app, &reply.header, sizeof(reply.header));
        assert_int_equal(reply.header.req_id, i);
        for (uint32_t k = 0; k < reply.header.len; k++) {
            if (app->page.rsp_cons == app->page.rsp_prod) {
                kept_restart(fake);
                app->event = true;
                handle_events(fake);
            }
            guest_take(app, reply.body + k, 1);
        }
        assert_memory_equal(reply.body, value, 900);
        app->event = true;
        handle_events(fake);
    }
    assert_int_equal(app->page.rsp_cons, app->page.rsp_prod);
}

static void test_transactions_are_lost(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *app = &fake->domains[2];
    struct xsd_sockmsg header = {.type = XS_TRANSACTION_END, .len = 2};
    struct reply reply;

    header.tx_id = (uint32_t)atoi(GUEST_CALL(fake, 2, XS_TRANSACTION_START, ""));
    assert_int_not_equal(header.tx_id, 0);
    kept_restart(fake);
    guest_put(app, &header, sizeof(header));
    guest_put(app, "T", 2);
    app->event = true;
    handle_events(fake);
    guest_take(app, &reply.header, sizeof(reply.header));
    guest_take(app, reply.body, reply.header.len);
    assert_int_equal(reply.header.type, XS_ERROR);
    assert_string_equal(reply.body, "EAGAIN");
    assert_int_not_equal(atoi(GUEST_CALL(fake, 2, XS_TRANSACTION_START, "")), header.tx_id);
}

/* What domain 1, which watches @releaseDomain, has been told. */
static bool control_is_told(struct fake *fake)
{
    struct fake_domain *control = &fake->domains[1];

    if (control->page.rsp_cons == control->page.rsp_prod)
        return false;
    return !strcmp(take_event(control), "@releaseDomain");
}

static void prepare_end(struct fake *fake)
{
    assert_string_equal(GUEST_CALL(fake, 1, XS_WATCH, "@releaseDomain\0w"), "OK");
    assert_true(control_is_told(fake));
    assert_string_equal(GUEST_CALL(fake, 2, XS_WRITE, "data/x\0value"), "OK");
    assert_string_equal(GUEST_CALL(fake, 2, XS_WATCH, "data\0w"), "OK");
    take_event(&fake->domains[2]);
    assert_int_equal(write_text(fake->root, 0, "/tool/given", "1"), 0);
    assert_int_equal(set_permissions(fake->root, "/tool/given", "n0 r2"), 0);
}

static void test_ended_meanwhile(void **state)
{
    struct fake *fake = *state;

    prepare_end(fake);
    kept_stop(fake);
    fake->domains[2].state = 0;
    kept_start(fake);
    assert_true(control_is_told(fake));
    assert_false(control_is_told(fake));
    assert_null(read_text(fake->root, 0, "/local/domain/2/name"));
    assert_string_equal(list_text(fake->root, 0, "/local/domain"), "0 1 ");
    assert_int_equal(fake->server.store.usage[2].nodes, 0);
    kept_restart(fake);
    assert_false(control_is_told(fake));
}

static void assert_new_app(struct fake *fake)
{
    assert_true(control_is_told(fake));
    assert_string_equal(read_text(fake->root, 0, "/local/domain/2/name"), "app");
    assert_null(read_text(fake->root, 0, "/local/domain/2/data/x"));
    assert_int_equal(domain_find(&fake->server, 2)->connection->watch_count, 0);
    assert_string_equal(GUEST_CALL(fake, 2, XS_READ, "/tool/given"), "EACCES");
}

/* The id is the same, the domain is not: by the hypervisor's number, or by when it was launched. */
static void test_replaced_meanwhile(void **state)
{
    struct fake *fake = *state;

    prepare_end(fake);
    kept_stop(fake);
    fake->domains[2].unique_id += 100;
    fake->domains[2].page.connection = XENSTORE_RECONNECT;
    kept_start(fake);
    assert_new_app(fake);
}

static void test_launched_at_another_time(void **state)
{
    struct fake *fake = *state;

    prepare_end(fake);
    kept_stop(fake);
    fake->domains[2].younger = 10000000000;
    fake->domains[2].page.connection = XENSTORE_RECONNECT;
    kept_start(fake);
    assert_new_app(fake);
}

/* A record may say anything of when that was. */
static void test_launched_never(void **state)
{
    struct fake *fake = *state;

    prepare_end(fake);
    domain_find(&fake->server, 2)->launched = INT64_MIN;
    state_touch(&fake->server, 2);
    fixture_run(&fake->server);
    fake->domains[2].page.connection = XENSTORE_RECONNECT;
    kept_restart(fake);
    assert_new_app(fake);
}

/* A hypervisor that counts no launches. */
static void test_not_told_apart(void **state)
{
    struct fake *fake = *state;

    assert_true(domains_told_apart(&fake->server));
    fake->domains[0].unique_id = 0;
    assert_false(domains_told_apart(&fake->server));
}

/* Another kernel in the same domain: its nodes stay, what its predecessor watched does not. */
static void test_wants_a_new_start(void **state)
{
    struct fake *fake = *state;

    prepare_end(fake);
    kept_stop(fake);
    fake->domains[2].page.connection = XENSTORE_RECONNECT;
    kept_start(fake);
    assert_false(control_is_told(fake));
    assert_int_equal(domain_find(&fake->server, 2)->connection->watch_count, 0);
    assert_string_equal(GUEST_CALL(fake, 2, XS_READ, "data/x"), "value");
}

/* A guest that spoils its page harms itself only. */
static void test_spoilt_page(void **state)
{
    struct fake *fake = *state;

    prepare_end(fake);
    kept_stop(fake);
    fake->domains[2].page.req_cons += 5000;
    kept_start(fake);
    assert_int_equal(domain_find(&fake->server, 2)->connection->watch_count, 0);
    assert_string_equal(read_text(fake->root, 0, "/local/domain/2/data/x"), "value");
    assert_string_equal(GUEST_CALL(fake, 1, XS_READ, "/local/domain/2/data/x"), "value");
}

/*
 * The end comes during a turn: before it was saved, and the request is handled again; or after,
 * and only the answer goes out. Either way it happens once.
 */
static void test_killed_in_a_turn(void **state)
{
    static struct kept_copy before;
    struct fake *fake = *state;
    struct fake_domain *app = &fake->domains[2];

    for (int saved = 0; saved < 2; saved++) {
        struct xenstore_domain_interface page;
        const struct xsd_sockmsg header = {.type = XS_MKDIR, .req_id = 4, .len = 7};
        struct reply reply;

        kept_read(&before);
        page = app->page;
        guest_put(app, &header, sizeof(header));
        guest_put(app, saved ? "data/b" : "data/a", 7);
        app->event = true;
        handle_events(fake);
        kept_stop(fake);
        app->page.req_cons = page.req_cons;
        app->page.rsp_prod = page.rsp_prod;
        if (!saved)
            kept_write(&before);
        kept_start(fake);
        app->event = true;
        handle_events(fake);
        guest_take(app, &reply.header, sizeof(reply.header));
        assert_int_equal(reply.header.req_id, 4);
        assert_int_equal(reply.header.type, XS_MKDIR);
        guest_take(app, reply.body, reply.header.len);
        assert_int_equal(app->page.rsp_cons, app->page.rsp_prod);
    }
    assert_string_equal(list_text(fake->root, 0, "/local/domain/2/data"), "a b ");
}

/* A checksum that is right does not make a record good: its uuid would name /vm itself. */
static void test_bad_uuid(void **state)
{
    struct fake *fake = *state;
    struct domain domain = *domain_find(&fake->server, 2);
    struct writer writer = {0};
    struct reader reader;

    domain.domid = 3;
    domain.uuid[0] = '\0';
    state_put_domain(&writer, &domain);
    reader = reader_of(writer.data, writer.length);
    assert_false(state_take_domain(&fake->server, &reader));
    writer_free(&writer);
}

static void test_files_of_others(void **state)
{
    struct fake *fake = *state;

    assert_int_equal(write_text(fake->root, 0, "/tool/y", "1"), 0);
    kept_stop(fake);
    chmod(kept_path, 0666);
    kept_start(fake);
    assert_null(read_text(fake->root, 0, "/tool/y"));
    assert_string_equal(read_text(fake->root, 0, "/local/domain/2/name"), "app");
    kept_stop(fake);
    unlink(kept_path);
    assert_int_equal(symlink("/etc/passwd", kept_path), 0);
    kept_start(fake);
    assert_string_equal(read_text(fake->root, 0, "/local/domain/2/name"), "app");
}

/* As long a list of rights as a request takes: more than a special event has. */
static void test_many_permissions(void **state)
{
    struct fake *fake = *state;
    char list[XENSTORE_PAYLOAD_MAX] = "n0";
    struct reply reply;
    uint32_t length;

    for (int i = 1; i < 300; i++)
        sprintf(list + strlen(list), " r%d", i);
    assert_int_equal(write_text(fake->root, 0, "/tool/shared", "1"), 0);
    assert_int_equal(set_permissions(fake->root, "/tool/shared", list), 0);
    kept_restart(fake);
    assert_string_equal(read_text(fake->root, 0, "/tool/shared"), "1");
    assert_int_equal(call(fake->root, XS_GET_PERMS, 0, "/tool/shared", 13, &reply), 0);
    length = reply.header.len;
    assert_int_equal(length, strlen(list) + 1);
    assert_memory_equal(reply.body + length - 5, "r299", 5);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, kept_setup, kept_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_nodes_stay),
        TEST(test_many_permissions),
        TEST(test_watches_stay),
        TEST(test_port_stays),
        TEST(test_half_a_request),
        TEST(test_half_a_reply),
        TEST(test_transactions_are_lost),
        TEST(test_ended_meanwhile),
        TEST(test_replaced_meanwhile),
        TEST(test_launched_at_another_time),
        TEST(test_launched_never),
        TEST(test_not_told_apart),
        TEST(test_wants_a_new_start),
        TEST(test_spoilt_page),
        TEST(test_killed_in_a_turn),
        TEST(test_bad_uuid),
        TEST(test_files_of_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
