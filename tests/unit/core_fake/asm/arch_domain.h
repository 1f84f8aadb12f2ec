/* SPDX-License-Identifier: MIT */
/* What the fake machine keeps of domains, vcpus and pcpus. */
#ifndef ASM_ARCH_DOMAIN_H
#define ASM_ARCH_DOMAIN_H

#include <stdbool.h>
#include <stdint.h>
#include <trefoil/spinlock.h>

struct fake_mapping {
    uint64_t mfn;
    int type; /* enum p2m_type */
};

struct arch_domain {
    spinlock_t p2m_lock;
    struct fake_mapping *p2m; /* by gfn */
    uint64_t max_gfn;
    uint64_t lines; /* arch_set_line(): those that are high */
};

struct arch_vcpu {
    _Atomic bool event_raised; /* arch_vcpu_raise_event() was called */
    bool continued;            /* arch_hypercall_continue() was called, with: */
    uint64_t number;
    uint64_t args[5];
    /* arch_access_end() */
    unsigned int accesses_ended;
    bool access_answered;
    uint64_t access_value;
    unsigned int switches; /* times that it was loaded */
};

struct arch_pcpu {
    uint64_t deadline; /* arch_timer_set() */
    _Atomic unsigned int reschedules;
};

#endif
