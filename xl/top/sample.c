/* SPDX-License-Identifier: MIT */
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tools/clock.h>
#include <xen/sched.h>

bool top_has_crashed(const struct libxl_domain *domain)
{
    return domain->shutdown && domain->shutdown_reason == SHUTDOWN_crash;
}

bool top_has_shut_down(const struct libxl_domain *domain)
{
    return domain->shutdown && domain->shutdown_reason != SHUTDOWN_crash;
}

static int by_domid(const void *key, const void *item)
{
    uint32_t domid = *(const uint32_t *)key, other = ((const struct top_domain *)item)->info.domid;
    if (domid == other)
        return 0;
    return domid < other ? -1 : 1;
}

/* The hypervisor's list goes upwards, and so does a sample that is just taken. */
static struct top_domain *find_domain(const struct top_sample *sample, uint32_t domid)
{
    if (!sample->count)
        return NULL;
    return bsearch(&domid, sample->domains, sample->count, sizeof(*sample->domains), by_domid);
}

/* Who has it may have sorted it. */
const struct top_domain *top_sample_find(const struct top_sample *sample, uint32_t domid)
{
    for (size_t i = 0; sample && i < sample->count; i++) {
        if (sample->domains[i].info.domid == domid)
            return &sample->domains[i];
    }
    return NULL;
}

/* Where no life is told, as on Xen, a time that goes back tells of another domain. */
static bool is_same(const struct libxl_domain *before, const struct libxl_domain *now)
{
    return before->life == now->life && now->cpu_time_ns >= before->cpu_time_ns &&
           memcmp(before->uuid, now->uuid, sizeof(now->uuid)) == 0;
}

static double percent(uint64_t before_ns, uint64_t after_ns, double seconds)
{
    if (after_ns < before_ns)
        return TOP_NOT_KNOWN;
    return (double)(after_ns - before_ns) / (seconds * 1e7);
}

static void rate_vcpus(const struct top_domain *before, struct top_domain *domain, double seconds)
{
    for (size_t i = 0; i < domain->nr_vcpus && i < before->nr_vcpus; i++) {
        domain->vcpus[i].cpu =
            percent(before->vcpus[i].info.cpu_time_ns, domain->vcpus[i].info.cpu_time_ns, seconds);
    }
}

static const struct top_device *find_device(const struct top_domain *domain,
                                            const struct libxl_statistics *info)
{
    for (size_t i = 0; i < domain->nr_devices; i++) {
        const struct top_device *device = &domain->devices[i];
        if (device->info.kind == info->kind && device->info.devid == info->devid)
            return device;
    }
    return NULL;
}

/* A count that goes back is another device's, which was attached under the same number. */
static void rate_device(const struct libxl_statistics *before, struct top_device *device,
                        double seconds)
{
    for (unsigned int i = 0; i < LIBXL_COUNTS_MAX; i++) {
        if (device->info.count[i] < before->count[i])
            return;
    }
    for (unsigned int i = 0; i < LIBXL_COUNTS_MAX; i++)
        device->rate[i] = (double)(device->info.count[i] - before->count[i]) / seconds;
    device->is_rated = true;
}

static void rate_devices(const struct top_domain *before, struct top_domain *domain, double seconds)
{
    for (size_t i = 0; i < domain->nr_devices; i++) {
        const struct top_device *former = find_device(before, &domain->devices[i].info);
        if (former && former->info.counted && domain->devices[i].info.counted)
            rate_device(&former->info, &domain->devices[i], seconds);
    }
}

size_t top_devices_of(const struct top_domain *domain, enum libxl_device_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < domain->nr_devices; i++)
        count += domain->devices[i].info.kind == kind;
    return count;
}

bool top_sum(const struct top_domain *domain, enum libxl_device_kind kind, unsigned int which,
             uint64_t *sum)
{
    bool known = true;
    *sum = 0;
    for (size_t i = 0; i < domain->nr_devices; i++) {
        const struct libxl_statistics *info = &domain->devices[i].info;
        if (info->kind != kind)
            continue;
        known = known && info->counted;
        *sum += info->count[which];
    }
    return known;
}

double top_rate(const struct top_domain *domain, enum libxl_device_kind kind, unsigned int which)
{
    double sum = 0;
    if (!domain->is_known)
        return TOP_NOT_KNOWN;
    for (size_t i = 0; i < domain->nr_devices; i++) {
        if (domain->devices[i].info.kind == kind)
            sum += domain->devices[i].rate[which];
    }
    return sum;
}

/* Per second, of what is counted at both times. */
static double per_second(uint64_t before, uint64_t now, double seconds)
{
    if (before == LIBXL_NOT_COUNTED || now == LIBXL_NOT_COUNTED || now < before)
        return TOP_NOT_KNOWN;
    return (double)(now - before) / seconds;
}

static void rate_counters(const struct top_domain *before, struct top_domain *domain,
                          double seconds)
{
    double steal = per_second(before->steal_ns, domain->steal_ns, seconds);
    domain->steal = steal < 0 ? TOP_NOT_KNOWN : steal / 1e7;
    for (unsigned int i = 0; i < XEN_VCPU_COUNTERS; i++)
        domain->vcpu_rate[i] = per_second(before->vcpu_count[i], domain->vcpu_count[i], seconds);
    for (unsigned int i = 0; i < XEN_DOMAIN_COUNTERS; i++)
        domain->domain_rate[i] =
            per_second(before->domain_count[i], domain->domain_count[i], seconds);
}

static void rate_cpus(const struct top_sample *before, struct top_sample *out)
{
    for (size_t i = 0; before && i < out->nr_cpu_counters && i < before->nr_cpu_counters; i++) {
        const struct top_cpu *former = &before->cpus[i];
        struct top_cpu *cpu = &out->cpus[i];
        if (former->cpu != cpu->cpu || out->seconds <= 0)
            continue;
        double idle = per_second(former->idle_ns, cpu->idle_ns, out->seconds);
        if (idle >= 0)
            cpu->busy = idle / 1e7 > 100 ? 0 : 100 - idle / 1e7;
    }
}

static void rate(const struct top_sample *before, struct top_domain *domain, double seconds)
{
    const struct top_domain *former = top_sample_find(before, domain->info.domid);
    if (!former || seconds <= 0 || !is_same(&former->info, &domain->info))
        return;
    domain->is_known = true;
    domain->cpu = percent(former->info.cpu_time_ns, domain->info.cpu_time_ns, seconds);
    rate_vcpus(former, domain, seconds);
    rate_devices(former, domain, seconds);
    rate_counters(former, domain, seconds);
}

/* One that ends meanwhile has none. */
static void take_vcpus(struct libxl_ctx *ctx, struct top_domain *domain)
{
    struct libxl_vcpu *list;
    size_t count;
    if (libxl_vcpu_list(ctx, domain->info.domid, &list, &count) != LIBXL_OK)
        return;
    domain->vcpus = calloc(count ? count : 1, sizeof(*domain->vcpus));
    for (size_t i = 0; domain->vcpus && i < count; i++)
        domain->vcpus[i] = (struct top_vcpu){.info = list[i], .cpu = TOP_NOT_KNOWN};
    domain->nr_vcpus = domain->vcpus ? count : 0;
    free(list);
}

/* That of a domain that has gone is nobody's. */
static void add_device(struct top_sample *out, const struct libxl_statistics *info)
{
    struct top_domain *domain = find_domain(out, info->domid);
    struct top_device *more =
        domain ? realloc(domain->devices, (domain->nr_devices + 1) * sizeof(*more)) : NULL;
    if (!more)
        return;
    domain->devices = more;
    more[domain->nr_devices++] = (struct top_device){.info = *info};
}

static int by_number(const void *a, const void *b)
{
    const struct libxl_statistics *left = &((const struct top_device *)a)->info;
    const struct libxl_statistics *right = &((const struct top_device *)b)->info;
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    return left->devid < right->devid ? -1 : left->devid > right->devid;
}

/* Of all domains that serve devices. */
static void take_devices(struct libxl_ctx *ctx, struct top_sample *out)
{
    for (size_t i = 0; i < out->count; i++) {
        const struct libxl_domain *backend = &out->domains[i].info;
        struct libxl_statistics *list;
        size_t count;
        if (!(backend->roles & LIBXL_ROLE_HARDWARE) && !libxl_backend_served(ctx, backend->domid))
            continue;
        if (libxl_statistics_list(ctx, backend->domid, &list, &count) != LIBXL_OK)
            return;
        for (size_t j = 0; j < count; j++)
            add_device(out, &list[j]);
        free(list);
    }
    for (size_t i = 0; i < out->count; i++) {
        struct top_domain *domain = &out->domains[i];
        if (domain->nr_devices)
            qsort(domain->devices, domain->nr_devices, sizeof(*domain->devices), by_number);
    }
}

/* One that is not counted makes the sum not counted. */
static void add_count(uint64_t *sum, uint64_t count)
{
    if (*sum == LIBXL_NOT_COUNTED)
        *sum = 0;
    *sum = count == LIBXL_NOT_COUNTED ? LIBXL_NOT_COUNTED : *sum + count;
}

static void take_vcpu_counters(struct libxl_ctx *ctx, struct top_sample *out)
{
    struct libxl_vcpu_counters *list;
    size_t count;
    if (libxl_vcpu_counters_list(ctx, &list, &count, NULL) != LIBXL_OK)
        return;
    for (size_t i = 0; i < count; i++) {
        struct top_domain *domain = find_domain(out, list[i].domid);
        if (!domain)
            continue;
        add_count(&domain->steal_ns, list[i].runnable_ns);
        for (unsigned int j = 0; j < XEN_VCPU_COUNTERS; j++)
            add_count(&domain->vcpu_count[j], list[i].counters[j]);
    }
    free(list);
}

static void take_domain_counters(struct libxl_ctx *ctx, struct top_sample *out)
{
    struct libxl_domain_counters *list;
    size_t count;
    if (libxl_domain_counters_list(ctx, &list, &count, NULL) != LIBXL_OK)
        return;
    for (size_t i = 0; i < count; i++) {
        struct top_domain *domain = find_domain(out, list[i].domid);
        if (domain)
            memcpy(domain->domain_count, list[i].counters, sizeof(domain->domain_count));
    }
    free(list);
}

static void take_cpu_counters(struct libxl_ctx *ctx, struct top_sample *out)
{
    struct libxl_cpu_counters *list;
    size_t count;
    if (libxl_cpu_counters_list(ctx, &list, &count, NULL) != LIBXL_OK)
        return;
    out->cpus = calloc(count ? count : 1, sizeof(*out->cpus));
    for (size_t i = 0; out->cpus && i < count; i++) {
        if (list[i].online)
            out->cpus[out->nr_cpu_counters++] = (struct top_cpu){
                .cpu = list[i].cpu, .idle_ns = list[i].idle_ns, .busy = TOP_NOT_KNOWN};
    }
    free(list);
}

/* Where the hypervisor counts nothing, or does not tell, none is known. */
static void take_counters(struct libxl_ctx *ctx, struct top_sample *out)
{
    take_vcpu_counters(ctx, out);
    take_domain_counters(ctx, out);
    take_cpu_counters(ctx, out);
}

/* Of what nothing is known yet. */
static void begin_domain(struct top_domain *domain, const struct libxl_domain *info)
{
    *domain = (struct top_domain){
        .info = *info, .cpu = TOP_NOT_KNOWN, .steal = TOP_NOT_KNOWN, .steal_ns = LIBXL_NOT_COUNTED};
    for (unsigned int i = 0; i < XEN_VCPU_COUNTERS; i++) {
        domain->vcpu_count[i] = LIBXL_NOT_COUNTED;
        domain->vcpu_rate[i] = TOP_NOT_KNOWN;
    }
    for (unsigned int i = 0; i < XEN_DOMAIN_COUNTERS; i++) {
        domain->domain_count[i] = LIBXL_NOT_COUNTED;
        domain->domain_rate[i] = TOP_NOT_KNOWN;
    }
}

static void take_machine(struct libxl_ctx *ctx, struct top_sample *out)
{
    struct libxl_info *info = calloc(1, sizeof(*info));
    if (info && libxl_info(ctx, info) == LIBXL_OK && info->nr_cpus != LIBXL_NOT_TOLD) {
        out->total_kib = info->total_mib * 1024;
        out->free_kib = info->free_mib * 1024;
        out->nr_cpus = info->nr_cpus;
        out->cpu_mhz = info->cpu_khz / 1000;
    }
    if (info)
        snprintf(out->version, sizeof(out->version), "%s", info->full_version);
    free(info);
}

enum libxl_code top_sample_take(struct libxl_ctx *ctx, unsigned int wanted,
                                const struct top_sample *before, struct top_sample *out)
{
    struct libxl_domain *list;
    size_t count;
    *out = (struct top_sample){.at_ms = clock_ms()};
    if (before)
        out->seconds = (double)(out->at_ms - before->at_ms) / 1e3;
    enum libxl_code code = libxl_domain_list(ctx, &list, &count);
    if (code)
        return code;
    out->domains = calloc(count ? count : 1, sizeof(*out->domains));
    for (size_t i = 0; out->domains && i < count; i++) {
        struct top_domain *domain = &out->domains[i];
        begin_domain(domain, &list[i]);
        out->count++;
        if (wanted & TOP_VCPUS)
            take_vcpus(ctx, domain);
    }
    free(list);
    if (!out->domains)
        return LIBXL_FAILED;
    if (wanted & TOP_DEVICES)
        take_devices(ctx, out);
    if (wanted & TOP_COUNTERS)
        take_counters(ctx, out);
    for (size_t i = 0; i < out->count; i++)
        rate(before, &out->domains[i], out->seconds);
    rate_cpus(before, out);
    take_machine(ctx, out);
    return LIBXL_OK;
}

void top_sample_free(struct top_sample *sample)
{
    for (size_t i = 0; i < sample->count; i++) {
        free(sample->domains[i].vcpus);
        free(sample->domains[i].devices);
    }
    free(sample->domains);
    free(sample->cpus);
    *sample = (struct top_sample){0};
}
