/* SPDX-License-Identifier: MIT */
/* libxl's devices: specifications and numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxl/device.h>

static struct libxl_ctx *ctx;

static int begin(void **state)
{
    (void)state;
    ctx = libxl_open();
    return ctx ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    libxl_close(ctx);
    return 0;
}

/* ---- Numbers ---- */

static const struct {
    const char *name;
    uint32_t number;
} vdevs[] = {
    {"xvda", 51712},
    {"xvda1", 51713},
    {"xvdp15", 51967},
    {"xvdq", 1u << 28 | 16 << 8},
    {"xvdaa", 1u << 28 | 26 << 8},
    {"xvda16", 1u << 28 | 16},
    {"xvdzz", 1u << 28 | 701 << 8},
    {"sda", 2048},
    {"sdp15", 2303},
    {"hda", 768},
    {"hdb", 832},
    {"hdc", 5632},
    {"hdd63", 5759},
    {"1", 1},
};

static void numbers_have_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(vdevs) / sizeof(vdevs[0]); i++) {
        char name[LIBXL_VDEV_MAX];
        uint32_t number = 0;
        assert_true(libxl_vdev_number(vdevs[i].name, &number));
        assert_int_equal(number, vdevs[i].number);
        libxl_vdev_name(number, name);
        assert_string_equal(name, vdevs[i].name);
    }
}

/* Each number that a name may stand for is named, and read back as itself. */
static void every_number_is_its_name(void **state)
{
    (void)state;
    for (uint32_t number = 0; number < 1u << 16; number++) {
        char name[LIBXL_VDEV_MAX];
        uint32_t back = ~number;
        libxl_vdev_name(number, name);
        assert_true(libxl_vdev_number(name, &back));
        assert_int_equal(back, number);
    }
}

static void other_forms_of_numbers(void **state)
{
    static const struct {
        const char *text;
        uint32_t number;
    } forms[] = {{"d0", 51712},
                 {"d0p1", 51713},
                 {"d16", 1u << 28 | 16 << 8},
                 {"0xca00", 51712},
                 {"51712", 51712}};
    static const char *const none[] = {"",
                                       "xvd",
                                       "xvda0",
                                       "xvda01",
                                       "xvda256",
                                       "xvd1",
                                       "sdq",
                                       "sda16",
                                       "hde",
                                       "hda64",
                                       "d",
                                       "d01",
                                       "d0p",
                                       "d0p256",
                                       "d99999999999",
                                       "xvdaaaaaaaaaaaa",
                                       "5x",
                                       "-1",
                                       "99999999999",
                                       "xvda1x",
                                       "nvme0",
                                       "XVDA"};
    uint32_t number;
    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        assert_true(libxl_vdev_number(forms[i].text, &number));
        assert_int_equal(number, forms[i].number);
    }
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        assert_false(libxl_vdev_number(none[i], &number));
}

static void addresses(void **state)
{
    uint8_t mac[6], other[6];
    const uint8_t uuid[16] = {0xab, [15] = 1};
    char text[18];
    (void)state;
    assert_true(libxl_mac_parse("00:16:3e:0A:0b:0c", mac));
    libxl_mac_format(mac, text);
    assert_string_equal(text, "00:16:3e:0a:0b:0c");
    assert_false(libxl_mac_parse("00:16:3e:0a:0b", mac));
    assert_false(libxl_mac_parse("00:16:3e:0a:0b:0c:0d", mac));
    assert_false(libxl_mac_parse("00-16-3e-0a-0b-0c", mac));
    assert_false(libxl_mac_parse("", mac));
    libxl_mac_make(uuid, 0, mac);
    libxl_mac_make(uuid, 0, other);
    assert_memory_equal(mac, other, 6);
    assert_memory_equal(mac, "\x00\x16\x3e", 3);
    libxl_mac_make(uuid, 1, other);
    assert_memory_not_equal(mac, other, 6);
}

/* ---- Specifications ---- */

static enum libxl_code parse_disk(const char *spec, struct libxl_disk *disk)
{
    libxl_disk_init(disk);
    return libxl_disk_parse(ctx, &spec, 1, disk);
}

static const struct {
    const char *spec, *target, *vdev, *script, *backend;
    bool readonly, no_discard;
} disks[] = {
    {"/dev/vg/a,,hda", "/dev/vg/a", "hda", "", "", false, false},
    {"/dev/vg/a,raw,hda,rw", "/dev/vg/a", "hda", "", "", false, false},
    {"format=raw, vdev=hda, access=rw, target=/dev/vg/a", "/dev/vg/a", "hda", "", "", false, false},
    {"raw:/dev/vg/a,hda=x", NULL, NULL, NULL, NULL, false, false},
    {"raw:/dev/vg/a,,hda,w", "/dev/vg/a", "hda", "", "", false, false},
    {"vda2,,xvda,r", "/dev/vda2", "xvda", "", "", true, false},
    {"phy:/dev/vda2,,xvda,ro", "/dev/vda2", "xvda", "", "", true, false},
    {"phy:/dev/vda2,xvda,r", "/dev/vda2", "xvda", "", "", true, false},
    {"phy:vda2,xvda,w,backend=hardware", "/dev/vda2", "xvda", "", "hardware", false, false},
    {"raw:/dev/vg/a,raw,hda,r", "/dev/vg/a", "hda", "", "", true, false},
    {"tap:aio:/a,,xvda", "/a", "xvda", "", "", false, false},
    {"tap:aio:/a,xvda,r", "/a", "xvda", "", "", true, false},
    {"vdev=xvdb,mode=ro,target=/a,b=c, d", "/a,b=c, d", "xvdb", "", "", true, false},
    {"PARTUUID=1234-01,,xvda", "PARTUUID=1234-01", "xvda", "", "", false, false},
    {"vdev=xvda,target=LABEL=root", "LABEL=root", "xvda", "", "", false, false},
    {"iqn.x,,xvda,script=block-iscsi", "iqn.x", "xvda", "block-iscsi", "", false, false},
    {"nbd:host,,xvda", "host", "xvda", "block-nbd", "", false, false},
    {"/a,,xvda,backend=hardware,no-discard,direct-io-safe,backendtype=phy,devtype=disk", "/a",
     "xvda", "", "hardware", false, true},
    {",,xvda,target=/a", "/a", "xvda", "", "", false, false},
    {"/by/a=b,,xvda,discard", "/by/a=b", "xvda", "", "", false, false},
};

static void disk_specifications(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(disks) / sizeof(disks[0]); i++) {
        struct libxl_disk disk;
        enum libxl_code code = parse_disk(disks[i].spec, &disk);
        if (!disks[i].target) {
            assert_int_equal(code, LIBXL_FAILED);
            continue;
        }
        assert_int_equal(code, LIBXL_OK);
        assert_string_equal(disk.target, disks[i].target);
        assert_string_equal(disk.vdev, disks[i].vdev);
        assert_string_equal(disk.script, disks[i].script);
        assert_string_equal(disk.device.backend, disks[i].backend);
        assert_string_equal(disk.format, "raw");
        assert_int_equal(disk.readonly, disks[i].readonly);
        assert_int_equal(disk.discard, !disks[i].no_discard);
    }
}

static const struct {
    const char *spec, *error;
} bad_disks[] = {
    {"/a", "The disk specification has no vdev: the disk's name in the guest, such as xvda."},
    {"vdev=xvda", "The disk specification has no target: what stands behind the disk."},
    {"/a,qcow2,xvda",
     "The disk specification's word 'qcow2' makes no sense: format is raw: no other is served."},
    {"qcow2:/a,,xvda", "The disk specification's format qcow2 is not served: only raw is."},
    {"qcow2:/a,xvda,w", "The disk specification's format qcow2 is not served: only raw is."},
    {"phy:/a,xvda,w,r",
     "The disk specification's word 'r' is one too many, or none that there is."},
    {"/a,xvda,w",
     "The disk specification's word 'xvda' makes no sense: format is raw: no other is served."},
    {"/a,,nvme0,rw", "The disk specification's word 'nvme0' makes no sense: vdev is xvda to xvdzz, "
                     "sda to sdp, hda to "
                     "hdd, with a partition or without, d0p1 or a number."},
    {"/a,,xvda,readonly",
     "The disk specification's word 'readonly' makes no sense: access is r, ro, w or rw."},
    {"/a,,xvda,rw,5", "The disk specification's word '5' is one too many, or none that there is."},
    {"/a,,xvda,vdev=xvdb", "The disk specification's word 'vdev=xvdb' says vdev a second time."},
    {"/a,,xvda,colour=red",
     "The disk specification's word 'colour=red' names nothing that there is."},
    {"/a,,xvda,cdrom",
     "The disk specification's word 'cdrom' makes no sense: cdrom is not to be had: guests get "
     "disks; access=ro makes one read-only."},
    {"/a,,xvda,devtype=cdrom",
     "The disk specification's word 'devtype=cdrom' makes no sense: devtype is not to be "
     "had: guests get disks; access=ro makes one read-only."},
    {"/a,,xvda,backendtype=qdisk", "The disk specification's word 'backendtype=qdisk' makes no "
                                   "sense: backendtype is phy: no other is served."},
};

static void disk_specifications_that_make_no_sense(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bad_disks) / sizeof(bad_disks[0]); i++) {
        struct libxl_disk disk;
        assert_int_equal(parse_disk(bad_disks[i].spec, &disk), LIBXL_FAILED);
        assert_string_equal(libxl_error(ctx), bad_disks[i].error);
    }
    char text[700];
    struct libxl_disk disk;
    memset(text, 'a', sizeof(text));
    memcpy(text, "vdev=xvda,target=", 17);
    text[17 + LIBXL_TARGET_MAX] = '\0';
    assert_int_equal(parse_disk(text, &disk), LIBXL_FAILED);
    text[17 + LIBXL_TARGET_MAX - 2] = '\0';
    assert_int_equal(parse_disk(text, &disk), LIBXL_FAILED);
}

static enum libxl_code parse_nic(const char *spec, struct libxl_nic *nic)
{
    libxl_nic_init(nic);
    return libxl_nic_parse(ctx, &spec, 1, nic);
}

static void nic_specifications(void **state)
{
    struct libxl_nic nic;
    (void)state;
    assert_int_equal(parse_nic("", &nic), LIBXL_OK);
    assert_string_equal(nic.bridge, "xenbr0");
    assert_int_equal(nic.device.devid, UINT32_MAX);
    assert_int_equal(
        parse_nic("mac=00:16:3E:74:3d:76,model=rtl8139,type=vif, bridge=br1,vifname=app0,script=s,"
                  "backend=0,ip=10.0.0.1,gatewaydev=eth0,mtu=9000,devid=3,rate=1MB/s@20ms",
                  &nic),
        LIBXL_OK);
    assert_memory_equal(nic.mac, "\x00\x16\x3e\x74\x3d\x76", 6);
    assert_string_equal(nic.bridge, "br1");
    assert_string_equal(nic.ifname, "app0");
    assert_string_equal(nic.script, "s");
    assert_string_equal(nic.ip, "10.0.0.1");
    assert_int_equal(nic.mtu, 9000);
    assert_int_equal(nic.device.devid, 3);
    assert_int_equal(nic.rate_bytes, 20000);
    assert_int_equal(nic.rate_us, 20000);
    assert_int_equal(parse_nic("rate=10Mb/s", &nic), LIBXL_OK);
    assert_int_equal(nic.rate_bytes, 62500);
    assert_int_equal(nic.rate_us, 50000);
}

static void nic_specifications_that_make_no_sense(void **state)
{
    static const char *const bad[] = {
        "mac=00:16:3e:00:00",
        "mac=01:16:3e:00:00:00",
        "rate=5",
        "rate=5MB/s@",
        "rate=xMB/s",
        "rate=1b/s@1us",
        "mtu=5",
        "mtu=99999",
        "devid=x",
        "bridge=abcdefghijklmnop",
        "xenbr0",
        "colour=red",
        "rate=99999999999GB/s",
        "bridge=a,bridge=b",
    };
    struct libxl_nic nic;
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(parse_nic(bad[i], &nic), LIBXL_FAILED);
    assert_int_equal(parse_nic("bridge=b,mac=5", &nic), LIBXL_FAILED);
    assert_string_equal(libxl_error(ctx),
                        "The vif specification's word 'mac=5' makes no sense: mac is one station's "
                        "address, such as 00:16:3e:12:34:56.");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(numbers_have_names),     TEST(every_number_is_its_name),
        TEST(other_forms_of_numbers), TEST(addresses),
        TEST(disk_specifications),    TEST(disk_specifications_that_make_no_sense),
        TEST(nic_specifications),     TEST(nic_specifications_that_make_no_sense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
