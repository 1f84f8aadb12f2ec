/* SPDX-License-Identifier: MIT */
/* The manual page, docs/man/xl.1: what is fixed of it, and the commands from their table. */
#include <stdio.h>

#include "xl.h"

static const char head[] =
    "'\\\" t\n"
    ".\\\" SPDX-License-Identifier: MIT\n"
    ".\\\" Made by `xl help --manual`; do not edit.\n"
    ".TH XL 1 \"Trefoil\"\n"
    ".SH NAME\n"
    "xl \\- look after the domains of this machine\n"
    ".SH SYNOPSIS\n"
    ".B xl\n"
    "[\\fB\\-v\\fR] [\\fB\\-f\\fR] \\fICOMMAND\\fR [\\fIARGUMENT\\fR]...\n"
    ".SH DESCRIPTION\n"
    ".B xl\n"
    "shows and controls the domains that the hypervisor runs.\n"
    "Its commands and what they print are those of Xen's\n"
    ".BR xl ,\n"
    "so that scripts written for it work; a command may be shortened as far as it stays "
    "unambiguous.\n"
    ".PP\n"
    "A domain is named by its name or its id.\n"
    "Names are what the device tree said at boot, asked of the hypervisor; where that does not "
    "tell\n"
    "them, they come from xenstore.\n"
    "Where nothing is called Domain\\-0, that is domain 0. What a classic one does is shared out\n"
    "among several domains here, so that scripts that end \"all but Domain\\-0\" must not go by\n"
    ".B xl list\n"
    "but say\n"
    ".BR \"xl shutdown \\-\\-all\" ,\n"
    "which spares every domain with a role.\n"
    ".PP\n"
    "What a domain may do depends on the roles that the device tree gave it:\n"
    ".B xl policy\n"
    "prints the table.\n"
    "What is denied is reported with the role that it would take.\n"
    "In a domain that is not Linux's initial Xen domain the module xen\\-privcmd must be loaded "
    "with\n"
    ".BR unrestricted=1 .\n"
    ".SH OPTIONS\n"
    "Before the command:\n"
    ".TP\n"
    ".B \\-v\n"
    "With an error message, say also which hypercall failed.\n"
    ".TP\n"
    ".B \\-f\n"
    "Force: see the command\n"
    ".BR destroy .\n"
    ".TP\n"
    ".BR \\-N ,\\  \\-t ,\\  \\-T\n"
    "Accepted for scripts written for Xen, without effect.\n"
    ".SH COMMANDS\n";

static const char table[] = ".SH EXIT STATUS\n"
                            "Of several domains the others are dealt with where one cannot be.\n"
                            ".TS\n"
                            "l l.\n";

static const char tail[] =
    ".TE\n"
    ".SH ENVIRONMENT\n"
    ".TP\n"
    ".B TREFOIL_TRANSPORT\n"
    "How the hypervisor is reached:\n"
    ".B kernel\n"
    "(the default), by the devices in /dev/xen;\n"
    ".BI twin: SOCKET\\fR,\n"
    "a\n"
    ".BR hvtwin (8).\n"
    ".TP\n"
    ".B TREFOIL_DOMAIN\n"
    "With a twin: the domain, by name or number, that xl acts as; control by default.\n"
    ".TP\n"
    ".B XENSTORED_PATH\n"
    "The xenstore socket, /run/xenstored/socket by default; where there is none, /dev/xen/xenbus.\n"
    ".SH FILES\n"
    ".TP\n"
    ".B PREFIX/lib/trefoil/xl\\-xml.so\n"
    "What writes and reads XML, by libxml2. It is loaded only when XML is asked for, and need not\n"
    "be there.\n"
    ".TP\n"
    ".B PREFIX/lib/trefoil/xl\\-http.so\n"
    "What answers by HTTP for\n"
    ".BR \"xl metrics \\-\\-listen\" ,\n"
    "by libmicrohttpd; neither need this be there.\n"
    ".TP\n"
    ".B PREFIX/lib/trefoil/xl\\-terminal.so\n"
    "What fills the screen for xl top, by ncurses; likewise.\n"
    ".TP\n"
    ".B PREFIX/share/doc/trefoil/schema/COMMAND.json\n"
    "The JSON schema of what COMMAND prints by \\-\\-json; json.md beside that folder says what "
    "is\n"
    "promised.\n"
    ".SH SEE ALSO\n"
    ".BR xenstore (1),\n"
    ".BR hvtwin (8),\n"
    ".BR xenconsoled (8),\n"
    ".BR xenstored (8)\n";

/* Text with the characters that roff takes for its own escaped. */
static void put(const char *text)
{
    bool line_start = true;
    for (; *text; text++) {
        if (line_start && (*text == '.' || *text == '\''))
            printf("\\&");
        if (*text == '-')
            printf("\\-");
        else if (*text == '\\')
            printf("\\e");
        else
            putchar(*text);
        line_start = *text == '\n';
    }
}

static void put_option(const struct xl_option *option)
{
    printf(".TP\n\\fB\\-%c\\fR", option->letter);
    if (option->name) {
        printf(", \\fB\\-\\-");
        put(option->name);
        printf("\\fR");
    }
    if (option->argument) {
        printf("%s\\fI", option->name ? "=" : " ");
        put(option->argument);
        printf("\\fR");
    }
    printf("\n");
    put(option->help);
    printf("\n");
}

static void put_command(const struct xl_command *command)
{
    printf(".SS ");
    put(command->name);
    printf(" ");
    put(command->arguments);
    printf("\n");
    put(command->summary);
    printf(".\n");
    if (command->details) {
        printf(".PP\n.nf\n");
        put(command->details);
        printf("\n.fi\n");
    }
    for (const struct xl_option *option = command->options; option && option->letter; option++)
        put_option(option);
}

/* A line of the table for each. */
static void put_statuses(const char *command, const struct xl_status *statuses)
{
    for (; statuses && statuses->when; statuses++) {
        put(command);
        printf(" %d\t", statuses->status);
        put(statuses->when);
        printf("\n");
    }
}

void xl_print_manual(void)
{
    fputs(head, stdout);
    for (size_t i = 0; xl_commands[i]; i++)
        put_command(xl_commands[i]);
    fputs(table, stdout);
    put_statuses("any command", xl_statuses);
    for (size_t i = 0; xl_commands[i]; i++)
        put_statuses(xl_commands[i]->name, xl_commands[i]->statuses);
    fputs(tail, stdout);
}
