/* SPDX-License-Identifier: MIT */
/* xl: the listings of domains, vcpus, the machine, its log and its schedulers. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include <cmocka.h>
#include <yajl/yajl_tree.h>

#include <xen/sched.h>

#include "../../../xl/print.h"
#include "libxl_fake.h"
#include "libxl_run.h"

static struct run run;

#define LIST_HEADER "Name                                        ID   Mem VCPUs\tState\tTime(s)"
#define HARDWARE    "hardware                                     0   256     1     -b----       2.1"
#define CONTROL     "control                                      1   192     1     r-----       3.2"
#define APP         "app                                          2   128     2     -b----       0.0"

static void list_is_classic(void **state)
{
    (void)state;
    prints(&run, "list", LIST_HEADER "\n" HARDWARE "\n" CONTROL "\n" APP "\n");
    prints(&run, "list app", LIST_HEADER "\n" APP "\n");
    prints(&run, "list 2 hardware", LIST_HEADER "\n" APP "\n" HARDWARE "\n");
    prints(&run, "li 1", LIST_HEADER "\n" CONTROL "\n");
}

static void list_shows_states(void **state)
{
    (void)state;
    fake.domains[0].info.flags |= XEN_DOMINF_paused | XEN_DOMINF_dying;
    prints(&run, "list 0",
           LIST_HEADER
           "\nhardware                                     0   256     1     -bp--d       2.1\n");
    static const char letters[] = "-rscw?";
    for (uint32_t reason = 0; reason < 6; reason++) {
        char expected[256];
        fake.domains[2].info.flags = XEN_DOMINF_shutdown | reason << XEN_DOMINF_shutdownshift;
        snprintf(
            expected, sizeof(expected),
            LIST_HEADER
            "\napp                                          2   128     2     ---s%c-       0.0\n",
            letters[reason]);
        prints(&run, "list 2", expected);
    }
}

static void list_takes_options(void **state)
{
    (void)state;
    prints(&run, "list -v 0 2",
           LIST_HEADER
           "   UUID                            Reason-Code\tSecurity Label  Life Last end    "
           "Roles\n" HARDWARE " 00000000-0000-0000-0000-000000000000        -                -     "
           "- -           hardware,xenstore\n" APP
           " ab000000-0000-0000-0000-000000000001        -                -     - -           -\n");
    prints(&run, "list -Z app", LIST_HEADER "   Security Label\n" APP "                -\n");
    prints(&run, "list --cpupool app", LIST_HEADER "         Cpupool\n" APP "          Pool-0\n");
    prints(&run, "list -n app", LIST_HEADER " NODE Affinity\n" APP " all\n");
    prints(&run, "list -cn app",
           LIST_HEADER "         Cpupool NODE Affinity\n" APP "          Pool-0 all\n");
    fake.domains[2].info.flags = XEN_DOMINF_shutdown | SHUTDOWN_crash << XEN_DOMINF_shutdownshift;
    run_xl(&run, "list -v app");
    assert_non_null(strstr(run.out, "---sc-"));
    assert_non_null(strstr(run.out, "-000000000001        3 "));
}

/* What is not told is no number, and asked for once. */
static void list_shows_what_is_denied(void **state)
{
    (void)state;
    fake.node_error = -EPERM;
    prints(&run, "list -n",
           LIST_HEADER " NODE Affinity\n" HARDWARE " -\n" CONTROL " -\n" APP " -\n");
    assert_int_equal(fake.node_questions, 1);
    run_xl(&run, "list");
    assert_int_equal(fake.node_questions, 1);
}

static void vms_and_claims(void **state)
{
    (void)state;
    prints(&run, "vm-list",
           "UUID                                  ID    name\n"
           "00000000-0000-0000-0000-000000000000  0    hardware                      \n"
           "00000000-0000-0000-0000-000000000000  1    control                       \n"
           "ab000000-0000-0000-0000-000000000001  2    app                           \n");
    run_xl(&run, "vm-list -j");
    assert_int_equal(run.status, 0);
    assert_non_null(strstr(run.out, "\"name\": \"app\""));
    fake.domains[2].info.tot_pages -= 32 * 256;
    fake.domains[2].info.outstanding_pages = 32 * 256;
    prints(&run, "claims",
           LIST_HEADER "  Claimed\n" HARDWARE "     0\n" CONTROL "     0\n" APP "    32\n");
}

static void list_long_is_json(void **state)
{
    (void)state;
    char error[128];
    run_xl(&run, "list -l app");
    assert_int_equal(run.status, 0);
    yajl_val tree = yajl_tree_parse(run.out, error, sizeof(error));
    assert_non_null(tree);
    assert_int_equal(YAJL_GET_ARRAY(tree)->len, 1);
    yajl_tree_free(tree);
}

static void list_long_has_shared_memory(void **state)
{
    (void)state;
    run_xl(&run, "list -l app");
    assert_non_null(strstr(run.out, "\"shared_memory\": [\n\n        ]"));
    fake.domains[2].shares[0] =
        (struct xen_domctl_trefoil_shared_memory){.domain = 1, .id = "rings", .size = 4096};
    fake.domains[2].shares[1] =
        (struct xen_domctl_trefoil_shared_memory){.domain = 2,
                                                  .id = "rings",
                                                  .size = 4096,
                                                  .address = 0x50000000,
                                                  .flags = XEN_DOMCTL_TREFOIL_SHARE_OWNER};
    run_xl(&run, "list -l app");
    assert_non_null(strstr(run.out, "                \"id\": \"rings\",\n"
                                    "                \"domid\": 1,\n"
                                    "                \"owner\": false,\n"
                                    "                \"address\": null,\n"
                                    "                \"size\": 4096\n"));
    assert_non_null(strstr(run.out, "                \"domid\": 2,\n"
                                    "                \"owner\": true,\n"
                                    "                \"address\": 1342177280,\n"));
    fake.share_look_error = -EPERM;
    run_xl(&run, "list -l app");
    assert_int_equal(run.status, 0);
    assert_null(strstr(run.out, "rings"));
}

static void list_fails_for_unknown_domains(void **state)
{
    (void)state;
    fails(&run, "list nobody", 1, "There is no domain named 'nobody'.\n");
    assert_string_equal(run.out, "");
    fails(&run, "list app 7", 1, "Domain '7' does not exist.\n");
    assert_string_equal(run.out, "");
    fake.look_error = -EPERM;
    fails(&run, "list", 1,
          "Looking at domains is not permitted in this domain: it takes the role control or "
          "xenstore.\n");
}

#define VCPU_HEADER                                                                                \
    "Name                                ID  VCPU   CPU State   Time(s) Affinity (Hard / Soft)\n"

static void vcpu_list_is_classic(void **state)
{
    (void)state;
    fake.domains[2].vcpus[0].info = (struct xen_domctl_getvcpuinfo){
        .online = 1, .running = 1, .cpu = 1, .cpu_time = 1234000000};
    fake.domains[2].vcpus[0].hard = 0x2;
    fake.domains[2].vcpus[1].info = (struct xen_domctl_getvcpuinfo){.vcpu = 1, .online = 0};
    fake.domains[2].vcpus[1].soft = 0;
    prints(&run, "vcpu-list app",
           VCPU_HEADER
           "app                                  2     0    1   r--       1.2  1 / all\n"
           "app                                  2     1    -   --p       0.0  all / none\n");
    run_xl(&run, "vcpu-list");
    assert_int_equal(run.status, 0);
    assert_non_null(strstr(
        run.out, "hardware                             0     0    0   -b-       0.0  all / all\n"));
    run_xl(&run, "vcpu-list -j app");
    assert_int_equal(run.status, 0);
    assert_non_null(strstr(run.out, "\"affinity_hard\""));
    run_xl(&run, "vcpu-list -j");
    assert_int_equal(run.status, 0);
    assert_non_null(strstr(run.out, "\"domid\": 0,"));
    assert_non_null(strstr(run.out, "\"domid\": 2,"));
    fails(&run, "vcpu-list 9", 1, "Domain '9' does not exist.\n");
    assert_string_equal(run.out, VCPU_HEADER);
}

static void info_is_classic(void **state)
{
    (void)state;
    struct utsname names;
    char expected[4096];
    assert_int_equal(uname(&names), 0);
    snprintf(expected, sizeof(expected),
             "host                   : %s\n"
             "release                : %s\n"
             "version                : %s\n"
             "machine                : %s\n"
             "nr_cpus                : 2\n"
             "max_cpu_id             : 1\n"
             "nr_nodes               : 1\n"
             "cores_per_socket       : 1\n"
             "threads_per_core       : 1\n"
             "cpu_mhz                : 62.500\n"
             "hw_caps                : "
             "00000000:00000000:00000000:00000000:00000000:00000000:00000000:00000000\n"
             "virt_caps              : hvm hap gnttab-v1\n"
             "arm_sve_vector_length  : 256\n"
             "total_memory           : 2048\n"
             "free_memory            : 1400\n"
             "sharing_freed_memory   : 0\n"
             "sharing_used_memory    : 0\n"
             "outstanding_claims     : 0\n"
             "free_cpus              : 0\n"
             "xen_major              : 4\n"
             "xen_minor              : 17\n"
             "xen_extra              : .0-trefoil\n"
             "xen_version            : 4.17.0-trefoil\n"
             "xen_caps               : xen-3.0-aarch64 \n"
             "xen_scheduler          : credit2\n"
             "xen_pagesize           : 4096\n"
             "platform_params        : virt_start=0x200000\n"
             "xen_changeset          : abc123\n"
             "xen_commandline        : xsm=split\n"
             "cc_compiler            : gcc 12\n"
             "cc_compile_by          : builder\n"
             "cc_compile_domain      : example.org\n"
             "cc_compile_date        : today\n"
             "build_id               : ab01ff\n"
             "xend_config_format     : 4\n"
             "policy                 : split\n",
             names.nodename, names.release, names.version, names.machine);
    prints(&run, "info", expected);
}

static void info_has_topology_and_json(void **state)
{
    (void)state;
    char error[128];
    run_xl(&run, "info -n");
    assert_int_equal(run.status, 0);
    assert_non_null(strstr(run.out, "free_cpus              : 0\n"
                                    "cpu_topology           :\n"
                                    "cpu:    core    socket     node\n"
                                    "  0:       0        0        0\n"
                                    "  1:       1        0        0\n"
                                    "device topology        :\n"
                                    "device           node\n"
                                    "No device topology data available\n"
                                    "numa_info              :\n"
                                    "node:    memsize    memfree    distances\n"
                                    "   0:      2048       1309      10\n"));
    run_xl(&run, "info --json");
    yajl_val tree = yajl_tree_parse(run.out, error, sizeof(error));
    assert_non_null(tree);
    const char *mhz[] = {"cpu_mhz", NULL};
    assert_true(YAJL_GET_DOUBLE(yajl_tree_get(tree, mhz, yajl_t_number)) == 62.5);
    yajl_tree_free(tree);
}

static void info_has_errata(void **state)
{
    (void)state;
    char error[128];
    const char *notes[] = {"cpu_notes", NULL}, *text[] = {"text", NULL}, *cpus[] = {"cpus", NULL},
               *open[] = {"open", NULL};
    run_xl(&run, "info");
    assert_null(strstr(run.out, "cpu_note"));
    fake.notes[0] = (struct xen_sysctl_trefoil_cpu_note){.cpus = 0xd,
                                                         .text = "Cortex-A57 erratum 1: an answer"};
    fake.notes[1] = (struct xen_sysctl_trefoil_cpu_note){
        .cpus = UINT64_C(1) << 63, .open = 1, .text = "Cortex-A77 erratum 2: \033none"};
    run_xl(&run, "info");
    assert_int_equal(run.status, 0);
    assert_non_null(
        strstr(run.out, "cpu_note               : CPU 0,2-3: Cortex-A57 erratum 1: an answer\n"
                        "cpu_note               : CPU 63: Cortex-A77 erratum 2: ?none (open)\n"));
    run_xl(&run, "info --json");
    yajl_val tree = yajl_tree_parse(run.out, error, sizeof(error));
    yajl_val list = yajl_tree_get(tree, notes, yajl_t_array);
    assert_non_null(list);
    assert_int_equal(YAJL_GET_ARRAY(list)->len, 2);
    yajl_val first = YAJL_GET_ARRAY(list)->values[0], second = YAJL_GET_ARRAY(list)->values[1];
    assert_string_equal(YAJL_GET_STRING(yajl_tree_get(first, text, yajl_t_string)),
                        "Cortex-A57 erratum 1: an answer");
    assert_int_equal(YAJL_GET_ARRAY(yajl_tree_get(first, cpus, yajl_t_array))->len, 3);
    assert_true(YAJL_IS_FALSE(yajl_tree_get(first, open, yajl_t_any)));
    assert_true(YAJL_IS_TRUE(yajl_tree_get(second, open, yajl_t_any)));
    yajl_tree_free(tree);
}

/* A plain guest is not told of the machine, but may know which hypervisor it runs on. */
static void info_prints_what_it_may(void **state)
{
    (void)state;
    fake.look_error = -EPERM;
    fake.pool = 0;
    run_xl(&run, "info");
    assert_int_equal(run.status, 1);
    assert_non_null(strstr(run.out, "xen_version            : 4.17.0-trefoil\n"));
    assert_non_null(strstr(run.out, "policy                 : split\n"));
    assert_null(strstr(run.out, "free_memory"));
    assert_null(strstr(run.out, "sharing_used_memory"));
    assert_string_equal(
        run.err,
        "Looking at the machine is not permitted in this domain: it takes the role control "
        "or hardware.\n");
    run_xl(&run, "info -j");
    assert_int_equal(run.status, 1);
    assert_non_null(strstr(run.out, "\"free_memory\": null"));
    assert_non_null(strstr(run.out, "\"cpu_mhz\": null"));
    assert_non_null(strstr(run.out, "\"xen_major\": 4"));
    fails(&run, "info free_memory", 1,
          "Looking at the machine is not permitted in this domain: it takes the role control "
          "or hardware.\n");
    assert_string_equal(run.out, "");
}

static void info_prints_one_line(void **state)
{
    (void)state;
    prints(&run, "info free_memory", "1400\n");
    prints(&run, "info xen_version", "4.17.0-trefoil\n");
    prints(&run, "info cc_compile_", "builder\nexample.org\ntoday\n");
    fails(&run, "info xen_colour", 1, "'xl info' has no line 'xen_colour'.\n");
    fails(&run, "info -n host", 2, "One line alone goes with no option.\n");
}

static void dmesg_prints_and_clears(void **state)
{
    (void)state;
    prints(&run, "dmesg", "(XEN) one\n(XEN) two\n");
    assert_false(fake.log_cleared);
    prints(&run, "dmesg -c", "(XEN) one\n(XEN) two\n");
    assert_true(fake.log_cleared);
    fake.log_error = -EPERM;
    fails(&run, "dmesg", 1,
          "Reading the hypervisor's log is not permitted in this domain: it takes the role control "
          "or "
          "hardware.\n");
}

static void schedulers_and_pools(void **state)
{
    (void)state;
    prints(&run, "sched-credit2 -d app",
           "Name                                ID Weight  Cap\n"
           "app                                  2    256    0\n");
    prints(&run, "sched-credit2",
           "Cpupool Pool-0: ratelimit=1000us\n"
           "Name                                ID Weight  Cap\n"
           "hardware                             0    256    0\n"
           "control                              1    256    0\n"
           "app                                  2    256    0\n");
    prints(&run, "sched-credit2 -d app -w 512", "");
    prints(&run, "sched-credit2 -d app -c 150", "");
    prints(&run, "sched-credit2 --domain app",
           "Name                                ID Weight  Cap\n"
           "app                                  2    512  150\n");
    prints(&run, "sched-credit2 -d app -l",
           "[\n    {\n        \"name\": \"app\",\n        \"domid\": 2,\n"
           "        \"weight\": 512,\n        \"cap\": 150\n    }\n]\n");
    prints(&run, "sched-credit2 -s", "Cpupool Pool-0: ratelimit=1000us\n");
    prints(&run, "sched-credit2 -p Pool-0 -s", "Cpupool Pool-0: ratelimit=1000us\n");
    fails(&run, "sched-credit2 -d nobody", 1, "There is no domain named 'nobody'.\n");
    fails(&run, "sched-credit", 1, "This machine's scheduler is credit2, not credit.\n");
    fake.scheduler = XEN_SCHEDULER_CREDIT;
    run_xl(&run, "sched-credit");
    assert_int_equal(run.status, 0);
    assert_non_null(strstr(run.out, "tslice="));
    fake.scheduler = XEN_SCHEDULER_CREDIT2;
    prints(&run, "cpupool-list",
           "Name               CPUs   Sched     Active   Domain count\n"
           "Pool-0               2   credit2       y          3\n");
    prints(&run, "cpupool-list -c", "Name               CPU list\nPool-0             0,1\n");
}

static void several_pools(void **state)
{
    (void)state;
    fake.pool = 1;
    fake.second_pool = 2;
    fake.domains[0].info.cpupool = 1;
    fake.domains[2].info.cpupool = 1;
    prints(&run, "cpupool-list",
           "Name               CPUs   Sched     Active   Domain count\n"
           "Pool-0               1   credit2       y          1\n"
           "Pool-1               1   credit2       y          2\n");
    prints(&run, "cpupool-list -c",
           "Name               CPU list\nPool-0             0\nPool-1             1\n");
    prints(&run, "cpupool-list Pool-1",
           "Name               CPUs   Sched     Active   Domain count\n"
           "Pool-1               1   credit2       y          2\n");
    prints(&run, "cpupool-list -c 1", "Name               CPU list\nPool-1             1\n");
    fails(&run, "cpupool-list Pool-2", 1, "There is no cpupool 'Pool-2'.\n");
    prints(&run, "list -c app", LIST_HEADER "         Cpupool\n" APP "          Pool-1\n");
    prints(&run, "sched-credit2",
           "Cpupool Pool-0: ratelimit=1000us\n"
           "Name                                ID Weight  Cap\n"
           "control                              1    256    0\n"
           "Cpupool Pool-1: ratelimit=1000us\n"
           "Name                                ID Weight  Cap\n"
           "hardware                             0    256    0\n"
           "app                                  2    256    0\n");
    prints(&run, "sched-credit2 -p Pool-0",
           "Cpupool Pool-0: ratelimit=1000us\n"
           "Name                                ID Weight  Cap\n"
           "control                              1    256    0\n");
    prints(&run, "sched-credit2 -p 1 -l",
           "[\n    {\n        \"name\": \"hardware\",\n        \"domid\": 0,\n"
           "        \"weight\": 256,\n        \"cap\": 0\n    },\n"
           "    {\n        \"name\": \"app\",\n        \"domid\": 2,\n"
           "        \"weight\": 256,\n        \"cap\": 0\n    }\n]\n");
    prints(&run, "sched-credit2 -s -p Pool-1", "Cpupool Pool-1: ratelimit=1000us\n");
    fails(&run, "sched-credit2 -p 2", 1, "There is no cpupool '2'.\n");
    fake.pool_error = -EPERM;
    fails(&run, "cpupool-list", 1,
          "Listing cpupools is not permitted in this domain: it takes the role control or "
          "hardware.\n");
}

static void schedulers_say_what_is_wrong(void **state)
{
    (void)state;
    fails(&run, "sched-credit2 -w 512", 1, "Whose? -w and -c take a domain by -d.\n");
    fails(&run, "sched-credit2 -d app -w 0", 1, "A weight of 0: it must be 1 to 65535.\n");
    fails(&run, "sched-credit2 -d app -w 65536", 1, "A weight of 65536: it must be 1 to 65535.\n");
    fails(&run, "sched-credit2 -d app -w heavy", 1, "'heavy' is no weight: it must be a number.\n");
    fails(&run, "sched-credit2 -d app -c 201", 1,
          "A cap of 201 percent: it must be at most 200, 100 for each vcpu of 'app'.\n");
    fails(&run, "sched-credit2 -d app -c -5", 1, "'-5' is no cap: it must be a number.\n");
    assert_int_equal(fake.domains[2].share.weight, 256);
    fails(&run, "sched-credit2 -p Pool-1", 1, "There is no cpupool 'Pool-1'.\n");
    fails(&run, "sched-credit2 -p Pool-0 -d app", 1,
          "-p and -s are about the scheduler, -d, -w and -c about a domain: not both at once.\n");
    fails(&run, "sched-credit2 -r 500", 1, "-r is a parameter of the scheduler: it takes -s.\n");
    fails(&run, "sched-credit2 -s -r 500", 1,
          "Changing the scheduler's parameters failed: sysctl scheduler_op: Operation not "
          "supported.\n");
    fake.share_error = -EPERM;
    fails(&run, "sched-credit2", 1,
          "Looking at the share of time of hardware (domain 0) is not permitted in this domain: it "
          "takes the role control.\n");
    /* Nothing is asked that is not needed, and nothing again that was refused. */
    fake.share_questions = 0;
    run_xl(&run, "list");
    assert_int_equal(fake.share_questions, 0);
    run_xl(&run, "list -l");
    assert_int_equal(run.status, 0);
    assert_int_equal(fake.share_questions, 1);
    assert_non_null(strstr(run.out, "\"weight\": null"));
    assert_null(strstr(run.out, "\"weight\": 0"));
    fake.scheduler_error = -EPERM;
    fails(&run, "sched-credit2", 1,
          "Asking for the scheduler is not permitted in this domain: it takes the role control or "
          "hardware.\n");
}

static void maps_are_ranges(void **state)
{
    (void)state;
    char text[64];
    const uint8_t some[2] = {0x0d, 0x01}, all[2] = {0xff, 0xff}, none[2] = {0};
    xl_format_cpumap(some, 16, text, sizeof(text));
    assert_string_equal(text, "0,2-3,8");
    xl_format_cpumap(all, 13, text, sizeof(text));
    assert_string_equal(text, "all");
    xl_format_cpumap(none, 16, text, sizeof(text));
    assert_string_equal(text, "none");
    xl_format_cpumap(some, 16, text, 4);
    assert_string_equal(text, "0,2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(list_is_classic, board),
        cmocka_unit_test_setup(list_shows_states, board),
        cmocka_unit_test_setup(list_takes_options, board),
        cmocka_unit_test_setup(list_shows_what_is_denied, board),
        cmocka_unit_test_setup(vms_and_claims, board),
        cmocka_unit_test_setup(list_long_is_json, board),
        cmocka_unit_test_setup(list_long_has_shared_memory, board),
        cmocka_unit_test_setup(list_fails_for_unknown_domains, board),
        cmocka_unit_test_setup(vcpu_list_is_classic, board),
        cmocka_unit_test_setup(info_is_classic, board),
        cmocka_unit_test_setup(info_has_topology_and_json, board),
        cmocka_unit_test_setup(info_has_errata, board),
        cmocka_unit_test_setup(info_prints_what_it_may, board),
        cmocka_unit_test_setup(info_prints_one_line, board),
        cmocka_unit_test_setup(dmesg_prints_and_clears, board),
        cmocka_unit_test_setup(schedulers_and_pools, board),
        cmocka_unit_test_setup(several_pools, board),
        cmocka_unit_test_setup(schedulers_say_what_is_wrong, board),
        cmocka_unit_test_setup(maps_are_ranges, board),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
