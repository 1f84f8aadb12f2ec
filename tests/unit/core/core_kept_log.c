/* SPDX-License-Identifier: MIT */
/* The log's last lines, from one start of the machine to the next. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>
#include "core_fake/machine.h"
#include <trefoil/console.h>
#include <trefoil/printk.h>
#include "../../../hypervisor/core/console/kept_log.h"

static char told[16384], first_output[4096];
static size_t told_size;

static void tell(const char *text, size_t size)
{
    assert_in_range(size, 1, KEPT_TEXT);
    assert_in_range(told_size + size + 2, 0, sizeof(told));
    memcpy(told + told_size, text, size);
    told_size += size;
    told[told_size++] = '\n';
    told[told_size] = '\0';
}

/* The caches are lost, the memory stays. How many lines the next start tells. */
static unsigned int reset(void)
{
    memcpy(kept_lines, fake_kept_lines, sizeof(kept_lines));
    told_size = 0;
    told[0] = '\0';
    return kept_log_open(tell);
}

static void add(const char *text)
{
    kept_log_add(text, strlen(text));
}

static int start(void **state)
{
    (void)state;
    reset();
    return 0;
}

static void test_it_comes_first(void **state)
{
    const char *wanted = "(trefoil) > the end before\r\n"
                         "(trefoil) these were the last lines before the reset\r\n";

    (void)state;
    assert_int_equal(strncmp(first_output, wanted, strlen(wanted)), 0);
}

static void test_lines_in_order(void **state)
{
    (void)state;
    add("one");
    add("");
    add("a line of more than eight characters");
    assert_int_equal(reset(), 2);
    assert_string_equal(told, "one\na line of more than eight characters\n");
    /* Once. */
    assert_int_equal(reset(), 0);
}

static void test_the_last_ones(void **state)
{
    char text[32], wanted[16384] = "";

    (void)state;
    for (unsigned int i = 0; i < 5 * KEPT_LINES + 7; i++) {
        snprintf(text, sizeof(text), "line %u", i);
        add(text);
        if (i >= 4 * KEPT_LINES + 7)
            snprintf(wanted + strlen(wanted), sizeof(wanted) - strlen(wanted), "%s\n", text);
    }
    assert_int_equal(reset(), KEPT_LINES);
    assert_string_equal(told, wanted);
}

static void test_a_long_line(void **state)
{
    char text[400];

    (void)state;
    memset(text, 'x', sizeof(text));
    kept_log_add(text, sizeof(text));
    assert_int_equal(reset(), 1);
    assert_int_equal(told_size, KEPT_TEXT + 1);
}

/* What has been damaged is left out, alone. */
static void test_damage(void **state)
{
    (void)state;
    for (unsigned int bit = 0; bit < 8 * offsetof(struct kept_line, text) + 8 * 6; bit++) {
        add("before");
        add("struck");
        add("after");
        ((uint8_t *)&fake_kept_lines[2])[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_in_range(reset(), 1, 2);
        assert_null(strstr(told, "struck"));
        assert_null(strstr(told, "?"));
    }
}

/* Memory as power-on leaves it. */
static void test_anything(void **state)
{
    (void)state;
    srand(1);
    for (unsigned int i = 0; i < 200; i++) {
        for (size_t at = 0; at < sizeof(kept_lines); at++)
            ((uint8_t *)fake_kept_lines)[at] = (uint8_t)rand();
        for (unsigned int j = 0; j < KEPT_LINES; j++)
            fake_kept_lines[j].size &= 0xff;
        assert_int_equal(reset(), 0);
    }
    memset(fake_kept_lines, 0xff, sizeof(kept_lines));
    assert_int_equal(reset(), 0);
}

static void test_only_what_prints(void **state)
{
    (void)state;
    add("a\033[2Jb\nc\377");
    assert_int_equal(reset(), 1);
    assert_string_equal(told, "a?[2Jb?c?\n");
}

/* By way of the log: all lines, and none after the machine ended in good order. */
static void test_the_log_is_kept(void **state)
{
    (void)state;
    log_info("a line with the number %u", 17U);
    assert_int_equal(reset(), 1);
    assert_string_equal(told, "a line with the number 17\n");
    log_info("the end is near");
    console_forget_lines();
    log_info("after the end");
    assert_int_equal(reset(), 0);
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_comes_first),
        TEST(test_lines_in_order),
        TEST(test_the_last_ones),
        TEST(test_a_long_line),
        TEST(test_damage),
        TEST(test_anything),
        TEST(test_only_what_prints),
        TEST(test_the_log_is_kept),
    };

    /* An earlier start left this; test_it_comes_first looks at what fake_start() made of it. */
    kept_log_add("the end before", 14);
    fake_start();
    memcpy(first_output, fake.uart, sizeof(first_output) - 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
