/* SPDX-License-Identifier: MIT */
/* xl: names and times of domains, usage, help, and what it says when nobody answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <xen/sched.h>

#include "../../../xl/xl.h"
#include "libxl_fake.h"
#include "libxl_run.h"

static struct run run;

static void names_and_ids(void **state)
{
    (void)state;
    prints(&run, "domid app", "2\n");
    prints(&run, "domname 1", "control\n");
    fails(&run, "domid nobody", 1,
          "Can't get domid of domain name 'nobody', maybe this domain does not exist.\n");
    fails(&run, "domid 5", 1,
          "Can't get domid of domain name '5', maybe this domain does not exist.\n");
    fails(&run, "domname 5", 1,
          "Can't get domain name of domain id '5', maybe this domain does not exist.\n");
    fails(&run, "domname app", 1, "Invalid domain id.\n");
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

static void debug_keys_may_be_missing(void **state)
{
    (void)state;
    fails(&run, "debug-keys h", 1,
          "Sending debug keys failed: sysctl debug_keys: Function not implemented.\n");
}

static void help_and_version_are_no_mistakes(void **state)
{
    (void)state;
    run_xl(&run, "--help");
    assert_int_equal(run.status, 0);
    assert_non_null(strstr(run.out, "Usage: xl"));
    run_xl(&run, "--version");
    assert_int_equal(run.status, 0);
    assert_int_equal(strncmp(run.out, "xl (", 4), 0);
}

static void lives_are_told(void **state)
{
    (void)state;
    fake.domains[2].launch.age = UINT64_C(65000000000);
    fake.domains[2].launch.life = 1;
    prints(&run, "uptime app",
           "Name                                ID Uptime\n"
           "app                                  2  0:01:05\n");
    fake.domains[2].launch.life = 3;
    fake.domains[2].launch.last_end = SHUTDOWN_crash + 1;
    prints(
        &run, "uptime app",
        "Name                                ID Uptime\n"
        "app                                  2  0:01:05, life 3, the one before ended by crash\n");
    run_xl(&run, "list -v app");
    assert_non_null(strstr(run.out, "     3 crash       -\n"));
    fake.domains[2].launch.last_end = XEN_DOMCTL_TREFOIL_ENDED_BY_ANOTHER;
    run_xl(&run, "list --json app");
    assert_non_null(strstr(run.out, "\"life\": 3,"));
    assert_non_null(strstr(run.out, "\"last_end\": \"destroyed\""));
    fake.domains[2].launch.last_end = 77;
    run_xl(&run, "list -v app");
    assert_non_null(strstr(run.out, "     3 unknown     -\n"));
}

static void no_way_to_the_hypervisor(void **state)
{
    (void)state;
    fake.kernel_refuses = true;
    fails(&run, "list", 1,
          "Looking at domains failed: sysctl getdomaininfolist: the kernel's privcmd refuses all "
          "hypercalls "
          "in this domain, load xen-privcmd with unrestricted=1.\n");
    fake.no_device = true;
    fails(&run, "pause 2", 1,
          "Pausing domain 2 failed: domctl pausedomain of domain 2: there is no such device.\n");
    fails(&run, "-v pause 2", 1,
          "Pausing domain 2 failed: domctl pausedomain of domain 2: there is no such device.\n"
          "(domctl launch_info of domain 2: there is no such device)\n");
}

static void usage_errors(void **state)
{
    (void)state;
    fails(&run, "list -x", 2,
          "'xl list' cannot make sense of -x.\n'xl list -h' says how it is used.\n");
    fails(&run, "list --nonsense", 2,
          "'xl list' cannot make sense of --nonsense.\n'xl list -h' says how it is used.\n");
    fails(&run, "info host extra", 2,
          "'xl info' takes at most 1 argument.\n'xl info -h' says how it is used.\n");
    fails(&run, "nonsense", 1, "xl has no command 'nonsense': 'xl help' lists those it has.\n");
    fails(&run, "''", 1, "xl has no command '': 'xl help' lists those it has.\n");
    fails(&run, "d", 1,
          "'d' is the beginning of several commands: dmesg, domid, domname, destroy, devd, "
          "debug-keys.\n");
    fails(&run, "help re", 1,
          "'re' is the beginning of several commands: rename, reboot, restart.\n");
    fails(&run, "--nonsense list", 2,
          "xl has no option --nonsense before the command; 'xl help' says what there is.\n");
    fails(&run, "-z list", 2,
          "xl has no option -z before the command; 'xl help' says what there is.\n");
    fails(&run, "sched-credit2 -d", 2,
          "'xl sched-credit2' cannot make sense of -d.\n'xl sched-credit2 -h' says how it is "
          "used.\n");
    fails(&run, "launch check", 2,
          "'xl launch' is used as: xl launch check FILE [FRAGMENT]...\n"
          "or: xl launch make --output DIR [options] FILE...\n");
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

static void is_current(const char *line, const char *path)
{
    static char text[sizeof(run.out)];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    prints(&run, line, text);
}

/* What prints JSON has a schema, in a file of its name. */
static void schema_is_current(const struct xl_command *command)
{
    char line[64], path[sizeof(SCHEMAS) + 64];
    bool json = false;
    for (const struct xl_option *option = command->options; option && option->letter; option++)
        json |= option->name && !strcmp(option->name, "json");
    snprintf(line, sizeof(line), "help --schema %s", command->name);
    snprintf(path, sizeof(path), "%s/%s.json", SCHEMAS, command->name);
    if (json != xl_has_schema(command))
        fail_msg("xl %s: %s", command->name, json ? "it has --json and no forms" : "no --json");
    if (json) {
        is_current(line, path);
        return;
    }
    run_xl(&run, line);
    assert_int_equal(run.status, XL_FAILED);
    assert_int_equal(access(path, F_OK), -1);
}

static void made_files_are_current(void **state)
{
    (void)state;
    for (size_t i = 0; xl_commands[i]; i++)
        schema_is_current(xl_commands[i]);
    is_current("help --manual", MANUAL);
    is_current("help --completion", COMPLETION);
    is_current("help --zsh", ZSH_COMPLETION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(names_and_ids, board),
        cmocka_unit_test_setup(uptime_is_classic, board),
        cmocka_unit_test_setup(debug_keys_may_be_missing, board),
        cmocka_unit_test_setup(help_and_version_are_no_mistakes, board),
        cmocka_unit_test_setup(lives_are_told, board),
        cmocka_unit_test_setup(no_way_to_the_hypervisor, board),
        cmocka_unit_test_setup(usage_errors, board),
        cmocka_unit_test_setup(every_command_has_help, board),
        cmocka_unit_test_setup(no_command_is_there_twice, board),
        cmocka_unit_test_setup(made_files_are_current, board),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
