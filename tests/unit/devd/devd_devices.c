/* SPDX-License-Identifier: MIT */
/* xl devd: what it does for a disk, a network, and a script. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "devd_fake.h"

#define SAID_COUNTS "/local/domain/0/libxl/statistics/"
#define SAID        "/local/domain/0/error/backend/vbd/2"

static void scan(void)
{
    devd_scan(&devd_fake.devd);
}

static void a_file_becomes_a_loop_device(void **state)
{
    (void)state;
    devd_put("/a.img", "x", 1);
    devd_disk("/a.img,,xvda,r", "1");
    scan();
    assert_string_equal(devd_node(BACK "/physical-device"), "");
    fake_write(BACK "/state", "2");
    scan();
    assert_string_equal(devd_node(BACK "/physical-device"), "7:12");
    assert_string_equal(devd_node(BACK "/hotplug-status"), "connected");
    assert_string_equal(devd_fake.loop_file, devd_path("/a.img"));
    assert_true(devd_fake.loop_readonly);
    assert_int_equal(devd_fake.loop_number, -1);
    fake_write(BACK "/state", "4");
    scan();
    assert_int_equal(devd_fake.loops, 1);
}

/* What it had done it finds in the store: the loop device is taken by its number. */
static void a_new_daemon_goes_on(void **state)
{
    (void)state;
    devd_put("/a.img", "x", 1);
    devd_disk("/a.img,,xvda", "2");
    scan();
    fake_write(BACK "/state", "4");
    devd_again();
    scan();
    assert_int_equal(devd_fake.loops, 2);
    assert_int_equal(devd_fake.loop_number, 18);
    assert_string_equal(devd_node(BACK "/physical-device"), "7:12");
    assert_string_equal(devd_node(BACK "/hotplug-status"), "connected");
}

static void an_end_leaves_nothing(void **state)
{
    (void)state;
    devd_put("/a.img", "x", 1);
    devd_disk("/a.img,,xvda", "2");
    scan();
    assert_non_null(devd_fake.devd.devices);
    /* Both ends have closed, but it is to stay: a guest loads its driver anew. */
    fake_write(BACK "/state", "6");
    scan();
    assert_string_equal(devd_node(BACK "/state"), "6");
    fake_write(BACK "/online", "0");
    scan();
    /* For a while it is to be seen that it has closed, though nobody serves it. */
    assert_string_equal(devd_node(BACK "/state"), "6");
    assert_null(fake_read(BACK "/hotplug-status"));
    assert_int_equal(devd_fake.devd.devices->backing.loop, -1);
    assert_true(devd_fake.devd.waits);
    /* What the kernel's backend has said of it, and of another. */
    fake_write(SAID "/51712/error", "2 reading params");
    fake_write(SAID "/51728/error", "2 reading params");
    devd_fake.devd.devices->closed_at -= 10000;
    scan();
    assert_null(fake_read(BACK "/state"));
    assert_null(devd_fake.devd.devices);
    assert_null(fake_read(SAID "/51712/error"));
    assert_non_null(fake_read(SAID "/51728/error"));
    /* Whoever asked for that may not have the rest taken away. */
    assert_null(fake_read(FRONT "/backend"));
    assert_null(fake_read("/libxl/2/device/vbd/51712/backend"));
    /* The guest ends. */
    fake_remove(FRONT);
    devd_disk("/a.img,,xvda", "2");
    scan();
    fake_write(SAID "/51712/error", "2 reading params");
    fake_remove(FRONT);
    scan();
    assert_null(fake_read(BACK "/state"));
    assert_null(devd_fake.devd.devices);
    assert_null(fake_read(SAID "/51712/error"));
    /* It is taken away by force. */
    devd_disk("/a.img,,xvda", "2");
    scan();
    fake_write(SAID "/51712/error", "2 reading params");
    fake_remove(FRONT);
    fake_remove(BACK);
    scan();
    assert_null(devd_fake.devd.devices);
    assert_null(fake_read(SAID "/51712/error"));
}

static unsigned int nudges;

static void count_nudge(const char *path)
{
    nudges += !strcmp(path, FRONT "/backend-id");
}

/* A scan so long after the device was served; how often its guest has been told of it by then. */
static unsigned int nudged_after(int64_t ms)
{
    devd_fake.devd.devices->served_at -= ms;
    devd_fake.devd.waits = false;
    scan();
    devd_fake.devd.devices->served_at += ms;
    return nudges;
}

/* It may have listed its devices before this one came, and set its watch after. */
static void a_guest_that_does_nothing_is_told_again(void **state)
{
    (void)state;
    nudges = 0;
    devd_put("/a.img", "x", 1);
    devd_disk("/a.img,,xvda", "2");
    fake.store_write = count_nudge;
    scan();
    assert_true(devd_fake.devd.waits);
    assert_int_equal(nudged_after(500), 0);
    assert_true(devd_fake.devd.waits);
    assert_int_equal(nudged_after(1000), 1);
    assert_int_equal(nudged_after(1500), 1);
    assert_int_equal(nudged_after(2000), 2);
    assert_string_equal(devd_node(FRONT "/backend-id"), "0");
    /* One that has begun is left alone. */
    fake_write(FRONT "/state", "3");
    assert_int_equal(nudged_after(4000), 2);
    fake_write(FRONT "/state", "1");
    assert_int_equal(nudged_after(100000), 3);
    assert_int_equal(nudged_after(100000), 4);
    assert_int_equal(nudged_after(100000), 5);
    assert_int_equal(nudged_after(100000), 5);
    assert_false(devd_fake.devd.waits);
    fake_write(BACK "/state", "4");
    devd_again();
    scan();
    assert_int_equal(nudged_after(100000), 5);
    fake.store_write = NULL;
}

static void is_refused(const char *spec, const char *error)
{
    char expected[ERROR_SIZE];
    devd_disk(spec, "2");
    scan();
    snprintf(expected, sizeof(expected), error, devd_fake.root);
    assert_string_equal(devd_node(BACK "/hotplug-error"), expected);
    assert_string_equal(devd_node(BACK "/hotplug-status"), "error");
    assert_string_equal(devd_node(BACK "/physical-device"), "");
    /* Nor by one that comes after it. */
    devd_again();
    scan();
    assert_string_equal(devd_node(BACK "/hotplug-status"), "error");
    fake_remove(FRONT);
    fake_remove(BACK);
    scan();
}

static void disks_that_cannot_be_served(void **state)
{
    (void)state;
    is_refused("/none,,xvda", "%s/none: No such file or directory");
    devd_put("/d/a", "x", 1);
    is_refused("/d,,xvda", "%s/d is neither a block device nor a file");
    is_refused("vdev=xvda,target=LABEL=none", "no disk or partition is LABEL=none");
    devd_fake.loop_error = ENODEV;
    is_refused("/d/a,,xvda", "%s/d/a cannot be made a loop device: No such device");
}

/* By whatever name: the store's check knows only one. */
static void one_file_is_written_by_one_guest(void **state)
{
    char expected[ERROR_SIZE];
    (void)state;
    devd_put("/a.img", "x", 1);
    devd_disk("/a.img,,xvda", "2");
    devd_disk("/../a.img,,xvdb,r", "2");
    fake_write("/local/domain/0/backend/vbd/2/51728/params", "/./a.img");
    scan();
    snprintf(expected, sizeof(expected), "%s/./a.img is in use by domain 2 as 51712",
             devd_fake.root);
    assert_string_equal(devd_node(BACK "/hotplug-status"), "connected");
    assert_string_equal(devd_node("/local/domain/0/backend/vbd/2/51728/hotplug-status"), "error");
    assert_string_equal(devd_node("/local/domain/0/backend/vbd/2/51728/hotplug-error"), expected);
}

/* Nodes that were taken away and written again before the daemon looked. */
static void another_under_the_same_path(void **state)
{
    (void)state;
    devd_put("/a.img", "x", 1);
    devd_put("/b.img", "x", 1);
    devd_disk("/a.img,,xvda", "2");
    scan();
    fake_remove(FRONT);
    devd_disk("/b.img,,xvda", "1");
    scan();
    assert_null(devd_fake.devd.devices);
    fake_write(BACK "/state", "2");
    scan();
    assert_string_equal(devd_fake.loop_file, devd_path("/b.img"));
    /* After an orderly end, too. */
    fake_write(BACK "/state", "6");
    fake_write(BACK "/online", "0");
    scan();
    fake_remove(FRONT);
    devd_disk("/a.img,,xvda", "2");
    scan();
    assert_string_equal(devd_fake.loop_file, devd_path("/a.img"));
    assert_string_equal(devd_node(BACK "/hotplug-status"), "connected");
}

/* ---- Networks ---- */

static void a_network_goes_into_its_bridge(void **state)
{
    (void)state;
    strcpy(devd_fake.interfaces[0], "br0");
    strcpy(devd_fake.interfaces[1], "vif2.0");
    devd_network("bridge=br0,mtu=1400", "2");
    scan();
    assert_string_equal(devd_fake.done, "mtu vif2.0 1400;join br0 vif2.0;up vif2.0;");
    assert_string_equal(devd_node(VIF "/hotplug-status"), "connected");
    devd_fake.done[0] = '\0';
    devd_again();
    scan();
    assert_string_equal(devd_fake.done, "mtu vif2.0 1400;join br0 vif2.0;up vif2.0;");
    fake_remove(VIFF);
    scan();
    assert_null(fake_read(VIF "/state"));
}

static void an_interface_has_the_name_asked_for(void **state)
{
    (void)state;
    devd_fake.options.make_bridges = true;
    strcpy(devd_fake.interfaces[0], "vif2.0");
    devd_network("bridge=br0,vifname=lan", "2");
    scan();
    assert_string_equal(devd_fake.done, "rename vif2.0 lan;make br0;join br0 lan;up lan;");
    devd_fake.done[0] = '\0';
    devd_again();
    scan();
    assert_string_equal(devd_fake.done, "join br0 lan;up lan;");
}

/* The backend says that it waits, and the kernel makes the interface after that. */
static void an_interface_may_come_late(void **state)
{
    (void)state;
    devd_fake.options.make_bridges = true;
    devd_fake.looks = 5;
    devd_network("bridge=br0", "2");
    scan();
    assert_string_equal(devd_node(VIF "/hotplug-error"), "");
    assert_string_equal(devd_node(VIF "/hotplug-status"), "connected");
    assert_string_equal(devd_fake.done, "make br0;join br0 vif2.0;up vif2.0;");
}

static void networks_that_cannot_be_served(void **state)
{
    (void)state;
    devd_network("bridge=br0", "2");
    scan();
    assert_string_equal(devd_node(VIF "/hotplug-error"),
                        "the kernel has made no interface vif2.0: No such device");
    fake_remove(VIF);
    fake_remove(VIFF);
    strcpy(devd_fake.interfaces[1], "vif2.0");
    scan();
    devd_network("bridge=br0", "2");
    scan();
    assert_string_equal(devd_node(VIF "/hotplug-error"), "there is no bridge br0: No such device");
    fake_remove(VIF);
    fake_remove(VIFF);
    strcpy(devd_fake.interfaces[0], "br0");
    scan();
    devd_network("bridge=br0", "2");
    fake_write(VIF "/bridge", "br0,backend=hardware");
    scan();
    assert_string_equal(devd_node(VIF "/hotplug-error"),
                        "there can be no bridge br0,backend=hardware: Invalid argument");
    fake_remove(VIF);
    fake_remove(VIFF);
    scan();
    devd_network("bridge=br0", "2");
    fake_write(VIF "/vifname", "a/b");
    scan();
    assert_string_equal(devd_node(VIF "/hotplug-error"),
                        "there can be no interface a/b: Invalid argument");
    fake_remove(VIF);
    fake_remove(VIFF);
    devd_fake.interfaces_refuse = true;
    scan();
    devd_network("bridge=br0", "2");
    scan();
    assert_string_equal(devd_node(VIF "/hotplug-error"),
                        "cannot put the interface into the bridge br0: Operation not permitted");
    assert_string_equal(devd_node(VIF "/hotplug-status"), "error");
}

/* ---- Scripts ---- */

/* A script that notes how it is called, below the root. */
static void put_script(const char *path, const char *last)
{
    char text[1024];
    snprintf(text, sizeof(text),
             "#!/bin/sh\necho \"$# $* $XENBUS_TYPE $XENBUS_PATH $vif\" >>%s/calls\n%s\n",
             devd_fake.root, last);
    devd_put(path, text, strlen(text));
    assert_int_equal(chmod(devd_path(path), 0755), 0);
}

static void calls_were(const char *expected)
{
    char text[1024] = "";
    FILE *file = fopen(devd_path("/calls"), "re");
    if (file) {
        text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
        fclose(file);
    }
    assert_string_equal(text, expected);
}

static void scripts_are_called_as_xens(void **state)
{
    (void)state;
    put_script("/etc/xen/scripts/block-mine", "exit 0");
    devd_disk("what,,xvda,script=block-mine", "2");
    scan();
    calls_were("1 add vbd " BACK " \n");
    assert_string_equal(devd_node(BACK "/hotplug-status"), "connected");
    assert_int_equal(devd_fake.loops, 0);
    devd_again();
    scan();
    fake_remove(FRONT);
    scan();
    calls_were("1 add vbd " BACK " \n1 remove vbd " BACK " \n");
}

static void a_networks_script(void **state)
{
    char spec[256];
    (void)state;
    put_script("/vif-mine", "exit 0");
    snprintf(spec, sizeof(spec), "script=%s", devd_path("/vif-mine"));
    devd_network(spec, "2");
    scan();
    fake_remove(VIFF);
    scan();
    calls_were("2 online type_if=vif vif " VIF " vif2.0\n2 offline type_if=vif vif " VIF
               " vif2.0\n");
    assert_string_equal(devd_fake.done, "");
}

static void scripts_that_fail(void **state)
{
    (void)state;
    put_script("/etc/xen/scripts/block-bad", "exit 3");
    is_refused("what,,xvda,script=block-bad",
               "%s/etc/xen/scripts/block-bad add: it failed, with status 3");
    put_script("/etc/xen/scripts/block-killed", "kill -9 $$");
    is_refused("what,,xvda,script=block-killed",
               "%s/etc/xen/scripts/block-killed add: it failed, with status 137");
    is_refused("what,,xvda,script=block-none", "%s/etc/xen/scripts/block-none cannot be run");
}

#define COUNTS  "/sys/bus/xen-backend/devices/vbd-2-51712/statistics/"
#define TRAFFIC "/sys/class/net/vif2.0/statistics/"

static void count_as(const char *directory, const char *name, const char *count)
{
    char path[128];
    snprintf(path, sizeof(path), "%s%s", directory, name);
    devd_put(path, count, strlen(count));
}

/* What the guest has sent has been received here. */
static void counts_are_told(void **state)
{
    static const char *const disk[] = {"rd_req", "wr_req", "oo_req", "rd_sect", "wr_sect", "f_req"};
    static const char *const network[] = {"rx_bytes", "rx_packets", "rx_errors", "rx_dropped",
                                          "tx_bytes", "tx_packets", "tx_errors", "tx_dropped"};
    (void)state;
    devd_put("/a.img", "x", 1);
    devd_disk("/a.img,,xvda", "2");
    strcpy(devd_fake.interfaces[0], "br0");
    strcpy(devd_fake.interfaces[1], "vif2.0");
    devd_network("bridge=br0", "2");
    scan();
    for (size_t i = 0; i < sizeof(disk) / sizeof(disk[0]); i++)
        count_as(COUNTS, disk[i], (const char *[]){"1\n", "2\n", "3\n", "4\n", "5\n", "6\n"}[i]);
    for (size_t i = 0; i < sizeof(network) / sizeof(network[0]); i++)
        count_as(
            TRAFFIC, network[i],
            (const char *[]){"11", "12", "13", "14", "15", "16", "17", "18446744073709551615"}[i]);
    devd_tell_statistics(&devd_fake.devd);
    /* One of a disk's is not there: none of them is told. */
    assert_null(fake_read(SAID_COUNTS "vbd/2/51712"));
    assert_string_equal(devd_node(SAID_COUNTS "vif/2/0"),
                        "11 12 13 14 15 16 17 18446744073709551615");
    assert_string_equal(devd_node(SAID_COUNTS "answered"), "1");
    count_as(COUNTS, "ds_req", "7\n");
    devd_tell_statistics(&devd_fake.devd);
    assert_string_equal(devd_node(SAID_COUNTS "vbd/2/51712"), "1 2 3 4 5 6 7");
    assert_string_equal(devd_node(SAID_COUNTS "answered"), "2");
    /* A device that has gone is not told of any more. */
    fake_remove(VIFF);
    scan();
    devd_tell_statistics(&devd_fake.devd);
    assert_null(fake_read(SAID_COUNTS "vif/2/0"));
    assert_string_equal(devd_node(SAID_COUNTS "vbd/2/51712"), "1 2 3 4 5 6 7");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, devd_begin, devd_end)
    const struct CMUnitTest tests[] = {
        TEST(a_file_becomes_a_loop_device),
        TEST(a_new_daemon_goes_on),
        TEST(an_end_leaves_nothing),
        TEST(a_guest_that_does_nothing_is_told_again),
        TEST(disks_that_cannot_be_served),
        TEST(one_file_is_written_by_one_guest),
        TEST(another_under_the_same_path),
        TEST(a_network_goes_into_its_bridge),
        TEST(an_interface_has_the_name_asked_for),
        TEST(an_interface_may_come_late),
        TEST(networks_that_cannot_be_served),
        TEST(scripts_are_called_as_xens),
        TEST(a_networks_script),
        TEST(scripts_that_fail),
        TEST(counts_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
