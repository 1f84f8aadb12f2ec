/* SPDX-License-Identifier: MIT */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include <stdint.h>

struct pcpu;

/* TPIDR_EL2 holds the pcpu. */
static inline struct pcpu *this_pcpu(void)
{
    struct pcpu *pcpu;

    __asm__("mrs %0, tpidr_el2" : "=r"(pcpu));
    return pcpu;
}

static inline void cpu_relax(void)
{
    __asm__ volatile("yield" ::: "memory");
}

#define READ_SYSREG(name)                                                                          \
    ({                                                                                             \
        uint64_t value_;                                                                           \
        __asm__ volatile("mrs %0, " #name : "=r"(value_));                                         \
        value_;                                                                                    \
    })
#define WRITE_SYSREG(value, name)                                                                  \
    do {                                                                                           \
        uint64_t value_ = (value);                                                                 \
        __asm__ volatile("msr " #name ", %0" ::"r"(value_) : "memory");                            \
    } while (0)

#define isb() __asm__ volatile("isb" ::: "memory")
/* Forgets what caches hold of a line (Arm ARM D7.5.9). */
#define dc_ivac(address) __asm__ volatile("dc ivac, %0" ::"r"(address) : "memory")
/* All of EL2's own translations, of all CPUs in the domain. */
#define tlbi_alle2is() __asm__ volatile("tlbi alle2is" ::: "memory")
#define dsb(opt)       __asm__ volatile("dsb " #opt ::: "memory")
#define dmb(opt)       __asm__ volatile("dmb " #opt ::: "memory")

/*
 * Fences between accesses to memory that guests and other pcpus see; docs/design.md, "Memory
 * model" (Arm ARM B2.3, barrier-ordered-before).
 *   smp_mb()            all that is before it, before all that is after it: the one that keeps a
 *                       store before a later load
 *   smp_mb_after_rmw()  the same where an atomic read-modify-write that succeeded is right before
 *                       it. LDAXR/STLXR lets later plain accesses go before its store; one
 *                       instruction of LSE, acquiring and releasing, does not.
 *   smp_wmb()           stores before it, before stores after it
 */
#define smp_mb() dmb(ish)
#ifdef __ARM_FEATURE_ATOMICS
#define smp_mb_after_rmw() __asm__ volatile("" ::: "memory")
#else
#define smp_mb_after_rmw() smp_mb()
#endif
#define smp_wmb() dmb(ishst)

/* For index_nospec(): what the compiler may not reason away. CSDB (hint 20): the selected index is
 * not used before it is known which it is (Arm ARM C6.2, CSDB). */
static inline __attribute__((always_inline)) uint64_t cpu_index_mask(uint64_t index, uint64_t mask)
{
    uint64_t masked;

    __asm__("and %0, %1, %2" : "=r"(masked) : "r"(index), "rL"(mask));
    return masked;
}

static inline uint64_t cpu_index_below(uint64_t index, uint64_t size)
{
    __asm__("cmp %0, %1\n\tcsel %0, %0, xzr, lo\n\thint #20" : "+r"(index) : "r"(size) : "cc");
    return index;
}

#endif
