/* SPDX-License-Identifier: MIT */
/* xl top: what is printed for scripts, and what a sample says beside the one before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <xen/sched.h>

#include "../../../xl/top/sample.h"
#include "libxl_fake.h"
#include "libxl_run.h"

static struct run run;

#define HEADER                                                                                     \
    "      NAME  STATE   CPU(sec) CPU(%)     MEM(k) MEM(%)  MAXMEM(k) MAXMEM(%) VCPUS NETS "       \
    "NETTX(k) NETRX(k) VBDS   VBD_OO   VBD_RD   VBD_WR  VBD_RSECT  VBD_WSECT SSID\n"
#define NO_DEVICES                                                                                 \
    "    0        0        0    0        0        0        0          0          0    0\n"
#define HARDWARE                                                                                   \
    "  hardware --b---          2    0.0     262144   12.5     262144      12.5     1" NO_DEVICES
#define CONTROL                                                                                    \
    "   control -----r          3    0.0     196608    9.4     196608       9.4     1" NO_DEVICES
#define APP                                                                                        \
    "       app --b---          0    0.0     131072    6.2     131072       6.2     2" NO_DEVICES

static void batch_is_xentops(void **state)
{
    (void)state;
    prints(&run, "top -b -i 1", HEADER APP CONTROL HARDWARE);
    prints(&run, "top -b -i 2 -d 0.1", HEADER APP CONTROL HARDWARE HEADER APP CONTROL HARDWARE);
    prints(&run, "top -br -i1", HEADER APP HEADER CONTROL HEADER HARDWARE);
}

/* As xentop has them: which do not exclude each other, each has its place. */
static void batch_shows_states(void **state)
{
    (void)state;
    static const struct {
        uint32_t flags;
        const char *letters;
    } states[] = {
        {XEN_DOMINF_dying | XEN_DOMINF_paused, "d---p-"},
        {XEN_DOMINF_shutdown | SHUTDOWN_poweroff << XEN_DOMINF_shutdownshift, "-s----"},
        {XEN_DOMINF_shutdown | SHUTDOWN_crash << XEN_DOMINF_shutdownshift, "---c--"},
        {XEN_DOMINF_paused | XEN_DOMINF_blocked, "--b-p-"},
    };
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        char expected[32];
        fake.domains[2].info.flags = states[i].flags;
        run_xl(&run, "top -b -i 1");
        snprintf(expected, sizeof(expected), "       app %s ", states[i].letters);
        assert_non_null(strstr(run.out, expected));
    }
}

static void batch_cuts_names(void **state)
{
    (void)state;
    strcpy(fake.domains[2].launch.name, "a-guest-of-many-words");
    run_xl(&run, "top -b -i 1");
    assert_non_null(strstr(run.out, "\na-guest-of --b---          0 "));
    run_xl(&run, "top -bf -i 1");
    assert_non_null(strstr(run.out, "\na-guest-of-many-words --b---          0 "));
    assert_non_null(strstr(run.out, "             hardware --b---          2 "));
}

static void batch_has_limits_and_vcpus(void **state)
{
    (void)state;
    fake.domains[2].info.max_pages = UINT32_MAX;
    for (unsigned int vcpu = 0; vcpu < 2; vcpu++) {
        fake.domains[2].vcpus[vcpu].info.online = 1;
        fake.domains[2].vcpus[vcpu].info.cpu_time = (vcpu + 7) * 1000000000ull;
    }
    run_xl(&run, "top -bv -i 1");
    assert_non_null(strstr(run.out, "    6.2   no limit       n/a     2 "));
    assert_non_null(strstr(run.out, "\nVCPUs(sec):   0:          7s  1:          8s\n"));
}

#define ASKED    "/local/domain/0/libxl/statistics/asked"
#define ANSWERED "/local/domain/0/libxl/statistics/answered"

/* What a daemon does that counts more each time. */
static unsigned int answers;

static void answer(const char *path)
{
    char text[64];
    if (strcmp(path, ASKED) != 0)
        return;
    answers++;
    snprintf(text, sizeof(text), "%u 20 3 80 160 1 0", answers * 1000);
    fake_write("/local/domain/0/libxl/statistics/vbd/2/51712", text);
    fake_write("/local/domain/0/libxl/statistics/vif/2/0", "2048 2 0 1 10240 10 0 0");
    snprintf(text, sizeof(text), "%u", answers);
    fake_write(ANSWERED, text);
}

static void another_answer(void)
{
    fake_write(ANSWERED, "7777");
}

static void attach(void)
{
    fake_write("/local/domain/0/backend/vbd/2/51712/state", "4");
    fake_write("/local/domain/0/backend/vif/2/0/state", "4");
    fake_write("/local/domain/0/libxl/devd", "1");
    answers = 0;
    fake.store_write = answer;
}

static void batch_shows_devices(void **state)
{
    (void)state;
    attach();
    run_xl(&run, "top -b -n -x -i 1");
    assert_non_null(strstr(
        run.out, "     2    1       10        2    1        3     1000       20         80        "
                 "160    0\n"
                 "Net0 RX:     2048bytes        2pkts        0err        1drop  "
                 "TX:    10240bytes       10pkts        0err        0drop\n"
                 "VBD BlkBack 51712 [ca: 0]  OO:        3   RD:     1000   WR:       20   "
                 "RSECT:         80   WSECT:        160\n"));
}

/* A daemon that is not there, that does not answer, that answers what nobody understands. */
static void uncounted_is_no_number(void **state)
{
    (void)state;
    static const char unknown[] =
        "     2    1        -        -    1        -        -        -          -          -    0\n"
        "Net0 RX:        -bytes        -pkts        -err        -drop  "
        "TX:        -bytes        -pkts        -err        -drop\n"
        "VBD BlkBack 51712 [ca: 0]  OO:        -   RD:        -   WR:        -   RSECT:          - "
        " "
        " WSECT:          -\n";
    attach();
    fake_remove("/local/domain/0/libxl/devd");
    run_xl(&run, "top -b -n -x -i 1");
    assert_non_null(strstr(run.out, unknown));
    assert_null(fake_read(ASKED));
    attach();
    fake.store_write = NULL;
    run_xl(&run, "top -b -n -x -i 1");
    assert_non_null(strstr(run.out, unknown));
    assert_non_null(fake_read(ASKED));
    run_xl(&run, "top --json -i 1");
    assert_non_null(strstr(run.out, "\"reads\": null"));
    static const char *const wrong[] = {"", "1 2 3", "1 2 3 4 5 6 x", "-1 2 3 4 5 6 7"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct libxl_ctx *asking = libxl_open();
        struct libxl_statistics *list;
        size_t count;
        attach();
        /* One more answer than there were, and what is found is not the daemon's. */
        fake_write("/local/domain/0/libxl/statistics/vbd/2/51712", wrong[i]);
        fake.store_write = NULL;
        fake.store_turn = another_answer;
        assert_int_equal(libxl_statistics_list(asking, 0, &list, &count), LIBXL_OK);
        assert_int_equal(count, 2);
        assert_int_equal(list[0].kind, LIBXL_DISK);
        assert_false(list[0].counted);
        free(list);
        libxl_close(asking);
    }
}

static void data_has_rates_after_two(void **state)
{
    (void)state;
    run_xl(&run, "top --json -i 1");
    assert_non_null(strstr(run.out, "\"cpu_percent\": null"));
    run_xl(&run, "top --json -d 0.1");
    assert_non_null(strstr(run.out, "\"cpu_percent\": 0.000"));
}

static void options_are_checked(void **state)
{
    (void)state;
    fails(&run, "top -b -i 0", 2, "--iterations takes a number from 1.\n");
    fails(&run, "top -b -i 1x", 2, "--iterations takes a number from 1.\n");
    fails(&run, "top -b -d 0", 2, "--delay takes 0.1 to 3600 seconds.\n");
    fails(&run, "top -b -d nan", 2, "--delay takes 0.1 to 3600 seconds.\n");
    run_xl(&run, "top -V");
    assert_int_equal(run.status, 0);
    fake.look_error = -1;
    run_xl(&run, "top -b -i 1");
    assert_int_equal(run.status, 1);
}

/* ---- Samples ---- */

static struct libxl_ctx *ctx;

static int begin(void **state)
{
    board(state);
    ctx = libxl_open();
    return ctx ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    libxl_close(ctx);
    return 0;
}

/* Two samples as if so much time had gone by between them. */
static void take_two(struct top_sample *before, struct top_sample *now, double seconds)
{
    before->at_ms = 0;
    top_sample_free(now);
    assert_int_equal(top_sample_take(ctx, TOP_VCPUS, NULL, now), LIBXL_OK);
    before->at_ms = now->at_ms - (int64_t)(seconds * 1e3);
    top_sample_free(now);
    assert_int_equal(top_sample_take(ctx, TOP_VCPUS, before, now), LIBXL_OK);
}

static void rates_are_of_the_time_between(void **state)
{
    (void)state;
    struct top_sample before, now = {0};
    assert_int_equal(top_sample_take(ctx, TOP_VCPUS, NULL, &before), LIBXL_OK);
    assert_int_equal(before.count, 3);
    assert_true(before.domains[2].cpu < 0);
    fake.domains[2].info.cpu_time += 15000000000ull;
    fake.domains[2].vcpus[1].info.cpu_time += 5000000000ull;
    take_two(&before, &now, 10);
    assert_true(now.domains[2].is_known);
    assert_true(now.domains[2].cpu > 149 && now.domains[2].cpu < 150.1);
    assert_true(now.domains[2].vcpus[1].cpu > 49 && now.domains[2].vcpus[1].cpu < 50.1);
    assert_true(now.domains[0].cpu >= 0 && now.domains[0].cpu < 0.01);
    top_sample_free(&before);
    top_sample_free(&now);
}

static void devices_have_rates(void **state)
{
    (void)state;
    struct top_sample before, now = {0};
    attach();
    assert_int_equal(top_sample_take(ctx, TOP_DEVICES, NULL, &before), LIBXL_OK);
    assert_int_equal(top_devices_of(&before.domains[2], LIBXL_DISK), 1);
    assert_true(top_rate(&before.domains[2], LIBXL_DISK, LIBXL_DISK_READS) < 0);
    before.at_ms -= 10000;
    assert_int_equal(top_sample_take(ctx, TOP_DEVICES, &before, &now), LIBXL_OK);
    double reads = top_rate(&now.domains[2], LIBXL_DISK, LIBXL_DISK_READS);
    assert_true(reads > 90 && reads < 100.1);
    assert_true(top_rate(&now.domains[2], LIBXL_DISK, LIBXL_DISK_WRITES) == 0);
    top_sample_free(&before);
    /* Another disk has come in its place. */
    answers = 0;
    now.at_ms -= 1000;
    assert_int_equal(top_sample_take(ctx, TOP_DEVICES, &now, &before), LIBXL_OK);
    assert_false(before.domains[2].devices[0].is_rated);
    assert_true(top_rate(&before.domains[2], LIBXL_DISK, LIBXL_DISK_READS) == 0);
    top_sample_free(&before);
    top_sample_free(&now);
}

/* It has used more, and yet nothing that could be compared. */
static void another_life_has_no_rates(void **state)
{
    (void)state;
    struct top_sample before, now = {0};
    fake.domains[2].launch.life = 1;
    assert_int_equal(top_sample_take(ctx, TOP_VCPUS, NULL, &before), LIBXL_OK);
    fake.domains[2].launch.life = 2;
    fake.domains[2].info.cpu_time += 900000000000ull;
    take_two(&before, &now, 1);
    assert_false(now.domains[2].is_known);
    assert_true(now.domains[2].cpu < 0);
    assert_true(now.domains[2].vcpus[0].cpu < 0);
    assert_true(now.domains[1].is_known);
    /* Where no lives are told, as on Xen. */
    fake.domains[2].launch.life = 1;
    fake.domains[2].info.cpu_time = 0;
    take_two(&before, &now, 1);
    assert_false(now.domains[2].is_known);
    top_sample_free(&before);
    top_sample_free(&now);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(batch_is_xentops, board),
        cmocka_unit_test_setup(batch_shows_states, board),
        cmocka_unit_test_setup(batch_cuts_names, board),
        cmocka_unit_test_setup(batch_has_limits_and_vcpus, board),
        cmocka_unit_test_setup(batch_shows_devices, board),
        cmocka_unit_test_setup(uncounted_is_no_number, board),
        cmocka_unit_test_setup(data_has_rates_after_two, board),
        cmocka_unit_test_setup(options_are_checked, board),
        cmocka_unit_test_setup_teardown(rates_are_of_the_time_between, begin, end),
        cmocka_unit_test_setup_teardown(devices_have_rates, begin, end),
        cmocka_unit_test_setup_teardown(another_life_has_no_rates, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
