/* SPDX-License-Identifier: MIT */
/* xl: whatever prints, prints for scripts too, and says by its status when that could not be
 * written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <yajl/yajl_tree.h>

#include "../../../xl/xl.h"
#include "libxl_fake.h"
#include "libxl_run.h"

#define ANY_STATUS (-1)

static struct run run;

/*
 * How commands are called that take more than domains, or print more than one thing. A command of
 * commands.def that has no row is called with as many domains as it takes.
 */
static const struct sample {
    const char *command, *arguments;
    int status;
    bool silent; /* it prints nothing */
} samples[] = {
    {"list", "", XL_OK, false},
    {"list", "-v", XL_OK, false},
    {"list", "-n", XL_OK, false},
    {"list", "app", XL_OK, false},
    {"vcpu-list", "", XL_OK, false},
    {"vcpu-list", "app", XL_OK, false},
    {"vcpu-pin", "app 0 all", XL_OK, true},
    {"vcpu-set", "app 1", XL_OK, true},
    {"mem-set", "app 64", XL_OK, true},
    {"mem-max", "app 128", XL_OK, true},
    {"info", "", XL_OK, false},
    {"info", "-n", XL_OK, false},
    {"console", "--log app", XL_OK, false},
    {"console", "--last app", XL_OK, false},
    {"console", "--log -n 1 app", XL_OK, false},
    {"events", "--once", XL_OK, false},
    {"top", "-b -i 1", XL_OK, false},
    {"top", "-b -i 1 -f -r -v", XL_OK, false},
    {"counters", "", XL_OK, false},
    {"counters", "app", XL_OK, false},
    {"counters", "-d", XL_OK, false},
    {"counters", "-c", XL_OK, false},
    {"uptime", "app", XL_OK, false},
    {"uptime", "-s app", XL_OK, false},
    {"domname", "2", XL_OK, false},
    {"rename", "app other", ANY_STATUS, true},
    {"create", "", XL_FAILED, true},
    {"pause", "app", XL_OK, true},
    {"unpause", "app", XL_OK, true},
    {"shutdown", "app", XL_OK, false},
    {"shutdown", "-w app", XL_OK, false},
    {"shutdown", "-a", XL_OK, false},
    {"shutdown", "-M --now", XL_OK, false},
    {"reboot", "app", XL_OK, false},
    {"reboot", "-M --now", XL_OK, false},
    {"destroy", "app", XL_OK, true},
    {"block-attach", "-t 0 app /file,,xvdb", ANY_STATUS, true},
    {"block-detach", "app xvda", ANY_STATUS, true},
    {"network-attach", "-t 0 app", ANY_STATUS, true},
    {"network-detach", "app 0", ANY_STATUS, true},
    {"sched-credit", "", XL_FAILED, true}, /* the scheduler is another */
    {"sched-credit2", "", XL_OK, false},
    {"sched-credit2", "-s", XL_OK, false},
    {"cpupool-list", "", XL_OK, false},
    {"cpupool-list", "-c", XL_OK, false},
    {"policy", "", XL_OK, false},
    {"policy", "evtchn_send", XL_OK, false},
    {"policy", "-w app evtchn_send", ANY_STATUS, false},
    {"policy", "-c hardware read app", ANY_STATUS, false},
    {"launch", "check " TREE, ANY_STATUS, false},
    {"launch", "make -n -f imagebuilder " CONFIGURATION, ANY_STATUS, false},
    {"debug-keys", "h", ANY_STATUS, true},
    {"help", "", XL_OK, false},
    {"help", "list", XL_OK, false},
    /* In its own tests: it serves until it is ended. */
    {"devd", NULL, XL_OK, true},
    /* In its own tests: its formats are others. */
    {"metrics", NULL, XL_OK, true},
};
#define SAMPLES (sizeof(samples) / sizeof(samples[0]))

/* What prints no data, but must not be lost either. */
static const char *const texts[] = {"help -m", "help -c",   "help -z",
                                    "list -h", "--version", "list -l"};

/* Whoever is waited for ends. */
static void prepare(const char *line)
{
    fake_board();
    fake.domains[2].launch.age = 1000000000;
    fake.shutdown_after = strstr(line, "shutdown -w") ? 2 : 0;
    fake_write("/local/domain/2/memory/target", "131072");
    fake_write("/local/domain/2/cpu/0/availability", "online");
    fake_write("/local/domain/2/cpu/1/availability", "online");
}

static void is_told_of_a_full_disk(const char *line)
{
    prepare(line);
    run_xl_to(&run, line, "/dev/full");
    if (run.status != XL_FAILED || !strstr(run.err, "the output could not be written"))
        fail_msg("xl %s >/dev/full: %d, %s", line, run.status, run.err);
}

static void has_json(const char *line, int status)
{
    char longer[288], error[128];
    snprintf(longer, sizeof(longer), "%s --json", line);
    prepare(line);
    run_xl(&run, longer);
    yajl_val tree = yajl_tree_parse(run.out, error, sizeof(error));
    if (run.status != status || !tree)
        fail_msg("xl %s: %d, %s%s", longer, run.status, run.out, run.err);
    yajl_tree_free(tree);
}

static bool has_status(const struct xl_status *statuses, int status)
{
    while (statuses && statuses->when && statuses->status != status)
        statuses++;
    return statuses && statuses->when;
}

/* An exit status is one of those that the manual's table has. */
static void has_known_status(const char *line)
{
    char name[64];
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(line, " "), line);
    const struct xl_command *command = xl_find_command(name);
    if (!has_status(xl_statuses, run.status) && !has_status(command->statuses, run.status))
        fail_msg("xl %s: status %d is not in the manual's table", line, run.status);
}

/* Returns whether it printed. */
static bool check(const char *line, int status)
{
    prepare(line);
    run_xl(&run, line);
    if (status != ANY_STATUS && run.status != status)
        fail_msg("xl %s: %d, %s%s", line, run.status, run.out, run.err);
    has_known_status(line);
    if (!*run.out)
        return false;
    status = run.status;
    is_told_of_a_full_disk(line);
    has_json(line, status);
    return true;
}

static void check_sample(const struct sample *sample)
{
    char line[256];
    if (!sample->arguments)
        return;
    snprintf(line, sizeof(line), "%s %s", sample->command, sample->arguments);
    if (check(line, sample->status) == sample->silent)
        fail_msg("xl %s prints%s", line,
                 sample->silent ? ", and is said to be silent" : " nothing");
}

/* By what it says that it takes. */
static void check_by_arguments(const struct xl_command *command)
{
    char line[256];
    size_t length = (size_t)snprintf(line, sizeof(line), "%s", command->name);
    for (int i = 0; i < command->least; i++) {
        if (!strstr(command->arguments, "Domain"))
            fail_msg("xl %s takes %s: there has to be a sample of it", command->name,
                     command->arguments);
        length += (size_t)snprintf(line + length, sizeof(line) - length, " app");
    }
    check(line, XL_OK);
}

static void every_command_that_prints(void **state)
{
    (void)state;
    for (size_t i = 0; xl_commands[i]; i++) {
        unsigned int found = 0;
        for (size_t j = 0; j < SAMPLES; j++) {
            if (strcmp(samples[j].command, xl_commands[i]->name) == 0) {
                check_sample(&samples[j]);
                found++;
            }
        }
        if (!found)
            check_by_arguments(xl_commands[i]);
    }
}

/* What has an exit status that only this command has. */
static const struct {
    const char *command, *line;
    int status;
} special[] = {
    {"policy", "policy --why app domctl_pausedomain control", XL_DENIED},
    {"policy", "policy --can app read control", XL_DENIED},
    {"events", "events --until launched -t 0", XL_NOT_YET},
};

static void statuses_of_one_command(const struct xl_command *command)
{
    for (const struct xl_status *own = command->statuses; own && own->when; own++) {
        bool found = has_status(xl_statuses, own->status);
        for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
            if (strcmp(special[i].command, command->name) || special[i].status != own->status)
                continue;
            prepare("");
            run_xl(&run, special[i].line);
            assert_int_equal(run.status, own->status);
            found = true;
        }
        if (!found)
            fail_msg("xl %s: nothing here ends with status %d", command->name, own->status);
        assert_true(strlen(own->when) <= XL_WHEN_MAX);
    }
}

/* Runs a command with `count` arguments, or with an option that it does not have. */
static int status_with(const struct xl_command *command, const char *option, int count)
{
    char line[256];
    int length = snprintf(line, sizeof(line), "%s %s", command->name, option);
    for (int i = 0; i < count; i++)
        length += snprintf(line + length, sizeof(line) - (size_t)length, " app");
    prepare("");
    run_xl(&run, line);
    return run.status;
}

static void statuses_are_those_of_the_manual(void **state)
{
    (void)state;
    for (size_t i = 0; xl_commands[i]; i++) {
        const struct xl_command *command = xl_commands[i];
        statuses_of_one_command(command);
        assert_int_equal(status_with(command, "--help", 0), XL_OK);
        if (!command->any_options)
            assert_int_equal(status_with(command, "--no-such-option", command->least), XL_USAGE);
        if (command->least > 0)
            assert_int_equal(status_with(command, "", command->least - 1), XL_USAGE);
        if (command->most >= 0)
            assert_int_equal(status_with(command, "", command->most + 1), XL_USAGE);
    }
    run_xl(&run, "no-such-command");
    assert_int_equal(run.status, XL_FAILED);
}

static void texts_are_not_lost(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        is_told_of_a_full_disk(texts[i]);
}

static void samples_are_of_commands(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        const struct xl_command *command = xl_find_command(samples[i].command);
        if (!command || strcmp(command->name, samples[i].command) != 0)
            fail_msg("xl has no command %s", samples[i].command);
    }
}

static void what_was_done_is_a_list(void **state)
{
    (void)state;
    prepare("shutdown -w");
    prints(&run, "shutdown -w --json app",
           "[\n"
           "    {\n"
           "        \"domid\": 2,\n"
           "        \"event\": \"shutting-down\",\n"
           "        \"text\": \"Shutting down domain 2\"\n"
           "    },\n"
           "    {\n"
           "        \"domid\": 2,\n"
           "        \"event\": \"shut-down\",\n"
           "        \"text\": \"Domain 2 has been shut down, reason code 0\"\n"
           "    }\n"
           "]\n");
    run_xl(&run, "shutdown --json nobody");
    assert_int_equal(run.status, XL_FAILED);
    assert_string_equal(run.out, "[\n\n]\n");
    prepare("");
    prints(&run, "shutdown -M --now --json",
           "[\n"
           "    {\n"
           "        \"domid\": null,\n"
           "        \"event\": \"machine-off\",\n"
           "        \"text\": \"The machine is powered off\"\n"
           "    }\n"
           "]\n");
    prints(&run, "domid -j app", "{\n    \"domid\": 2,\n    \"name\": \"app\"\n}\n");
}

static void lines_are_data(void **state)
{
    (void)state;
    prepare("");
    run_xl(&run, "dmesg -j");
    assert_non_null(strstr(run.out, "(XEN) two\""));
    prints(&run, "console --log --json -n 1 app",
           "[\n    {\n        \"text\": \"two\"\n    }\n]\n");
    fails(&run, "console --json app", XL_USAGE, "--json and --xml go with --log or --last.\n");
    run_xl(&run, "help --json shutdown");
    assert_non_null(
        strstr(run.out, "\"help\": \"power off the machine, once its domains have ended\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_that_prints),
        cmocka_unit_test(statuses_are_those_of_the_manual),
        cmocka_unit_test(texts_are_not_lost),
        cmocka_unit_test(samples_are_of_commands),
        cmocka_unit_test(what_was_done_is_a_list),
        cmocka_unit_test(lines_are_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
