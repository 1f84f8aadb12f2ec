/* SPDX-License-Identifier: MIT */
/* Messages of a report. */
#ifndef XL_LAUNCH_NOTES_H
#define XL_LAUNCH_NOTES_H

#include <trefoil/launch.h>

#include "launch.h"

enum launch_severity { LAUNCH_ERROR, LAUNCH_WARNING, LAUNCH_NOTE };

/* One more message. */
void launch_add_message(struct launch_report *report, enum launch_severity severity,
                        const char *format, ...) __attribute__((format(printf, 3, 4)));
/* On a board that lacks a role: what that means for it, and for its domains' consoles. */
void launch_add_notes(const struct launch_plan *plan, struct launch_report *report);
/* launch_options.c: what boot says of the hypervisor's command line. */
void launch_check_options(const struct machine *machine, const struct launch_plan *plan,
                          struct launch_report *report);

#endif
