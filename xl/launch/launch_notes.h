/* SPDX-License-Identifier: MIT */
/* Messages of a report. */
#ifndef XL_LAUNCH_NOTES_H
#define XL_LAUNCH_NOTES_H

#include <trefoil/launch.h>

#include "launch.h"

/* At most so many notes are of the plan itself. */
#define LAUNCH_MAX_NOTES (LAUNCH_MAX_DOMAINS + 3)

/* One more message of the lowest severity; there must be room. */
void launch_add_note(struct launch_report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* On a board that lacks a role: what that means for it, and for its domains' consoles. */
void launch_add_notes(const struct launch_plan *plan, struct launch_report *report);

#endif
