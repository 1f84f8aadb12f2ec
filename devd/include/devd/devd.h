/* SPDX-License-Identifier: MIT */
/*
 * The backends' daemon, `xl devd`: it does in its own domain what a device needs that stands in
 * xenstore, so that the kernel's backends can serve it. What it has done is in xenstore and in the
 * kernel: it keeps nothing that its successor would not find there.
 */
#ifndef DEVD_DEVD_H
#define DEVD_DEVD_H

#include <stdbool.h>
#include <stddef.h>

struct devd_options {
    const char *root;     /* "" but in tests: where /dev, /sys and /proc are looked for */
    const char *pid_file; /* NULL: none */
    const char *log_file; /* NULL: stderr */
    bool foreground;
    bool make_bridges; /* a bridge that is not there is made */
};

enum devd_end {
    DEVD_OK,
    DEVD_RUNNING, /* there is another */
    DEVD_FAILED,  /* with a line on stderr */
};

/* Serves until it is told to end by SIGTERM or SIGINT; in the background it returns once the daemon
 * serves, or could not. */
enum devd_end devd_run(const struct devd_options *options);

#endif
