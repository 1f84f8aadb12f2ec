/* SPDX-License-Identifier: MIT */
#ifndef CORE_SCRUB_H
#define CORE_SCRUB_H

#include <trefoil/types.h>

/* Zeroes whole pages; returns when all are. Takes a lock of its own. */
void scrub_memory(paddr_t start, uint64_t size);
/* For an idle pcpu: does a piece of what somebody is having scrubbed. False when there is none. */
bool scrub_piece(void);
/* Time and amount so far, one line in the log. */
void scrub_log(void);

#endif
