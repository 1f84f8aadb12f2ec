/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "data.h"

static int run_help(const struct xl_call *call)
{
    if (xl_given(call, 'm')) {
        xl_print_manual();
        return XL_OK;
    }
    if (!call->argc) {
        xl_print_overview();
        return XL_OK;
    }
    const struct xl_command *command = xl_find_command(call->argv[0]);
    if (!command)
        return xl_no_command(call->argv[0]);
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
    const struct xl_data data = {.item = "version", .fields = version_fields, .items = &version};
    if (xl_wants_data(call, 'j'))
        return xl_print_data(call, &data);
    printf("xl (" PACKAGE_NAME ") " PACKAGE_VERSION "\n");
    return XL_OK;
}

static const struct xl_option help_options[] = {
    {'m', "manual", NULL, "print the manual page, for roff"},
    {0},
};

const struct xl_command xl_command_help = {
    .name = "help",
    .arguments = "[Command]",
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
