/* SPDX-License-Identifier: MIT */
/* Hardware watchdogs: a row of watchdog.def a kind. Registers are mapped one to one at EL2. */
#ifndef WATCHDOG_H
#define WATCHDOG_H

#include <trefoil/machine.h>
#include <trefoil/types.h>

struct watchdog_driver {
    /*
     * Unless it is fed, the machine is reset so many ticks of the system counter from now on; its
     * interrupt is raised when half of them are over. What it is set to: less where it cannot count
     * so far.
     */
    uint64_t (*start)(const struct machine_watchdog *watchdog, uint64_t ticks);
    void (*feed)(const struct machine_watchdog *watchdog);
    void (*stop)(const struct machine_watchdog *watchdog);
};

#define WATCHDOG(compatible, driver) extern const struct watchdog_driver driver;
#include "watchdog.def"
#undef WATCHDOG

#endif
