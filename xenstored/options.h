/* SPDX-License-Identifier: MIT */
/* The command line. */
#ifndef XENSTORED_OPTIONS_H
#define XENSTORED_OPTIONS_H

#include <stdbool.h>

#include "store/quota.h"

/* Exit statuses. */
enum {
    EXIT_STATUS_OK = 0,
    EXIT_STATUS_FAILED = 1,     /* out of memory, the loop broke */
    EXIT_STATUS_USAGE = 2,      /* the command line */
    EXIT_STATUS_HYPERVISOR = 3, /* the hypervisor cannot be reached */
    EXIT_STATUS_SOCKET = 4,     /* the socket cannot be made, or another xenstored has it */
};

/* As whom it runs unless it is told otherwise. */
#define XENSTORED_USER "xenstored"

struct options {
    bool foreground;
    bool no_domains;
    bool no_state;
    bool sync;
    unsigned int verbosity;
    const char *user; /* NULL: XENSTORED_USER, if there is such a user */
    const char *pid_file;
    const char *socket;
    const char *trace_file;
    const char *state_file; /* NULL: the state is not kept */
    int live;               /* the stream of a live update to go on from; -1: none */
    int live_check;         /* one that is only to be read; -1: none */
    struct quotas quotas;
    char state_room[256]; /* for the default */
};

/* Parse; returns -1 to go on, or the status to exit with (help, version, a mistake). */
int options_parse(struct options *options, int argc, char **argv);

#endif
