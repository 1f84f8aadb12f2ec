/* SPDX-License-Identifier: MIT */
/* The machine's hardware watchdog, which resets it unless it is fed; see drivers/. What core does
 * with it is in arch.h. */
#ifndef TREFOIL_WATCHDOG_H
#define TREFOIL_WATCHDOG_H

#include <trefoil/machine.h>
#include <trefoil/types.h>

/* From here on it can be started. The registers are mapped; `frequency` is that of the counter, in
 * Hz. Without a compatible string there is none. */
void watchdog_init(const struct machine_watchdog *watchdog, uint64_t frequency);

#endif
