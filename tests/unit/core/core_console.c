/* SPDX-License-Identifier: MIT */
/* The command line, and who gets what is typed. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>
#include "core_fake/machine.h"
#include <trefoil/access.h>
#include <trefoil/console.h>
#include <trefoil/core.h>
#include <trefoil/event_channel.h>
#include <trefoil/options.h>
#include <trefoil/printk.h>
#include <xen/bootfdt.h>
#include "../../../hypervisor/core/console/console_guest.h"

static struct domain *hardware, *control, *guest;

static void quiet(void)
{
    memset(fake.uart, 0, sizeof(fake.uart));
    fake.uart_size = 0;
}

static int start(void **state)
{
    (void)state;
    hardware = fake_domain(0, "hardware", DOMAIN_CAPS_HARDWARE, 1, 8);
    control = fake_domain(1, "control", DOMAIN_CAPS_CONTROL, 1, 8);
    guest = fake_domain(2, "guest", 0, 1, 8);
    quiet();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    options_init("");
    fake_destroy(guest);
    fake_destroy(control);
    fake_destroy(hardware);
    return 0;
}

static void type(const char *text)
{
    for (; *text; text++)
        console_receive(*text);
}

/* What a domain reads with CONSOLEIO_read. */
static const char *typed(struct domain *domain)
{
    static char text[64];
    int64_t size;

    fake_be(0, domain->vcpus[0]);
    size = fake_call(__HYPERVISOR_console_io, CONSOLEIO_read, sizeof(text) - 1, fake_address(1, 0));
    assert_in_range(size, 0, sizeof(text) - 1);
    memcpy(text, fake_ram(domain, fake_address(1, 0)), (size_t)size);
    text[size] = '\0';
    return text;
}

static void offer_to_all(void)
{
    console_offer_focus(hardware);
    console_offer_focus(control);
    console_offer_focus(guest);
    console_settle_focus();
}

static void test_options(void **state)
{
    char value[8];

    (void)state;
    options_init("xsm=silo console-focus=a-rather-long-name  log on-empty=poweroff");
    assert_true(option_is("xsm", "silo"));
    assert_false(option_is("xsm", "sil"));
    assert_false(option_is("log", ""));
    assert_true(option_value("console-focus", value, sizeof(value)));
    assert_string_equal(value, "a-rathe");
    assert_false(option_value("console", value, sizeof(value)));
    assert_string_equal(value, "");
    assert_string_equal(options_text() + strlen(options_text()) - 8, "poweroff");
}

static void test_unknown_options_are_told(void **state)
{
    (void)state;
    options_init("xsm=silo wrong=1 console-focus=x also-wrong panic console=dtuart dtuart=serial0 "
                 "bootscrub=0 dom0_mem=512M dom0_vcpus_pin vwfi=native sched=null dtuarts=1 "
                 "flask=enforcing");
    options_check();
    assert_non_null(strstr(fake.uart, "nobody knows the option wrong=1\r\n"));
    assert_non_null(strstr(fake.uart, "nobody knows the option also-wrong\r\n"));
    /* Ours without a value say nothing; of Xen's, what is so anyway does no harm. */
    assert_non_null(strstr(fake.uart, "nobody knows the option panic\r\n"));
    assert_non_null(strstr(fake.uart, "nobody knows the option dtuarts=1\r\n"));
    assert_non_null(strstr(fake.uart, "nobody knows the option flask=enforcing\r\n"));
    static const char *const quiet[] = {"option console", "option dtuart=", "bootscrub", "dom0_mem",
                                        "dom0_vcpus_pin", "vwfi",           "sched"};
    for (size_t i = 0; i < sizeof(quiet) / sizeof(quiet[0]); i++)
        assert_null(strstr(fake.uart, quiet[i]));
    assert_null(strstr(fake.uart, "xsm"));
}

static void test_policy_by_name(void **state)
{
    (void)state;
    policy_choose("silo");
    assert_int_equal(policy_in_force(), POLICY_SILO);
    policy_choose("");
    assert_int_equal(policy_in_force(), POLICY_SILO);
    policy_choose("nonsense");
    assert_int_equal(policy_in_force(), POLICY_SILO);
    assert_non_null(strstr(fake.uart, "xsm=nonsense: there is no such policy, only"));
    policy_choose("split");
    assert_int_equal(policy_in_force(), POLICY_SPLIT);
}

static void test_control_has_the_focus(void **state)
{
    (void)state;
    type("lost");
    offer_to_all();
    type("ls\n");
    assert_string_equal(typed(control), "ls\n");
    assert_string_equal(typed(control), "");
    assert_string_equal(typed(guest), "");
}

static void test_focus_by_name(void **state)
{
    (void)state;
    options_init("console-focus=guest");
    offer_to_all();
    type("to the guest");
    assert_string_equal(typed(guest), "to the guest");
    assert_string_equal(typed(control), "");
}

static void test_focus_on_nobody(void **state)
{
    (void)state;
    options_init("console-focus=nobody");
    offer_to_all();
    assert_non_null(strstr(fake.uart, "console-focus=nobody: there is no such domain"));
    type("lost");
    assert_string_equal(typed(control), "");
    options_init("console-focus=hypervisor");
    quiet();
    offer_to_all();
    assert_null(strstr(fake.uart, "no such domain"));
}

/* From control to the guest, to the hypervisor, and around. */
static void test_keys_move_the_focus(void **state)
{
    (void)state;
    offer_to_all();
    type("\1\1\1g");
    assert_string_equal(typed(guest), "g");
    type("\1\1\1lost");
    type("\1\1\1h");
    assert_string_equal(typed(hardware), "h");
    type("\1\1\1\1\1x");
    assert_string_equal(typed(control), "\1\1x");
    assert_string_equal(typed(hardware), "");
}

static void test_who_has_the_focus_is_raw(void **state)
{
    (void)state;
    offer_to_all();
    console_guest_write(guest, "begun", 5);
    quiet();
    type("\1\1\1");
    assert_non_null(strstr(fake.uart, "(guest) begun\r\n"));
    quiet();
    console_guest_write(guest, "a\rb", 3);
    assert_string_equal(fake.uart, "a\rb");
    quiet();
    console_guest_write(control, "c\1d\te\n", 6);
    assert_string_equal(fake.uart, "\r\n(control) cd\te\r\n");
}

/* What steers a terminal is shown, also as UTF-8, cut in two or in a longer form; text in UTF-8
 * stays. */
static void test_nothing_steers_the_terminal(void **state)
{
    static const struct {
        const char *says, *shown;
    } rows[] = {
        {"a\033[31mb", "a^[[31mb"},
        {"a\x9b"
         "31mb",
         "a^[[31mb"},
        {"a\xc2\x9b"
         "31mb",
         "a\xc2^[[31mb"},
        {"\xc2\x85 \x80 \x9f", "\xc2^[E ^[@ ^[_"},
        {"\xc3\x80 \xe2\x80\xa6 \xf0\x9f\x98\x80", "\xc3\x80 \xe2\x80\xa6 \xf0\x9f\x98\x80"},
        {"\xc3\x80\x9b \xe0\x82\x9b \xf0\x80\x82\x9b", "\xc3\x80^[[ \xe0^[B^[[ \xf0^[@^[B^[["},
        {"\xff\x9b \xc3\xc3\x9b \xc1\x9b \xc3\a\x9b", "\xff^[[ \xc3\xc3\x9b \xc1^[[ \xc3^[["},
    };
    char line[1100], expected[64];

    (void)state;
    offer_to_all();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        quiet();
        for (const char *c = rows[i].says; *c; c++)
            console_guest_write(guest, c, 1);
        console_guest_write(guest, "\n", 1);
        snprintf(expected, sizeof(expected), "(guest) %s\r\n", rows[i].shown);
        assert_string_equal(fake.uart, expected);
    }
    /* Nor does the end of what one line holds fall into a character. */
    quiet();
    memset(line, 'x', sizeof(line));
    memcpy(line + 1020, "\xe2\x9b\x9b", 3);
    console_guest_write(guest, line, 1023);
    console_guest_write(guest, "\x9b\n", 2);
    assert_non_null(strstr(fake.uart, "x\xe2\x9b\x9b\r\n(guest) ^[[\r\n"));
}

static void test_too_much_is_lost(void **state)
{
    size_t before = 0, count;

    (void)state;
    offer_to_all();
    for (unsigned int i = 0; i < 10000; i++)
        console_receive('x');
    assert_non_null(strstr(fake.uart, "control does not read what is typed: it is lost"));
    while ((count = strlen(typed(control))) != 0)
        before += count;
    assert_in_range(before, 16, 4096);
    type("again");
    assert_string_equal(typed(control), "again");
}

static void test_virq_tells_of_input(void **state)
{
    evtchn_port_t port;

    (void)state;
    assert_int_equal(event_bind_virq(control, VIRQ_CONSOLE, 0, &port), 0);
    offer_to_all();
    assert_false(control->shared_info->evtchn_pending[0] >> port & 1);
    type("x");
    assert_true(control->shared_info->evtchn_pending[0] >> port & 1);
}

static void test_focus_ends_with_its_domain(void **state)
{
    (void)state;
    options_init("console-focus=guest");
    offer_to_all();
    fake_destroy(guest);
    type("to nobody");
    guest = fake_domain(2, "guest", 0, 1, 8);
    assert_string_equal(typed(guest), "");
    assert_string_equal(typed(control), "");
}

static void test_without_a_console(void **state)
{
    struct domain *mute = fake_domain(3, "mute", 0, 1, 8);
    char c;

    (void)state;
    console_domain_free(mute);
    console_domain_free(mute);
    quiet();
    console_guest_write(mute, "x\n", 2);
    assert_string_equal(fake.uart, "");
    assert_int_equal(console_guest_read(mute, &c, 1), 0);
    offer_to_all();
    /* From the guest it goes past the one without. */
    type("\1\1\1\1\1\1lost");
    assert_non_null(strstr(fake.uart, "goes to the hypervisor"));
    fake_destroy(mute);
}

static void test_the_rest_comes_out_later(void **state)
{
    (void)state;
    fake.uart_room = 2;
    log_info("to come");
    assert_true(fake.uart_size < 10);
    fake.uart_room = SIZE_MAX / 2;
    uart_transmit_ready();
    assert_non_null(strstr(fake.uart, "to come\r\n"));
}

static size_t count_of(const char *text)
{
    size_t count = 0;

    for (const char *at = fake.uart; (at = strstr(at, text)) != NULL; at++)
        count++;
    return count;
}

static void fill(struct domain *domain, unsigned int lines)
{
    static const char line[] = "what one domain prints as fast as it can, and never ends to\n";

    for (unsigned int i = 0; i < lines; i++)
        console_guest_write(domain, line, sizeof(line) - 1);
}

static void all_out(void)
{
    fake.uart_room = SIZE_MAX / 2;
    uart_transmit_ready();
}

/* A line that takes nothing, two that print without end: a third one's lines and the log come out.
 */
static void test_the_line_is_shared(void **state)
{
    (void)state;
    options_init("console-focus=hypervisor");
    offer_to_all();
    quiet();
    fake.uart_room = 0;
    fill(hardware, 2000);
    fill(guest, 2000);
    console_guest_write(control, "said once\n", 10);
    for (unsigned int i = 0; i < 100; i++)
        log_info("a line of the log that has to be there, whatever domains print: %u", i);
    all_out();
    assert_non_null(strstr(fake.uart, "(control) said once\r\n"));
    assert_int_equal(count_of("(trefoil) a line of the log"), 100);
    assert_in_range(count_of("(guest) what one domain"), 30, 200);
    assert_in_range(count_of("(hardware) what one domain"), 100, 500);
    /* It had more than its part, and is told so; then all is as before. */
    quiet();
    fill(guest, 2);
    assert_non_null(strstr(fake.uart, "characters are left out here]\r\n(guest) what one"));
    assert_int_equal(count_of("left out"), 1);
    assert_int_equal(count_of("(guest) what one"), 2);
}

/* A line that takes a character each 87 us, as 115200 Bd does, and two that always print: what each
 * gets. */
static void test_shares_are_fair(void **state)
{
    size_t guests, hardwares;

    (void)state;
    options_init("console-focus=hypervisor");
    offer_to_all();
    quiet();
    fake.uart_pace = 87000;
    for (unsigned int i = 0; i < 40000; i++) {
        fake.now += 90000;
        uart_transmit_ready();
        if (i % 4 == 0)
            fill(guest, 1);
        if (i % 64 == 0)
            fill(hardware, 1);
    }
    fake.uart_pace = 0;
    guests = count_of("(guest) what one");
    hardwares = count_of("(hardware) what one");
    all_out();
    assert_in_range(guests + hardwares, 400, 600);
    assert_in_range(guests, hardwares / 3, 3 * hardwares);
}

/* It prints as it likes, within its part. */
static void test_the_focus_leaves_room(void **state)
{
    (void)state;
    options_init("console-focus=guest");
    offer_to_all();
    quiet();
    fake.uart_room = 0;
    for (unsigned int i = 0; i < 100000; i++)
        console_guest_write(guest, "x", 1);
    console_guest_write(control, "said once\n", 10);
    all_out();
    assert_non_null(strstr(fake.uart, "\r\n(control) said once\r\n"));
    assert_in_range(strspn(fake.uart, "x"), 10000, 16000);
}

/* Each domain has its own limit of lines about it. */
static void test_lines_about_a_domain(void **state)
{
    (void)state;
    quiet();
    fake.now += UINT64_C(6000000000);
    fake_be(0, guest->vcpus[0]);
    for (unsigned int i = 0; i < 100; i++)
        log_limited(LOG_WARNING, "guest: errs");
    fake_be(1, control->vcpus[0]);
    for (unsigned int i = 0; i < 5; i++)
        log_limited(LOG_WARNING, "control: errs");
    assert_int_equal(count_of("(trefoil) guest: errs"), 10);
    assert_int_equal(count_of("(trefoil) control: errs"), 5);
    fake.now += UINT64_C(6000000000);
    fake_be(0, guest->vcpus[0]);
    log_limited(LOG_WARNING, "guest: errs again");
    assert_non_null(strstr(fake.uart, "(trefoil) guest: 90 lines about it are left out\r\n"
                                      "(trefoil) guest: errs again\r\n"));
    for (unsigned int i = 0; i < 100; i++)
        log_limited(LOG_WARNING, "guest: errs");
    fake_be(0, NULL);
    fake_destroy(guest);
    assert_non_null(strstr(fake.uart, "(trefoil) guest: 91 lines about it are left out\r\n"));
    guest = fake_domain(2, "guest", 0, 1, 8);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_options),
        TEST(test_unknown_options_are_told),
        TEST(test_policy_by_name),
        TEST(test_control_has_the_focus),
        TEST(test_focus_by_name),
        TEST(test_focus_on_nobody),
        TEST(test_keys_move_the_focus),
        TEST(test_who_has_the_focus_is_raw),
        TEST(test_nothing_steers_the_terminal),
        TEST(test_too_much_is_lost),
        TEST(test_virq_tells_of_input),
        TEST(test_focus_ends_with_its_domain),
        TEST(test_without_a_console),
        TEST(test_lines_about_a_domain),
        TEST(test_the_rest_comes_out_later),
        TEST(test_the_line_is_shared),
        TEST(test_shares_are_fair),
        TEST(test_the_focus_leaves_room),
    };

    fake_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
