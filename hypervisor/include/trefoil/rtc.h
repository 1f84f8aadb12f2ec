/* SPDX-License-Identifier: MIT */
/* The machine's real time clock, which tells every domain's wall clock until one sets it. */
#ifndef TREFOIL_RTC_H
#define TREFOIL_RTC_H

#include <trefoil/machine.h>
#include <trefoil/types.h>

/* Seconds since 1970. The registers are mapped, at their host physical address. */
uint64_t rtc_seconds(const struct machine_rtc *rtc);

#endif
