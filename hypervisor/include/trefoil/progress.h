/* SPDX-License-Identifier: MIT */
/* Whether all CPUs make progress, as the machine's watchdog is told: core/progress.c. */
#ifndef TREFOIL_PROGRESS_H
#define TREFOIL_PROGRESS_H

#include <trefoil/types.h>

/* Reads the option watchdog=, and starts the watchdog if it is given. Once, when all CPUs that
 * start have. */
void progress_begin(void);
/* Makes this pcpu hang, to see what comes of it; returns if nothing is watched. */
void progress_hang(const char *who);
/* What to call on the watchdog's interrupt: half of its time is over. data is unused. */
void progress_lost(void *data);

#endif
