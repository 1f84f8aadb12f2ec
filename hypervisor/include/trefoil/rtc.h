/* SPDX-License-Identifier: MIT */
/* The machine's real time clock, which tells every domain's wall clock until one sets it. */
#ifndef TREFOIL_RTC_H
#define TREFOIL_RTC_H

#include <trefoil/types.h>

/* Seconds since 1970 from the clock whose registers are mapped at base. */
uint64_t rtc_seconds(paddr_t base);

#endif
