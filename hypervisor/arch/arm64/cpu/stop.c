/* SPDX-License-Identifier: MIT */
/* Stopping CPUs for good, at the machine's end. */
#include <stdatomic.h>
#include <trefoil/arch.h>
#include <trefoil/sched.h>
#include <asm/gic.h>

static _Atomic uint64_t stopped; /* a mask of pcpus */

/* An interrupt that is pending ends WFI even when it is masked. */
void arch_halt(void)
{
    __asm__ volatile("msr daifset, #0xf" ::: "memory");
    for (;;)
        __asm__ volatile("wfi" ::: "memory");
}

void gic_stop_interrupt(void)
{
    atomic_fetch_or(&stopped, UINT64_C(1) << this_pcpu()->id);
    arch_halt();
}

unsigned int arch_stop_others(uint64_t patience)
{
    uint64_t others = online_pcpus(), give_up = arch_now() + patience;

    if (others == 0)
        return 0;
    others &= ~(UINT64_C(1) << this_pcpu()->id);
    for (unsigned int i = 0; i < nr_pcpus; i++) {
        if ((others >> i & 1) != 0)
            gic_send(pcpus[i], GIC_SGI_STOP);
    }
    while ((others & ~atomic_load(&stopped)) != 0 && arch_now() < give_up)
        cpu_relax();
    return (unsigned int)__builtin_popcountll(others & ~atomic_load(&stopped));
}
