/* SPDX-License-Identifier: MIT */
/* Filling memory with zeroes. */
#include "scrub.h"

#include "sched/shared_work.h"
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/printk.h>

#define PIECE (UINT64_C(2) << 20) /* bytes */

static _Atomic uint64_t scrubbed, scrub_time; /* all so far; bytes and ns */

static int scrub_piece(void *data, uint64_t start, uint64_t size)
{
    const paddr_t *base = data;

    arch_scrub(*base + start, size);
    return 0;
}

void scrub_memory(paddr_t start, uint64_t size)
{
    uint64_t began = arch_now();
    struct shared_work work = {.piece = scrub_piece,
                               .data = &start,
                               .size = size,
                               .piece_size = PIECE,
                               .cpus = UINT64_MAX};

    while (shared_work_continue(&work) == -ERESTART)
        ;
    scrub_note(size, arch_now() - began);
}

void scrub_note(uint64_t size, uint64_t time)
{
    atomic_fetch_add(&scrubbed, size);
    atomic_fetch_add(&scrub_time, time);
}

void scrub_log(void)
{
    log_info("memory: scrubbed %lu MiB in %lu us", (unsigned long)(atomic_load(&scrubbed) >> 20),
             (unsigned long)(atomic_load(&scrub_time) / 1000));
}
