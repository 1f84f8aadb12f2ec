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

/* All commands, or one, and their options. */
static int print_data(const struct xl_call *call, const struct xl_command *only)
{
    size_t nr_commands = 0, nr_options = 0, most = 0;
    while (xl_commands[most])
        most++;
    struct xl_command *commands = calloc(most + 1, sizeof(*commands));
    struct option_row *rows = calloc(most * XL_OPTIONS_MAX + 1, sizeof(*rows));
    for (size_t i = 0; commands && rows && xl_commands[i]; i++) {
        if (only && xl_commands[i] != only)
            continue;
        commands[nr_commands++] = *xl_commands[i];
        for (const struct xl_option *option = xl_commands[i]->options; option && option->letter;
             option++)
            rows[nr_options++] = (struct option_row){xl_commands[i]->name,
                                                     option->name ? option->name : "",
                                                     option->argument ? option->argument : "",
                                                     option->help,
                                                     {option->letter, '\0'}};
    }
    const struct libxl_data lists[] = {
        {"commands", "command", command_fields, commands, nr_commands, sizeof(*commands)},
        {"options", "option", option_fields, rows, nr_options, sizeof(*rows)},
    };
    int status =
        commands && rows ? xl_print_lists(call, "help", lists, 2) : xl_fail_with("Out of memory.");
    free(commands);
    free(rows);
    return status;
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
    if (xl_wants_data(call, 'j'))
        return print_data(call, command);
    if (!call->argc) {
        xl_print_overview();
        return XL_OK;
    }
    xl_print_command_help(command);
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
    XL_OPTION_JSON,
    XL_OPTION_XML,
    {0},
};

const struct xl_command xl_command_help = {
    .name = "help",
    .arguments = "[options] [Command]",
    .summary = "List the commands, or say more about one",
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
    .options = version_options,
    .run = run_version,
};
