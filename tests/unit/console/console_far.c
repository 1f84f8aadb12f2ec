/* SPDX-License-Identifier: MIT */
/* xenconsoled and its clients in the control domain, and every way in which they can go. */
#include <stdio.h>
#include <string.h>

#include "console_board.h"

static void a_far_client_talks(void **state)
{
    struct far_client client;

    (void)state;
    guest_says(app_page, APP, "app login: ");
    far_attach(&client, 50, APP);
    assert_int_equal(vchan_peer(&client.vchan), VCHAN_CONNECTED);
    assert_string_equal(far_reads(&client), "app login: "); /* what was there before */
    assert_int_equal(vchan_write(&client.vchan, "root\n", 5), 5);
    run();
    assert_string_equal(guest_hears(app_page), "root\n");
    guest_says(app_page, APP, "# ");
    assert_string_equal(far_reads(&client), "# ");
    vchan_leave(&client.vchan);
    run();
    assert_false(request_exists(&client));
    assert_int_equal(fake_mapped(), 1);
    assert_int_equal(fake_bound(), baseline_bound);
}

/* More than a ring of it, and then a word that it was all. */
static void a_far_client_reads_the_last_life(void **state)
{
    struct far_client client;
    char text[1200];

    (void)state;
    memset(text, 'x', sizeof text - 2);
    memcpy(text + sizeof text - 2, "\n", 2);
    for (int i = 0; i < 3; i++) {
        guest_says(app_page, APP, text);
        run();
    }
    fake_domain_flag(APP, XEN_DOMINF_shutdown);
    fake_store_fire("@releaseDomain");
    run();
    far_prepare(&client, CONTROL, 50);
    request_node(&client, "what", "last");
    announce(&client, APP);
    assert_true(strlen(far_reads(&client)) > 1000);
    for (int i = 0; i < 100 && !*reason_of(&client); i++)
        far_reads(&client);
    assert_string_equal(reason_of(&client), "that was all");
    vchan_leave(&client.vchan);
    run();
    assert_int_equal(fake_bound(), baseline_bound - 1); /* without the console's own */

    far_prepare(&client, CONTROL, 51);
    request_node(&client, "what", "nothing");
    announce(&client, APP);
    far_reads(&client);
    assert_string_equal(reason_of(&client),
                        "only last and log are known besides the console itself");
}

/* What was typed before a client went reaches the guest. */
static void the_last_words_of_a_client(void **state)
{
    struct far_client client;

    (void)state;
    far_attach(&client, 50, APP);
    vchan_write(&client.vchan, "poweroff\n", 9);
    vchan_leave(&client.vchan);
    run();
    assert_string_equal(guest_hears(app_page), "poweroff\n");
    assert_int_equal(fake_bound(), baseline_bound);
}

/* A client can tell when the guest has read what it typed. */
static void input_is_acknowledged(void **state)
{
    struct far_client client;

    (void)state;
    far_attach(&client, 50, APP);
    vchan_write(&client.vchan, "ls\n", 3);
    run();
    assert_int_equal(vchan_told(&client.vchan), 0);
    app_page->in_cons += 2;
    fake_send(APP, CONSOLE_PORT);
    run();
    assert_int_equal(vchan_told(&client.vchan), 0);
    app_page->in_cons++;
    fake_send(APP, CONSOLE_PORT);
    run();
    assert_int_equal(vchan_told(&client.vchan), 3);
}

static void several_clients_see_the_same(void **state)
{
    struct far_client one, two;

    (void)state;
    far_attach(&one, 50, APP);
    far_attach(&two, 51, APP);
    guest_says(app_page, APP, "both\n");
    assert_string_equal(far_reads(&one), "both\n");
    assert_string_equal(far_reads(&two), "both\n");
    vchan_write(&two.vchan, "2", 1);
    run();
    vchan_write(&one.vchan, "1", 1);
    run();
    assert_string_equal(guest_hears(app_page), "21");
}

/* The kernel clears srv_live and sends the event when a client's process dies. */
static void a_client_crashes(void **state)
{
    struct far_client client;

    (void)state;
    far_attach(&client, 50, APP);
    client.vchan.page->srv_live = 0;
    far_notify(&client);
    run();
    assert_false(request_exists(&client));
    assert_int_equal(fake_mapped(), 1);
    assert_int_equal(fake_bound(), baseline_bound);
}

/* The same with input that the guest does not take. */
static void a_client_crashes_with_a_full_ring(void **state)
{
    struct far_client client;
    static char junk[1024];

    (void)state;
    far_attach(&client, 50, APP);
    for (int i = 0; i < 3; i++) {
        vchan_write(&client.vchan, junk, sizeof junk);
        run();
    }
    client.vchan.page->srv_live = 0;
    far_notify(&client);
    run();
    assert_int_equal(fake_bound(), baseline_bound);
}

static void a_client_breaks_the_channel(void **state)
{
    struct far_client client;

    (void)state;
    far_attach(&client, 50, APP);
    client.vchan.page->right.prod = 5000;
    far_notify(&client);
    run();
    assert_int_equal(vchan_peer(&client.vchan), VCHAN_GONE);
    assert_int_equal(fake_bound(), baseline_bound);
    guest_says(app_page, APP, "unharmed\n");
    assert_true(log_has("guest-app.log", "unharmed"));
}

static void no_such_domain(void **state)
{
    struct far_client client;

    (void)state;
    far_attach(&client, 50, 99);
    assert_int_equal(vchan_peer(&client.vchan), VCHAN_GONE);
    assert_string_equal(reason_of(&client), "no such domain");
    assert_true(request_exists(&client)); /* until the client has read it */
    vchan_leave(&client.vchan);
    run();
    assert_false(request_exists(&client));
    assert_int_equal(fake_mapped(), 1);
    assert_int_equal(fake_bound(), baseline_bound);
}

static void a_domain_without_a_console(void **state)
{
    struct far_client client;

    (void)state;
    far_attach(&client, 50, CONTROL);
    assert_string_equal(reason_of(&client), "the domain has no PV console");
}

/* A plain guest may write the same nodes under its own directory. Nobody looks. */
static void a_plain_guest_cannot_attach(void **state)
{
    struct far_client client;

    (void)state;
    add_guest(3, "spy");
    fake_store_fire("@introduceDomain");
    run();
    far_prepare(&client, 3, 60);
    announce(&client, APP);
    assert_int_equal(vchan_peer(&client.vchan), VCHAN_WAITING);
    assert_int_equal(fake_mapped(), 2);
}

/* A request whose client has died before the daemon saw it. */
static void stale_requests_are_removed(void **state)
{
    struct far_client client;

    (void)state;
    far_prepare(&client, CONTROL, 50);
    fake_port_close(CONTROL, 50);
    announce(&client, APP);
    assert_false(request_exists(&client));

    far_prepare(&client, CONTROL, 51);
    fake_grant_revoke(CONTROL, 51);
    announce(&client, APP);
    assert_false(request_exists(&client));

    /* The grant's number stands for a page of another use by now: it stays as it is. */
    far_prepare(&client, CONTROL, 52);
    memset(client.vchan.page, 0xa5, VCHAN_PAGE_SIZE);
    announce(&client, APP);
    assert_false(request_exists(&client));
    assert_int_equal(client.vchan.page->srv_live, 0xa5);
    assert_int_equal(fake_bound(), baseline_bound);
    assert_int_equal(fake_mapped(), 1);
}

static void requests_to_an_earlier_daemon_are_removed(void **state)
{
    struct far_client client;

    (void)state;
    far_prepare(&client, CONTROL, 50);
    request_node(&client, "generation", "earlier");
    request_number(&client, "domain", APP);
    run();
    assert_false(request_exists(&client));
    assert_int_equal(fake_bound(), baseline_bound);
}

static void too_many_sessions(void **state)
{
    static struct far_client clients[40];
    unsigned int accepted = 0;

    (void)state;
    for (uint32_t i = 0; i < 40; i++) {
        far_attach(&clients[i], 50 + i, APP);
        accepted += vchan_peer(&clients[i].vchan) == VCHAN_CONNECTED;
    }
    assert_int_equal(accepted, 32);
    assert_false(request_exists(&clients[39]));
    vchan_leave(&clients[0].vchan);
    run();
    far_attach(&clients[39], 99, APP);
    assert_int_equal(vchan_peer(&clients[39].vchan), VCHAN_CONNECTED);
}

/* More output than the history holds, to a client that keeps reading: nothing is lost. */
static void a_reading_client_loses_nothing(void **state)
{
    struct far_client client;
    char line[32];
    static char all[200000], sent[200000];
    size_t sent_size = 0, all_size = 0;
    uint64_t deadline = loop_now() + 20000;

    (void)state;
    far_attach(&client, 50, APP);
    for (unsigned int number = 0;
         (number < 3000 || all_size < sent_size) && loop_now() < deadline;) {
        int length = snprintf(line, sizeof line, "line %u of many\n", number);
        const char *got;

        while (number < 3000 &&
               app_page->out_prod - app_page->out_cons + (unsigned int)length <= 2048) {
            put(app_page, line, (size_t)length);
            memcpy(sent + sent_size, line, (size_t)length);
            sent_size += (size_t)length;
            length = snprintf(line, sizeof line, "line %u of many\n", ++number);
        }
        fake_send(APP, CONSOLE_PORT);
        loop_once(&daemon_state->loop, 1);
        got = far_reads(&client);
        memcpy(all + all_size, got, strlen(got));
        all_size += strlen(got);
    }
    assert_int_equal(all_size, sent_size);
    assert_memory_equal(all, sent, sent_size);
}

/* One that is kept from running for a while, on a machine with much to do, loses nothing either. */
static void a_client_that_was_held_up(void **state)
{
    struct far_client client;
    static char all[20000], piece[1024];
    size_t sent = 0, got = 0;
    uint64_t held = loop_now() + 1000, deadline = held + 20000;

    (void)state;
    far_attach(&client, 50, APP);
    while (loop_now() < deadline && got < sizeof all) {
        if (sent < sizeof all && app_page->out_prod - app_page->out_cons <= sizeof piece) {
            size_t size = sizeof all - sent < sizeof piece ? sizeof all - sent : sizeof piece;

            memset(piece, 'a' + (int)(sent / sizeof piece), size);
            put(app_page, piece, size);
            sent += size;
        }
        fake_send(APP, CONSOLE_PORT);
        loop_once(&daemon_state->loop, 1);
        if (loop_now() >= held) {
            const char *text = far_reads(&client);

            memcpy(all + got, text, strlen(text));
            got += strlen(text);
        }
    }
    assert_int_equal(got, sizeof all);
    for (size_t i = 0; i < sizeof all; i++)
        assert_int_equal(all[i], 'a' + (int)(i / sizeof piece));
}

/* A client that reads nothing holds the guest up for a moment, not for ever. */
static void a_client_that_does_not_read(void **state)
{
    struct far_client client;
    static char junk[2048];
    uint64_t end = loop_now() + 20000;
    unsigned int rounds = 0;

    (void)state;
    far_attach(&client, 50, APP);
    memset(junk, 'z', sizeof junk);
    while (loop_now() < end && rounds < 50) {
        if (app_page->out_cons == app_page->out_prod) {
            put(app_page, junk, sizeof junk);
            rounds++;
        }
        fake_send(APP, CONSOLE_PORT);
        loop_once(&daemon_state->loop, 5);
    }
    assert_int_equal(rounds, 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOARD_TEST(a_far_client_talks),
        BOARD_TEST(a_far_client_reads_the_last_life),
        BOARD_TEST(the_last_words_of_a_client),
        BOARD_TEST(input_is_acknowledged),
        BOARD_TEST(several_clients_see_the_same),
        BOARD_TEST(a_client_crashes),
        BOARD_TEST(a_client_crashes_with_a_full_ring),
        BOARD_TEST(a_client_breaks_the_channel),
        BOARD_TEST(no_such_domain),
        BOARD_TEST(a_domain_without_a_console),
        BOARD_TEST(a_plain_guest_cannot_attach),
        BOARD_TEST(stale_requests_are_removed),
        BOARD_TEST(requests_to_an_earlier_daemon_are_removed),
        BOARD_TEST(too_many_sessions),
        BOARD_TEST(a_reading_client_loses_nothing),
        BOARD_TEST(a_client_that_was_held_up),
        BOARD_TEST(a_client_that_does_not_read),
    };

    return cmocka_run_group_tests_name("xenconsoled, clients in other domains", tests,
                                       make_directory, remove_directory);
}
