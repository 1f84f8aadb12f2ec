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

#define isb()    __asm__ volatile("isb" ::: "memory")
#define dsb(opt) __asm__ volatile("dsb " #opt ::: "memory")
#define dmb(opt) __asm__ volatile("dmb " #opt ::: "memory")

/* Ordering of memory shared with guests and other pcpus. */
#define smp_mb()  dmb(ish)
#define smp_rmb() dmb(ishld)
#define smp_wmb() dmb(ishst)

#endif
