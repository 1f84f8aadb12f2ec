/* SPDX-License-Identifier: MIT */
#include <trefoil/journal.h>

#include <trefoil/arch.h>
#include <trefoil/event_channel.h>
#include <trefoil/spinlock.h>
#include <trefoil/string.h>

static struct {
    spinlock_t lock;
    uint64_t last; /* number of the last event, 0 before the first */
    bool awaited;  /* somebody has seen them all, and is told of the next one */
} journal;
static struct xen_trefoil_event journal_events[JOURNAL_EVENTS] NOT_CLEARED;

/* All under the lock. */
static struct xen_trefoil_event *place_of(uint64_t sequence)
{
    return &journal_events[sequence % JOURNAL_EVENTS];
}

static uint64_t oldest_kept(void)
{
    return journal.last > JOURNAL_EVENTS ? journal.last - JOURNAL_EVENTS + 1 : 1;
}

void journal_add(enum xen_trefoil_event_kind kind, domid_t id, unsigned int life,
                 const uint64_t arguments[XEN_TREFOIL_EVENT_ARGUMENTS])
{
    struct xen_trefoil_event *event;
    bool awaited;

    spin_lock(&journal.lock);
    event = place_of(++journal.last);
    event->sequence = journal.last;
    event->time = arch_now();
    event->kind = (uint16_t)kind;
    event->domain = id;
    event->life = life;
    memcpy(event->arguments, arguments, sizeof(event->arguments));
    awaited = journal.awaited;
    journal.awaited = false;
    spin_unlock(&journal.lock);
    if (awaited)
        event_raise_global_virq(VIRQ_TREFOIL_EVENTS);
}

bool journal_take(uint64_t *sequence, struct xen_trefoil_event *event, uint64_t *lost)
{
    uint64_t oldest;
    bool there;

    spin_lock(&journal.lock);
    oldest = oldest_kept();
    if (*sequence < oldest) {
        *lost += *sequence ? oldest - *sequence : 0;
        *sequence = oldest;
    }
    there = *sequence <= journal.last;
    if (there)
        *event = *place_of((*sequence)++);
    spin_unlock(&journal.lock);
    return there;
}

void journal_bounds(uint64_t seen, uint64_t *end, uint64_t *oldest)
{
    spin_lock(&journal.lock);
    *end = journal.last + 1;
    *oldest = oldest_kept();
    if (seen >= *end)
        journal.awaited = true;
    spin_unlock(&journal.lock);
}
