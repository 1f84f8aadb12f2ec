/* SPDX-License-Identifier: MIT */
/* xl: what is done to domains. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <xen/sched.h>

#include "libxl_fake.h"
#include "libxl_run.h"

static struct run run;

static void vcpu_pin_sets_maps(void **state)
{
    (void)state;
    const struct fake_vcpu *vcpus = fake.domains[2].vcpus;
    prints(&run, "vcpu-pin app 0 1 0", "");
    assert_int_equal(vcpus[0].hard, 0x2);
    assert_int_equal(vcpus[0].soft, 0x1);
    assert_int_equal(vcpus[1].hard, 0x3);
    prints(&run, "vcpu-pin app all 0-1", "");
    assert_int_equal(vcpus[0].hard, 0x3);
    prints(&run, "vcpu-pin app 1 - 0,1", "");
    assert_int_equal(vcpus[1].hard, 0x3);
    assert_int_equal(vcpus[1].soft, 0x3);
    prints(&run, "vcpu-pin app all all all", "");
    const char *const bad[] = {"2", "0-", "1-0", "0,", "x", "0-2", ","};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char line[64];
        snprintf(line, sizeof(line), "vcpu-pin app 0 %s", bad[i]);
        run_xl(&run, line);
        assert_int_equal(run.status, 1);
        assert_non_null(strstr(run.err, "is no list of pcpus"));
    }
    fails(&run, "vcpu-pin app x all", 1, "'x' is no vcpu: say its number, or all.\n");
    fails(&run, "vcpu-pin app", 2,
          "'xl vcpu-pin' requires at least 3 arguments.\n'xl vcpu-pin -h' says how it is used.\n");
    fails(&run, "vcpu-pin app 9 all", 1,
          "Domain 2 (app) has no vcpu 9: it has 2, numbered from 0.\n");
    fake.change_error = -EPERM;
    fails(&run, "vcpu-pin app 0 all", 1,
          "Pinning a vcpu of app (domain 2) is not permitted in this domain: it takes the role "
          "control.\n");
    fake.look_error = -EPERM;
    fails(&run, "vcpu-pin app 0 all", 1,
          "Looking at the machine is not permitted in this domain: it takes the role control or "
          "hardware.\n");
}

static void pause_and_unpause(void **state)
{
    (void)state;
    prints(&run, "pause app control", "");
    assert_true(fake.domains[2].info.flags & XEN_DOMINF_paused);
    assert_true(fake.domains[1].info.flags & XEN_DOMINF_paused);
    prints(&run, "unpause 2", "");
    assert_false(fake.domains[2].info.flags & XEN_DOMINF_paused);
    fails(&run, "pause 7", 1, "Domain '7' does not exist.\n");
    fails(&run, "pause", 2,
          "'xl pause' requires at least 1 argument.\n'xl pause -h' says how it is used.\n");
}

static void destroy_spares_what_others_need(void **state)
{
    (void)state;
    fails(&run, "destroy hardware", 1,
          "Not destroying domain 0 (hardware), on which others depend (roles: hardware,xenstore); "
          "use -f to force.\n");
    assert_true(fake.domains[0].exists);
    fails(&run, "destroy Domain-0", 1,
          "Not destroying domain 0 (hardware), on which others depend (roles: hardware,xenstore); "
          "use -f to force.\n");
    fails(&run, "destroy control", 1,
          "Not destroying domain 1 (control), on which others depend (roles: control); use -f to "
          "force.\n");
    assert_true(fake.domains[1].exists);
    prints(&run, "destroy app", "");
    assert_false(fake.domains[2].exists);
    prints(&run, "-f destroy hardware", "");
    assert_false(fake.domains[0].exists);
    fake_board();
    prints(&run, "destroy -f 0", "");
    assert_false(fake.domains[0].exists);
}

static void shutdown_asks_and_waits(void **state)
{
    (void)state;
    prints(&run, "shutdown app", "Shutting down domain 2\n");
    assert_string_equal(fake_read("/local/domain/2/control/shutdown"), "poweroff");
    fake.shutdown_after = 2;
    prints(&run, "shutdown -w app",
           "Shutting down domain 2\nDomain 2 has been shut down, reason code 0\n");
    fake_board();
    run_xl(&run, "shutdown -a");
    assert_int_equal(run.status, 0);
    assert_string_equal(run.out, "Shutting down domain 2\n");
    assert_string_equal(run.err, "Spared, as others depend on them: hardware (domain 0), control "
                                 "(domain 1). Name one to ask it.\n");
    fails(&run, "shutdown", 1, "Give either -a or a domain.\n");
    fails(&run, "shutdown -a app", 1, "Give either -a or a domain.\n");
    fails(
        &run, "shutdown hardware", 1,
        "Domain 0 has no control/shutdown in xenstore: its kernel cannot be asked to poweroff.\n");
}

/* What a domain has is what the tree gave it, and what it gives up stays its own. */
static void memory_is_asked_back(void **state)
{
    (void)state;
    fake_write("/local/domain/2/memory/target", "131072");
    fake_write("/local/domain/2/memory/static-max", "131076");
    prints(&run, "mem-set app 64", "");
    assert_string_equal(fake_read("/local/domain/2/memory/target"), "65536");
    assert_int_equal(fake.domains[2].info.max_pages, 128 * 256);
    prints(&run, "mem-set app 98304k", "");
    assert_string_equal(fake_read("/local/domain/2/memory/target"), "98304");
    prints(&run, "mem-set 2 134217728B", "");
    assert_string_equal(fake_read("/local/domain/2/memory/target"), "131072");
    fails(&run, "mem-set app 1g", 1,
          "1024 MiB for domain 2 (app): it must be 1 to 128, which is all it has.\n");
    fails(&run, "mem-set app 0", 1,
          "0 MiB for domain 2 (app): it must be 1 to 128, which is all it has.\n");
    fails(&run, "mem-set hardware 64", 1,
          "Domain 0 (hardware) has no memory/target in xenstore: its kernel is not asked to give "
          "memory up.\n");
    static const char *const bad[] = {"64mm", "x", "64q", "18446744073709551615t"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char line[64];
        snprintf(line, sizeof(line), "mem-set app %s", bad[i]);
        run_xl(&run, line);
        assert_int_equal(run.status, 1);
        assert_non_null(strstr(run.err, "invalid memory size: "));
    }
    fails(&run, "mem-set app", 2,
          "'xl mem-set' requires at least 2 arguments.\n'xl mem-set -h' says how it is used.\n");
    fails(&run, "mem-set nobody 64", 1, "There is no domain named 'nobody'.\n");
}

static void memory_is_limited(void **state)
{
    (void)state;
    fake_write("/local/domain/2/memory/target", "65536");
    fake_write("/local/domain/2/memory/static-max", "131076");
    prints(&run, "mem-max app 96", "");
    assert_int_equal(fake.domains[2].info.max_pages, 96 * 256);
    assert_string_equal(fake_read("/local/domain/2/memory/static-max"), "98304");
    fails(&run, "mem-max app 32", 1,
          "32 MiB for domain 2 (app) is less than the 64 it is asked to have: 'xl mem-set' "
          "first.\n");
    fails(&run, "mem-max app 129", 1,
          "129 MiB for domain 2 (app): it must be 1 to 128, its `memory` in the device tree.\n");
    assert_int_equal(fake.domains[2].info.max_pages, 96 * 256);
    prints(&run, "mem-max app 128", "");
    /* A domain has some KiB more than the MiB that are shown. */
    fake_write("/local/domain/2/memory/target", "98312");
    prints(&run, "mem-max app 96", "");
    assert_string_equal(fake_read("/local/domain/2/memory/static-max"), "98312");
    fails(&run, "mem-max app 95", 1,
          "95 MiB for domain 2 (app) is less than the 96 it is asked to have: 'xl mem-set' "
          "first.\n");
    /* Xen's toolstack may give a domain more. */
    fake.has_launch_info = false;
    prints(&run, "mem-max 2 1g", "");
    assert_int_equal(fake.domains[2].info.max_pages, 1024 * 256);
    fake_board();
    fake.change_error = -EPERM;
    fails(&run, "mem-max app 64", 1,
          "Limiting the memory of app (domain 2) is not permitted in this domain: it takes the "
          "role control.\n");
}

static void vcpus_are_asked_down(void **state)
{
    (void)state;
    prints(&run, "vcpu-set app 1", "");
    assert_string_equal(fake_read("/local/domain/2/cpu/0/availability"), "online");
    assert_string_equal(fake_read("/local/domain/2/cpu/1/availability"), "offline");
    prints(&run, "vcpu-set 2 2", "");
    assert_string_equal(fake_read("/local/domain/2/cpu/1/availability"), "online");
    fails(&run, "vcpu-set app 0", 1, "0 vcpus for domain 2 (app): it must be 1 to 2.\n");
    fails(&run, "vcpu-set app 3", 1, "3 vcpus for domain 2 (app): it must be 1 to 2.\n");
    fails(&run, "vcpu-set app 1x", 1, "'1x' is no number of vcpus.\n");
    fake.store_conflicts = 2;
    prints(&run, "vcpu-set app 1", "");
    assert_string_equal(fake_read("/local/domain/2/cpu/1/availability"), "offline");
    fake.domains[2].info.max_vcpu_id = 3;
    fails(&run, "vcpu-set app 3", 1,
          "The machine has 2 CPUs, fewer than 3 vcpus: --ignore-host does it all the same.\n");
    prints(&run, "vcpu-set -i app 3", "");
    assert_string_equal(fake_read("/local/domain/2/cpu/2/availability"), "online");
}

/* The tree's names are everybody's; on Xen they are in xenstore. */
static void names_are_the_trees(void **state)
{
    (void)state;
    fails(&run, "rename app other", 1,
          "Domain 2 is called 'app' by the device tree, and so by the hypervisor and all domains: "
          "xen,domain-name there is what to change.\n");
    fake.has_launch_info = false;
    prints(&run, "rename app other", "");
    assert_string_equal(fake_read("/local/domain/2/name"), "other");
    prints(&run, "domid other", "2\n");
    fails(&run, "rename other control", 1, "Domain 1 is called 'control' already.\n");
    prints(&run, "rename other other", "");
}

static void domain_zero_has_a_classic_name(void **state)
{
    (void)state;
    prints(&run, "domid Domain-0", "0\n");
    prints(&run, "pause Domain-0", "");
    assert_true(fake.domains[0].info.flags & XEN_DOMINF_paused);
    fails(&run, "domid domain-0", 1,
          "Can't get domid of domain name 'domain-0', maybe this domain does not exist.\n");
    /* Who is called so is meant first. */
    snprintf(fake.domains[2].launch.name, sizeof(fake.domains[2].launch.name), "Domain-0");
    prints(&run, "domid Domain-0", "2\n");
    fake_board();
    fake.domains[0].exists = false;
    fails(&run, "pause Domain-0", 1, "Domain '0' does not exist.\n");
}

static void creating_says_what_to_do(void **state)
{
    (void)state;
    run_xl(&run, "create -c -f /etc/xen/app.cfg --quiet memory=64");
    assert_int_equal(run.status, 1);
    assert_non_null(strstr(run.err, "'xl launch check'"));
    run_xl(&run, "create -h");
    assert_int_equal(run.status, 0);
    assert_int_equal(fake.hypercalls, 0);
}

/* Those that could be asked are waited for, and the rest is said. */
static void waiting_is_for_those_that_were_asked(void **state)
{
    (void)state;
    fake.shutdown_after = 5;
    run_xl(&run, "shutdown -w nobody app hardware");
    assert_int_equal(run.status, 1);
    assert_string_equal(run.out,
                        "Shutting down domain 2\nDomain 2 has been shut down, reason code 0\n");
    assert_non_null(strstr(run.err, "'nobody'"));
    assert_non_null(strstr(run.err, "Domain 0 has no control/shutdown in xenstore"));
}

static void whoever_is_down_is_not_asked(void **state)
{
    (void)state;
    fake.domains[2].info.flags |= XEN_DOMINF_shutdown | SHUTDOWN_crash << XEN_DOMINF_shutdownshift;
    fails(&run, "reboot app", 1,
          "Domain 2 (app) is down already: crash; 'xl restart' starts it again, 'xl destroy' "
          "removes it.\n");
    assert_string_equal(run.out, "");
    fails(&run, "shutdown -w app", 1,
          "Domain 2 (app) is down already: crash; 'xl restart' starts it again, 'xl destroy' "
          "removes it.\n");
    assert_string_equal(fake_read("/local/domain/2/control/shutdown"), "");
}

/* Guests first; those that cannot be asked end with the machine. */
static void machine_ends_in_order(void **state)
{
    (void)state;
    fake.shutdown_after = 2;
    run_xl(&run, "shutdown --machine");
    assert_int_equal(run.status, 0);
    assert_string_equal(run.out, "Shutting down domain 2\n"
                                 "Domain 2 has ended\n"
                                 "Domain 0 ends with the machine\n"
                                 "The machine is powered off\n");
    assert_string_equal(run.err, "Domain 0 has no control/shutdown in xenstore: its kernel cannot "
                                 "be asked to poweroff.\n");
    assert_string_equal(fake_read("/local/domain/2/control/shutdown"), "poweroff");
    assert_int_equal(fake.machine, XEN_SYSCTL_TREFOIL_MACHINE_OFF);
    assert_int_equal(fake.machine_asked, 1);
}

static void machine_is_reset(void **state)
{
    (void)state;
    fake_write("/local/domain/0/control/shutdown", "");
    fake.domains[0].info.flags |= XEN_DOMINF_shutdown;
    fake.shutdown_after = 2;
    prints(&run, "reboot -M",
           "Shutting down domain 2\n"
           "Domain 2 has ended\n"
           "The machine is reset\n");
    assert_string_equal(fake_read("/local/domain/2/control/shutdown"), "poweroff");
    assert_int_equal(fake.machine, XEN_SYSCTL_TREFOIL_MACHINE_RESET);
}

/* What its power does may be what the machine's does. */
static void hardware_is_asked_for_what_follows(void **state)
{
    (void)state;
    fake_write("/local/domain/0/control/shutdown", "");
    run_xl(&run, "reboot -M -t 0");
    assert_int_equal(run.status, 0);
    assert_string_equal(run.out, "Shutting down domain 2\n"
                                 "Domain 2 ends with the machine\n"
                                 "Shutting down domain 0\n"
                                 "Domain 0 ends with the machine\n"
                                 "The machine is reset\n");
    assert_string_equal(run.err, "Domain 2 has not ended within 0 s.\n"
                                 "Domain 0 has not ended within 0 s.\n");
    assert_string_equal(fake_read("/local/domain/0/control/shutdown"), "reboot");
}

static void machine_ends_at_once(void **state)
{
    (void)state;
    prints(&run, "shutdown -M --now", "The machine is powered off\n");
    assert_string_equal(fake_read("/local/domain/2/control/shutdown"), "");
    assert_int_equal(fake.machine, XEN_SYSCTL_TREFOIL_MACHINE_OFF);
    fake.machine = 0;
    prints(&run, "reboot --machine -n", "The machine is reset\n");
    assert_int_equal(fake.machine, XEN_SYSCTL_TREFOIL_MACHINE_RESET);
}

static void machine_is_controls(void **state)
{
    (void)state;
    fake.machine_error = -EPERM;
    fails(&run, "reboot -M", 1,
          "Ending the machine is not permitted in this domain: it takes the role control.\n");
    assert_string_equal(fake_read("/local/domain/2/control/shutdown"), "");
    fake.machine_error = -ENOSYS;
    fails(&run, "shutdown -M", 1,
          "This hypervisor leaves the machine's end to its hardware domain.\n");
    fake.machine_error = 0;
    fails(&run, "shutdown -M app", 2,
          "With --machine there is no domain to give, nor -a, -w or -F.\n");
    fails(&run, "reboot -M -w", 2,
          "With --machine there is no domain to give, nor -a, -w or -F.\n");
    fails(&run, "reboot -M -t soon", 2, "--timeout takes 0 to 86400 seconds.\n");
    fails(&run, "reboot -M -t 86401", 2, "--timeout takes 0 to 86400 seconds.\n");
    fails(&run, "reboot --now app", 2, "-n and -t are for --machine.\n");
    assert_int_equal(fake.machine, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(vcpu_pin_sets_maps, board),
        cmocka_unit_test_setup(pause_and_unpause, board),
        cmocka_unit_test_setup(destroy_spares_what_others_need, board),
        cmocka_unit_test_setup(shutdown_asks_and_waits, board),
        cmocka_unit_test_setup(memory_is_asked_back, board),
        cmocka_unit_test_setup(memory_is_limited, board),
        cmocka_unit_test_setup(vcpus_are_asked_down, board),
        cmocka_unit_test_setup(names_are_the_trees, board),
        cmocka_unit_test_setup(domain_zero_has_a_classic_name, board),
        cmocka_unit_test_setup(creating_says_what_to_do, board),
        cmocka_unit_test_setup(waiting_is_for_those_that_were_asked, board),
        cmocka_unit_test_setup(whoever_is_down_is_not_asked, board),
        cmocka_unit_test_setup(machine_ends_in_order, board),
        cmocka_unit_test_setup(machine_is_reset, board),
        cmocka_unit_test_setup(hardware_is_asked_for_what_follows, board),
        cmocka_unit_test_setup(machine_ends_at_once, board),
        cmocka_unit_test_setup(machine_is_controls, board),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
