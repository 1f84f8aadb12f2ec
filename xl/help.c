/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "xl.h"

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
        return xl_fail_with("xl has no command '%s': 'xl help' lists those it has.", call->argv[0]);
    xl_print_command_help(command);
    return XL_OK;
}

static int run_version(const struct xl_call *call)
{
    (void)call;
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

const struct xl_command xl_command_version = {
    .name = "version",
    .arguments = "",
    .summary = "Print the version of xl; that of the hypervisor is in 'xl info'",
    .run = run_version,
};
