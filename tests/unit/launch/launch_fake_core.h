/* SPDX-License-Identifier: MIT */
/* A core that notes what construction does with it, and can fail at any step. */
#ifndef TESTS_LAUNCH_FAKE_CORE_H
#define TESTS_LAUNCH_FAKE_CORE_H

#include <trefoil/construct.h>
#include <trefoil/memory.h>

#define FAKE_MAX 64

struct fake_ram {
    uint64_t gfn, pages;
    uint64_t mfn; /* of static memory, 0 when it was allocated */
};

struct fake_core {
    /* What fails: the n-th call (from 1) that can; 0 none. */
    unsigned int fail_at, fallible_calls;

    bool no_modules; /* nobody loaded them */
    struct fake_ram ram[FAKE_MAX];
    unsigned int nr_ram;
    struct fake_ram mmio[FAKE_MAX];
    unsigned int nr_mmio;
    struct fake_ram shared[FAKE_MAX];
    unsigned int nr_shared;
    unsigned int irqs[FAKE_MAX];
    unsigned int nr_irqs;
    domid_t port_remote[8]; /* by port */
    unsigned int nr_ports;
    evtchn_port_t static_port, static_remote_port; /* the last */
    domid_t static_remote;
    unsigned int nr_static;
    struct {
        domid_t peer;
        uint64_t gfn;
    } grants[8]; /* by reference */
    uint64_t entry, argument;
    uint64_t affinity[32];
    uint64_t online; /* CPUs besides the first one */
    uint32_t weight, cap;
    uint64_t peers, targets; /* the first words of what was declared */
    bool started, console_input;
    unsigned int created, discarded;
    uint64_t taken;                        /* bytes */
    struct paddr_range scrubbed[FAKE_MAX]; /* of what was taken */
    unsigned int nr_scrubbed;
    uint64_t noted;             /* bytes, for the log */
    uint64_t cpus;              /* that may help with the last work */
    unsigned int scrubs;        /* pieces */
    unsigned int invalidations; /* of the instruction caches; nothing is written after the first */
    int pages_held;
    unsigned int error_lines;
    char error[256]; /* the last */
    char warning[256];
};

extern struct fake_core fake;

/* The machine's memory, where the modules lie. */
#define FAKE_MODULES      0x49000000ULL
#define FAKE_MODULES_SIZE 0x100000U
extern uint8_t fake_modules[FAKE_MODULES_SIZE];

/* The guest's memory: what was written there last. */
const uint8_t *fake_guest(uint64_t address);
bool fake_written(uint64_t address);
/* Every page of the domain's RAM was scrubbed or is all written over. */
void fake_check_nothing_left(void);

void fake_reset(void);

#endif
