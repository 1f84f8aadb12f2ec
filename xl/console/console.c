/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <console_protocol.h>

#include "data.h"
#include "console_kept.h"
#include "console_link.h"
#include "console_lives.h"
#include "console_pump.h"
#include "xl.h"

#define ESCAPE_DEFAULT 0x1d /* Ctrl-] */

#define LINGER_DEFAULT_MS   2000
#define PATIENCE_DEFAULT_MS 60000
#define SECONDS_MAX         86400.0

/* "^]" or a character itself. */
static bool parse_escape(const char *text, char *escape)
{
    size_t length = strlen(text);

    if (length == 1)
        *escape = text[0];
    else if (length == 2 && text[0] == '^' && text[1] >= '@' && text[1] <= 'z')
        *escape = (char)(text[1] & 0x1f);
    else
        return false;
    return true;
}

static bool parse_seconds(const char *text, int *milliseconds)
{
    char *end;
    double seconds = strtod(text, &end);

    if (end == text || *end != '\0' || !(seconds >= 0 && seconds <= SECONDS_MAX))
        return false;
    *milliseconds = (int)(seconds * 1000);
    return true;
}

/* Takes -t and -n, of which there is one value each. */
static int check_choice(const struct xl_call *call)
{
    const char *type = xl_value(call, 't'), *number = xl_value(call, 'n');

    if (type && strcmp(type, "pv") != 0)
        return xl_fail_with("There is no console of type \"%s\": pv is the only one.", type);
    if (number && strcmp(number, "0") != 0)
        return xl_fail_with("There is no console number %s: a domain has one, number 0.", number);
    return XL_OK;
}

/* Takes the number of seconds of an option, if it is given. */
static int read_seconds(const struct xl_call *call, char letter, int *milliseconds)
{
    const char *text = xl_value(call, letter);

    if (text && !parse_seconds(text, milliseconds))
        return xl_fail_with("\"%s\" is no number of seconds.", text);
    return XL_OK;
}

/* Fills in the pump by the options. */
static int read_options(const struct xl_call *call, struct console_pump *pump)
{
    const char *escape = xl_value(call, 'e');

    *pump = (struct console_pump){.in = STDIN_FILENO,
                                  .out = STDOUT_FILENO,
                                  .escape = ESCAPE_DEFAULT,
                                  .linger_ms = LINGER_DEFAULT_MS,
                                  .patience_ms = PATIENCE_DEFAULT_MS};
    if (escape && !parse_escape(escape, &pump->escape))
        return xl_fail_with("\"%s\" is no escape character: say X, or ^X for Ctrl-X.", escape);
    if (check_choice(call) != XL_OK || read_seconds(call, 'l', &pump->linger_ms) != XL_OK)
        return XL_FAILED;
    return read_seconds(call, 'w', &pump->patience_ms);
}

static int report(const struct console_lives *lives, enum console_end end,
                  struct console_link *link)
{
    const char *name = lives->name;

    switch (end) {
    case CONSOLE_END_CONSOLE:
    case CONSOLE_END_CUT:
        console_lives_explain(lives, link);
        fprintf(stderr, "%s: the console has ended%s%s.\n", name, link->reason[0] ? ": " : "",
                link->reason);
        return link->failed || end == CONSOLE_END_CUT ? XL_FAILED : XL_OK;
    case CONSOLE_END_SIGNAL: return xl_fail_with("%s: ended by a signal.", name);
    case CONSOLE_END_OUTPUT: return xl_fail_with("%s: the output could not be written.", name);
    case CONSOLE_END_IGNORED: return xl_fail_with("%s has not read its console's input.", name);
    case CONSOLE_END_DETACHED:
        if (isatty(STDIN_FILENO))
            fprintf(stderr, "\nDetached from %s.\n", name);
        break;
    case CONSOLE_END_INPUT: break;
    }
    return XL_OK;
}

/* How a person leaves: "Ctrl-] detaches." */
static void describe_escape(char escape, char *out, size_t size)
{
    if ((unsigned char)escape < ' ')
        snprintf(out, size, "Ctrl-%c detaches.", escape + '@');
    else
        snprintf(out, size, "'%c' detaches.", escape);
}

/* Attached to the domain's console, until the end. */
static int attend(const char *name, uint32_t domid, struct console_pump *pump,
                  struct console_lives *lives)
{
    bool person = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
    static char hint[32] = " ";
    enum console_end end;
    int status;

    describe_escape(pump->escape, hint + 1, sizeof hint - 1);
    console_lives_begin(lives, name, domid, person ? hint : "");
    pump->next = &lives->next;
    pump->link = console_link_open(xl_context(), domid);
    if (!pump->link)
        return XL_FAILED;
    if (person)
        fprintf(stderr, "Attached to %s;%s\n", name, hint);
    end = console_pump_run(pump);
    status = report(lives, end, pump->link);
    pump->link->ops->close(pump->link);
    return status;
}

/* With --log and --last, -n is how many lines. */
static int run_kept(const struct xl_call *call)
{
    const char *what = xl_given(call, 'L') ? CONSOLE_WHAT_LOG : CONSOLE_WHAT_LAST;
    const char *number = xl_value(call, 'n');
    unsigned long lines = 0;
    char *end = "";

    if (xl_given(call, 'L') && xl_given(call, 'P')) {
        xl_fail_with("Either --log or --last.");
        return XL_USAGE;
    }
    if (number)
        lines = strtoul(number, &end, 10);
    if (number && (*end || number[0] < '0' || number[0] > '9' || lines == 0))
        return xl_fail_with("\"%s\" is no number of lines.", number);
    return console_print_kept(call, what, lines);
}

static int run_console(const struct xl_call *call)
{
    if (xl_given(call, 'L') || xl_given(call, 'P'))
        return run_kept(call);
    if (xl_wants_data(call, 'j')) {
        xl_fail_with("--json and --xml go with --log or --last.");
        return XL_USAGE;
    }

    const char *name = call->argv[0];
    char found[LIBXL_NAME_MAX];
    struct console_pump pump;
    struct console_lives lives;
    uint32_t domid;
    int status = read_options(call, &pump);

    if (status != XL_OK)
        return status;
    if (libxl_domain_find(xl_context(), name, &domid) != LIBXL_OK ||
        libxl_domain_name(xl_context(), domid, found) != LIBXL_OK)
        return xl_fail();
    return attend(name, domid, &pump, &lives);
}

static const struct xl_option options[] = {
    {'t', "type", "TYPE", "the console's type: pv"},
    {'n', "num", "NUMBER",
     "the console's number: 0; with --log and --last, the last lines to print"},
    {'L', "log", NULL, "print the end of the console's log, instead of attaching"},
    {'P', "last", NULL, "print what the console showed at the end of the domain's last life"},
    {'j', "json", NULL, "with --log and --last: print the lines as JSON"},
    {'X', "xml", NULL, "with --log and --last: print the lines as XML"},
    {'e', "escape", "CHARACTER", "what detaches, as ^X or X (default: ^])"},
    {'l', "linger", "SECONDS",
     "input from a pipe: end after so much silence at a prompt (default: 2)"},
    {'w', "wait", "SECONDS", "input from a pipe: end at the latest so long after it (default: 60)"},
    {0},
};

static const struct xl_status statuses[] = {
    {XL_OK, "with input that is no terminal: all of it was read"},
    {XL_FAILED, "so it was not; or the domain has ended for good"},
    {0},
};

const struct xl_command xl_command_console = {
    .name = "console",
    .arguments = "[options] <Domain>",
    .summary = "Attach to a domain's console; Ctrl-] detaches",
    .details =
        "Shows the console's last output first. Several may be attached to one console; all may\n"
        "type.\n"
        "\n"
        "When the input is not a terminal, all of it is typed, and the command ends with status 0\n"
        "when the guest has read it and the console has been silent for a while. Of what was on\n"
        "the console earlier, only the last line is shown then, unless there is no input:\n"
        "    printf 'uname -a\\n' | xl console app\n"
        "A terminal as output is not steered then: what it answers would be typed into something "
        "else.\n"
        "\n"
        "When the domain is started again, or ends to be, the console of its next life is attached "
        "as soon as\n"
        "it runs. Without one, or when all of the input of a pipe had been typed, the command "
        "ends.\n"
        "\n"
        "--log prints up to 1 MiB of the log that xenconsoled writes, --last the last 16 KiB of "
        "the "
        "life before\n"
        "this one, or of one that has ended: why it panicked. Both from control, where the files "
        "are not. What a\n"
        "guest printed is shown without what would steer a terminal.\n"
        "\n"
        "Status 1: no such domain, no console, no daemon, the guest did not read the input or "
        "ended for good\n"
        "before the input of a pipe did, the output could not be written, or a signal.",
    .forms = XL_FORM_LIST(xl_line_fields),
    .options = options,
    .statuses = statuses,
    .least = 1,
    .most = 1,
    .run = run_console,
};
