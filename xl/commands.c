/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "xl.h"

const struct xl_command *const xl_commands[] = {
#define XL_COMMAND(name) &xl_command_##name,
#include "commands.def"
#undef XL_COMMAND
    NULL,
};

const struct xl_status xl_statuses[] = {
    {XL_OK, "all that was asked for was done"},
    {XL_FAILED, "something was not; standard error says what and why"},
    {XL_USAGE, "it was not used as it should be; nothing was done"},
    {0},
};

const struct xl_command *xl_find_command(const char *name)
{
    const struct xl_command *found = NULL;
    size_t length = strlen(name);
    unsigned int candidates = 0;
    for (size_t i = 0; xl_commands[i]; i++) {
        if (!strcmp(xl_commands[i]->name, name))
            return xl_commands[i];
        if (!strncmp(xl_commands[i]->name, name, length)) {
            found = xl_commands[i];
            candidates++;
        }
    }
    return candidates == 1 ? found : NULL;
}

int xl_no_command(const char *name)
{
    char list[512] = "";
    size_t length = 0;
    for (size_t i = 0; *name && xl_commands[i] && length < sizeof(list); i++) {
        if (!strncmp(xl_commands[i]->name, name, strlen(name)))
            length += (size_t)snprintf(list + length, sizeof(list) - length, "%s%s",
                                       length ? ", " : "", xl_commands[i]->name);
    }
    if (length)
        return xl_fail_with("'%s' is the beginning of several commands: %s.", name, list);
    return xl_fail_with("xl has no command '%s': 'xl help' lists those it has.", name);
}

static void print_option(const struct xl_option *option)
{
    char left[40];
    int length = snprintf(left, sizeof(left), "-%c", option->letter);
    if (option->name)
        length += snprintf(left + length, sizeof(left) - (size_t)length, ", --%s", option->name);
    if (option->argument)
        snprintf(left + length, sizeof(left) - (size_t)length, "%s%s", option->name ? "=" : " ",
                 option->argument);
    printf("%-23s %s\n", left, option->help);
}

void xl_print_command_help(const struct xl_command *command, const char *program)
{
    if (program)
        printf("Usage: %s", program);
    else
        printf("Usage: xl [-vf] %s", command->name);
    printf("%s%s\n\n%s.\n", *command->arguments ? " " : "", command->arguments, command->summary);
    if (command->details)
        printf("%s\n", command->details);
    printf("\nOptions:\n\n");
    for (const struct xl_option *option = command->options; option && option->letter; option++)
        print_option(option);
    printf("%-23s %s\n", "-h, --help", "print this help");
    if (!command->statuses)
        return;
    printf("\nExit status, besides what is common to all commands:\n\n");
    for (const struct xl_status *status = command->statuses; status->when; status++)
        printf("%-23d %s\n", status->status, status->when);
}

void xl_print_overview(void)
{
    printf("Usage: xl [-vf] <subcommand> [args]\n\nxl full list of subcommands:\n\n");
    for (size_t i = 0; xl_commands[i]; i++)
        printf(" %-19s %s\n", xl_commands[i]->name, xl_commands[i]->summary);
    printf("\n'xl help <subcommand>' or 'xl <subcommand> -h' says more about one of them.\n");
}
