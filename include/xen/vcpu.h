/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_vcpu_op(VCPUOP_*, vcpu, argument). */
#ifndef XEN_VCPU_H
#define XEN_VCPU_H

#include <xen/xen.h>

#define VCPUOP_initialise                     0
#define VCPUOP_up                             1
#define VCPUOP_down                           2
#define VCPUOP_is_up                          3
#define VCPUOP_get_runstate_info              4
#define VCPUOP_register_runstate_memory_area  5
#define VCPUOP_set_periodic_timer             6
#define VCPUOP_stop_periodic_timer            7
#define VCPUOP_set_singleshot_timer           8
#define VCPUOP_stop_singleshot_timer          9
#define VCPUOP_register_vcpu_info             10
#define VCPUOP_send_nmi                       11
#define VCPUOP_get_physid                     12
#define VCPUOP_register_vcpu_time_memory_area 13
#define VCPUOP_register_runstate_phys_area    14
#define VCPUOP_register_vcpu_time_phys_area   15

#define RUNSTATE_running  0
#define RUNSTATE_runnable 1
#define RUNSTATE_blocked  2
#define RUNSTATE_offline  3
/* Set in state_entry_time while the area changes, once the guest asked for it by vm_assist. */
#define XEN_RUNSTATE_UPDATE (1ULL << 63)

struct vcpu_runstate_info {
    int state;                 /* RUNSTATE_* */
    uint64_t state_entry_time; /* ns since boot */
    uint64_t time[4];          /* ns in each state */
};
typedef struct vcpu_runstate_info vcpu_runstate_info_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_runstate_info_t);

struct vcpu_register_runstate_memory_area {
    union {
        XEN_GUEST_HANDLE_64(vcpu_runstate_info_t) h;
        struct vcpu_runstate_info *v;
        uint64_t p;
    } addr;
};
typedef struct vcpu_register_runstate_memory_area vcpu_register_runstate_memory_area_t;

struct vcpu_set_periodic_timer {
    uint64_t period_ns;
};
typedef struct vcpu_set_periodic_timer vcpu_set_periodic_timer_t;

struct vcpu_set_singleshot_timer {
    uint64_t timeout_abs_ns;
    uint32_t flags; /* VCPU_SSHOTTMR_* */
};
typedef struct vcpu_set_singleshot_timer vcpu_set_singleshot_timer_t;

#define _VCPU_SSHOTTMR_future 0
#define VCPU_SSHOTTMR_future  1

/* May be done once for each vcpu; vcpu_info must not cross a page. */
struct vcpu_register_vcpu_info {
    uint64_t mfn;    /* guest frame */
    uint32_t offset; /* in the frame */
    uint32_t rsvd;
};
typedef struct vcpu_register_vcpu_info vcpu_register_vcpu_info_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_register_vcpu_info_t);

struct vcpu_get_physid {
    uint64_t phys_id;
};
typedef struct vcpu_get_physid vcpu_get_physid_t;

struct vcpu_register_time_memory_area {
    union {
        XEN_GUEST_HANDLE_64(vcpu_time_info_t) h;
        struct vcpu_time_info *v;
        uint64_t p;
    } addr;
};
typedef struct vcpu_register_time_memory_area vcpu_register_time_memory_area_t;

XEN_LAYOUT_SIZE(struct vcpu_runstate_info, 48);
XEN_LAYOUT_FIELD(struct vcpu_runstate_info, time, 16);
XEN_LAYOUT_SIZE(struct vcpu_register_runstate_memory_area, 8);
XEN_LAYOUT_SIZE(struct vcpu_set_periodic_timer, 8);
XEN_LAYOUT_SIZE(struct vcpu_set_singleshot_timer, 16);
XEN_LAYOUT_SIZE(struct vcpu_register_vcpu_info, 16);
XEN_LAYOUT_SIZE(struct vcpu_get_physid, 8);
XEN_LAYOUT_SIZE(struct vcpu_register_time_memory_area, 8);

#endif
