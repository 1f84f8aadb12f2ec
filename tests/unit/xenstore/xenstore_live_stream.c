/* SPDX-License-Identifier: MIT */
/* xenstored: streams of a live update that are cut, wrong or no streams at all. */
#include <stdlib.h>
#include <string.h>

#include "xenstore_fixture.h"
#include "xenstore_stream.h"

/* A server with one record of each kind at least, and few nodes. */
static struct stream small_stream(void)
{
    struct server *server = calloc(1, sizeof(*server));
    const struct domain_report report = {.domid = 3, .unique_id = 7};
    struct client *client;
    struct domain *domain;
    struct stream stream;
    uint32_t transaction;

    assert_non_null(server);
    assert_int_equal(server_init(server, NULL), 0);
    client = client_privileged(server);
    domain = domain_new(server, &report);
    assert_non_null(domain);
    assert_int_equal(write_text(client, 0, "/b", "1"), 0);
    assert_int_equal(write_text(client, 0, "/a/c", "1"), 0);
    transaction = start_transaction(client);
    assert_int_equal(write_text(client, transaction, "/a/d", "2"), 0);
    assert_int_equal(CALL(client, XS_WATCH, "/a\0token"), 0);
    client->room = client->from_server.length;
    client_send(client, XS_WATCH, 0, "/b\0token", sizeof("/b\0token"));
    fixture_run(server);
    stream = write_stream(server);
    client_free(client);
    server_destroy(server);
    free(server);
    return stream;
}

static const char *complaint(const char *bytes, size_t size)
{
    static struct server server;
    static char problem[LIVE_PROBLEM_SIZE];

    if (read_stream(bytes, size, &server, problem)) {
        server_destroy(&server);
        return NULL;
    }
    return problem;
}

static void test_cut_anywhere(void **state)
{
    struct stream stream = small_stream();

    (void)state;
    assert_null(complaint(stream.bytes, stream.size));
    for (size_t size = 0; size < stream.size; size++) {
        const char *problem = complaint(stream.bytes, size);

        if (!problem)
            fail_msg("%zu of %zu bytes are taken for all", size, stream.size);
        if (size > sizeof(LIVE_FORMAT) && !strstr(problem, "the stream "))
            fail_msg("cut after %zu bytes: %s", size, problem);
    }
    free(stream.bytes);
}

/* The record of a kind: where its body is. The `skip` first ones are left out. */
static char *find_record(const struct stream *stream, enum live_record kind, unsigned int skip,
                         uint32_t *length)
{
    size_t position = strlen(LIVE_FORMAT);

    while (position < stream->size) {
        memcpy(length, stream->bytes + position + 1, 4);
        if (stream->bytes[position] == (char)kind && !skip--)
            return stream->bytes + position + 5;
        position += 5 + *length;
    }
    fail_msg("there is no record of kind %d", kind);
    return NULL;
}

static void put_length(char *body, uint32_t length)
{
    memcpy(body - 4, &length, 4);
}

/* Too short, too long, of another kind: each is told of by its name. */
static void test_each_kind_wrong(void **state)
{
    static const struct {
        enum live_record kind;
        const char *name;
    } kinds[] = {
#define LIVE(kind, number, name, holds) {LIVE_##kind, "(" #name ")"},
#include "../../../xenstored/live/live.def"
#undef LIVE
    };

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct stream stream = small_stream();
        uint32_t length;
        char *body = find_record(&stream, kinds[i].kind, 0, &length), *longer;
        size_t before = (size_t)(body - stream.bytes);
        const char *problem;

        put_length(body, length - 1);
        problem = complaint(stream.bytes, stream.size);
        if (!problem || !strstr(problem, kinds[i].name))
            fail_msg("%s, too short: %s", kinds[i].name, problem ? problem : "taken");
        put_length(body, length);
        body[-5] = 99;
        problem = complaint(stream.bytes, stream.size);
        assert_non_null(problem);
        assert_non_null(strstr(problem, "of a kind that is not known: 99"));
        body[-5] = (char)kinds[i].kind;
        longer = calloc(1, stream.size + 1);
        memcpy(longer, stream.bytes, before + length);
        memcpy(longer + before + length + 1, body + length, stream.size - before - length);
        put_length(longer + before, length + 1);
        problem = complaint(longer, stream.size + 1);
        if (!problem || !strstr(problem, kinds[i].name))
            fail_msg("%s, too long: %s", kinds[i].name, problem ? problem : "taken");
        free(longer);
        free(stream.bytes);
    }
}

/* Fields that no server can have: the record, where it is, bytes that are put there. */
#define WRONG(kind, nth, offset, literal)                                                          \
    {                                                                                              \
        LIVE_##kind, nth, offset, sizeof(literal) - 1, literal                                     \
    }

static const struct {
    enum live_record kind;
    unsigned int nth, offset, length;
    const char *bytes;
} fields[] = {
    WRONG(PROCESS, 0, 0, "\xff\xff\xff\xff"),      /* descriptor */
    WRONG(PROCESS, 0, 8, "\0"),                    /* path */
    WRONG(PROCESS, 0, 4, "\xff\xff"),              /* its length */
    WRONG(SERVER, 0, 60, "\x01"),                  /* a trace without a file */
    WRONG(QUOTA, 0, 4, "bogus"),                   /* name */
    WRONG(SPECIAL, 0, 0, "\x07"),                  /* number */
    WRONG(SPECIAL, 0, 1, "\0\0"),                  /* nobody */
    WRONG(SPECIAL, 0, 3, "\xf0\x7f"),              /* domain */
    WRONG(SPECIAL, 0, 5, "\x04"),                  /* rights */
    WRONG(NODE, 0, 12, "/"),                       /* name */
    WRONG(NODE, 0, 12, " "),                       /* name */
    WRONG(NODE, 0, 14, "\0\0"),                    /* no owner */
    WRONG(NODE, 0, 16, "\xf0\x7f"),                /* owner */
    WRONG(NODE, 0, 18, "\x09"),                    /* rights */
    WRONG(NODE, 0, 19, "\xff\xff"),                /* length of the value */
    WRONG(NODE, 1, 27, "\x07"),                    /* a child that is not there */
    WRONG(TREE, 0, 0, "\0"),                       /* not the root */
    WRONG(TREE, 0, 0, "\xff\xff\xff\xff"),         /* nowhere */
    WRONG(DOMAIN, 0, 0, "\xf0\x7f"),               /* id */
    WRONG(DOMAIN, 0, 18, "\x01"),                  /* a tree without a uuid */
    WRONG(DOMAIN, 0, 19, "\x02"),                  /* no flag */
    WRONG(DOMAIN_QUOTA, 0, 4, "bogus"),            /* name */
    WRONG(CONNECTION, 0, 4, "\xff\xff\xff\xff"),   /* no descriptor */
    WRONG(CONNECTION, 0, 8, "\xf0\x7f"),           /* id */
    WRONG(CONNECTION, 0, 10, "\xf1\x7f"),          /* target */
    WRONG(CONNECTION, 0, 10, "\x00\x00\x00\x80"),  /* target, at the edge of int */
    WRONG(CONNECTION, 0, 14, "\0"),                /* a socket's client has privilege */
    WRONG(CONNECTION, 0, 15, "\x01"),              /* of a domain that is another */
    WRONG(WATCH, 0, 4, "\x09"),                    /* offset */
    WRONG(WATCH, 0, 12, "a"),                      /* path */
    WRONG(WATCH, 1, 13, "a"),                      /* twice */
    WRONG(TRANSACTION, 0, 0, "\0\0\0\0"),          /* id */
    WRONG(TRANSACTION, 0, 12, "\0"),               /* base: no root */
    WRONG(TRANSACTION, 0, 12, "\xee\xff\xff\xff"), /* base: nowhere */
    WRONG(TRANSACTION, 0, 16, "\xff\xff\xff\xff"), /* tree */
    WRONG(USAGE, 0, 0, "\xf0\x7f"),                /* id */
    WRONG(USAGE, 0, 8, "\x10"),                    /* nodes, beyond what there can be */
    WRONG(USAGE, 0, 16, "\x80"),                   /* bytes */
    WRONG(TOUCHED, 0, 4, "a"),                     /* path */
    WRONG(MUTATION, 0, 0, "\x07"),                 /* kind */
    WRONG(MUTATION, 0, 5, "@"),                    /* path */
    WRONG(MESSAGE, 0, 0, "\x07"),                  /* a watch that is not there */
    WRONG(MESSAGE, 0, 5, "\x10"),                  /* more is sent than there is */
    WRONG(END, 0, 0, "\x01"),                      /* how many records came before */
};

static void test_each_field_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        struct stream stream = small_stream();
        uint32_t length;
        char *body = find_record(&stream, fields[i].kind, fields[i].nth, &length);
        const char *problem;

        assert_true(fields[i].offset + fields[i].length <= length);
        memcpy(body + fields[i].offset, fields[i].bytes, fields[i].length);
        problem = complaint(stream.bytes, stream.size);
        if (!problem || !strstr(problem, "makes no sense"))
            fail_msg("field %zu: %s", i, problem ? problem : "taken");
        free(stream.bytes);
    }
}

/* The same record twice, where there can be one; a domain's without the domain. */
static void test_out_of_place(void **state)
{
    static const enum live_record once[] = {LIVE_TREE,        LIVE_DOMAIN,  LIVE_WATCH,
                                            LIVE_TRANSACTION, LIVE_TOUCHED, LIVE_END};
    static const enum live_record after[] = {LIVE_DOMAIN_QUOTA, LIVE_WATCH,   LIVE_TRANSACTION,
                                             LIVE_USAGE,        LIVE_TOUCHED, LIVE_MUTATION,
                                             LIVE_MESSAGE};
    struct stream stream = small_stream();
    uint32_t length;

    (void)state;
    for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
        const char *body = find_record(&stream, once[i], 0, &length);
        size_t end = (size_t)(body - stream.bytes) + length, size = length + 5;
        char *twice = malloc(stream.size + size);

        memcpy(twice, stream.bytes, end);
        memcpy(twice + end, body - 5, size);
        memcpy(twice + end + size, stream.bytes + end, stream.size - end);
        if (!complaint(twice, stream.size + size))
            fail_msg("record %d may come twice", once[i]);
        free(twice);
    }
    for (size_t i = 0; i < sizeof(after) / sizeof(after[0]); i++) {
        const char *body = find_record(&stream, after[i], 0, &length);
        char *alone = malloc(stream.size);
        size_t size = strlen(LIVE_FORMAT);

        memcpy(alone, LIVE_FORMAT, size);
        memcpy(alone + size, body - 5, length + 5);
        assert_non_null(complaint(alone, size + length + 5));
        free(alone);
    }
    assert_non_null(complaint("", 0));
    assert_non_null(complaint("trefoil-live-9\n", 15));
    free(stream.bytes);
}

/* Whatever a byte is, the outcome is a server that is sound, or a sentence. */
static void test_any_byte(void **state)
{
    static struct server server;
    struct stream stream = small_stream();
    char problem[LIVE_PROBLEM_SIZE];

    (void)state;
    for (size_t i = 0; i < stream.size; i++) {
        char byte = stream.bytes[i];

        stream.bytes[i] = (char)(byte ^ (1 << i % 8));
        if (read_stream(stream.bytes, stream.size, &server, problem)) {
            struct client *client = client_privileged(&server);

            assert_consistent(client);
            client_free(client);
            server_destroy(&server);
        }
        stream.bytes[i] = byte;
    }
    free(stream.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_anywhere),     cmocka_unit_test(test_each_kind_wrong),
        cmocka_unit_test(test_each_field_wrong), cmocka_unit_test(test_out_of_place),
        cmocka_unit_test(test_any_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
