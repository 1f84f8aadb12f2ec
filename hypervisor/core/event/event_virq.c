/* SPDX-License-Identifier: MIT */
/*
 * Virtual interrupts. A global one has one handler, the first domain that binds it or the one that
 * set_virq_handler named; VIRQ_CONSOLE is bound by every domain for itself, VIRQ_TREFOIL_EVENTS by
 * whoever may, and to several ports, one for each program that waits. Raising a global
 * one only notes it: the log and a crash raise them in the middle of anything, so that they are
 * delivered on the way out to a guest, where no lock is held.
 */
#include "event_private.h"
#include <trefoil/errno.h>
#include <trefoil/pcpu.h>

static struct domain *virq_handlers[NR_VIRQS]; /* under event_bind_lock */
static bool virq_handler_named[NR_VIRQS];      /* by set_virq_handler */
static _Atomic uint32_t raised_virqs;

#define WATCHING_DOMAINS 8U
#define WATCHING_PORTS   64U /* of one domain */

static struct domain *watching[WATCHING_DOMAINS]; /* VIRQ_TREFOIL_EVENTS; under event_bind_lock */

static bool has_one_handler(unsigned int virq)
{
    return !virq_is_of_vcpu(virq) && virq != VIRQ_CONSOLE && virq != VIRQ_TREFOIL_EVENTS;
}

/* The next port of the domain that has it, 0 behind the last. */
static evtchn_port_t next_port(const struct domain *domain, evtchn_port_t port)
{
    return event_channel_of(domain, port)->remote_port;
}

/* The place of a domain among those that watch, or of nobody (NULL). */
static struct domain **place_of(const struct domain *domain)
{
    for (unsigned int i = 0; i < WATCHING_DOMAINS; i++) {
        if (watching[i] == domain)
            return &watching[i];
    }
    return NULL;
}

static int watch(struct domain *domain)
{
    struct domain **place = place_of(domain);
    unsigned int ports = 0;

    for (evtchn_port_t port = domain->events->virq_port[VIRQ_TREFOIL_EVENTS]; port;
         port = next_port(domain, port))
        ports++;
    if (!place)
        place = place_of(NULL);
    if (!place || ports == WATCHING_PORTS)
        return -EBUSY;
    *place = domain;
    return 0;
}

static void unwatch(const struct domain *domain)
{
    struct domain **place = place_of(domain);

    if (place && !domain->events->virq_port[VIRQ_TREFOIL_EVENTS])
        *place = NULL;
}

int event_virq_claim(struct domain *domain, unsigned int virq)
{
    if (virq == VIRQ_TREFOIL_EVENTS)
        return watch(domain);
    if (!has_one_handler(virq))
        return 0;
    if (virq_handlers[virq] && virq_handlers[virq] != domain)
        return -EBUSY;
    virq_handlers[virq] = domain;
    if (virq == VIRQ_DOM_EXC)
        domain_mark_all_changed();
    return 0;
}

void event_virq_disclaim(struct domain *domain, unsigned int virq)
{
    if (virq == VIRQ_TREFOIL_EVENTS)
        unwatch(domain);

    bool keeps = virq_handler_named[virq] && domain->life < DOMAIN_DYING;

    if (virq_handlers[virq] == domain && !keeps) {
        virq_handlers[virq] = NULL;
        virq_handler_named[virq] = false;
    }
}

int event_set_virq_handler(struct domain *domain, unsigned int virq)
{
    int result = 0;

    if (virq >= NR_VIRQS || !has_one_handler(virq))
        return -EINVAL;
    spin_lock(&event_bind_lock);

    struct domain *present = virq_handlers[virq];

    if (domain->life >= DOMAIN_DYING)
        result = -ESRCH;
    else if (present && present != domain && present->events->virq_port[virq])
        result = -EBUSY;
    if (!result) {
        virq_handlers[virq] = domain;
        virq_handler_named[virq] = true;
    }
    spin_unlock(&event_bind_lock);
    return result;
}

void event_forget_handler(struct domain *domain)
{
    spin_lock(&event_bind_lock);
    for (unsigned int virq = 0; virq < NR_VIRQS; virq++)
        event_virq_disclaim(domain, virq);
    spin_unlock(&event_bind_lock);
}

static void raise_port(struct domain *domain, evtchn_port_t port)
{
    const struct event_channel *channel = event_channel_of(domain, port);

    if (port && channel)
        event_set_pending(domain, port, event_vcpu(channel));
}

void event_raise_virq(struct domain *domain, unsigned int virq)
{
    raise_port(domain, __atomic_load_n(&domain->events->virq_port[virq], __ATOMIC_ACQUIRE));
}

void event_raise_vcpu_virq(struct vcpu *vcpu, unsigned int virq)
{
    struct domain *domain = vcpu->domain;

    raise_port(domain,
               __atomic_load_n(&domain->events->vcpu_virq_port[vcpu->id][virq], __ATOMIC_ACQUIRE));
}

void event_raise_global_virq(unsigned int virq)
{
    atomic_fetch_or(&raised_virqs, UINT32_C(1) << virq);
    atomic_store(&this_pcpu()->need_resched, true);
}

static void tell_watching(void)
{
    for (unsigned int i = 0; i < WATCHING_DOMAINS; i++) {
        struct domain *domain = watching[i];

        for (evtchn_port_t port = domain ? domain->events->virq_port[VIRQ_TREFOIL_EVENTS] : 0; port;
             port = next_port(domain, port))
            raise_port(domain, port);
    }
}

void event_deliver_virqs(void)
{
    uint32_t raised;

    if (likely(!atomic_load_explicit(&raised_virqs, memory_order_relaxed)))
        return;
    raised = atomic_exchange(&raised_virqs, 0);
    spin_lock(&event_bind_lock);
    for (unsigned int virq = 0; virq < NR_VIRQS; virq++) {
        if (((raised >> virq) & 1) && virq_handlers[virq])
            event_raise_virq(virq_handlers[virq], virq);
    }
    if ((raised >> VIRQ_TREFOIL_EVENTS) & 1)
        tell_watching();
    spin_unlock(&event_bind_lock);
}
