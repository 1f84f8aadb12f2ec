/* SPDX-License-Identifier: MIT */
/* Marking events in the shared info page, and waking who waits for them. The two-level layout: one
 * selector word, 64 words of ports. */
#include "event_private.h"
#include "guest_atomic.h"
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/nospec.h>
#include <trefoil/sched.h>

#define PORT_BITS 64U

static bool change(struct domain *domain, uint64_t *word, uint64_t set, uint64_t clear,
                   uint64_t *old)
{
    if (likely(guest_change_bits(word, set, clear, old)))
        return true;
    domain_crash(domain, "keeps writing a word of event channels that the hypervisor is to change");
    return false;
}

static void raise_upcall(struct vcpu *vcpu, struct vcpu_info *info)
{
    atomic_fetch_add_explicit(&vcpu->upcalls, 1, memory_order_relaxed);
    __atomic_store_n(&info->evtchn_upcall_pending, 1, __ATOMIC_RELEASE);
    arch_vcpu_raise_event(vcpu);
}

static void notify_vcpu(struct vcpu *vcpu, unsigned int selector)
{
    struct vcpu_info *info = __atomic_load_n(&vcpu->info, __ATOMIC_ACQUIRE);
    uint64_t bit = UINT64_C(1) << selector, old;

    if (!change(vcpu->domain, &info->evtchn_pending_sel, bit, 0, &old) || (old & bit))
        return;
    /* The guest clears the flag before it reads the selector: flag still set means that it has yet
     * to read. */
    smp_mb_after_rmw();
    if (__atomic_load_n(&info->evtchn_upcall_pending, __ATOMIC_RELAXED))
        return;
    raise_upcall(vcpu, info);
}

static void end_poll(struct vcpu *vcpu)
{
    if (atomic_exchange(&vcpu->polling, false))
        atomic_fetch_sub(&vcpu->domain->events->pollers, 1);
}

static __attribute__((noinline)) void wake_pollers(struct domain *domain, evtchn_port_t port)
{
    for (unsigned int i = 0; i < domain->max_vcpus; i++) {
        struct vcpu *vcpu = domain->vcpus[i];

        if (!atomic_load(&vcpu->polling) || (vcpu->poll_port && vcpu->poll_port != port))
            continue;
        end_poll(vcpu);
        vcpu_wake(vcpu);
    }
}

void event_set_pending(struct domain *domain, evtchn_port_t port, unsigned int vcpu)
{
    struct shared_info *shared = domain->shared_info;
    unsigned int word = port / PORT_BITS;
    uint64_t bit = UINT64_C(1) << (port % PORT_BITS), old;

    if (!change(domain, &shared->evtchn_pending[word], bit, 0, &old) || (old & bit))
        return;
    /* Pairs with event_unmask() (and the guest's own unmasking) and event_poll_begin(): pending is
     * seen there, or unmasked, or the poller, here. */
    smp_mb_after_rmw();
    if (unlikely(atomic_load_explicit(&domain->events->pollers, memory_order_relaxed)))
        wake_pollers(domain, port);
    if (!(__atomic_load_n(&shared->evtchn_mask[word], __ATOMIC_RELAXED) & bit))
        notify_vcpu(domain->vcpus[vcpu], word);
}

void event_clear_pending(struct domain *domain, evtchn_port_t port)
{
    uint64_t old;

    change(domain, &domain->shared_info->evtchn_pending[port / PORT_BITS], 0,
           UINT64_C(1) << (port % PORT_BITS), &old);
}

int event_unmask(struct domain *domain, evtchn_port_t port)
{
    struct shared_info *shared = domain->shared_info;
    const struct event_channel *channel = event_channel_of(domain, port);
    unsigned int word = port / PORT_BITS;
    uint64_t bit = UINT64_C(1) << (port % PORT_BITS), old;

    if (!channel)
        return -EINVAL;
    word = (unsigned int)index_nospec(word, EVENT_PORTS_MAX / PORT_BITS);
    if (!change(domain, &shared->evtchn_mask[word], 0, bit, &old) || !(old & bit))
        return 0;
    /* Pairs with event_set_pending(). */
    smp_mb_after_rmw();
    if (__atomic_load_n(&shared->evtchn_pending[word], __ATOMIC_RELAXED) & bit)
        notify_vcpu(domain->vcpus[event_vcpu(channel)], word);
    return 0;
}

void event_rescan(struct vcpu *vcpu)
{
    struct vcpu_info *info = vcpu->info;

    __atomic_store_n(&info->evtchn_pending_sel, UINT64_MAX, __ATOMIC_RELAXED);
    raise_upcall(vcpu, info);
}

static bool is_pending(const struct domain *domain, evtchn_port_t port)
{
    const uint64_t *pending = domain->shared_info->evtchn_pending;
    const uint64_t *word = &pending[index_nospec(port / PORT_BITS, EVENT_PORTS_MAX / PORT_BITS)];

    return (__atomic_load_n(word, __ATOMIC_RELAXED) >> (port % PORT_BITS)) & 1;
}

int event_poll_begin(struct vcpu *vcpu, const evtchn_port_t *ports, unsigned int nr_ports)
{
    struct domain *domain = vcpu->domain;

    for (unsigned int i = 0; i < nr_ports; i++) {
        if (ports[i] >= domain->events->nr_ports)
            return -EINVAL;
    }
    vcpu->poll_port = nr_ports == 1 ? ports[0] : 0;
    if (!atomic_exchange(&vcpu->polling, true))
        atomic_fetch_add(&domain->events->pollers, 1);
    /* Pairs with event_set_pending(): who marks a port from here on sees the poller; what was
     * marked before is seen now. */
    smp_mb();
    for (unsigned int i = 0; i < nr_ports; i++) {
        if (is_pending(domain, ports[i])) {
            end_poll(vcpu);
            return 1;
        }
    }
    return 0;
}

void event_poll_end(struct vcpu *vcpu)
{
    end_poll(vcpu);
}
