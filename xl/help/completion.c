/* SPDX-License-Identifier: MIT */
/* packaging/completion/xl, for bash: what is fixed of it, and the commands from their table. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "xl.h"

static const char head[] = "# SPDX-License-Identifier: MIT\n"
                           "# Made by `xl help --completion`; do not edit.\n"
                           "# shellcheck shell=bash disable=SC2207\n"
                           "\n"
                           "# _xl_of COMMAND: sets options to those it has; values to those of "
                           "them that take one, and of_domains\n"
                           "# to those that take a domain; arguments to what else it takes, "
                           "domains, files and commands, or words.\n"
                           "_xl_of() {\n"
                           "    options='-h --help' values='' of_domains='' arguments=''\n"
                           "    case $1 in\n";

static const char tail[] =
    "    *) return 1 ;;\n"
    "    esac\n"
    "}\n"
    "\n"
    "_xl_domains() {\n"
    "    local name rest\n"
    "    \"$1\" list 2>/dev/null | { read -r rest; while read -r name rest; do echo \"$name\"; "
    "done; }\n"
    "}\n"
    "\n"
    "# _xl_offer KIND WORD: what of that kind begins with WORD.\n"
    "_xl_offer() {\n"
    "    local words=$1\n"
    "    case $1 in\n"
    "    files) compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -f -- \"$2\")); return ;;\n"
    "    domains) words=$(_xl_domains \"${COMP_WORDS[0]}\") ;;\n"
    "    commands) words=$_xl_commands ;;\n"
    "    esac\n"
    "    COMPREPLY+=($(compgen -W \"$words\" -- \"$2\"))\n"
    "}\n"
    "\n"
    "_xl() {\n"
    "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command='' at "
    "kind\n"
    "    local options values of_domains arguments\n"
    "    COMPREPLY=()\n"
    "    command=$(_xl_by_name \"${COMP_WORDS[0]##*/}\")\n"
    "    for ((at = 1; at < COMP_CWORD; at++)); do\n"
    "        [ -z \"$command\" ] || break\n"
    "        [[ ${COMP_WORDS[at]} == -* ]] || command=${COMP_WORDS[at]}\n"
    "    done\n"
    "    if [ -z \"$command\" ]; then\n"
    "        if [[ $word == -* ]]; then _xl_offer '-v -f -h --help --version' \"$word\"; else "
    "_xl_offer commands \"$word\"; fi\n"
    "        return\n"
    "    fi\n"
    "    _xl_of \"$command\" || return\n"
    "    # bash takes --option=value for three words.\n"
    "    [ \"$word\" != = ] || { before='=' word=''; }\n"
    "    [ \"$before\" != = ] || before=${COMP_WORDS[COMP_CWORD - 1 - (${#word} > 0)]}\n"
    "    if [[ \" $of_domains \" == *\" $before \"* ]]; then\n"
    "        _xl_offer domains \"$word\"\n"
    "    elif [[ \" $values \" == *\" $before \"* ]]; then\n"
    "        _xl_offer files \"$word\"\n"
    "    elif [[ $word == -* ]]; then\n"
    "        _xl_offer \"$options\" \"$word\"\n"
    "    else\n"
    "        for kind in $arguments; do\n"
    "            _xl_offer \"$kind\" \"$word\"\n"
    "        done\n"
    "    fi\n"
    "}\n"
    "complete -F _xl xl";

/* What arguments are called, and what that is. */
static const struct {
    const char *named, *kind;
} kinds[] = {
    {"DomainId", ""},  {"Domain", "domains"},   {"Subject", "domains"},
    {"File", "files"}, {"Command", "commands"},
};

static void put_options(const struct xl_option *option, bool (*wanted)(const struct xl_option *))
{
    for (; option && option->letter; option++) {
        if (!wanted(option))
            continue;
        printf(" -%c", option->letter);
        if (option->name)
            printf(" --%s", option->name);
    }
}

static bool is_any(const struct xl_option *option)
{
    (void)option;
    return true;
}

static bool has_value(const struct xl_option *option)
{
    return option->argument;
}

static bool takes_domain(const struct xl_option *option)
{
    return option->argument && strstr(option->argument, "DOMAIN");
}

/* "check|make [options] <File>...": words to choose from at the beginning, then kinds. */
static void put_arguments(const char *arguments)
{
    for (const char *at = arguments; islower((unsigned char)*at) || *at == '|'; at++)
        putchar(*at == '|' ? ' ' : *at);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (!strstr(arguments, kinds[i].named))
            continue;
        printf(" %s", kinds[i].kind);
        return;
    }
}

static void put_command(const struct xl_command *command)
{
    printf("    %s)\n        options+='", command->name);
    put_options(command->options, is_any);
    printf("' values='");
    put_options(command->options, has_value);
    printf("'\n        of_domains='");
    put_options(command->options, takes_domain);
    printf("' arguments='");
    if (command->most != 0)
        put_arguments(command->arguments);
    printf("'\n        ;;\n");
}

void xl_print_completion(void)
{
    fputs(head, stdout);
    for (size_t i = 0; xl_commands[i]; i++)
        put_command(xl_commands[i]);
    fputs(tail, stdout);
    for (const struct xl_other_name *other = xl_other_names; other->name; other++)
        printf(" %s", other->name);
    printf("\n\n# _xl_by_name PROGRAM: the command that it is.\n_xl_by_name() {\n    case $1 in\n");
    for (const struct xl_other_name *other = xl_other_names; other->name; other++)
        printf("    %s) echo %s ;;\n", other->name, other->command->name);
    printf("    esac\n}\n_xl_commands='");
    for (size_t i = 0; xl_commands[i]; i++)
        printf("%s%s", i ? " " : "", xl_commands[i]->name);
    printf("'\n");
}
