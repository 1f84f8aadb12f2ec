/* SPDX-License-Identifier: MIT */
/*
 * Filling memory with zeroes, in pieces that pcpus with nothing else to do take too. One job at a
 * time; who brought it works on it until it is done.
 */
#include "scrub.h"
#include <stdatomic.h>
#include <trefoil/arch.h>
#include <trefoil/pcpu.h>
#include <trefoil/printk.h>
#include <trefoil/spinlock.h>

#define PIECE (UINT64_C(2) << 20) /* bytes */

static struct {
    spinlock_t lock; /* who has brought the job; outside nothing */
    _Atomic uint64_t next, end;
    _Atomic unsigned int workers; /* inside a piece */
    _Atomic uint64_t pages, time; /* all so far; ns */
} scrub;

bool scrub_piece(void)
{
    bool found = false;
    uint64_t start, end;

    /* Counted before looking, so that nobody thinks the job is done while a piece is in work. */
    atomic_fetch_add(&scrub.workers, 1);
    end = atomic_load(&scrub.end);
    if (atomic_load(&scrub.next) < end) {
        start = atomic_fetch_add(&scrub.next, PIECE);
        found = start < end;
        if (found)
            arch_scrub(start, end - start < PIECE ? end - start : PIECE);
    }
    atomic_fetch_sub(&scrub.workers, 1);
    return found;
}

static void call_idle_pcpus(void)
{
    for (unsigned int i = 0; i < nr_pcpus; i++) {
        if (pcpus[i] != NULL && pcpus[i] != this_pcpu())
            arch_send_reschedule(pcpus[i]);
    }
}

void scrub_memory(paddr_t start, uint64_t size)
{
    uint64_t began = arch_now();

    spin_lock(&scrub.lock);
    atomic_store(&scrub.next, start);
    atomic_store(&scrub.end, start + size);
    if (size > PIECE)
        call_idle_pcpus();
    while (scrub_piece())
        ;
    /* Whoever looks from here on finds no job, and who looked before is waited for: with this end,
     * one would take a piece of the next job and go beyond what that has. */
    atomic_store(&scrub.end, 0);
    while (atomic_load(&scrub.workers) != 0)
        cpu_relax();
    spin_unlock(&scrub.lock);
    atomic_fetch_add(&scrub.time, arch_now() - began);
    atomic_fetch_add(&scrub.pages, size >> PAGE_SHIFT);
}

void scrub_log(void)
{
    log_info("memory: scrubbed %lu MiB in %lu us",
             (unsigned long)(atomic_load(&scrub.pages) >> (20 - PAGE_SHIFT)),
             (unsigned long)(atomic_load(&scrub.time) / 1000));
}
