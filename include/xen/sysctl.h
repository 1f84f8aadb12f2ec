/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_sysctl(struct xen_sysctl *): operations on the machine, for the toolstack. */
#ifndef XEN_SYSCTL_H
#define XEN_SYSCTL_H

#include <xen/counters.h>
#include <xen/domctl.h>
#include <xen/physdev.h>
#include <xen/xen.h>

#define XEN_SYSCTL_INTERFACE_VERSION 0x00000016
/* The oldest version whose layouts are accepted. */
#define XEN_SYSCTL_INTERFACE_VERSION_OLDEST 0x00000015

/* Reads the hypervisor's log; clear empties it, incremental starts at index. */
struct xen_sysctl_readconsole {
    uint8_t clear;
    uint8_t incremental;
    uint8_t pad0, pad1;
    uint32_t index; /* in and out, with incremental */
    XEN_GUEST_HANDLE_64(char) buffer;
    uint32_t count; /* in: room; out: bytes */
};

#define XEN_SYSCTL_PHYSCAP_hvm                0x1U
#define XEN_SYSCTL_PHYSCAP_pv                 0x2U
#define XEN_SYSCTL_PHYSCAP_directio           0x4U
#define XEN_SYSCTL_PHYSCAP_hap                0x8U
#define XEN_SYSCTL_PHYSCAP_shadow             0x10U
#define XEN_SYSCTL_PHYSCAP_iommu_hap_pt_share 0x20U
#define XEN_SYSCTL_PHYSCAP_vmtrace            0x40U
#define XEN_SYSCTL_PHYSCAP_vpmu               0x80U
#define XEN_SYSCTL_PHYSCAP_gnttab_v1          0x100U
#define XEN_SYSCTL_PHYSCAP_gnttab_v2          0x200U
#define XEN_SYSCTL_PHYSCAP_ARM_SVE_MASK       0x1fU

struct xen_sysctl_physinfo {
    uint32_t threads_per_core;
    uint32_t cores_per_socket;
    uint32_t nr_cpus;
    uint32_t max_cpu_id;
    uint32_t nr_nodes;
    uint32_t max_node_id;
    uint32_t cpu_khz;
    uint32_t capabilities; /* XEN_SYSCTL_PHYSCAP_* */
    uint32_t arch_capabilities;
    uint32_t pad;
    uint64_t total_pages;
    uint64_t free_pages;
    uint64_t scrub_pages;
    uint64_t outstanding_pages;
    uint64_t max_mfn;
    uint32_t hw_cap[8];
};
typedef struct xen_sysctl_physinfo xen_sysctl_physinfo_t;

struct xen_sysctl_sched_id {
    uint32_t sched_id; /* XEN_SCHEDULER_* */
};

struct xen_sysctl_getdomaininfolist {
    domid_t first_domain;
    uint32_t max_domains;
    XEN_GUEST_HANDLE_64(xen_domctl_getdomaininfo_t) buffer;
    uint32_t num_domains; /* out */
};

struct xen_sysctl_debug_keys {
    XEN_GUEST_HANDLE_64(const_char) keys;
    uint32_t nr_keys;
};

struct xen_sysctl_cpuinfo {
    uint64_t idletime; /* ns */
};
typedef struct xen_sysctl_cpuinfo xen_sysctl_cpuinfo_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_cpuinfo_t);

struct xen_sysctl_getcpuinfo {
    uint32_t max_cpus;
    XEN_GUEST_HANDLE_64(xen_sysctl_cpuinfo_t) info;
    uint32_t nr_cpus; /* out */
};

struct xen_sysctl_availheap {
    uint32_t min_bitwidth;
    uint32_t max_bitwidth;
    int32_t node;
    uint64_t avail_bytes; /* out */
};

#define XEN_SYSCTL_CPU_HOTPLUG_ONLINE      0
#define XEN_SYSCTL_CPU_HOTPLUG_OFFLINE     1
#define XEN_SYSCTL_CPU_HOTPLUG_SMT_ENABLE  2
#define XEN_SYSCTL_CPU_HOTPLUG_SMT_DISABLE 3

struct xen_sysctl_cpu_hotplug {
    uint32_t cpu;
    uint32_t op;
};

#define XEN_INVALID_CORE_ID   0xffffffffU
#define XEN_INVALID_SOCKET_ID 0xffffffffU
#define XEN_INVALID_NODE_ID   0xffffffffU
#define XEN_INVALID_MEM_SZ    0xffffffffU
#define XEN_INVALID_NODE_DIST 0xffffffffU

struct xen_sysctl_cputopo {
    uint32_t core;
    uint32_t socket;
    uint32_t node;
};
typedef struct xen_sysctl_cputopo xen_sysctl_cputopo_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_cputopo_t);

/* With a null handle, num_cpus is the number there are. */
struct xen_sysctl_cputopoinfo {
    uint32_t num_cpus; /* in and out */
    XEN_GUEST_HANDLE_64(xen_sysctl_cputopo_t) cputopo;
};

struct xen_sysctl_meminfo {
    uint64_t memsize; /* bytes */
    uint64_t memfree; /* bytes */
};
typedef struct xen_sysctl_meminfo xen_sysctl_meminfo_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_meminfo_t);

struct xen_sysctl_numainfo {
    uint32_t num_nodes; /* in and out */
    XEN_GUEST_HANDLE_64(xen_sysctl_meminfo_t) meminfo;
    XEN_GUEST_HANDLE_64(uint32) distance; /* num_nodes * num_nodes */
};

DEFINE_XEN_GUEST_HANDLE(physdev_pci_device_t);

struct xen_sysctl_pcitopoinfo {
    uint32_t num_devs;
    XEN_GUEST_HANDLE_64(physdev_pci_device_t) devs;
    XEN_GUEST_HANDLE_64(uint32) nodes;
};

#define XEN_SYSCTL_CPUPOOL_OP_CREATE     1
#define XEN_SYSCTL_CPUPOOL_OP_DESTROY    2
#define XEN_SYSCTL_CPUPOOL_OP_INFO       3
#define XEN_SYSCTL_CPUPOOL_OP_ADDCPU     4
#define XEN_SYSCTL_CPUPOOL_OP_RMCPU      5
#define XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN 6
#define XEN_SYSCTL_CPUPOOL_OP_FREEINFO   7
#define XEN_SYSCTL_CPUPOOL_PAR_ANY       0xffffffffU

struct xen_sysctl_cpupool_op {
    uint32_t op;         /* XEN_SYSCTL_CPUPOOL_OP_* */
    uint32_t cpupool_id; /* INFO: in, at least this; out, the one found */
    uint32_t sched_id;
    uint32_t domid;
    uint32_t cpu;
    uint32_t n_dom;
    struct xenctl_bitmap cpumap;
};

#define XEN_SYSCTL_SCHEDOP_putinfo 0
#define XEN_SYSCTL_SCHEDOP_getinfo 1

struct xen_sysctl_credit_schedule {
    uint32_t tslice_ms;
    uint32_t ratelimit_us;
    uint32_t vcpu_migr_delay_us;
};
struct xen_sysctl_credit2_schedule {
    uint32_t ratelimit_us;
};

struct xen_sysctl_scheduler_op {
    uint32_t cpupool_id;
    uint32_t sched_id;
    uint32_t cmd; /* XEN_SYSCTL_SCHEDOP_* */
    union {
        struct {
            XEN_GUEST_HANDLE_64(void) schedule;
        } sched_arinc653;
        struct xen_sysctl_credit_schedule sched_credit;
        struct xen_sysctl_credit2_schedule sched_credit2;
    } u;
};

/* Trefoil's own: the end of the whole machine, at once; its domains are not asked. */
#define XEN_SYSCTL_TREFOIL_MACHINE_ASK   0 /* may the caller? Nothing follows */
#define XEN_SYSCTL_TREFOIL_MACHINE_OFF   1 /* does not return */
#define XEN_SYSCTL_TREFOIL_MACHINE_RESET 2 /* likewise */

struct xen_sysctl_trefoil_machine {
    uint32_t command; /* IN: XEN_SYSCTL_TREFOIL_MACHINE_* */
};

/*
 * Trefoil's own: what is wrong with CPUs of this machine (errata, leaks by speculation), and what
 * is done about it, one by one. -ENOENT: there are no more.
 */
struct xen_sysctl_trefoil_cpu_note {
    uint32_t position;     /* IN: 0 for the first; OUT: for the next */
    uint32_t open;         /* OUT: 1, nothing is done though it would be needed */
    uint64_aligned_t cpus; /* OUT: a mask of pcpus */
    char text[112];        /* OUT: ends with NUL */
};

/*
 * Trefoil's own: what is counted (<xen/counters.h>), of the vcpus or domains that the caller may
 * look at, or of the pcpus. A call fills as many records as there is room for, and fewer where an
 * interrupt waits, or none: it is to be made again with the new position until that is the end.
 */
#define XEN_SYSCTL_TREFOIL_COUNTERS_END 0xffffffffU

struct xen_sysctl_trefoil_counters {
    uint32_t kind;                       /* IN: XEN_COUNTERS_* */
    uint32_t position;                   /* IN: 0 for the first; OUT: for the next, or the end */
    uint32_t room;                       /* IN: records */
    uint32_t count;                      /* OUT: records filled */
    uint32_t size;                       /* IN: bytes from one record to the next, a multiple of 8;
                                            OUT: bytes of one that the hypervisor has */
    uint32_t counters;                   /* OUT: how many counters there are at its end */
    uint64_aligned_t now;                /* OUT: ns since the machine was started */
    XEN_GUEST_HANDLE_64(uint64) records; /* bytes beyond those of one stay as they are */
};

#define XEN_TREFOIL_EVENT_ARGUMENTS 7

/* What an event is, and what its arguments are: trefoil_event.def. */
enum xen_trefoil_event_kind {
#define TREFOIL_EVENT(number, name, severity, text) XEN_TREFOIL_EVENT_##name = (number),
#include <xen/trefoil_event.def>
#undef TREFOIL_EVENT
};

struct xen_trefoil_event {
    uint64_aligned_t sequence; /* from 1 on, without gaps */
    uint64_aligned_t time;     /* ns since the machine's start */
    uint16_t kind;             /* enum xen_trefoil_event_kind */
    domid_t domain;            /* DOMID_XEN: of no domain */
    uint32_t life;             /* of the domain, from 1; 0: of none that the tree describes */
    uint64_aligned_t arguments[XEN_TREFOIL_EVENT_ARGUMENTS];
};
typedef struct xen_trefoil_event xen_trefoil_event_t;
DEFINE_XEN_GUEST_HANDLE(xen_trefoil_event_t);

/*
 * Trefoil's own: what happened, in its order, as far as it is kept, without events of domains that
 * the caller may not see. Goes on until next is end; then VIRQ_TREFOIL_EVENTS is raised when
 * something is added. Bound before the first call, nothing is missed.
 */
struct xen_sysctl_trefoil_events {
    uint64_aligned_t next;   /* IN: the first that is wanted, 0: that is kept; OUT: to go on with */
    uint64_aligned_t end;    /* OUT: of the event to come; below next: the machine is another */
    uint64_aligned_t oldest; /* OUT: that is kept */
    uint64_aligned_t lost;   /* OUT: how many from next on are kept no more */
    uint64_aligned_t now;    /* OUT: as an event's time */
    uint64_aligned_t wall;   /* OUT: what the clock showed at time 0, ns since 1970; 0: unknown */
    uint32_t count;          /* IN: room for so many; OUT: so many are there */
    uint32_t pad;            /* IN: 0 */
    XEN_GUEST_HANDLE_64(xen_trefoil_event_t) buffer;
};

/* Operations. */
#define XEN_SYSCTL_readconsole        1
#define XEN_SYSCTL_tbuf_op            2
#define XEN_SYSCTL_physinfo           3
#define XEN_SYSCTL_sched_id           4
#define XEN_SYSCTL_perfc_op           5
#define XEN_SYSCTL_getdomaininfolist  6
#define XEN_SYSCTL_debug_keys         7
#define XEN_SYSCTL_getcpuinfo         8
#define XEN_SYSCTL_availheap          9
#define XEN_SYSCTL_get_pmstat         10
#define XEN_SYSCTL_cpu_hotplug        11
#define XEN_SYSCTL_pm_op              12
#define XEN_SYSCTL_page_offline_op    14
#define XEN_SYSCTL_lockprof_op        15
#define XEN_SYSCTL_cputopoinfo        16
#define XEN_SYSCTL_numainfo           17
#define XEN_SYSCTL_cpupool_op         18
#define XEN_SYSCTL_scheduler_op       19
#define XEN_SYSCTL_coverage_op        20
#define XEN_SYSCTL_psr_cmt_op         21
#define XEN_SYSCTL_pcitopoinfo        22
#define XEN_SYSCTL_psr_alloc          23
#define XEN_SYSCTL_get_cpu_featureset 26
#define XEN_SYSCTL_livepatch_op       27
#define XEN_SYSCTL_get_cpu_policy     29
#define XEN_SYSCTL_dt_overlay         30
/* From here on Trefoil's own, which are stable: interface_version may be 0 too. */
#define XEN_SYSCTL_TREFOIL          2000
#define XEN_SYSCTL_trefoil_machine  2000
#define XEN_SYSCTL_trefoil_cpu_note 2001
#define XEN_SYSCTL_trefoil_counters 2002
#define XEN_SYSCTL_trefoil_events   2003

struct xen_sysctl {
    uint32_t cmd; /* XEN_SYSCTL_* */
    uint32_t interface_version;
    union {
        struct xen_sysctl_readconsole readconsole;
        struct xen_sysctl_physinfo physinfo;
        struct xen_sysctl_cputopoinfo cputopoinfo;
        struct xen_sysctl_pcitopoinfo pcitopoinfo;
        struct xen_sysctl_numainfo numainfo;
        struct xen_sysctl_sched_id sched_id;
        struct xen_sysctl_getdomaininfolist getdomaininfolist;
        struct xen_sysctl_debug_keys debug_keys;
        struct xen_sysctl_getcpuinfo getcpuinfo;
        struct xen_sysctl_availheap availheap;
        struct xen_sysctl_cpu_hotplug cpu_hotplug;
        struct xen_sysctl_cpupool_op cpupool_op;
        struct xen_sysctl_scheduler_op scheduler_op;
        struct xen_sysctl_trefoil_machine trefoil_machine;
        struct xen_sysctl_trefoil_cpu_note trefoil_cpu_note;
        struct xen_sysctl_trefoil_counters trefoil_counters;
        struct xen_sysctl_trefoil_events trefoil_events;
        uint8_t pad[128];
    } u;
};
typedef struct xen_sysctl xen_sysctl_t;
DEFINE_XEN_GUEST_HANDLE(xen_sysctl_t);

XEN_LAYOUT_SIZE(struct xen_sysctl_readconsole, 24);
XEN_LAYOUT_FIELD(struct xen_sysctl_readconsole, buffer, 8);
XEN_LAYOUT_SIZE(struct xen_sysctl_physinfo, 112);
XEN_LAYOUT_FIELD(struct xen_sysctl_physinfo, total_pages, 40);
XEN_LAYOUT_FIELD(struct xen_sysctl_physinfo, hw_cap, 80);
XEN_LAYOUT_SIZE(struct xen_sysctl_getdomaininfolist, 24);
XEN_LAYOUT_SIZE(struct xen_sysctl_debug_keys, 16);
XEN_LAYOUT_SIZE(struct xen_sysctl_getcpuinfo, 24);
XEN_LAYOUT_SIZE(struct xen_sysctl_availheap, 24);
XEN_LAYOUT_SIZE(struct xen_sysctl_trefoil_machine, 4);
XEN_LAYOUT_SIZE(struct xen_sysctl_trefoil_cpu_note, 128);
XEN_LAYOUT_SIZE(struct xen_sysctl_trefoil_counters, 40);
XEN_LAYOUT_FIELD(struct xen_sysctl_trefoil_counters, records, 32);
XEN_LAYOUT_SIZE(struct xen_trefoil_event, 80);
XEN_LAYOUT_FIELD(struct xen_trefoil_event, arguments, 24);
XEN_LAYOUT_SIZE(struct xen_sysctl_trefoil_events, 64);
XEN_LAYOUT_FIELD(struct xen_sysctl_trefoil_events, buffer, 56);
XEN_LAYOUT_SIZE(struct xen_sysctl_cputopo, 12);
XEN_LAYOUT_SIZE(struct xen_sysctl_cputopoinfo, 16);
XEN_LAYOUT_SIZE(struct xen_sysctl_numainfo, 24);
XEN_LAYOUT_SIZE(struct xen_sysctl_pcitopoinfo, 24);
XEN_LAYOUT_SIZE(struct xen_sysctl_cpupool_op, 40);
XEN_LAYOUT_FIELD(struct xen_sysctl_cpupool_op, cpumap, 24);
XEN_LAYOUT_SIZE(struct xen_sysctl_scheduler_op, 32);
XEN_LAYOUT_SIZE(struct xen_sysctl, 136);
XEN_LAYOUT_FIELD(struct xen_sysctl, u, 8);

#endif
