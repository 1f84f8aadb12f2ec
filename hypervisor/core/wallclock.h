/* SPDX-License-Identifier: MIT */
/* The wall clock: the hardware domain, which has the RTC, sets it for all. */
#ifndef CORE_WALLCLOCK_H
#define CORE_WALLCLOCK_H

#include <trefoil/domain.h>

/* Seconds and nanoseconds since 1970 at the moment when arch_now() was system_time. */
void wallclock_set(uint64_t seconds, uint32_t nanoseconds, uint64_t system_time);
/* Writes it into the shared info page of a domain. */
void wallclock_publish(struct domain *domain);

#endif
