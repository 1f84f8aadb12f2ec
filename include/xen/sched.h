/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_sched_op(SCHEDOP_*, argument). */
#ifndef XEN_SCHED_H
#define XEN_SCHED_H

#include <xen/event_channel.h>

#define SCHEDOP_yield           0
#define SCHEDOP_block           1
#define SCHEDOP_shutdown        2
#define SCHEDOP_poll            3
#define SCHEDOP_remote_shutdown 4
#define SCHEDOP_shutdown_code   5
#define SCHEDOP_watchdog        6
#define SCHEDOP_pin_override    7

#define SHUTDOWN_poweroff   0
#define SHUTDOWN_reboot     1
#define SHUTDOWN_suspend    2
#define SHUTDOWN_crash      3
#define SHUTDOWN_watchdog   4
#define SHUTDOWN_soft_reset 5
#define SHUTDOWN_MAX        5

struct sched_shutdown {
    unsigned int reason; /* SHUTDOWN_* */
};
typedef struct sched_shutdown sched_shutdown_t;

struct sched_poll {
    XEN_GUEST_HANDLE_64(evtchn_port_t) ports;
    unsigned int nr_ports;
    uint64_t timeout; /* ns since boot, 0 for none */
};
typedef struct sched_poll sched_poll_t;

struct sched_remote_shutdown {
    domid_t domain_id;
    unsigned int reason;
};
typedef struct sched_remote_shutdown sched_remote_shutdown_t;

struct sched_watchdog {
    uint32_t id;      /* 0 to make a new one */
    uint32_t timeout; /* s, 0 to cancel */
};
typedef struct sched_watchdog sched_watchdog_t;

struct sched_pin_override {
    int32_t pcpu;
};
typedef struct sched_pin_override sched_pin_override_t;

XEN_LAYOUT_SIZE(struct sched_shutdown, 4);
XEN_LAYOUT_SIZE(struct sched_poll, 24);
XEN_LAYOUT_FIELD(struct sched_poll, timeout, 16);
XEN_LAYOUT_SIZE(struct sched_remote_shutdown, 8);
XEN_LAYOUT_SIZE(struct sched_watchdog, 8);
XEN_LAYOUT_SIZE(struct sched_pin_override, 4);

#endif
