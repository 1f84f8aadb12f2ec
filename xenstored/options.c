/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <xenstore.h>

#include "live/live_update.h"
#include "options.h"
#include "store/number.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unversioned"
#endif

enum {
    OPTION_NO_DOMAINS = 256,
    OPTION_SOCKET,
    OPTION_STATE,
    OPTION_NO_STATE,
    OPTION_SYNC,
    OPTION_USER,
    OPTION_LIVE,
    OPTION_LIVE_CHECK
};

/* Beside the socket. */
#define STATE_NAME "state"

static const struct option long_options[] = {
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {"nofork", no_argument, NULL, 'D'},
    {"no-fork", no_argument, NULL, 'D'},
    {"pid-file", required_argument, NULL, 'F'},
    {"socket", required_argument, NULL, OPTION_SOCKET},
    {"state-file", required_argument, NULL, OPTION_STATE},
    {"no-state", no_argument, NULL, OPTION_NO_STATE},
    {"fsync", no_argument, NULL, OPTION_SYNC},
    {"user", required_argument, NULL, OPTION_USER},
    {"trace-file", required_argument, NULL, 'T'},
    {"quota", required_argument, NULL, 'Q'},
    {"entry-nb", required_argument, NULL, 'E'},
    {"entry-size", required_argument, NULL, 'S'},
    {"watch-nb", required_argument, NULL, 'W'},
    {"transaction", required_argument, NULL, 't'},
    {"perm-nb", required_argument, NULL, 'A'},
    {"path-max", required_argument, NULL, 'M'},
    {"verbose", no_argument, NULL, 'v'},
    {"no-domains", no_argument, NULL, OPTION_NO_DOMAINS},
    {LIVE_OPTION, required_argument, NULL, OPTION_LIVE},
    {LIVE_CHECK_OPTION, required_argument, NULL, OPTION_LIVE_CHECK},
    {NULL, 0, NULL, 0},
};

/* Xen's single-quota options, by letter. */
static const struct {
    int letter;
    const char *quota;
} quota_letters[] = {
    {'E', "nodes"},        {'S', "node-size"},   {'W', "watches"},
    {'t', "transactions"}, {'A', "permissions"}, {'M', "path-max"},
};

static void usage(FILE *out)
{
    fprintf(out,
            "Usage: xenstored [OPTIONS]\n"
            "\n"
            "  -D, --nofork             stay in the foreground, log to stderr\n"
            "  -F, --pid-file FILE      write the process id there\n"
            "      --socket PATH        listen there (%s)\n"
            "      --state-file FILE    what outlives xenstored (the file \"" STATE_NAME
            "\" beside the socket)\n"
            "      --no-state           begin anew each time\n"
            "      --fsync              answer once the disk has it, too\n"
            "      --user NAME          become that user (" XENSTORED_USER ", if there is one);\n"
            "                           its group may connect, besides root\n"
            "  -T, --trace-file FILE    append every message to FILE\n"
            "  -v, --verbose            log more; may be repeated\n"
            "      --no-domains         serve the socket only, without a hypervisor\n"
            "  -Q, --quota NAME=VALUE   limit of each unprivileged domain, see below\n"
            "  -E, -S, -W, -t, -A, -M   Xen's --entry-nb, --entry-size, --watch-nb,\n"
            "                           --transaction, --perm-nb and --path-max\n"
            "  -V, --version            show the version\n"
            "  -h, --help               show this\n"
            "\n"
            "Quotas:\n",
            xs_daemon_socket());
    for (int i = 0; i < QUOTA_COUNT; i++)
        fprintf(out, "  %-18s %8u  %s\n", quota_descriptions[i].name, quota_descriptions[i].initial,
                quota_descriptions[i].what);
    fprintf(out,
            "\n"
            "Without -D it returns when the socket answers and all domains are introduced.\n"
            "Exit status: 0 success, 1 failure, 2 wrong usage, 3 no hypervisor, 4 no socket.\n");
}

static bool set_by_letter(struct quotas *quotas, int letter, const char *value)
{
    char assignment[64];

    for (size_t i = 0; i < sizeof(quota_letters) / sizeof(quota_letters[0]); i++) {
        if (quota_letters[i].letter != letter)
            continue;
        snprintf(assignment, sizeof(assignment), "%s=%s", quota_letters[i].quota, value);
        return quota_assign(quotas, assignment);
    }
    return false;
}

static int set_descriptor(int *fd, const char *text)
{
    unsigned long value;

    if (parse_number(text, INT_MAX, &value)) {
        *fd = (int)value;
        return -1;
    }
    fprintf(stderr, "xenstored: not a descriptor: %s\n", text);
    return EXIT_STATUS_USAGE;
}

/* One option; -1 to go on. */
static int parse_option(struct options *options, int option)
{
    switch (option) {
    case 'h': usage(stdout); return EXIT_STATUS_OK;
    case 'V': puts("xenstored (Trefoil) " PACKAGE_VERSION); return EXIT_STATUS_OK;
    case 'D': options->foreground = true; return -1;
    case 'v': options->verbosity++; return -1;
    case OPTION_NO_DOMAINS: options->no_domains = true; return -1;
    case 'F': options->pid_file = optarg; return -1;
    case OPTION_SOCKET: options->socket = optarg; return -1;
    case OPTION_STATE: options->state_file = optarg; return -1;
    case OPTION_NO_STATE: options->no_state = true; return -1;
    case OPTION_USER: options->user = optarg; return -1;
    case OPTION_SYNC: options->sync = true; return -1;
    case 'T': options->trace_file = optarg; return -1;
    case OPTION_LIVE: return set_descriptor(&options->live, optarg);
    case OPTION_LIVE_CHECK: return set_descriptor(&options->live_check, optarg);
    case '?': return EXIT_STATUS_USAGE;
    default: break;
    }
    if (option == 'Q' ? quota_assign(&options->quotas, optarg)
                      : set_by_letter(&options->quotas, option, optarg))
        return -1;
    fprintf(stderr, "xenstored: no such quota, or not a number: %s\n", optarg);
    return EXIT_STATUS_USAGE;
}

/* The state of domains is of use; without any, only on request. */
static void choose_state(struct options *options)
{
    const char *slash = strrchr(options->socket, '/');
    int directory = slash ? (int)(slash - options->socket) + 1 : 0;

    if (options->no_state)
        options->state_file = NULL;
    if (options->no_state || options->state_file || options->no_domains)
        return;
    if (snprintf(options->state_room, sizeof(options->state_room), "%.*s%s", directory,
                 options->socket, STATE_NAME) < (int)sizeof(options->state_room))
        options->state_file = options->state_room;
}

int options_parse(struct options *options, int argc, char **argv)
{
    int option, status;

    memset(options, 0, sizeof(*options));
    options->live = options->live_check = -1;
    quotas_init(&options->quotas);
    options->socket = xs_daemon_socket();
    while ((option = getopt_long(argc, argv, "hVDvF:T:Q:E:S:W:t:A:M:", long_options, NULL)) != -1) {
        status = parse_option(options, option);
        if (status >= 0)
            return status;
    }
    if (optind != argc) {
        fprintf(stderr, "xenstored: what is \"%s\"?\n", argv[optind]);
        return EXIT_STATUS_USAGE;
    }
    choose_state(options);
    return -1;
}
