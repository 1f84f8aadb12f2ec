/* SPDX-License-Identifier: MIT */
/*
 * A domain's watchdogs, SCHEDOP_watchdog: timers that its kernel sets again and again while all is
 * well. One that runs out shuts the domain down with SHUTDOWN_watchdog, after which on-crash of its
 * tree decides.
 */
#ifndef CORE_WATCHDOG_H
#define CORE_WATCHDOG_H

#include <trefoil/domain.h>

void watchdogs_init(struct domain *domain);
/* For good: none runs out any more. Of a domain whose vcpus do not run. */
void watchdogs_end(struct domain *domain);

/* A new one of `seconds`: its number, from 1 on, or -EINVAL for no time, -ENOSPC when all are in
 * use. */
int watchdog_new(struct domain *domain, uint32_t seconds);
/* Has one begin anew, of `seconds`; 0 lets it go. 0, or -EINVAL when there is no such. */
int watchdog_set(struct domain *domain, uint32_t index, uint32_t seconds);

#endif
