/* SPDX-License-Identifier: MIT */
#include "shared_work.h"

#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/pcpu.h>

/* One at a time. An owner that finds another's here does its work alone. */
static struct {
    _Atomic(struct shared_work *) work;
    _Atomic unsigned int looking; /* pcpus that may have seen it and are not counted there yet */
} offered;

static bool do_piece(struct shared_work *work)
{
    uint64_t start = atomic_load(&work->next), size = work->piece_size;
    int result;

    if (start < work->size)
        start = atomic_fetch_add(&work->next, size);
    if (start >= work->size)
        return false;
    if (size > work->size - start)
        size = work->size - start;
    result = work->piece(work->data, start, size);
    if (result) {
        atomic_store(&work->error, result);
        atomic_store(&work->next, work->size);
    }
    return true;
}

static bool may_help(const struct shared_work *work, const struct pcpu *pcpu)
{
    return (work->cpus >> pcpu->id) & 1;
}

static void offer(struct shared_work *work)
{
    struct shared_work *none = NULL;

    work->state = SHARED_WORK_ALONE;
    if (work->size <= work->piece_size ||
        !atomic_compare_exchange_strong(&offered.work, &none, work))
        return;
    work->state = SHARED_WORK_OFFERED;
    for (unsigned int i = 0; i < nr_pcpus; i++) {
        if (pcpus[i] && pcpus[i] != this_pcpu() && may_help(work, pcpus[i]))
            arch_send_reschedule(pcpus[i]);
    }
}

/* After this nobody begins to help. Whoever looks is not interrupted, and soon done with it. */
static void withdraw(struct shared_work *work)
{
    atomic_store(&offered.work, NULL);
    while (atomic_load(&offered.looking) != 0)
        cpu_relax();
    work->state = SHARED_WORK_WITHDRAWN;
}

int shared_work_continue(struct shared_work *work)
{
    if (work->state == SHARED_WORK_NEW)
        offer(work);
    if (do_piece(work))
        return -ERESTART;
    if (work->state == SHARED_WORK_OFFERED)
        withdraw(work);
    return atomic_load(&work->helpers) ? -ERESTART : atomic_load(&work->error);
}

/* What is offered to this pcpu, which is counted as its helper. */
static struct shared_work *join_work(void)
{
    struct shared_work *work;

    atomic_fetch_add(&offered.looking, 1);
    work = atomic_load(&offered.work);
    if (work && may_help(work, this_pcpu()))
        atomic_fetch_add(&work->helpers, 1);
    else
        work = NULL;
    atomic_fetch_sub(&offered.looking, 1);
    return work;
}

__attribute__((noinline)) bool shared_work_help(void)
{
    struct shared_work *work;
    bool done;

    if (!atomic_load_explicit(&offered.work, memory_order_relaxed))
        return false;
    work = join_work();
    if (!work)
        return false;
    done = do_piece(work);
    atomic_fetch_sub(&work->helpers, 1);
    return done;
}
