/* SPDX-License-Identifier: MIT */
/* Where things go, and the files that are written: whatever kind of description it was. */
#include "launchmake_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <libfdt.h>

#include "launch/launch_tree.h"

#define DOMU "NUM_DOMUS=1\nDOMU_KERNEL[0]=Image\nDOMU_RAMDISK[0]=ramdisk\nDOMU_MEM[0]=64\n"

/* All that has a place, and who it is. */
static unsigned int ranges_of(const struct make_board *board, struct paddr_range *ranges)
{
    unsigned int count = 0;

    ranges[count++] = (struct paddr_range){board->hypervisor->address, board->hypervisor->room};
    ranges[count++] = (struct paddr_range){board->tree->address, board->tree->room};
    for (const struct make_file *file = board->files; file; file = file->next)
        ranges[count++] = (struct paddr_range){file->address, file->room};
    for (const struct make_domain *domain = board->domains; domain; domain = domain->next)
        for (unsigned int i = 0; i < domain->nr_static_memory; i++)
            ranges[count++] = domain->static_memory[i];
    return count;
}

static void check_ranges(const struct make_board *board, uint64_t start, uint64_t end)
{
    struct paddr_range ranges[64];
    unsigned int count = ranges_of(board, ranges);

    for (unsigned int i = 0; i < count; i++) {
        assert_int_equal(ranges[i].start % MAKE_STEP, 0);
        assert_true(ranges[i].start >= start && ranges[i].start + ranges[i].size <= end);
        for (unsigned int k = 0; k < i; k++)
            assert_true(ranges[i].start >= ranges[k].start + ranges[k].size ||
                        ranges[k].start >= ranges[i].start + ranges[i].size);
    }
}

static void nothing_overlaps(void **state)
{
    struct fixture *fixture = *state;

    fixture_read(fixture, MAKE_IMAGEBUILDER,
                 "DOM0_KERNEL=Image\nDOM0_RAMDISK=ramdisk\nDOM0_MEM=512\n"
                 "NUM_DOMUS=2\nDOMU_KERNEL[0]=other/Image\nDOMU_KERNEL[1]=Image\n"
                 "DOMU_STATIC_MEM[0]=\"0x40800000 0x8000000\"\nDOMU_MEM[1]=64\n");
    assert_true(make_place_all(&fixture->board, fixture->machine_tree));
    check_ranges(&fixture->board, 0x40200000, 0xc0000000);
    assert_int_equal(fixture->board.hypervisor->address, 0x40200000);
    assert_int_equal(fixture->board.hypervisor->room, FIXTURE_IMAGE);
    /* The tree's usual place is that domain's. */
    assert_int_equal(fixture->board.tree->address, 0x48800000);
}

static void the_room_is_kept_to(void **state)
{
    struct fixture *fixture = *state;

    fixture_make(fixture, MAKE_IMAGEBUILDER,
                 "MEMORY_START=0x50000000\nMEMORY_END=0x52000000\n" DOMU);
    check_ranges(&fixture->board, 0x50000000, 0x52000000);
    fixture_read(fixture, MAKE_IMAGEBUILDER,
                 "MEMORY_START=0x50000000\nMEMORY_END=0x51200000\n" DOMU);
    assert_false(make_place_all(&fixture->board, fixture->machine_tree));
    SAYS(fixture, "DOMU_RAMDISK[0]: ");
    assert_non_null(strstr(fixture->board.messages[0].text, "no room for its 3072 KiB"));
}

static void reserved_memory_is_left_alone(void **state)
{
    struct fixture *fixture = *state;
    const struct launch_plan *plan;

    free(fixture->machine_tree);
    fixture->machine_tree = launch_tree(
        NULL, "/ { chosen { /delete-node/ hardware; /delete-node/ control; /delete-node/ app; }; "
              "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; "
              "firmware@40600000 { reg = <0 0x40600000 0 0x2000000>; no-map; }; "
              "pool@42700000 { reg = <0 0x42700000 0 0x100000>; }; }; };");
    plan = fixture_make(fixture, MAKE_IMAGEBUILDER, DOMU);
    assert_int_equal(launch_test_domain(plan, "domU0")->kernel.range.start, 0x42800000);
}

static void a_domain_in_the_machines_tree_is_an_error(void **state)
{
    struct fixture *fixture = *state;
    void *tree = launch_tree(NULL, NULL);

    fixture_read(fixture, MAKE_IMAGEBUILDER, DOMU);
    assert_null(make_tree(&fixture->board, tree));
    SAYS(fixture, "/chosen/hardware: a domain, in what is to be the machine's own tree");
    free(tree);
}

static void what_is_no_kernel_is_named(void **state)
{
    struct fixture *fixture = *state;

    fixture_read(fixture, MAKE_IMAGEBUILDER, "NUM_DOMUS=1\nDOMU_KERNEL[0]=ramdisk\n");
    assert_false(make_place_all(&fixture->board, fixture->machine_tree));
    SAYS(fixture, "c:2: DOMU_KERNEL[0]: ");
    assert_non_null(strstr(fixture->board.messages[0].text, "arm64 Image"));
}

static void a_tree_that_is_no_machine_is_named(void **state)
{
    struct fixture *fixture = *state;
    char empty[256];

    assert_int_equal(fdt_create_empty_tree(empty, sizeof(empty)), 0);
    fixture_read(fixture, MAKE_IMAGEBUILDER, DOMU);
    assert_false(make_place_all(&fixture->board, empty));
    assert_true(fixture->board.errors);
    assert_non_null(strstr(fixture->board.messages[0].text, "machine.dtb: "));
}

static char *read_back(const struct fixture *fixture, const char *name, size_t *size)
{
    char path[128];
    char *text;

    snprintf(path, sizeof(path), "%s/out/%s", fixture->folder, name);
    text = make_read_file(path, 64u << 20, size);
    assert_non_null(text);
    return text;
}

static void write_out(struct fixture *fixture)
{
    char path[64];

    snprintf(path, sizeof(path), "%s/out", fixture->folder);
    assert_true(make_write_folder(&fixture->board, path, fixture->tree));
}

static void the_folder_holds_all_that_is_loaded(void **state)
{
    struct fixture *fixture = *state;
    size_t size;
    char *text;

    fixture_make(fixture, MAKE_IMAGEBUILDER, "LOAD_CMD=\"load mmc 0:1\"\n" DOMU);
    write_out(fixture);
    write_out(fixture);
    text = read_back(fixture, "boot.cmd", &size);
    assert_string_equal(
        text,
        "# Loads Trefoil and its board, and starts it. Made by xl launch make.\n"
        "setenv trefoil_missing\n"
        "load mmc 0:1 0x40200000 trefoil || setenv trefoil_missing \"${trefoil_missing} trefoil\"\n"
        "load mmc 0:1 0x48000000 board.dtb || setenv trefoil_missing \"${trefoil_missing} "
        "board.dtb\"\n"
        "load mmc 0:1 0x40600000 0-Image || setenv trefoil_missing \"${trefoil_missing} 0-Image\"\n"
        "load mmc 0:1 0x41000000 1-ramdisk || setenv trefoil_missing \"${trefoil_missing} "
        "1-ramdisk\"\n"
        "if test -n \"${trefoil_missing}\"; then echo \"Trefoil is not started, as these cannot be "
        "loaded:${trefoil_missing}\"; "
        "else setenv fdt_high 0xffffffffffffffff; booti 0x40200000 - 0x48000000; fi\n");
    free(text);
    free(read_back(fixture, "1-ramdisk", &size));
    assert_int_equal(size, FIXTURE_RAMDISK);
    text = read_back(fixture, "board.dtb", &size);
    assert_int_equal(size, fdt_totalsize(fixture->tree));
    assert_memory_equal(text, fixture->tree, size);
    free(text);
    text = read_back(fixture, "qemu.sh", &size);
    assert_non_null(strstr(text, " -smp 2 -m 2048 "));
    assert_non_null(strstr(text, " -device loader,file=1-ramdisk,addr=0x41000000,force-raw=on"));
    free(text);
}

static void the_script_can_load_alone(void **state)
{
    struct fixture *fixture = *state;
    size_t size;
    char *text;

    fixture_make(fixture, MAKE_IMAGEBUILDER,
                 "BOOT_CMD=none\nUBOOT_SOURCE=a.cmd\nUBOOT_SCRIPT=a.scr\n" DOMU);
    write_out(fixture);
    text = read_back(fixture, "a.cmd", &size);
    assert_null(strstr(text, "booti"));
    assert_non_null(strstr(text, "\nload ${devtype} ${devnum}:${distro_bootpart} 0x4"));
    free(text);
    free(read_back(fixture, "a.scr", &size));
}

static void extra_commands_come_before_the_start(void **state)
{
    struct fixture *fixture = *state;
    size_t size;
    char *text;

    fixture_write(fixture, "extra", "echo a\necho b", 13);
    fixture_make(fixture, MAKE_IMAGEBUILDER, "APPEND_EXTRA_CMDS=extra\n" DOMU);
    write_out(fixture);
    text = read_back(fixture, "boot.cmd", &size);
    assert_non_null(strstr(text, "1-ramdisk\"\necho a\necho b\nif test -n"));
    free(text);
}

static void the_image_is_a_script_for_arm64(void **state)
{
    static const uint8_t expected[] = {
        0x00, 0x00, 0x00, 0x13, /* size */
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    };
    static const uint8_t kind[] = {5, 22, 6, 0};
    static const uint8_t body[] = {0,   0,   0,   11,  0,   0,   0,   0,   'e', 'c',
                                   'h', 'o', ' ', 'h', 'e', 'l', 'l', 'o', '\n'};
    size_t size;
    uint8_t *image = make_script_image("echo hello\n", 11, &size);

    (void)state;
    assert_non_null(image);
    assert_int_equal(size, 64 + sizeof(body));
    assert_memory_equal(image, "\x27\x05\x19\x56", 4);
    assert_memory_equal(image + 12, expected, sizeof(expected));
    assert_memory_equal(image + 28, kind, sizeof(kind));
    assert_memory_equal(image + 64, body, sizeof(body));
    free(image);
}

/* As zlib's crc32() has them. */
static void its_checksums_are_right(void **state)
{
    size_t size;
    uint8_t *image = make_script_image("echo hello\n", 11, &size);

    (void)state;
    assert_non_null(image);
    assert_memory_equal(image + 24, "\x3d\xb5\x5e\x6f", 4);
    assert_memory_equal(image + 4, "\x04\x5c\xd2\xd4", 4);
    free(image);
}

static void a_folder_that_cannot_be_written_is_named(void **state)
{
    struct fixture *fixture = *state;

    fixture_make(fixture, MAKE_IMAGEBUILDER, DOMU);
    assert_false(make_write_folder(&fixture->board, "/proc/nowhere", fixture->tree));
    SAYS(fixture, "/proc/nowhere: ");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
    static const struct CMUnitTest tests[] = {
        TEST(nothing_overlaps),
        TEST(the_room_is_kept_to),
        TEST(reserved_memory_is_left_alone),
        TEST(a_domain_in_the_machines_tree_is_an_error),
        TEST(what_is_no_kernel_is_named),
        TEST(a_tree_that_is_no_machine_is_named),
        TEST(the_folder_holds_all_that_is_loaded),
        TEST(the_script_can_load_alone),
        TEST(extra_commands_come_before_the_start),
        TEST(the_image_is_a_script_for_arm64),
        TEST(its_checksums_are_right),
        TEST(a_folder_that_cannot_be_written_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
