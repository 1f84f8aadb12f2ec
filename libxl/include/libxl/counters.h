/* SPDX-License-Identifier: MIT */
/*
 * What the hypervisor counts of vcpus, domains and CPUs. Names, units and what is meant are those
 * of <xen/counters.def>. Numbers only grow while a domain lives, and begin anew with its next life:
 * `instance` tells lives apart.
 */
#ifndef LIBXL_COUNTERS_H
#define LIBXL_COUNTERS_H

#include <libxl/fields.h>
#include <libxl/libxl.h>
#include <xen/counters.h>

#pragma GCC visibility push(default)

/* What a counter of an older hypervisor is that does not have it. */
#define LIBXL_NOT_COUNTED UINT64_MAX

struct libxl_vcpu_counters {
    uint32_t domid, vcpu;
    uint32_t cpu;      /* where it runs or last ran */
    uint32_t state;    /* RUNSTATE_ */
    uint64_t instance; /* as libxl_domain_instance() */
    /* How long it has been in each state; runnable is what others took from it. */
    uint64_t running_ns, runnable_ns, blocked_ns, offline_ns;
    uint64_t wakes[XEN_WAKE_BUCKETS]; /* wake-ups by how long it was until the vcpu ran */
    uint64_t wake_ns;                 /* all of these waits together */
    uint64_t counters[XEN_VCPU_COUNTERS];
};

struct libxl_domain_counters {
    uint32_t domid, vcpus;
    uint64_t instance;
    uint64_t age_ns; /* since it was started */
    uint64_t counters[XEN_DOMAIN_COUNTERS];
};

struct libxl_cpu_counters {
    uint32_t cpu;
    bool online;
    uint64_t idle_ns;
    uint64_t counters[XEN_PCPU_COUNTERS];
};

/*
 * By ascending id, of all whom this domain may look at (none where it may look at none of that
 * kind); *now_ns, if not NULL, gets the machine's time when the last one was read. *list is for the
 * caller to free(). LIBXL_UNSUPPORTED: the hypervisor counts nothing.
 */
enum libxl_code libxl_vcpu_counters_list(struct libxl_ctx *ctx, struct libxl_vcpu_counters **list,
                                         size_t *count, uint64_t *now_ns);
enum libxl_code libxl_domain_counters_list(struct libxl_ctx *ctx,
                                           struct libxl_domain_counters **list, size_t *count,
                                           uint64_t *now_ns);
enum libxl_code libxl_cpu_counters_list(struct libxl_ctx *ctx, struct libxl_cpu_counters **list,
                                        size_t *count, uint64_t *now_ns);

extern const struct libxl_field libxl_vcpu_counters_fields[];
extern const struct libxl_field libxl_domain_counters_fields[];
extern const struct libxl_field libxl_cpu_counters_fields[];

/* What the numbers in counters[] are, in their order. */
struct libxl_counter {
    const char *name; /* words joined by _ */
    const char *unit; /* in the plural */
    const char *text; /* a sentence without its full stop */
};

extern const struct libxl_counter libxl_vcpu_counter[XEN_VCPU_COUNTERS];
extern const struct libxl_counter libxl_domain_counter[XEN_DOMAIN_COUNTERS];
extern const struct libxl_counter libxl_cpu_counter[XEN_PCPU_COUNTERS];
/* Less than so many ns, and not less than those of the one before; of the last UINT64_MAX. */
extern const uint64_t libxl_wake_bucket_ns[XEN_WAKE_BUCKETS];

#pragma GCC visibility pop

#endif
