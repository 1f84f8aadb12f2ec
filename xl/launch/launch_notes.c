/* SPDX-License-Identifier: MIT */
/* What is no mistake in a tree, and yet not what one might expect of it. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl/libxl.h>
#include <xen/bootfdt.h>

#include "launch_notes.h"

void launch_add_message(struct launch_report *report, enum launch_severity severity,
                        const char *format, ...)
{
    static const char *const names[] = {
        [LAUNCH_ERROR] = "error", [LAUNCH_WARNING] = "warning", [LAUNCH_NOTE] = "note"};
    struct launch_message_row *rows =
        realloc(report->messages, (report->nr_messages + 1) * sizeof(*rows));
    struct launch_message_row *row = rows ? &rows[report->nr_messages] : NULL;
    va_list list;

    report->errors |= severity == LAUNCH_ERROR;
    report->incomplete |= !rows;
    if (!rows)
        return;
    report->messages = rows;
    report->nr_messages++;
    va_start(list, format);
    vsnprintf(row->text, sizeof(row->text), format, list);
    va_end(list);
    libxl_make_printable(row->text, strlen(row->text), "");
    row->severity = names[severity];
}

static bool has_role(const struct launch_plan *plan, uint32_t role)
{
    for (unsigned int i = 0; i < plan->nr_domains; i++)
        if (plan->domains[i].roles & role)
            return true;
    return false;
}

/* The roles that a board can do without, and what it then does without. */
static const struct {
    uint32_t role;
    const char *text;
} without[] = {
    {DOMAIN_CAPS_CONTROL,
     "/chosen: no domain has the control capability (1): nobody pauses, ends or restarts others, "
     "and xl console has no place to run; consoles are reached by the machine's UART alone (Ctrl-a "
     "three times)"},
    {DOMAIN_CAPS_HARDWARE, "/chosen: no domain has the hardware capability (2): nobody has the "
                           "machine's devices or serves "
                           "disks and networks"},
    {DOMAIN_CAPS_XENSTORE,
     "/chosen: no domain has the xenstore capability (4): there is no store, and xl shutdown and "
     "xl console have nothing to ask by"},
};

/*
 * hvc0 of a domain that is not the hardware domain is read by xenconsoled, which runs in the
 * hardware domain, or without one in the xenstore domain.
 */
static void note_silent(const struct launch_plan *plan, struct launch_report *report)
{
    if (has_role(plan, DOMAIN_CAPS_HARDWARE | DOMAIN_CAPS_XENSTORE))
        return;
    for (unsigned int i = 0; i < plan->nr_domains; i++)
        if (!plan->domains[i].virtual_uart)
            launch_add_message(report, LAUNCH_NOTE,
                               "%s: vpl011: not there, and nobody reads a PV console (hvc0): what "
                               "this domain prints is seen nowhere",
                               plan->domains[i].path);
        else if (plan->domains[i].enhanced != LAUNCH_ENHANCED_NONE)
            launch_add_message(report, LAUNCH_NOTE,
                               "%s: nobody reads its PV console (hvc0): its console is the vpl011 "
                               "(Linux: console=ttyAMA0)",
                               plan->domains[i].path);
}

void launch_add_notes(const struct launch_plan *plan, struct launch_report *report)
{
    if (!plan->nr_domains)
        return;
    for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++)
        if (!has_role(plan, without[i].role))
            launch_add_message(report, LAUNCH_NOTE, "%s", without[i].text);
    note_silent(plan, report);
}
