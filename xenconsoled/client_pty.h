/* SPDX-License-Identifier: MIT */
/*
 * A console's pseudo terminal, for Xen's own console client and for terminal programs. It counts
 * as attached while somebody has it open; several readers share one stream, as with any terminal.
 */
#ifndef XENCONSOLED_CLIENT_PTY_H
#define XENCONSOLED_CLIENT_PTY_H

#include "daemon.h"

struct console;

/* Prepares for noticing who opens the terminals. 0 or a negative errno value. */
int pty_setup(struct daemon *daemon);
void pty_cleanup(struct daemon *daemon);

/* Makes the console's terminal if it has none. 0 or a negative errno value. */
int pty_open(struct console *console);
/* Closes it; its readers see a hang-up. */
void pty_close(struct console *console);
/* Path of the terminal, NULL without one. */
const char *pty_path(const struct console *console);

#endif
