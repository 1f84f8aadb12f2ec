/* SPDX-License-Identifier: MIT */
/*
 * xenstored: what must not cost more when there is more of something else. Counted, not timed:
 * which transactions a request looks at, how many bytes it allocates.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../../../xenstored/store/transaction.h"
#include "xenstore_fixture.h"

#define PAGE  4096u
#define PAGES 8192u

/* Each transaction in a page of its own. */
static char *arena;
static size_t arena_used;
/* Pages that were looked at since all were closed. */
static volatile sig_atomic_t looked_at;
/* Bytes that were asked for. */
static size_t allocated;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);

static bool in_arena(const void *address)
{
    return arena && (const char *)address >= arena && (const char *)address < arena + PAGES * PAGE;
}

void *__wrap_malloc(size_t size)
{
    allocated += size;
    if (arena && size == sizeof(struct transaction) && arena_used < PAGES)
        return arena + PAGE * arena_used++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    allocated += count * size;
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    allocated += size;
    return __real_realloc(block, size);
}

void __wrap_free(void *block)
{
    if (!in_arena(block))
        __real_free(block);
}

/* Somebody looks at a page that is closed: it is counted, and open from now on. */
static void count_page(int number, siginfo_t *info, void *context)
{
    uintptr_t page = (uintptr_t)info->si_addr & ~(uintptr_t)(PAGE - 1);

    (void)number;
    (void)context;
    if (!in_arena(info->si_addr))
        abort();
    looked_at++;
    mprotect((void *)page, PAGE, PROT_READ | PROT_WRITE);
}

static void close_pages(void)
{
    const struct sigaction action = {.sa_sigaction = count_page, .sa_flags = SA_SIGINFO};

    looked_at = 0;
    assert_int_equal(sigaction(SIGSEGV, &action, NULL), 0);
    assert_int_equal(mprotect(arena, PAGES * PAGE, PROT_NONE), 0);
}

static int arena_setup(void **state)
{
    arena = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    arena_used = 0;
    return arena == MAP_FAILED ? -1 : fixture_setup(state);
}

static int arena_teardown(void **state)
{
    mprotect(arena, PAGES * PAGE, PROT_READ | PROT_WRITE);
    fixture_teardown(state);
    munmap(arena, PAGES * PAGE);
    arena = NULL;
    return 0;
}

/* Of those that are open only the one that is meant is looked at, and its neighbours in lists. */
static void test_open_transactions(void **state)
{
    struct server *server = *state;
    struct client *root = client_privileged(server), *guest = client_domain(server, 3);
    uint32_t own[2] = {0};

    server->quotas.limit[QUOTA_TRANSACTIONS] = PAGES;
    server->quotas.limit[QUOTA_MEMORY] = UINT32_MAX;
    server->quotas.limit[QUOTA_TRANSACTION_AGE] = 100;
    for (unsigned int i = 0; i < 3000; i++) {
        uint32_t ids[2] = {start_transaction(root), start_transaction(guest)};

        if (i == 1500)
            memcpy(own, ids, sizeof(own));
    }
    assert_int_equal(arena_used, 6000);
    close_pages();
    assert_int_equal(write_text(root, 0, "/tool/a", "1"), 0);
    /* The oldest is looked at, whether it is too old. */
    assert_in_range(looked_at, 0, 1);
    close_pages();
    assert_string_equal(read_text(root, own[0], "/tool"), "");
    assert_in_range(looked_at, 1, 3);
    close_pages();
    assert_int_equal(end_transaction(root, own[0], false), 0);
    assert_in_range(looked_at, 1, 6);
    close_pages();
    assert_int_equal(end_transaction(guest, own[1], false), 0);
    assert_in_range(looked_at, 1, 8);
    close_pages();
    assert_int_not_equal(start_transaction(guest), 0);
    assert_in_range(looked_at, 1, 6);
    mprotect(arena, PAGES * PAGE, PROT_READ | PROT_WRITE);
    /* All are too old at once, but a privileged client's. */
    for (int i = 0; i < 101; i++)
        assert_int_equal(write_text(root, 0, "/tool/a", "1"), 0);
    assert_int_equal(end_transaction(guest, own[1] + 1, true), EAGAIN);
    assert_true(list_empty(&server->aging));
    client_free(root);
    client_free(guest);
}

/* Limits that differ: each is too old when it should be, whoever began first. */
static void test_ages(void **state)
{
    struct server *server = *state;
    struct client *root = client_privileged(server);
    struct client *guests[3];
    struct quotas quotas[3];
    uint32_t ids[3];

    for (unsigned int i = 0; i < 3; i++) {
        guests[i] = client_domain(server, (uint16_t)(i + 3));
        quotas[i] = server->quotas;
        quotas[i].limit[QUOTA_TRANSACTION_AGE] = 30 - 10 * i;
        guests[i]->connection->actor.quotas = &quotas[i];
        ids[i] = start_transaction(guests[i]);
    }
    for (int change = 1; change <= 40; change++) {
        assert_int_equal(write_text(root, 0, "/tool/a", "1"), 0);
        for (int i = 0; i < 3; i++)
            assert_int_equal(transaction_find(guests[i]->connection, ids[i])->doomed,
                             server->store.generation >
                                 transaction_find(guests[i]->connection, ids[i])->deadline);
    }
    assert_true(list_empty(&server->aging));
    for (int i = 0; i < 3; i++)
        client_free(guests[i]);
    client_free(root);
}

static size_t introduce(struct server *server, uint16_t first, uint16_t count)
{
    const struct domain_description description = {
        .name = "guest", .vcpus = 1, .store_port = 1, .console_port = 2};
    size_t before = allocated;
    char uuid[37];

    for (uint16_t domid = first; domid < first + count; domid++)
        assert_int_equal(boot_tree_write(server, domid, &description, uuid), 0);
    return allocated - before;
}

/* A domain's tree costs its own nodes, however many domains there are. */
static void test_introductions(void **state)
{
    size_t few = introduce(*state, 1, 500), many;

    introduce(*state, 501, 4000);
    many = introduce(*state, 4501, 500);
    if (many > few)
        fail_msg("500 of few take %zu bytes, of many %zu", few, many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_open_transactions, arena_setup, arena_teardown),
        cmocka_unit_test_setup_teardown(test_ages, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_introductions, fixture_setup, fixture_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
