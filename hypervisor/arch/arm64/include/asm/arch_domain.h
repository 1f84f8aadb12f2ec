/* SPDX-License-Identifier: MIT */
/* The arm64 parts of domains, vcpus and pcpus. */
#ifndef ASM_ARCH_DOMAIN_H
#define ASM_ARCH_DOMAIN_H

#include <trefoil/list.h>
#include <trefoil/machine.h>
#include <trefoil/spinlock.h>
#include <trefoil/types.h>
#include <asm/timer.h>
#include <asm/vgic.h>
#include <asm/vpl011.h>

/* What an exception from a guest saves, in assembly (entry.S); SP_EL2 points behind it while a
 * guest runs. */
struct vcpu_frame {
    uint64_t x[31];
    uint64_t pc;         /* ELR_EL2 */
    uint64_t pstate;     /* SPSR_EL2 */
    uint64_t pcpu_stack; /* top of the stack of the pcpu that entered the guest */
};

/* EL1 state that only changes hands when another vcpu is loaded. */
struct vcpu_system_registers {
    uint64_t sp_el0, sp_el1, elr_el1, spsr_el1;
    uint64_t sctlr_el1, cpacr_el1;
    uint64_t ttbr0_el1, ttbr1_el1, tcr_el1, mair_el1, amair_el1;
    uint64_t esr_el1, far_el1, afsr0_el1, afsr1_el1, par_el1, vbar_el1;
    uint64_t contextidr_el1, tpidr_el0, tpidrro_el0, tpidr_el1;
    uint64_t cntkctl_el1, csselr_el1;
};

struct vcpu_fp_registers {
    __uint128_t v[32];
    uint32_t fpsr, fpcr;
} __attribute__((aligned(16)));

/* Where the cleaning of the domain's RAM is that an instruction of the vcpu waits for
 * (memory/set_way.c). */
struct vcpu_flush {
    uint64_t gfn;
    uint64_t pc;   /* that instruction's; SET_WAY_IDLE: none waits */
    uint64_t daif; /* of the guest's PSTATE, if it takes no interrupts meanwhile */
};

/* An access that a device model is asked about, until it ends (device/abort.c). */
struct vcpu_access {
    uint64_t iss, esr, far;
    uint64_t base_after; /* of the register with the address, if that changes */
    uint8_t base;
    bool writeback;
};

struct arch_vcpu {
    struct vcpu_frame frame; /* first */
    struct vcpu_system_registers system;
    struct vcpu_fp_registers fp;
    uint64_t keys[10]; /* of pointer authentication, where the CPU has it */
    struct vcpu_timer timer;
    struct vgic_vcpu vgic;
    uint64_t vmpidr;
    _Atomic bool powered; /* by PSCI: started and not off */
    bool caches_watched;  /* HCR_EL2.TVM while it is loaded */
    struct vcpu_flush flush;
    struct vcpu_access access;
};

/* One range of guest physical addresses whose accesses a device model in EL2 handles. */
struct mmio_access {
    uint64_t offset; /* from the region's start */
    uint8_t size;    /* bytes: 1, 2, 4, 8; offset is aligned to it */
    bool write;
    uint64_t value; /* in, or out (zero extended) */
};

struct vcpu;
/* Returns false where nothing answers: the guest gets an external abort. */
typedef bool mmio_handler(struct vcpu *vcpu, struct mmio_access *access, void *data);

#define MMIO_REGIONS 6

struct mmio_region {
    uint64_t start, size; /* guest physical, bytes */
    mmio_handler *handler;
    void *data;
};

#define RAN_WATCHED 255U /* no vcpu's id + 1 */

/* How a domain's arch part is to be made: filled by core/construct/construct.c from the launch
 * plan. */
struct arch_domain {
    struct {
        spinlock_t lock;
        paddr_t root; /* concatenated start-level tables */
        uint16_t vmid;
        bool unflushed; /* TLBs may hold what is unmapped (arch_p2m_unmap_unflushed()) */
        uint64_t vttbr;
        uint64_t max_gfn;
        uint8_t
            ran[MACHINE_MAX_CPUS]; /* by pcpu: which vcpu it ran last, its id + 1, or RAN_WATCHED */
    } p2m;
    struct mmio_region mmio[MMIO_REGIONS];
    unsigned int nr_mmio;
    struct vgic_domain vgic;
    struct vpl011 vpl011;
};

struct arch_pcpu {
    uint64_t stack_top;
    _Atomic bool refused; /* it came up, and is not alike enough to serve (alike.def) */
    uint64_t mpidr;
    uint64_t gicr;  /* address of this CPU's redistributor, mapped */
    uint32_t guard; /* what an entry from a guest goes through: cpu/speculation.h */
};

#endif
