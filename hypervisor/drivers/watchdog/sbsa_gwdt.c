/* SPDX-License-Identifier: MIT */
/*
 * The generic watchdog of Arm's Base System Architecture (Arm DEN 0094, appendix on the generic
 * watchdog; before, Arm DEN 0029). Once the counter has passed WCV = counter + WOR it raises WS0,
 * an interrupt, and sets WCV once more; the next time WS1, a reset. Any write of WRR, WOR or WCS
 * begins anew.
 */
#include "watchdog.h"

/* The order of the frames in the binding arm,sbsa-gwdt. */
#define CONTROL 0
#define REFRESH 1

#define WRR    0x000U /* in the refresh frame */
#define WCS    0x000U
#define WOR    0x008U
#define WOR_HI 0x00cU /* from version 1 on: bits 32 to 47 */
#define W_IIDR 0xfccU

#define WCS_EN             (1U << 0)
#define W_IIDR_VERSION(id) ((id) >> 16 & 0xf)
#define WOR_MAX(version)   ((version) == 0 ? UINT64_C(0xffffffff) : UINT64_C(0xffffffffffff))

static void write_register(const struct machine_watchdog *watchdog, unsigned int frame,
                           unsigned int offset, uint32_t value)
{
    *(volatile uint32_t *)(watchdog->reg[frame].start + offset) = value;
}

/* Load-acquire: Cortex-A57's erratum 832075. */
static uint32_t version_of(const struct machine_watchdog *watchdog)
{
    paddr_t id = watchdog->reg[CONTROL].start + W_IIDR;

    return W_IIDR_VERSION(__atomic_load_n((volatile uint32_t *)id, __ATOMIC_ACQUIRE));
}

static void sbsa_stop(const struct machine_watchdog *watchdog)
{
    write_register(watchdog, CONTROL, WCS, 0);
}

static uint64_t sbsa_start(const struct machine_watchdog *watchdog, uint64_t ticks)
{
    uint32_t version = version_of(watchdog);
    uint64_t half = ticks / 2;

    if (half > WOR_MAX(version))
        half = WOR_MAX(version);
    sbsa_stop(watchdog);
    write_register(watchdog, CONTROL, WOR, (uint32_t)half);
    if (version != 0)
        write_register(watchdog, CONTROL, WOR_HI, (uint32_t)(half >> 32));
    write_register(watchdog, CONTROL, WCS, WCS_EN);
    return 2 * half;
}

static void sbsa_feed(const struct machine_watchdog *watchdog)
{
    write_register(watchdog, REFRESH, WRR, 0);
}

const struct watchdog_driver sbsa_watchdog_driver = {
    .start = sbsa_start,
    .feed = sbsa_feed,
    .stop = sbsa_stop,
};
