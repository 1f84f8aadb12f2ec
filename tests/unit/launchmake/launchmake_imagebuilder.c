/* SPDX-License-Identifier: MIT */
/* ImageBuilder's configurations: their syntax, what each key becomes, what is said of the others.
 */
#include "launchmake_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>
#include <xen/bootfdt.h>

#include "launch/launch_tree.h"

#define DOM0 "DOM0_KERNEL=\"Image\"\nDOM0_MEM=256\n"
#define DOMU "NUM_DOMUS=1\nDOMU_KERNEL[0]=Image\n"

/* A board of dom0 and two guests, with a value for most keys. */
static const char whole[] =
    "# comment\n"
    "MEMORY_START=0x40000000 # from here\n"
    "MEMORY_END=\"0xa0000000\"\n"
    "XEN_CMD=\"console=dtuart dom0_mem=256M dom0_max_vcpus=2 xsm=silo bootscrub=0\"\n"
    "LOAD_CMD='load mmc 0:1'\n"
    "DOM0_KERNEL=\"Image\"\n"
    "DOM0_CMD='console=hvc0 root=/dev/vda'\n"
    "DOM0_RAMDISK=ramdisk\n"
    "NUM_DOMUS=2\n"
    "DOMU_KERNEL[0]=other/Image\n"
    "DOMU_MEM[0]=64\n"
    "DOMU_VCPUS[0]=2\n"
    "DOMU_VCPU_HARD_AFFINITY[0,1]=\"1\"\n"
    "DOMU_NR_SPIS[0]=20\n"
    "DOMU_GRANT_FRAMES[0]=32\n"
    "DOMU_MAPTRACK_FRAMES[0]=0\n"
    "DOMU_TRAP_UNMAP[0]=0\n"
    "DOMU_P2M_MEM_MB[0]=2\n"
    "DOMU_CAPS[0]=\"none\"\n"
    "DOMU_STATIC_EVTCHNS[0]=\"10 1 11; 12 1 13\"\n"
    "DOMU_KERNEL[1]=\"Image\"\n"
    "DOMU_CMD[1]=\"a \\\"b\\\" 'c'\"\n"
    "DOMU_STATIC_MEM[1]=\"0x60000000 0x4000000\"\n"
    "DOMU_ENHANCED[1]=2\n"
    "DOMU_VPL011[1]=0\n"
    "DOMU_STATIC_EVTCHNS[1]=\"11 0 10; 13 0 12\"\n"
    "DOMU_MEM[1]=9\n"
    "DOMU_MEM[1]=64\n";

static void every_key_is_in_the_plan(void **state)
{
    struct fixture *fixture = *state;
    const struct launch_plan *plan = fixture_make(fixture, MAKE_IMAGEBUILDER, whole);
    const struct launch_domain *dom0 = launch_test_domain(plan, "dom0");
    const struct launch_domain *first = launch_test_domain(plan, "domU0");
    const struct launch_domain *second = launch_test_domain(plan, "domU1");

    SAYS(fixture, "c:6: dom0: its memory is direct-mapped");
    assert_int_equal(plan->nr_domains, 3);
    assert_int_equal(plan->nr_messages, 0);
    assert_int_equal(dom0->roles, 7);
    assert_int_equal(dom0->memory, 256 << 20);
    assert_int_equal(dom0->cpus, 2);
    assert_true(dom0->direct_map);
    assert_int_equal(dom0->static_memory[0].size, 256 << 20);
    assert_string_equal(dom0->bootargs, "console=hvc0 root=/dev/vda");
    assert_int_equal(dom0->kernel.range.size, FIXTURE_KERNEL);
    assert_int_equal(dom0->ramdisk.range.size, FIXTURE_RAMDISK);
    assert_int_equal(first->memory, 64 << 20);
    assert_int_equal(first->affinity[1], 2);
    assert_int_equal(first->grant_frames, 32);
    assert_int_equal(first->maptrack_frames, 0);
    assert_int_equal(first->tables, 2 << 20);
    assert_true(first->reads_ones);
    assert_int_equal(first->nr_lines, 20);
    assert_true(first->virtual_uart);
    assert_int_equal(first->enhanced, LAUNCH_ENHANCED_FULL);
    assert_int_not_equal(first->kernel.range.start, dom0->kernel.range.start);
    assert_int_equal(second->kernel.range.start, dom0->kernel.range.start);
    assert_string_equal(second->bootargs, "a \"b\" 'c'");
    assert_int_equal(second->static_memory[0].start, 0x60000000);
    assert_true(second->direct_map);
    assert_false(second->virtual_uart);
    assert_int_equal(second->enhanced, LAUNCH_ENHANCED_NO_XENSTORE);
    assert_int_equal(plan->nr_channels, 4);
    assert_int_equal(plan->channels[0].port + plan->channels[1].port, 22);
    assert_string_equal(fixture->board.command_line, "xsm=silo");
    assert_string_equal(fixture->board.load_command, "load mmc 0:1");
}

static void defaults_are_imagebuilders(void **state)
{
    struct fixture *fixture = *state;
    const struct make_domain *domain;

    fixture_read(fixture, MAKE_IMAGEBUILDER, DOMU);
    domain = fixture_domain(fixture, "domU0");
    assert_int_equal(domain->values[MAKE_MEMORY].number, 512 << 10);
    assert_int_equal(domain->values[MAKE_CPUS].number, 1);
    assert_true(domain->values[MAKE_UART].given);
    assert_string_equal(domain->values[MAKE_ENHANCED].text, "disabled");
    assert_string_equal(domain->bootargs, "console=ttyAMA0");
    fixture_read(fixture, MAKE_IMAGEBUILDER, "DOM0_KERNEL=Image\n" DOMU);
    assert_int_equal(fixture_domain(fixture, "dom0")->values[MAKE_MEMORY].number, 1024 << 10);
    assert_string_equal(fixture_domain(fixture, "domU0")->values[MAKE_ENHANCED].text, "enabled");
}

static const struct {
    const char *text, *says;
    enum make_severity severity;
} mistakes[] = {
    {DOMU "DOMU_MEM[0]=$SIZE\n", "c:3: DOMU_MEM[0]: only a value that needs no shell", MAKE_ERROR},
    {DOMU "DOMU_CMD[0]=\"a $(rm) b\"\n", "c:3: DOMU_CMD[0]: variables and commands", MAKE_ERROR},
    {DOMU "DOMU_CMD[0]=\"a `rm` b\"\n", "c:3: DOMU_CMD[0]: variables and commands", MAKE_ERROR},
    {DOMU "DOMU_CMD[0]=a b\n", "c:3: DOMU_CMD[0]: more than one word", MAKE_ERROR},
    {DOMU "DOMU_MEM=(1 2)\n", "c:3: DOMU_MEM: only a value", MAKE_ERROR},
    {DOMU "if true; then\n", "c:3: not KEY=value", MAKE_ERROR},
    {DOMU ". ./other\n", "c:3: not KEY=value", MAKE_ERROR},
    {DOMU "DOMU_MEM[i]=3\n", "c:3: DOMU_MEM: an index is a number", MAKE_ERROR},
    {DOMU "DOMU_CMD[0]=\"a\n", "c:4: DOMU_CMD[0]: a quotation has no end", MAKE_ERROR},
    {DOMU "DOMU_MEM=3\n", "c:3: DOMU_MEM: has one index, as [0]", MAKE_ERROR},
    {DOMU "DOMU_VCPU_HARD_AFFINITY[0]=3\n", "has two indices, as [0,1]", MAKE_ERROR},
    {DOMU "NUM_DOMUS[0]=3\n", "c:3: NUM_DOMUS[0]: has no index", MAKE_ERROR},
    {DOMU "DOMU_MEM[0]=12M\n", "c:3: DOMU_MEM[0]: \"12M\": not a number", MAKE_ERROR},
    {DOMU "DOMU_MEM[0]=0xffffffffffffffff\n", "DOMU_MEM[0]: \"0xffffffffffffffff\": too large",
     MAKE_ERROR},
    {DOMU "DOMU_VCPUS[0]=4294967296\n", "DOMU_VCPUS[0]: \"4294967296\": too large", MAKE_ERROR},
    {DOMU "DOMU_ENHANCED[0]=3\n", "DOMU_ENHANCED[0]: \"3\": must be 0, 1 or 2", MAKE_ERROR},
    {DOMU "DOMU_STATIC_MEM[0]=0x60000000\n", "DOMU_STATIC_MEM[0]: \"0x60000000\": not pairs",
     MAKE_ERROR},
    {DOMU "DOMU_CAPS[0]=\"control|root\"\n", "capabilities are control, hardware", MAKE_ERROR},
    {DOMU "DOMU_CAPS[0]=4096\n", "capabilities are control, hardware", MAKE_ERROR},
    {DOMU "DOMU_STATIC_EVTCHNS[0]=\"10 3 11\"\n", "not \"PORT DOMU PORT", MAKE_ERROR},
    {DOMU "DOMU_SHARED_MEM[0]=\"a 0x1\"\n", "not an identifier, the machine's", MAKE_ERROR},
    {DOMU "DOMU_SHARED_MEM[0]=\"a 1 2 3 4\"\n", "not an identifier, the machine's", MAKE_ERROR},
    {DOMU "DOMU_SHARED_MEM[0]=\"a 1 x 3\"\n", "not an identifier, the machine's", MAKE_ERROR},
    {DOMU "DOMU_CPUPOOL[0]=0\n", "c:3: DOMU_CPUPOOL[0]: \"0\": no CPUPOOL has this", MAKE_ERROR},
    {DOMU "NUM_CPUPOOLS=1\nCPUPOOL[0]=\"\"\n", "CPUPOOL[0]: \"\": names no CPU", MAKE_ERROR},
    {DOMU "NUM_CPUPOOLS=99\nCPUPOOL[20]=a\n", "\"a\": more pools than", MAKE_ERROR},
    {DOMU "CPUPOOL[0]=x\n", "c:3: CPUPOOL[0]: not acted on: NUM_CPUPOOLS is 0", MAKE_WARNING},
    {DOMU "DT_OVERLAY[0]=x\n", "DT_OVERLAY[0]: not acted on: NUM_DT_OVERLAY is 0", MAKE_WARNING},
    {DOMU "APPEND_EXTRA_CMDS=nowhere\n", "APPEND_EXTRA_CMDS: ", MAKE_ERROR},
    {DOMU "DOM0_MEM=1\n", "c:3: DOM0_MEM: not acted on: there is no DOM0_KERNEL", MAKE_WARNING},
    {DOMU "DOMU_KERNEL[0]=nowhere\n", "c:3: DOMU_KERNEL[0]: ", MAKE_ERROR},
    {DOMU "DOMU_RAMDISK[0]=empty\n", "empty: empty", MAKE_ERROR},
    {DOMU "DOMU_RAMDISK[0]=other\n", "other: not a file", MAKE_ERROR},
    {DOMU "BOOT_CMD=bootm\n", "BOOT_CMD: \"bootm\": only booti", MAKE_ERROR},
    {DOMU "LOAD_CMD='tftpb;reset'\n", "LOAD_CMD: \"tftpb;reset\": has a character", MAKE_ERROR},
    {DOMU "UBOOT_SCRIPT=../x\n", "UBOOT_SCRIPT: \"../x\": has a character", MAKE_ERROR},
    {DOMU "DOMU_COLORS[0]=0-3\n", "c:3: DOMU_COLORS[0]: caches are not divided", MAKE_ERROR},
    {DOMU "DOMU_MEM[1]=3\n", "c:3: DOMU_MEM[1]: not acted on: NUM_DOMUS is 1", MAKE_WARNING},
    {DOMU "DOMU_MEMORY[0]=3\n", "c:3: DOMU_MEMORY[0]: no key that", MAKE_WARNING},
    {DOMU "XEN_CMD=\"vwfi=native\"\n", "c:3: XEN_CMD: vwfi=native: no option", MAKE_WARNING},
    {DOMU "DOMU_GRANT_VER[0]=2\n", "grant tables are of version 1", MAKE_WARNING},
    {DOMU "DOMU_DIRECT_MAP[0]=1\n", "not acted on without DOMU_STATIC_MEM", MAKE_WARNING},
};

static void each_mistake_is_named(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        fixture_read(fixture, MAKE_IMAGEBUILDER, mistakes[i].text);
        SAYS(fixture, mistakes[i].says);
        assert_int_equal(fixture->board.messages[0].severity, mistakes[i].severity);
        assert_true(fixture->board.errors == (mistakes[i].severity == MAKE_ERROR));
    }
}

static void what_is_missing_is_named(void **state)
{
    struct fixture *fixture = *state;

    fixture_read(fixture, MAKE_IMAGEBUILDER, "");
    SAYS(fixture, "there is no domain");
    fixture_read(fixture, MAKE_IMAGEBUILDER, "NUM_DOMUS=1\n");
    SAYS(fixture, "c: domU0: has no kernel");
    fixture_read(fixture, MAKE_IMAGEBUILDER, "NUM_DOMUS=256\n");
    SAYS(fixture, "c:1: NUM_DOMUS: \"256\": not a number below 256", "there is no domain");
    fixture_read(fixture, MAKE_IMAGEBUILDER,
                 "NUM_DOMUS=2\nDOMU_KERNEL[0]=Image\nDOMU_KERNEL[1]=Image\n"
                 "DOMU_STATIC_EVTCHNS[0]=\"1 1 2\"\n");
    SAYS(fixture, "c:2: domU0: event channel 1: domU1 does not name it");
    fixture_read(fixture, MAKE_IMAGEBUILDER, DOMU "DOMU_STATIC_EVTCHNS[0]=\"1 0 1; 1 0 1\"\n");
    SAYS(fixture, "c:2: domU0: event channel 1 is there twice");
}

static void noboot_leaves_a_domain_out(void **state)
{
    struct fixture *fixture = *state;

    fixture_read(fixture, MAKE_IMAGEBUILDER,
                 "NUM_DOMUS=2\nDOMU_KERNEL[0]=nowhere\nDOMU_NOBOOT[0]=y\nDOMU_KERNEL[1]=Image\n");
    SAYS(fixture, "c:3: DOMU_NOBOOT[0]: domU0 is left out");
    assert_int_equal(fixture->board.nr_domains, 1);
}

static void roles_are_capabilities(void **state)
{
    struct fixture *fixture = *state;

    fixture_read(fixture, MAKE_IMAGEBUILDER, DOMU "DOMU_CAPS[0]=\"control|xenstore\"\n");
    assert_int_equal(fixture_domain(fixture, "domU0")->values[MAKE_ROLES].number, 5);
    fixture_read(fixture, MAKE_IMAGEBUILDER, DOMU "DOMU_CAPS[0]=0x1\n");
    assert_int_equal(fixture_domain(fixture, "domU0")->values[MAKE_ROLES].number, 1);
}

static void passthrough_marks_the_machines_tree(void **state)
{
    struct fixture *fixture = *state;

    fixture_read(fixture, MAKE_IMAGEBUILDER,
                 DOMU "DOMU_PASSTHROUGH_DTB[0]=pass.dtb\nDOMU_PASSTHROUGH_PATHS[0]=\"/nowhere\"\n");
    assert_true(make_place_all(&fixture->board, fixture->machine_tree));
    free(make_tree(&fixture->board, fixture->machine_tree));
    SAYS(fixture, "c:4: DOMU_PASSTHROUGH_PATHS[0]: /nowhere: not in the machine's tree");
}

static void shared_memory_is_where_it_is_said(void **state)
{
    struct fixture *fixture = *state;
    const struct launch_plan *plan = fixture_make(
        fixture, MAKE_IMAGEBUILDER,
        "NUM_DOMUS=2\nDOMU_KERNEL[0]=Image\nDOMU_KERNEL[1]=Image\nDOMU_MEM[0]=64\nDOMU_MEM[1]=64\n"
        "DOMU_SHARED_MEM[0]=\"rings 0x40600000 0x20000000 0x400000\"\n"
        "DOMU_SHARED_MEM[1]=\"rings 0x40600000 0x30000000 0x400000\"\n");

    assert_int_equal(plan->nr_messages, 0);
    assert_int_equal(plan->nr_shares, 2);
    assert_int_equal(plan->shares[1].guest.start, 0x30000000);
    assert_int_equal(plan->regions[0].host.start, 0x40600000);
    assert_int_equal(plan->regions[0].nr_shares, 2);
    /* Where a kernel would lie otherwise. */
    assert_int_equal(plan->domains[0].kernel.range.start, 0x40a00000);
}

static void pools_are_of_the_machines_cpus(void **state)
{
    struct fixture *fixture = *state;
    const struct launch_plan *plan =
        fixture_make(fixture, MAKE_IMAGEBUILDER,
                     "NUM_DOMUS=2\nDOMU_KERNEL[0]=Image\nDOMU_KERNEL[1]=Image\nDOMU_MEM[0]=64\n"
                     "DOMU_MEM[1]=64\nNUM_CPUPOOLS=1\nDOMU_CPUPOOL[1]=0\n"
                     "CPUPOOL[0]=\"cpu@1 null\"\n");

    SAYS(fixture, "c:8: CPUPOOL[0]: null is not acted on: there is one scheduler");
    assert_int_equal(plan->nr_messages, 0);
    assert_int_equal(plan->domains[0].affinity[0], 1);
    assert_int_equal(plan->domains[1].affinity[0], 2);
    fixture_read(fixture, MAKE_IMAGEBUILDER, DOMU "NUM_CPUPOOLS=1\nCPUPOOL[0]=cpu@9\n");
    assert_true(make_place_all(&fixture->board, fixture->machine_tree));
    free(make_tree(&fixture->board, fixture->machine_tree));
    SAYS(fixture, "c:4: CPUPOOL[0]: cpu@9: no CPU of the machine's tree");
}

/* A plain tree will do where the overlay names its targets by path. */
static void overlays_are_laid_over_the_machines_tree(void **state)
{
    struct fixture *fixture = *state;
    void *overlay = launch_tree("small.dts", "/ { fragment@0 { target-path = \"/\"; __overlay__ { "
                                             "added { value = <7>; }; }; }; };");
    void *tree;

    fixture_write(fixture, "over.dtbo", overlay, make_tree_size(overlay));
    fixture_read(fixture, MAKE_IMAGEBUILDER,
                 DOMU "NUM_DT_OVERLAY=1\nDT_OVERLAY[0]=over.dtbo\nDT_OVERLAY[1]=more.dtbo\n");
    SAYS(fixture, "c:5: DT_OVERLAY[1]: not acted on: NUM_DT_OVERLAY is 1");
    tree = make_lay_over(&fixture->board, fixture->machine_tree);
    assert_non_null(tree);
    fixture->machine_tree = tree;
    assert_true(fdt_path_offset(tree, "/added") >= 0);
    fixture_finish(fixture);
    assert_true(fdt_path_offset(fixture->tree, "/added") >= 0);
    fixture_read(fixture, MAKE_IMAGEBUILDER, DOMU "NUM_DT_OVERLAY=1\nDT_OVERLAY[0]=Image\n");
    fixture->machine_tree = make_lay_over(&fixture->board, fixture->machine_tree);
    assert_null(fixture->machine_tree);
    SAYS(fixture, "Image: no flattened overlay");
    free(overlay);
}

/* What boot makes of a passthrough tree that is made. */
static bool is_passed(const struct fixture *fixture, const struct make_file *file,
                      struct launch_passed *passed)
{
    static struct device_list devices;
    const struct machine *machine = launch_test_machine(fixture->tree);
    const struct launch_pass_context context = {fixture->tree, machine, &devices};
    bool right;

    launch_devices(fixture->tree, machine, &devices);
    right = launch_pass(&context, file->content, file->size, passed);
    if (!right)
        print_message("%s\n", passed->error);
    return right;
}

static void a_passthrough_tree_is_made_of_the_machines(void **state)
{
    struct fixture *fixture = *state;
    const struct launch_plan *plan;
    const struct make_file *file;
    struct launch_passed passed;
    int node;

    free(fixture->machine_tree);
    fixture->machine_tree = launch_tree(
        NULL, "/ { chosen { /delete-node/ hardware; /delete-node/ control; /delete-node/ app; }; };"
              "&rtc { iommus = <&clock 1>; below { value = <5>; }; };");
    plan = fixture_make(fixture, MAKE_IMAGEBUILDER,
                        DOMU "DOMU_MEM[0]=64\nDOMU_PASSTHROUGH_PATHS[0]=\"/pl031@9010000\"\n");
    SAYS(fixture, "c:4: DOMU_PASSTHROUGH_PATHS[0]: /pl031@9010000: iommus is left out: what it",
         "c:4: DOMU_PASSTHROUGH_PATHS[0]: a passthrough tree is made of the machine's nodes");
    file = fixture_domain(fixture, "domU0")->modules[MAKE_DEVICE_TREE];
    assert_int_equal(plan->domains[0].device_tree.range.size, file->size);
    assert_true(is_passed(fixture, file, &passed));
    assert_int_equal(passed.nr_ranges, 1);
    assert_int_equal(passed.ranges[0].host.start, 0x9010000);
    assert_int_equal(passed.ranges[0].guest, 0x9010000);
    assert_true(passed.lines[34 / 64] >> 34 % 64 & 1);
    node = fdt_path_offset(file->content, "/passthrough/pl031@9010000");
    assert_true(node >= 0);
    assert_null(fdt_getprop(file->content, node, "iommus", NULL));
    assert_true(fdt_subnode_offset(file->content, node, "below") >= 0);
    node = fdt_node_offset_by_compatible(file->content, -1, "fixed-clock");
    assert_int_equal(
        fdt_get_phandle(file->content, node),
        fdt32_ld(fdt_getprop(file->content,
                             fdt_path_offset(file->content, "/passthrough/pl031@9010000"), "clocks",
                             NULL)));
}

static void it_is_known_by_its_looks(void **state)
{
    (void)state;
    assert_int_equal(make_kind_of_text(DOMU, strlen(DOMU)), MAKE_IMAGEBUILDER);
    assert_int_equal(make_kind_of_text("hello", 5), MAKE_KINDS);
    assert_int_equal(make_kind_of_name("imagebuilder"), MAKE_IMAGEBUILDER);
    assert_int_equal(make_kind_of_name("nothing"), MAKE_KINDS);
}

static void a_long_one_has_an_end(void **state)
{
    struct fixture *fixture = *state;
    char *text = malloc(MAKE_MAX_INPUT), *end = text;

    assert_non_null(text);
    while (end - text < (long)MAKE_MAX_INPUT - 8)
        end += sprintf(end, "A[%d]=\n", (int)(end - text) % 10);
    fixture_read(fixture, MAKE_IMAGEBUILDER, text);
    assert_true(fixture->board.errors);
    assert_int_equal(fixture->board.nr_messages, 7);
    assert_non_null(strstr(fixture->board.messages[0].text, "more lines than"));
    free(text);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
    static const struct CMUnitTest tests[] = {
        TEST(every_key_is_in_the_plan),
        TEST(defaults_are_imagebuilders),
        TEST(each_mistake_is_named),
        TEST(what_is_missing_is_named),
        TEST(noboot_leaves_a_domain_out),
        TEST(roles_are_capabilities),
        TEST(passthrough_marks_the_machines_tree),
        TEST(shared_memory_is_where_it_is_said),
        TEST(pools_are_of_the_machines_cpus),
        TEST(overlays_are_laid_over_the_machines_tree),
        TEST(a_passthrough_tree_is_made_of_the_machines),
        TEST(it_is_known_by_its_looks),
        TEST(a_long_one_has_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
