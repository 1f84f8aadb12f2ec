/* SPDX-License-Identifier: MIT */
#ifndef CORE_SCRUB_H
#define CORE_SCRUB_H

#include <trefoil/types.h>

/* Zeroes whole pages; returns when all are. Pcpus with nothing else to do help. */
void scrub_memory(paddr_t start, uint64_t size);
/* For the log: so many bytes were scrubbed, in so long (ns). */
void scrub_note(uint64_t size, uint64_t time);
/* Time and amount so far, one line in the log. */
void scrub_log(void);

#endif
