/* SPDX-License-Identifier: MIT */
#include "watchdog.h"
#include <trefoil/arch.h>
#include <trefoil/string.h>
#include <trefoil/watchdog.h>

static const struct {
    const char *compatible;
    const struct watchdog_driver *driver;
} drivers[] = {
#define WATCHDOG(compatible, driver) {compatible, &driver},
#include "watchdog.def"
#undef WATCHDOG
};

static struct {
    const struct watchdog_driver *driver; /* NULL: there is none */
    const struct machine_watchdog *watchdog;
    uint64_t frequency; /* Hz */
} found;

void watchdog_init(const struct machine_watchdog *watchdog, uint64_t frequency)
{
    for (unsigned int i = 0; watchdog->compatible != NULL && i < ARRAY_SIZE(drivers); i++) {
        if (strcmp(drivers[i].compatible, watchdog->compatible) == 0)
            found.driver = drivers[i].driver;
    }
    found.watchdog = watchdog;
    found.frequency = frequency;
}

unsigned long watchdog_start(unsigned long seconds)
{
    if (found.driver == NULL)
        return 0;
    return found.driver->start(found.watchdog, seconds * found.frequency) / found.frequency;
}

void watchdog_feed(void)
{
    if (found.driver != NULL)
        found.driver->feed(found.watchdog);
}

void watchdog_stop(void)
{
    if (found.driver != NULL)
        found.driver->stop(found.watchdog);
}
