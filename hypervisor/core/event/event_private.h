/* SPDX-License-Identifier: MIT */
/* The tables behind <trefoil/event_channel.h>. */
#ifndef CORE_EVENT_PRIVATE_H
#define CORE_EVENT_PRIVATE_H

#include <trefoil/event_channel.h>
#include <trefoil/nospec.h>

/*
 * A port. Its lock is what senders take. Who changes it holds event_bind_lock as well, which is one
 * for all domains: binding and closing are rare, and with one lock no pair of domains can be locked
 * in the wrong order, or end between two steps.
 */
struct event_channel {
    spinlock_t lock;
    uint8_t state; /* EVTCHNSTAT_* */
    uint8_t virq;
    _Atomic uint16_t vcpu; /* who is notified; read without the lock too */
    domid_t remote_id;
    uint8_t heard;             /* set of enum event_heard */
    evtchn_port_t remote_port; /* EVTCHNSTAT_virq: the domain's next port of the same one, or 0 */
    /* EVTCHNSTAT_interdomain: the domain, which outlives the binding, and its end of the channel.
     */
    struct domain *remote;
    struct event_channel *far;
} __attribute__((aligned(32)));

/* An end that is no guest's: what is sent to it is told to device_heard(). Guests neither send from
 * it nor change it. */
enum event_heard {
    EVENT_HEARD_HERE = 1,  /* this end */
    EVENT_HEARD_THERE = 2, /* the other one */
};

#define EVENT_PER_PAGE (PAGE_SIZE / sizeof(struct event_channel))
#define EVENT_PAGES    (EVENT_PORTS_MAX / EVENT_PER_PAGE)

#define VCPU_VIRQS 2U /* VIRQ_TIMER and VIRQ_DEBUG */

struct event_channels {
    unsigned int nr_ports; /* limit */
    evtchn_port_t lowest;  /* no free port below */
    /* How far event_channels_close_all() and event_channels_reset() came. Two, so that the end of a
     * domain passes over no port that a reset has been at. */
    _Atomic unsigned int closing, resetting;
    _Atomic uint32_t pollers;
    evtchn_port_t virq_port[NR_VIRQS]; /* of global ones; 0 unbound */
    evtchn_port_t vcpu_virq_port[DOMAIN_MAX_VCPUS][VCPU_VIRQS];
    struct event_channel *pages[EVENT_PAGES];
};

extern spinlock_t event_bind_lock;

/* NULL for a port that never was in use, or cannot be. */
static inline struct event_channel *event_channel_of(const struct domain *domain,
                                                     evtchn_port_t port)
{
    const struct event_channels *events = domain->events;
    struct event_channel *page;

    if (unlikely(port >= events->nr_ports))
        return NULL;
    port = (evtchn_port_t)index_nospec(port, EVENT_PORTS_MAX);
    page = __atomic_load_n(&events->pages[port / EVENT_PER_PAGE], __ATOMIC_ACQUIRE);
    return likely(page != NULL) ? &page[port % EVENT_PER_PAGE] : NULL;
}

static inline unsigned int event_vcpu(const struct event_channel *channel)
{
    return atomic_load_explicit(&channel->vcpu, memory_order_relaxed);
}

static inline bool virq_is_of_vcpu(unsigned int virq)
{
    return virq == VIRQ_TIMER || virq == VIRQ_DEBUG;
}

/* core/event/event_deliver.c: marks a port pending and tells the vcpu. The domain stays, the port
 * needs no lock. */
void event_set_pending(struct domain *domain, evtchn_port_t port, unsigned int vcpu);
void event_clear_pending(struct domain *domain, evtchn_port_t port);
/* core/event/event_virq.c: the domain's binding of a global VIRQ begins or ends. Under
 * event_bind_lock.
 */
int event_virq_claim(struct domain *domain, unsigned int virq);
void event_virq_disclaim(struct domain *domain, unsigned int virq);

#endif
