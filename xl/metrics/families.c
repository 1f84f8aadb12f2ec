/* SPDX-License-Identifier: MIT */
/* The table of what is told, and how each is made. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../print.h"
#include "metrics.h"

/* ---- Of the machine ---- */

static void write_build(const struct metrics_writer *writer, const struct metrics *metrics,
                        unsigned int which)
{
    (void)which;
    const struct libxl_info *info = metrics->info;
    const struct metrics_labels labels = {{"version", info->full_version, "policy", info->policy,
                                           "scheduler", info->scheduler, NULL}};
    metrics_whole(writer, &labels, 1);
}

enum machine_number { MACHINE_MEMORY, MACHINE_FREE, MACHINE_CPUS };

/* What the domain that asks is not told is left out. */
static void write_machine(const struct metrics_writer *writer, const struct metrics *metrics,
                          unsigned int which)
{
    const struct top_sample *sample = &metrics->sample;
    const uint64_t values[] = {
        [MACHINE_MEMORY] = sample->total_kib * 1024,
        [MACHINE_FREE] = sample->free_kib * 1024,
        [MACHINE_CPUS] = sample->nr_cpus,
    };
    if (sample->nr_cpus)
        metrics_whole(writer, &(struct metrics_labels){{NULL}}, values[which]);
}

/* ---- Of domains ---- */

/* A domain by name, and by its id as names need not differ. */
struct who {
    const char *name;
    char id[16];
};

static struct who who_is(const struct libxl_domain *info)
{
    struct who who = {.name = info->name};
    snprintf(who.id, sizeof(who.id), "%" PRIu32, info->domid);
    return who;
}

static int by_domid(const void *key, const void *item)
{
    uint32_t domid = *(const uint32_t *)key, other = ((const struct top_domain *)item)->info.domid;
    if (domid == other)
        return 0;
    return domid < other ? -1 : 1;
}

/* False: it came or went while all was read. */
static bool find_who(const struct metrics *metrics, uint32_t domid, struct who *who)
{
    const struct top_sample *sample = &metrics->sample;
    const struct top_domain *domain =
        sample->count
            ? bsearch(&domid, sample->domains, sample->count, sizeof(*sample->domains), by_domid)
            : NULL;
    if (domain)
        *who = who_is(&domain->info);
    return domain;
}

static void write_domain_info(const struct metrics_writer *writer, const struct metrics *metrics,
                              unsigned int which)
{
    (void)which;
    for (size_t i = 0; i < metrics->sample.count; i++) {
        const struct libxl_domain *info = &metrics->sample.domains[i].info;
        const struct who who = who_is(info);
        char uuid[40], roles[64];
        xl_format_uuid(info->uuid, uuid, sizeof(uuid));
        xl_format_roles(info->roles, roles, sizeof(roles));
        const struct metrics_labels labels = {
            {"domain", who.name, "id", who.id, "uuid", uuid, "roles", roles, NULL}};
        metrics_whole(writer, &labels, 1);
    }
}

enum domain_number {
    DOMAIN_LIFE,
    DOMAIN_CPU,
    DOMAIN_MEMORY,
    DOMAIN_MAX_MEMORY,
    DOMAIN_OUTSTANDING,
    DOMAIN_VCPUS,
    DOMAIN_RUNNING,
    DOMAIN_BLOCKED,
    DOMAIN_PAUSED,
    DOMAIN_SHUTDOWN,
    DOMAIN_CRASHED,
    DOMAIN_DYING,
};

static uint64_t number_of(const struct libxl_domain *info, unsigned int which)
{
    const uint64_t values[] = {
        [DOMAIN_LIFE] = info->life,
        [DOMAIN_CPU] = info->cpu_time_ns,
        [DOMAIN_MEMORY] = info->memory_kib * 1024,
        [DOMAIN_MAX_MEMORY] = info->max_memory_kib * 1024,
        [DOMAIN_OUTSTANDING] = info->outstanding_kib * 1024,
        [DOMAIN_VCPUS] = info->vcpus_online,
        [DOMAIN_RUNNING] = info->running,
        [DOMAIN_BLOCKED] = info->blocked,
        [DOMAIN_PAUSED] = info->paused,
        [DOMAIN_SHUTDOWN] = top_has_shut_down(info),
        [DOMAIN_CRASHED] = top_has_crashed(info),
        [DOMAIN_DYING] = info->dying,
    };
    return values[which];
}

static void write_domain(const struct metrics_writer *writer, const struct metrics *metrics,
                         unsigned int which)
{
    for (size_t i = 0; i < metrics->sample.count; i++) {
        const struct libxl_domain *info = &metrics->sample.domains[i].info;
        const struct who who = who_is(info);
        const struct metrics_labels labels = {{"domain", who.name, "id", who.id, NULL}};
        if (which == DOMAIN_CPU)
            metrics_seconds(writer, &labels, number_of(info, which));
        else
            metrics_whole(writer, &labels, number_of(info, which));
    }
}

/* Each state is 0 or 1: which of them exclude each other is the hypervisor's affair. */
static void write_state(const struct metrics_writer *writer, const struct metrics *metrics,
                        unsigned int which)
{
    static const char *const states[] = {"running",  "blocked", "paused",
                                         "shutdown", "crashed", "dying"};
    (void)which;
    for (size_t i = 0; i < metrics->sample.count; i++) {
        const struct libxl_domain *info = &metrics->sample.domains[i].info;
        const struct who who = who_is(info);
        for (unsigned int state = 0; state < sizeof(states) / sizeof(states[0]); state++) {
            const struct metrics_labels labels = {
                {"domain", who.name, "id", who.id, "state", states[state], NULL}};
            metrics_whole(writer, &labels, number_of(info, DOMAIN_RUNNING + state));
        }
    }
}

static void write_up(const struct metrics_writer *writer, const struct metrics *metrics,
                     unsigned int which)
{
    char id[16];
    (void)which;
    for (size_t i = 0; i < metrics->sample.count; i++) {
        const struct libxl_domain *info = &metrics->sample.domains[i].info;
        const struct who who = who_is(info);
        const struct metrics_labels labels = {{"domain", who.name, "id", who.id, NULL}};
        metrics_whole(writer, &labels, !info->shutdown && !info->dying);
    }
    for (size_t i = 0; i < metrics->nr_gone; i++) {
        snprintf(id, sizeof(id), "%" PRIu32, metrics->gone[i].domid);
        const struct metrics_labels labels = {{"domain", metrics->gone[i].name, "id", id, NULL}};
        metrics_whole(writer, &labels, 0);
    }
}

static void write_domain_counter(const struct metrics_writer *writer, const struct metrics *metrics,
                                 unsigned int which)
{
    for (size_t i = 0; i < metrics->nr_domains; i++) {
        const struct libxl_domain_counters *counters = &metrics->domains[i];
        struct who who;
        if (counters->counters[which] == LIBXL_NOT_COUNTED ||
            !find_who(metrics, counters->domid, &who))
            continue;
        const struct metrics_labels labels = {{"domain", who.name, "id", who.id, NULL}};
        metrics_whole(writer, &labels, counters->counters[which]);
    }
}

/* ---- Of vcpus ---- */

static void write_vcpu_counter(const struct metrics_writer *writer, const struct metrics *metrics,
                               unsigned int which)
{
    for (size_t i = 0; i < metrics->nr_vcpus; i++) {
        const struct libxl_vcpu_counters *counters = &metrics->vcpus[i];
        struct who who;
        char vcpu[16];
        if (counters->counters[which] == LIBXL_NOT_COUNTED ||
            !find_who(metrics, counters->domid, &who))
            continue;
        snprintf(vcpu, sizeof(vcpu), "%" PRIu32, counters->vcpu);
        const struct metrics_labels labels = {
            {"domain", who.name, "id", who.id, "vcpu", vcpu, NULL}};
        metrics_whole(writer, &labels, counters->counters[which]);
    }
}

static void write_times_of(const struct metrics_writer *writer, const struct who *who,
                           const struct libxl_vcpu_counters *vcpu)
{
    const struct {
        const char *state;
        uint64_t ns;
    } times[] = {{"running", vcpu->running_ns},
                 {"runnable", vcpu->runnable_ns},
                 {"blocked", vcpu->blocked_ns},
                 {"offline", vcpu->offline_ns}};
    char number[16];
    snprintf(number, sizeof(number), "%" PRIu32, vcpu->vcpu);
    for (size_t state = 0; state < sizeof(times) / sizeof(times[0]); state++) {
        const struct metrics_labels labels = {{"domain", who->name, "id", who->id, "vcpu", number,
                                               "state", times[state].state, NULL}};
        metrics_seconds(writer, &labels, times[state].ns);
    }
}

static void write_vcpu_times(const struct metrics_writer *writer, const struct metrics *metrics,
                             unsigned int which)
{
    (void)which;
    for (size_t i = 0; i < metrics->nr_vcpus; i++) {
        struct who who;
        if (find_who(metrics, metrics->vcpus[i].domid, &who))
            write_times_of(writer, &who, &metrics->vcpus[i]);
    }
}

/* The wake-ups of all vcpus of a domain. */
struct wakes {
    uint64_t count[XEN_WAKE_BUCKETS], ns;
};

static void write_wakes_of(const struct metrics_writer *writer, const struct who *who,
                           const struct wakes *wakes)
{
    const struct metrics_labels labels = {{"domain", who->name, "id", who->id, NULL}};
    uint64_t all = 0;
    char text[44], limit[40];
    for (unsigned int i = 0; i < XEN_WAKE_BUCKETS; i++) {
        const struct metrics_labels bucket = {
            {"domain", who->name, "id", who->id, "le", limit, NULL}};
        all += wakes->count[i];
        snprintf(text, sizeof(text), "%" PRIu64, all);
        if (i + 1 < XEN_WAKE_BUCKETS)
            snprintf(limit, sizeof(limit), "%.9f", (double)libxl_wake_bucket_ns[i] / 1e9);
        else
            snprintf(limit, sizeof(limit), "+Inf");
        metrics_part(writer, "_bucket", &bucket, text);
    }
    metrics_part(writer, "_count", &labels, text);
    snprintf(text, sizeof(text), "%" PRIu64 ".%09" PRIu64, wakes->ns / 1000000000,
             wakes->ns % 1000000000);
    metrics_part(writer, "_sum", &labels, text);
}

/* A domain's vcpus follow each other. */
static void write_wakes(const struct metrics_writer *writer, const struct metrics *metrics,
                        unsigned int which)
{
    struct wakes wakes = {.ns = 0};
    (void)which;
    for (size_t i = 0; i < metrics->nr_vcpus; i++) {
        const struct libxl_vcpu_counters *vcpu = &metrics->vcpus[i];
        bool last = i + 1 == metrics->nr_vcpus || metrics->vcpus[i + 1].domid != vcpu->domid;
        struct who who;
        wakes.ns += vcpu->wake_ns;
        for (unsigned int bucket = 0; bucket < XEN_WAKE_BUCKETS; bucket++)
            wakes.count[bucket] += vcpu->wakes[bucket];
        if (!last)
            continue;
        if (find_who(metrics, vcpu->domid, &who))
            write_wakes_of(writer, &who, &wakes);
        wakes = (struct wakes){.ns = 0};
    }
}

/* ---- Of CPUs ---- */

#define CPU_IDLE XEN_PCPU_COUNTERS

static void write_cpu(const struct metrics_writer *writer, const struct metrics *metrics,
                      unsigned int which)
{
    for (size_t i = 0; i < metrics->nr_cpus; i++) {
        const struct libxl_cpu_counters *cpu = &metrics->cpus[i];
        char number[16];
        snprintf(number, sizeof(number), "%" PRIu32, cpu->cpu);
        const struct metrics_labels labels = {{"cpu", number, NULL}};
        if (which == CPU_IDLE)
            metrics_seconds(writer, &labels, cpu->idle_ns);
        else if (cpu->counters[which] != LIBXL_NOT_COUNTED)
            metrics_whole(writer, &labels, cpu->counters[which]);
    }
}

/* ---- Of devices ---- */

static void write_device(const struct metrics_writer *writer, const struct top_domain *domain,
                         const struct libxl_statistics *info, unsigned int which)
{
    char name[LIBXL_VDEV_MAX];
    if (info->kind == LIBXL_DISK)
        libxl_vdev_name(info->devid, name);
    else
        snprintf(name, sizeof(name), "%" PRIu32, info->devid);
    const struct who who = who_is(&domain->info);
    const struct metrics_labels labels = {{"domain", who.name, "id", who.id, "device", name, NULL}};
    metrics_whole(writer, &labels, info->count[which]);
}

static void write_devices(const struct metrics_writer *writer, const struct metrics *metrics,
                          enum libxl_device_kind kind, unsigned int which)
{
    for (size_t i = 0; i < metrics->sample.count; i++) {
        const struct top_domain *domain = &metrics->sample.domains[i];
        for (size_t j = 0; j < domain->nr_devices; j++) {
            const struct libxl_statistics *info = &domain->devices[j].info;
            if (info->kind == kind && info->counted)
                write_device(writer, domain, info, which);
        }
    }
}

static void write_disk(const struct metrics_writer *writer, const struct metrics *metrics,
                       unsigned int which)
{
    write_devices(writer, metrics, LIBXL_DISK, which);
}

static void write_network(const struct metrics_writer *writer, const struct metrics *metrics,
                          unsigned int which)
{
    write_devices(writer, metrics, LIBXL_NIC, which);
}

const struct metrics_family metrics_families[] = {
    {"build", METRICS_INFO, "The hypervisor, its policy and its scheduler", write_build, 0},
    {"memory_bytes", METRICS_GAUGE, "Memory of the machine", write_machine, MACHINE_MEMORY},
    {"memory_free_bytes", METRICS_GAUGE, "Memory of the pool that no domain has", write_machine,
     MACHINE_FREE},
    {"cpus", METRICS_GAUGE, "CPUs that are online", write_machine, MACHINE_CPUS},
    {"domain", METRICS_INFO, "A domain, its roles and what it is known by", write_domain_info, 0},
    {"domain_state", METRICS_GAUGE, "Whether the domain is in a state", write_state, 0},
    {"domain_up", METRICS_GAUGE,
     "Whether it is there and has not ended; 0 also of one that is gone", write_up, 0},
    {"domain_life", METRICS_GAUGE, "Which of its lives it is, from 1; 0 is not known", write_domain,
     DOMAIN_LIFE},
    {"domain_cpu_seconds", METRICS_COUNTER, "Time that its vcpus have had", write_domain,
     DOMAIN_CPU},
    {"domain_memory_bytes", METRICS_GAUGE, "Memory that it has", write_domain, DOMAIN_MEMORY},
    {"domain_memory_max_bytes", METRICS_GAUGE, "Memory that it may have", write_domain,
     DOMAIN_MAX_MEMORY},
    {"domain_memory_outstanding_bytes", METRICS_GAUGE, "Memory that it gave up and may claim",
     write_domain, DOMAIN_OUTSTANDING},
    {"domain_vcpus", METRICS_GAUGE, "vcpus that are online", write_domain, DOMAIN_VCPUS},
    {"domain_wake_seconds", METRICS_HISTOGRAM, "How long it was from what woke a vcpu until it ran",
     write_wakes, 0},
#define DOMAIN_COUNTER(name, unit, text)                                                           \
    {"domain_" #name, METRICS_COUNTER, text, write_domain_counter, XEN_DOMAIN_COUNTER_##name},
#include <xen/counters.def>
    {"vcpu_state_seconds", METRICS_COUNTER, "Time in a state; runnable is what others took from it",
     write_vcpu_times, 0},
#define VCPU_COUNTER(name, unit, text)                                                             \
    {"vcpu_" #name, METRICS_COUNTER, text, write_vcpu_counter, XEN_VCPU_COUNTER_##name},
#include <xen/counters.def>
    {"cpu_idle_seconds", METRICS_COUNTER, "Time with nothing to run", write_cpu, CPU_IDLE},
#define PCPU_COUNTER(name, unit, text)                                                             \
    {"cpu_" #name, METRICS_COUNTER, text, write_cpu, XEN_PCPU_COUNTER_##name},
#include <xen/counters.def>
    {"disk_reads", METRICS_COUNTER, "Read requests", write_disk, LIBXL_DISK_READS},
    {"disk_writes", METRICS_COUNTER, "Write requests", write_disk, LIBXL_DISK_WRITES},
    {"disk_waits", METRICS_COUNTER, "Requests that found nothing free and had to wait", write_disk,
     LIBXL_DISK_WAITS},
    {"disk_read_sectors", METRICS_COUNTER, "Sectors of 512 bytes read", write_disk,
     LIBXL_DISK_READ_SECTORS},
    {"disk_written_sectors", METRICS_COUNTER, "Sectors of 512 bytes written", write_disk,
     LIBXL_DISK_WRITTEN_SECTORS},
    {"disk_flushes", METRICS_COUNTER, "Flush requests", write_disk, LIBXL_DISK_FLUSHES},
    {"disk_discards", METRICS_COUNTER, "Discard requests", write_disk, LIBXL_DISK_DISCARDS},
    {"network_sent_bytes", METRICS_COUNTER, "Bytes that the domain sent", write_network,
     LIBXL_NIC_SENT_BYTES},
    {"network_sent_packets", METRICS_COUNTER, "Packets that the domain sent", write_network,
     LIBXL_NIC_SENT_PACKETS},
    {"network_sent_errors", METRICS_COUNTER, "Packets from the domain that were broken",
     write_network, LIBXL_NIC_SENT_ERRORS},
    {"network_sent_dropped", METRICS_COUNTER, "Packets from the domain that were dropped",
     write_network, LIBXL_NIC_SENT_DROPPED},
    {"network_received_bytes", METRICS_COUNTER, "Bytes that the domain got", write_network,
     LIBXL_NIC_RECEIVED_BYTES},
    {"network_received_packets", METRICS_COUNTER, "Packets that the domain got", write_network,
     LIBXL_NIC_RECEIVED_PACKETS},
    {"network_received_errors", METRICS_COUNTER, "Packets for the domain that failed",
     write_network, LIBXL_NIC_RECEIVED_ERRORS},
    {"network_received_dropped", METRICS_COUNTER, "Packets for the domain that were dropped",
     write_network, LIBXL_NIC_RECEIVED_DROPPED},
    {.name = NULL},
};
