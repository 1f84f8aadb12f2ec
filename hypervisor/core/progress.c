/* SPDX-License-Identifier: MIT */
/*
 * The machine's watchdog is fed while all its CPUs make progress. Each pcpu in turn has to run a
 * timer, out of its guest or out of its sleep, and hands it on to the next one; the last one feeds.
 * So one that is stuck in the hypervisor, or gone, leaves the watchdog unfed.
 */
#include <trefoil/progress.h>

#include <trefoil/arch.h>
#include <trefoil/options.h>
#include <trefoil/pcpu.h>
#include <trefoil/printk.h>
#include <trefoil/sched.h>
#include <trefoil/string.h>
#include <trefoil/timer.h>

#define SECOND UINT64_C(1000000000) /* ns */
/* A machine that ends takes three seconds for its last lines (console/console_uart.c). */
#define LEAST 5UL    /* s */
#define MOST  3600UL /* s */
/* Rounds in the time that the watchdog has: it is fed well before its interrupt, at half of it. */
#define ROUNDS 4U

static struct {
    struct timer turn;
    uint64_t round;          /* ns */
    _Atomic unsigned int at; /* the pcpu whose turn it is */
    bool running;
} progress;

static unsigned int next_online(unsigned int from)
{
    for (unsigned int id = from + 1; id < nr_pcpus; id++) {
        if (online_pcpus() >> id & 1)
            return id;
    }
    return 0;
}

static void hand_on(void)
{
    unsigned int cpus = (unsigned int)__builtin_popcountll(online_pcpus());

    unsigned int next = next_online(progress.at);

    progress.at = next;
    timer_start(&progress.turn, pcpus[next], arch_now() + progress.round / cpus);
}

static void take_turn(void *data)
{
    (void)data;
    if (next_online(progress.at) == 0)
        watchdog_feed();
    hand_on();
}

/* 0: there is nothing to be watched. */
static unsigned long wanted(void)
{
    char value[16], *end;
    unsigned long seconds;

    if (!option_value("watchdog", value, sizeof(value)))
        return 0;
    seconds = strtoul(value, &end, 10);
    if (value[0] >= '0' && value[0] <= '9' && !*end && seconds >= LEAST && seconds <= MOST)
        return seconds;
    log_warning("watchdog=%s: not a number of seconds from %lu to %lu; nothing is watched", value,
                LEAST, MOST);
    return 0;
}

void progress_begin(void)
{
    unsigned long seconds = wanted(), set;

    if (!seconds)
        return;
    set = watchdog_start(seconds);
    if (!set) {
        log_warning("watchdog=%lu: this machine has no watchdog that we know", seconds);
        return;
    }
    if (set < seconds)
        log_warning("watchdog=%lu: this one counts no further than %lu", seconds, set);
    log_info("the machine is reset when a CPU makes no progress for %lu s", set);
    if (!progress.running)
        timer_init(&progress.turn, take_turn, NULL);
    progress.running = true;
    progress.round = set * SECOND / ROUNDS;
    hand_on();
}

void progress_hang(const char *who)
{
    if (!progress.running) {
        log_warning("%s asked for a CPU that hangs (debug key W), but nothing is watched", who);
        return;
    }
    log_warning("%s asked for a CPU that hangs (debug key W)", who);
    for (;;)
        cpu_relax();
}

void progress_lost(void *data)
{
    (void)data;
    panic("watchdog: pcpu%u makes no progress", atomic_load(&progress.at));
}
