/* SPDX-License-Identifier: MIT */
/*
 * What can be read of consoles that nobody writes to any more: of each domain the last life's end,
 * and log files. Clients attach as to any console, and are let go of when they have had all of it.
 */
#ifndef XENCONSOLED_KEPT_H
#define XENCONSOLED_KEPT_H

#include "console.h"

/* Takes over the console of a domain that is gone; one of its earlier lives is freed. */
void kept_take(struct daemon *daemon, struct console *console);

/* The end of the domain's last life; NULL, and *reason says why. */
struct console *kept_last(struct daemon *daemon, unsigned int domid, const char **reason);

/* The last MiB of the domain's log file, for one client to attach to now. NULL, and *reason. */
struct console *kept_log(struct daemon *daemon, unsigned int domid, const char **reason);

/* Frees what was read for clients that have left. */
void kept_reap(struct daemon *daemon);
void kept_free(struct daemon *daemon);

#endif
