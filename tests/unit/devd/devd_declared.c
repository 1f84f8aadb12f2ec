/* SPDX-License-Identifier: MIT */
/* xl devd: devices that the machine's tree declares, and block devices by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "devd_fake.h"

#define TREE "/proc/device-tree/chosen/trefoil,devices/domain@2"
#define MARK "/libxl/2/declared/vbd/51712"

static const unsigned char two[] = {0, 0, 0, 2}, none[] = {0, 0, 0, 0};

static void put_text(const char *path, const char *text)
{
    devd_put(path, text, strlen(text) + 1);
}

static void declare(void)
{
    devd_put(TREE "/domid", two, sizeof(two));
    put_text(TREE "/disk@ca00/compatible", "trefoil,disk");
    put_text(TREE "/disk@ca00/vdev", "xvda");
    put_text(TREE "/disk@ca00/target", "/a.img");
    devd_put(TREE "/disk@ca00/read-only", "", 0);
    put_text(TREE "/network@0/compatible", "trefoil,network");
    put_text(TREE "/network@0/bridge", "br0");
    put_text(TREE "/network@0/mac", "00:16:3e:01:02:03");
    devd_put(TREE "/network@0/handle", none, sizeof(none));
    put_text(TREE "/other@0/compatible", "else");
    devd_read_declared(&devd_fake.devd);
}

static void turn(void)
{
    devd_fake.devd.waits = false;
    devd_scan(&devd_fake.devd);
    devd_add_declared(&devd_fake.devd);
}

static void declared_devices_come_by_themselves(void **state)
{
    (void)state;
    declare();
    turn();
    assert_true(devd_fake.devd.waits);
    assert_null(fake_read(BACK "/state"));
    devd_put("/a.img", "x", 1);
    strcpy(devd_fake.interfaces[0], "br0");
    turn();
    turn();
    assert_false(devd_fake.devd.waits);
    assert_string_equal(devd_node(BACK "/state"), "1");
    assert_string_equal(devd_node(BACK "/mode"), "r");
    assert_string_equal(devd_node(BACK "/params"), "/a.img");
    assert_string_equal(devd_node(VIF "/mac"), "00:16:3e:01:02:03");
    assert_string_equal(devd_node(VIF "/bridge"), "br0");
    assert_string_equal(devd_node(MARK), "1");
}

/* What is detached stays so, for a new daemon too, until the domain starts anew. */
static void once_in_a_life(void **state)
{
    (void)state;
    devd_put("/a.img", "x", 1);
    strcpy(devd_fake.interfaces[0], "br0");
    declare();
    turn();
    fake_remove(FRONT);
    fake_remove(BACK);
    turn();
    assert_null(fake_read(BACK "/state"));
    devd_again();
    devd_read_declared(&devd_fake.devd);
    turn();
    assert_null(fake_read(BACK "/state"));
    /* It ends, and starts before the kernel has let go. */
    fake_remove("/libxl/2");
    fake_remove("/local/domain/2");
    turn();
    assert_null(fake_read(VIF "/state"));
    assert_false(devd_fake.devd.waits);
    devd_put("/sys/bus/xen-backend/devices/vbd-2-51712", "", 0);
    fake_write("/local/domain/2/name", "app");
    turn();
    assert_true(devd_fake.devd.waits);
    assert_null(fake_read(BACK "/state"));
    assert_string_equal(devd_node(VIF "/state"), "1");
    assert_int_equal(unlink(devd_path("/sys/bus/xen-backend/devices/vbd-2-51712")), 0);
    turn();
    assert_string_equal(devd_node(BACK "/state"), "1");
}

static void what_is_declared_wrongly(void **state)
{
    (void)state;
    devd_put(TREE "/domid", two, sizeof(two));
    put_text(TREE "/disk@1/compatible", "trefoil,disk");
    put_text(TREE "/disk@1/vdev", "what");
    put_text(TREE "/network@1/compatible", "trefoil,network");
    put_text(TREE "/network@1/mac", "what");
    put_text("/proc/device-tree/chosen/trefoil,devices/domain@3/domid", "x");
    devd_read_declared(&devd_fake.devd);
    assert_null(devd_fake.devd.declared);
}

/* ---- Names ---- */

static void put_le(unsigned char *at, unsigned long long value, unsigned int bytes)
{
    for (unsigned int i = 0; i < bytes; i++)
        at[i] = (unsigned char)(value >> 8 * i);
}

/* A disk vda of two partitions, the second of which has a file system. */
static void put_disk(bool gpt)
{
    static unsigned char disk[34 * 512], part[4096];
    memset(disk, 0, sizeof(disk));
    memset(part, 0, sizeof(part));
    put_le(disk + 440, 0x1234abcd, 4);
    put_le(disk + 510, 0xaa55, 2);
    if (gpt) {
        unsigned char *entry = disk + 2 * 512 + 128;
        memcpy(disk + 512, "EFI PART", 8);
        put_le(disk + 512 + 72, 2, 8);
        put_le(disk + 512 + 80, 128, 4);
        put_le(disk + 512 + 84, 128, 4);
        for (unsigned int i = 0; i < 16; i++)
            entry[16 + i] = (unsigned char)i;
        put_le(entry + 56, 'r', 2);
        put_le(entry + 58, 'o', 2);
    }
    put_le(part + 1024 + 0x38, 0xef53, 2);
    for (unsigned int i = 0; i < 16; i++)
        part[1024 + 0x68 + i] = (unsigned char)(0xa0 + i);
    memcpy(part + 1024 + 0x78, "root", 4);
    devd_put("/dev/vda", disk, sizeof(disk));
    devd_put("/dev/vda1", "", 0);
    devd_put("/dev/vda2", part, sizeof(part));
    devd_put("/sys/devices/vda/queue/logical_block_size", "512\n", 4);
    devd_put("/sys/devices/vda/vda1/partition", "1\n", 2);
    devd_put("/sys/devices/vda/vda2/partition", "2\n", 2);
    devd_put("/sys/class/block/none", "", 0);
    assert_int_equal(symlink("../../devices/vda", devd_path("/sys/class/block/vda")), 0);
    assert_int_equal(symlink("../../devices/vda/vda1", devd_path("/sys/class/block/vda1")), 0);
    assert_int_equal(symlink("../../devices/vda/vda2", devd_path("/sys/class/block/vda2")), 0);
}

static void is_named(const char *key, const char *value, const char *expected)
{
    char path[PATH_SIZE];
    bool found = devd_find_named(devd_fake.root, key, value, path);
    assert_int_equal(found, expected != NULL);
    if (expected)
        assert_string_equal(path, devd_path(expected));
}

static void names_of_gpt_and_ext(void **state)
{
    (void)state;
    put_disk(true);
    /* sysfs has a disk's queue below the disk. */
    is_named("PARTUUID", "03020100-0504-0706-0809-0a0b0c0d0e0f", "/dev/vda2");
    is_named("PARTUUID", "1234abcd-02", NULL);
    is_named("PARTLABEL", "ro", "/dev/vda2");
    is_named("PARTLABEL", "r", NULL);
    is_named("PARTLABEL", "rom", NULL);
    is_named("LABEL", "root", "/dev/vda2");
    is_named("LABEL", "roo", NULL);
    is_named("UUID", "A0A1A2A3-a4a5-a6a7-a8a9-aaabacadaeaf", "/dev/vda2");
    is_named("COLOUR", "red", NULL);
}

static void names_of_mbr_and_links(void **state)
{
    (void)state;
    put_disk(false);
    is_named("PARTUUID", "1234ABCD-02", "/dev/vda2");
    is_named("PARTUUID", "1234abcd-03", NULL);
    is_named("LABEL", "../../vda1", NULL);
    devd_put("/dev/disk/by-label/mine", "", 0);
    is_named("LABEL", "mine", "/dev/disk/by-label/mine");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, devd_begin, devd_end)
    const struct CMUnitTest tests[] = {
        TEST(declared_devices_come_by_themselves),
        TEST(once_in_a_life),
        TEST(what_is_declared_wrongly),
        TEST(names_of_gpt_and_ext),
        TEST(names_of_mbr_and_links),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
