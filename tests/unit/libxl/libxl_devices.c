/* SPDX-License-Identifier: MIT */
/* libxl's devices: what is in xenstore when. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxl/device.h>

#include "libxl_fake.h"
#include "libxl_run.h"

#define BACK   "/local/domain/0/backend/vbd/2/51712"
#define FRONT  "/local/domain/2/device/vbd/51712"
#define OWN    "/libxl/2/device/vbd/51712"
#define VIF    "/local/domain/0/backend/vif/2/0"
#define DAEMON "/local/domain/0/libxl/devd"

static struct libxl_ctx *ctx;

static int begin(void **state)
{
    board(state);
    ctx = libxl_open();
    fake_write(DAEMON, "77");
    fake_write("/local/domain/2/vm", "/vm/ab000000-0000-0000-0000-000000000001");
    return ctx ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    libxl_close(ctx);
    return 0;
}

static enum libxl_code parse_disk(const char *spec, struct libxl_disk *disk)
{
    libxl_disk_init(disk);
    return libxl_disk_parse(ctx, &spec, 1, disk);
}

static enum libxl_code parse_nic(const char *spec, struct libxl_nic *nic)
{
    libxl_nic_init(nic);
    return libxl_nic_parse(ctx, &spec, 1, nic);
}

/* ---- Adding ---- */

static enum libxl_code add_disk(const char *spec, struct libxl_disk *disk)
{
    enum libxl_code code = parse_disk(spec, disk);
    return code ? code : libxl_disk_add(ctx, 2, disk);
}

static void a_disk_has_xens_nodes(void **state)
{
    static const struct {
        const char *path, *value;
    } nodes[] = {
        {BACK "/frontend", FRONT},
        {BACK "/frontend-id", "2"},
        {BACK "/online", "1"},
        {BACK "/state", "1"},
        {BACK "/mode", "r"},
        {BACK "/params", "/dev/vda2"},
        {BACK "/type", "phy"},
        {BACK "/dev", "xvda"},
        {BACK "/device-type", "disk"},
        {BACK "/removable", "0"},
        {BACK "/discard-enable", "1"},
        {BACK "/script", "/etc/xen/scripts/block"},
        {FRONT "/backend", BACK},
        {FRONT "/backend-id", "0"},
        {FRONT "/state", "1"},
        {FRONT "/virtual-device", "51712"},
        {FRONT "/device-type", "disk"},
        {OWN "/backend", BACK},
        {OWN "/frontend", FRONT},
        {OWN "/params", "/dev/vda2"},
    };
    struct libxl_disk disk;
    (void)state;
    fake.store_conflicts = 2;
    assert_int_equal(add_disk("/dev/vda2,,xvda,r", &disk), LIBXL_OK);
    for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
        assert_non_null(fake_read(nodes[i].path));
        assert_string_equal(fake_read(nodes[i].path), nodes[i].value);
    }
    assert_string_equal(fake_permissions(BACK), "n0,r2");
    assert_string_equal(fake_permissions(FRONT), "n2,r0");
    assert_int_equal(disk.device.backend_domid, 0);
}

static void a_network_has_xens_nodes(void **state)
{
    struct libxl_nic nic, other;
    uint8_t mac[6];
    const uint8_t uuid[16] = {0xab, [15] = 1};
    char text[18];
    (void)state;
    assert_int_equal(parse_nic("bridge=br0,rate=10Mb/s,mtu=1400,vifname=a,ip=1,gatewaydev=e", &nic),
                     LIBXL_OK);
    assert_int_equal(libxl_nic_add(ctx, 2, &nic), LIBXL_OK);
    libxl_mac_make(uuid, 0, mac);
    libxl_mac_format(mac, text);
    assert_string_equal(fake_read(VIF "/mac"), text);
    assert_string_equal(fake_read("/local/domain/2/device/vif/0/mac"), text);
    assert_string_equal(fake_read(VIF "/handle"), "0");
    assert_string_equal(fake_read(VIF "/bridge"), "br0");
    assert_string_equal(fake_read(VIF "/script"), "/etc/xen/scripts/vif-bridge");
    assert_string_equal(fake_read(VIF "/hotplug-status"), "");
    assert_string_equal(fake_read(VIF "/rate"), "62500,50000");
    assert_string_equal(fake_read(VIF "/mtu"), "1400");
    assert_int_equal(parse_nic("script=/my/script", &other), LIBXL_OK);
    assert_int_equal(libxl_nic_add(ctx, 2, &other), LIBXL_OK);
    assert_int_equal(other.device.devid, 1);
    assert_memory_not_equal(nic.mac, other.mac, 6);
    struct libxl_nic *list;
    size_t count;
    assert_int_equal(libxl_nic_list(ctx, 2, &list, &count), LIBXL_OK);
    assert_int_equal(count, 2);
    assert_int_equal(list[0].rate_bytes, 62500);
    assert_int_equal(list[0].mtu, 1400);
    assert_string_equal(list[0].ifname, "a");
    assert_string_equal(list[1].script, "/my/script");
    free(list);
    assert_int_equal(libxl_nic_find(ctx, 2, "1", &nic), LIBXL_OK);
    assert_int_equal(libxl_nic_find(ctx, 2, text, &nic), LIBXL_OK);
    assert_int_equal(nic.device.devid, 0);
    assert_int_equal(libxl_nic_find(ctx, 2, "7", &nic), LIBXL_FAILED);
    assert_string_equal(libxl_error(ctx), "app (domain 2) has no network '7'.");
}

static void refused(const char *spec, const char *error)
{
    struct libxl_disk disk;
    assert_int_equal(add_disk(spec, &disk), LIBXL_FAILED);
    assert_string_equal(libxl_error(ctx), error);
}

static void adding_is_refused(void **state)
{
    struct libxl_disk disk;
    (void)state;
    assert_int_equal(add_disk("/a,,xvda", &disk), LIBXL_OK);
    refused("/b,,xvda", "xvda of app (domain 2) is there already.");
    assert_string_equal(fake_read(BACK "/params"), "/a");
    refused("/a,,xvdb",
            "/a is in use as xvda of app (domain 2): what one guest writes no other can have.");
    refused("/a,,xvdb,ro",
            "/a is in use as xvda of app (domain 2): what one guest writes no other can have.");
    assert_int_equal(add_disk("/c,,xvdc,ro", &disk), LIBXL_OK);
    assert_int_equal(add_disk("/c,,xvdd,ro", &disk), LIBXL_OK);
    refused("/c,,xvde",
            "/c is in use as xvdc of app (domain 2): what one guest writes no other can have.");
    refused("/d,,xvdf,backend=2", "Domain 2 cannot serve itself: it has the device.");
    assert_int_equal(add_disk("/d,,xvdf,backend=9", &disk), LIBXL_NO_DOMAIN);
    assert_string_equal(libxl_error(ctx), "The backend's domain 9 does not exist.");
    assert_int_equal(add_disk("/d,,xvdf,backend=nobody", &disk), LIBXL_NO_DOMAIN);
    assert_int_equal(libxl_disk_add(ctx, 77, &disk), LIBXL_NO_DOMAIN);
    assert_string_equal(libxl_error(ctx), "Domain '77' does not exist.");
    snprintf(disk.vdev, sizeof(disk.vdev), "what");
    assert_int_equal(libxl_disk_add(ctx, 2, &disk), LIBXL_FAILED);
}

/* A backend's directory that outlived its domain is in nobody's way. */
static void what_is_stale_is_replaced(void **state)
{
    struct libxl_disk disk;
    (void)state;
    fake_write(BACK "/params", "/a");
    fake_write(BACK "/mode", "w");
    fake_write(BACK "/frontend", FRONT);
    fake_write(BACK "/old", "1");
    fake_write(BACK "/state", "6");
    assert_int_equal(add_disk("/a,,xvdb", &disk), LIBXL_OK);
    assert_int_equal(add_disk("/b,,xvda", &disk), LIBXL_OK);
    assert_null(fake_read(BACK "/old"));
    assert_string_equal(fake_read(BACK "/state"), "1");
    /* What another toolstack leaves of one that it detached. */
    fake_remove(BACK);
    fake_write(FRONT "/state", "6");
    assert_int_equal(libxl_disk_find(ctx, 2, "xvda", &disk), LIBXL_FAILED);
    assert_int_equal(add_disk("/b,,xvda", &disk), LIBXL_OK);
    assert_int_equal(libxl_disk_find(ctx, 2, "xvda", &disk), LIBXL_OK);
}

static void the_store_says_no(void **state)
{
    struct libxl_disk disk;
    (void)state;
    fake_write(FRONT, "");
    fake.nodes[0].denied = 0;
    for (size_t i = 0; i < FAKE_NODES; i++) {
        if (!strcmp(fake.nodes[i].path, FRONT))
            fake.nodes[i].denied = EACCES;
    }
    assert_int_equal(add_disk("/a,,xvda", &disk), LIBXL_NOT_PERMITTED);
    assert_string_equal(libxl_error(ctx),
                        "Adding the device failed: xenstore says: Permission denied.");
    fake_remove(FRONT);
    fake.store_conflicts = 1000;
    assert_int_equal(add_disk("/a,,xvda", &disk), LIBXL_FAILED);
    assert_string_equal(
        libxl_error(ctx),
        "Adding the device failed: xenstore says: Resource temporarily unavailable.");
}

/* ---- Both ends ---- */

/* A daemon and a guest that take whatever there is. */
static void they_connect(void)
{
    fake_write(BACK "/hotplug-status", "connected");
    fake_write(BACK "/state", "4");
    fake_write(FRONT "/state", "4");
    fake_write(FRONT "/event-channel", "11");
    fake_write(FRONT "/ring-ref", "8");
}

static void waiting_for_both_ends(void **state)
{
    struct libxl_disk disk;
    (void)state;
    assert_int_equal(add_disk("/a,,xvda", &disk), LIBXL_OK);
    assert_int_equal(libxl_device_wait(ctx, &disk.device, 0), LIBXL_TIMEOUT);
    assert_string_equal(
        libxl_error(ctx),
        "xvda of app (domain 2): the daemon in domain 0 has not answered within 0 s.");
    fake_write(BACK "/hotplug-status", "connected");
    assert_int_equal(libxl_device_wait(ctx, &disk.device, 0), LIBXL_TIMEOUT);
    assert_string_equal(
        libxl_error(ctx),
        "xvda of app (domain 2) is served, but the guest has not taken it within 0 s.");
    fake.store_turn = they_connect;
    assert_int_equal(libxl_device_wait(ctx, &disk.device, 60), LIBXL_OK);
    assert_int_equal(disk.device.ring_ref, 8);
    fake_write(BACK "/hotplug-status", "error");
    fake_write(BACK "/hotplug-error", "no such \x1b file");
    assert_int_equal(libxl_device_wait(ctx, &disk.device, 0), LIBXL_FAILED);
    assert_string_equal(libxl_error(ctx),
                        "xvda of app (domain 2): domain 0 cannot serve it: no such ? file.");
    fake_write(BACK "/hotplug-status", "busy");
    assert_int_equal(libxl_device_wait(ctx, &disk.device, 0), LIBXL_FAILED);
}

/* As Xen's daemon does it, which does not say that it is there; its scripts do the rest. */
static void xens_daemon_serves(void)
{
    fake_write(BACK "/physical-device", "7:0");
    fake_write(BACK "/hotplug-status", "connected");
}

static void a_daemon_that_does_not_say_so(void **state)
{
    static const char nobody[] = "xvda of app (domain 2): no daemon in hardware (domain 0) has "
                                 "answered within 0 s: start 'xl devd' there.";
    struct libxl_disk disk;
    (void)state;
    fake_remove(DAEMON);
    assert_int_equal(add_disk("/a,,xvda", &disk), LIBXL_OK);
    assert_int_equal(libxl_device_wait(ctx, &disk.device, 0), LIBXL_TIMEOUT);
    assert_string_equal(libxl_error(ctx), nobody);
    /* The kernel's backend alone, a disk that is never connected. */
    fake_write(BACK "/state", "2");
    assert_int_equal(libxl_device_wait(ctx, &disk.device, 0), LIBXL_TIMEOUT);
    assert_string_equal(libxl_error(ctx), nobody);
    assert_false(libxl_device_served(ctx, &disk.device));
    fake.store_turn = xens_daemon_serves;
    assert_int_equal(libxl_device_wait(ctx, &disk.device, 1), LIBXL_TIMEOUT);
    assert_string_equal(
        libxl_error(ctx),
        "xvda of app (domain 2) is served, but the guest has not taken it within 1 s.");
    assert_true(libxl_device_served(ctx, &disk.device));
    /* A script of somebody's that writes no more than it has to. */
    fake_remove(BACK "/hotplug-status");
    assert_true(libxl_device_served(ctx, &disk.device));
    fake_remove(BACK "/physical-device");
    assert_false(libxl_device_served(ctx, &disk.device));
    fake.store_turn = they_connect;
    assert_int_equal(libxl_device_wait(ctx, &disk.device, 60), LIBXL_OK);
}

/* As Linux does it: what it says counts for the end that has closed. */
static void the_daemon_fails_amid_a_look(const char *path)
{
    if (strcmp(path, BACK "/hotplug-status") != 0)
        return;
    fake_write(BACK "/hotplug-error", "no such file");
    fake_write(BACK "/hotplug-status", "error");
}

/* The reason, which is read first, has come by then, too. */
static void a_reason_that_comes_late(void **state)
{
    struct libxl_disk disk;
    (void)state;
    assert_int_equal(add_disk("/a,,xvda", &disk), LIBXL_OK);
    fake.store_read = the_daemon_fails_amid_a_look;
    assert_int_equal(libxl_device_wait(ctx, &disk.device, 60), LIBXL_FAILED);
    assert_string_equal(libxl_error(ctx),
                        "xvda of app (domain 2): domain 0 cannot serve it: no such file.");
}

static void an_end_fails(void **state)
{
    struct libxl_disk disk;
    (void)state;
    assert_int_equal(add_disk("/a,,xvda", &disk), LIBXL_OK);
    fake_write(BACK "/hotplug-status", "connected");
    fake_write("/local/domain/2/error/device/vbd/51712/error", "1 allocating event channel");
    fake_write("/local/domain/0/error/backend/vbd/2/51712/error", "22 mapping\x1bring");
    assert_int_equal(libxl_device_wait(ctx, &disk.device, 0), LIBXL_TIMEOUT);
    fake_write(BACK "/state", "5");
    assert_int_equal(libxl_device_wait(ctx, &disk.device, 60), LIBXL_FAILED);
    assert_string_equal(libxl_error(ctx), "xvda of app (domain 2): the backend's end of it has "
                                          "failed: mapping?ring: Invalid argument.");
    fake_write(FRONT "/state", "6");
    assert_int_equal(libxl_device_wait(ctx, &disk.device, 60), LIBXL_FAILED);
    assert_string_equal(
        libxl_error(ctx),
        "xvda of app (domain 2): the guest's end of it has failed: allocating event "
        "channel: Operation not permitted; 'xl dmesg' says what the policy has "
        "denied.");
    fake_write("/local/domain/2/error/device/vbd/51712/error", "it does not like it");
    assert_int_equal(libxl_device_wait(ctx, &disk.device, 60), LIBXL_FAILED);
    assert_string_equal(libxl_error(ctx),
                        "xvda of app (domain 2): the guest's end of it has failed: "
                        "it does not like it.");
    fake_remove("/local/domain/2/error/device/vbd/51712/error");
    fake_write(BACK "/state", "2");
    assert_int_equal(libxl_device_wait(ctx, &disk.device, 0), LIBXL_TIMEOUT);
}

static void listing(void **state)
{
    struct libxl_disk disk, *list;
    size_t count;
    (void)state;
    assert_int_equal(add_disk("/b,,xvdb,ro,script=s,no-discard", &disk), LIBXL_OK);
    assert_int_equal(add_disk("/a,,xvda", &disk), LIBXL_OK);
    they_connect();
    fake_write("/libxl/2/device/vbd/x/backend", BACK);
    fake_write("/libxl/2/device/vbd/7/backend", BACK);
    fake_write("/libxl/2/device/vbd/9/backend", "/etc");
    assert_int_equal(libxl_disk_list(ctx, 2, &list, &count), LIBXL_OK);
    assert_int_equal(count, 2);
    assert_string_equal(list[0].vdev, "xvda");
    assert_string_equal(list[0].target, "/a");
    assert_string_equal(list[0].device.backend, "hardware");
    assert_int_equal(list[0].device.state, 4);
    assert_int_equal(list[0].device.event_channel, 11);
    assert_string_equal(list[0].script, "");
    assert_string_equal(list[1].vdev, "xvdb");
    assert_true(list[1].readonly);
    assert_false(list[1].discard);
    assert_string_equal(list[1].script, "s");
    free(list);
    assert_int_equal(libxl_disk_find(ctx, 2, "51728", &disk), LIBXL_OK);
    assert_string_equal(disk.target, "/b");
    assert_int_equal(libxl_disk_find(ctx, 2, "xvdc", &disk), LIBXL_FAILED);
    assert_string_equal(libxl_error(ctx), "app (domain 2) has no disk 'xvdc'.");
    assert_int_equal(libxl_disk_list(ctx, 77, &list, &count), LIBXL_NO_DOMAIN);
    assert_int_equal(libxl_nic_list(ctx, 1, (struct libxl_nic **)&list, &count), LIBXL_OK);
    assert_int_equal(count, 0);
    free(list);
}

/* ---- Detaching ---- */

static unsigned int let_go; /* how often the frontend has closed */

static void they_let_go(void)
{
    if (!fake_read(BACK "/online") || strcmp(fake_read(BACK "/online"), "0") != 0)
        return;
    assert_string_equal(fake_read(BACK "/state"), fake_read(FRONT "/state")[0] == '6' ? "6" : "5");
    if (fake_read(FRONT "/state")[0] == '6') {
        fake_remove(BACK);
        return;
    }
    fake_write(FRONT "/state", "6");
    fake_write(BACK "/state", "6");
    let_go++;
}

static void detaching_in_order(void **state)
{
    struct libxl_disk disk;
    (void)state;
    assert_int_equal(add_disk("/a,,xvda", &disk), LIBXL_OK);
    they_connect();
    fake.store_turn = they_let_go;
    assert_int_equal(libxl_device_detach(ctx, &disk.device, 60), LIBXL_OK);
    assert_null(fake_read(BACK "/online"));
    assert_null(fake_read(FRONT "/state"));
    assert_null(fake_read(OWN "/backend"));
}

static void a_guest_that_holds_on(void **state)
{
    struct libxl_disk disk;
    (void)state;
    assert_int_equal(add_disk("/a,,xvda", &disk), LIBXL_OK);
    they_connect();
    assert_int_equal(libxl_device_detach(ctx, &disk.device, 0), LIBXL_TIMEOUT);
    assert_string_equal(
        libxl_error(ctx),
        "The guest has not let go of xvda of app (domain 2) within 0 s: it may be in "
        "use there; --force takes it away all the same.");
    assert_string_equal(fake_read(FRONT "/state"), "4");
    assert_int_equal(libxl_device_force(ctx, &disk.device, 0), LIBXL_OK);
    assert_null(fake_read(FRONT "/state"));
}

/* Requests that it has made are answered before its backend is gone. */
static void one_that_lets_go_is_not_forced(void **state)
{
    struct libxl_disk disk;
    (void)state;
    assert_int_equal(add_disk("/a,,xvda", &disk), LIBXL_OK);
    they_connect();
    let_go = 0;
    fake.store_turn = they_let_go;
    assert_int_equal(libxl_device_force(ctx, &disk.device, 60), LIBXL_OK);
    assert_int_equal(let_go, 1);
    assert_null(fake_read(FRONT "/state"));
}

/* A guest that has no driver for it is not waited for, nor is a daemon that has died. */
static void nobody_has_it(void **state)
{
    struct libxl_disk disk;
    (void)state;
    assert_int_equal(add_disk("/a,,xvda", &disk), LIBXL_OK);
    assert_int_equal(libxl_device_detach(ctx, &disk.device, 60), LIBXL_OK);
    assert_null(fake_read(BACK "/state"));
    assert_int_equal(libxl_device_detach(ctx, &disk.device, 60), LIBXL_OK);
    assert_int_equal(add_disk("/a,,xvda", &disk), LIBXL_OK);
    they_connect();
    fake_write(BACK "/state", "6");
    fake_remove(DAEMON);
    assert_int_equal(libxl_device_detach(ctx, &disk.device, 0), LIBXL_OK);
    assert_null(fake_read(BACK "/state"));
}

static unsigned int turns;

/* Xen's daemon runs its script with the nodes still there, and takes them away then. */
static void xens_daemon_lets_go(void)
{
    if (turns++ == 0)
        fake_write(BACK "/state", "6");
    else
        fake_remove(BACK);
}

static void a_silent_daemon_is_waited_for(void **state)
{
    struct libxl_disk disk;
    (void)state;
    fake_remove(DAEMON);
    assert_int_equal(add_disk("/a,,xvda", &disk), LIBXL_OK);
    they_connect();
    turns = 0;
    fake.store_turn = xens_daemon_lets_go;
    assert_int_equal(libxl_device_detach(ctx, &disk.device, 60), LIBXL_OK);
    assert_int_equal(turns, 2);
}

static void the_daemon_says_that_it_is_there(void **state)
{
    (void)state;
    fake_remove(DAEMON);
    fake_remove("domid");
    assert_false(libxl_backend_announce(ctx, true));
    fake.store_owner = 0;
    assert_false(libxl_backend_served(ctx, 0));
    assert_true(libxl_backend_announce(ctx, true));
    assert_true(libxl_backend_served(ctx, 0));
    assert_int_equal(libxl_backend_default(ctx), 0);
    assert_true(libxl_backend_announce(ctx, false));
    assert_false(libxl_backend_served(ctx, 0));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(a_disk_has_xens_nodes),
        TEST(a_network_has_xens_nodes),
        TEST(adding_is_refused),
        TEST(what_is_stale_is_replaced),
        TEST(the_store_says_no),
        TEST(waiting_for_both_ends),
        TEST(a_daemon_that_does_not_say_so),
        TEST(a_reason_that_comes_late),
        TEST(an_end_fails),
        TEST(listing),
        TEST(detaching_in_order),
        TEST(one_that_lets_go_is_not_forced),
        TEST(a_guest_that_holds_on),
        TEST(nobody_has_it),
        TEST(a_silent_daemon_is_waited_for),
        TEST(the_daemon_says_that_it_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
