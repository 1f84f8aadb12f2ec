/* SPDX-License-Identifier: MIT */
/* xenconsoled and its guests: they come, flood, lie, shut down and go. */
#include <string.h>

#include <console_protocol.h>
#include <xenctl/xenctl.h>

#include "console_board.h"

static void a_guest_is_served_and_logged(void **state)
{
    (void)state;
    assert_int_equal(app_page->connection, XENCONSOLE_CONNECTED);
    fake_received(APP, CONSOLE_PORT);
    guest_says(app_page, APP, "app login: ");
    assert_int_equal(app_page->out_cons, app_page->out_prod);
    assert_true(fake_received(APP, CONSOLE_PORT) > 0);
    assert_true(log_has("guest-app.log", "app login: "));
    assert_string_equal(fake_store_read(CONSOLE_DAEMON_DOMID), "0");
    assert_string_equal(fake_store_read(CONSOLE_DAEMON_SOCKET), socket_path);
}

static void a_later_guest_is_found(void **state)
{
    struct xencons_interface *page;

    (void)state;
    page = add_guest(3, "late");
    fake_store_fire("@introduceDomain");
    run();
    guest_says(page, 3, "here I am\n");
    assert_true(log_has("guest-late.log", "here I am"));
}

/* The keys may come after the domain. */
static void keys_that_come_later(void **state)
{
    struct xencons_interface *page;

    (void)state;
    fake_domain_add(3, false);
    fake_store_write("/local/domain/3/name", "slow");
    fake_store_fire("@introduceDomain");
    run();
    assert_int_equal(fake_mapped(), 1);
    page = add_guest(3, "slow");
    run();
    guest_says(page, 3, "at last\n");
    assert_true(log_has("guest-slow.log", "at last"));
}

static void a_console_of_another_type_is_left_alone(void **state)
{
    (void)state;
    add_guest(3, "ioemu");
    fake_store_write("/local/domain/3/console/type", "ioemu");
    fake_store_fire("@introduceDomain");
    run();
    assert_int_equal(fake_mapped(), 1);
}

static void a_hostile_ring_is_dropped_alone(void **state)
{
    struct xencons_interface *page;

    (void)state;
    page = add_guest(3, "mad");
    fake_store_fire("@introduceDomain");
    run();
    assert_int_equal(fake_mapped(), 2);
    page->out_prod = page->out_cons + 5000;
    fake_send(3, CONSOLE_PORT);
    run();
    assert_int_equal(fake_mapped(), 1);
    /* It is not taken up again, whatever its keys do. */
    page->out_prod = page->out_cons = 0;
    fake_store_write("/local/domain/3/console/port", "7");
    fake_store_fire("@introduceDomain");
    run();
    assert_int_equal(fake_mapped(), 1);
    guest_says(app_page, APP, "still served\n");
    assert_true(log_has("guest-app.log", "still served"));
}

static void a_hostile_input_index(void **state)
{
    struct far_client client;

    (void)state;
    far_attach(&client, 50, APP);
    app_page->in_cons = app_page->in_prod + 1;
    vchan_write(&client.vchan, "x", 1);
    run();
    assert_int_equal(vchan_peer(&client.vchan), VCHAN_GONE);
    assert_string_equal(reason_of(&client), "the domain broke its console's ring");
    vchan_leave(&client.vchan);
    run();
    assert_int_equal(fake_mapped(), 0);
}

/* A guest that floods gets its share and no more; another is served all the same. */
static void a_flood_is_slowed_down(void **state)
{
    struct xencons_interface *page;
    static char junk[2048];
    unsigned int taken = 0;
    uint64_t start;

    (void)state;
    page = add_guest(3, "flood");
    fake_store_fire("@introduceDomain");
    run();
    memset(junk, 'j', sizeof junk);
    start = loop_now();
    for (int i = 0; i < 1000; i++) {
        if (page->out_cons == page->out_prod) {
            put(page, junk, sizeof junk);
            taken++;
        }
        fake_send(3, CONSOLE_PORT);
        loop_once(&daemon_state->loop, 0);
    }
    assert_in_range(taken, 30, (64 + 20) * ((loop_now() - start) / 100 + 2));
    guest_says(app_page, APP, "not starved\n");
    assert_true(log_has("guest-app.log", "not starved"));
    run_for(150);
    assert_int_equal(page->out_cons, page->out_prod); /* slowed, not stopped */
}

static void the_daemon_starts_after_the_guest_spoke(void **state)
{
    (void)state;
    stop_daemon();
    assert_int_equal(app_page->connection, XENCONSOLE_DISCONNECTED);
    put(app_page, "before you came\n", 16);
    start_daemon();
    assert_true(log_has("guest-app.log", "before you came"));
}

static void hypervisor_log_is_followed(void **state)
{
    (void)state;
    fake_hypervisor_log("(XEN) one\n");
    run();
    fake_hypervisor_log("(XEN) two\n");
    run();
    assert_true(log_has("hypervisor.log", "(XEN) one\n(XEN) two\n"));
}

/* A later daemon goes on where the first has got to. */
static void hypervisor_log_is_not_logged_again(void **state)
{
    (void)state;
    fake_hypervisor_log("(XEN) one\n");
    run();
    stop_daemon();
    fake_hypervisor_log("(XEN) two\n");
    start_daemon();
    assert_true(log_has("hypervisor.log", "(XEN) one\n(XEN) two\n"));
    assert_false(log_has("hypervisor.log", "(XEN) two\n(XEN) one\n"));
    assert_false(log_has("hypervisor.log", "(XEN) one\n(XEN) one\n"));
}

/* Of what nobody hears the guest sends less; whoever attaches has all of it. */
static void a_flood_that_nobody_hears(void **state)
{
    static char piece[1025];
    struct far_client client;
    size_t received = 0;
    uint64_t end;
    int taken = 0;

    (void)state;
    memset(piece, 'y', 1024);
    stop_daemon();
    log_rate = log_burst = 1024;
    start_daemon();
    log_rate = log_burst = 0;
    guest_says(app_page, APP, piece);
    guest_says(app_page, APP, piece);
    for (end = loop_now() + 1500; loop_now() < end; run_for(5)) {
        if (app_page->out_cons != app_page->out_prod)
            continue;
        guest_says(app_page, APP, piece);
        taken++;
    }
    assert_in_range(taken, 1, 20); /* and not every 5 ms */
    assert_true(log_has("guest-app.log", "bytes are left out here"));
    far_attach(&client, 50, APP);
    run_for(20);
    far_reads(&client);
    for (int i = 0; i < 20; i++) {
        guest_says(app_page, APP, piece);
        run_for(20);
        received += strlen(far_reads(&client));
    }
    assert_int_equal(received, 20 * 1024);
    vchan_leave(&client.vchan);
    run();
}

/* ---- Ends ------------------------------------------------------------------------------------ */

static void a_guest_shuts_down(void **state)
{
    struct far_client client, late;

    (void)state;
    far_attach(&client, 50, APP);
    put(app_page, "Power down\n", 11);
    fake_domain_flag(APP, XEN_DOMINF_shutdown);
    fake_store_fire("@releaseDomain");
    run();
    assert_string_equal(far_reads(&client), "Power down\n");
    assert_int_equal(vchan_peer(&client.vchan), VCHAN_GONE);
    assert_string_equal(reason_of(&client), "the domain has shut down");
    vchan_leave(&client.vchan);
    run();
    assert_int_equal(fake_mapped(), 0);

    /* What it said last can still be had. */
    far_attach(&late, 51, APP);
    assert_string_equal(far_reads(&late), "Power down\n");
    assert_int_equal(vchan_peer(&late.vchan), VCHAN_GONE);

    /* And it may run again. */
    app_page->out_prod = app_page->out_cons = 0;
    fake_domain_flag(APP, XEN_DOMINF_running);
    fake_store_fire("@introduceDomain");
    run();
    guest_says(app_page, APP, "booting again\n");
    assert_true(log_has("guest-app.log", "booting again"));
}

static void a_guest_is_destroyed(void **state)
{
    struct far_client client;

    (void)state;
    far_attach(&client, 50, APP);
    fake_domain_remove(APP);
    fake_store_remove("/local/domain/2");
    fake_store_fire("@releaseDomain");
    run();
    assert_int_equal(vchan_peer(&client.vchan), VCHAN_GONE);
    assert_string_equal(reason_of(&client), "the domain is gone");
    vchan_leave(&client.vchan);
    run();
    assert_int_equal(fake_mapped(), 0);
    assert_false(request_exists(&client));

    add_guest(4, "second");
    fake_store_fire("@introduceDomain");
    run();
    assert_int_equal(fake_mapped(), 1);
}

/* It was destroyed and started anew before the daemon looked. */
static void a_guest_is_replaced(void **state)
{
    struct far_client client;
    struct xencons_interface *page;

    (void)state;
    far_attach(&client, 50, APP);
    fake_grant_revoke(APP, 0);
    page = fake_grant(APP, 0);
    fake_domain_replace(APP);
    fake_store_fire("@releaseDomain");
    fake_store_fire("@introduceDomain");
    run();
    assert_string_equal(reason_of(&client), "the domain is gone");
    assert_int_equal(page->connection, XENCONSOLE_CONNECTED);
    guest_says(page, APP, "second life\n");
    assert_true(log_has("guest-app.log", "second life"));
}

/* Who asks for its console before the daemon has heard of that gets the new one's. */
static void a_guest_is_replaced_and_asked_for(void **state)
{
    struct far_client early, late;
    struct xencons_interface *page;

    (void)state;
    far_attach(&early, 50, APP);
    guest_says(app_page, APP, "first life\n");
    fake_grant_revoke(APP, 0);
    page = fake_grant(APP, 0);
    fake_domain_replace(APP);
    far_attach(&late, 51, APP);
    assert_int_equal(vchan_peer(&late.vchan), VCHAN_CONNECTED);
    assert_string_equal(reason_of(&early), "the domain is gone");
    guest_says(page, APP, "second life\n");
    assert_string_equal(far_reads(&late), "second life\n");
    assert_string_equal(far_reads(&early), "first life\n");
}

static void the_control_domain_dies(void **state)
{
    struct far_client client;

    (void)state;
    far_attach(&client, 50, APP);
    fake_domain_flag(CONTROL, XEN_DOMINF_shutdown);
    fake_store_fire("@releaseDomain");
    run();
    assert_int_equal(fake_mapped(), 1);
    assert_int_equal(fake_bound(), baseline_bound);
    assert_false(request_exists(&client));
}

static void the_daemon_ends(void **state)
{
    struct far_client client;

    far_attach(&client, 50, APP);
    stop_daemon();
    assert_int_equal(vchan_peer(&client.vchan), VCHAN_GONE);
    assert_false(request_exists(&client));
    assert_int_equal(fake_mapped(), 0);
    assert_int_equal(fake_bound(), 0);
    (void)state;
    start_daemon();
}

static void xenstored_starts_later(void **state)
{
    (void)state;
    stop_daemon();
    fake_store_stop();
    start_daemon();
    assert_int_equal(fake_mapped(), 0);
    fake_store_start();
    run_for(1200);
    run();
    assert_string_equal(fake_store_read(CONSOLE_DAEMON_DOMID), "0");
    guest_says(app_page, APP, "served at last\n");
    assert_true(log_has("guest-app.log", "served at last"));
}

static void xenstored_restarts(void **state)
{
    struct far_client client;

    (void)state;
    fake_store_stop();
    run();
    guest_says(app_page, APP, "without a store\n");
    assert_true(log_has("guest-app.log", "without a store"));
    fake_store_start();
    run_for(1200);
    far_attach(&client, 50, APP);
    assert_int_equal(vchan_peer(&client.vchan), VCHAN_CONNECTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOARD_TEST(a_guest_is_served_and_logged),
        BOARD_TEST(a_later_guest_is_found),
        BOARD_TEST(keys_that_come_later),
        BOARD_TEST(a_console_of_another_type_is_left_alone),
        BOARD_TEST(a_hostile_ring_is_dropped_alone),
        BOARD_TEST(a_hostile_input_index),
        BOARD_TEST(a_flood_is_slowed_down),
        BOARD_TEST(the_daemon_starts_after_the_guest_spoke),
        BOARD_TEST(hypervisor_log_is_followed),
        BOARD_TEST(hypervisor_log_is_not_logged_again),
        BOARD_TEST(a_flood_that_nobody_hears),
        BOARD_TEST(a_guest_shuts_down),
        BOARD_TEST(a_guest_is_destroyed),
        BOARD_TEST(a_guest_is_replaced),
        BOARD_TEST(a_guest_is_replaced_and_asked_for),
        BOARD_TEST(the_control_domain_dies),
        BOARD_TEST(the_daemon_ends),
        BOARD_TEST(xenstored_starts_later),
        BOARD_TEST(xenstored_restarts),
    };

    return cmocka_run_group_tests_name("xenconsoled", tests, make_directory, remove_directory);
}
