/* SPDX-License-Identifier: MIT */
/* System Device Trees: the domains are those that boot would read, and what is said of the rest. */
#include "launchmake_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>
#include <xen/bootfdt.h>

#include "launch/launch_tree.h"

/* Files in place of modules. */
#define FILES                                                                                      \
    "&host { xen,kernel = \"Image\"; xen,initrd = \"ramdisk\"; /delete-node/ kernel; };\n"         \
    "&guest { xen,kernel = \"other/Image\"; /delete-node/ kernel; };\n"
#define REALTIME "/domains/realtime@5: compatible: not launched"
#define HOST     "c: /domains/subsystem@1/hypervisor@2/host@3: "
#define GUEST    "c: /domains/subsystem@1/hypervisor@2/guest@4: "

/* All that does not depend on where things are loaded, and in which order. */
static void assert_same(const struct launch_domain *made, const struct launch_domain *booted)
{
    assert_string_equal(made->name, booted->name);
    assert_int_equal(made->domid, booted->domid);
    assert_int_equal(made->roles, booted->roles);
    assert_int_equal(made->memory, booted->memory);
    assert_int_equal(made->tables, booted->tables);
    assert_int_equal(made->cpus, booted->cpus);
    assert_memory_equal(made->affinity, booted->affinity, sizeof(made->affinity[0]) * made->cpus);
    assert_int_equal(made->direct_map, booted->direct_map);
    assert_int_equal(made->enhanced, booted->enhanced);
    assert_int_equal(made->weight, booted->weight);
    assert_int_equal(made->nr_lines, booted->nr_lines);
    assert_int_equal(made->virtual_uart, booted->virtual_uart);
    assert_int_equal(made->nr_devices, booted->nr_devices);
    assert_int_equal(made->nr_static_memory, booted->nr_static_memory);
    assert_memory_equal(made->static_memory, booted->static_memory,
                        sizeof(made->static_memory[0]) * made->nr_static_memory);
    assert_string_equal(made->bootargs, booted->bootargs);
    assert_memory_equal(made->peers, booted->peers, sizeof(made->peers));
}

/* Whatever else is in a domain's node comes along. */
static const char additions[] =
    "&guest { vpl011; nr_spis = <40>; sched-weight = <512>; peers = <&host>; "
    "xen,domain-p2m-mem-mb = <3>; domain-cpupool = <&pool>; on-crash = \"destroy\";\n"
    "  v { compatible = \"xen,vcpu\"; id = <1>; hard-affinity = \"0\"; };\n"
    "  near: e1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <10 &far>; };\n"
    "  d0 { compatible = \"trefoil,disk\"; vdev = \"xvdb\"; target = \"/dev/vdb\"; read-only; };\n"
    "  n1 { compatible = \"trefoil,network\"; bridge = \"first\"; };\n"
    "  n2 { compatible = \"trefoil,network\"; bridge = \"second\"; };\n"
    "  s { compatible = \"xen,domain-shared-memory-v1\"; xen,shm-id = \"rings\"; role = "
    "\"owner\"; xen,shared-mem = <0x90000000 0x20000000 0x200000>; }; };\n"
    "&host { far: e2 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <11 &near>; };\n"
    "  s { compatible = \"xen,domain-shared-memory-v1\"; xen,shm-id = \"rings\"; "
    "xen,shared-mem = <0x90000000 0x90000000 0x200000>; }; };\n"
    "&{/chosen} { pool: pool { compatible = \"xen,cpupool\"; cpupool-cpus = <&cpu0 &cpu1>; }; };\n";

static void what_is_made_is_what_boot_reads(void **state)
{
    struct fixture *fixture = *state;
    static struct launch_plan booted;
    const struct launch_plan *made;
    char both[sizeof(additions) + sizeof(FILES)];
    void *tree = launch_tree("system.dts", additions);
    struct launch_device device = {0};

    booted = *launch_test_plan(tree);
    assert_int_equal(booted.nr_domains, 2);
    snprintf(both, sizeof(both), "%s%s", additions, FILES);
    fixture_read_system(fixture, both);
    made = fixture_finish(fixture);
    SAYS(fixture, REALTIME);
    assert_int_equal(made->nr_messages, 0);
    assert_int_equal(made->nr_domains, 2);
    for (unsigned int i = 0; i < 2; i++)
        assert_same(&made->domains[i], &booted.domains[i]);
    assert_int_equal(made->nr_channels, 2);
    assert_int_equal(made->nr_shares, 2);
    assert_int_equal(made->regions[0].host.start, 0x90000000);
    assert_int_equal(made->domains[0].kernel.range.size, FIXTURE_KERNEL);
    assert_int_equal(made->domains[0].ramdisk.range.size, FIXTURE_RAMDISK);
    assert_true(launch_next_device(fixture->tree, &made->domains[1], &device) &&
                launch_next_device(fixture->tree, &made->domains[1], &device));
    assert_string_equal(fdt_getprop(fixture->tree, device.node, "bridge", NULL), "first");
    assert_true(fdt_path_offset(fixture->tree, "/domains") < 0);
    free(tree);
}

/* A domain that is not this hypervisor's keeps its memory. */
static void memory_of_others_is_reserved(void **state)
{
    struct fixture *fixture = *state;
    uint64_t start, size;

    fixture_read_system(fixture, FILES "&realtime { memory = <0 0x40000000 0 0x10000000>; };");
    fixture_finish(fixture);
    assert_int_equal(fdt_get_mem_rsv(fixture->tree, 0, &start, &size), 0);
    assert_int_equal(start, 0x40000000);
    assert_int_equal(size, 0x10000000);
    assert_true(fixture->board.hypervisor->address >= 0x60000000);
}

/* As lopper's image-builder reads it: the first is dom0, and keys of ImageBuilder's are settings of
 * domains by their number. */
static void without_roles_the_first_is_dom0(void **state)
{
    struct fixture *fixture = *state;
    const struct launch_plan *plan;
    const struct launch_domain *guest;

    fixture_read_system(
        fixture, FILES
        "&hypervisor { xen,cmdline = \"console=dtuart dom0_mem=256M xsm=silo vwfi=native\"; "
        "xen,propagate-config = \"BITSTREAM=\\\"a\\\"\"; xen,boot-mode = \"dom0less\"; };\n"
        "&host { /delete-property/ capabilities; /delete-property/ direct-map; };\n"
        "&guest { /delete-property/ xen,enhanced; access = <&rtc>; xen,propagate-config = "
        "\"DOMU_NR_SPIS[1]=7\", \"DOMU_PASSTHROUGH_DTB[1]=\\\"pass.dtb\\\"\", \"NUM_DOMUS=1\"; };");
    SAYS(fixture, REALTIME, HOST "is dom0",
         "c: /domains/subsystem@1/hypervisor@2: xen,cmdline: vwfi=native: no option",
         "c: /domains/subsystem@1/hypervisor@2: BITSTREAM: not acted on",
         GUEST "NUM_DOMUS: not acted on", "host@3: its memory is direct-mapped");
    plan = fixture_finish(fixture);
    guest = launch_test_domain(plan, "zephyr");
    assert_int_equal(launch_test_domain(plan, "host@3")->roles, 7);
    assert_int_equal(guest->nr_lines, 7);
    assert_true(guest->virtual_uart);
    assert_int_equal(guest->enhanced, LAUNCH_ENHANCED_FULL);
    assert_int_equal(guest->device_tree.range.size, FIXTURE_TREE);
    assert_string_equal(fixture->board.command_line, "xsm=silo");
    assert_non_null(fdt_getprop(fixture->tree, fdt_path_offset(fixture->tree, "/pl031@9010000"),
                                "xen,passthrough", NULL));
}

/* With a tree of the machine's own, CPUs are those of the same number. */
static void the_machines_tree_may_be_another(void **state)
{
    struct fixture *fixture = *state;
    void *tree = launch_tree("system.dts", FILES "&cpus { /delete-node/ cpu@0; };\n"
                                                 "&host { cpus = <&cpus 1 1>; };");
    const struct launch_plan *plan;

    fixture_begin(fixture);
    make_read(&fixture->board, MAKE_SYSTEM, fixture->description, tree, make_tree_size(tree));
    fixture_complete(fixture);
    plan = fixture_finish(fixture);
    assert_int_equal(launch_test_domain(plan, "host@3")->affinity[0], 2);
    assert_int_equal(launch_test_domain(plan, "zephyr")->cpus, 1);
    free(tree);
    tree = launch_tree("system.dts", FILES "&guest { peers = <&host>; };");
    fixture_begin(fixture);
    make_read(&fixture->board, MAKE_SYSTEM, fixture->description, tree, make_tree_size(tree));
    SAYS(fixture, GUEST "peers: refers to nodes of this tree", REALTIME);
    free(tree);
}

static const struct {
    const char *addition, *says;
    enum make_severity severity;
} mistakes[] = {
    {"&guest { xen,kernel = \"nowhere\"; };", GUEST "xen,kernel: ", MAKE_ERROR},
    {"&guest { xen,kernel = <1>; };", GUEST "xen,kernel: not a string", MAKE_ERROR},
    {"&guest { memory = <0 0x60000000>; };", GUEST "memory: not a list of 1 to 8", MAKE_ERROR},
    {"&guest { memory = <0 0x60000000 0 0x1001 0>; };", GUEST "memory: not whole pages",
     MAKE_ERROR},
    {"&guest { cpus = <&cpus 0x3 0x80000001>; };", GUEST "cpus: a secure domain", MAKE_ERROR},
    {"&guest { cpus = <&cpus 0x3 0x2>; };", GUEST "cpus: another execution level", MAKE_ERROR},
    {"&guest { cpus = <0x7777 0x3 1>; };", GUEST "cpus: no node has the phandle", MAKE_ERROR},
    {"&guest { cpus = <&cpus 0x8 1>; };", GUEST "cpus: no CPU of the cluster", MAKE_ERROR},
    {"&guest { access = <0x7777>; };", GUEST "access: no node has the phandle", MAKE_ERROR},
    {"&guest { sram = <0 0 0 1>; };", GUEST "sram: only RAM", MAKE_ERROR},
    {"&guest { xen,static-mem = <1>; };", GUEST "xen,static-mem: memory says it", MAKE_ERROR},
    {"&guest { domid = <1 2>; };", GUEST "domid: not one cell", MAKE_ERROR},
    {"&guest { reserved-memory { }; };", "guest@4/reserved-memory: compatible: memory is not",
     MAKE_ERROR},
    {"&guest { s { compatible = \"xen,domain-shared-memory-v1\"; xen,shared-mem = <1>; }; };",
     "guest@4/s: xen,shared-mem: must be [host address,]", MAKE_ERROR},
    {"&guest { k { compatible = \"multiboot,kernel\"; reg = <1 1>; }; };",
     "guest@4/k: reg: not acted on: xen,kernel", MAKE_WARNING},
    {"&guest { d { compatible = \"openamp,domain-v1\"; }; };",
     "guest@4/d: compatible: a domain in a domain", MAKE_WARNING},
    {"&hypervisor { xen,binary = <1>; };", "hypervisor@2: xen,binary: not a string", MAKE_ERROR},
    {"&guest { xen,propagate-config = \"DOMU_MEM[1]=x\"; };",
     GUEST "DOMU_MEM[1]: \"x\": not a number", MAKE_ERROR},
    {"&guest { xen,propagate-config = \"DOMU_MEM[1]=1\"; };",
     GUEST "DOMU_MEM[1]: not acted on: something else is said", MAKE_WARNING},
};

static bool is_said(const struct make_board *board, const char *text, enum make_severity severity)
{
    for (unsigned int i = 0; i < board->nr_messages; i++)
        if (strstr(board->messages[i].text, text))
            return board->messages[i].severity == severity;
    return false;
}

static void each_mistake_is_named(void **state)
{
    struct fixture *fixture = *state;
    char text[1024];

    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        snprintf(text, sizeof(text), FILES "%s", mistakes[i].addition);
        fixture_read_system(fixture, text);
        if (!is_said(&fixture->board, mistakes[i].says, mistakes[i].severity))
            fail_msg("\"%s\" is not said, but \"%s\"", mistakes[i].says,
                     fixture->board.messages[fixture->board.nr_messages - 1].text);
        assert_true(fixture->board.errors == (mistakes[i].severity == MAKE_ERROR));
    }
}

static void what_is_no_such_tree_is_named(void **state)
{
    struct fixture *fixture = *state;
    void *tree = launch_tree(NULL, NULL);

    fixture_begin(fixture);
    make_read(&fixture->board, MAKE_SYSTEM, fixture->description, tree, make_tree_size(tree));
    SAYS(fixture, "c: /domains: no node has \"xen,domain-v2\"");
    fixture_begin(fixture);
    make_read(&fixture->board, MAKE_SYSTEM, fixture->description, tree, make_tree_size(tree) - 1);
    SAYS(fixture, "c: a damaged device tree");
    free(tree);
}

/* Domains of /domains in what is to be the machine's own tree would be launched besides. */
static void domains_in_the_machines_tree_are_an_error(void **state)
{
    struct fixture *fixture = *state;
    void *tree = launch_tree("system.dts", NULL);

    fixture_read(fixture, MAKE_IMAGEBUILDER, "NUM_DOMUS=1\nDOMU_KERNEL[0]=Image\n");
    assert_null(make_tree(&fixture->board, tree));
    SAYS(fixture, "host@3: a domain, in what is to be the machine's own tree");
    free(tree);
}

static void it_is_known_by_its_looks(void **state)
{
    void *tree = launch_tree("system.dts", NULL);

    (void)state;
    assert_int_equal(make_kind_of_text(tree, make_tree_size(tree)), MAKE_SYSTEM);
    assert_int_equal(make_kind_of_text("/* x */ /dts-v1/;\nname = \"a\";", 28), MAKE_SYSTEM);
    assert_int_equal(make_kind_of_name("system-device-tree"), MAKE_SYSTEM);
    free(tree);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
    static const struct CMUnitTest tests[] = {
        TEST(what_is_made_is_what_boot_reads),
        TEST(memory_of_others_is_reserved),
        TEST(without_roles_the_first_is_dom0),
        TEST(the_machines_tree_may_be_another),
        TEST(each_mistake_is_named),
        TEST(what_is_no_such_tree_is_named),
        TEST(domains_in_the_machines_tree_are_an_error),
        TEST(it_is_known_by_its_looks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
