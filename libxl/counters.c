/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include <libxl/counters.h>
#include <xen/vcpu.h>

#include "memory.h"

/* Records that are asked for at once. */
#define ROOM 64u
/* More than this is no machine. */
#define RECORDS_MAX (1u << 20)

const struct libxl_counter libxl_vcpu_counter[XEN_VCPU_COUNTERS] = {
#define VCPU_COUNTER(name_, unit_, text_) {.name = #name_, .unit = (unit_), .text = (text_)},
#include <xen/counters.def>
};

const struct libxl_counter libxl_domain_counter[XEN_DOMAIN_COUNTERS] = {
#define DOMAIN_COUNTER(name_, unit_, text_) {.name = #name_, .unit = (unit_), .text = (text_)},
#include <xen/counters.def>
};

const struct libxl_counter libxl_cpu_counter[XEN_PCPU_COUNTERS] = {
#define PCPU_COUNTER(name_, unit_, text_) {.name = #name_, .unit = (unit_), .text = (text_)},
#include <xen/counters.def>
};

const uint64_t libxl_wake_bucket_ns[XEN_WAKE_BUCKETS] = {
#define WAKE_BUCKET(name, ns) (ns),
#include <xen/counters.def>
};

/* All records of a kind, as the hypervisor gives them. */
struct records {
    uint32_t kind;
    size_t size; /* of one, as it is known here */
    unsigned char *list;
    size_t count;
    uint32_t counters; /* how many of them the hypervisor has */
    uint64_t now;
};

/* One record, as libxl has it. */
typedef void copy_record(const struct records *records, const void *record, void *out);

static enum libxl_code grow(struct libxl_ctx *ctx, struct records *records)
{
    if (records->count > RECORDS_MAX)
        return libxl_fail(ctx, LIBXL_FAILED, "The list of counters does not end.");
    unsigned char *list = realloc(records->list, (records->count + ROOM) * records->size);
    if (!list)
        return libxl_fail(ctx, LIBXL_FAILED, "Out of memory.");
    records->list = list;
    return LIBXL_OK;
}

/* As many as come at once; *position is where to go on. */
static enum libxl_code get_some(struct libxl_ctx *ctx, struct records *records, uint32_t *position)
{
    static const struct attempt attempt = {.what = "Looking at what is counted",
                                           .operation = OP_sysctl_trefoil_counters,
                                           .domid = DOMID_INVALID};
    struct xen_sysctl_trefoil_counters op = {.kind = records->kind,
                                             .position = *position,
                                             .room = ROOM,
                                             .size = (uint32_t)records->size};
    enum libxl_code code = grow(ctx, records);
    if (code)
        return code;
    int rc = xc_counters(ctx->xc, &op, records->list + records->count * records->size);
    if (rc < 0)
        return libxl_from_xc(ctx, rc, &attempt);
    if (op.position <= *position)
        return libxl_fail(ctx, LIBXL_FAILED, "The list of counters does not go on.");
    *position = op.position;
    records->count += op.count;
    records->counters = op.counters;
    records->now = op.now;
    return LIBXL_OK;
}

/* For the caller to free(); NULL when there is no memory for it. */
static unsigned char *copy_all(const struct records *records, size_t size, copy_record *copy)
{
    unsigned char *list = calloc(records->count + 1, size);
    for (size_t i = 0; list && i < records->count; i++)
        copy(records, records->list + i * records->size, list + i * size);
    return list;
}

/* *list gets items of `size` bytes. */
static enum libxl_code get_all(struct libxl_ctx *ctx, struct records *records, size_t size,
                               copy_record *copy, void **list, size_t *count, uint64_t *now_ns)
{
    enum libxl_code code = LIBXL_OK;
    *list = NULL;
    *count = 0;
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    for (uint32_t position = 0; position != XEN_SYSCTL_TREFOIL_COUNTERS_END && !code;)
        code = get_some(ctx, records, &position);
    if (!code) {
        *list = copy_all(records, size, copy);
        if (!*list)
            code = libxl_fail(ctx, LIBXL_FAILED, "Out of memory.");
    }
    free(records->list);
    if (code)
        return code;
    *count = records->count;
    if (now_ns)
        *now_ns = records->now;
    return LIBXL_OK;
}

static void copy_counters(const struct records *records, uint64_t *to, const uint64_t *from,
                          uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        to[i] = i < records->counters ? from[i] : LIBXL_NOT_COUNTED;
}

static void copy_vcpu(const struct records *records, const void *record, void *out)
{
    const struct xen_vcpu_counters *from = record;
    struct libxl_vcpu_counters *to = out;
    *to = (struct libxl_vcpu_counters){
        .domid = from->domid,
        .vcpu = from->vcpu,
        .cpu = from->pcpu,
        .state = from->state,
        .instance = from->instance,
        .running_ns = from->time[RUNSTATE_running],
        .runnable_ns = from->time[RUNSTATE_runnable],
        .blocked_ns = from->time[RUNSTATE_blocked],
        .offline_ns = from->time[RUNSTATE_offline],
        .wake_ns = from->wake_time,
    };
    memcpy(to->wakes, from->wakes, sizeof(to->wakes));
    copy_counters(records, to->counters, from->counters, XEN_VCPU_COUNTERS);
}

static void copy_domain(const struct records *records, const void *record, void *out)
{
    const struct xen_domain_counters *from = record;
    struct libxl_domain_counters *to = out;
    *to = (struct libxl_domain_counters){.domid = from->domid,
                                         .vcpus = from->vcpus,
                                         .instance = from->instance,
                                         .age_ns = from->age};
    copy_counters(records, to->counters, from->counters, XEN_DOMAIN_COUNTERS);
}

static void copy_cpu(const struct records *records, const void *record, void *out)
{
    const struct xen_pcpu_counters *from = record;
    struct libxl_cpu_counters *to = out;
    *to = (struct libxl_cpu_counters){
        .cpu = from->pcpu, .online = from->online, .idle_ns = from->idle_time};
    copy_counters(records, to->counters, from->counters, XEN_PCPU_COUNTERS);
}

enum libxl_code libxl_vcpu_counters_list(struct libxl_ctx *ctx, struct libxl_vcpu_counters **list,
                                         size_t *count, uint64_t *now_ns)
{
    struct records records = {.kind = XEN_COUNTERS_VCPU, .size = sizeof(struct xen_vcpu_counters)};
    void *copies;
    enum libxl_code code =
        get_all(ctx, &records, sizeof(**list), copy_vcpu, &copies, count, now_ns);
    *list = copies;
    return code;
}

enum libxl_code libxl_domain_counters_list(struct libxl_ctx *ctx,
                                           struct libxl_domain_counters **list, size_t *count,
                                           uint64_t *now_ns)
{
    struct records records = {.kind = XEN_COUNTERS_DOMAIN,
                              .size = sizeof(struct xen_domain_counters)};
    void *copies;
    if (libxl_memory_counters(ctx, list, count, now_ns))
        return LIBXL_OK;
    enum libxl_code code =
        get_all(ctx, &records, sizeof(**list), copy_domain, &copies, count, now_ns);
    *list = copies;
    return code;
}

enum libxl_code libxl_cpu_counters_list(struct libxl_ctx *ctx, struct libxl_cpu_counters **list,
                                        size_t *count, uint64_t *now_ns)
{
    struct records records = {.kind = XEN_COUNTERS_PCPU, .size = sizeof(struct xen_pcpu_counters)};
    void *copies;
    enum libxl_code code = get_all(ctx, &records, sizeof(**list), copy_cpu, &copies, count, now_ns);
    *list = copies;
    return code;
}

#define FIELD(type, member, kind_, name_)                                                          \
    {                                                                                              \
        .name = (name_), .kind = LIBXL_KIND_##kind_, .offset = offsetof(struct type, member),      \
        .size = sizeof(((struct type *)0)->member)                                                 \
    }
#define GROUP(children_, name_)                                                                    \
    {                                                                                              \
        .name = (name_), .kind = LIBXL_KIND_GROUP, .children = (children_)                         \
    }
#define END                                                                                        \
    {                                                                                              \
        .name = NULL                                                                               \
    }

static const struct libxl_field wake_fields[] = {
#define WAKE_BUCKET(name, ns)                                                                      \
    FIELD(libxl_vcpu_counters, wakes[XEN_WAKE_BUCKET_##name], NUMBER, #name),
#include <xen/counters.def>
    END};

const struct libxl_field libxl_vcpu_counters_fields[] = {
    FIELD(libxl_vcpu_counters, domid, NUMBER, "domid"),
    FIELD(libxl_vcpu_counters, vcpu, NUMBER, "vcpu"),
    FIELD(libxl_vcpu_counters, cpu, NUMBER, "cpu"),
    FIELD(libxl_vcpu_counters, state, NUMBER, "state"),
    FIELD(libxl_vcpu_counters, instance, NUMBER, "instance"),
    FIELD(libxl_vcpu_counters, running_ns, NUMBER, "running_ns"),
    FIELD(libxl_vcpu_counters, runnable_ns, NUMBER, "runnable_ns"),
    FIELD(libxl_vcpu_counters, blocked_ns, NUMBER, "blocked_ns"),
    FIELD(libxl_vcpu_counters, offline_ns, NUMBER, "offline_ns"),
    GROUP(wake_fields, "wakes"),
    FIELD(libxl_vcpu_counters, wake_ns, NUMBER, "wake_ns"),
#define VCPU_COUNTER(name, unit, text)                                                             \
    FIELD(libxl_vcpu_counters, counters[XEN_VCPU_COUNTER_##name], TOLD, #name),
#include <xen/counters.def>
    END};

const struct libxl_field libxl_domain_counters_fields[] = {
    FIELD(libxl_domain_counters, domid, NUMBER, "domid"),
    FIELD(libxl_domain_counters, vcpus, NUMBER, "vcpus"),
    FIELD(libxl_domain_counters, instance, NUMBER, "instance"),
    FIELD(libxl_domain_counters, age_ns, NUMBER, "age_ns"),
#define DOMAIN_COUNTER(name, unit, text)                                                           \
    FIELD(libxl_domain_counters, counters[XEN_DOMAIN_COUNTER_##name], TOLD, #name),
#include <xen/counters.def>
    END};

const struct libxl_field libxl_cpu_counters_fields[] = {
    FIELD(libxl_cpu_counters, cpu, NUMBER, "cpu"),
    FIELD(libxl_cpu_counters, online, BOOL, "online"),
    FIELD(libxl_cpu_counters, idle_ns, NUMBER, "idle_ns"),
#define PCPU_COUNTER(name, unit, text)                                                             \
    FIELD(libxl_cpu_counters, counters[XEN_PCPU_COUNTER_##name], TOLD, #name),
#include <xen/counters.def>
    END};
