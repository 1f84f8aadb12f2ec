/* SPDX-License-Identifier: MIT */
/* xl: what its commands print, where, and their exit statuses. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include <cmocka.h>
#include <yajl/yajl_tree.h>

#include <trefoil/policy.h>
#include <xen/sched.h>

#include "../../xl/print.h"
#include "../../xl/xl.h"
#include "libxl_fake.h"
#include "libxl_run.h"

static struct run run;

static int board(void **state)
{
    (void)state;
    fake_board();
    return 0;
}

/* Runs a command that is to succeed and to print exactly this. */
static void prints(const char *line, const char *expected)
{
    run_xl(&run, line);
    assert_string_equal(run.err, "");
    assert_string_equal(run.out, expected);
    assert_int_equal(run.status, 0);
}

/* Runs a command that is to fail with this on stderr. */
static void fails(const char *line, int status, const char *expected)
{
    run_xl(&run, line);
    assert_string_equal(run.err, expected);
    assert_int_equal(run.status, status);
}

#define LIST_HEADER "Name                                        ID   Mem VCPUs\tState\tTime(s)"
#define HARDWARE    "hardware                                     0   256     1     -b----       2.1"
#define CONTROL     "control                                      1   192     1     r-----       3.2"
#define APP         "app                                          2   128     2     -b----       0.0"

static void list_is_classic(void **state)
{
    (void)state;
    prints("list", LIST_HEADER "\n" HARDWARE "\n" CONTROL "\n" APP "\n");
    prints("list app", LIST_HEADER "\n" APP "\n");
    prints("list 2 hardware", LIST_HEADER "\n" APP "\n" HARDWARE "\n");
    prints("li 1", LIST_HEADER "\n" CONTROL "\n");
}

static void list_shows_states(void **state)
{
    (void)state;
    fake.domains[0].info.flags |= XEN_DOMINF_paused | XEN_DOMINF_dying;
    prints("list 0", LIST_HEADER
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
        prints("list 2", expected);
    }
}

static void list_takes_options(void **state)
{
    (void)state;
    prints(
        "list -v 0 2", LIST_HEADER
        "   UUID                            Reason-Code\tSecurity Label  Roles\n" HARDWARE
        " 00000000-0000-0000-0000-000000000000        -                -  hardware,xenstore\n" APP
        " ab000000-0000-0000-0000-000000000001        -                -  -\n");
    prints("list -Z app", LIST_HEADER "   Security Label\n" APP "                -\n");
    prints("list --cpupool app", LIST_HEADER "         Cpupool\n" APP "          Pool-0\n");
    fake.domains[2].info.flags = XEN_DOMINF_shutdown | SHUTDOWN_crash << XEN_DOMINF_shutdownshift;
    run_xl(&run, "list -v app");
    assert_non_null(strstr(run.out, "---sc-"));
    assert_non_null(strstr(run.out, "-000000000001        3 "));
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

static void list_fails_for_unknown_domains(void **state)
{
    (void)state;
    fails("list nobody", 1, "There is no domain named 'nobody'.\n");
    assert_string_equal(run.out, "");
    fails("list app 7", 1, "Domain '7' does not exist.\n");
    assert_string_equal(run.out, "");
    fake.look_error = -EPERM;
    fails("list", 1,
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
    prints("vcpu-list app", VCPU_HEADER
           "app                                  2     0    1   r--       1.2  1 / all\n"
           "app                                  2     1    -   --p       0.0  all / none\n");
    run_xl(&run, "vcpu-list");
    assert_int_equal(run.status, 0);
    assert_non_null(strstr(
        run.out, "hardware                             0     0    0   -b-       0.0  all / all\n"));
    run_xl(&run, "vcpu-list -j app");
    assert_int_equal(run.status, 0);
    assert_non_null(strstr(run.out, "\"affinity_hard\""));
    fails("vcpu-list -j", 2, "-j takes one domain.\n");
    fails("vcpu-list 9", 1, "Domain '9' does not exist.\n");
    assert_string_equal(run.out, VCPU_HEADER);
}

static void vcpu_pin_sets_maps(void **state)
{
    (void)state;
    const struct fake_vcpu *vcpus = fake.domains[2].vcpus;
    prints("vcpu-pin app 0 1 0", "");
    assert_int_equal(vcpus[0].hard, 0x2);
    assert_int_equal(vcpus[0].soft, 0x1);
    assert_int_equal(vcpus[1].hard, 0x3);
    prints("vcpu-pin app all 0-1", "");
    assert_int_equal(vcpus[0].hard, 0x3);
    prints("vcpu-pin app 1 - 0,1", "");
    assert_int_equal(vcpus[1].hard, 0x3);
    assert_int_equal(vcpus[1].soft, 0x3);
    prints("vcpu-pin app all all all", "");
    const char *const bad[] = {"2", "0-", "1-0", "0,", "x", "0-2", ","};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char line[64];
        snprintf(line, sizeof(line), "vcpu-pin app 0 %s", bad[i]);
        run_xl(&run, line);
        assert_int_equal(run.status, 1);
        assert_non_null(strstr(run.err, "is no list of pcpus"));
    }
    fails("vcpu-pin app x all", 1, "'x' is no vcpu: say its number, or all.\n");
    fails("vcpu-pin app", 2,
          "'xl vcpu-pin' requires at least 3 arguments.\n'xl vcpu-pin -h' says how it is used.\n");
    run_xl(&run, "vcpu-pin app 9 all");
    assert_int_equal(run.status, 1);
    fake.change_error = -EPERM;
    fails("vcpu-pin app 0 all", 1,
          "Pinning a vcpu of app (domain 2) is not permitted in this domain: it takes the role "
          "control.\n");
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
             "policy                 : split\n"
             "xend_config_format     : 4\n",
             names.nodename, names.release, names.version, names.machine);
    prints("info", expected);
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
    assert_string_equal(
        run.err,
        "Looking at the machine is not permitted in this domain: it takes the role control "
        "or hardware.\n");
}

static void dmesg_prints_and_clears(void **state)
{
    (void)state;
    prints("dmesg", "(XEN) one\n(XEN) two\n");
    assert_false(fake.log_cleared);
    prints("dmesg -c", "(XEN) one\n(XEN) two\n");
    assert_true(fake.log_cleared);
    fake.log_error = -EPERM;
    fails("dmesg", 1,
          "Reading the hypervisor's log is not permitted in this domain: it takes the role control "
          "or "
          "hardware.\n");
}

static void pause_and_unpause(void **state)
{
    (void)state;
    prints("pause app control", "");
    assert_true(fake.domains[2].info.flags & XEN_DOMINF_paused);
    assert_true(fake.domains[1].info.flags & XEN_DOMINF_paused);
    prints("unpause 2", "");
    assert_false(fake.domains[2].info.flags & XEN_DOMINF_paused);
    fails("pause 7", 1, "Domain '7' does not exist.\n");
    fails("pause", 2,
          "'xl pause' requires at least 1 argument.\n'xl pause -h' says how it is used.\n");
}

static void destroy_spares_what_others_need(void **state)
{
    (void)state;
    fails("destroy hardware", 1,
          "Not destroying domain 0 (hardware), on which the others' devices or xenstore depend; "
          "use -f to force.\n");
    assert_true(fake.domains[0].exists);
    prints("destroy app", "");
    assert_false(fake.domains[2].exists);
    prints("-f destroy hardware", "");
    assert_false(fake.domains[0].exists);
    fake_board();
    prints("destroy -f 0", "");
    assert_false(fake.domains[0].exists);
}

static void shutdown_asks_and_waits(void **state)
{
    (void)state;
    prints("shutdown app", "Shutting down domain 2\n");
    assert_string_equal(fake_read("/local/domain/2/control/shutdown"), "poweroff");
    fake.shutdown_after = 2;
    prints("shutdown -w app",
           "Shutting down domain 2\nDomain 2 has been shut down, reason code 0\n");
    fake_board();
    prints("shutdown -a", "Shutting down domain 2\n");
    fails("shutdown", 2, "Give either -a or a domain.\n");
    fails("shutdown -a app", 2, "Give either -a or a domain.\n");
    fails(
        "shutdown hardware", 1,
        "Domain 0 has no control/shutdown in xenstore: its kernel cannot be asked to poweroff.\n");
}

static void reboot_is_not_yet(void **state)
{
    (void)state;
    run_xl(&run, "reboot app");
    assert_int_equal(run.status, 1);
    assert_int_equal(strncmp(run.err, "Not yet:", 8), 0);
    assert_string_equal(fake_read("/local/domain/2/control/shutdown"), "");
    fake.has_launch_info = false;
    prints("reboot app", "Rebooting domain 2\n");
    assert_string_equal(fake_read("/local/domain/2/control/shutdown"), "reboot");
}

static void names_and_ids(void **state)
{
    (void)state;
    prints("domid app", "2\n");
    prints("domname 1", "control\n");
    fails("domid nobody", 1,
          "Can't get domid of domain name 'nobody', maybe this domain does not exist.\n");
    fails("domid 5", 1, "Can't get domid of domain name '5', maybe this domain does not exist.\n");
    fails("domname 5", 1,
          "Can't get domain name of domain id '5', maybe this domain does not exist.\n");
    fails("domname app", 1, "Invalid domain id.\n");
}

static void uptime_is_classic(void **state)
{
    (void)state;
    char start[32];
    snprintf(start, sizeof(start), "%lld", (long long)time(NULL) - 86400 - 3661);
    fake_write("/local/domain/2/vm", "/vm/x");
    fake_write("/vm/x/start_time", start);
    run_xl(&run, "uptime app");
    assert_int_equal(run.status, 0);
    start[0] = '\0';
    assert_int_equal(sscanf(run.out,
                            "Name                                ID Uptime\n"
                            "app                                  2 1 day,  1:01:0%1s",
                            start),
                     1);
    run_xl(&run, "uptime -s app");
    assert_non_null(strstr(run.out, " up 1 day,  1:01, app (2)\n"));
    run_xl(&run, "uptime");
    assert_int_equal(run.status, 1);
    assert_non_null(strstr(run.err, "does not say when domain 0"));
}

static void schedulers_and_pools(void **state)
{
    (void)state;
    prints("sched-credit2 -d app", "Cpupool Pool-0: ratelimit=1000us\n"
                                   "Name                                ID Weight  Cap\n"
                                   "app                                  2    256    0\n");
    prints("sched-credit2", "Cpupool Pool-0: ratelimit=1000us\n"
                            "Name                                ID Weight  Cap\n"
                            "hardware                             0    256    0\n"
                            "control                              1    256    0\n"
                            "app                                  2    256    0\n");
    fails("sched-credit2 -d nobody", 1, "There is no domain named 'nobody'.\n");
    fails("sched-credit", 1, "This machine's scheduler is credit2, not credit.\n");
    fake.scheduler = XEN_SCHEDULER_CREDIT;
    run_xl(&run, "sched-credit -d app");
    assert_int_equal(run.status, 0);
    assert_non_null(strstr(run.out, "tslice="));
    fake.scheduler = XEN_SCHEDULER_CREDIT2;
    prints("cpupool-list", "Name               CPUs   Sched     Active   Domain count\n"
                           "Pool-0               2   credit2       y          3\n");
    prints("cpupool-list -c", "Name               CPU list\nPool-0             0,1\n");
}

static void debug_keys_may_be_missing(void **state)
{
    (void)state;
    fails("debug-keys h", 1,
          "Sending debug keys failed: sysctl debug_keys: Function not implemented.\n");
}

static void no_way_to_the_hypervisor(void **state)
{
    (void)state;
    fake.kernel_refuses = true;
    fails("list", 1,
          "Looking at domains failed: sysctl getdomaininfolist: the kernel's privcmd refuses all "
          "hypercalls "
          "in this domain, load xen-privcmd with unrestricted=1.\n");
    fake.no_device = true;
    fails("pause 2", 1,
          "Pausing domain 2 failed: domctl pausedomain of domain 2: there is no such device.\n");
    fails("-v pause 2", 1,
          "Pausing domain 2 failed: domctl pausedomain of domain 2: there is no such device.\n"
          "(domctl launch_info of domain 2: there is no such device)\n");
}

static void usage_errors(void **state)
{
    (void)state;
    fails("list -x", 2, "'xl list' cannot make sense of -x.\n'xl list -h' says how it is used.\n");
    fails("list --nonsense", 2,
          "'xl list' cannot make sense of --nonsense.\n'xl list -h' says how it is used.\n");
    fails("info extra", 2,
          "'xl info' takes at most 0 arguments.\n'xl info -h' says how it is used.\n");
    fails("nonsense", 1, "xl has no command 'nonsense': 'xl help' lists those it has.\n");
    fails("d", 1, "xl has no command 'd': 'xl help' lists those it has.\n");
    fails("-z list", 2, "xl has no option -z before the command; 'xl help' says what there is.\n");
    fails("sched-credit2 -d", 2,
          "'xl sched-credit2' cannot make sense of -d.\n'xl sched-credit2 -h' says how it is "
          "used.\n");
    run_xl(&run, "");
    assert_int_equal(run.status, 1);
    assert_non_null(strstr(run.out, "Usage: xl"));
}

/* Each command answers -h and `xl help` alike, with all its options. */
static void every_command_has_help(void **state)
{
    (void)state;
    for (size_t i = 0; xl_commands[i]; i++) {
        char line[64];
        static struct run other;
        snprintf(line, sizeof(line), "%s -h", xl_commands[i]->name);
        run_xl(&run, line);
        assert_int_equal(run.status, 0);
        assert_non_null(strstr(run.out, xl_commands[i]->summary));
        for (const struct xl_option *option = xl_commands[i]->options; option && option->letter;
             option++)
            assert_non_null(strstr(run.out, option->help));
        snprintf(line, sizeof(line), "help %s", xl_commands[i]->name);
        run_xl(&other, line);
        assert_string_equal(other.out, run.out);
        run_xl(&other, "help");
        assert_non_null(strstr(other.out, xl_commands[i]->summary));
    }
    run_xl(&run, "help nonsense");
    assert_int_equal(run.status, 1);
    run_xl(&run, "-h");
    assert_int_equal(run.status, 0);
    run_xl(&run, "version");
    assert_int_equal(run.status, 0);
}

static void no_command_is_there_twice(void **state)
{
    (void)state;
    for (size_t i = 0; xl_commands[i]; i++) {
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(xl_commands[i]->name, xl_commands[j]->name);
    }
}

static void manual_page_is_current(void **state)
{
    (void)state;
    static char page[sizeof(run.out)];
    FILE *file = fopen(MANUAL, "r");
    assert_non_null(file);
    page[fread(page, 1, sizeof(page) - 1, file)] = '\0';
    fclose(file);
    prints("help --manual", page);
}

static void policy_table_is_the_one_in_force(void **state)
{
    (void)state;
    prints("policy domctl_pausedomain XEN_SYSCTL_readconsole evtchn_bind_virq_dom_exc",
           "Policy: split\n"
           "Operation                              Kind        Target  Self     Control            "
           "   Hardware  "
           "            Xenstore              Device model\n"
           "evtchn_bind_virq_dom_exc               read        machine no       no                 "
           "   no        "
           "            yes                   no\n"
           "domctl_pausedomain                     change      domain  no       any                "
           "   no        "
           "            no                    no\n"
           "sysctl_readconsole                     read        machine no       yes                "
           "   yes       "
           "            no                    no\n");
    fake.domains[1].launch.policy = XEN_DOMCTL_TREFOIL_POLICY_SILO;
    run_xl(&run, "policy");
    assert_int_equal(strncmp(run.out, "Policy: silo\n", 13), 0);
    fails("policy -p flask", 1,
          "There is no policy 'flask': dummy, silo and split are those known.\n");
    fails("policy nonsense*", 1, "No operation is called so; 'xl policy' lists all.\n");
    fake.has_launch_info = false;
    fails("policy", 1, "The hypervisor does not say which policy is in force; name one with -p.\n");
}

static void policy_has_json(void **state)
{
    (void)state;
    static char error[128];
    const char *operation[] = {"operation", NULL}, *control[] = {"control", NULL};
    run_xl(&run, "policy --json");
    assert_int_equal(run.status, 0);
    yajl_val tree = yajl_tree_parse(run.out, error, sizeof(error));
    assert_non_null(tree);
    assert_int_equal(YAJL_GET_ARRAY(tree)->len, OP_COUNT);
    yajl_tree_free(tree);
    run_xl(&run, "policy -j domctl_pausedomain");
    tree = yajl_tree_parse(run.out, error, sizeof(error));
    assert_non_null(tree);
    yajl_val row = YAJL_GET_ARRAY(tree)->values[0];
    assert_string_equal(YAJL_GET_STRING(yajl_tree_get(row, operation, yajl_t_string)),
                        "domctl_pausedomain");
    assert_string_equal(YAJL_GET_STRING(yajl_tree_get(row, control, yajl_t_string)), "any");
    yajl_tree_free(tree);
}

/* Runs xl policy -w. */
static void why(const char *arguments, int status, const char *part)
{
    char line[256];
    snprintf(line, sizeof(line), "policy -w %s", arguments);
    run_xl(&run, line);
    if (!strstr(run.out, part) && !strstr(run.err, part))
        fail_msg("'%s' is not in:\n%s%s", part, run.out, run.err);
    assert_int_equal(run.status, status);
}

static void policy_explains_with_names(void **state)
{
    (void)state;
    why("control domctl_pausedomain app", 0,
        "ALLOWED: XEN_DOMCTL_pausedomain (domctl_pausedomain, change), policy split\n"
        "Subject: control (domain 1); roles: control\n"
        "Target: app (domain 2); roles: -; to the subject it is another domain\n");
    why("0 XEN_DOMCTL_pausedomain 2", 3, "DENIED");
    why("hardware domctl_pausedomain app", 3, "Each of these roles alone is allowed it: control\n");
    why("app evtchn_bind_interdomain guest", 3,
        "It is allowed if the device tree declares the two to be peers.\n");
    why("device-model dm_create_ioreq_server guest", 3, "device model.\n");
    why("app domctl_getdomaininfo 9", 3,
        "Target: domain 9, which does not exist; roles: -; to the subject it is no "
        "such domain\n");
    why("app domctl_trefoil_launch_info self", 0, "to the subject it is itself\n");
    why("app domctl_trefoil_launch_info app", 0, "to the subject it is itself\n");
    why("control+device-model sysctl_physinfo", 0, "Target: the machine\n");
    why("control domctl_pausedomain guest+untargetable", 3, "an untargetable domain");
    why("-p dummy device-model domctl_getdomaininfo app", 0, "policy dummy");
}

static void policy_explanations_can_be_wrong_questions(void **state)
{
    (void)state;
    why("control", 2, "takes a subject, an operation");
    why("control nonsense app", 1, "There is no operation 'nonsense'");
    why("nobody domctl_pausedomain app", 1, "neither a domain that can be seen nor a set of roles");
    why("17 domctl_pausedomain app", 1, "Domain '17' does not exist.");
    why("control domctl_pausedomain", 2, "has a target: name it");
    why("control sysctl_physinfo app", 2, "has no target");
    why("control domctl_pausedomain nobody", 2, "neither a domain");
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
        cmocka_unit_test_setup(list_long_is_json, board),
        cmocka_unit_test_setup(list_fails_for_unknown_domains, board),
        cmocka_unit_test_setup(vcpu_list_is_classic, board),
        cmocka_unit_test_setup(vcpu_pin_sets_maps, board),
        cmocka_unit_test_setup(info_is_classic, board),
        cmocka_unit_test_setup(info_has_topology_and_json, board),
        cmocka_unit_test_setup(info_prints_what_it_may, board),
        cmocka_unit_test_setup(dmesg_prints_and_clears, board),
        cmocka_unit_test_setup(pause_and_unpause, board),
        cmocka_unit_test_setup(destroy_spares_what_others_need, board),
        cmocka_unit_test_setup(shutdown_asks_and_waits, board),
        cmocka_unit_test_setup(reboot_is_not_yet, board),
        cmocka_unit_test_setup(names_and_ids, board),
        cmocka_unit_test_setup(uptime_is_classic, board),
        cmocka_unit_test_setup(schedulers_and_pools, board),
        cmocka_unit_test_setup(debug_keys_may_be_missing, board),
        cmocka_unit_test_setup(no_way_to_the_hypervisor, board),
        cmocka_unit_test_setup(usage_errors, board),
        cmocka_unit_test_setup(every_command_has_help, board),
        cmocka_unit_test_setup(no_command_is_there_twice, board),
        cmocka_unit_test_setup(manual_page_is_current, board),
        cmocka_unit_test_setup(policy_table_is_the_one_in_force, board),
        cmocka_unit_test_setup(policy_has_json, board),
        cmocka_unit_test_setup(policy_explains_with_names, board),
        cmocka_unit_test_setup(policy_explanations_can_be_wrong_questions, board),
        cmocka_unit_test_setup(maps_are_ranges, board),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
