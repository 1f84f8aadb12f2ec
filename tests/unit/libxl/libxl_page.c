/* SPDX-License-Identifier: MIT */
/* xl metrics --html: a page that holds the board, that no name breaks, and that is there whole or
 * not. */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../xl/xl.h"
#include "libxl_fake.h"
#include "libxl_run.h"

static struct run run;
static char folder[] = "/tmp/libxl_page.XXXXXX";

static void has(const char *text)
{
    if (!strstr(run.out, text))
        fail_msg("there is no %s in %s", text, run.out);
}

static unsigned int count(const char *text)
{
    unsigned int found = 0;
    for (const char *at = run.out; (at = strstr(at, text)); at++)
        found++;
    return found;
}

static void page_has_the_board(void **state)
{
    (void)state;
    run_xl(&run, "metrics --html -");
    assert_int_equal(run.status, 0);
    has("<!DOCTYPE html>");
    has("</span>app <span class=\"quiet\">2</span>");
    has("<span class=\"chip\">control</span>");
    has("<b>read all</b>");
    has("<h2>Who may reach whom</h2>");
    has("<svg class=\"bar\"");
    assert_null(strstr(run.out, "<script"));
    assert_null(strstr(run.out, "://"));
    assert_int_equal(count("<tr"), count("</tr>"));
    assert_int_equal(count("<td"), count("</td>"));
    assert_int_equal(count("<section"), 5);
}

/* Whatever a name is, it opens no element and ends no attribute. */
static void names_are_text(void **state)
{
    (void)state;
    strcpy(fake.domains[2].launch.name, "<b>&\"'</b>");
    run_xl(&run, "metrics --html -");
    assert_int_equal(run.status, 0);
    has("</span>&lt;b&gt;&amp;&quot;&#39;&lt;/b&gt; <span");
    has("<title>&lt;b&gt;&amp;&quot;&#39;&lt;/b&gt;: 128 MiB</title>");
    assert_null(strstr(run.out, "<b>&"));
}

static unsigned int files_in_folder(void)
{
    unsigned int found = 0;
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (const struct dirent *entry; (entry = readdir(directory));)
        found += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    closedir(directory);
    return found;
}

static void file_is_whole_or_not_there(void **state)
{
    (void)state;
    char line[128], path[64];
    struct stat stat_of;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/page.html", folder);
    snprintf(line, sizeof(line), "metrics --html %s", path);
    run_xl(&run, line);
    assert_int_equal(run.status, 0);
    assert_string_equal(run.out, "");
    assert_int_equal(stat(path, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 0777, 0644);
    assert_int_equal(files_in_folder(), 1);
    snprintf(line, sizeof(line), "metrics --html %s/none/page.html", folder);
    run_xl(&run, line);
    assert_int_equal(run.status, 1);
    assert_non_null(strstr(run.err, "cannot be written"));
    snprintf(line, sizeof(line), "metrics --html %s", folder);
    run_xl(&run, line);
    assert_int_equal(run.status, 1);
    assert_int_equal(files_in_folder(), 1);
    unlink(path);
    rmdir(folder);
    run_xl_to(&run, "metrics --html -", "/dev/full");
    assert_int_equal(run.status, 1);
}

static void tree_gives_address_spaces(void **state)
{
    (void)state;
    run_xl(&run, "metrics --html - --tree " TREE);
    assert_int_equal(run.status, 0);
    has("<h3>Address spaces</h3>");
    has("<i class=\"ram\"");
    run_xl(&run, "metrics --html - --tree /no/tree");
    assert_int_equal(run.status, 1);
    assert_string_equal(run.out, "");
    fails(&run, "metrics --tree " TREE, XL_USAGE, "--tree goes with --html.\n");
    fails(&run, "metrics --html - --text", XL_USAGE,
          "A page is of no other format: --html stands alone, or with --tree.\n");
}

/* Of a hypervisor that says less, all else is there. */
static void what_is_not_told_is_said(void **state)
{
    (void)state;
    fake.has_launch_info = false;
    run_xl(&run, "metrics --html -");
    assert_int_equal(run.status, 0);
    has("The hypervisor does not say which policy is in force.");
    has("<h2>Memory</h2>");
    fake.no_store = true;
    run_xl(&run, "metrics --html -");
    assert_int_equal(run.status, 0);
    has("<td data-of=\"Up\">not known</td>");
    fake.look_error = -EPERM;
    run_xl(&run, "metrics --html -");
    assert_int_equal(run.status, 1);
    assert_string_equal(run.out, "");
}

/* Nobody would read a table of so many, and it would be asked for each pair. */
static void many_domains_have_no_table(void **state)
{
    (void)state;
    for (uint32_t i = 3; i < 30; i++) {
        fake.domains[i] = fake.domains[2];
        fake.domains[i].info.domain = (domid_t)i;
    }
    run_xl(&run, "metrics --html -");
    assert_int_equal(run.status, 0);
    has("There is no table of 30 domains, but of 24 at most.");
    assert_int_equal(count("<table class=\"reach\""), 0);
    has("<span class=\"quiet\">29</span>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(page_has_the_board, board),
        cmocka_unit_test_setup(names_are_text, board),
        cmocka_unit_test_setup(file_is_whole_or_not_there, board),
        cmocka_unit_test_setup(tree_gives_address_spaces, board),
        cmocka_unit_test_setup(what_is_not_told_is_said, board),
        cmocka_unit_test_setup(many_domains_have_no_table, board),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
