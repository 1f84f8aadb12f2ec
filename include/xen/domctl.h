/* SPDX-License-Identifier: MIT */
/*
 * HYPERVISOR_domctl(struct xen_domctl *): operations on domains, for the toolstack.
 * The layouts are those of interface version 0x18; for what a monitoring toolstack calls they equal
 * 0x15's.
 */
#ifndef XEN_DOMCTL_H
#define XEN_DOMCTL_H

#include <xen/event_channel.h>
#include <xen/trefoil_domctl.h>
#include <xen/xen.h>

#define XEN_DOMCTL_INTERFACE_VERSION 0x00000018
/* The oldest version whose layouts are accepted. */
#define XEN_DOMCTL_INTERFACE_VERSION_OLDEST 0x00000015

/* Create flags. Bits 9 to 12 carry the roles of a split system. */
#define _XEN_DOMCTL_CDF_hvm                   0
#define _XEN_DOMCTL_CDF_hap                   1
#define _XEN_DOMCTL_CDF_s3_integrity          2
#define _XEN_DOMCTL_CDF_oos_off               3
#define _XEN_DOMCTL_CDF_xs_domain             4
#define _XEN_DOMCTL_CDF_iommu                 5
#define _XEN_DOMCTL_CDF_nested_virt           6
#define XEN_DOMCTL_CDF_hvm                    (1U << 0)
#define XEN_DOMCTL_CDF_hap                    (1U << 1)
#define XEN_DOMCTL_CDF_s3_integrity           (1U << 2)
#define XEN_DOMCTL_CDF_oos_off                (1U << 3)
#define XEN_DOMCTL_CDF_xs_domain              (1U << 4)
#define XEN_DOMCTL_CDF_iommu                  (1U << 5)
#define XEN_DOMCTL_CDF_nested_virt            (1U << 6)
#define XEN_DOMCTL_CDF_vpmu                   (1U << 7)
#define XEN_DOMCTL_CDF_trap_unmapped_accesses (1U << 8)
#define XEN_DOMCTL_CDF_device_model           (1U << 9)
#define XEN_DOMCTL_CDF_not_hypercall_target   (1U << 10)
#define XEN_DOMCTL_CDF_control                (1U << 11)
#define XEN_DOMCTL_CDF_hardware               (1U << 12)

struct xen_domctl_createdomain {
    uint32_t ssidref;
    xen_domain_handle_t handle;
    uint32_t flags; /* XEN_DOMCTL_CDF_* */
    uint32_t iommu_opts;
    uint32_t max_vcpus;
    uint32_t max_evtchn_port;
    int32_t max_grant_frames;    /* negative: the default */
    int32_t max_maptrack_frames; /* negative: the default */
    uint32_t grant_opts;
    struct {
        uint16_t opts;
        uint16_t nr;
    } altp2m;
    uint32_t vmtrace_size;
    uint32_t cpupool_id;
    struct xen_arch_domainconfig arch;
};

/* Flags of getdomaininfo. The shutdown reason is in bits 16 to 23. */
#define XEN_DOMINF_dying                (1U << 0)
#define XEN_DOMINF_hvm_guest            (1U << 1)
#define XEN_DOMINF_shutdown             (1U << 2)
#define XEN_DOMINF_paused               (1U << 3)
#define XEN_DOMINF_blocked              (1U << 4)
#define XEN_DOMINF_running              (1U << 5)
#define XEN_DOMINF_debugged             (1U << 6)
#define XEN_DOMINF_xs_domain            (1U << 7)
#define XEN_DOMINF_hap                  (1U << 8)
#define XEN_DOMINF_control              (1U << 9)
#define XEN_DOMINF_hardware             (1U << 10)
#define XEN_DOMINF_device_model         (1U << 11)
#define XEN_DOMINF_not_hypercall_target (1U << 12)
#define XEN_DOMINF_shutdownmask         255
#define XEN_DOMINF_shutdownshift        16

struct xen_domctl_getdomaininfo {
    domid_t domain;
    uint16_t pad1;
    uint32_t flags; /* XEN_DOMINF_* */
    uint64_t tot_pages;
    uint64_t max_pages;
    uint64_t outstanding_pages;
    uint64_t shr_pages;
    uint64_t paged_pages;
    uint64_t shared_info_frame;
    uint64_t cpu_time; /* ns */
    uint32_t nr_online_vcpus;
    uint32_t max_vcpu_id;
    uint32_t ssidref;
    xen_domain_handle_t handle;
    uint32_t cpupool;
    uint8_t gpaddr_bits;
    uint8_t pad2[7];
    struct xen_arch_domainconfig arch_config;
};
typedef struct xen_domctl_getdomaininfo xen_domctl_getdomaininfo_t;
DEFINE_XEN_GUEST_HANDLE(xen_domctl_getdomaininfo_t);
#define XEN_INVALID_MAX_VCPU_ID 0xffffffffU

struct xen_domctl_getpageframeinfo3 {
    uint64_t num;
    XEN_GUEST_HANDLE_64(xen_pfn_t) array; /* in: frames; out: XEN_DOMCTL_PFINFO_* */
};
#define XEN_DOMCTL_PFINFO_NOTAB  0x0U
#define XEN_DOMCTL_PFINFO_XTAB   0xf0000000U
#define XEN_DOMCTL_PFINFO_BROKEN 0xd0000000U
#define XEN_DOMCTL_PFINFO_XALLOC 0xe0000000U

struct xen_domctl_max_mem {
    uint64_t max_memkb;
};

struct xen_domctl_vcpucontext {
    uint32_t vcpu;
    XEN_GUEST_HANDLE_64(vcpu_guest_context_t) ctxt;
};

struct xen_domctl_getvcpuinfo {
    uint32_t vcpu; /* in */
    uint8_t online;
    uint8_t blocked;
    uint8_t running;
    uint64_t cpu_time; /* ns */
    uint32_t cpu;
};

struct xen_domctl_nodeaffinity {
    struct xenctl_bitmap nodemap;
};

#define XEN_VCPUAFFINITY_HARD  (1U << 0)
#define XEN_VCPUAFFINITY_SOFT  (1U << 1)
#define XEN_VCPUAFFINITY_FORCE (1U << 2)

struct xen_domctl_vcpuaffinity {
    uint32_t vcpu;
    uint32_t flags; /* XEN_VCPUAFFINITY_* */
    struct xenctl_bitmap cpumap_hard;
    struct xenctl_bitmap cpumap_soft;
};

struct xen_domctl_max_vcpus {
    uint32_t max;
};

/* Scheduler ids, also of sysctl. */
#define XEN_SCHEDULER_CREDIT   5
#define XEN_SCHEDULER_CREDIT2  6
#define XEN_SCHEDULER_ARINC653 7
#define XEN_SCHEDULER_RTDS     8
#define XEN_SCHEDULER_NULL     9

struct xen_domctl_sched_credit {
    uint16_t weight;
    uint16_t cap;
};
struct xen_domctl_sched_credit2 {
    uint16_t weight;
    uint16_t cap;
};
struct xen_domctl_sched_rtds {
    uint32_t period; /* us */
    uint32_t budget; /* us */
    uint32_t flags;
};
struct xen_domctl_schedparam_vcpu {
    union {
        struct xen_domctl_sched_credit credit;
        struct xen_domctl_sched_credit2 credit2;
        struct xen_domctl_sched_rtds rtds;
    } u;
    uint32_t vcpuid;
};
typedef struct xen_domctl_schedparam_vcpu xen_domctl_schedparam_vcpu_t;
DEFINE_XEN_GUEST_HANDLE(xen_domctl_schedparam_vcpu_t);

#define XEN_DOMCTL_SCHEDOP_putinfo     0
#define XEN_DOMCTL_SCHEDOP_getinfo     1
#define XEN_DOMCTL_SCHEDOP_putvcpuinfo 2
#define XEN_DOMCTL_SCHEDOP_getvcpuinfo 3

struct xen_domctl_scheduler_op {
    uint32_t sched_id; /* XEN_SCHEDULER_* */
    uint32_t cmd;      /* XEN_DOMCTL_SCHEDOP_* */
    union {
        struct xen_domctl_sched_credit credit;
        struct xen_domctl_sched_credit2 credit2;
        struct xen_domctl_sched_rtds rtds;
        struct {
            XEN_GUEST_HANDLE_64(xen_domctl_schedparam_vcpu_t) vcpus;
            uint32_t nr_vcpus;
            uint32_t padding;
        } v;
    } u;
};

struct xen_domctl_setdomainhandle {
    xen_domain_handle_t handle;
};

struct xen_domctl_setdebugging {
    uint8_t enable;
};

struct xen_domctl_irq_permission {
    uint32_t pirq;
    uint8_t allow_access;
    uint8_t pad[3];
};

struct xen_domctl_iomem_permission {
    uint64_t first_mfn;
    uint64_t nr_mfns;
    uint8_t allow_access;
};

struct xen_domctl_hypercall_init {
    uint64_t gmfn;
};

struct xen_domctl_settimeoffset {
    int64_t time_offset_seconds;
};

#define XEN_DOMCTL_SENDTRIGGER_NMI   0
#define XEN_DOMCTL_SENDTRIGGER_RESET 1
#define XEN_DOMCTL_SENDTRIGGER_INIT  2
#define XEN_DOMCTL_SENDTRIGGER_POWER 3
#define XEN_DOMCTL_SENDTRIGGER_SLEEP 4

struct xen_domctl_sendtrigger {
    uint32_t trigger;
    uint32_t vcpu;
};

#define XEN_DOMCTL_DEV_PCI 0
#define XEN_DOMCTL_DEV_DT  1

struct xen_domctl_assign_device {
    uint32_t dev; /* XEN_DOMCTL_DEV_* */
    uint32_t flags;
    union {
        struct {
            uint32_t machine_sbdf;
        } pci;
        struct {
            uint32_t size;
            XEN_GUEST_HANDLE_64(char) path;
        } dt;
    } u;
};

struct xen_domctl_bind_pt_irq {
    uint32_t machine_irq;
    uint32_t irq_type; /* 5 is an SPI */
    union {
        struct {
            uint8_t isa_irq;
        } isa;
        struct {
            uint8_t bus, device, intx;
        } pci;
        struct {
            uint8_t gvec;
            uint32_t gflags;
            uint64_t gtable;
        } msi;
        struct {
            uint16_t spi;
        } spi;
    } u;
};

#define DPCI_ADD_MAPPING    1
#define DPCI_REMOVE_MAPPING 0

struct xen_domctl_memory_mapping {
    uint64_t first_gfn;
    uint64_t first_mfn;
    uint64_t nr_mfns;
    uint32_t add_mapping; /* DPCI_* */
    uint32_t padding;
};

struct xen_domctl_set_target {
    domid_t target;
};

struct xen_domctl_subscribe {
    uint32_t port;
};

struct xen_domctl_set_virq_handler {
    uint32_t virq;
};

struct xen_domctl_set_access_required {
    uint8_t access_required;
};

struct xen_domctl_cacheflush {
    xen_pfn_t start_pfn, nr_pfns;
};

struct xen_domctl_paging_mempool {
    uint64_t size; /* bytes */
};

#define XEN_DOMCTL_VUART_OP_INIT     0
#define XEN_DOMCTL_VUART_TYPE_VPL011 0

struct xen_domctl_vuart_op {
    uint32_t cmd;
    uint32_t type;
    uint64_t gfn;
    domid_t console_domid;
    uint8_t pad[2];
    evtchn_port_t evtchn; /* out */
};

/*
 * Stable: interface_version is 0. With domain DOMID_INVALID, the next domain whose state has
 * changed since it was last asked for, in domain; only the handler of VIRQ_DOM_EXC may ask so.
 */
#define XEN_DOMCTL_GETDOMSTATE_STATE_EXIST              1
#define XEN_DOMCTL_GETDOMSTATE_STATE_SHUTDOWN           2
#define XEN_DOMCTL_GETDOMSTATE_STATE_DYING              4
#define XEN_DOMCTL_GETDOMSTATE_STATE_DEAD               8
#define XEN_DOMCTL_GETDOMSTATE_CAP_CONTROL              1
#define XEN_DOMCTL_GETDOMSTATE_CAP_HARDWARE             2
#define XEN_DOMCTL_GETDOMSTATE_CAP_XENSTORE             4
#define XEN_DOMCTL_GETDOMSTATE_CAP_DEVICE_MODEL         8
#define XEN_DOMCTL_GETDOMSTATE_CAP_NOT_HYPERCALL_TARGET 16

struct xen_domctl_get_domain_state {
    uint16_t state; /* XEN_DOMCTL_GETDOMSTATE_STATE_* */
    uint16_t caps;  /* XEN_DOMCTL_GETDOMSTATE_CAP_* */
    uint32_t pad0;
    uint64_t unique_id; /* differs between two domains that had the same id */
};

/* Operations. */
#define XEN_DOMCTL_createdomain            1
#define XEN_DOMCTL_destroydomain           2
#define XEN_DOMCTL_pausedomain             3
#define XEN_DOMCTL_unpausedomain           4
#define XEN_DOMCTL_getdomaininfo           5
#define XEN_DOMCTL_setvcpuaffinity         9
#define XEN_DOMCTL_shadow_op               10
#define XEN_DOMCTL_max_mem                 11
#define XEN_DOMCTL_setvcpucontext          12
#define XEN_DOMCTL_getvcpucontext          13
#define XEN_DOMCTL_getvcpuinfo             14
#define XEN_DOMCTL_max_vcpus               15
#define XEN_DOMCTL_scheduler_op            16
#define XEN_DOMCTL_setdomainhandle         17
#define XEN_DOMCTL_setdebugging            18
#define XEN_DOMCTL_irq_permission          19
#define XEN_DOMCTL_iomem_permission        20
#define XEN_DOMCTL_ioport_permission       21
#define XEN_DOMCTL_hypercall_init          22
#define XEN_DOMCTL_settimeoffset           24
#define XEN_DOMCTL_getvcpuaffinity         25
#define XEN_DOMCTL_real_mode_area          26
#define XEN_DOMCTL_resumedomain            27
#define XEN_DOMCTL_sendtrigger             28
#define XEN_DOMCTL_subscribe               29
#define XEN_DOMCTL_gethvmcontext           33
#define XEN_DOMCTL_sethvmcontext           34
#define XEN_DOMCTL_set_address_size        35
#define XEN_DOMCTL_get_address_size        36
#define XEN_DOMCTL_assign_device           37
#define XEN_DOMCTL_bind_pt_irq             38
#define XEN_DOMCTL_memory_mapping          39
#define XEN_DOMCTL_ioport_mapping          40
#define XEN_DOMCTL_set_ext_vcpucontext     42
#define XEN_DOMCTL_get_ext_vcpucontext     43
#define XEN_DOMCTL_set_opt_feature         44
#define XEN_DOMCTL_test_assign_device      45
#define XEN_DOMCTL_set_target              46
#define XEN_DOMCTL_deassign_device         47
#define XEN_DOMCTL_unbind_pt_irq           48
#define XEN_DOMCTL_get_device_group        50
#define XEN_DOMCTL_debug_op                54
#define XEN_DOMCTL_gethvmcontext_partial   55
#define XEN_DOMCTL_vm_event_op             56
#define XEN_DOMCTL_mem_sharing_op          57
#define XEN_DOMCTL_gettscinfo              59
#define XEN_DOMCTL_settscinfo              60
#define XEN_DOMCTL_getpageframeinfo3       61
#define XEN_DOMCTL_setvcpuextstate         62
#define XEN_DOMCTL_getvcpuextstate         63
#define XEN_DOMCTL_set_access_required     64
#define XEN_DOMCTL_audit_p2m               65
#define XEN_DOMCTL_set_virq_handler        66
#define XEN_DOMCTL_set_broken_page_p2m     67
#define XEN_DOMCTL_setnodeaffinity         68
#define XEN_DOMCTL_getnodeaffinity         69
#define XEN_DOMCTL_cacheflush              71
#define XEN_DOMCTL_get_vcpu_msrs           72
#define XEN_DOMCTL_set_vcpu_msrs           73
#define XEN_DOMCTL_setvnumainfo            74
#define XEN_DOMCTL_psr_cmt_op              75
#define XEN_DOMCTL_monitor_op              77
#define XEN_DOMCTL_psr_alloc               78
#define XEN_DOMCTL_soft_reset              79
#define XEN_DOMCTL_vuart_op                81
#define XEN_DOMCTL_get_cpu_policy          82
#define XEN_DOMCTL_set_cpu_policy          83
#define XEN_DOMCTL_vmtrace_op              84
#define XEN_DOMCTL_get_paging_mempool_size 85
#define XEN_DOMCTL_set_paging_mempool_size 86
#define XEN_DOMCTL_dt_overlay              87
#define XEN_DOMCTL_gsi_permission          88
#define XEN_DOMCTL_set_llc_colors          89
#define XEN_DOMCTL_get_domain_state        90
#define XEN_DOMCTL_gdbsx_guestmemio        0x3e8
#define XEN_DOMCTL_gdbsx_pausevcpu         0x3e9
#define XEN_DOMCTL_gdbsx_unpausevcpu       0x3ea
#define XEN_DOMCTL_gdbsx_domstatus         0x3eb
/* From here on Trefoil's own. */
#define XEN_DOMCTL_trefoil_launch_info   2000
#define XEN_DOMCTL_trefoil_restart       2001
#define XEN_DOMCTL_trefoil_shared_memory 2002

struct xen_domctl {
    uint32_t cmd; /* XEN_DOMCTL_* */
    uint32_t interface_version;
    domid_t domain;
    uint16_t _pad[3];
    union {
        struct xen_domctl_createdomain createdomain;
        struct xen_domctl_getdomaininfo getdomaininfo;
        struct xen_domctl_getpageframeinfo3 getpageframeinfo3;
        struct xen_domctl_nodeaffinity nodeaffinity;
        struct xen_domctl_vcpuaffinity vcpuaffinity;
        struct xen_domctl_max_mem max_mem;
        struct xen_domctl_vcpucontext vcpucontext;
        struct xen_domctl_getvcpuinfo getvcpuinfo;
        struct xen_domctl_max_vcpus max_vcpus;
        struct xen_domctl_scheduler_op scheduler_op;
        struct xen_domctl_setdomainhandle setdomainhandle;
        struct xen_domctl_setdebugging setdebugging;
        struct xen_domctl_irq_permission irq_permission;
        struct xen_domctl_iomem_permission iomem_permission;
        struct xen_domctl_hypercall_init hypercall_init;
        struct xen_domctl_settimeoffset settimeoffset;
        struct xen_domctl_sendtrigger sendtrigger;
        struct xen_domctl_assign_device assign_device;
        struct xen_domctl_bind_pt_irq bind_pt_irq;
        struct xen_domctl_memory_mapping memory_mapping;
        struct xen_domctl_set_target set_target;
        struct xen_domctl_subscribe subscribe;
        struct xen_domctl_set_access_required access_required;
        struct xen_domctl_set_virq_handler set_virq_handler;
        struct xen_domctl_cacheflush cacheflush;
        struct xen_domctl_vuart_op vuart_op;
        struct xen_domctl_paging_mempool paging_mempool;
        struct xen_domctl_get_domain_state get_domain_state;
        struct xen_domctl_trefoil_launch_info trefoil_launch_info;
        struct xen_domctl_trefoil_restart trefoil_restart;
        struct xen_domctl_trefoil_shared_memory trefoil_shared_memory;
        uint8_t pad[128];
    } u;
};
typedef struct xen_domctl xen_domctl_t;
DEFINE_XEN_GUEST_HANDLE(xen_domctl_t);

XEN_LAYOUT_SIZE(struct xen_domctl_createdomain, 76);
XEN_LAYOUT_FIELD(struct xen_domctl_createdomain, arch, 60);
XEN_LAYOUT_SIZE(struct xen_domctl_getdomaininfo, 120);
XEN_LAYOUT_FIELD(struct xen_domctl_getdomaininfo, cpu_time, 56);
XEN_LAYOUT_FIELD(struct xen_domctl_getdomaininfo, handle, 76);
XEN_LAYOUT_FIELD(struct xen_domctl_getdomaininfo, arch_config, 104);
XEN_LAYOUT_SIZE(struct xen_domctl_getpageframeinfo3, 16);
XEN_LAYOUT_SIZE(struct xen_domctl_vcpucontext, 16);
XEN_LAYOUT_SIZE(struct xen_domctl_getvcpuinfo, 24);
XEN_LAYOUT_FIELD(struct xen_domctl_getvcpuinfo, cpu, 16);
XEN_LAYOUT_SIZE(struct xen_domctl_vcpuaffinity, 40);
XEN_LAYOUT_SIZE(struct xen_domctl_schedparam_vcpu, 16);
XEN_LAYOUT_SIZE(struct xen_domctl_scheduler_op, 24);
XEN_LAYOUT_SIZE(struct xen_domctl_irq_permission, 8);
XEN_LAYOUT_SIZE(struct xen_domctl_iomem_permission, 24);
XEN_LAYOUT_SIZE(struct xen_domctl_assign_device, 24);
XEN_LAYOUT_SIZE(struct xen_domctl_bind_pt_irq, 24);
XEN_LAYOUT_SIZE(struct xen_domctl_memory_mapping, 32);
XEN_LAYOUT_SIZE(struct xen_domctl_vuart_op, 24);
XEN_LAYOUT_SIZE(struct xen_domctl_get_domain_state, 16);
XEN_LAYOUT_SIZE(struct xen_domctl, 144);
XEN_LAYOUT_FIELD(struct xen_domctl, u, 16);

#endif
