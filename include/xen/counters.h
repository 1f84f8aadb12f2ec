/* SPDX-License-Identifier: MIT */
/*
 * Records of XEN_SYSCTL_trefoil_counters, in the order of counters.def. A record only grows, at its
 * end: who knows a shorter one asks for that, who knows a longer one is told how much of it there
 * is.
 */
#ifndef XEN_COUNTERS_H
#define XEN_COUNTERS_H

#include <xen/layout.h>
#include <xen/xen.h>

enum xen_vcpu_counter {
#define VCPU_COUNTER(name, unit, text) XEN_VCPU_COUNTER_##name,
#include <xen/counters.def>
    XEN_VCPU_COUNTERS
};

enum xen_domain_counter {
#define DOMAIN_COUNTER(name, unit, text) XEN_DOMAIN_COUNTER_##name,
#include <xen/counters.def>
    XEN_DOMAIN_COUNTERS
};

enum xen_pcpu_counter {
#define PCPU_COUNTER(name, unit, text) XEN_PCPU_COUNTER_##name,
#include <xen/counters.def>
    XEN_PCPU_COUNTERS
};

enum xen_wake_bucket {
#define WAKE_BUCKET(name, ns) XEN_WAKE_BUCKET_##name,
#include <xen/counters.def>
    XEN_WAKE_BUCKETS
};

/* What kind of records. */
#define XEN_COUNTERS_VCPU   0
#define XEN_COUNTERS_DOMAIN 1
#define XEN_COUNTERS_PCPU   2

struct xen_vcpu_counters {
    domid_t domid;
    uint16_t vcpu;
    uint32_t pcpu;             /* where it runs or last ran */
    uint32_t state;            /* RUNSTATE_* */
    uint32_t pad;              /* 0 */
    uint64_aligned_t instance; /* of the domain: unique_id of XEN_DOMCTL_get_domain_state */
    uint64_aligned_t time[4];  /* ns in each state, until now */
    uint64_aligned_t wakes[XEN_WAKE_BUCKETS];
    uint64_aligned_t wake_time; /* ns between waking and running, of all of them together */
    uint64_aligned_t counters[XEN_VCPU_COUNTERS];
};

struct xen_domain_counters {
    domid_t domid;
    uint16_t vcpus;
    uint32_t pad;              /* 0 */
    uint64_aligned_t instance; /* as above */
    uint64_aligned_t age;      /* ns since it was started */
    uint64_aligned_t counters[XEN_DOMAIN_COUNTERS];
};

struct xen_pcpu_counters {
    uint32_t pcpu;
    uint32_t online;            /* 1 or 0 */
    uint64_aligned_t idle_time; /* ns, until now */
    uint64_aligned_t counters[XEN_PCPU_COUNTERS];
};

XEN_LAYOUT_FIELD(struct xen_vcpu_counters, time, 24);
XEN_LAYOUT_FIELD(struct xen_vcpu_counters, wakes, 56);
XEN_LAYOUT_FIELD(struct xen_vcpu_counters, wake_time, 248);
XEN_LAYOUT_FIELD(struct xen_vcpu_counters, counters, 256);
XEN_LAYOUT_FIELD(struct xen_domain_counters, counters, 24);
XEN_LAYOUT_FIELD(struct xen_pcpu_counters, counters, 16);

#endif
