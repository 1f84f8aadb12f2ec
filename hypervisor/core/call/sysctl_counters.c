/* SPDX-License-Identifier: MIT */
/* XEN_SYSCTL_trefoil_counters: what is counted, record by record (<xen/counters.h>). */
#include "sysctl.h"
#include <trefoil/count.h>
#include <trefoil/nospec.h>
#include <trefoil/sched.h>
#include <trefoil/string.h>

#define END XEN_SYSCTL_TREFOIL_COUNTERS_END

union record {
    struct xen_vcpu_counters vcpu;
    struct xen_domain_counters domain;
    struct xen_pcpu_counters pcpu;
};

/* Fills in the record at *position, unless it is hidden from the caller, and goes on to the next
 * one. True if it is filled. */
typedef bool next_record(struct domain *caller, uint32_t *position, union record *record);

static void read_counters(uint64_t *to, const uint64_t *from, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++)
        to[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
}

static void fill_vcpu(struct vcpu *vcpu, struct xen_vcpu_counters *record)
{
    record->domid = vcpu->domain->id;
    record->vcpu = (uint16_t)vcpu->id;
    record->instance = vcpu->domain->unique_id;
    vcpu_times_read(vcpu, arch_now(), record);
    read_counters(record->counters, vcpu->counts.counters, XEN_VCPU_COUNTERS);
    record->counters[XEN_VCPU_COUNTER_upcalls] =
        atomic_load_explicit(&vcpu->upcalls, memory_order_relaxed);
}

/* A position is a domain's id above a vcpu's. */
static bool next_vcpu(struct domain *caller, uint32_t *position, union record *record)
{
    unsigned int id = *position >> 16, index = *position & UINT16_MAX;
    struct domain *domain = domain_get_from(id);
    bool shown;

    *position = END;
    if (!domain)
        return false;
    if (domain->id != id)
        index = 0;
    shown = index < domain->max_vcpus && policy_allows(OP_domctl_getvcpuinfo, caller, domain);
    if (shown)
        fill_vcpu(domain->vcpus[index_nospec(index, DOMAIN_MAX_VCPUS)], &record->vcpu);
    *position = shown && index + 1 < domain->max_vcpus ? (uint32_t)domain->id << 16 | (index + 1)
                                                       : (domain->id + 1U) << 16;
    domain_put(domain);
    return shown;
}

static uint64_t lines_of(const uint64_t *told, const uint64_t *denials)
{
    return __atomic_load_n(told, __ATOMIC_RELAXED) + __atomic_load_n(denials, __ATOMIC_RELAXED);
}

static void fill_domain(const struct domain *domain, struct xen_domain_counters *record)
{
    const struct log_limit *told = &domain->told, *denials = &domain->denials;

    record->domid = domain->id;
    record->vcpus = (uint16_t)domain->max_vcpus;
    record->instance = domain->unique_id;
    record->age = arch_now() - domain->launched_at;
    record->counters[XEN_DOMAIN_COUNTER_denials] =
        atomic_load_explicit(&domain->denied, memory_order_relaxed);
    record->counters[XEN_DOMAIN_COUNTER_log_lines] = lines_of(&told->lines, &denials->lines);
    record->counters[XEN_DOMAIN_COUNTER_log_lines_left_out] =
        lines_of(&told->left_out, &denials->left_out);
}

static bool next_domain(struct domain *caller, uint32_t *position, union record *record)
{
    struct domain *domain = domain_get_from(*position);
    bool shown;

    *position = END;
    if (!domain)
        return false;
    shown = policy_allows(OP_domctl_getdomaininfo, caller, domain);
    if (shown)
        fill_domain(domain, &record->domain);
    *position = domain->id + 1U;
    domain_put(domain);
    return shown;
}

static bool next_pcpu(struct domain *caller, uint32_t *position, union record *record)
{
    uint32_t id = *position;
    struct pcpu *pcpu;

    *position = END;
    if (id >= nr_pcpus || !policy_allows(OP_sysctl_getcpuinfo, caller, NULL))
        return false;
    *position = id + 1;
    pcpu = pcpus[index_nospec(id, MACHINE_MAX_CPUS)];
    record->pcpu.pcpu = id;
    record->pcpu.online = online_pcpus() >> id & 1;
    if (!pcpu)
        return true;
    record->pcpu.idle_time = pcpu_idle_time(pcpu);
    read_counters(record->pcpu.counters, pcpu->counts.counters, XEN_PCPU_COUNTERS);
    return true;
}

/* Room for index_nospec(). */
static const struct kind {
    next_record *next;
    uint32_t size, counters;
} kinds[4] = {
    [XEN_COUNTERS_VCPU] = {next_vcpu, sizeof(struct xen_vcpu_counters), XEN_VCPU_COUNTERS},
    [XEN_COUNTERS_DOMAIN] = {next_domain, sizeof(struct xen_domain_counters), XEN_DOMAIN_COUNTERS},
    [XEN_COUNTERS_PCPU] = {next_pcpu, sizeof(struct xen_pcpu_counters), XEN_PCPU_COUNTERS},
};

/* It does not go on by itself after an interrupt: the caller does, at the position it is given. */
int64_t op_counters(struct vcpu *vcpu, struct xen_sysctl *op)
{
    struct xen_sysctl_trefoil_counters *asked = &op->u.trefoil_counters;
    uint64_t address = asked->records.q;
    const struct kind *kind = kinds;
    uint32_t known;
    bool first = true;

    if (asked->kind < ARRAY_SIZE(kinds))
        kind = &kinds[index_nospec(asked->kind, ARRAY_SIZE(kinds))];
    if (asked->kind >= ARRAY_SIZE(kinds) || !kind->next || !asked->size ||
        asked->size % sizeof(uint64_t))
        return -EINVAL;
    known = asked->size < kind->size ? asked->size : kind->size;
    for (asked->count = 0; asked->count < asked->room && asked->position != END; first = false) {
        union record record;

        if (!first && hypercall_preempt())
            break;
        memset(&record, 0, kind->size);
        if (!kind->next(vcpu->domain, &asked->position, &record))
            continue;
        if (arch_copy_to_guest(address, &record, known))
            return -EFAULT;
        address += asked->size;
        asked->count++;
    }
    asked->size = kind->size;
    asked->counters = kind->counters;
    asked->now = arch_now();
    return 0;
}
