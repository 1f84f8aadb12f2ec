/* SPDX-License-Identifier: MIT */
/*
 * What there is of the machine at one moment, and how fast it goes on since the moment before.
 * A domain that was started again in between is another one: it has no rates yet.
 */
#ifndef XL_TOP_SAMPLE_H
#define XL_TOP_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libxl/counters.h>
#include <libxl/device.h>
#include <libxl/libxl.h>

/* What is asked for besides the domains themselves, as a set. */
#define TOP_VCPUS    1u
#define TOP_DEVICES  2u
#define TOP_COUNTERS 4u

/* A number that is not known. */
#define TOP_NOT_KNOWN (-1.0)

struct top_vcpu {
    struct libxl_vcpu info;
    double cpu; /* % of a pcpu; TOP_NOT_KNOWN */
};

struct top_device {
    struct libxl_statistics info;
    bool is_rated;                 /* it was counted in the sample before, too */
    double rate[LIBXL_COUNTS_MAX]; /* of each count, per second; 0 unless `is_rated` */
};

struct top_domain {
    struct libxl_domain info;
    bool is_known; /* it was there in the sample before, in the same life */
    double cpu;    /* % of a pcpu, all its vcpus together; TOP_NOT_KNOWN */
    struct top_vcpu *vcpus;
    size_t nr_vcpus;
    struct top_device *devices;
    size_t nr_devices;
    /* What the hypervisor counts, of all vcpus together; LIBXL_NOT_COUNTED. */
    uint64_t steal_ns, vcpu_count[XEN_VCPU_COUNTERS], domain_count[XEN_DOMAIN_COUNTERS];
    double steal; /* % of a pcpu that its vcpus could have had and others did; TOP_NOT_KNOWN */
    /* Per second; TOP_NOT_KNOWN. */
    double vcpu_rate[XEN_VCPU_COUNTERS], domain_rate[XEN_DOMAIN_COUNTERS];
};

struct top_cpu {
    uint32_t cpu;
    uint64_t idle_ns;
    double busy; /* %; TOP_NOT_KNOWN */
};

struct top_sample {
    int64_t at_ms;  /* of CLOCK_MONOTONIC */
    double seconds; /* since the sample before; 0: there is none */
    uint64_t total_kib, free_kib;
    uint32_t nr_cpus, cpu_mhz; /* 0: not told */
    char version[48];
    struct top_domain *domains;
    size_t count;
    struct top_cpu *cpus; /* those that are online */
    size_t nr_cpu_counters;
};

/*
 * Takes a sample; `before` is the one to compare with, or NULL. Where
 * that fails there are no domains, and libxl's error is set unless memory was short. To be released
 * by top_sample_free().
 */
enum libxl_code top_sample_take(struct libxl_ctx *ctx, unsigned int wanted,
                                const struct top_sample *before, struct top_sample *out);
void top_sample_free(struct top_sample *sample);

/* The domain of this id, or NULL. */
const struct top_domain *top_sample_find(const struct top_sample *sample, uint32_t domid);

/* How many devices of a kind the domain has. */
size_t top_devices_of(const struct top_domain *domain, enum libxl_device_kind kind);
/* The sum of a count over them; false: of one of them it is not known. */
bool top_sum(const struct top_domain *domain, enum libxl_device_kind kind, unsigned int which,
             uint64_t *sum);
/* The sum of its rates; TOP_NOT_KNOWN. */
double top_rate(const struct top_domain *domain, enum libxl_device_kind kind, unsigned int which);

/* Whether the guest has crashed, and whether it has shut down otherwise. */
bool top_has_crashed(const struct libxl_domain *domain);
bool top_has_shut_down(const struct libxl_domain *domain);

#endif
