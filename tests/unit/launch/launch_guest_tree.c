/* SPDX-License-Identifier: MIT */
/* The device trees that domains are given, read back through libfdt. */
#include "launch_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>
#include <xen/arch-arm.h>

static struct device_list devices;

/* The tree of one of the plan's domains, as construction would make it. */
static void *guest_tree_of(const void *fdt, const char *name, const void *passthrough)
{
    static const struct launch_sizes sizes = {
        .image_size = 0x1e00000, .ramdisk = 0x800000, .tree = 0x10000};
    const struct machine *machine = launch_test_machine(fdt);
    const struct launch_domain *domain = launch_test_domain(launch_test_plan(fdt), name);
    bool hardware = strcmp(name, "hardware") == 0;
    uint64_t passthrough_size = passthrough ? fdt_totalsize(passthrough) : 0;
    uint64_t size = guest_tree_size(fdt, domain, passthrough_size);
    static struct launch_layout layout;
    static struct launch_placement placement;
    void *buffer = aligned_alloc(4096, size);
    const struct guest_tree what = {.host_tree = fdt,
                                    .machine = machine,
                                    .domain = domain,
                                    .layout = &layout,
                                    .devices = hardware ? &devices : NULL,
                                    .plan = hardware ? launch_test_plan(fdt) : NULL,
                                    .placement = &placement,
                                    .passthrough = passthrough,
                                    .passthrough_size = passthrough_size};

    launch_devices(fdt, machine, &devices);
    assert_true(launch_layout(machine, domain, hardware ? &devices : NULL, &layout));
    launch_layout_share(launch_test_plan(fdt), domain, &layout);
    assert_true(launch_place(&layout, &sizes, &placement));
    assert_null(guest_tree_write(&what, buffer, size));
    assert_int_equal(fdt_check_full(buffer, size), 0);
    return buffer;
}

static int node_at(const void *fdt, const char *path)
{
    int node = fdt_path_offset(fdt, path);

    if (node < 0)
        fail_msg("no node %s", path);
    return node;
}

static bool has_node(const void *fdt, const char *path)
{
    return fdt_path_offset(fdt, path) >= 0;
}

static void expect_text(const void *fdt, const char *path, const char *property, const char *text)
{
    const char *value = fdt_getprop(fdt, node_at(fdt, path), property, NULL);

    assert_non_null(value);
    assert_string_equal(value, text);
}

static void expect_cells(const void *fdt, const char *path, const char *property,
                         unsigned int count, const uint32_t *cells)
{
    int size;
    const fdt32_t *value = fdt_getprop(fdt, node_at(fdt, path), property, &size);

    assert_non_null(value);
    assert_int_equal(size, count * 4);
    for (unsigned int i = 0; i < count; i++)
        assert_int_equal(fdt32_to_cpu(value[i]), cells[i]);
}

#define CELLS(...)                                                                                 \
    sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t), (const uint32_t[])                       \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

static void expect_absent(const void *fdt, const char *path, const char *property)
{
    assert_null(fdt_getprop(fdt, node_at(fdt, path), property, NULL));
}

static void a_plain_guest(void **state)
{
    void *fdt = launch_tree(NULL, NULL), *tree = guest_tree_of(fdt, "app", NULL);

    (void)state;
    expect_cells(tree, "/memory@40000000", "reg", CELLS(0, 0x40000000, 0, 0x8000000));
    expect_text(tree, "/memory@40000000", "device_type", "memory");
    expect_text(tree, "/cpus/cpu@1", "enable-method", "psci");
    expect_cells(tree, "/cpus/cpu@1", "reg", CELLS(1));
    assert_false(has_node(tree, "/cpus/cpu@2"));
    expect_text(tree, "/psci", "method", "hvc");
    assert_int_equal(fdt_node_check_compatible(tree, node_at(tree, "/psci"), "arm,psci-0.2"), 0);
    expect_cells(tree, "/timer", "interrupts", CELLS(1, 13, 8, 1, 14, 8, 1, 11, 8, 1, 10, 8));
    expect_cells(
        tree, "/interrupt-controller@3001000", "reg",
        CELLS(0, GUEST_GICV3_GICD_BASE, 0, 0x10000, 0, GUEST_GICV3_GICR0_BASE, 0, 0x40000));
    expect_cells(tree, "/interrupt-controller@3001000", "phandle", CELLS(65000));
    expect_cells(tree, "/", "interrupt-parent", CELLS(65000));
    assert_int_equal(fdt_node_check_compatible(tree, node_at(tree, "/hypervisor"), "xen,xen"), 0);
    expect_text(tree, "/hypervisor", "compatible", "xen,xen-4.17");
    expect_cells(tree, "/hypervisor", "reg",
                 CELLS(0, 0x38000000, 0, 0x1000000, 0, 0x48000000, 0, 0xb8000000));
    expect_cells(tree, "/hypervisor", "interrupts", CELLS(1, 15, 8));
    expect_absent(tree, "/chosen", "bootargs");
    expect_absent(tree, "/chosen", "stdout-path");
    expect_absent(tree, "/chosen", "linux,initrd-start");
    assert_false(has_node(tree, "/sbsa-uart@22000000"));
    free(tree);
    free(fdt);
}

/* A node of a domain. */
#define SHARE(name, id, memory)                                                                    \
    name " { compatible = \"xen,domain-shared-memory-v1\"; xen,shm-id = \"" id "\"; "              \
         "xen,shared-mem = <" memory ">; };"

/* As Linux's bindings have it, and out of the room for foreign pages. */
static void shared_memory(void **state)
{
    static const char text[] = "&app { " SHARE("m", "rings", "0 0x60000000 0 0x200000") SHARE(
        "n", "far away",
        "1 0x10000000 0 0x1000") " };\n"
                                 "&control { " SHARE("m", "rings", "0 0x60000000 0 0x200000") " };";
    void *fdt = launch_tree(NULL, text), *tree = guest_tree_of(fdt, "app", NULL);

    (void)state;
    expect_cells(tree, "/reserved-memory", "#address-cells", CELLS(2));
    expect_cells(tree, "/reserved-memory", "#size-cells", CELLS(2));
    assert_non_null(fdt_getprop(tree, node_at(tree, "/reserved-memory"), "ranges", NULL));
    expect_text(tree, "/reserved-memory/xen-shmem@60000000", "compatible", "xen,shared-memory-v1");
    expect_text(tree, "/reserved-memory/xen-shmem@60000000", "xen,id", "rings");
    expect_cells(tree, "/reserved-memory/xen-shmem@60000000", "reg",
                 CELLS(0, 0x60000000, 0, 0x200000));
    expect_cells(tree, "/reserved-memory/xen-shmem@60000000", "xen,offset", CELLS(0, 0));
    assert_non_null(
        fdt_getprop(tree, node_at(tree, "/reserved-memory/xen-shmem@60000000"), "no-map", NULL));
    expect_text(tree, "/reserved-memory/xen-shmem@110000000", "xen,id", "far away");
    expect_cells(tree, "/hypervisor", "reg",
                 CELLS(0, 0x38000000, 0, 0x1000000, 0, 0x60200000, 0, 0x9fe00000));
    free(tree);
    free(fdt);
}

static void shared_memory_of_the_hardware_domain(void **state)
{
    static const char text[] = "&hardware { " SHARE(
        "m", "rings",
        "0 0x70000000 0 0x70000000 0 0x1000") " };\n"
                                              "&control { " SHARE(
                                                  "m", "rings",
                                                  "0 0x70000000 0 0x60000000 0 0x1000") " };";
    void *fdt = launch_tree(NULL, text), *tree = guest_tree_of(fdt, "hardware", NULL);

    (void)state;
    expect_text(tree, "/reserved-memory/xen-shmem@70000000", "xen,id", "rings");
    expect_cells(tree, "/reserved-memory/xen-shmem@70000000", "reg",
                 CELLS(0, 0x70000000, 0, 0x1000));
    free(tree);
    free(fdt);
}

/* Nobody shares anything: no empty node either. And as many as can be have room. */
static void shared_memory_none_and_most(void **state)
{
    char text[4096] = "&app { cpus = <1>; ";
    void *fdt = launch_tree(NULL, NULL), *tree = guest_tree_of(fdt, "app", NULL);

    (void)state;
    assert_false(has_node(tree, "/reserved-memory"));
    free(tree);
    free(fdt);
    for (unsigned int i = 0; i < LAUNCH_MAX_SHARED; i++) {
        char one[160];

        snprintf(one, sizeof(one), SHARE("m%u", "of 15 letter %02u", "0x%x 0 0 0x1000"), i, i,
                 i + 4);
        strcat(text, one);
    }
    strcat(text, " };");
    fdt = launch_tree(NULL, text);
    tree = guest_tree_of(fdt, "app", NULL);
    expect_text(tree, "/reserved-memory/xen-shmem@1300000000", "xen,id", "of 15 letter 15");
    free(tree);
    free(fdt);
}

static void a_guest_with_a_vpl011(void **state)
{
    void *fdt = launch_tree(NULL, NULL), *tree = guest_tree_of(fdt, "control", NULL);

    (void)state;
    expect_text(tree, "/sbsa-uart@22000000", "compatible", "arm,sbsa-uart");
    expect_cells(tree, "/sbsa-uart@22000000", "reg", CELLS(0, 0x22000000, 0, 0x1000));
    expect_cells(tree, "/sbsa-uart@22000000", "interrupts", CELLS(0, 0, 4));
    expect_text(tree, "/chosen", "bootargs", "console=ttyAMA0");
    expect_text(tree, "/chosen", "stdout-path", "serial0");
    expect_text(tree, "/aliases", "serial0", "/sbsa-uart@22000000");
    /* 192 MiB from 0x40000000 on: the tree in the last 64 KiB, the ramdisk of 8 MiB below it. */
    expect_cells(tree, "/chosen", "linux,initrd-start", CELLS(0, 0x4b7f0000));
    expect_cells(tree, "/chosen", "linux,initrd-end", CELLS(0, 0x4bff0000));
    free(tree);
    free(fdt);
}

static void without_pv_interfaces(void **state)
{
    void *fdt = launch_tree(NULL, "&app { xen,enhanced = \"disabled\"; };");
    void *tree = guest_tree_of(fdt, "app", NULL);

    (void)state;
    assert_false(has_node(tree, "/hypervisor"));
    free(tree);
    free(fdt);
}

static void many_vcpus_and_much_memory(void **state)
{
    void *fdt = launch_tree(NULL, "&memory { reg = <0 0x40000000 4 0>; };\n"
                                  "&app { cpus = <18>; memory = <0 0x400000>; };");
    void *tree = guest_tree_of(fdt, "app", NULL);

    (void)state;
    expect_cells(tree, "/cpus/cpu@101", "reg", CELLS(0x101));
    assert_true(has_node(tree, "/cpus/cpu@f"));
    assert_false(has_node(tree, "/cpus/cpu@10"));
    expect_cells(tree, "/memory@40000000", "reg", CELLS(0, 0x40000000, 0, 0xc0000000));
    expect_cells(tree, "/memory@200000000", "reg", CELLS(2, 0, 0, 0x40000000));
    expect_cells(tree, "/hypervisor", "reg",
                 CELLS(0, 0x38000000, 0, 0x1000000, 2, 0x40000000, 1, 0));
    free(tree);
    free(fdt);
}

static void a_direct_mapped_guest(void **state)
{
    void *fdt = launch_tree(
        NULL, "&app { direct-map; vpl011; xen,static-mem = <0 0x70000000 0 0x8000000>; };");
    void *tree = guest_tree_of(fdt, "app", NULL);

    (void)state;
    expect_cells(tree, "/memory@70000000", "reg", CELLS(0, 0x70000000, 0, 0x8000000));
    expect_cells(tree, "/interrupt-controller@8000000", "reg",
                 CELLS(0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0, 0x40000));
    expect_cells(tree, "/sbsa-uart@9000000", "reg", CELLS(0, 0x9000000, 0, 0x1000));
    expect_cells(tree, "/sbsa-uart@9000000", "interrupts", CELLS(0, 1, 4));
    free(tree);
    free(fdt);
}

static void the_hardware_domain(void **state)
{
    void *fdt = launch_tree(NULL, NULL), *tree = guest_tree_of(fdt, "hardware", NULL);
    uint32_t gic = fdt_get_phandle(fdt, node_at(fdt, "/intc@8000000"));

    (void)state;
    expect_text(tree, "/", "compatible", "linux,dummy-virt");
    expect_cells(tree, "/", "interrupt-parent", CELLS(gic));
    expect_cells(tree, "/memory@50000000", "reg", CELLS(0, 0x50000000, 0, 0x10000000));
    assert_false(has_node(tree, "/memory@40000000"));
    assert_true(has_node(tree, "/cpus/cpu@0"));
    assert_false(has_node(tree, "/cpus/cpu@1"));
    expect_text(tree, "/psci", "method", "hvc");
    expect_cells(tree, "/intc@8000000", "reg",
                 CELLS(0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0, 0x20000));
    expect_cells(tree, "/intc@8000000", "phandle", CELLS(gic));
    expect_absent(tree, "/intc@8000000", "interrupts");
    assert_false(has_node(tree, "/intc@8000000/its@8080000"));
    expect_cells(tree, "/timer", "interrupts", CELLS(1, 13, 8, 1, 14, 8, 1, 11, 8, 1, 10, 8));
    expect_text(tree, "/pl011@9000000", "status", "disabled");
    expect_cells(tree, "/pl031@9010000", "interrupts", CELLS(0, 2, 4));
    expect_absent(tree, "/virtio_mmio@a000200", "iommus");
    expect_text(tree, "/soc@c000000/i2c@3000/sensor@48", "compatible", "example,sensor");
    expect_text(tree, "/chosen", "bootargs", "console=hvc0");
    assert_true(has_node(tree, "/hypervisor"));
    free(tree);
    free(fdt);
}

static void what_the_hardware_domain_has_not(void **state)
{
    void *fdt = launch_tree(NULL, NULL), *tree = guest_tree_of(fdt, "hardware", NULL);
    static const char *const withheld[] = {"/pmu", "/iommu@9050000", "/pcie@10000000",
                                           "/chosen/hardware", "/chosen/app"};

    (void)state;
    for (unsigned int i = 0; i < sizeof(withheld) / sizeof(withheld[0]); i++)
        assert_false(has_node(tree, withheld[i]));
    expect_absent(tree, "/chosen", "rng-seed");
    expect_absent(tree, "/chosen", "stdout-path");
    expect_absent(tree, "/chosen", "xen,xen-bootargs");
    free(tree);
    free(fdt);
}

/* A root of one size cell cannot say 4 GiB, but all the rest. */
static void a_root_of_other_cells(void **state)
{
    void *fdt = launch_tree(
        "small.dts",
        "&chosen { hardware { compatible = \"xen,domain\"; #address-cells = <1>; #size-cells = "
        "<1>;\n"
        "capabilities = <6>; cpus = <1>; memory = <0x20000>; direct-map; xen,enhanced;\n"
        "xen,static-mem = <0x50000000 0x8000000>;\n"
        "kernel { compatible = \"multiboot,kernel\"; reg = <0x49000000 0x1e00000>; }; }; };");
    void *tree = guest_tree_of(fdt, "hardware", NULL);

    (void)state;
    expect_cells(tree, "/memory@50000000", "reg", CELLS(0x50000000, 0x8000000));
    expect_cells(tree, "/hypervisor", "reg", CELLS(0x38000000, 0x1000000));
    expect_cells(tree, "/bus/intc@0", "reg", CELLS(0x0, 0x10000, 0xa0000, 0x20000));
    free(tree);
    free(fdt);
}

static void a_passthrough_tree(void **state)
{
    void *fdt = launch_tree(NULL, "&app { xen,enhanced; };");
    void *passthrough = launch_tree("passthrough.dts", NULL);
    void *tree = guest_tree_of(fdt, "app", passthrough);

    (void)state;
    expect_cells(tree, "/", "interrupt-parent", CELLS(7));
    expect_cells(tree, "/interrupt-controller@3001000", "phandle", CELLS(7));
    expect_text(tree, "/bus@10000000/serial@10000000", "compatible", "example,serial");
    expect_absent(tree, "/bus@10000000/serial@10000000", "xen,reg");
    expect_absent(tree, "/bus@10000000/serial@10000000", "xen,path");
    expect_text(tree, "/fixed-clock", "compatible", "fixed-clock");
    expect_text(tree, "/aliases", "serial1", "/bus@10000000/serial@10000000");
    assert_false(has_node(tree, "/passthrough"));
    assert_false(has_node(tree, "/gic"));
    free(tree);
    free(passthrough);
    free(fdt);
}

/* Expected: RFC 8439, appendix A.1, test vector 1; and what another implementation says for a
 * counted key. */
static void seeds(void **state)
{
    static const uint8_t of_zeroes[] = {0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90,
                                        0x40, 0x5d, 0x6a, 0xe5, 0x53, 0x86, 0xbd, 0x28,
                                        0xbd, 0xd2, 0x19, 0xb8, 0xa0, 0x8d, 0xed, 0x1a,
                                        0xa8, 0x36, 0xef, 0xcc, 0x8b, 0x77, 0x0d, 0xc7};
    static const uint8_t of_counted[] = {0x16, 0x12, 0x7c, 0x5d, 0x85, 0x42, 0x86, 0x2a,
                                         0x59, 0x98, 0x85, 0x9e, 0x06, 0xd5, 0x05, 0x39,
                                         0xf5, 0x53, 0x79, 0xb2, 0x06, 0x56, 0xd1, 0xda,
                                         0xbc, 0x13, 0x32, 0xbb, 0xd1, 0x7f, 0xfd, 0x4c};
    uint8_t seed[LAUNCH_SEED];
    void *fdt = launch_tree(NULL, "&chosen { rng-seed = <0 0 0 0 0 0 0 0>; };");

    (void)state;
    assert_true(launch_seed(fdt, launch_test_machine(fdt), 0, seed));
    assert_memory_equal(seed, of_zeroes, LAUNCH_SEED);
    free(fdt);
    fdt = launch_tree(NULL, "&chosen { rng-seed = <0x00010203 0x04050607 0x08090a0b 0x0c0d0e0f "
                            "0x10111213 0x14151617 0x18191a1b 0x1c1d1e1f>; };");
    assert_true(launch_seed(fdt, launch_test_machine(fdt), 7, seed));
    assert_memory_equal(seed, of_counted, LAUNCH_SEED);
    assert_true(launch_seed(fdt, launch_test_machine(fdt), 7ULL << 32, seed));
    assert_memory_not_equal(seed, of_counted, LAUNCH_SEED);
    free(fdt);
    fdt = launch_tree(NULL, NULL); /* 16 bytes are not enough */
    assert_false(launch_seed(fdt, launch_test_machine(fdt), 0, seed));
    free(fdt);
    fdt = launch_tree(NULL, "&chosen { /delete-property/ rng-seed; };");
    assert_false(launch_seed(fdt, launch_test_machine(fdt), 0, seed));
    free(fdt);
}

#define SERVED "/chosen/trefoil,devices/"

static void devices_to_serve(void **state)
{
    void *fdt = launch_tree(
        NULL,
        "&app { domid = <31>;\n"
        "  n0 { compatible = \"trefoil,network\"; bridge = \"xenbr0\"; };\n"
        "  root { compatible = \"trefoil,disk\"; vdev = \"xvdb1\"; target = \"LABEL=a\";\n"
        "    read-only; script = \"own\"; };\n"
        "  n1 { compatible = \"trefoil,network\"; bridge = \"xenbr1\"; phandle = <0x99>;\n"
        "    mac = \"00:16:3e:00:00:01\"; vifname = \"lan\"; };\n"
        "  far { compatible = \"trefoil,disk\"; vdev = \"xvdaf\"; target = \"/srv/a\"; }; };\n");
    void *tree = guest_tree_of(fdt, "hardware", NULL);
    const struct launch_domain *app = launch_test_domain(launch_test_plan(fdt), "app");
    int size;
    const void *uuid;

    (void)state;
    assert_int_equal(app->nr_devices, 4);
    expect_cells(tree, SERVED "domain@1f", "domid", CELLS(31));
    expect_text(tree, SERVED "domain@1f", "domain-name", "app");
    uuid = fdt_getprop(tree, node_at(tree, SERVED "domain@1f"), "uuid", &size);
    assert_int_equal(size, 16);
    assert_memory_equal(uuid, app->uuid, 16);
    expect_text(tree, SERVED "domain@1f/network@0", "compatible", "trefoil,network");
    expect_cells(tree, SERVED "domain@1f/network@0", "handle", CELLS(0));
    expect_text(tree, SERVED "domain@1f/network@0", "bridge", "xenbr0");
    expect_absent(tree, SERVED "domain@1f/network@0", "mac");
    expect_cells(tree, SERVED "domain@1f/network@1", "handle", CELLS(1));
    expect_text(tree, SERVED "domain@1f/network@1", "mac", "00:16:3e:00:00:01");
    expect_text(tree, SERVED "domain@1f/network@1", "vifname", "lan");
    assert_false(has_node(tree, SERVED "domain@1f/network@2"));
    expect_text(tree, SERVED "domain@1f/disk@ca11", "compatible", "trefoil,disk");
    expect_cells(tree, SERVED "domain@1f/disk@ca11", "virtual-device", CELLS(51729));
    expect_text(tree, SERVED "domain@1f/disk@ca11", "vdev", "xvdb1");
    expect_text(tree, SERVED "domain@1f/disk@ca11", "target", "LABEL=a");
    expect_text(tree, SERVED "domain@1f/disk@ca11", "script", "own");
    expect_cells(tree, SERVED "domain@1f/disk@ca11", "read-only", 0, NULL);
    expect_cells(tree, SERVED "domain@1f/disk@10001f00", "virtual-device", CELLS(0x10001f00));
    expect_absent(tree, SERVED "domain@1f/disk@10001f00", "read-only");
    assert_false(has_node(tree, SERVED "domain@1"));
    free(tree);
    tree = guest_tree_of(fdt, "app", NULL);
    assert_false(has_node(tree, "/chosen/trefoil,devices"));
    free(tree);
    free(fdt);
}

/* base.dts, and as many disks as a domain may have behind `first`. */
static void *tree_of_many(const char *first)
{
    static char text[16384];

    sprintf(text, "&app { %s", first);
    for (unsigned int i = 0; i < LAUNCH_MAX_DEVICES; i++)
        sprintf(text + strlen(text),
                " d%u { compatible = \"trefoil,disk\"; vdev = \"%u\"; target = \"/%u\"; };", i,
                i + 1, i);
    strcat(text, "};");
    return launch_tree(NULL, text);
}

static void as_many_devices_as_may_be(void **state)
{
    void *fdt = tree_of_many(""), *tree = guest_tree_of(fdt, "hardware", NULL);

    (void)state;
    expect_text(tree, SERVED "domain@2/disk@1", "target", "/0");
    expect_text(tree, SERVED "domain@2/disk@40", "target", "/63");
    free(tree);
    free(fdt);
}

static void one_device_too_many(void **state)
{
    static struct launch_plan plan;
    void *fdt = tree_of_many("n { compatible = \"trefoil,network\"; bridge = \"b\"; };");

    (void)state;
    assert_true(launch_plan(fdt, launch_test_machine(fdt), launch_kept, 2, &plan));
    assert_int_equal(plan.nr_messages, 1);
    assert_string_equal(plan.messages[0].text,
                        "/chosen/app/d63: compatible: more devices than a domain may have");
    assert_int_equal(plan.nr_domains, 2);
    free(fdt);
}

static void bad_passthrough_trees(void **state)
{
    void *fdt = launch_tree(NULL, NULL), *good = launch_tree("passthrough.dts", NULL);
    const struct machine *machine = launch_test_machine(fdt);
    const struct launch_domain *domain = launch_test_domain(launch_test_plan(fdt), "app");
    static struct launch_layout layout;
    static _Alignas(4096) char buffer[16384];
    static const struct launch_placement placement;
    struct guest_tree what = {.host_tree = fdt,
                              .machine = machine,
                              .domain = domain,
                              .layout = &layout,
                              .placement = &placement,
                              .passthrough = good,
                              .passthrough_size = fdt_totalsize(good)};

    (void)state;
    assert_true(launch_layout(machine, domain, NULL, &layout));
    assert_null(guest_tree_write(&what, buffer, sizeof(buffer)));
    assert_string_equal(guest_tree_write(&what, buffer, 512), "no room");
    what.passthrough_size = fdt_totalsize(good) - 1;
    assert_string_equal(guest_tree_write(&what, buffer, sizeof(buffer)), "no device tree");
    what.passthrough_size++;
    fdt_set_version(good, 15);
    assert_string_equal(guest_tree_write(&what, buffer, sizeof(buffer)), "no device tree");
    fdt_set_version(good, 17);
    assert_null(guest_tree_write(&what, buffer, sizeof(buffer)));
    what.passthrough_size = 8;
    assert_string_equal(guest_tree_write(&what, buffer, sizeof(buffer)), "no device tree");
    what.passthrough = "\0\0\0\0\0\0\0\0something else";
    what.passthrough_size = 16;
    assert_string_equal(guest_tree_write(&what, buffer, sizeof(buffer)), "no device tree");
    free(good);
    free(fdt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_guest),
        cmocka_unit_test(shared_memory),
        cmocka_unit_test(shared_memory_of_the_hardware_domain),
        cmocka_unit_test(shared_memory_none_and_most),
        cmocka_unit_test(a_guest_with_a_vpl011),
        cmocka_unit_test(without_pv_interfaces),
        cmocka_unit_test(many_vcpus_and_much_memory),
        cmocka_unit_test(a_direct_mapped_guest),
        cmocka_unit_test(the_hardware_domain),
        cmocka_unit_test(what_the_hardware_domain_has_not),
        cmocka_unit_test(a_root_of_other_cells),
        cmocka_unit_test(a_passthrough_tree),
        cmocka_unit_test(bad_passthrough_trees),
        cmocka_unit_test(seeds),
        cmocka_unit_test(devices_to_serve),
        cmocka_unit_test(as_many_devices_as_may_be),
        cmocka_unit_test(one_device_too_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
