/* SPDX-License-Identifier: MIT */
/* Arm PrimeCell real time clock PL031 (DDI 0224C, chapter 3): read once, then it is a guest's. */
#include "rtc.h"

#define RTCDR 0x000U /* seconds since 1970 */

uint64_t pl031_seconds(paddr_t base)
{
    return *(volatile uint32_t *)(base + RTCDR);
}
