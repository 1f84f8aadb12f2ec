/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl/fields.h>
#include <xenctl/xenctl.h>

#include "data.h"

#define MAX_TIMEOUT 86400 /* s */

static struct {
    struct libxl_ctx *ctx;
    bool verbose;
    bool forced;
} program;

struct libxl_ctx *xl_context(void)
{
    if (!program.ctx)
        program.ctx = libxl_open();
    if (!program.ctx) {
        fprintf(stderr, "xl: out of memory\n");
        exit(XL_FAILED);
    }
    return program.ctx;
}

bool xl_forced(void)
{
    return program.forced;
}

int xl_fail(void)
{
    fflush(stdout);
    fprintf(stderr, "%s\n", libxl_error(xl_context()));
    struct xc_interface *xc = program.verbose ? libxl_xc(xl_context()) : NULL;
    if (xc && *xc_error(xc))
        fprintf(stderr, "(%s)\n", xc_error(xc));
    return XL_FAILED;
}

int xl_fail_with(const char *format, ...)
{
    char text[1024];
    va_list list;
    fflush(stdout);
    va_start(list, format);
    vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    /* It may name what a device tree, the store or another program said. */
    libxl_make_printable(text, strlen(text), "\n");
    fprintf(stderr, "%s\n", text);
    return XL_FAILED;
}

static int option_index(const struct xl_command *command, int letter)
{
    for (int i = 0; command->options && command->options[i].letter; i++) {
        if (command->options[i].letter == letter)
            return i;
    }
    return -1;
}

bool xl_given(const struct xl_call *call, char letter)
{
    int index = option_index(call->command, letter);
    return index >= 0 && call->given[index];
}

const char *xl_value(const struct xl_call *call, char letter)
{
    int index = option_index(call->command, letter);
    return index >= 0 ? call->value[index] : NULL;
}

const char *xl_next_value(const struct xl_call *call, char letter, int *position)
{
    int index = option_index(call->command, letter);
    while (*position < call->nr_values) {
        int at = (*position)++;
        if (call->values[at].option == index)
            return call->values[at].value;
    }
    return NULL;
}

bool xl_timeout(const struct xl_call *call, int *seconds)
{
    const char *text = xl_value(call, 't');
    char *end;
    if (!text)
        return true;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno || value > MAX_TIMEOUT) {
        xl_fail_with("--timeout takes 0 to %d seconds.", MAX_TIMEOUT);
        return false;
    }
    *seconds = (int)value;
    return true;
}

int xl_for_each(const struct xl_call *call, int (*one)(uint32_t domid))
{
    int status = XL_OK;
    for (int i = 0; i < call->argc; i++) {
        uint32_t domid;
        if (libxl_domain_find(xl_context(), call->argv[i], &domid) != LIBXL_OK)
            status = xl_fail();
        else if (one(domid) != XL_OK)
            status = XL_FAILED;
    }
    return status;
}

/* What getopt_long() takes, made from a command's options and -h. */
struct getopt_tables {
    char letters[2 * XL_OPTIONS_MAX + 3];
    struct option names[XL_OPTIONS_MAX + 2];
};

static void make_tables(const struct xl_command *command, struct getopt_tables *tables)
{
    char *letter = tables->letters;
    struct option *name = tables->names;
    for (int i = 0; command->options && command->options[i].letter && i < XL_OPTIONS_MAX; i++) {
        const struct xl_option *option = &command->options[i];
        *letter++ = option->letter;
        if (option->argument)
            *letter++ = ':';
        if (option->name)
            *name++ =
                (struct option){option->name, option->argument ? required_argument : no_argument,
                                NULL, option->letter};
    }
    *letter = 'h';
    *name = (struct option){"help", no_argument, NULL, 'h'};
}

static int usage_error(const struct xl_command *command, const char *problem)
{
    fprintf(stderr, "'xl %s' %s\n'xl %s -h' says how it is used.\n", command->name, problem,
            command->name);
    return XL_USAGE;
}

static int bad_option(const struct xl_command *command, const char *option)
{
    char problem[80];
    snprintf(problem, sizeof(problem), "cannot make sense of %.40s.", option);
    return usage_error(command, problem);
}

static int check_count(const struct xl_call *call)
{
    const struct xl_command *command = call->command;
    char problem[64];
    if (call->argc < command->least) {
        snprintf(problem, sizeof(problem), "requires at least %d argument%s.", command->least,
                 command->least == 1 ? "" : "s");
        return usage_error(command, problem);
    }
    if (command->most >= 0 && call->argc > command->most) {
        snprintf(problem, sizeof(problem), "takes at most %d argument%s.", command->most,
                 command->most == 1 ? "" : "s");
        return usage_error(command, problem);
    }
    return XL_OK;
}

static bool take_option(struct xl_call *call, int index)
{
    call->given[index] = true;
    call->value[index] = optarg;
    if (!optarg)
        return true;
    if (call->nr_values == XL_VALUES_MAX)
        return false;
    call->values[call->nr_values].option = index;
    call->values[call->nr_values++].value = optarg;
    return true;
}

bool xl_wants_xml(const struct xl_call *call)
{
    return xl_given(call, 'X');
}

/* Nothing is done whose result could not be shown. */
static int run_prepared(const struct xl_call *call)
{
    char why[512];
    int status = check_count(call);
    if (status != XL_OK)
        return status;
    if (xl_wants_xml(call) && !libxl_xml_there(why, sizeof(why)))
        return xl_fail_with("XML takes a part of xl that cannot be loaded: %s\n"
                            "JSON does without it.",
                            why);
    if (!call->command->tells)
        return call->command->run(call);
    xl_tell_begin(call);
    return xl_tell_end(call->command->run(call));
}

/* `name`: that it is called by, if not xl's. */
static int run_command(const struct xl_command *command, const char *name, int argc, char **argv)
{
    struct getopt_tables tables = {0};
    struct xl_call call = {.command = command};
    make_tables(command, &tables);
    optind = 0;
    for (;;) {
        int letter = getopt_long(argc, argv, tables.letters, tables.names, NULL);
        if (letter == -1)
            break;
        if (letter == 'h') {
            xl_print_command_help(command, name);
            return XL_OK;
        }
        int index = option_index(command, letter);
        if (index < 0 && command->any_options)
            continue;
        if (index < 0)
            return bad_option(command, argv[optind - 1]);
        if (!take_option(&call, index))
            return usage_error(command, "has too many options.");
    }
    call.argc = argc - optind;
    call.argv = argv + optind;
    return run_prepared(&call);
}

/* Options before the command; those of Xen's xl that mean nothing here are accepted. */
static int global_options(int argc, char **argv, bool *help, bool *version)
{
    static const struct option names[] = {
        {"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, 'V'}, {0}};
    int letter;
    optind = 0;
    opterr = 0;
    while ((letter = getopt_long(argc, argv, "+vfNtTh", names, NULL)) != -1) {
        switch (letter) {
        case 'V': *version = true; break;
        case 'v': program.verbose = true; break;
        case 'f': program.forced = true; break;
        case 'h': *help = true; break;
        case '?':
            xl_fail_with("xl has no option %s before the command; 'xl help' says what there is.",
                         argv[optind > 1 ? optind - 1 : 1]);
            return -1;
        default: break;
        }
    }
    return optind;
}

const struct xl_other_name xl_other_names[] = {
    {"xentop", &xl_command_top},
    {NULL, NULL},
};

static const struct xl_other_name *find_by_program(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const struct xl_other_name *other = xl_other_names;
    while (other->name && strcmp(name, other->name) != 0)
        other++;
    return other->name ? other : NULL;
}

static int dispatch(int argc, char **argv)
{
    bool help = false, version = false;
    const struct xl_other_name *other = argc ? find_by_program(argv[0]) : NULL;
    if (other)
        return run_command(other->command, other->name, argc, argv);
    int first = global_options(argc, argv, &help, &version);
    if (first < 0)
        return XL_USAGE;
    if (version && !help)
        return xl_command_version.run(&(struct xl_call){.command = &xl_command_version});
    if (help || first >= argc) {
        xl_print_overview();
        return help ? XL_OK : XL_FAILED;
    }
    const struct xl_command *command = xl_find_command(argv[first]);
    if (!command)
        return xl_no_command(argv[first]);
    return run_command(command, NULL, argc - first, argv + first);
}

int xl_main(int argc, char **argv)
{
    int status = dispatch(argc, argv);
    if (fflush(stdout) || ferror(stdout)) {
        fprintf(stderr, "xl: the output could not be written\n");
        status = XL_FAILED;
    }
    libxl_close(program.ctx);
    memset(&program, 0, sizeof(program));
    return status;
}
