/* SPDX-License-Identifier: MIT */
/* Takes the place of the machine's asm/cpu.h: system registers are variables of
 * tests/unit/vgic_fake/machine.c. */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include <stdatomic.h>
#include <stdint.h>

struct pcpu;

struct pcpu *this_pcpu(void);
uint64_t fake_register_read(const char *name);
void fake_register_write(const char *name, uint64_t value);
void fake_isb(void);

#define READ_SYSREG(name)         fake_register_read(#name)
#define WRITE_SYSREG(value, name) fake_register_write(#name, (value))

#define cpu_relax()    ((void)0)
#define isb()          fake_isb()
#define tlbi_alle2is() ((void)0)
#define dsb(kind)      ((void)0)
#define dmb(kind)      ((void)0)

#define dc_ivac(address) ((void)(address))

#define smp_mb()           atomic_thread_fence(memory_order_seq_cst)
#define smp_mb_after_rmw() smp_mb()
#define smp_wmb()          atomic_thread_fence(memory_order_release)

/* For index_nospec(). */
static inline uint64_t cpu_index_mask(uint64_t index, uint64_t mask)
{
    return index & mask;
}

static inline uint64_t cpu_index_below(uint64_t index, uint64_t size)
{
    return index < size ? index : 0;
}

#endif
