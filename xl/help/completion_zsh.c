/* SPDX-License-Identifier: MIT */
/* packaging/completion/_xl, for zsh: what is fixed of it, and the commands from their table. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "xl.h"

static const char head[] = "# SPDX-License-Identifier: MIT\n"
                           "# Made by `xl help --zsh`; do not edit.\n"
                           "\n"
                           "# The names in the first column, without its heading.\n"
                           "_xl_domains() {\n"
                           "    local -a names\n"
                           "    names=(${${${(f)\"$(_call_program domains ${(q)_xl_program} list "
                           "2>/dev/null)\"}[2,-1]}%% *})\n"
                           "    _describe -t domains domain names\n"
                           "}\n"
                           "\n"
                           "# _xl_of COMMAND: what may follow it.\n"
                           "_xl_of() {\n"
                           "    case $1 in\n";

static const char middle[] = "    *) _message 'xl has no such command' ;;\n"
                             "    esac\n"
                             "}\n"
                             "\n"
                             "_xl_commands() {\n"
                             "    local -a commands\n"
                             "    commands=(\n";

static const char tail[] = "    )\n"
                           "    _describe -t commands command commands\n"
                           "}\n"
                           "\n"
                           "_xl() {\n"
                           "    local curcontext=$curcontext state line _xl_program=$words[1]\n"
                           "    case ${words[1]:t} in\n";

static const char end[] = "    esac\n"
                          "    typeset -A opt_args\n"
                          "    _arguments -C \\\n"
                          "        '-v[say also which hypercall failed]' \\\n"
                          "        '-f[force]' \\\n"
                          "        '(- :)'{-h,--help}'[list the commands]' \\\n"
                          "        '(- :)--version[print the version of xl]' \\\n"
                          "        '1:command:_xl_commands' \\\n"
                          "        '*::argument:->arguments'\n"
                          "    [[ $state != arguments ]] || _xl_of $words[1]\n"
                          "}\n"
                          "\n"
                          "_xl \"$@\"\n";

/* What arguments are called, and what completes them. */
static const struct {
    const char *named, *action;
} actions[] = {
    {"DomainId", " "},  {"Domain", "_xl_domains"},   {"Subject", "_xl_domains"},
    {"File", "_files"}, {"Command", "_xl_commands"},
};

/* Within quotes, and within the brackets or before the colons of _arguments and _describe. */
static void put_quoted(const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            printf("'\\''");
        else if (strchr("[]:\\", *text))
            printf("\\%c", *text);
        else
            putchar(*text == '\n' ? ' ' : *text);
    }
}

static void put_value(const char *argument)
{
    if (!argument)
        return;
    putchar(':');
    put_quoted(argument);
    printf(":%s", strstr(argument, "DOMAIN") ? "_xl_domains" : "_files");
}

/* One that takes a value may come several times. */
static void put_option(const struct xl_option *option)
{
    printf(" \\\n            ");
    if (option->argument)
        printf("'*'");
    else if (option->name)
        printf("'(-%c --%s)'", option->letter, option->name);
    if (option->name)
        printf("{-%c%s,--%s%s}'[", option->letter, option->argument ? "+" : "", option->name,
               option->argument ? "=" : "");
    else
        printf("'-%c%s[", option->letter, option->argument ? "+" : "");
    put_quoted(option->help);
    putchar(']');
    put_value(option->argument);
    putchar('\'');
}

/* "check|make [options] <File>...": words to choose from come first. */
static void put_arguments(const struct xl_command *command)
{
    const char *at = command->arguments, *action = " ";
    if (command->most == 0)
        return;
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        if (!strstr(command->arguments, actions[i].named))
            continue;
        action = actions[i].action;
        break;
    }
    if (islower((unsigned char)*at)) {
        printf(" \\\n            '1:word:(");
        for (; islower((unsigned char)*at) || *at == '|'; at++)
            putchar(*at == '|' ? ' ' : *at);
        printf(")'");
    }
    printf(" \\\n            '%s:argument:%s'", command->most == 1 ? "1" : "*", action);
}

static void put_command(const struct xl_command *command)
{
    printf("    %s)\n        _arguments -s", command->name);
    for (const struct xl_option *option = command->options; option && option->letter; option++)
        put_option(option);
    printf(" \\\n            '(- : *)'{-h,--help}'[print this help]'");
    put_arguments(command);
    printf("\n        ;;\n");
}

void xl_print_zsh_completion(void)
{
    printf("#compdef xl");
    for (const struct xl_other_name *other = xl_other_names; other->name; other++)
        printf(" %s", other->name);
    printf("\n");
    fputs(head, stdout);
    for (size_t i = 0; xl_commands[i]; i++)
        put_command(xl_commands[i]);
    fputs(middle, stdout);
    for (size_t i = 0; xl_commands[i]; i++) {
        printf("        '%s:", xl_commands[i]->name);
        put_quoted(xl_commands[i]->summary);
        printf("'\n");
    }
    fputs(tail, stdout);
    for (const struct xl_other_name *other = xl_other_names; other->name; other++)
        printf("    %s) _xl_of %s; return ;;\n", other->name, other->command->name);
    fputs(end, stdout);
}
