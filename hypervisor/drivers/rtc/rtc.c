/* SPDX-License-Identifier: MIT */
#include "rtc.h"
#include <trefoil/rtc.h>
#include <trefoil/string.h>

static const struct {
    const char *compatible;
    uint64_t (*seconds)(paddr_t base);
} drivers[] = {
#define RTC(compatible, seconds) {compatible, seconds},
#include "rtc.def"
#undef RTC
};

uint64_t rtc_seconds(const struct machine_rtc *rtc)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(drivers); i++)
        if (strcmp(drivers[i].compatible, rtc->compatible) == 0)
            return drivers[i].seconds(rtc->reg.start);
    return 0;
}
