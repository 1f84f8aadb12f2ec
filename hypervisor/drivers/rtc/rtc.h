/* SPDX-License-Identifier: MIT */
/* Real time clocks: a row of rtc.def a kind. */
#ifndef RTC_H
#define RTC_H

#include <trefoil/types.h>

#define RTC(compatible, seconds) uint64_t seconds(paddr_t base);
#include "rtc.def"
#undef RTC

#endif
