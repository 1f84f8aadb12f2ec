/* SPDX-License-Identifier: MIT */
/* What a plan holds: the values of both bindings. */
#include "launch_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <xen/arch-arm.h>
#include <xen/bootfdt.h>

static void the_board(void **state)
{
    void *fdt = launch_tree(NULL, NULL);
    const struct launch_plan *plan = launch_test_plan(fdt);
    const struct launch_domain *hardware = launch_test_domain(plan, "hardware");
    const struct launch_domain *control = launch_test_domain(plan, "control");
    const struct launch_domain *app = launch_test_domain(plan, "app");

    (void)state;
    assert_int_equal(plan->nr_domains, 3);
    assert_int_equal(plan->nr_messages, 0);
    assert_int_equal(hardware->roles, DOMAIN_CAPS_HARDWARE | DOMAIN_CAPS_XENSTORE);
    assert_int_equal(hardware->memory, 256 << 20);
    assert_true(hardware->direct_map);
    assert_false(hardware->machine_power);
    assert_int_equal(hardware->nr_static_memory, 1);
    assert_int_equal(hardware->static_memory[0].start, 0x50000000);
    assert_string_equal(hardware->bootargs, "console=hvc0");
    assert_string_equal(hardware->path, "/chosen/hardware");
    assert_int_equal(control->roles, DOMAIN_CAPS_CONTROL);
    assert_true(control->virtual_uart);
    assert_int_equal(control->nr_lines, GUEST_VPL011_SPI - 32 + 1);
    assert_int_equal(control->enhanced, LAUNCH_ENHANCED_FULL);
    assert_int_equal(control->on_reboot, LAUNCH_RESTART);
    assert_int_equal(control->on_crash, LAUNCH_PRESERVE);
    assert_int_equal(control->ramdisk.range.start, 0x60000000);
    assert_int_equal(control->ramdisk.range.size, 0x800000);
    assert_int_equal(app->cpus, 2);
    assert_int_equal(app->nr_lines, 16);
    assert_int_equal(app->roles, 0);
    assert_false(app->virtual_uart || app->direct_map);
    assert_null(app->bootargs);
    assert_int_equal(app->kernel.range.start, 0x49000000);
    assert_int_equal(app->ramdisk.range.size, 0);
    assert_true(app->affinity[1] == UINT64_MAX);
    free(fdt);
}

static void what_is_claimed(void **state)
{
    void *fdt = launch_tree(NULL, NULL);
    const struct launch_plan *plan = launch_test_plan(fdt);

    (void)state;
    /* The ramdisk follows the static memory: one range. */
    assert_int_equal(plan->nr_claimed, 2);
    assert_int_equal(plan->claimed[0].start, 0x49000000);
    assert_int_equal(plan->claimed[0].size, 0x1e00000);
    assert_int_equal(plan->claimed[1].start, 0x50000000);
    assert_int_equal(plan->claimed[1].size, 0x10800000);
    free(fdt);
}

static void what_a_left_out_domain_claims(void **state)
{
    static struct launch_plan plan;
    void *fdt = launch_tree(NULL, "&hardware { cpus = <0>; };");

    (void)state;
    assert_true(launch_plan(fdt, launch_test_machine(fdt), launch_kept, 2, &plan));
    assert_int_equal(plan.nr_left_out, 1);
    assert_int_equal(plan.nr_claimed, 2);
    assert_int_equal(plan.claimed[1].start, 0x60000000);
    free(fdt);
}

static const char hyperlaunch[] =
    "&chosen { hypervisor { compatible = \"hypervisor,xen\"; #address-cells = <1>; #size-cells = "
    "<1>;\n"
    "  config { compatible = \"xen,config\"; };\n"
    "  boss { compatible = \"xen,domain\"; #address-cells = <1>; #size-cells = <1>; domid = <9>;\n"
    "    permissions = <1>; memory = <0 0x20000>; cpus = <2>; domain-uuid = <1 2 3 4>;\n"
    "    kernel { compatible = \"module,kernel\", \"multiboot,module\"; reg = <0x49000000 "
    "0x1e00000>;\n"
    "      bootargs = \"root=/dev/ram0\"; };\n"
    "    initrd { compatible = \"module,ramdisk\"; module-addr = <0 0x60000000 0 0x800000>; }; };\n"
    "  plain { compatible = \"xen,domain\"; memory = <0x20000>;\n"
    "    kernel { compatible = \"module,kernel\"; module-addr = <0x49000000 0x1e00000>; }; }; }; "
    "};\n";

static void the_hyperlaunch_binding(void **state)
{
    static const uint8_t uuid[16] = {0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4};
    void *fdt = launch_tree(NULL, hyperlaunch);
    const struct launch_plan *plan = launch_test_plan(fdt);
    const struct launch_domain *boss = launch_test_domain(plan, "boss");
    const struct launch_domain *plain = launch_test_domain(plan, "plain");

    (void)state;
    assert_int_equal(plan->nr_messages, 1);
    assert_string_equal(plan->messages[0].text,
                        "/chosen/hypervisor/config: compatible: nothing here acts on this node");
    assert_int_equal(boss->domid, 9);
    assert_int_equal(boss->roles, DOMAIN_CAPS_CONTROL);
    assert_int_equal(boss->cpus, 2);
    assert_int_equal(boss->memory, 128 << 20);
    assert_int_equal(boss->ramdisk.range.start, 0x60000000);
    assert_string_equal(boss->bootargs, "root=/dev/ram0");
    assert_memory_equal(boss->uuid, uuid, 16);
    assert_int_equal(boss->enhanced, LAUNCH_ENHANCED_FULL);
    assert_int_equal(plain->cpus, 1);
    assert_int_equal(plain->domid, 3);
    assert_int_equal(plain->kernel.range.size, 0x1e00000);
    free(fdt);
}

static void hyperlaunch_functions(void **state)
{
    void *fdt = launch_tree(NULL, "&hardware { capabilities = <0>; functions = <0xc0000004>; };");
    const struct launch_plan *plan = launch_test_plan(fdt);

    (void)state;
    assert_int_equal(launch_test_domain(plan, "hardware")->roles,
                     DOMAIN_CAPS_CONTROL | DOMAIN_CAPS_HARDWARE | DOMAIN_CAPS_XENSTORE);
    free(fdt);
}

static void peers_on_both_sides(void **state)
{
    void *fdt = launch_tree(NULL, "&app { domid = <70>; peers = \"control\"; };\n"
                                  "&control { capabilities = <9>; targets = <&app &hardware>; };");
    const struct launch_plan *plan = launch_test_plan(fdt);
    const struct launch_domain *control = launch_test_domain(plan, "control");
    const struct launch_domain *app = launch_test_domain(plan, "app");

    (void)state;
    assert_true(app->peers[0] == 1ULL << 1);
    assert_true(app->peers[1] == 0);
    assert_true(control->peers[0] == 0 && control->peers[1] == 1ULL << (70 - 64));
    assert_true(control->targets[0] == 1 && control->targets[1] == 1ULL << (70 - 64));
    assert_true(app->targets[0] == 0);
    free(fdt);
}

static void static_channels(void **state)
{
    void *fdt = launch_tree(
        NULL, "&app { ec1: e1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <10 &ec2>; }; };\n"
              "&control { ec2: e2 { compatible = \"xen,evtchn-v1\"; "
              "xen,evtchn = <1023 &ec1>; }; };");
    const struct launch_plan *plan = launch_test_plan(fdt);

    (void)state;
    assert_int_equal(plan->nr_messages, 0);
    assert_int_equal(plan->nr_channels, 2);
    assert_int_equal(plan->channels[0].domid, 1);
    assert_int_equal(plan->channels[0].port, 1023);
    assert_int_equal(plan->channels[0].remote_domid, 2);
    assert_int_equal(plan->channels[0].remote_port, 10);
    assert_int_equal(plan->channels[1].domid, 2);
    assert_int_equal(plan->channels[1].port, 10);
    assert_int_equal(plan->channels[1].remote_domid, 1);
    assert_int_equal(plan->channels[1].remote_port, 1023);
    /* A channel makes no peers: nothing else may pass between the two. */
    assert_true(launch_test_domain(plan, "app")->peers[0] == 0);
    free(fdt);
}

/* One end more than there is room for. */
static void many_channels(void **state)
{
    static struct launch_plan plan;
    static char text[65536] = "&app {";
    void *fdt;

    (void)state;
    for (unsigned int i = 0; i <= LAUNCH_MAX_CHANNELS; i++) {
        char one[128];

        snprintf(one, sizeof(one),
                 " l%u: e%u { compatible = \"xen,evtchn-v1\"; xen,evtchn = <%u &l%u>; };", i, i,
                 i + 1, i ^ 1);
        strcat(text, one);
    }
    strcat(text, " l257: e257 {}; };");
    fdt = launch_tree(NULL, text);
    assert_true(launch_plan(fdt, launch_test_machine(fdt), launch_kept, 2, &plan));
    assert_string_equal(plan.messages[0].text, "/chosen/app/e256: compatible: more than 256 ends "
                                               "of event channels in the tree");
    assert_int_equal(plan.nr_channels, 0);
    assert_int_equal(plan.nr_domains, 2);
    free(fdt);
}

/* A node of a domain. */
#define SHARE(name, id, memory, more)                                                              \
    name " { compatible = \"xen,domain-shared-memory-v1\"; xen,shm-id = \"" id "\"; "              \
         "xen,shared-mem = <" memory ">; " more " };"

static void shared_memory(void **state)
{
    void *fdt = launch_tree(
        NULL,
        "&app { " SHARE("a", "placed", "0 0x70000000 0 0x48000000 0 0x200000", "role = \"owner\";")
            SHARE("b", "anywhere", "0 0x50000000 0 0x10000",
                  "") " };\n"
                      "&control { " SHARE("a", "anywhere", "0 0x60000000 0 0x10000",
                                          "role = \"borrower\";")
                          SHARE("b", "placed", "0 0x70000000 0 0x70000000 0 0x200000", "") " };");
    const struct launch_plan *plan = launch_test_plan(fdt);
    bool claimed = false;

    (void)state;
    assert_int_equal(plan->nr_messages, 0);
    assert_int_equal(plan->nr_shares, 4);
    assert_int_equal(plan->nr_regions, 2);
    for (unsigned int i = 0; i < 2; i++) {
        const struct launch_region *region = &plan->regions[i];
        bool placed = strcmp(region->id, "placed") == 0;

        assert_int_equal(region->nr_shares, 2);
        assert_int_equal(region->size, placed ? 0x200000 : 0x10000);
        assert_int_equal(region->host.size, placed ? 0x200000 : 0);
        assert_int_equal(region->host.start, placed ? 0x70000000 : 0);
    }
    for (unsigned int i = 0; i < 4; i++) {
        const struct launch_share *share = &plan->shares[i];

        assert_int_equal(plan->regions[share->region].id[0] == 'p', share->placed);
        assert_int_equal(share->owner, share->domid == 2 && share->placed);
    }
    assert_int_equal(plan->shares[0].domid, 1);
    assert_int_equal(plan->shares[0].guest.start, 0x60000000);
    assert_int_equal(plan->shares[3].domid, 2);
    assert_int_equal(plan->shares[3].guest.start, 0x50000000);
    /* Nobody is given what has a place; the rest is found at boot. */
    for (unsigned int i = 0; i < plan->nr_claimed; i++)
        claimed = claimed || (plan->claimed[i].start <= 0x70000000 &&
                              plan->claimed[i].start + plan->claimed[i].size >= 0x70200000);
    assert_true(claimed);
    /* Tables for it, besides those for the domain's RAM. */
    assert_int_equal(launch_pool(launch_test_domain(plan, "app")) -
                         ((272 + 64 * 12 + 32 * 4 + 2 * 64 + 128 * 2) << 10),
                     2 * 0x4000 + ALIGN_UP(0x210000 / 512, PAGE_SIZE));
    /* Nor does it make peers of them. */
    assert_true(launch_test_domain(plan, "app")->peers[0] == 0);
    free(fdt);
}

/* One share more than a domain can have. */
static void many_shares(void **state)
{
    static struct launch_plan plan;
    static char text[65536] = "&app {";
    void *fdt;

    (void)state;
    for (unsigned int i = 0; i <= LAUNCH_MAX_SHARED; i++) {
        char one[160];

        snprintf(one, sizeof(one), SHARE("m%u", "%u", "0 0x480%02x000 0 0x1000", ""), i, i, i);
        strcat(text, one);
    }
    strcat(text, " };");
    fdt = launch_tree(NULL, text);
    assert_true(launch_plan(fdt, launch_test_machine(fdt), launch_kept, 2, &plan));
    assert_string_equal(plan.messages[0].text, "/chosen/app/m16: compatible: more than 16 shares "
                                               "of memory in a domain, or 128 in all");
    assert_int_equal(plan.nr_shares, 0);
    assert_int_equal(plan.nr_domains, 2);
    free(fdt);
}

static void affinities(void **state)
{
    void *fdt = launch_tree(NULL, "&app { hard-affinity = \"0-1,40\"; soft-affinity = \"1\"; "
                                  "v { compatible = \"xen,vcpu\"; id = <1>; hard-affinity = \"1\"; "
                                  "soft-affinity = \"0-1\"; }; };");
    const struct launch_domain *app = launch_test_domain(launch_test_plan(fdt), "app");

    (void)state;
    assert_true(app->affinity[0] == (3 | 1ULL << 40));
    assert_true(app->affinity[1] == 2);
    assert_true(app->soft_affinity[0] == 2);
    assert_true(app->soft_affinity[1] == 3);
    assert_true(launch_test_domain(launch_test_plan(fdt), "control")->soft_affinity[0] ==
                UINT64_MAX);
    free(fdt);
}

/* Domains of one pool run nowhere else, and those without one where CPU 0 is. */
static void pools(void **state)
{
    static const struct {
        const char *cpus, *pool;
        uint64_t app, control;
    } rows[] = {
        {"<&cpu1>", "<&pool>", 2, 1},
        {"<&cpu0>", "<&pool>", 1, 1},
        {"<&cpu1 &cpu0>", "<&pool>", 3, 3},
        {"<&cpu1>", "<&other>", 1, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[512];
        const struct launch_domain *app;
        void *fdt;

        snprintf(text, sizeof(text),
                 "&chosen { pool: pool { compatible = \"xen,cpupool\"; cpupool-cpus = %s; };\n"
                 "%s };\n"
                 "&app { domain-cpupool = %s; trap-unmapped-accesses = <0>; };\n",
                 rows[i].cpus,
                 i == 3 ? "other: other { compatible = \"xen,cpupool\"; cpupool-cpus = <&cpu0>; };"
                        : "",
                 rows[i].pool);
        fdt = launch_tree(NULL, text);
        app = launch_test_domain(launch_test_plan(fdt), "app");
        assert_int_equal(app->affinity[0], rows[i].app);
        assert_int_equal(app->affinity[1], rows[i].app);
        assert_true(app->reads_ones);
        assert_int_equal(launch_test_domain(launch_test_plan(fdt), "control")->affinity[0],
                         rows[i].control);
        assert_false(launch_test_domain(launch_test_plan(fdt), "control")->reads_ones);
        free(fdt);
    }
}

/* In the order of their nodes, then what is left; the one with CPU 0 changes places with the first.
 */
static void pools_are_numbered(void **state)
{
    static const struct {
        const char *first, *second;
        uint64_t pools[3];
        unsigned int count, app;
    } rows[] = {
        {"<&cpu1>", "<&cpu3>", {5, 8, 2}, 3, 1},
        {"<&cpu1>", "<&cpu0 &cpu2>", {5, 2, 8}, 3, 0},
        {"<&cpu0>", "<&cpu3>", {1, 8, 6}, 3, 1},
        {"<&cpu0 &cpu1>", "<&cpu2 &cpu3>", {3, 12}, 2, 1},
        {"<&cpu3 &cpu2>", "<&cpu1 &cpu0>", {3, 12}, 2, 0},
        {"<&rtc>", "<&cpu2>", {11, 4}, 2, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct launch_plan *plan;
        char text[1024];
        void *fdt;

        snprintf(text, sizeof(text),
                 "&cpus { cpu2: cpu@2 { device_type = \"cpu\"; compatible = \"arm,cortex-a57\";\n"
                 "reg = <2>; enable-method = \"psci\"; };\n"
                 "cpu3: cpu@3 { device_type = \"cpu\"; compatible = \"arm,cortex-a57\";\n"
                 "reg = <3>; enable-method = \"psci\"; }; };\n"
                 "&chosen { a { compatible = \"xen,cpupool\"; cpupool-cpus = %s; };\n"
                 "b: b { compatible = \"xen,cpupool\"; cpupool-cpus = %s; }; };\n"
                 "&app { domain-cpupool = <&b>; };\n",
                 rows[i].first, rows[i].second);
        fdt = launch_tree(NULL, text);
        plan = launch_test_plan(fdt);
        assert_int_equal(plan->nr_pools, rows[i].count);
        assert_memory_equal(plan->pools, rows[i].pools, rows[i].count * sizeof(uint64_t));
        assert_int_equal(launch_test_domain(plan, "app")->pool, rows[i].app);
        assert_int_equal(launch_test_domain(plan, "control")->pool, 0);
        free(fdt);
    }
}

static void uuids_differ_and_last(void **state)
{
    void *fdt = launch_tree(NULL, NULL), *again;
    uint8_t control[16], app[16];
    const struct launch_plan *plan = launch_test_plan(fdt);

    (void)state;
    memcpy(control, launch_test_domain(plan, "control")->uuid, 16);
    memcpy(app, launch_test_domain(plan, "app")->uuid, 16);
    assert_memory_not_equal(control, app, 16);
    assert_int_equal(app[6] >> 4, 8);
    assert_int_equal(app[8] >> 6, 2);
    again = launch_tree(NULL, "&app { memory = <0x20004>; };");
    assert_memory_equal(launch_test_domain(launch_test_plan(again), "app")->uuid, app, 16);
    free(again);
    free(fdt);
}

/* More mistakes than there is room for are counted. */
static void many_messages(void **state)
{
    static struct launch_plan plan;
    char text[8192] = "&app {";
    void *fdt;

    (void)state;
    for (unsigned int i = 0; i < 100; i++) {
        char one[32];

        snprintf(one, sizeof(one), " x%u = <1>;", i);
        strcat(text, one);
    }
    strcat(text, " };");
    fdt = launch_tree(NULL, text);
    assert_true(launch_plan(fdt, launch_test_machine(fdt), launch_kept, 2, &plan));
    assert_int_equal(plan.nr_messages, LAUNCH_MAX_MESSAGES);
    assert_int_equal(plan.nr_dropped, 100 - LAUNCH_MAX_MESSAGES);
    assert_int_equal(plan.nr_domains, 3);
    free(fdt);
}

/* One domain more than there is room for. */
static void many_domains(void **state)
{
    static struct launch_plan plan;
    static char text[32768] = "&chosen {";
    void *fdt;

    (void)state;
    for (unsigned int i = 0; i < LAUNCH_MAX_DOMAINS - 2; i++) {
        char one[256];

        snprintf(one, sizeof(one),
                 " d%u { compatible = \"xen,domain\"; #address-cells = <1>; #size-cells = <1>; "
                 "cpus = <1>; memory = <0x1000>; kernel { compatible = \"multiboot,kernel\"; "
                 "reg = <0x61000000 0x1000>; }; };",
                 i);
        strcat(text, one);
    }
    strcat(text, " };");
    fdt = launch_tree(NULL, text);
    assert_true(launch_plan(fdt, launch_test_machine(fdt), launch_kept, 2, &plan));
    assert_int_equal(plan.nr_domains, LAUNCH_MAX_DOMAINS);
    assert_int_equal(plan.nr_left_out, 1);
    assert_int_equal(plan.nr_messages, 1);
    assert_string_equal(plan.messages[0].text, "/chosen/d61: compatible: more than 64 domains");
    free(fdt);
}

static void not_a_tree(void **state)
{
    static struct machine machine;
    _Alignas(8) char text[64] = "nothing of the kind";
    char error[64];

    (void)state;
    assert_false(machine_read(text, &machine, error, sizeof(error)));
    assert_string_equal(error, "not a valid device tree");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_board),
        cmocka_unit_test(what_is_claimed),
        cmocka_unit_test(what_a_left_out_domain_claims),
        cmocka_unit_test(the_hyperlaunch_binding),
        cmocka_unit_test(hyperlaunch_functions),
        cmocka_unit_test(peers_on_both_sides),
        cmocka_unit_test(static_channels),
        cmocka_unit_test(many_channels),
        cmocka_unit_test(shared_memory),
        cmocka_unit_test(many_shares),
        cmocka_unit_test(affinities),
        cmocka_unit_test(pools),
        cmocka_unit_test(pools_are_numbered),
        cmocka_unit_test(uuids_differ_and_last),
        cmocka_unit_test(many_messages),
        cmocka_unit_test(many_domains),
        cmocka_unit_test(not_a_tree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
