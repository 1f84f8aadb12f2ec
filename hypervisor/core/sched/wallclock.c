/* SPDX-License-Identifier: MIT */
#include "wallclock.h"
#include <trefoil/spinlock.h>

#define SECOND UINT64_C(1000000000) /* ns */

static spinlock_t clock_lock;
static uint64_t boot_seconds; /* the wall clock when arch_now() was 0 */
static uint32_t boot_nanoseconds;

/*
 * Under clock_lock. The version is odd while the fields change. What a domain finds is the wall
 * clock at its own start: to that Linux adds the time since then, and not what the counter
 * says.
 */
static void publish(struct domain *domain)
{
    struct shared_info *shared = domain->shared_info;
    uint64_t nanoseconds = boot_nanoseconds + domain->launched_at;
    /* The offset may be any: it wraps around. */
    uint64_t seconds = boot_seconds + nanoseconds / SECOND + (uint64_t)domain->time_offset_seconds;
    uint32_t version = __atomic_load_n(&shared->wc_version, __ATOMIC_RELAXED) | 1;

    __atomic_store_n(&shared->wc_version, version, __ATOMIC_RELAXED);
    smp_wmb();
    shared->wc_sec = (uint32_t)seconds;
    shared->wc_sec_hi = (uint32_t)(seconds >> 32);
    shared->wc_nsec = (uint32_t)(nanoseconds % SECOND);
    smp_wmb();
    __atomic_store_n(&shared->wc_version, version + 1, __ATOMIC_RELAXED);
}

void wallclock_publish(struct domain *domain)
{
    spin_lock(&clock_lock);
    publish(domain);
    spin_unlock(&clock_lock);
}

static void publish_all(void)
{
    struct domain *domain;
    unsigned int id = 0;

    while ((domain = domain_get_from(id)) != NULL) {
        wallclock_publish(domain);
        id = domain->id + 1U;
        domain_put(domain);
    }
}

uint64_t wallclock_at_start(void)
{
    uint64_t start;

    spin_lock(&clock_lock);
    start = boot_seconds * SECOND + boot_nanoseconds;
    spin_unlock(&clock_lock);
    return start;
}

void wallclock_set(uint64_t seconds, uint32_t nanoseconds, uint64_t system_time)
{
    uint64_t up_seconds = system_time / SECOND, up_rest = system_time % SECOND;

    spin_lock(&clock_lock);
    boot_seconds = seconds - up_seconds;
    if (nanoseconds < up_rest) {
        boot_seconds--;
        nanoseconds += (uint32_t)SECOND;
    }
    boot_nanoseconds = nanoseconds - (uint32_t)up_rest;
    spin_unlock(&clock_lock);
    publish_all();
}
