/* SPDX-License-Identifier: MIT */
/* The twin's parts of domains, vcpus and pcpus. */
#ifndef ASM_ARCH_DOMAIN_H
#define ASM_ARCH_DOMAIN_H

#include <stdbool.h>
#include <stdint.h>

/* How a domain's arch part is to be made: filled by core/construct/construct.c from the launch
 * plan. */
/* A run of gfns that map to a run of mfns. */
struct p2m_run {
    uint64_t gfn, mfn, pages;
    int type; /* enum p2m_type */
};

struct guest_kernel;

struct arch_domain {
    struct {
        struct p2m_run *runs; /* ascending, disjoint */
        unsigned int nr_runs, room;
        uint64_t max_gfn;
    } p2m;
    struct guest_kernel *kernel; /* what acts as the domain's kernel: kernel.h; made when needed */
};

struct arch_vcpu {
    bool upcall;    /* arch_vcpu_raise_event() was called and the kernel has not looked */
    bool continued; /* arch_hypercall_continue() was called, with: */
    uint64_t number;
    uint64_t args[5];
};

struct arch_pcpu {
    uint64_t deadline; /* arch_timer_set() */
};

#endif
