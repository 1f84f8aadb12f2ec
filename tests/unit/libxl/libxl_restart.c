/* SPDX-License-Identifier: MIT */
/* xl: domains that come again. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <libxl/libxl.h>

#include "libxl_fake.h"
#include "libxl_run.h"

static struct run run;

static void reboot_asks_and_waits(void **state)
{
    (void)state;
    prints(&run, "reboot app", "Rebooting domain 2\n");
    assert_string_equal(fake_read("/local/domain/2/control/shutdown"), "reboot");
    fake.reboot_after = 2;
    prints(&run, "reboot -w app", "Rebooting domain 2\nDomain 2 has rebooted\n");
    assert_int_equal(fake.domains[2].generation, 1);
    run_xl(&run, "reboot -a");
    assert_int_equal(run.status, 0);
    assert_string_equal(run.out, "Rebooting domain 2\n");
    assert_non_null(strstr(run.err, "Spared, as others depend on them: hardware (domain 0), "));
    fake.domains[0].launch.capabilities = LIBXL_ROLE_HARDWARE;
    fails(&run, "reboot hardware", 1,
          "Domain 0 holds the machine's devices and cannot be started again alone, so it has not "
          "been asked to reboot; 'xl shutdown' ends it.\n");
}

/* The new life ends while it is watched. */
static void reboot_tells_of_an_end_at_once(void **state)
{
    (void)state;
    fake.reboot_after = 2;
    fake.shutdown_after = 5;
    run_xl(&run, "reboot -w app");
    assert_int_equal(run.status, 1);
    assert_string_equal(run.out, "Rebooting domain 2\n");
    assert_string_equal(run.err, "Domain 2 runs again, but has ended at once: poweroff; 'xl dmesg' "
                                 "says more.\n");
}

static void reboot_by_force_restarts_who_cannot_be_asked(void **state)
{
    (void)state;
    fake_add_domain(3, "deaf", 0);
    fails(&run, "reboot deaf", 1,
          "Domain 3 has no control/shutdown in xenstore: its kernel cannot be asked to reboot.\n");
    prints(&run, "reboot -F -w deaf", "Rebooting domain 3\nDomain 3 has rebooted\n");
    assert_int_equal(fake.domains[3].generation, 1);
}

static void restart_ends_and_starts(void **state)
{
    (void)state;
    prints(&run, "restart app", "Domain 2 has been restarted\n");
    assert_int_equal(fake.domains[2].generation, 1);
    prints(&run, "destroy app", "");
    fails(&run, "pause app", 1, "There is no domain named 'app'.\n");
    prints(&run, "restart app", "Domain 2 has been restarted\n");
    assert_true(fake.domains[2].exists);
    prints(&run, "destroy app", "");
    prints(&run, "restart 2", "Domain 2 has been restarted\n");
}

static void restart_says_what_it_cannot_do(void **state)
{
    (void)state;
    fails(&run, "restart nobody", 1,
          "There is no boot-time domain named 'nobody' that could be restarted.\n");
    fails(&run, "restart 77", 1, "There is no boot-time domain 77.\n");
    fails(&run, "restart control", 1, "Domain 1 is this one: it restarts when it reboots.\n");
    fails(&run, "restart hardware", 1,
          "hardware (domain 0) cannot be restarted alone: its devices may still write into its "
          "memory.\n");
    fake_add_domain(3, "store", XEN_DOMINF_xs_domain);
    fails(&run, "restart store", 1,
          "Not restarting domain 3 (store), on which the others' xenstore depends; use -f to "
          "force.\n");
    prints(&run, "restart -f store", "Domain 3 has been restarted\n");
    fake.change_error = -EPERM;
    fails(
        &run, "restart app", 1,
        "Restarting app (domain 2) is not permitted in this domain: it takes the role control.\n");
    fails(&run, "restart", 2,
          "'xl restart' requires at least 1 argument.\n'xl restart -h' says how it is "
          "used.\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(reboot_asks_and_waits, board),
        cmocka_unit_test_setup(reboot_tells_of_an_end_at_once, board),
        cmocka_unit_test_setup(reboot_by_force_restarts_who_cannot_be_asked, board),
        cmocka_unit_test_setup(restart_ends_and_starts, board),
        cmocka_unit_test_setup(restart_says_what_it_cannot_do, board),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
