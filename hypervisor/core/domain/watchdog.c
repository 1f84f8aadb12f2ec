/* SPDX-License-Identifier: MIT */
#include "watchdog.h"

#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/journal.h>
#include <trefoil/printk.h>
#include <xen/sched.h>

#define SECOND UINT64_C(1000000000) /* ns */

/* On a CPU of the domain when it was set, which is as good as any. */
static void start(struct domain_watchdog *watchdog)
{
    timer_start(&watchdog->timer, this_pcpu(), arch_now() + watchdog->seconds * SECOND);
}

/* One who is held from outside cannot set it: that time does not count. */
static void expired(void *data)
{
    struct domain_watchdog *watchdog = data;
    struct domain *domain = watchdog->domain;

    spin_lock(&domain->watchdog_lock);

    bool over = watchdog->seconds && domain->life == DOMAIN_ALIVE;
    bool held = atomic_load(&domain->controller_pauses) != 0;

    if (over && held)
        start(watchdog);
    spin_unlock(&domain->watchdog_lock);
    if (!over || held)
        return;
    log_told("%s: its watchdog of %u s has run out", domain->name, watchdog->seconds);
    journal_domain(watchdog, domain, watchdog->seconds);
    domain_shutdown(domain, SHUTDOWN_watchdog);
}

void watchdogs_init(struct domain *domain)
{
    for (unsigned int i = 0; i < DOMAIN_WATCHDOGS; i++) {
        domain->watchdogs[i].domain = domain;
        timer_init(&domain->watchdogs[i].timer, expired, &domain->watchdogs[i]);
    }
}

void watchdogs_end(struct domain *domain)
{
    for (unsigned int i = 0; i < DOMAIN_WATCHDOGS; i++) {
        domain->watchdogs[i].seconds = 0;
        timer_end(&domain->watchdogs[i].timer);
    }
}

int watchdog_new(struct domain *domain, uint32_t seconds)
{
    int result = -ENOSPC;

    if (!seconds)
        return -EINVAL;
    spin_lock(&domain->watchdog_lock);
    for (unsigned int i = 0; i < DOMAIN_WATCHDOGS && result < 0; i++) {
        if (domain->watchdogs[i].seconds)
            continue;
        domain->watchdogs[i].seconds = seconds;
        start(&domain->watchdogs[i]);
        result = (int)i + 1;
    }
    spin_unlock(&domain->watchdog_lock);
    return result;
}

int watchdog_set(struct domain *domain, uint32_t index, uint32_t seconds)
{
    struct domain_watchdog *watchdog = &domain->watchdogs[index % DOMAIN_WATCHDOGS];
    int result = -EINVAL;

    spin_lock(&domain->watchdog_lock);
    if (index < DOMAIN_WATCHDOGS && watchdog->seconds) {
        watchdog->seconds = seconds;
        if (seconds)
            start(watchdog);
        else
            timer_stop(&watchdog->timer);
        result = 0;
    }
    spin_unlock(&domain->watchdog_lock);
    return result;
}
