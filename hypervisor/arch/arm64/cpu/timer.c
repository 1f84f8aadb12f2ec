/* SPDX-License-Identifier: MIT */
/* Time, and EL2's own timer (Arm ARM D12: the generic timer). */
#include "counter.h"
#include "time_convert.h"
#include <trefoil/arch.h>
#include <trefoil/machine.h>
#include <trefoil/pcpu.h>
#include <trefoil/sched.h>
#include <asm/gic.h>
#include <asm/timer.h>

#define TIMER_ENABLE 1UL

static struct time_scale scale;
static uint64_t frequency;
/* scale.ns_per_tick, or 0 where the counter is to be read with care: then that is asked of nobody
 * else. */
static uint64_t plain_ns_per_tick;

void time_init(const struct machine *machine)
{
    frequency = machine->arch.timer_frequency != 0 ? machine->arch.timer_frequency
                                                   : READ_SYSREG(cntfrq_el0);
    scale = time_scale(frequency);
    plain_ns_per_tick = scale.ns_per_tick;
}

void time_cpu_init(void)
{
    WRITE_SYSREG(0, cnthp_ctl_el2);
    WRITE_SYSREG(0, cntv_ctl_el0);
    WRITE_SYSREG(0, cntp_ctl_el0);
    isb();
    if ((errata_needs & ERRATUM_NEED(ERRATUM_COUNTER_TWICE)) != 0)
        plain_ns_per_tick = 0;
}

/* Not inline: no register is saved for it on the usual way. */
static __attribute__((noinline, cold)) uint64_t careful_now(void)
{
    return time_to_ns(&scale, counter_read());
}

uint64_t arch_now(void)
{
    uint64_t now;

    isb();
    now = (uint64_t)((unsigned __int128)READ_SYSREG(cntpct_el0) * plain_ns_per_tick >> 32);
    return likely(now != 0) ? now : careful_now();
}

uint64_t time_of_ticks(uint64_t ticks)
{
    return time_to_ns(&scale, ticks);
}

uint64_t arch_counter_frequency(void)
{
    return frequency;
}

uint32_t arch_cpu_khz(void)
{
    /* The clock of the CPU itself is not to be had on this architecture; as elsewhere, that of its
     * counter stands in. */
    return (uint32_t)(frequency / 1000);
}

void arch_timer_set(uint64_t deadline)
{
    if (deadline == UINT64_MAX) {
        WRITE_SYSREG(0, cnthp_ctl_el2);
    } else {
        WRITE_SYSREG(time_from_ns(&scale, deadline), cnthp_cval_el2);
        WRITE_SYSREG(TIMER_ENABLE, cnthp_ctl_el2);
    }
    isb();
}

void time_interrupt(void)
{
    WRITE_SYSREG(0, cnthp_ctl_el2);
    isb();
}

void arch_idle(void)
{
    struct vcpu *vcpu = current_vcpu();

    /* A virtual interrupt that waits for a vcpu that is held must not keep the CPU awake. */
    if (vcpu != NULL)
        WRITE_SYSREG(0, ich_hcr_el2);
    isb();
    dsb(sy);
    __asm__ volatile("wfi" ::: "memory");
    if (vcpu != NULL)
        WRITE_SYSREG(vcpu->arch.vgic.hcr, ich_hcr_el2);
    gic_handle_interrupts();
}
