/* SPDX-License-Identifier: MIT */
/* The domains that xenstore knows, and the console of each that has one. */
#ifndef XENCONSOLED_DOMAINS_H
#define XENCONSOLED_DOMAINS_H

#include <stdbool.h>

#include "daemon.h"

struct domain {
    domid_t domid;
    uint64_t unique; /* tells it from an earlier one of the same id; 0: not known */
    bool control;    /* its clients may ask for consoles */
    bool gone;       /* kept until its clients have read the rest */
    struct console *console;
    struct domain *next;
};

/* Sets the watches that report everything below. Due after each (re)connection to xenstored.
 * 0 or a negative errno value. */
int domains_watch(struct daemon *daemon);

/* Looks which domains came, ended or went, if an event has said that some did. */
void domains_scan(struct daemon *daemon);

/* Acts on one event of a watch. */
void domains_event(struct daemon *daemon, const char *path, const char *token);

/* The console of a domain, or what CONSOLE_WHAT_ says of it; NULL with the reason why there is
 * none. */
struct console *domains_console(struct daemon *daemon, unsigned int domid, const char *what,
                                const char **reason);
/* The file of a domain's log; NULL: none is written. Until the domain is reaped. */
const char *domains_log_path(struct daemon *daemon, unsigned int domid);

/* Frees the domains that have gone and whose clients have left; true when some have not. */
bool domains_reap(struct daemon *daemon);

void domains_reopen_logs(struct daemon *daemon);
void domains_free(struct daemon *daemon);

#endif
