/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_platform_op(struct xen_platform_op *): what the domain that drives the machine tells
 * the hypervisor. */
#ifndef XEN_PLATFORM_H
#define XEN_PLATFORM_H

#include <xen/xen.h>

#define XENPF_INTERFACE_VERSION 0x3000001U

#define XENPF_settime32            17
#define XENPF_settime64            62
#define XENPF_settime              62
#define XENPF_efi_runtime_call     49
#define XENPF_firmware_info        50
#define XENPF_enter_acpi_sleep     51
#define XENPF_change_freq          52
#define XENPF_getidletime          53
#define XENPF_set_processor_pminfo 54
#define XENPF_get_cpuinfo          55
#define XENPF_cpu_online           56
#define XENPF_cpu_offline          57
#define XENPF_cpu_hotadd           58
#define XENPF_mem_hotadd           59
#define XENPF_core_parking         60
#define XENPF_resource_op          61
#define XENPF_get_symbol           63
#define XENPF_get_dom0_console     64

struct xenpf_settime32 {
    uint32_t secs;
    uint32_t nsecs;
    uint64_t system_time;
};
typedef struct xenpf_settime32 xenpf_settime32_t;

/* Wall clock at the moment when the system time was system_time. */
struct xenpf_settime64 {
    uint64_t secs;
    uint32_t nsecs;
    uint32_t mbz;
    uint64_t system_time; /* ns since boot */
};
typedef struct xenpf_settime64 xenpf_settime64_t;

struct xen_platform_op {
    uint32_t cmd; /* XENPF_* */
    uint32_t interface_version;
    union {
        xenpf_settime64_t settime;
        xenpf_settime32_t settime32;
        xenpf_settime64_t settime64;
        uint8_t pad[128];
    } u;
};
typedef struct xen_platform_op xen_platform_op_t;
DEFINE_XEN_GUEST_HANDLE(xen_platform_op_t);

XEN_LAYOUT_SIZE(struct xenpf_settime32, 16);
XEN_LAYOUT_SIZE(struct xenpf_settime64, 24);
XEN_LAYOUT_FIELD(struct xenpf_settime64, system_time, 16);
XEN_LAYOUT_SIZE(struct xen_platform_op, 136);
XEN_LAYOUT_FIELD(struct xen_platform_op, u, 8);

#endif
