/* SPDX-License-Identifier: MIT */
/* xl events: what is printed of events, in words and for scripts, from when on and until what. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <yajl/yajl_tree.h>

#include <xen/sched.h>

#include "../../../xl/xl.h"
#include "libxl_fake.h"
#include "libxl_run.h"

static struct run run;

static void add(unsigned int kind, domid_t domain, uint64_t argument)
{
    fake.events[fake.nr_events++] = (struct xen_trefoil_event){.time = 1500000000,
                                                               .kind = (uint16_t)kind,
                                                               .domain = domain,
                                                               .life = 2,
                                                               .arguments = {argument}};
}

static void what_there_is_is_printed(void **state)
{
    (void)state;
    add(XEN_TREFOIL_EVENT_paused, 2, 1);
    add(XEN_TREFOIL_EVENT_shutdown, 2, SHUTDOWN_reboot);
    add(XEN_TREFOIL_EVENT_restart_failed, 2, ENOMEM);
    prints(&run, "events --once",
           "2001-09-09 01:46:41.000 app          launched         runs, with 2 vcpus\n"
           "2001-09-09 01:46:41.500 app          paused           is paused by control (life 2)\n"
           "2001-09-09 01:46:41.500 app          shutdown         has shut down: reboot (life 2)\n"
           "2001-09-09 01:46:41.500 app          restart_failed   is not started again: Cannot "
           "allocate memory (life 2)\n");
    prints(&run, "events -o -k paused -k launched -s 2",
           "2001-09-09 01:46:41.500 app          paused           is paused by control (life 2)\n");
    prints(&run, "events -o -d hardware", "");
    prints(&run, "events -o -d control -d 2 -k launched",
           "2001-09-09 01:46:41.000 app          launched         runs, with 2 vcpus\n");
    prints(&run, "events -o -k launched --since 2001-09-09T01:46:42Z", "");
    prints(&run, "events -o -k launched --since 2001-09-09",
           "2001-09-09 01:46:41.000 app          launched         runs, with 2 vcpus\n");
    prints(&run, "events -o --since now", "");
}

static void a_script_gets_an_object_a_line(void **state)
{
    (void)state;
    prints(&run, "events -o --json",
           "{\"sequence\":1,\"time\":\"2001-09-09T01:46:41.000000Z\",\"uptime_ns\":1000000000,"
           "\"event\":\"launched\",\"severity\":\"info\",\"domain\":\"app\",\"domid\":2,\"life\":1,"
           "\"details\":{\"vcpus\":2},\"text\":\"runs, with 2 vcpus\"}\n");
}

static void a_gap_is_told(void **state)
{
    (void)state;
    fake.first_event = 7;
    run_xl(&run, "events -o -j --since 3 -k launched");
    assert_int_equal(run.status, XL_OK);
    assert_non_null(strstr(run.out, "\"event\":\"lost\",\"severity\":\"info\",\"details\":"
                                    "{\"events\":4},\"text\":\"4 events are kept no more\"}\n"));
    assert_non_null(strstr(run.out, "{\"sequence\":7,"));
    /* From the start on all that is kept is all that is asked for. */
    run_xl(&run, "events -o -j");
    assert_null(strstr(run.out, "lost"));
    fails(&run, "events -o --since 9", XL_FAILED,
          "There has been no event 9 since the machine's start, the last is 7.\n");
}

static void a_crash_has_its_line_and_registers(void **state)
{
    (void)state;
    fake.log = "(trefoil) first\n(trefoil) app: crashed: why\n";
    add(XEN_TREFOIL_EVENT_crashed, 2, strlen("(trefoil) first\n"));
    fake.events[1].arguments[1] = 0xffff800000001234;
    fake.events[1].arguments[6] = 0xdead;
    run_xl(&run, "events -o -k crashed");
    assert_non_null(strstr(run.out, "has crashed: app: crashed: why; pc 0xffff800000001234 lr 0 "
                                    "sp 0 pstate 0 esr 0 far 0xdead (life 2)\n"));
    /* The log is another by now. */
    fake.log = "";
    run_xl(&run, "events -o -j -k crashed");
    assert_non_null(strstr(run.out, "\"line\":null,\"pc\":\"0xffff800000001234\""));
}

static void a_denial_names_all(void **state)
{
    (void)state;
    add(XEN_TREFOIL_EVENT_denied, 2, 0);
    fake.events[1].arguments[1] = 15;
    memset(&fake.events[1].arguments[2], 'x', 5 * sizeof(uint64_t));
    memcpy(&fake.events[1].arguments[2], "domctl_pausedomain", 19);
    run_xl(&run, "events -o -k denied");
    assert_non_null(strstr(run.out, "is denied (on hardware; 15 like it left out before): "
                                    "domctl_pausedomain (life 2)\n"));
    /* Not even an end, and a character that steers a terminal. */
    memset(&fake.events[1].arguments[2], 0x1b, 5 * sizeof(uint64_t));
    fake.events[1].arguments[0] = DOMID_INVALID;
    run_xl(&run, "events -o -j -k denied");
    assert_non_null(strstr(run.out, "\"target\":null,\"left_out\":15,\"operation\":"
                                    "\"????????????????????????????????????????\""));
}

static void what_is_not_known_is_printed_as_it_is(void **state)
{
    (void)state;
    add(4711, DOMID_XEN, 0xabc);
    add(XEN_TREFOIL_EVENT_shutdown, 77, 1000);
    run_xl(&run, "events -o --since 2");
    assert_non_null(strstr(run.out, "hypervisor   unknown          an event that these tools do "
                                    "not know: 0xabc 0 0 0 0 0 0"));
    assert_non_null(strstr(run.out, "domain-77    shutdown         has shut down: unknown reason"));
}

static void it_waits_until(void **state)
{
    (void)state;
    prints(&run, "events --until is-running,app -t 9", "");
    prints(&run, "events --until is-running,2 --once -s now", "");
    run_xl(&run, "events --since boot --until launched,app --timeout 9");
    assert_int_equal(run.status, XL_OK);
    run_xl(&run, "events --until launched,app --timeout 0");
    assert_int_equal(run.status, XL_NOT_YET);
    run_xl(&run, "events --once --until launched,hardware");
    assert_int_equal(run.status, XL_NOT_YET);
    run_xl(&run, "events --until is-paused,app -t 0");
    assert_int_equal(run.status, XL_NOT_YET);
    fake.domains[2].info.flags |= XEN_DOMINF_paused;
    prints(&run, "events --until is-paused,app -t 9", "");
    run_xl(&run, "events --until is-running,app -t 0");
    assert_int_equal(run.status, XL_NOT_YET);
    run_xl(&run, "events --until is-gone,app -t 0");
    assert_int_equal(run.status, XL_NOT_YET);
    fake.domains[2].exists = false;
    prints(&run, "events --until is-gone,2 -t 9", "");
    prints(&run, "events --until is-ended,2 -t 9", "");
    /* The time alone is what was asked for. */
    prints(&run, "events --timeout 0", "");
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    fails(&run, "events --kind nothing", XL_USAGE, "--kind: there is no event 'nothing'.\n");
    fails(&run, "events --until nothing", XL_USAGE,
          "--until: there is no event or state 'nothing'.\n");
    fails(&run, "events --until is-running", XL_USAGE,
          "--until is-running takes a domain: is-running,DOMAIN.\n");
    fails(&run, "events --since yesterday", XL_USAGE,
          "--since takes boot, now, an event's number, or a time: 2026-01-31T13:00:00, or with Z "
          "for UTC.\n");
    fake.events_error = -EPERM;
    fails(&run, "events -o", XL_FAILED,
          "Reading events is not permitted in this domain: it takes the role control.\n");
    fake.has_launch_info = false;
    fails(&run, "events -o", XL_FAILED, "This hypervisor tells of no events.\n");
}

/* ---- what the store shows ---- */

static unsigned int turn;

static void add_disk(void)
{
    fake_write("/libxl/2/device/vbd/51712/backend", "/local/domain/0/backend/vbd/2/51712");
    fake_write("/local/domain/0/backend/vbd/2/51712/state", "2");
}

static void disk_comes_and_goes(void)
{
    switch (turn++) {
    case 1: add_disk(); break;
    case 2: fake_write("/local/domain/0/backend/vbd/2/51712/state", "4"); break;
    case 3: fake_write("/local/domain/1/data/console/12/domain", "2"); break;
    case 4: fake_remove("/local/domain/1/data/console/12"); break;
    case 5: fake_remove("/libxl/2/device/vbd/51712"); break;
    default: break;
    }
}

static void devices_and_consoles_come_and_go(void **state)
{
    (void)state;
    turn = 0;
    fake.store_turn = disk_comes_and_goes;
    run_xl(&run, "events -j --until device_detached,app -t 60");
    assert_int_equal(run.status, XL_OK);
    const char *attached = strstr(run.out, "\"event\":\"device_attached\""),
               *client = strstr(run.out, "\"event\":\"console_attached\""),
               *left = strstr(run.out, "\"event\":\"console_detached\""),
               *gone = strstr(run.out, "\"event\":\"device_detached\"");
    assert_true(attached && client && left && gone);
    assert_true(attached < client && client < left && left < gone);
    assert_non_null(strstr(attached, "\"domain\":\"app\",\"domid\":2,\"details\":{\"type\":"
                                     "\"disk\",\"device\":\"xvda\",\"backend\":\"hardware\"}"));
    assert_non_null(strstr(client, "\"details\":{\"by\":\"control\"}"));
}

/* What is attached at the beginning was attached before. */
static void what_was_there_is_no_event(void **state)
{
    (void)state;
    add_disk();
    fake_write("/local/domain/0/backend/vbd/2/51712/state", "4");
    run_xl(&run, "events -t 0");
    assert_string_equal(run.out, "");
    fake.no_store = true;
    prints(&run, "events -t 0 -s 1",
           "2001-09-09 01:46:41.000 app          launched         runs, with 2 vcpus\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, board)
    const struct CMUnitTest tests[] = {
        TEST(what_there_is_is_printed),
        TEST(a_script_gets_an_object_a_line),
        TEST(a_gap_is_told),
        TEST(a_crash_has_its_line_and_registers),
        TEST(a_denial_names_all),
        TEST(what_is_not_known_is_printed_as_it_is),
        TEST(it_waits_until),
        TEST(nonsense_is_refused),
        TEST(devices_and_consoles_come_and_go),
        TEST(what_was_there_is_no_event),
    };

    setenv("TZ", "UTC", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
