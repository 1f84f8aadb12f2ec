/* SPDX-License-Identifier: MIT */
/* Devices that a passthrough tree asks for: what it may have, and each mistake once. */
#include "launch_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>
#include <xen/arch-arm.h>

#define MARK "&rtc { xen,passthrough; };"

static struct device_list given;
static struct launch_passed passed;

/* Reads passthrough.dts with a change, on base.dts with a change. */
static bool pass(const char *host_addition, const char *addition)
{
    void *host = launch_tree(NULL, host_addition), *tree = launch_tree("passthrough.dts", addition);
    const struct machine *machine = launch_test_machine(host);
    const struct launch_pass_context context = {host, machine, &given};
    bool good;

    launch_devices(host, machine, &given);
    good = launch_pass(&context, tree, fdt_totalsize(tree), &passed);
    assert_int_equal(good, passed.error[0] == '\0');
    free(tree);
    free(host);
    return good;
}

static void a_device(void **state)
{
    (void)state;
    assert_true(pass(MARK, NULL));
    assert_int_equal(passed.nr_ranges, 1);
    assert_int_equal(passed.ranges[0].host.start, 0x9010000);
    assert_int_equal(passed.ranges[0].host.size, 0x1000);
    assert_int_equal(passed.ranges[0].guest, 0x10000000);
    assert_true(passed.lines[0] == 1ULL << 34);
    for (unsigned int i = 1; i < ARRAY_SIZE(passed.lines); i++)
        assert_true(passed.lines[i] == 0);
}

/* The hardware domain has neither its registers nor its interrupt, and is told of it. */
static void not_the_hardware_domains(void **state)
{
    (void)state;
    pass(NULL, NULL);
    assert_true(given.lines[0] & 1ULL << 34);
    unsigned int removed = given.nr_removed;

    pass(MARK, NULL);
    assert_false(given.lines[0] & 1ULL << 34);
    for (unsigned int i = 0; i < given.nr_ranges; i++)
        assert_false(given.ranges[i].start <= 0x9010000 &&
                     given.ranges[i].start + given.ranges[i].size > 0x9010000);
    assert_int_equal(given.nr_removed, removed + 1);
}

/* The mark is on the bus, registers are behind its ranges, interrupts of two kinds. */
static void a_device_on_a_marked_bus(void **state)
{
    (void)state;
    assert_true(pass("&soc { xen,passthrough; };",
                     "&serial { xen,path = \"/soc@c000000/i2c@3000\"; "
                     "xen,reg = <0 0xc003000 0 0x1000 0 0x10003000>; };"));
    assert_int_equal(passed.ranges[0].host.start, 0xc003000);
    assert_true(passed.lines[1] == 1ULL << (74 - 64));
}

/* Registers without a path, as Xen's trees may have them: the device is found by its registers, and
 * has no interrupts in the domain. */
static void registers_alone(void **state)
{
    (void)state;
    assert_true(pass(MARK, "&serial { /delete-property/ xen,path; };"));
    assert_int_equal(passed.nr_ranges, 1);
    assert_int_equal(passed.ranges[0].host.start, 0x9010000);
    assert_int_equal(passed.ranges[0].guest, 0x10000000);
    assert_true(passed.lines[0] == 0);
    assert_true(pass("&soc { xen,passthrough; };",
                     "&serial { /delete-property/ xen,path; "
                     "xen,reg = <0 0xc003000 0 0x1000 0 0x10003000>; };"));
    assert_int_equal(passed.ranges[0].host.start, 0xc003000);
}

/* What is not asked for is not there: a node without xen,path, as a clock, is only copied. */
static void nothing_asked_for(void **state)
{
    (void)state;
    assert_true(pass(NULL, "&serial { /delete-property/ xen,path; /delete-property/ xen,reg; };"));
    assert_int_equal(passed.nr_ranges, 0);
}

#define AT "/passthrough/bus@10000000/serial@10000000: "

static const struct {
    const char *host, *tree, *error;
} wrong[] = {
    {MARK, "&serial { xen,path = <1>; };", AT "xen,path: not a string"},
    {NULL, "&serial { /delete-property/ xen,path; };",
     AT "xen,reg: 0x9010000 is not of the registers of a device marked with xen,passthrough"},
    {MARK,
     "&serial { /delete-property/ xen,path; xen,reg = <0 0x9010000 0 0x2000 0 0x10000000>; };",
     AT "xen,reg: 0x9010000 is not of the registers of a device marked with xen,passthrough"},
    {MARK,
     "&serial { /delete-property/ xen,path; /delete-property/ xen,force-assign-without-iommu; };",
     AT "xen,force-assign-without-iommu: missing: without an IOMMU the device's DMA reaches "
        "all memory"},
    {"&uart { xen,passthrough; };",
     "&serial { /delete-property/ xen,path; xen,reg = <0 0x9000000 0 0x1000 0 0x10000000>; };",
     AT "xen,reg: 0x9000000 is not of the registers of a device marked with xen,passthrough"},
    {MARK, "&serial { xen,path = \"/nothing\"; };",
     AT "xen,path: /nothing is not in the machine's tree"},
    {NULL, NULL, AT "xen,path: /pl031@9010000 is no device marked with xen,passthrough"},
    {"&rtc { xen,passthrough; status = \"disabled\"; };", NULL,
     AT "xen,path: /pl031@9010000 is no device marked with xen,passthrough"},
    {"&uart { xen,passthrough; };",
     "&serial { xen,path = \"/pl011@9000000\"; xen,reg = <0 0x9000000 0 0x1000 0 0x10000000>; "
     "};",
     AT "xen,path: /pl011@9000000 is no device marked with xen,passthrough"},
    {"&gic { xen,passthrough; };", "&serial { xen,path = \"/intc@8000000\"; };",
     AT "xen,path: /intc@8000000 is no device marked with xen,passthrough"},
    {"&memory { xen,passthrough; };", "&serial { xen,path = \"/memory@40000000\"; };",
     AT "xen,path: /memory@40000000 is no device marked with xen,passthrough"},
    {"&smmu { xen,passthrough; };", "&serial { xen,path = \"/iommu@9050000\"; };",
     AT "xen,path: /iommu@9050000 is no device marked with xen,passthrough"},
    {"&cpus { xen,passthrough; };", "&serial { xen,path = \"/cpus/cpu@0\"; };",
     AT "xen,path: /cpus/cpu@0 is no device marked with xen,passthrough"},
    {MARK, "&serial { /delete-property/ xen,force-assign-without-iommu; };",
     AT "xen,force-assign-without-iommu: missing: without an IOMMU the device's DMA reaches "
        "all memory"},
    {MARK, "&serial { xen,reg = <0 0x9010000 0 0x1000>; };",
     AT "xen,reg: not (address, size, domain's address) of 2, 2, 2 cells"},
    {MARK, "&serial { xen,reg = <0 0x9010000 0 0x800 0 0x10000000>; };",
     AT "xen,reg: 0x9010000 is not whole pages"},
    {MARK, "&serial { xen,reg = <0 0x9010000 0 0 0 0x10000000>; };",
     AT "xen,reg: 0x9010000 is not whole pages"},
    {MARK, "&serial { xen,reg = <0 0x9010000 0 0x1000 0 0x10000800>; };",
     AT "xen,reg: 0x9010000 is not whole pages"},
    {MARK, "&serial { xen,reg = <0 0x9010000 0 0x1000 0xffffffff 0xfffff000>; };",
     AT "xen,reg: 0x9010000 is not whole pages"},
    {MARK, "&serial { xen,reg = <0 0x9010000 0 0x2000 0 0x10000000>; };",
     AT "xen,reg: 0x9010000 is not of the registers of /pl031@9010000"},
    {MARK, "&serial { xen,reg = <0 0x50000000 0 0x1000 0 0x10000000>; };",
     AT "xen,reg: 0x50000000 is not of the registers of /pl031@9010000"},
    {"&rtc { xen,passthrough; reg = <0 0x50000000 0 0x1000>; };",
     "&serial { xen,reg = <0 0x50000000 0 0x1000 0 0x10000000>; };",
     AT "xen,reg: 0x50000000 is in a page that the hypervisor keeps"},
    {"&rtc { xen,passthrough; reg = <0 0x8000000 0 0x1000>; };",
     "&serial { xen,reg = <0 0x8000000 0 0x1000 0 0x10000000>; };",
     AT "xen,reg: 0x8000000 is in a page that the hypervisor keeps"},
    {"&rtc { xen,passthrough; reg = <0 0x9000000 0 0x1000>; };",
     "&serial { xen,reg = <0 0x9000000 0 0x1000 0 0x10000000>; };",
     AT "xen,reg: 0x9000000 is in a page that the hypervisor keeps"},
    {"&virtio0 { xen,passthrough; };",
     "&serial { xen,path = \"/virtio_mmio@a000000\"; "
     "xen,reg = <0 0xa000000 0 0x1000 0 0x10000000>; };",
     AT "xen,reg: 0xa000000 is in a page with a device that is not marked"},
    {"&rtc { xen,passthrough; interrupts = <0 16 4>; };", NULL,
     AT "xen,path: /pl031@9010000 has interrupt 48 in common with another device"},
    {"&rtc { xen,passthrough; interrupts = <0 1 4>; };", NULL,
     AT "xen,path: /pl031@9010000 has interrupt 33 in common with another device"},
};

static void mistakes(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++) {
        assert_false(pass(wrong[i].host, wrong[i].tree));
        assert_string_equal(passed.error, wrong[i].error);
    }
}

static void too_many(void **state)
{
    char text[4096] = "&serial { xen,reg = ";

    (void)state;
    for (unsigned int i = 0; i <= LAUNCH_MAX_PASSED; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text),
                 "%s<0 0x9010000 0 0x1000 0 0x%x000>", i == 0 ? "" : ", ", 0x10000 + i);
    strcat(text, "; };");
    assert_false(pass(MARK, text));
    assert_string_equal(passed.error, AT "xen,reg: more than 16 ranges in all");
}

static void no_tree(void **state)
{
    static const char text[64] = "no tree";
    void *host = launch_tree(NULL, NULL);
    const struct launch_pass_context context = {host, launch_test_machine(host), &given};

    (void)state;
    assert_false(launch_pass(&context, text, sizeof(text), &passed));
    assert_string_equal(passed.error, "reg: not a valid device tree");
    free(host);
}

static void shared_devices(void **state)
{
    static struct launch_passed first;

    (void)state;
    assert_true(pass(MARK, NULL));
    first = passed;
    assert_true(launch_passed_share(&first, &passed));
    memset(first.lines, 0, sizeof(first.lines));
    assert_true(launch_passed_share(&first, &passed));
    first.nr_ranges = 0;
    assert_false(launch_passed_share(&first, &passed));
    first.lines[0] = 1ULL << 34;
    assert_true(launch_passed_share(&first, &passed));
}

/* Where the device is put in the domain, and what becomes of the room for foreign pages. */
static void room(void **state)
{
    static const struct {
        uint64_t guest;
        bool fits;
        uint64_t extended, size;
    } cases[] = {
        {0x10000000, true, 0x48000000, 0xb8000000},
        {0xa0000000, true, 0xa0200000, 0x5fe00000},
        {0xb0000000, true, 0x48000000, 0x68000000},
        {0x50000000, true, 0x50200000, 0xafe00000},
        {0x40001000, false, 0, 0},
        {GUEST_GICV3_GICD_BASE, false, 0, 0},
        {GUEST_GICV3_GICR0_BASE + 0x20000, false, 0, 0},
        {GUEST_GNTTAB_BASE, false, 0, 0},
        {GUEST_MAGIC_BASE + 0x1000, false, 0, 0},
        {GUEST_PL011_BASE, false, 0, 0},
        {1ULL << 39, false, 0, 0},
    };
    void *fdt = launch_tree(NULL, "&app { vpl011; };");
    const struct machine *machine = launch_test_machine(fdt);
    const struct launch_domain *app = launch_test_domain(launch_test_plan(fdt), "app");
    struct launch_layout layout;

    (void)state;
    for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_true(pass(MARK, NULL));
        passed.ranges[0].guest = cases[i].guest;
        assert_true(launch_layout(machine, app, NULL, &layout));
        assert_int_equal(launch_layout_pass(&layout, app, &passed), cases[i].fits);
        assert_int_equal(passed.error[0] == '\0', cases[i].fits);
        if (cases[i].fits) {
            assert_int_equal(layout.nr_extended, 1);
            assert_int_equal(layout.extended[0].start, cases[i].extended);
            assert_int_equal(layout.extended[0].size, cases[i].size);
        }
    }
    passed.ranges[0].guest = 0x10000000;
    passed.ranges[passed.nr_ranges++] = passed.ranges[0];
    assert_false(launch_layout_pass(&layout, app, &passed));
    passed.nr_ranges = 0;
    passed.lines[0] |= 1ULL << GUEST_VPL011_SPI;
    assert_false(launch_layout_pass(&layout, app, &passed));
    assert_string_equal(passed.error, "interrupts: 32 is that of the domain's vpl011");
    free(fdt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device),
        cmocka_unit_test(not_the_hardware_domains),
        cmocka_unit_test(a_device_on_a_marked_bus),
        cmocka_unit_test(registers_alone),
        cmocka_unit_test(nothing_asked_for),
        cmocka_unit_test(mistakes),
        cmocka_unit_test(too_many),
        cmocka_unit_test(no_tree),
        cmocka_unit_test(shared_devices),
        cmocka_unit_test(room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
