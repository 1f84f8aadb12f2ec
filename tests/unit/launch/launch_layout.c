/* SPDX-License-Identifier: MIT */
/* Devices of the hardware domain, address maps, and where things are loaded. */
#include "launch_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>
#include <xen/arch-arm.h>

#include "machine/ranges.h"

static struct device_list devices;
static struct launch_layout layout;

/* Of what the room for foreign pages loses, the smaller part; nothing else moves. */
static void shared_memory(void **state)
{
    static const struct {
        const char *address, *size;
        uint64_t start, extended;
    } cases[] = {
        {"0 0x48000000", "0 0x1000", 0x48200000, 0xb7e00000},
        {"0 0xf0000000", "0 0x10000000", 0x48000000, 0xa8000000},
        {"1 0", "0 0x1000", 0x48000000, 0xb8000000},
        {"0 0x4a000000", "0 0xb4000000", 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[256];

        snprintf(text, sizeof(text),
                 "&memory { reg = <0 0x40000000 2 0>; };\n"
                 "&app { m { compatible = \"xen,domain-shared-memory-v1\"; xen,shm-id = \"one\";\n"
                 "xen,shared-mem = <%s %s>; }; };",
                 cases[i].address, cases[i].size);

        void *fdt = launch_tree(NULL, text);
        const struct launch_plan *plan = launch_test_plan(fdt);
        const struct launch_domain *app = launch_test_domain(plan, "app");

        assert_true(launch_layout(launch_test_machine(fdt), app, NULL, &layout));
        launch_layout_share(plan, app, &layout);
        assert_int_equal(layout.nr_shared, 1);
        assert_ptr_equal(layout.region[0], &plan->regions[0]);
        assert_int_equal(layout.nr_extended, cases[i].extended != 0);
        if (layout.nr_extended) {
            assert_int_equal(layout.extended[0].start, cases[i].start);
            assert_int_equal(layout.extended[0].size, cases[i].extended);
        }
        free(fdt);
    }
}

static bool has_spi(unsigned int intid)
{
    return devices.lines[intid / 64] & 1ULL << intid % 64;
}

static void devices_of_the_board(void **state)
{
    /* RTC; the two virtio devices of one page; a bus with two windows. */
    static const struct paddr_range expected[] = {
        {0x9010000, 0x1000}, {0xa000000, 0x1000}, {0xc003000, 0x1000}, {0xd001000, 0x1000}};
    static const unsigned int spis[] = {34, 48, 49, 72, 73, 74};
    void *fdt = launch_tree(NULL, NULL);
    unsigned int count = 0;

    (void)state;
    launch_devices(fdt, launch_test_machine(fdt), &devices);
    assert_int_equal(devices.nr_ranges, 4);
    for (unsigned int i = 0; i < 4; i++)
        assert_true(range_same(devices.ranges[i], expected[i]));
    for (unsigned int i = 0; i < LAUNCH_MAX_LINES; i++)
        count += has_spi(i);
    assert_int_equal(count, 6);
    for (unsigned int i = 0; i < 6; i++)
        assert_true(has_spi(spis[i]));
    assert_int_equal(devices.nr_removed, 3);
    assert_false(devices.full);
    free(fdt);
}

/* Where the command line says so, and there it is whole. */
static const struct {
    const char *options, *more;
    bool kept;
} watchdogs[] = {
    {"xsm=split", "", false},
    {"xsm=split nowatchdog=10", "", false},
    {"watchdog=10", "", true},
    {"log=debug watchdog=10", "", true},
    {"watchdog=10", "status = \"disabled\";", false},
    {"watchdog=10", "reg = <0 0x9060000 0 0x1000>;", false},
    {"watchdog=10", "compatible = \"arm,sp805\";", false},
};

static void a_watchdog(void **state)
{
    char text[512];

    (void)state;
    for (size_t i = 0; i < sizeof(watchdogs) / sizeof(watchdogs[0]); i++) {
        snprintf(text, sizeof(text),
                 "&chosen { xen,xen-bootargs = \"%s\"; };\n"
                 "/ { dog: watchdog@9060000 { compatible = \"arm,sbsa-gwdt\";\n"
                 "    reg = <0 0x9060000 0 0x1000>, <0 0x9070000 0 0x1000>;\n"
                 "    interrupts = <0 48 4>; }; };\n&dog { %s };",
                 watchdogs[i].options, watchdogs[i].more);

        void *fdt = launch_tree(NULL, text);
        const struct machine *machine = launch_test_machine(fdt);
        bool given = !watchdogs[i].kept && !strstr(watchdogs[i].more, "status");

        launch_devices(fdt, machine, &devices);
        assert_int_equal(machine->watchdog.compatible != NULL, watchdogs[i].kept);
        assert_int_equal(has_spi(80), given);
        assert_int_equal(
            ranges_hold(devices.ranges, devices.nr_ranges, (struct paddr_range){0x9060000, 0x1000}),
            given);
        assert_int_equal(devices.nr_removed, 3 + watchdogs[i].kept);
        if (watchdogs[i].kept) {
            assert_int_equal(machine->watchdog.irq, 80);
            assert_true(
                range_same(machine->watchdog.reg[0], (struct paddr_range){0x9060000, 0x1000}));
            assert_true(
                range_same(machine->watchdog.reg[1], (struct paddr_range){0x9070000, 0x1000}));
        }
        free(fdt);
    }
}

/* Nothing that lies in RAM, in the GIC or in the page of the hypervisor's UART is ever given away.
 */
static void devices_that_reach_too_far(void **state)
{
    void *fdt = launch_tree(
        NULL, "&rtc { reg = <0 0x8ff0000 0 0x20000>; };\n"
              "&virtio0 { reg = <0 0x7000000 0 0x1000001>; };\n"
              "&virtio1 { reg = <0 0x3ffff000 0 0x2000>; };\n"
              "&soc { ranges = <0 0 0x8000000 0x100000>, <0x100000 0 0x80a0000 0x100000>; };");

    (void)state;
    launch_devices(fdt, launch_test_machine(fdt), &devices);
    assert_int_equal(devices.nr_ranges, 0);
    free(fdt);
}

static void more_devices_than_room(void **state)
{
    static char text[32768] = "&soc { ranges;";
    char one[128];
    void *fdt;

    (void)state;
    for (unsigned int i = 0; i <= LAUNCH_MAX_DEVICE_RANGES; i++) {
        snprintf(one, sizeof(one), " d%u { reg = <0x%x 0x1000>; };", i, 0x10000000 + i * 0x2000);
        strcat(text, one);
    }
    strcat(text, " };");
    fdt = launch_tree(NULL, text);
    launch_devices(fdt, launch_test_machine(fdt), &devices);
    assert_true(devices.full);
    assert_int_equal(devices.nr_ranges, LAUNCH_MAX_DEVICE_RANGES);
    free(fdt);
}

static void check_holes(const struct machine *machine)
{
    struct paddr_range holes[2 + LAUNCH_MAX_EXTENDED] = {layout.grant_table,
                                                         {layout.magic, GUEST_MAGIC_SIZE}};
    unsigned int count = 2;

    for (unsigned int i = 0; i < layout.nr_extended; i++)
        holes[count++] = layout.extended[i];
    for (unsigned int i = 0; i < count; i++) {
        assert_int_equal(holes[i].start % 0x200000, 0);
        assert_null(ranges_overlapping(holes, i, holes[i]));
        assert_null(ranges_overlapping(machine->banks, machine->nr_banks, holes[i]));
        assert_null(ranges_overlapping(devices.ranges, devices.nr_ranges, holes[i]));
        assert_null(ranges_overlapping(machine->arch.gicr, machine->arch.nr_gicr, holes[i]));
        assert_false(range_overlaps(machine->arch.gicd, holes[i]));
        assert_false(range_overlaps(machine->uart.reg, holes[i]));
    }
}

static void holes_of_a_direct_map(void **state)
{
    void *fdt = launch_tree(NULL, NULL);
    const struct machine *machine = launch_test_machine(fdt);
    const struct launch_domain *hardware = launch_test_domain(launch_test_plan(fdt), "hardware");

    (void)state;
    launch_devices(fdt, machine, &devices);
    assert_true(launch_layout(machine, hardware, &devices, &layout));
    assert_int_equal(layout.grant_table.start, GUEST_GNTTAB_BASE);
    assert_int_equal(layout.nr_extended, 1);
    assert_int_equal(layout.extended[0].start, 0xc0000000);
    check_holes(machine);
    assert_int_equal(layout.nr_ram, 1);
    assert_int_equal(layout.ram[0].start, 0x50000000);
    free(fdt);
}

/* RAM where Xen's map has grant table and magic pages, and a device after RAM. */
static void holes_elsewhere(void **state)
{
    void *fdt = launch_tree(NULL, "&memory { reg = <0 0x20000000 0 0xa0000000>; };\n"
                                  "&rtc { reg = <0 0xc0000000 0 0x10000000>; };");
    const struct machine *machine = launch_test_machine(fdt);
    const struct launch_domain *hardware = launch_test_domain(launch_test_plan(fdt), "hardware");

    (void)state;
    launch_devices(fdt, machine, &devices);
    assert_true(launch_layout(machine, hardware, &devices, &layout));
    assert_int_not_equal(layout.grant_table.start, GUEST_GNTTAB_BASE);
    assert_int_equal(layout.magic, layout.grant_table.start + GUEST_GNTTAB_SIZE);
    check_holes(machine);
    assert_true(layout.extended[0].start == 0xd0000000);
    free(fdt);
}

/* What a tree says may reach up to the last page there is: the search for holes ends there. */
static void no_hole_after_the_last_address(void **state)
{
    void *fdt = launch_tree(NULL, NULL);
    struct machine machine = *launch_test_machine(fdt);
    const struct launch_domain *hardware = launch_test_domain(launch_test_plan(fdt), "hardware");

    (void)state;
    machine.banks[0].size = (1ULL << 38) - machine.banks[0].start;
    machine.uart.reg = (struct paddr_range){1ULL << 38, UINT64_MAX - (1ULL << 38)};
    assert_true(launch_layout(&machine, hardware, NULL, &layout));
    assert_int_equal(layout.nr_extended, 1);
    assert_false(range_overlaps(machine.banks[0], layout.extended[0]));
    free(fdt);
}

static void no_hole_at_all(void **state)
{
    void *fdt = launch_tree(NULL, NULL);
    struct machine machine = *launch_test_machine(fdt);
    const struct launch_domain *hardware = launch_test_domain(launch_test_plan(fdt), "hardware");

    (void)state;
    machine.banks[0] = (struct paddr_range){0, 1ULL << 48};
    assert_false(launch_layout(&machine, hardware, NULL, &layout));
    free(fdt);
}

static void expect_place(uint64_t start, uint64_t size, const struct launch_sizes *sizes, bool fits)
{
    struct launch_placement place;
    struct paddr_range whole = {start, size};

    layout = (struct launch_layout){.ram = {whole}, .nr_ram = 1};
    assert_int_equal(launch_place(&layout, sizes, &place), fits);
    if (!fits)
        return;
    assert_int_equal((place.kernel - sizes->text_offset) % 0x200000, 0);
    assert_int_equal(place.ramdisk % PAGE_SIZE | place.tree % PAGE_SIZE, 0);
    assert_true(range_holds(whole, (struct paddr_range){place.kernel, sizes->image_size}));
    assert_true(place.ramdisk >= place.kernel + sizes->image_size);
    assert_true(place.tree >= place.ramdisk + sizes->ramdisk);
    assert_true(range_holds(whole, (struct paddr_range){place.tree, sizes->tree}));
    assert_true(place.tree + sizes->tree - place.kernel <= 1ULL << 30);
}

static void placement(void **state)
{
    const struct launch_sizes sizes = {
        .text_offset = 0x80000, .image_size = 0x1000000, .ramdisk = 0x7fffff, .tree = 0x3001};
    const struct launch_sizes huge = {.image_size = UINT64_MAX, .ramdisk = 1, .tree = 1};
    const struct launch_sizes huge_ramdisk = {
        .image_size = 1, .ramdisk = UINT64_MAX - 4, .tree = 1};
    const struct launch_sizes huge_offset = {.text_offset = UINT64_MAX, .image_size = 1};
    const struct launch_sizes far = {.image_size = 0x20000000, .ramdisk = 0x30000000, .tree = 1};

    (void)state;
    expect_place(0x40000000, 0x2000000, &sizes, true);
    expect_place(0x40000000, 0x80000 + 0x1000000 + 0x800000 + 0x4000, &sizes, true);
    expect_place(0x40000000, 0x80000 + 0x1000000 + 0x800000 + 0x3000, &sizes, false);
    expect_place(0x40001000, 0x80000 + 0x1000000 + 0x800000 + 0x4000, &sizes, false);
    expect_place(0x40001000, 0x200000 + 0x80000 + 0x1000000 + 0x800000 + 0x4000, &sizes, true);
    expect_place(0x200000000, 0x100000000, &sizes, true);
    expect_place(0x40000000, 0x2000000, &huge, false);
    expect_place(0x40000000, 0x2000000, &huge_ramdisk, false);
    expect_place(0x40000000, 0x2000000, &huge_offset, false);
    expect_place(0x40000000, 0x100000000, &far, false);
}

static void sets_of_ranges(void **state)
{
    struct paddr_range set[4], range = {0x10001, 0xffe};
    unsigned int count = 0;

    (void)state;
    assert_true(ranges_add(set, &count, 4, (struct paddr_range){0x3000, 0x1000}));
    assert_true(ranges_add(set, &count, 4, (struct paddr_range){0x1000, 0x1000}));
    assert_true(ranges_add(set, &count, 4, (struct paddr_range){0x6000, 0x1000}));
    assert_int_equal(count, 3);
    assert_int_equal(set[0].start, 0x1000);
    assert_true(ranges_add(set, &count, 4, (struct paddr_range){0x2000, 0x1800}));
    assert_int_equal(count, 2);
    assert_true(range_same(set[0], (struct paddr_range){0x1000, 0x3000}));
    assert_true(ranges_add(set, &count, 4, (struct paddr_range){0x8000, 0x1000}));
    assert_true(ranges_add(set, &count, 4, (struct paddr_range){0xa000, 0x1000}));
    assert_false(ranges_add(set, &count, 4, (struct paddr_range){0xc000, 0x1000}));
    assert_int_equal(count, 4);
    assert_false(ranges_shrink_to_pages(&range));
    ranges_grow_to_pages(&range);
    assert_true(range_same(range, (struct paddr_range){0x10000, 0x1000}));
    range = (struct paddr_range){UINT64_MAX - 0x1800, 0x1800};
    ranges_grow_to_pages(&range);
    assert_true(range.start + range.size > range.start);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shared_memory),
        cmocka_unit_test(devices_of_the_board),
        cmocka_unit_test(devices_that_reach_too_far),
        cmocka_unit_test(more_devices_than_room),
        cmocka_unit_test(holes_of_a_direct_map),
        cmocka_unit_test(holes_elsewhere),
        cmocka_unit_test(no_hole_after_the_last_address),
        cmocka_unit_test(no_hole_at_all),
        cmocka_unit_test(placement),
        cmocka_unit_test(sets_of_ranges),
        cmocka_unit_test(a_watchdog),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
