/* SPDX-License-Identifier: MIT */
/* Good trees with random damage: nothing may be read out of bounds, loop, or come out as a plan
 * that breaks its own rules. */
#include "launch_exercise.h"
#include "launch_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <libfdt.h>

#define ROUNDS      5000 /* of each tree */
#define MAX_SECONDS 20

static uint64_t seed = 0x2545f4914f6cdd1dULL;

static uint32_t any(uint32_t limit)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 32) % limit;
}

/* Values that have a meaning to somebody are likelier to do harm than any value. */
static void damage(uint8_t *tree, uint32_t size)
{
    static const uint32_t values[] = {0, 1,          2,          3,          4,
                                      9, 0x7fffffff, 0x80000000, 0xffffffff, 0x40000000};
    uint32_t at = any(size);

    switch (any(4)) {
    case 0: tree[at] = (uint8_t)any(256); break;
    case 1: tree[at] ^= (uint8_t)(1 << any(8)); break;
    case 2: fdt32_st(tree + at % (size - 4) / 4 * 4, values[any(ARRAY_SIZE(values))]); break;
    default: memmove(tree + at % (size - 16), tree + any(size - 16), 1 + any(16)); break;
    }
}

/* Something of all that is read. */
static const char additions[] =
    "&app { peers = \"control\"; hard-affinity = \"0-1\"; soft-affinity = \"1\"; sched-weight = "
    "<9>; sched-cap = <50>; "
    "xen,domain-p2m-mem-mb = <3>; domain-cpupool = <&pool>; trap-unmapped-accesses = <0>;\n"
    "  ec1: e1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <10 &ec2>; }; };\n"
    "&control { ec2: e2 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <11 &ec1>; }; };\n"
    "&app { d0 { compatible = \"trefoil,disk\"; vdev = \"xvdb3\"; target = \"LABEL=a\"; "
    "read-only; };\n"
    "  n0 { compatible = \"trefoil,network\"; bridge = \"xenbr0\"; mac = "
    "\"00:16:3e:00:00:01\"; vifname = \"lan\"; script = \"own\"; }; };\n"
    "&control { n0 { compatible = \"trefoil,network\"; bridge = \"xenbr0\"; }; };\n"
    "&chosen { pool: pool { compatible = \"xen,cpupool\"; cpupool-cpus = <&cpu1 &cpu0>; }; };\n"
    "&rtc { xen,passthrough; };\n"
    "/ { passthrough { #address-cells = <2>; #size-cells = <2>;\n"
    "  clock { xen,path = \"/pl031@9010000\"; xen,reg = <0 0x9010000 0 0x1000 0 0x10000000>;\n"
    "  xen,force-assign-without-iommu; }; }; };\n";

/* A board of the other two bindings. */
static const char hyperlaunch[] =
    "/ { chosen { /delete-node/ hardware; /delete-node/ control; /delete-node/ app;\n"
    "  hypervisor { compatible = \"hypervisor,xen\"; #address-cells = <2>; #size-cells = <2>;\n"
    "    first { compatible = \"xen,domain\"; permissions = <3>; functions = <0x40000000>;\n"
    "      domain-uuid = [c0 01 00 00 00 00 40 00 80 00 00 00 00 00 00 00]; cpus = <1>;\n"
    "      memory = <0x40000>; direct-map; xen,static-mem = <0 0x50000000 0 0x10000000>;\n"
    "      kernel { compatible = \"module,kernel\"; module-addr = <0 0x49000000 0 0x1000000>;\n"
    "        bootargs = \"quiet\"; }; };\n"
    "    second { compatible = \"xen,domain\"; domid = <5>; memory = <0x10000>; mode = <1>;\n"
    "      functions = <0>; security-id = <3>; targets = \"third\";\n"
    "      kernel { compatible = \"module,kernel\"; reg = <0 0x49000000 0x1000000>; };\n"
    "      ramdisk { compatible = \"module,ramdisk\"; reg = <0 0x4c000000 0x1000000>; }; };\n"
    "    third { compatible = \"xen,domain\"; memory = <0x10000>; cpus = <2>;\n"
    "      kernel { compatible = \"module,kernel\"; reg = <0 0x49000000 0x1000000>; }; }; }; }; "
    "};\n";

static const char of_system[] =
    "&guest { peers = <&host>; hard-affinity = \"0-1\"; xen,kernel = \"a\"; access; sram;\n"
    "  v { compatible = \"xen,vcpu\"; id = <1>; hard-affinity = \"0\"; }; chosen { bootargs = "
    "\"b\"; };\n"
    "  s { compatible = \"xen,domain-shared-memory-v1\"; xen,shm-id = \"rings\"; "
    "xen,shared-mem = <0x90000000 0x20000000 0x200000>; }; };\n"
    "&hypervisor { xen,cmdline = \"c\"; };\n";

static void check_damaged(void *fdt, unsigned int least)
{
    uint32_t size = fdt_totalsize(fdt), header = fdt_off_dt_struct(fdt);
    uint8_t *copy = malloc(size);
    time_t end = time(NULL) + MAX_SECONDS;
    unsigned int rounds, with_machine = 0, with_domains = 0;

    assert_non_null(copy);
    assert_int_equal(launch_exercise(fdt, size), (int)least);
    for (rounds = 0; rounds < ROUNDS && time(NULL) < end; rounds++) {
        int planned;

        memcpy(copy, fdt, size);
        /* Mostly behind the header, or few trees would get any further. */
        for (unsigned int i = 1 + any(4); i > 0; i--)
            damage(copy + header * (any(50) != 0), size - header);
        planned = launch_exercise(copy, size);
        with_machine += planned >= 0;
        with_domains += planned > 0;
    }
    print_message("%u trees, %u with a machine, %u with domains\n", rounds, with_machine,
                  with_domains);
    /* A damage that no tree survives would test nothing. */
    assert_true(with_domains > rounds / 10 && with_domains < rounds);
    free(copy);
    free(fdt);
}

static void random_damage(void **state)
{
    (void)state;
    check_damaged(launch_tree(NULL, additions), 3);
}

static void random_damage_of_hyperlaunch(void **state)
{
    (void)state;
    check_damaged(launch_tree(NULL, hyperlaunch), 3);
}

static void random_damage_of_a_system(void **state)
{
    (void)state;
    check_damaged(launch_tree("system.dts", of_system), 2);
}

static void every_truncation(void **state)
{
    void *fdt = launch_tree(NULL, NULL);
    uint32_t size = fdt_totalsize(fdt);

    (void)state;
    for (uint32_t cut = 0; cut < size; cut += 7)
        assert_int_equal(launch_exercise(fdt, cut), -1);
    assert_int_equal(launch_exercise(fdt, size), 3);
    free(fdt);
}

/* Node names are paths there, or missing. */
static void old_version(void **state)
{
    static struct machine machine;
    char error[256];
    void *fdt = launch_tree(NULL, NULL);

    (void)state;
    assert_true(machine_read(fdt, &machine, error, sizeof(error)));
    fdt_set_last_comp_version(fdt, 2);
    fdt_set_version(fdt, 15);
    assert_int_equal(fdt_check_header(fdt), 0);
    assert_false(machine_read(fdt, &machine, error, sizeof(error)));
    assert_int_equal(launch_exercise(fdt, fdt_totalsize(fdt)), -1);
    free(fdt);
}

/* A length that, as an offset, leads back to the property itself. */
static void property_without_end(void **state)
{
    void *fdt = launch_tree(NULL, NULL);
    int node = fdt_path_offset(fdt, "/memory@40000000");
    const struct fdt_property *property = fdt_get_property(fdt, node, "reg", NULL);
    char *length = (char *)fdt + ((const char *)&property->len - (const char *)fdt);

    (void)state;
    alarm(MAX_SECONDS);
    fdt32_st(length, (uint32_t) - sizeof(*property));
    assert_int_equal(launch_exercise(fdt, fdt_totalsize(fdt)), -1);
    fdt32_st(length, (uint32_t) - sizeof(*property) - 32);
    assert_int_equal(launch_exercise(fdt, fdt_totalsize(fdt)), -1);
    alarm(0);
    free(fdt);
}

/* Whatever bytes a node's name has, no message has them. */
static void names_of_any_bytes(void **state)
{
    static const char *const nodes[] = {"/memory@40000000", "/chosen/app"};
    static const char *const changes[] = {"&memory { reg = <0>; };", ""};
    static const int domains[] = {-1, 2};

    (void)state;
    for (unsigned int i = 0; i < 2; i++) {
        void *fdt = launch_tree(NULL, changes[i]);
        int node = fdt_path_offset(fdt, nodes[i]);

        memcpy((char *)(uintptr_t)fdt_get_name(fdt, node, NULL), "\n\x1b\xff", 3);
        assert_int_equal(launch_exercise(fdt, fdt_totalsize(fdt)), domains[i]);
        free(fdt);
    }
}

static void no_root(void **state)
{
    void *fdt = launch_tree(NULL, NULL);

    (void)state;
    fdt32_st((char *)fdt + fdt_off_dt_struct(fdt), FDT_END);
    assert_int_equal(fdt_check_full(fdt, fdt_totalsize(fdt)), 0);
    assert_int_equal(launch_exercise(fdt, fdt_totalsize(fdt)), -1);
    free(fdt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(property_without_end),
        cmocka_unit_test(old_version),
        cmocka_unit_test(names_of_any_bytes),
        cmocka_unit_test(no_root),
        cmocka_unit_test(random_damage),
        cmocka_unit_test(random_damage_of_hyperlaunch),
        cmocka_unit_test(random_damage_of_a_system),
        cmocka_unit_test(every_truncation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
