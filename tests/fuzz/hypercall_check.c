/* SPDX-License-Identifier: MIT */
/* What core keeps in two places must agree. Each count is made anew from what is there. */
#include "hypercall.h"
#include <string.h>
#include <trefoil/core.h>
#include <trefoil/power.h>
#include <trefoil/sched.h>
#include "core_fake/machine.h"
#include "device/ioreq_server.h"
#include "event/event_private.h"
#include "memory/extents.h"
#include "memory/frame.h"
#include "grant/grant_private.h"

/* The fuzzer is to find its way through core, not through what watches it. */
#pragma clang attribute push(__attribute__((no_sanitize("coverage", "address", "undefined"))),     \
                             apply_to = function)

#define FRAMES     (FAKE_MEMORY >> PAGE_SHIFT)
#define REFERENCES 64U /* grant references that are followed */

struct uses {
    unsigned int readers, writers;
    uint64_t mfn;
};

static uint16_t holders[FRAMES];
static struct uses uses[DOMAINS][REFERENCES];
static bool covered[FAKE_GFNS];

static bool alive(const struct domain *domain)
{
    return domain && domain->life < DOMAIN_DYING;
}

/* Neither alive nor ended: what it holds is given back piece by piece. */
static bool half_ended(const struct domain *domain)
{
    return domain && !alive(domain) && domain->nr_extents;
}

/* ---- event channels ---- */

static void check_pair(const struct domain *domain, evtchn_port_t port,
                       const struct event_channel *channel)
{
    must(channel->remote && channel->remote->life < DOMAIN_DEAD);
    must(channel->remote_id == channel->remote->id);
    must(event_channel_of(channel->remote, channel->remote_port) == channel->far);
    must(channel->far->state == EVTCHNSTAT_interdomain && channel->far->far == channel);
    must(channel->far->remote == domain && channel->far->remote_port == port);
    must(channel->far->remote_id == domain->id);
    must((channel->heard == EVENT_HEARD_THERE) == (channel->far->heard == EVENT_HEARD_HERE));
}

static void check_virq(const struct domain *domain, evtchn_port_t port,
                       const struct event_channel *channel)
{
    must(channel->virq < NR_VIRQS);
    if (virq_is_of_vcpu(channel->virq))
        must(domain->events->vcpu_virq_port[channel->vcpu][channel->virq] == port);
    else
        must(domain->events->virq_port[channel->virq] == port);
}

static void check_port(const struct domain *domain, evtchn_port_t port)
{
    const struct event_channel *channel = event_channel_of(domain, port);

    if (!channel)
        return;
    must(channel->vcpu < domain->max_vcpus);
    switch (channel->state) {
    case EVTCHNSTAT_closed: must(port == 0 || port >= domain->events->lowest); break;
    case EVTCHNSTAT_interdomain: check_pair(domain, port, channel); break;
    case EVTCHNSTAT_virq: check_virq(domain, port, channel); break;
    case EVTCHNSTAT_unbound:
    case EVTCHNSTAT_ipi: must(!channel->far); break;
    default: abort();
    }
}

static void check_events(const struct domain *domain)
{
    const struct event_channels *events = domain->events;
    unsigned int bound = 0, slots = 0, polling = 0;

    for (evtchn_port_t port = 0; port < events->nr_ports; port++) {
        const struct event_channel *channel = event_channel_of(domain, port);

        if (!channel)
            break; /* pages are made in order */
        check_port(domain, port);
        bound += channel->state == EVTCHNSTAT_virq;
    }
    for (unsigned int virq = 0; virq < NR_VIRQS; virq++)
        slots += events->virq_port[virq] != 0;
    for (unsigned int i = 0; i < domain->max_vcpus; i++) {
        for (unsigned int virq = 0; virq < VCPU_VIRQS; virq++)
            slots += events->vcpu_virq_port[i][virq] != 0;
        polling += domain->vcpus[i]->polling;
    }
    must(bound == slots && polling == events->pollers);
}

/* ---- memory ---- */

static void count_hold(mfn_t mfn)
{
    if (mfn.n == INVALID_MFN.n)
        return;
    must(mfn.n - (FAKE_BASE >> PAGE_SHIFT) < FRAMES);
    holders[mfn.n - (FAKE_BASE >> PAGE_SHIFT)]++;
}

static void count_mapping(const struct grant_mapping *mapping)
{
    count_hold((mfn_t){mapping->mfn});
    must(mapping->owner < DOMAINS);
    if (mapping->ref < REFERENCES) {
        struct uses *use = &uses[mapping->owner][mapping->ref];

        must(!(use->readers || use->writers) || use->mfn == mapping->mfn);
        use->mfn = mapping->mfn;
        use->readers += !mapping->writable;
        use->writers += mapping->writable;
    }
}

static void count_vcpus(const struct domain *domain)
{
    for (unsigned int i = 0; i < domain->max_vcpus; i++) {
        const struct vcpu *vcpu = domain->vcpus[i];

        count_hold(vcpu->info_mfn);
        if (vcpu->runstate_area.registered) {
            count_hold(vcpu->runstate_area.mfn[0]);
            count_hold(vcpu->runstate_area.mfn[1]);
        }
    }
}

/* Pages that the hypervisor itself shows a guest. */
static bool shown(const struct domain *domain, uint64_t mfn)
{
    bool found = mfn == domain->shared_info_mfn.n;

    for (unsigned int i = 0; i < domain->grants->nr_frames; i++)
        found |= mfn == page_mfn(domain->grants->frames[i].entries).n;
    return found;
}

/* Whose page is it that a gfn leads to, and does somebody hold it there? Counts own RAM. */
static uint64_t check_gfn(const struct domain *domain, uint64_t gfn)
{
    const struct fake_mapping *mapping = &domain->arch.p2m[gfn];
    mfn_t mfn = {mapping->mfn};

    switch ((enum p2m_type)mapping->type) {
    case P2M_INVALID: return 0;
    case P2M_RAM:
    case P2M_RAM_RO:
        must(domain_owns(domain, mfn) && !(frame_of(mfn)->state & FRAME_BALLOONED));
        return 1;
    case P2M_GRANT_RW:
    case P2M_GRANT_RO: must(covered[gfn]); return 0;
    case P2M_FOREIGN_RW:
    case P2M_FOREIGN_RO: count_hold(mfn); return 0;
    case P2M_SHARED: must(shown(domain, mfn.n)); return 0;
    case P2M_MMIO: break;
    }
    abort();
}

static void check_physmap(const struct domain *domain)
{
    uint64_t ram = 0, owned = 0;

    for (unsigned int i = 0; i < domain->nr_extents; i++)
        owned += domain->extents[i].size >> PAGE_SHIFT;
    for (uint64_t gfn = 0; gfn < FAKE_GFNS; gfn++)
        ram += check_gfn(domain, gfn);
    must(ram + domain->ballooned_pages == owned);
    must(domain->total_pages <= owned);
}

/* What a domain holds of others', and of itself. */
static void count_domain(const struct domain *domain)
{
    const struct grant_table *grants = domain->grants;

    memset(covered, 0, sizeof(covered));
    for (grant_handle_t handle = 0; handle < grants->nr_mappings; handle++) {
        const struct grant_mapping *mapping = mapping_of(domain, handle);
        const struct fake_mapping *there;

        if (!mapping->used)
            continue;
        count_mapping(mapping);
        if (mapping->gfn >= FAKE_GFNS)
            continue;
        there = &domain->arch.p2m[mapping->gfn];
        covered[mapping->gfn] |=
            there->mfn == mapping->mfn &&
            there->type == (int)(mapping->writable ? P2M_GRANT_RW : P2M_GRANT_RO);
    }
    count_vcpus(domain);
    if (alive(domain))
        check_physmap(domain);
}

static void check_held(const struct domain *domain)
{
    for (unsigned int i = 0; i < domain->nr_extents; i++) {
        uint64_t first = (domain->extents[i].start - FAKE_BASE) >> PAGE_SHIFT;

        for (uint64_t page = 0; page < domain->extents[i].size >> PAGE_SHIFT; page++) {
            uint32_t state = frame_of((mfn_t){(FAKE_BASE >> PAGE_SHIFT) + first + page})->state;

            must((state & FRAME_HOLDERS) == holders[first + page]);
        }
    }
}

static void check_active(const struct domain *domain)
{
    for (grant_ref_t ref = 0; ref < REFERENCES; ref++) {
        const struct active_entry *active = &domain->grants->frames[0].active[ref];
        const struct uses *use = &uses[domain->id][ref];

        must(active->readers == use->readers && active->writers == use->writers);
        must(!(use->readers || use->writers) || active->mfn == use->mfn);
    }
}

/* ---- device models ---- */

static unsigned int mapped(const struct domain *domain, uint64_t mfn)
{
    unsigned int count = 0;

    for (uint64_t gfn = 0; gfn < FAKE_GFNS; gfn++) {
        const struct fake_mapping *mapping = &domain->arch.p2m[gfn];

        count += mapping->type == P2M_FOREIGN_RW && mapping->mfn == mfn;
    }
    return count;
}

static void check_server(const struct ioreq_server *server, ioservid_t id)
{
    const struct ioreq_server *other = server->model->serving;

    must(server->id == id && server->nr_ranges <= IO_RANGES_MAX);
    while (other != server)
        other = other->next;
    for (unsigned int i = 0; i < server->target->max_vcpus; i++) {
        const struct event_channel *channel = event_channel_of(server->target, server->ports[i]);

        must(channel->heard == EVENT_HEARD_HERE && channel->vcpu == i);
    }
    if (alive(server->model))
        must(server->references == 1 + mapped(server->model, page_mfn(server).n + 1));
}

static void check_servers(const struct domain *domain)
{
    for (ioservid_t id = 0; id < DEVICE_SERVERS; id++) {
        if (!domain->servers[id])
            continue;
        must(domain->servers[id]->target == domain);
        check_server(domain->servers[id], id);
    }
}

/* ---- scheduling ---- */

static void check_vcpu(const struct vcpu *vcpu)
{
    bool held = vcpu->pause_count || vcpu->domain->pause_count;
    bool queued = !list_empty(&vcpu->queue_node);

    must(!queued || (vcpu->state == VCPU_RUNNABLE && !held));
    must(queued || held || vcpu->state != VCPU_RUNNABLE);
    must(vcpu->state != VCPU_RUNNING || vcpu->pcpu->current == vcpu);
    must(vcpu->pause_count == vcpu->device.waits);
    must(!vcpu->device.server || vcpu->device.asked);
}

static void check_vcpus(struct domain *const domains[DOMAINS])
{
    unsigned int count[FAKE_PCPUS] = {0};

    for (unsigned int i = 0; i < DOMAINS; i++) {
        for (unsigned int j = 0; domains[i] && j < domains[i]->max_vcpus; j++) {
            check_vcpu(domains[i]->vcpus[j]);
            count[domains[i]->vcpus[j]->pcpu->id]++;
        }
    }
    for (unsigned int i = 0; i < FAKE_PCPUS; i++)
        must(count[i] == fake_pcpus[i].nr_vcpus);
}

void check_all(struct domain *const domains[DOMAINS])
{
    bool settled = true;

    memset(holders, 0, sizeof(holders));
    memset(uses, 0, sizeof(uses));
    check_vcpus(domains);
    for (unsigned int i = 0; i < DOMAINS; i++) {
        if (!domains[i])
            continue;
        settled &= !half_ended(domains[i]);
        check_events(domains[i]);
        check_servers(domains[i]);
        count_domain(domains[i]);
    }
    for (unsigned int i = 0; settled && i < DOMAINS; i++) {
        if (domains[i]) {
            check_held(domains[i]);
            check_active(domains[i]);
        }
    }
}

#pragma clang attribute pop

static _Thread_local jmp_buf left;

void call_do(struct vcpu *vcpu, const struct hypercall *call)
{
    if (setjmp(left) == 0) {
        hypercall_dispatch(vcpu, call->number, call->args);
        return;
    }
    vcpu->in_multicall = false;
    vcpu->call_position = 0;
}

_Noreturn void __wrap_power_end(enum power_action action);
_Noreturn void __wrap_power_end(enum power_action action)
{
    (void)action;
    longjmp(left, 1);
}

_Noreturn void __wrap_power_provoke(const char *who);
_Noreturn void __wrap_power_provoke(const char *who)
{
    (void)who;
    longjmp(left, 1);
}
