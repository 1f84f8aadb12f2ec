/* SPDX-License-Identifier: MIT */
/* The core of the public ABI: hypercall numbers, well-known domain ids, virtual interrupts, the
 * shared page. */
#ifndef XEN_XEN_H
#define XEN_XEN_H

/* The arch is the compiler's, as in Xen; tools and the twin on a machine without guests act for
 * Arm. */
#if defined(__aarch64__) || defined(__x86_64__)
#include <xen/arch-arm.h>
#else
#error "no ABI for this machine"
#endif

#define __HYPERVISOR_sched_op_compat         6
#define __HYPERVISOR_platform_op             7
#define __HYPERVISOR_memory_op               12
#define __HYPERVISOR_multicall               13
#define __HYPERVISOR_set_timer_op            15
#define __HYPERVISOR_event_channel_op_compat 16
#define __HYPERVISOR_xen_version             17
#define __HYPERVISOR_console_io              18
#define __HYPERVISOR_physdev_op_compat       19
#define __HYPERVISOR_grant_table_op          20
#define __HYPERVISOR_vm_assist               21
#define __HYPERVISOR_vcpu_op                 24
#define __HYPERVISOR_xsm_op                  27
#define __HYPERVISOR_nmi_op                  28
#define __HYPERVISOR_sched_op                29
#define __HYPERVISOR_callback_op             30
#define __HYPERVISOR_xenoprof_op             31
#define __HYPERVISOR_event_channel_op        32
#define __HYPERVISOR_physdev_op              33
#define __HYPERVISOR_hvm_op                  34
#define __HYPERVISOR_sysctl                  35
#define __HYPERVISOR_domctl                  36
#define __HYPERVISOR_kexec_op                37
#define __HYPERVISOR_tmem_op                 38
#define __HYPERVISOR_argo_op                 39
#define __HYPERVISOR_xenpmu_op               40
#define __HYPERVISOR_dm_op                   41
#define __HYPERVISOR_hypfs_op                42
#define __HYPERVISOR_arch_0                  48
#define __HYPERVISOR_arch_7                  55

/* Virtual interrupts, bound by EVTCHNOP_bind_virq. TIMER, DEBUG and XENOPROF are per vcpu, the
 * others global. */
#define VIRQ_TIMER      0
#define VIRQ_DEBUG      1
#define VIRQ_CONSOLE    2
#define VIRQ_DOM_EXC    3
#define VIRQ_TBUF       4
#define VIRQ_DEBUGGER   6
#define VIRQ_XENOPROF   7
#define VIRQ_CON_RING   8
#define VIRQ_PCPU_STATE 9
#define VIRQ_MEM_EVENT  10
#define VIRQ_ARGO       11
#define VIRQ_ENOMEM     12
#define VIRQ_XENPMU     13
#define VIRQ_ARCH_0     16
/* Trefoil: XEN_SYSCTL_trefoil_events has something new. Any number of ports may have it. */
#define VIRQ_TREFOIL_EVENTS VIRQ_ARCH_0
#define VIRQ_ARCH_7         23
#define NR_VIRQS            24

/* HYPERVISOR_console_io(command, count, buffer). */
#define CONSOLEIO_write 0
#define CONSOLEIO_read  1

/* HYPERVISOR_vm_assist(command, type). */
#define VMASST_CMD_enable                0
#define VMASST_CMD_disable               1
#define VMASST_TYPE_runstate_update_flag 5
#define VMASST_TYPE_architectural_iopl   4
#define VMASST_TYPE_m2p_strict           32

/* Values of a domain id that name no ordinary domain. */
#define DOMID_FIRST_RESERVED 0x7ff0U
#define DOMID_SELF           0x7ff0U
#define DOMID_IO             0x7ff1U
#define DOMID_XEN            0x7ff2U
#define DOMID_COW            0x7ff3U
#define DOMID_INVALID        0x7ff4U
#define DOMID_ANY            0x7ff5U
#define DOMID_IDLE           0x7fffU
#define DOMID_MASK           0x7fffU

#define XEN_PAGE_SHIFT 12
#define XEN_PAGE_SIZE  (1UL << XEN_PAGE_SHIFT)

#ifndef __ASSEMBLER__

typedef uint16_t domid_t;
typedef uint8_t xen_domain_handle_t[16];

/* One row of HYPERVISOR_multicall; result is written back. */
struct multicall_entry {
    xen_ulong_t op;
    xen_ulong_t result;
    xen_ulong_t args[6];
};
typedef struct multicall_entry multicall_entry_t;
DEFINE_XEN_GUEST_HANDLE(multicall_entry_t);

/* Two-level event channels: one selector word over as many words of ports as it has bits. */
#define EVTCHN_2L_NR_CHANNELS 0x1000

struct vcpu_time_info {
    uint32_t version;
    uint32_t pad0;
    uint64_t tsc_timestamp;
    uint64_t system_time; /* ns since boot */
    uint32_t tsc_to_system_mul;
    int8_t tsc_shift;
    uint8_t flags; /* XEN_PVCLOCK_* */
    uint8_t pad1[2];
};
typedef struct vcpu_time_info vcpu_time_info_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_time_info_t);

#define XEN_PVCLOCK_TSC_STABLE_BIT 1
#define XEN_PVCLOCK_GUEST_STOPPED  2

struct vcpu_info {
    uint8_t evtchn_upcall_pending;
    uint8_t pad0;
    xen_ulong_t evtchn_pending_sel;
    struct arch_vcpu_info arch;
    vcpu_time_info_t time;
};
typedef struct vcpu_info vcpu_info_t;

/* Written by both sides at any time: read once, atomically, and never trust. */
struct shared_info {
    struct vcpu_info vcpu_info[XEN_LEGACY_MAX_VCPUS];
    xen_ulong_t evtchn_pending[sizeof(xen_ulong_t) * 8];
    xen_ulong_t evtchn_mask[sizeof(xen_ulong_t) * 8];
    uint32_t wc_version; /* odd while the wall clock below changes */
    uint32_t wc_sec, wc_nsec;
    uint32_t wc_sec_hi;
    struct arch_shared_info arch;
};
typedef struct shared_info shared_info_t;

struct xenctl_bitmap {
    XEN_GUEST_HANDLE_64(uint8) bitmap;
    uint32_t nr_bits;
};
typedef struct xenctl_bitmap xenctl_bitmap_t;

XEN_LAYOUT_SIZE(union xen_guest_handle_void, 8);
XEN_LAYOUT_SIZE(struct multicall_entry, 64);
XEN_LAYOUT_FIELD(struct multicall_entry, args, 16);
XEN_LAYOUT_SIZE(struct vcpu_time_info, 32);
XEN_LAYOUT_FIELD(struct vcpu_time_info, tsc_shift, 28);
XEN_LAYOUT_SIZE(struct vcpu_info, 48);
XEN_LAYOUT_FIELD(struct vcpu_info, evtchn_pending_sel, 8);
XEN_LAYOUT_FIELD(struct vcpu_info, time, 16);
XEN_LAYOUT_SIZE(struct shared_info, 1088);
XEN_LAYOUT_FIELD(struct shared_info, evtchn_pending, 48);
XEN_LAYOUT_FIELD(struct shared_info, evtchn_mask, 560);
XEN_LAYOUT_FIELD(struct shared_info, wc_sec_hi, 1084);
XEN_LAYOUT_SIZE(struct xenctl_bitmap, 16);

#endif /* !__ASSEMBLER__ */

#endif
