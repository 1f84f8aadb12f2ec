/* SPDX-License-Identifier: MIT */
/* The wall clock: read from the RTC at boot; the hardware domain, which then has the RTC, sets it
 * for all. */
#ifndef CORE_WALLCLOCK_H
#define CORE_WALLCLOCK_H

#include <trefoil/core.h>
#include <trefoil/domain.h>

/* Writes it into the shared info page of a domain. */
void wallclock_publish(struct domain *domain);
/* When arch_now() was 0, in ns since 1970; 0 when nobody has said what the time is. */
uint64_t wallclock_at_start(void);

#endif
