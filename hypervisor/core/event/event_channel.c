/* SPDX-License-Identifier: MIT */
/* Ports: their table, binding and closing. */
#include "event_private.h"
#include <trefoil/device.h>
#include <trefoil/errno.h>
#include <trefoil/hypercall.h>
#include <trefoil/memory.h>

spinlock_t event_bind_lock;

int event_channels_init(struct domain *domain, unsigned int nr_ports)
{
    _Static_assert(sizeof(struct event_channels) <= PAGE_SIZE, "one page");

    domain->events = page_alloc(domain);
    if (!domain->events)
        return -ENOMEM;
    domain->events->nr_ports = nr_ports < EVENT_PORTS_MAX ? nr_ports : EVENT_PORTS_MAX;
    domain->events->lowest = 1;
    return 0;
}

void event_channels_free(struct domain *domain)
{
    if (!domain->events)
        return;
    for (unsigned int i = 0; i < EVENT_PAGES; i++)
        page_free(domain, domain->events->pages[i]);
    page_free(domain, domain->events);
    domain->events = NULL;
}

/* A channel of the table, whose page is made if it is the first there. */
static int make_channel(struct domain *domain, evtchn_port_t port, struct event_channel **channel)
{
    struct event_channel **page = &domain->events->pages[port / EVENT_PER_PAGE];

    if (!*page) {
        struct event_channel *made = page_alloc(domain);

        if (!made)
            return -ENOMEM;
        __atomic_store_n(page, made, __ATOMIC_RELEASE);
    }
    *channel = &(*page)[port % EVENT_PER_PAGE];
    return 0;
}

/* Finds a closed port. Under event_bind_lock; the caller opens it before letting go. */
static int find_free(struct domain *domain, evtchn_port_t *port, struct event_channel **channel)
{
    struct event_channels *events = domain->events;

    if (domain->life >= DOMAIN_DYING)
        return -ESRCH;
    for (evtchn_port_t candidate = events->lowest; candidate < events->nr_ports; candidate++) {
        int result = make_channel(domain, candidate, channel);

        if (result)
            return result;
        if ((*channel)->state == EVTCHNSTAT_closed) {
            *port = candidate;
            events->lowest = candidate + 1;
            return 0;
        }
    }
    return -ENOSPC;
}

/* Gives a channel its new state at once, as far as senders can see. */
static void set_channel(struct event_channel *channel, const struct event_channel *state)
{
    spin_lock(&channel->lock);
    channel->state = state->state;
    channel->virq = state->virq;
    channel->vcpu = state->vcpu;
    channel->remote_id = state->remote_id;
    channel->heard = state->heard;
    channel->remote_port = state->remote_port;
    channel->remote = state->remote;
    channel->far = state->far;
    spin_unlock(&channel->lock);
}

static int alloc_unbound(struct domain *domain, const struct event_channel *state,
                         evtchn_port_t *port)
{
    struct event_channel *channel;

    spin_lock(&event_bind_lock);

    int result = find_free(domain, port, &channel);

    if (!result)
        set_channel(channel, state);
    spin_unlock(&event_bind_lock);
    return result;
}

int event_alloc_unbound(struct domain *domain, domid_t remote, evtchn_port_t *port)
{
    return alloc_unbound(
        domain, &(struct event_channel){.state = EVTCHNSTAT_unbound, .remote_id = remote}, port);
}

int event_alloc_heard(struct vcpu *vcpu, domid_t remote, evtchn_port_t *port)
{
    return alloc_unbound(vcpu->domain,
                         &(struct event_channel){.state = EVTCHNSTAT_unbound,
                                                 .vcpu = (uint16_t)vcpu->id,
                                                 .remote_id = remote,
                                                 .heard = EVENT_HEARD_HERE},
                         port);
}

/* May this domain bind the port? Under event_bind_lock. */
static bool is_offered(const struct domain *domain, const struct domain *remote,
                       const struct event_channel *far)
{
    return far && far->state == EVTCHNSTAT_unbound && far->remote_id == domain->id &&
           remote->life < DOMAIN_DYING;
}

/* Makes a closed channel and an offered one the ends of one. Under event_bind_lock. */
static void join(struct domain *domain, evtchn_port_t port, struct event_channel *near,
                 struct domain *remote, evtchn_port_t remote_port)
{
    struct event_channel *far = event_channel_of(remote, remote_port);

    set_channel(near, &(struct event_channel){.state = EVTCHNSTAT_interdomain,
                                              .remote_id = remote->id,
                                              .heard = far->heard ? EVENT_HEARD_THERE : 0,
                                              .remote_port = remote_port,
                                              .remote = remote,
                                              .far = far});
    set_channel(far, &(struct event_channel){.state = EVTCHNSTAT_interdomain,
                                             .vcpu = far->vcpu,
                                             .remote_id = domain->id,
                                             .heard = far->heard,
                                             .remote_port = port,
                                             .remote = domain,
                                             .far = near});
    /* What the other side sent while nobody was bound went nowhere: let this side look. */
    event_set_pending(domain, port, near->vcpu);
}

static int bind_locked(struct domain *domain, struct domain *remote, evtchn_port_t remote_port,
                       evtchn_port_t *port)
{
    struct event_channel *far = event_channel_of(remote, remote_port), *near;
    int result;

    if (!is_offered(domain, remote, far))
        return remote->life >= DOMAIN_DYING ? -ESRCH : -EINVAL;
    result = find_free(domain, port, &near);
    if (!result)
        join(domain, *port, near, remote, remote_port);
    return result;
}

int event_bind_interdomain(struct domain *domain, struct domain *remote, evtchn_port_t remote_port,
                           evtchn_port_t *port)
{
    spin_lock(&event_bind_lock);

    int result = bind_locked(domain, remote, remote_port, port);

    spin_unlock(&event_bind_lock);
    return result;
}

static int bind_static_locked(struct domain *domain, evtchn_port_t port, domid_t remote_id,
                              struct domain *remote, evtchn_port_t remote_port)
{
    struct event_channel *near;
    int result = make_channel(domain, port, &near);

    if (result)
        return result;
    if (near->state != EVTCHNSTAT_closed)
        return -EEXIST;
    if (remote && is_offered(domain, remote, event_channel_of(remote, remote_port)))
        join(domain, port, near, remote, remote_port);
    else
        set_channel(near,
                    &(struct event_channel){.state = EVTCHNSTAT_unbound, .remote_id = remote_id});
    return 0;
}

int event_bind_static(struct domain *domain, evtchn_port_t port, domid_t remote_id,
                      evtchn_port_t remote_port)
{
    struct domain *remote;
    int result;

    if (port == 0 || port >= domain->events->nr_ports)
        return -EINVAL;
    remote = domain_get(remote_id);
    spin_lock(&event_bind_lock);
    result = bind_static_locked(domain, port, remote_id, remote, remote_port);
    spin_unlock(&event_bind_lock);
    if (remote)
        domain_put(remote);
    return result;
}

static evtchn_port_t *virq_slot(struct domain *domain, unsigned int virq, unsigned int vcpu)
{
    if (virq == VIRQ_TIMER || virq == VIRQ_DEBUG)
        return &domain->events->vcpu_virq_port[vcpu][virq];
    return &domain->events->virq_port[virq];
}

static int bind_virq_locked(struct domain *domain, unsigned int virq, unsigned int vcpu,
                            evtchn_port_t *port)
{
    evtchn_port_t *slot = virq_slot(domain, virq, vcpu);
    struct event_channel *channel;

    if (*slot && virq != VIRQ_TREFOIL_EVENTS)
        return -EEXIST;

    int result = find_free(domain, port, &channel);

    if (result)
        return result;
    if (!virq_is_of_vcpu(virq))
        result = event_virq_claim(domain, virq);
    if (result) {
        domain->events->lowest = *port; /* it stays closed */
        return result;
    }
    set_channel(channel, &(struct event_channel){.state = EVTCHNSTAT_virq,
                                                 .virq = (uint8_t)virq,
                                                 .vcpu = (uint16_t)vcpu,
                                                 .remote_port = *slot});
    __atomic_store_n(slot, *port, __ATOMIC_RELEASE);
    return 0;
}

int event_bind_virq(struct domain *domain, unsigned int virq, unsigned int vcpu,
                    evtchn_port_t *port)
{
    if (virq >= NR_VIRQS || (!virq_is_of_vcpu(virq) && vcpu != 0))
        return -EINVAL;
    if (vcpu >= domain->max_vcpus)
        return -ENOENT;
    virq = (unsigned int)index_nospec(virq, NR_VIRQS);
    vcpu = (unsigned int)index_nospec(vcpu, DOMAIN_MAX_VCPUS);
    spin_lock(&event_bind_lock);

    int result = bind_virq_locked(domain, virq, vcpu, port);

    spin_unlock(&event_bind_lock);
    return result;
}

int event_bind_ipi(struct domain *domain, unsigned int vcpu, evtchn_port_t *port)
{
    struct event_channel *channel;

    if (vcpu >= domain->max_vcpus)
        return -ENOENT;
    spin_lock(&event_bind_lock);

    int result = find_free(domain, port, &channel);

    if (!result)
        set_channel(channel,
                    &(struct event_channel){.state = EVTCHNSTAT_ipi, .vcpu = (uint16_t)vcpu});
    spin_unlock(&event_bind_lock);
    return result;
}

int event_bind_vcpu(struct domain *domain, evtchn_port_t port, unsigned int vcpu)
{
    struct event_channel *channel = event_channel_of(domain, port);
    int result = -EINVAL;

    if (vcpu >= domain->max_vcpus)
        return -ENOENT;
    if (!channel)
        return -EINVAL;
    spin_lock(&event_bind_lock);

    bool global = channel->state == EVTCHNSTAT_virq && !virq_is_of_vcpu(channel->virq);
    bool moves = !(channel->heard & EVENT_HEARD_HERE) &&
                 (channel->state == EVTCHNSTAT_unbound || channel->state == EVTCHNSTAT_interdomain);

    if (global || moves) {
        spin_lock(&channel->lock);
        channel->vcpu = (uint16_t)vcpu;
        spin_unlock(&channel->lock);
        result = 0;
    }
    spin_unlock(&event_bind_lock);
    return result;
}

/* The other end stays with its owner, and may be bound again by this domain. */
static void release_far_end(const struct event_channel *channel)
{
    struct event_channel *far = channel->far;

    set_channel(far, &(struct event_channel){.state = EVTCHNSTAT_unbound,
                                             .vcpu = far->vcpu,
                                             .remote_id = far->remote_id,
                                             .heard = far->heard & EVENT_HEARD_HERE});
}

static void release_virq(struct domain *domain, evtchn_port_t port,
                         const struct event_channel *channel)
{
    evtchn_port_t *link = virq_slot(domain, channel->virq, channel->vcpu);

    while (*link != port)
        link = &event_channel_of(domain, *link)->remote_port;
    __atomic_store_n(link, channel->remote_port, __ATOMIC_RELEASE);
    if (!virq_is_of_vcpu(channel->virq))
        event_virq_disclaim(domain, channel->virq);
}

/* `heard`: is it to be one of those that guests do not close? */
static int close_locked(struct domain *domain, evtchn_port_t port, bool heard)
{
    struct event_channel *channel = event_channel_of(domain, port);

    if (!channel || channel->state == EVTCHNSTAT_closed ||
        heard != (channel->heard & EVENT_HEARD_HERE))
        return -EINVAL;
    if (channel->state == EVTCHNSTAT_interdomain)
        release_far_end(channel);
    else if (channel->state == EVTCHNSTAT_virq)
        release_virq(domain, port, channel);
    set_channel(channel, &(struct event_channel){.state = EVTCHNSTAT_closed});
    event_clear_pending(domain, port);
    if (port < domain->events->lowest)
        domain->events->lowest = port;
    return 0;
}

int event_close(struct domain *domain, evtchn_port_t port)
{
    spin_lock(&event_bind_lock);

    int result = close_locked(domain, port, false);

    spin_unlock(&event_bind_lock);
    return result;
}

void event_close_heard(struct domain *domain, evtchn_port_t port)
{
    spin_lock(&event_bind_lock);
    close_locked(domain, port, true);
    spin_unlock(&event_bind_lock);
}

/* Ports closed between two looks for a waiting interrupt. */
#define CLOSE_BATCH 64U

/* Each port is closed by one of those who are at it together. */
static int close_from(struct domain *domain, _Atomic unsigned int *position)
{
    for (;;) {
        evtchn_port_t port = atomic_fetch_add(position, 1);

        if (port >= domain->events->nr_ports)
            break;
        event_close(domain, port);
        if (port % CLOSE_BATCH == CLOSE_BATCH - 1 && hypercall_preempt())
            return -ERESTART;
    }
    atomic_store(position, 0);
    return 0;
}

int event_channels_reset(struct domain *domain)
{
    return close_from(domain, &domain->events->resetting);
}

int event_channels_close_all(struct domain *domain)
{
    return close_from(domain, &domain->events->closing);
}

/* A channel with an end that is no guest's, by the guest that has the other one. */
static __attribute__((noinline)) int send_to_heard(const struct event_channel *channel)
{
    if (channel->heard & EVENT_HEARD_HERE)
        return -EINVAL;
    device_heard(channel->remote->vcpus[event_vcpu(channel->far)]);
    return 0;
}

int event_send(struct domain *domain, evtchn_port_t port)
{
    struct event_channel *channel = event_channel_of(domain, port);
    int result = 0;

    if (unlikely(!channel))
        return -EINVAL;
    spin_lock(&channel->lock);
    if (unlikely(channel->heard)) {
        result = send_to_heard(channel);
    } else if (likely(channel->state == EVTCHNSTAT_interdomain)) {
        event_set_pending(channel->remote, channel->remote_port, event_vcpu(channel->far));
    } else if (channel->state == EVTCHNSTAT_ipi) {
        event_set_pending(domain, port, event_vcpu(channel));
    } else if (channel->state != EVTCHNSTAT_unbound) {
        result = -EINVAL;
    }
    spin_unlock(&channel->lock);
    return result;
}

void event_tell(struct domain *domain, evtchn_port_t port)
{
    struct event_channel *channel = event_channel_of(domain, port);

    spin_lock(&channel->lock);
    if (channel->heard && channel->state == EVTCHNSTAT_interdomain)
        event_set_pending(channel->remote, channel->remote_port, event_vcpu(channel->far));
    spin_unlock(&channel->lock);
}

int event_status(struct domain *domain, evtchn_port_t port, struct evtchn_status *status)
{
    struct event_channel *channel = event_channel_of(domain, port);

    if (port >= domain->events->nr_ports)
        return -EINVAL;
    status->status = EVTCHNSTAT_closed;
    status->vcpu = 0;
    if (!channel)
        return 0;
    spin_lock(&channel->lock);
    if (channel->heard & EVENT_HEARD_HERE) {
        spin_unlock(&channel->lock);
        return -EACCES;
    }
    status->status = channel->state;
    status->vcpu = channel->vcpu;
    if (channel->state == EVTCHNSTAT_unbound) {
        status->u.unbound.dom = channel->remote_id;
    } else if (channel->state == EVTCHNSTAT_interdomain) {
        status->u.interdomain.dom = channel->remote_id;
        status->u.interdomain.port = channel->remote_port;
    } else if (channel->state == EVTCHNSTAT_virq) {
        status->u.virq = channel->virq;
    }
    spin_unlock(&channel->lock);
    return 0;
}
