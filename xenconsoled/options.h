/* SPDX-License-Identifier: MIT */
#ifndef XENCONSOLED_OPTIONS_H
#define XENCONSOLED_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_choice { LOG_NONE = 0, LOG_GUEST = 1, LOG_HYPERVISOR = 2, LOG_ALL = 3 };

struct options {
    unsigned int log;       /* enum log_choice, a mask */
    unsigned int timestamp; /* the same */
    const char *log_dir;
    uint64_t log_size;     /* bytes, 0: no bound */
    unsigned int log_keep; /* renamed logs that are kept */
    uint64_t log_rate;     /* bytes a second of a guest, 0: no bound */
    uint64_t log_burst;    /* bytes */
    size_t history;        /* bytes a console */
    const char *pid_file;
    const char *socket;
    const char *user; /* NULL: CONSOLE_USER, if there is such a user */
    bool replace_escape;
    bool interactive;
    bool verbose;
    bool help;
    bool version;
};

/* Fills `options` from the command line; false after a message on stderr. */
bool options_parse(struct options *options, int argc, char **argv);
void options_print_help(void);

#endif
