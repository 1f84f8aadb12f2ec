/* SPDX-License-Identifier: MIT */
/* xl: what it makes of names and numbers that are chosen to do harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <libfdt.h>
#include <yajl/yajl_tree.h>

#include <libxl/libxl.h>

#include "libxl_fake.h"
#include "libxl_run.h"

static struct run run;

static void printable_text_stays(void **state)
{
    (void)state;
    static const struct {
        const char *given, *expected;
    } cases[] = {
        {"app", "app"},
        {"", ""},
        {"Z\xc3\xbcrich \xe2\x82\xac \xf0\x9f\x8d\x80",
         "Z\xc3\xbcrich \xe2\x82\xac \xf0\x9f\x8d\x80"},
        {"a\x1b[2Jb\x7f\r", "a?[2Jb??"},
        {"a\nb\tc", "a\nb?c"}, /* a newline is allowed here */
        {"\xc2\x9b"
         "31m",
         "??31m"}, /* C1 as UTF-8, */
        {"\x9b"
         "31m",
         "?31m"}, /* and as a byte */
        {"a\xe2\x80\xae"
         "b",
         "a???b"}, /* right-to-left override */
        {"a\xe2\x81\xa6"
         "b",
         "a???b"},                         /* isolate */
        {"\xe2\x82", "??"},                /* cut off */
        {"\xc0\xaf\xe0\x80\xaf", "?????"}, /* longer than need be */
        {"\xed\xa0\x80", "???"},           /* a surrogate */
        {"\xf4\x90\x80\x80", "????"},      /* beyond the last character */
        {"\xf8\x88\x80\x80\x80", "?????"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[64];
        snprintf(text, sizeof(text), "%s", cases[i].given);
        libxl_make_printable(text, strlen(text), "\n");
        assert_string_equal(text, cases[i].expected);
    }
    char with_end[] = "a\0b";
    libxl_make_printable(with_end, 3, "\n");
    assert_string_equal(with_end, "a?b");
}

static void names_steer_no_terminal(void **state)
{
    (void)state;
    strcpy(fake.domains[2].launch.name, "\x1b]0;x\x07\xc2\x9b"
                                        "1m");
    prints(&run, "domname 2", "?]0;x???1m\n");
    fake.domains[2].launch.name[0] = '\0';
    fake_write("/local/domain/2/name", "a\x9b"
                                       "1m\xe2\x80\xae");
    prints(&run, "domname 2", "a?1m???\n");
    fake.change_error = -1;
    strcpy(fake.domains[2].launch.name, "\x1b"
                                        "c");
    fails(&run, "pause 2", 1,
          "Pausing ?c (domain 2) is not permitted in this domain: it takes the role control.\n");
}

static void the_log_steers_no_terminal(void **state)
{
    (void)state;
    fake.log = "one\n\x1b[2Jtwo\ttabs\r\n";
    prints(&run, "dmesg", "one\n?[2Jtwo\ttabs?\n");
}

/* Numbers that the hypervisor would have to be broken to give are not believed. */
static void absurd_numbers_are_cut(void **state)
{
    (void)state;
    fake.physical.max_cpu_id = UINT32_MAX - 1;
    run_xl(&run, "vcpu-list app");
    assert_int_equal(run.status, 0);
    fake.domains[2].info.max_vcpu_id = UINT32_MAX - 1;
    run_xl(&run, "vcpu-list app");
    assert_int_equal(run.status, 1);
    fake.domains[2].info.max_vcpu_id = UINT32_MAX; /* it has none */
    run_xl(&run, "vcpu-list app");
    assert_int_equal(run.status, 0);
}

static void large_numbers_have_no_sign(void **state)
{
    (void)state;
    fake.domains[2].info.cpu_time = UINT64_MAX;
    run_xl(&run, "list -l app");
    assert_non_null(strstr(run.out, "\"cpu_time_ns\": 18446744073709551615"));
}

static void a_start_before_all_time_is_no_start(void **state)
{
    (void)state;
    fake_write("/local/domain/2/vm", "/vm/x");
    fake_write("/vm/x/start_time", "-9223372036854775808");
    prints(&run, "uptime 2",
           "Name                                ID Uptime\n"
           "app                                  2  0:00:00\n");
}

/* The board of the tests has domains 0 to 2; one more at the end of all ids. */
static void a_list_that_does_not_go_on_ends(void **state)
{
    (void)state;
    fake.endless_list = true;
    run_xl(&run, "list");
    assert_int_equal(run.status, 0);
}

static void a_tree_steers_no_terminal(void **state)
{
    (void)state;
    char path[] = "/tmp/libxl-hostile-XXXXXX", line[64], tree[512];
    int file = mkstemp(path);
    assert_true(file >= 0);
    fdt_create(tree, sizeof(tree));
    fdt_finish_reservemap(tree);
    fdt_begin_node(tree, "");
    fdt_begin_node(tree, "chosen");
    fdt_begin_node(tree, "do\x1b[2Jm");
    fdt_property_string(tree, "compatible", "xen,domain");
    fdt_end_node(tree);
    fdt_end_node(tree);
    fdt_end_node(tree);
    fdt_finish(tree);
    assert_int_equal(write(file, tree, fdt_totalsize(tree)), (int)fdt_totalsize(tree));
    close(file);
    snprintf(line, sizeof(line), "launch check %s", path);
    run_xl(&run, line);
    unlink(path);
    assert_int_equal(run.status, 1);
    assert_null(strchr(run.out, '\x1b'));
    assert_null(strchr(run.err, '\x1b'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(printable_text_stays, board),
        cmocka_unit_test_setup(names_steer_no_terminal, board),
        cmocka_unit_test_setup(the_log_steers_no_terminal, board),
        cmocka_unit_test_setup(absurd_numbers_are_cut, board),
        cmocka_unit_test_setup(large_numbers_have_no_sign, board),
        cmocka_unit_test_setup(a_start_before_all_time_is_no_start, board),
        cmocka_unit_test_setup(a_list_that_does_not_go_on_ends, board),
        cmocka_unit_test_setup(a_tree_steers_no_terminal, board),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
