/* SPDX-License-Identifier: MIT */
/* How the machine ends, core/power.c: by panic() (<trefoil/printk.h>), or because somebody asks. */
#ifndef TREFOIL_POWER_H
#define TREFOIL_POWER_H

#include <trefoil/types.h>

enum power_action {
    POWER_WAIT, /* all CPUs stop, nothing else happens */
    POWER_OFF,
    POWER_RESET,
};

/* Reads the option panic=. Until then a panic powers off: the next start would come to the same. */
void power_init(void);

/*
 * From here on this pcpu is alone: the others are stopped, and the console takes no lock. Whoever
 * comes second stops here; a pcpu that comes again, because it panics on its way, ends the machine
 * at once. In a hurry only the end of what waits for the UART comes out.
 */
void power_stop_others(bool hurry);
/* The end, after power_stop_others() and the last lines: lets them out, does what panic= says. */
_Noreturn void power_panic(void);
/* Ends the machine in good order, with a last line in the log. From any context. */
_Noreturn void power_end(enum power_action action);
/* A panic that somebody who may asked for, to see what comes of it. */
_Noreturn void power_provoke(const char *who);

#endif
