/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <console_protocol.h>

#include "options.h"

#define HISTORY_KIB_MIN  4
#define HISTORY_KIB_MAX  1024
#define LOG_SIZE_KIB_MAX (1u << 22)
#define LOG_KEEP_MAX     99

typedef bool option_setter(struct options *options, const char *argument);

static bool set_help(struct options *options, const char *argument)
{
    (void)argument;
    options->help = true;
    return true;
}

static bool set_version(struct options *options, const char *argument)
{
    (void)argument;
    options->version = true;
    return true;
}

static bool set_interactive(struct options *options, const char *argument)
{
    (void)argument;
    options->interactive = true;
    return true;
}

static bool set_verbose(struct options *options, const char *argument)
{
    (void)argument;
    options->verbose = true;
    return true;
}

static bool set_replace_escape(struct options *options, const char *argument)
{
    (void)argument;
    options->replace_escape = true;
    return true;
}

static bool parse_choice(unsigned int *choice, const char *argument)
{
    static const char *const names[] = {
        [LOG_NONE] = "none", [LOG_GUEST] = "guest", [LOG_HYPERVISOR] = "hv", [LOG_ALL] = "all"};

    for (unsigned int i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(argument, names[i]) == 0) {
            *choice = i;
            return true;
        }
    }
    return false;
}

static bool set_log(struct options *options, const char *argument)
{
    return parse_choice(&options->log, argument);
}

static bool set_timestamp(struct options *options, const char *argument)
{
    return parse_choice(&options->timestamp, argument);
}

static bool parse_number(unsigned long *number, const char *argument, unsigned long least,
                         unsigned long most)
{
    char *end;

    errno = 0;
    *number = strtoul(argument, &end, 10);
    return errno == 0 && argument[0] >= '0' && argument[0] <= '9' && *end == '\0' &&
           *number >= least && *number <= most;
}

/* KiB, as bytes. */
static bool parse_kib(uint64_t *bytes, const char *argument, unsigned long least)
{
    unsigned long kib;

    if (!parse_number(&kib, argument, least, LOG_SIZE_KIB_MAX))
        return false;
    *bytes = (uint64_t)kib * 1024;
    return true;
}

static bool set_log_size(struct options *options, const char *argument)
{
    return parse_kib(&options->log_size, argument, 0);
}

static bool set_log_keep(struct options *options, const char *argument)
{
    unsigned long count;

    if (!parse_number(&count, argument, 0, LOG_KEEP_MAX))
        return false;
    options->log_keep = (unsigned int)count;
    return true;
}

static bool set_log_rate(struct options *options, const char *argument)
{
    return parse_kib(&options->log_rate, argument, 0);
}

static bool set_log_burst(struct options *options, const char *argument)
{
    return parse_kib(&options->log_burst, argument, 1);
}

static bool set_history(struct options *options, const char *argument)
{
    unsigned long kib;

    if (!parse_number(&kib, argument, HISTORY_KIB_MIN, HISTORY_KIB_MAX))
        return false;
    options->history = kib * 1024;
    return true;
}

static bool set_log_dir(struct options *options, const char *argument)
{
    options->log_dir = argument;
    return true;
}

static bool set_pid_file(struct options *options, const char *argument)
{
    options->pid_file = argument;
    return true;
}

static bool set_socket(struct options *options, const char *argument)
{
    options->socket = argument;
    return true;
}

static bool set_user(struct options *options, const char *argument)
{
    options->user = argument;
    return true;
}

static const struct row {
    const char *name;
    int character;
    const char *argument;
    option_setter *set;
    const char *help;
} rows[] = {
#define OPTION(name, character, argument, set, help) {name, character, argument, set, help},
#include "options.def"
#undef OPTION
};

#define ROWS       (sizeof rows / sizeof rows[0])
#define FIRST_CODE 256 /* getopt's value for row i is FIRST_CODE + i */

void options_print_help(void)
{
    printf("usage: xenconsoled [OPTION]...\n"
           "Serves the consoles of the domains and logs them and the hypervisor's log.\n\n");
    for (size_t i = 0; i < ROWS; i++) {
        char shown[64], letter[8] = "    ";

        if (rows[i].character)
            snprintf(letter, sizeof letter, "-%c, ", rows[i].character);
        snprintf(shown, sizeof shown, "%s--%s%s%s", letter, rows[i].name,
                 rows[i].argument ? "=" : "", rows[i].argument ? rows[i].argument : "");
        printf("  %-36s %s\n", shown, rows[i].help);
    }
}

static const struct row *find_row(int code)
{
    if (code >= FIRST_CODE)
        return &rows[code - FIRST_CODE];
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].character == code)
            return &rows[i];
    return NULL;
}

static void build_tables(struct option *table, char *letters)
{
    for (size_t i = 0; i < ROWS; i++) {
        table[i] = (struct option){rows[i].name, rows[i].argument ? required_argument : no_argument,
                                   NULL, FIRST_CODE + (int)i};
        if (rows[i].character)
            *letters++ = (char)rows[i].character;
        if (rows[i].character && rows[i].argument)
            *letters++ = ':';
    }
    *letters = '\0';
}

bool options_parse(struct options *options, int argc, char **argv)
{
    struct option table[ROWS + 1] = {{0}};
    char letters[2 * ROWS + 1];
    int code;

    *options = (struct options){.log = LOG_ALL,
                                .log_dir = "/var/log/xen/console",
                                .log_size = 1024 * 1024,
                                .log_keep = 4,
                                .log_rate = 2 * 1024,
                                .log_burst = 256 * 1024,
                                .history = 16 * 1024,
                                .pid_file = "/run/xen/xenconsoled.pid",
                                .socket = CONSOLE_SOCKET_DEFAULT};
    build_tables(table, letters);
    while ((code = getopt_long(argc, argv, letters, table, NULL)) != -1) {
        const struct row *row = code == '?' ? NULL : find_row(code);

        if (!row)
            return false;
        if (!row->set(options, optarg)) {
            fprintf(stderr, "xenconsoled: --%s: \"%s\" is not %s\n", row->name, optarg,
                    row->argument);
            return false;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "xenconsoled: unexpected argument \"%s\"\n", argv[optind]);
        return false;
    }
    return true;
}
