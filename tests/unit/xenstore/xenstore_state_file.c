/* SPDX-License-Identifier: MIT */
/* xenstored: the file its state is kept in: long, cut, without room, replaced. */
#include <errno.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "../../../xenstored/state/state.h"
#include "xenstore_kept.h"

static void assert_same(const struct writer *before, const struct server *server)
{
    struct writer after = kept_dump(server);

    assert_int_equal(before->length, after.length);
    assert_memory_equal(before->data, after.data, before->length);
    writer_free(&after);
}

static size_t file_size(void)
{
    static struct kept_copy file;

    kept_read(&file);
    return file.size;
}

/* Any damage means a new beginning or an earlier state, never more. */
static void test_damaged_files(void **state)
{
    static struct kept_copy good, bad;
    struct fake *fake = *state;

    assert_int_equal(write_text(fake->root, 0, "/tool/y", "1"), 0);
    kept_read(&good);
    for (size_t i = 0; i < good.size; i += 1 + i / 24) {
        bad = good;
        bad.bytes[i] = (char)(bad.bytes[i] ^ 0x41);
        kept_stop(fake);
        kept_write(&bad);
        kept_start(fake);
        assert_string_equal(read_text(fake->root, 0, "/local/domain/2/name"), "app");
        assert_consistent(fake->root);
        kept_stop(fake);
        bad = good;
        bad.size = i;
        kept_write(&bad);
        kept_start(fake);
        assert_string_equal(read_text(fake->root, 0, "/local/domain/2/name"), "app");
        assert_consistent(fake->root);
    }
}

/* Power goes at any byte of the last two turns: each is there whole, or not at all. */
static void test_cut_at_every_byte(void **state)
{
    static struct kept_copy good, cut;
    struct fake *fake = *state;
    size_t first, second;

    assert_int_equal(write_text(fake->root, 0, "/tool/y", "before"), 0);
    first = file_size();
    assert_int_equal(write_text(fake->root, 0, "/tool/y", "first"), 0);
    second = file_size();
    assert_int_equal(write_text(fake->root, 0, "/tool/y", "second"), 0);
    kept_read(&good);
    for (size_t size = first; size <= good.size; size++) {
        const char *expected = size < second ? "before" : size < good.size ? "first" : "second";

        kept_stop(fake);
        cut = good;
        cut.size = size;
        kept_write(&cut);
        kept_start(fake);
        assert_string_equal(read_text(fake->root, 0, "/tool/y"), expected);
        /* What is written next follows the last whole turn. */
        assert_int_equal(write_text(fake->root, 0, "/tool/z", "later"), 0);
        kept_restart(fake);
        assert_string_equal(read_text(fake->root, 0, "/tool/y"), expected);
        assert_string_equal(read_text(fake->root, 0, "/tool/z"), "later");
    }
}

/* The file is replaced when changes outgrow the rest, and what is there then is still all. */
static void test_size_is_bounded(void **state)
{
    struct fake *fake = *state;
    char value[2001];
    struct stat status;
    off_t largest = 0;

    memset(value, 'v', sizeof(value) - 1);
    value[sizeof(value) - 1] = '\0';
    for (int i = 0; i < 2000; i++) {
        value[0] = (char)('a' + i % 26);
        assert_int_equal(write_text(fake->root, 0, "/tool/changing", value), 0);
        assert_int_equal(stat(kept_path, &status), 0);
        largest = status.st_size > largest ? status.st_size : largest;
    }
    assert_in_range(largest, 200000, 700000);
    kept_restart(fake);
    assert_string_equal(read_text(fake->root, 0, "/tool/changing"), value);
}

/* However long a file is, it is read again: here a node was written more often than 256 MiB hold.
 */
static void test_long_file(void **state)
{
    static struct kept_copy good;
    struct fake *fake = *state;
    char value[3901], *turn;
    size_t before, length;
    FILE *file;

    memset(value, 'v', sizeof(value) - 1);
    value[sizeof(value) - 1] = '\0';
    before = file_size();
    assert_int_equal(write_text(fake->root, 0, "/tool/long", value), 0);
    kept_read(&good);
    kept_stop(fake);
    kept_write(&good);
    turn = good.bytes + before;
    length = good.size - before;
    file = fopen(kept_path, "a");
    assert_non_null(file);
    for (size_t size = good.size; size < (260u << 20); size += length)
        assert_int_equal(fwrite(turn, 1, length, file), length);
    fclose(file);
    kept_start(fake);
    assert_string_equal(read_text(fake->root, 0, "/tool/long"), value);
    /* It does not stay so long. */
    assert_int_equal(write_text(fake->root, 0, "/tool/long", "short"), 0);
    fixture_run(&fake->server);
    assert_in_range(file_size(), 1, 1 << 20);
    kept_restart(fake);
    assert_string_equal(read_text(fake->root, 0, "/tool/long"), "short");
}

/* An empty one may wait there to be used again. */
static bool new_file_begun(const char *path)
{
    FILE *file = fopen(path, "r");
    int first = file ? fgetc(file) : EOF;

    if (file)
        fclose(file);
    return first > 0;
}

/* A new file is made in pieces, beside requests, and whoever is killed meanwhile loses nothing. */
static void test_replaced_beside_the_work(void **state)
{
    struct fake *fake = *state;
    char temporary[80], path[40], value[1001], request[1100];
    size_t length;
    unsigned int beside = 0;
    struct writer before;

    snprintf(temporary, sizeof(temporary), "%s.new", kept_path);
    memset(value, 'v', sizeof(value) - 1);
    value[sizeof(value) - 1] = '\0';
    for (int i = 0; i < 2000; i++) {
        snprintf(path, sizeof(path), "/tool/d%d/n%d", i % 20, i % 500);
        value[0] = (char)('a' + i % 26);
        length = (size_t)snprintf(request, sizeof(request), "%s%c%s", path, '\0', value);
        client_send(fake->root, XS_RM, 0, "/tool/d7/n7", 12);
        client_send(fake->root, XS_MKDIR, 0, "/tool/d7/n7", 12);
        client_send(fake->root, XS_WRITE, 0, request, length);
        server_turn(&fake->server);
        beside += new_file_begun(temporary);
        if (new_file_begun(temporary) && i % 2) {
            before = kept_dump(&fake->server);
            kept_restart(fake);
            assert_same(&before, &fake->server);
            writer_free(&before);
        }
        fake->root->from_server.length = 0;
    }
    assert_in_range(beside, 2, 2000);
    fixture_run(&fake->server);
    assert_false(new_file_begun(temporary));
    before = kept_dump(&fake->server);
    kept_restart(fake);
    assert_same(&before, &fake->server);
    writer_free(&before);
}

/* Files end at `size` bytes from now on, as a full disk would have it. */
static void limit_files(rlim_t size)
{
    struct rlimit limit;

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void await_next_attempt(struct server *server)
{
    usleep((useconds_t)(state_timeout(server) + 1) * 1000);
    fixture_run(server);
}

/* There is no room for one more turn, but for all there is. */
static void test_room_for_a_shorter_file(void **state)
{
    struct fake *fake = *state;
    char value[2001];

    memset(value, 'v', sizeof(value) - 1);
    value[sizeof(value) - 1] = '\0';
    limit_files(100000);
    for (int i = 0; i < 200; i++) {
        value[0] = (char)('a' + i % 26);
        assert_int_equal(write_text(fake->root, 0, "/tool/changing", value), 0);
        assert_false(state_behind(&fake->server));
        if (i % 16 == 15) {
            kept_restart(fake);
            assert_string_equal(read_text(fake->root, 0, "/tool/changing"), value);
        }
    }
    limit_files(RLIM_INFINITY);
}

/* There is none at all: nobody is told of what is not kept, and later it is. */
static void test_no_room(void **state)
{
    static struct kept_copy full;
    struct fake *fake = *state;
    struct client *reader;
    struct reply reply;

    assert_int_equal(write_text(fake->root, 0, "/tool/y", "before"), 0);
    limit_files(16);
    client_send(fake->root, XS_WRITE, 0, "/tool/y\0after", 13);
    fixture_run(&fake->server);
    assert_true(state_behind(&fake->server));
    assert_false(client_receive(fake->root, &reply));
    /* Others are served, but for what would need more room. */
    reader = client_privileged(&fake->server);
    assert_non_null(read_text(reader, 0, "/tool/y"));
    assert_int_equal(write_text(reader, 0, "/tool/z", "more"), ENOSPC);
    assert_int_equal(CALL(reader, XS_MKDIR, "/tool/z"), ENOSPC);
    kept_read(&full);
    await_next_attempt(&fake->server);
    assert_true(state_behind(&fake->server));
    assert_false(client_receive(fake->root, &reply));
    limit_files(RLIM_INFINITY);
    await_next_attempt(&fake->server);
    assert_false(state_behind(&fake->server));
    client_reply(fake->root, &reply);
    assert_int_equal(reply.header.type, XS_WRITE);
    assert_int_equal(write_text(reader, 0, "/tool/z", "more"), 0);
    client_free(reader);
    kept_restart(fake);
    assert_string_equal(read_text(fake->root, 0, "/tool/y"), "after");
    /* Who was killed meanwhile goes on from what was told. */
    kept_stop(fake);
    kept_write(&full);
    kept_start(fake);
    assert_string_equal(read_text(fake->root, 0, "/tool/y"), "before");
}

static void test_no_room_for_transactions(void **state)
{
    struct fake *fake = *state;
    struct client *other = client_privileged(&fake->server);
    uint32_t writing = start_transaction(other), reading = start_transaction(other);
    struct reply reply;

    assert_int_equal(write_text(other, writing, "/tool/t", "1"), 0);
    limit_files(16);
    client_send(fake->root, XS_RM, 0, "/tool/none", 11);
    client_send(fake->root, XS_WRITE, 0, "/tool/y\0after", 13);
    fixture_run(&fake->server);
    assert_true(state_behind(&fake->server));
    assert_int_equal(end_transaction(other, writing, true), ENOSPC);
    assert_int_equal(end_transaction(other, writing, true), ENOENT);
    client_send(other, XS_TRANSACTION_END, reading, "T", 2);
    fixture_run(&fake->server);
    limit_files(RLIM_INFINITY);
    await_next_attempt(&fake->server);
    client_reply(other, &reply);
    assert_int_equal(reply.header.type, XS_TRANSACTION_END);
    assert_null(read_text(other, 0, "/tool/t"));
    client_free(other);
    fake->root->from_server.length = 0;
}

/* A guest's events come while its answers wait, and none is lost. */
static void test_no_room_on_a_ring(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *app = &fake->domains[2];
    struct xsd_sockmsg header = {.type = XS_READ, .req_id = 3, .len = 5};
    struct reply reply;

    limit_files(16);
    guest_put(app, &header, sizeof(header));
    guest_put(app, "name", 5);
    app->event = true;
    handle_events(fake);
    assert_int_equal(app->page.rsp_prod, app->page.rsp_cons);
    header.req_id = 4;
    guest_put(app, &header, sizeof(header));
    guest_put(app, "name", 5);
    app->event = true;
    handle_events(fake);
    limit_files(RLIM_INFINITY);
    await_next_attempt(&fake->server);
    for (uint32_t id = 3; id <= 4; id++) {
        guest_take(app, &reply.header, sizeof(reply.header));
        assert_int_equal(reply.header.req_id, id);
        guest_take(app, reply.body, reply.header.len);
        assert_memory_equal(reply.body, "app", 3);
    }
}

/* One random change; now and then a transaction of some, which may fail at its end. */
static void change_at_random(struct client *client, uint32_t transaction)
{
    char name[64], value[8];
    int length = snprintf(name, sizeof(name), "/tool");

    for (int depth = rand() % 4; depth >= 0; depth--)
        length += snprintf(name + length, sizeof(name) - (size_t)length, "/%c%d", "ab1"[rand() % 3],
                           rand() % 12);
    snprintf(value, sizeof(value), "%d", rand() % 3);
    switch (rand() % 4) {
    case 0: call(client, XS_RM, transaction, name, strlen(name) + 1, NULL); break;
    case 1: set_permissions(client, name, rand() % 2 ? "n0 r2" : "b0"); break;
    default: write_text(client, transaction, name, value); break;
    }
}

/* Random changes, several in a turn: the next one has the same tree. */
static void test_differences(void **state)
{
    struct fake *fake = *state;
    struct writer before;

    srand(1);
    for (int i = 0; i < 3000; i++) {
        if (i % 7 == 0) {
            uint32_t transaction = start_transaction(fake->root);

            for (int k = 0; k < 4; k++)
                change_at_random(fake->root, transaction);
            change_at_random(fake->root, 0);
            end_transaction(fake->root, transaction, rand() % 4 != 0);
        } else {
            change_at_random(fake->root, 0);
        }
        client_send(fake->root, XS_RM, 0, "/tool/a1", 9);
        client_send(fake->root, XS_MKDIR, 0, "/tool/a1/b2/x", 14);
        client_send(fake->root, XS_RM, 0, "/tool/a1/b2/x", 14);
        client_send(fake->root, XS_RM, 0, i % 2 ? "/tool/a1/b2" : "/tool/a1", i % 2 ? 12 : 9);
        fixture_run(&fake->server);
        fake->root->from_server.length = 0;
        if (i % 150)
            continue;
        before = kept_dump(&fake->server);
        kept_restart(fake);
        assert_same(&before, &fake->server);
        writer_free(&before);
        assert_consistent(fake->root);
    }
}

/* A frame that a kill cut short in the room set aside is left out, and the next takes its place. */
static void test_kill_amid_a_frame(void **state)
{
    static struct kept_copy good, cut;
    struct fake *fake = *state;
    size_t before;

    assert_int_equal(write_text(fake->root, 0, "/tool/y", "before"), 0);
    before = file_size();
    assert_int_equal(write_text(fake->root, 0, "/tool/y", "after"), 0);
    kept_read(&good);
    for (size_t size = before; size < good.size; size++) {
        kept_stop(fake);
        cut = good;
        memset(cut.bytes + before, 0, FRAME_HEADING);
        memset(cut.bytes + size, 0, sizeof(cut.bytes) - size);
        cut.size = sizeof(cut.bytes);
        kept_write(&cut);
        kept_start(fake);
        assert_string_equal(read_text(fake->root, 0, "/tool/y"), "before");
        assert_int_equal(write_text(fake->root, 0, "/tool/z", "later"), 0);
        kept_restart(fake);
        assert_string_equal(read_text(fake->root, 0, "/tool/z"), "later");
    }
}

/* What is set aside is used up again and again. */
static void test_many_turns(void **state)
{
    struct fake *fake = *state;
    char value[32];

    for (int i = 0; i < 5000; i++) {
        snprintf(value, sizeof(value), "%d", i);
        assert_int_equal(write_text(fake->root, 0, "/tool/y", value), 0);
        if (i % 97 == 0)
            kept_restart(fake);
        assert_string_equal(read_text(fake->root, 0, "/tool/y"), value);
    }
}

/* In memory two files take turns, and nothing that the one held is ever read in the other's place:
 * here each turn takes as many bytes as any other, so that what was left would be whole. */
static void test_used_again(void **state)
{
    struct fake *fake = *state;
    struct stat status;
    char value[1001], number[16];
    ino_t first = 0, second = 0;
    unsigned int changes = 0;

    memset(value, 'v', sizeof(value) - 1);
    value[sizeof(value) - 1] = '\0';
    for (int i = 0; i < 3000; i++) {
        static struct kept_copy now;

        memcpy(value, number, (size_t)snprintf(number, sizeof(number), "%d", 10000 + i));
        assert_int_equal(write_text(fake->root, 0, "/tool/y", value), 0);
        assert_int_equal(stat(kept_path, &status), 0);
        if (status.st_ino == first)
            continue;
        /* A new one has just taken the place of the old. */
        if (changes++ > 1)
            assert_int_equal(status.st_ino, second);
        second = first;
        first = status.st_ino;
        kept_read(&now);
        assert_in_range(now.size, 1, 100000);
    }
    assert_in_range(changes, 4, 3000);
    kept_restart(fake);
    assert_string_equal(read_text(fake->root, 0, "/tool/y"), value);
}

static bool is_in_memory(const char *directory)
{
    struct statfs status;

    return statfs(directory, &status) == 0 && status.f_type == TMPFS_MAGIC;
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, kept_setup, kept_teardown)
    const struct CMUnitTest anywhere[] = {
        TEST(test_damaged_files),
        TEST(test_cut_at_every_byte),
        TEST(test_size_is_bounded),
        TEST(test_long_file),
        TEST(test_replaced_beside_the_work),
        TEST(test_kill_amid_a_frame),
        TEST(test_many_turns),
        TEST(test_differences),
    };
    /* Where room that is set aside hides that there is no more, only its end would be found. */
    const struct CMUnitTest on_disk[] = {
        TEST(test_room_for_a_shorter_file),
        TEST(test_no_room),
        TEST(test_no_room_for_transactions),
        TEST(test_no_room_on_a_ring),
    };
    const struct CMUnitTest in_memory[] = {
        TEST(test_used_again),
    };
    int failed = 0;

    kept_directory = is_in_memory("/tmp") ? "/var/tmp" : "/tmp";
    if (!is_in_memory(kept_directory)) {
        failed += cmocka_run_group_tests_name("on a disk", anywhere, NULL, NULL);
        failed += cmocka_run_group_tests_name("on a disk, full", on_disk, NULL, NULL);
    }
    if (is_in_memory("/dev/shm")) {
        kept_directory = "/dev/shm";
        failed += cmocka_run_group_tests_name("in memory", anywhere, NULL, NULL);
        failed += cmocka_run_group_tests_name("in memory only", in_memory, NULL, NULL);
    }
    return failed;
}
