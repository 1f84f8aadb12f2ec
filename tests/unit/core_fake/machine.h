/* SPDX-License-Identifier: MIT */
/*
 * A machine without a machine, for native tests of core: memory is the process's own, time stands
 * still unless it is moved, and the guest's addresses are guest physical ones.
 */
#ifndef CORE_FAKE_MACHINE_H
#define CORE_FAKE_MACHINE_H

#include "../../../hypervisor/core/console/kept_log.h"
#include <trefoil/domain.h>
#include <trefoil/pcpu.h>

#ifndef FAKE_PCPUS
#define FAKE_PCPUS 2U
#endif
#define FAKE_BASE UINT64_C(0x40000000)
#define FAKE_POOL 320U /* pages set aside for each domain */
#ifndef FAKE_GFNS      /* a small space is quick to look through */
#define FAKE_MEMORY (UINT64_C(64) << 20)
#define FAKE_GFNS   (UINT64_C(1) << 20)
#define FAKE_RAM    0x40000U /* gfn of each domain's RAM */
#endif

/* For what races by the guest's doing, not by core's. */
#define UNWATCHED __attribute__((no_sanitize("thread")))

struct fake_machine {
    uint64_t now, pace;             /* ns; pace is what a look at the clock takes */
    _Atomic bool interrupt_waiting; /* long operations stop as soon as they may */
    /* How the machine or a pcpu ends: "reset", "off", "halt". Not to return; NULL aborts. */
    void (*ended)(const char *how);
    unsigned int stops, deaf; /* arch_stop_others() calls; what it returns */
    /* Called by arch_idle(); NULL moves time to the next deadline. */
    void (*idle)(void);
    char uart[65536];
    size_t uart_size, uart_room; /* what came out; how much more it takes */
    uint64_t uart_pace;          /* ns that a character takes; 0: none */
    bool uart_wanted;
    unsigned long watchdog_most, watchdog; /* s: how far the watchdog counts, what it is set to */
    uint64_t fed;                          /* ns */
    unsigned int feeds;
    bool concurrent;            /* others write to pages in use meanwhile: they are not compared */
    unsigned int cpu_pool;      /* of the domains that are made */
    unsigned int pieces;        /* of construction that were done */
    unsigned int continuations; /* of hypercalls that fake_call() made */
    /* Unmapped pages that TLBs may hold; flushes of such; what is called before each. */
    _Atomic unsigned int unflushed, flushes;
    void (*flushed)(void);
};

extern struct fake_machine fake;
/* What is in memory, behind the caches, of kept_lines: what a reset leaves of them. */
extern struct kept_line fake_kept_lines[];
extern struct pcpu fake_pcpus[FAKE_PCPUS];

/* Once for a process: memory, CPUs, the log. */
void fake_start(void);
/* This thread goes on as a pcpu. */
void fake_go(unsigned int pcpu);
/* Likewise, with a vcpu as its current one. */
void fake_be(unsigned int pcpu, struct vcpu *vcpu);
/* A domain with `pages` pages of RAM at FAKE_RAM, its vcpus offline, not held. */
struct domain *fake_domain(domid_t id, const char *name, uint32_t roles, unsigned int vcpus,
                           uint64_t pages);
/* The same before domain_launch(). */
struct domain *fake_built(domid_t id, const char *name, uint32_t roles, unsigned int vcpus,
                          uint64_t pages);
/* Destroys it, whatever that takes. */
void fake_destroy(struct domain *domain);
/* Guest physical address of a byte of a domain's RAM, and the hypervisor's address of one. */
uint64_t fake_address(uint64_t page, uint64_t offset);
void *fake_ram(struct domain *domain, uint64_t guest_paddr);
/* What a guest with caches off, or a device, sees of a byte of the machine's memory. */
char *fake_behind_caches(const void *address);
/* A hypercall of the current vcpu, run until it is done. */
int64_t fake_call(unsigned int number, uint64_t a, uint64_t b, uint64_t c);
/* Puts an argument into page 0 of the current domain's RAM, calls, and copies the argument back. */
int64_t fake_call_with(unsigned int number, uint64_t command, void *argument, size_t size);

#endif
