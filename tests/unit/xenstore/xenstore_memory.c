/* SPDX-License-Identifier: MIT */
/*
 * xenstored without memory: one scene is played again and again, each time with another one of its
 * allocations failing. Whatever request was hit, the store stays sound and nothing is lost.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenstore_fixture.h"

/* The linker sends xenstored's and the test's allocations here. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
char *__wrap_strdup(const char *text);

static long countdown = -1; /* allocations until the one that fails; negative: none does */

static bool fails(void)
{
    return countdown >= 0 && countdown-- == 0;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    return fails() ? NULL : __real_realloc(block, size);
}

char *__wrap_strdup(const char *text)
{
    char *copy = fails() ? NULL : __real_malloc(strlen(text) + 1);

    return copy ? strcpy(copy, text) : NULL;
}

#define SEND(client, transaction, type, literal)                                                   \
    client_send(client, type, transaction, literal, sizeof(literal))

/* What the two clients say; ids of transactions count from 1. */
static void play(struct server *server, struct client *root, struct client *guest)
{
    SEND(root, 0, XS_WRITE, "/g\0");
    SEND(root, 0, XS_SET_PERMS, "/g\0b0\0r1");
    SEND(root, 0, XS_WATCH, "/g\0token");
    SEND(guest, 0, XS_WATCH, "/g\0other");
    fixture_run(server);
    SEND(guest, 0, XS_TRANSACTION_START, "");
    SEND(guest, 1, XS_WRITE, "/g/a/b/c\0value");
    SEND(guest, 1, XS_WRITE, "/g/a/b\0value");
    SEND(guest, 1, XS_MKDIR, "/g/d");
    SEND(guest, 1, XS_SET_PERMS, "/g/d\0n1\0r2");
    SEND(guest, 1, XS_READ, "/g/a/b/c");
    SEND(root, 0, XS_WRITE, "/g/other\0value");
    fixture_run(server);
    SEND(guest, 1, XS_RM, "/g/a/b/c");
    SEND(guest, 1, XS_TRANSACTION_END, "T");
    fixture_run(server);
    SEND(guest, 0, XS_RM, "/g/d");
    SEND(root, 0, XS_DIRECTORY, "/g");
    SEND(root, 0, XS_CONTROL, "check");
    SEND(root, 0, XS_RM, "/g");
    fixture_run(server);
}

static bool count_node(const struct node *node, unsigned int depth, void *context)
{
    struct usage *usage = &((struct usage *)context)[node_owner(node)];

    (void)depth;
    usage->nodes++;
    usage->bytes += (long)node_size(node);
    return true;
}

static void assert_accounts(const struct server *server)
{
    struct usage *usage = __real_calloc(DOMAIN_ID_LIMIT, sizeof(*usage));

    assert_non_null(usage);
    assert_true(node_walk(server->store.root, count_node, usage));
    assert_memory_equal(usage, server->store.usage, DOMAIN_ID_LIMIT * sizeof(*usage));
    free(usage);
}

static void test_each_allocation_failing(void **state)
{
    struct server *server = __real_malloc(sizeof(*server));
    unsigned int failures = 0, broken = 0;
    bool failed = true;

    (void)state;
    for (long n = 0; failed; n++) {
        struct client *root, *guest;

        assert_int_equal(server_init(server, NULL), 0);
        assert_int_equal(boot_tree_frame(server), 0);
        root = client_privileged(server);
        guest = client_domain(server, 1);
        countdown = n;
        play(server, root, guest);
        failed = countdown < 0;
        countdown = -1;
        failures += failed;
        broken += root->closed || (guest->connection && guest->connection->broken);
        assert_accounts(server);
        /* What a client holds is what it is charged for. */
        if (guest->connection) {
            guest->room = PIPE_SIZE;
            connection_reset(guest->connection);
            assert_int_equal(guest->connection->actor.held_bytes, 0);
        }
        client_free(root);
        client_free(guest);
        server_destroy(server);
    }
    /* The scene does allocate, and only some of it is worth a connection. */
    assert_true(failures > 40);
    assert_true(broken < failures);
    free(server);
}

static void test_start_without_memory(void **state)
{
    struct server *server = __real_malloc(sizeof(*server));
    int error = ENOMEM;

    (void)state;
    for (long n = 0; error; n++) {
        countdown = n;
        error = server_init(server, NULL);
        if (error) {
            assert_int_equal(error, ENOMEM);
            continue;
        }
        error = boot_tree_frame(server);
        assert_accounts(server);
        server_destroy(server);
    }
    countdown = -1;
    free(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_allocation_failing),
        cmocka_unit_test(test_start_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
