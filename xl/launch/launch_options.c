/* SPDX-License-Identifier: MIT */
/* The hypervisor's command line, and what is said of it at boot, in the same words. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <trefoil/policy.h>

#include "launch_notes.h"

#define VALUE_MAX      64
#define DELAY_MAX      3600
#define WATCHDOG_LEAST 5
#define WATCHDOG_MOST  3600

struct option_check {
    const struct machine *machine;
    const struct launch_plan *plan;
    struct launch_report *report;
};

/* A number in decimal digits and nothing else. */
static bool parse_seconds(const char *text, unsigned long least, unsigned long most)
{
    char *end;
    unsigned long number;

    errno = 0;
    number = strtoul(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && !errno && number >= least && number <= most;
}

static void check_policy(const struct option_check *check, const char *value)
{
    enum policy_id policy;

    if (*value && !policy_from_name(value, &policy))
        launch_add_message(check->report, LAUNCH_WARNING,
                           "command line: xsm=%s: there is no such policy, only dummy, silo and "
                           "split",
                           value);
}

static void check_panic(const struct option_check *check, const char *value)
{
    static const char *const actions[] = {"wait", "poweroff", "reset"};
    size_t length = strcspn(value, ",");
    bool known = !value[length] || parse_seconds(value + length + 1, 0, DELAY_MAX), found = false;

    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
        found |= strlen(actions[i]) == length && !strncmp(actions[i], value, length);
    if (!known || !found)
        launch_add_message(check->report, LAUNCH_WARNING,
                           "panic=%s: not reset, poweroff or wait, nor that with ,SECONDS; it is "
                           "reset",
                           value);
}

static void check_watchdog(const struct option_check *check, const char *value)
{
    if (!parse_seconds(value, WATCHDOG_LEAST, WATCHDOG_MOST))
        launch_add_message(check->report, LAUNCH_WARNING,
                           "watchdog=%s: not a number of seconds from %d to %d; nothing is "
                           "watched",
                           value, WATCHDOG_LEAST, WATCHDOG_MOST);
    else if (!check->machine->watchdog.compatible)
        launch_add_message(check->report, LAUNCH_WARNING,
                           "watchdog=%s: this machine has no watchdog that we know", value);
}

static void check_focus(const struct option_check *check, const char *value)
{
    if (!strcmp(value, "hypervisor"))
        return;
    for (unsigned int i = 0; i < check->plan->nr_domains; i++)
        if (!strcmp(check->plan->domains[i].name, value))
            return;
    launch_add_message(check->report, LAUNCH_WARNING,
                       "console-focus=%s: there is no such domain with a console", value);
}

static void check_nothing(const struct option_check *check, const char *value)
{
    (void)check;
    (void)value;
}

/* The first row of a name counts: those whose values are looked at, then all there are. */
static const struct {
    const char *name;
    bool alone; /* also without a value */
    void (*check)(const struct option_check *check, const char *value);
} options[] = {
    {"xsm", false, check_policy},
    {"panic", false, check_panic},
    {"watchdog", false, check_watchdog},
    {"console-focus", false, check_focus},
#define OPTION(name, values, absent, meaning) {name, false, check_nothing},
#include "../../hypervisor/core/options.def"
#undef OPTION
#define XEN_OPTION(name, values, meaning) {name, true, check_nothing},
#include "../../hypervisor/core/options_xen.def"
#undef XEN_OPTION
};

/* `word` is of `length` characters. */
static void check_word(const struct option_check *check, const char *word, size_t length)
{
    char value[VALUE_MAX];

    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        size_t name = strlen(options[i].name), rest = length - name - 1;

        if (length < name || strncmp(word, options[i].name, name) != 0 ||
            !(word[name] == '=' || (length == name && options[i].alone)))
            continue;
        if (length == name)
            return;
        rest = rest < sizeof(value) ? rest : sizeof(value) - 1;
        memcpy(value, word + name + 1, rest);
        value[rest] = '\0';
        options[i].check(check, value);
        return;
    }
    launch_add_message(check->report, LAUNCH_WARNING, "command line: nobody knows the option %.*s",
                       (int)length, word);
}

void launch_check_options(const struct machine *machine, const struct launch_plan *plan,
                          struct launch_report *report)
{
    const struct option_check check = {.machine = machine, .plan = plan, .report = report};
    const char *word = machine->command_line;

    while (*(word += strspn(word, " "))) {
        size_t length = strcspn(word, " ");

        check_word(&check, word, length);
        word += length;
    }
    if (machine->command_line_cut)
        launch_add_message(report, LAUNCH_WARNING,
                           "command line: longer than %d characters, and not read from there on",
                           MACHINE_COMMAND_LINE - 1);
}
