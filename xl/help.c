/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <stdlib.h>

#include "data.h"

static const struct libxl_field command_fields[] = {
    XL_FIELD(xl_command, name, POINTER, "name"),
    XL_FIELD(xl_command, arguments, POINTER, "arguments"),
    XL_FIELD(xl_command, summary, POINTER, "summary"),
    {.name = NULL},
};

struct option_row {
    const char *command, *name, *argument, *help;
    char letter[2];
};

static const struct libxl_field option_fields[] = {
    XL_FIELD(option_row, command, POINTER, "command"),
    XL_FIELD(option_row, letter, STRING, "letter"),
    XL_FIELD(option_row, name, POINTER, "name"),
    XL_FIELD(option_row, argument, POINTER, "argument"),
    XL_FIELD(option_row, help, POINTER, "help"),
    {.name = NULL},
};

struct status_row {
    const char *command;
    uint32_t status;
    const char *when;
};

static const struct libxl_field status_fields[] = {
    XL_FIELD(status_row, command, POINTER, "command"),
    XL_FIELD(status_row, status, NUMBER, "status"),
    XL_FIELD(status_row, when, POINTER, "when"),
    {.name = NULL},
};

#define STATUSES_MAX 8 /* of one command */

/* What is printed of commands. */
struct rows {
    struct xl_command *commands;
    struct option_row *options;
    struct status_row *statuses;
    size_t nr_commands, nr_options, nr_statuses;
};

static void add_statuses(struct rows *rows, const char *command, const struct xl_status *statuses)
{
    for (int i = 0; i < STATUSES_MAX && statuses && statuses[i].when; i++)
        rows->statuses[rows->nr_statuses++] =
            (struct status_row){command, (uint32_t)statuses[i].status, statuses[i].when};
}

static void add_command(struct rows *rows, const struct xl_command *command)
{
    rows->commands[rows->nr_commands++] = *command;
    for (const struct xl_option *option = command->options; option && option->letter; option++)
        rows->options[rows->nr_options++] =
            (struct option_row){command->name,
                                option->name ? option->name : "",
                                option->argument ? option->argument : "",
                                option->help,
                                {option->letter, '\0'}};
    add_statuses(rows, command->name, command->statuses);
}

static int print_rows(const struct xl_call *call, const struct rows *rows)
{
    const struct libxl_data lists[] = {
        {"commands", "command", command_fields, rows->commands, rows->nr_commands,
         sizeof(*rows->commands)},
        {"options", "option", option_fields, rows->options, rows->nr_options,
         sizeof(*rows->options)},
        {"statuses", "status", status_fields, rows->statuses, rows->nr_statuses,
         sizeof(*rows->statuses)},
    };
    return xl_print_lists(call, "help", lists, sizeof(lists) / sizeof(lists[0]));
}

/* All commands, or one, their options, and exit statuses: those of any command belong to "". */
static int print_data(const struct xl_call *call, const struct xl_command *only)
{
    size_t most = 1;
    while (xl_commands[most])
        most++;
    struct rows rows = {
        .commands = calloc(most, sizeof(*rows.commands)),
        .options = calloc(most * XL_OPTIONS_MAX, sizeof(*rows.options)),
        .statuses = calloc((most + 1) * STATUSES_MAX, sizeof(*rows.statuses)),
    };
    int status = XL_FAILED;
    if (rows.commands && rows.options && rows.statuses) {
        add_statuses(&rows, "", xl_statuses);
        for (size_t i = 0; xl_commands[i]; i++) {
            if (!only || xl_commands[i] == only)
                add_command(&rows, xl_commands[i]);
        }
        status = print_rows(call, &rows);
    } else {
        xl_fail_with("Out of memory.");
    }
    free(rows.commands);
    free(rows.options);
    free(rows.statuses);
    return status;
}

/* Of all commands: their names, one a line. */
static int print_schema(const struct xl_command *command)
{
    if (command)
        return xl_print_schema(command);
    for (size_t i = 0; xl_commands[i]; i++) {
        if (xl_has_schema(xl_commands[i]))
            printf("%s\n", xl_commands[i]->name);
    }
    return XL_OK;
}

static int run_help(const struct xl_call *call)
{
    const struct xl_command *command = call->argc ? xl_find_command(call->argv[0]) : NULL;
    if (call->argc && !command)
        return xl_no_command(call->argv[0]);
    if (xl_given(call, 'm')) {
        xl_print_manual();
        return XL_OK;
    }
    if (xl_given(call, 'c')) {
        xl_print_completion();
        return XL_OK;
    }
    if (xl_given(call, 'z')) {
        xl_print_zsh_completion();
        return XL_OK;
    }
    if (xl_given(call, 's'))
        return print_schema(command);
    if (xl_wants_data(call, 'j'))
        return print_data(call, command);
    if (!call->argc) {
        xl_print_overview();
        return XL_OK;
    }
    xl_print_command_help(command, NULL);
    return XL_OK;
}

struct version {
    const char *program, *version;
};

static const struct libxl_field version_fields[] = {
    XL_FIELD(version, program, POINTER, "program"),
    XL_FIELD(version, version, POINTER, "version"),
    {.name = NULL},
};

static int run_version(const struct xl_call *call)
{
    static const struct version version = {"xl", PACKAGE_VERSION};
    const struct libxl_data data = {.item = "version", .fields = version_fields, .items = &version};
    if (xl_wants_data(call, 'j'))
        return xl_print_data(call, &data);
    printf("xl (" PACKAGE_NAME ") " PACKAGE_VERSION "\n");
    return XL_OK;
}

static const struct xl_option help_options[] = {
    {'m', "manual", NULL, "print the manual page, for roff"},
    {'c', "completion", NULL, "print what bash completes command lines of xl with"},
    {'z', "zsh", NULL, "print what zsh completes them with"},
    {'s', "schema", NULL,
     "print the JSON schema of what the command prints by --json, or which have one"},
    XL_OPTION_JSON,
    XL_OPTION_XML,
    {0},
};

static const struct libxl_field help_fields[] = {
    XL_FORM_MEMBER(command_fields, "commands", "command"),
    XL_FORM_MEMBER(option_fields, "options", "option"),
    XL_FORM_MEMBER(status_fields, "statuses", "status"),
    {.name = NULL},
};

const struct xl_command xl_command_help = {
    .name = "help",
    .arguments = "[options] [Command]",
    .summary = "List the commands, or say more about one",
    .forms = XL_FORM_OBJECT(help_fields),
    .options = help_options,
    .most = 1,
    .run = run_help,
};

static const struct xl_option version_options[] = {
    XL_OPTION_JSON,
    XL_OPTION_XML,
    {0},
};

const struct xl_command xl_command_version = {
    .name = "version",
    .arguments = "[options]",
    .summary = "Print the version of xl; that of the hypervisor is in 'xl info'",
    .forms = XL_FORM_OBJECT(version_fields),
    .options = version_options,
    .run = run_version,
};
