/* SPDX-License-Identifier: MIT */
/*
 * What happened, for tools: the last events, each with a number, in their order. Kinds and their
 * arguments are in <xen/trefoil_event.def>.
 */
#ifndef TREFOIL_JOURNAL_H
#define TREFOIL_JOURNAL_H

#include <trefoil/types.h>
#include <xen/sysctl.h>

/* How many are kept. */
#define JOURNAL_EVENTS 512U

/* Adds an event of a domain in one of its lives. Never waits but for the journal's own lock, below
 * which none is taken: from any context, with any locks. */
void journal_add(enum xen_trefoil_event_kind kind, domid_t id, unsigned int life,
                 const uint64_t arguments[XEN_TREFOIL_EVENT_ARGUMENTS]);

/* The same with the arguments as they come, at least one. */
#define journal_note(kind, id, life, ...)                                                          \
    journal_add(XEN_TREFOIL_EVENT_##kind, (id), (life),                                            \
                (const uint64_t[XEN_TREFOIL_EVENT_ARGUMENTS]){__VA_ARGS__})
/* Of a domain that is there. */
#define journal_domain(kind, domain, ...)                                                          \
    journal_note(kind, (domain)->id, (domain)->start_number, __VA_ARGS__)

/*
 * Copies the event of a number and goes on to the next number; where it is kept no more, the first
 * that is, and *lost grows by those between. 0 asks for the first that is kept. False: there is
 * none yet.
 */
bool journal_take(uint64_t *sequence, struct xen_trefoil_event *event, uint64_t *lost);
/* The number of the next event and of the first that is kept. To who has `seen` all until the next
 * one VIRQ_TREFOIL_EVENTS will tell of it. */
void journal_bounds(uint64_t seen, uint64_t *end, uint64_t *oldest);

#endif
