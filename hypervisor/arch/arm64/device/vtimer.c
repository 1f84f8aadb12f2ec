/* SPDX-License-Identifier: MIT */
/*
 * The guests' timers. The virtual one is the hardware's while its vcpu is loaded; otherwise a timer
 * of EL2 stands in, which only wakes: once loaded, the hardware raises the interrupt. The physical
 * one is emulated.
 */
#include "cpu/counter.h"
#include "vgic/vgic.h"
#include <trefoil/arch.h>
#include <trefoil/sched.h>
#include <asm/timer.h>

#define CTL_ENABLE  1UL
#define CTL_IMASK   2UL
#define CTL_ISTATUS 4UL

static bool enabled(uint64_t ctl)
{
    return (ctl & (CTL_ENABLE | CTL_IMASK)) == CTL_ENABLE;
}

static void wakeup_due(void *data)
{
    vcpu_wake(data);
}

static bool physical_fires(const struct vcpu_timer *timer)
{
    return enabled(timer->cntp_ctl) && timer->cntp_cval <= counter_read();
}

static void physical_due(void *data)
{
    struct vcpu *vcpu = data;

    vgic_private_line(vcpu, GUEST_TIMER_PHYS_NS_PPI, physical_fires(&vcpu->arch.timer));
}

void vtimer_init(struct vcpu *vcpu)
{
    struct vcpu_timer *timer = &vcpu->arch.timer;

    timer_init(&timer->wakeup, wakeup_due, vcpu);
    timer_init(&timer->physical, physical_due, vcpu);
    timer->cntv_cval = timer->cntv_ctl = 0;
    timer->cntp_cval = timer->cntp_ctl = 0;
}

void vtimer_free(struct vcpu *vcpu)
{
    timer_end(&vcpu->arch.timer.wakeup);
    timer_end(&vcpu->arch.timer.physical);
}

void vtimer_reset(struct vcpu *vcpu)
{
    struct vcpu_timer *timer = &vcpu->arch.timer;

    vtimer_free(vcpu);
    timer->cntv_cval = timer->cntv_ctl = 0;
    timer->cntp_cval = timer->cntp_ctl = 0;
    if (atomic_load(&vcpu->arch.vgic.loaded) == this_pcpu()) {
        WRITE_SYSREG(0, cntv_ctl_el0);
        isb();
    }
}

void vtimer_save(struct vcpu *vcpu)
{
    struct vcpu_timer *timer = &vcpu->arch.timer;

    timer->cntv_ctl = READ_SYSREG(cntv_ctl_el0) & (CTL_ENABLE | CTL_IMASK);
    timer->cntv_cval = READ_SYSREG(cntv_cval_el0);
    WRITE_SYSREG(0, cntv_ctl_el0);
    isb();
    /* One that is runnable will see for itself. */
    if (enabled(timer->cntv_ctl) && vcpu->state == VCPU_BLOCKED)
        timer_start(&timer->wakeup, this_pcpu(), time_of_ticks(timer->cntv_cval));
}

void vtimer_load(struct vcpu *vcpu)
{
    struct vcpu_timer *timer = &vcpu->arch.timer;

    if (timer->wakeup.pcpu != NULL)
        timer_stop(&timer->wakeup);
    WRITE_SYSREG(timer->cntv_cval, cntv_cval_el0);
    WRITE_SYSREG(timer->cntv_ctl, cntv_ctl_el0);
}

bool vtimer_due(const struct vcpu *vcpu)
{
    const struct vcpu_timer *timer = &vcpu->arch.timer;

    return enabled(timer->cntv_ctl) && timer->cntv_cval <= counter_read();
}

/* After a change: the wire, and when it will next rise. */
static void physical_update(struct vcpu *vcpu)
{
    struct vcpu_timer *timer = &vcpu->arch.timer;
    bool fires = physical_fires(timer);

    timer_stop(&timer->physical);
    if (enabled(timer->cntp_ctl) && !fires)
        timer_start(&timer->physical, this_pcpu(), time_of_ticks(timer->cntp_cval));
    vgic_private_line(vcpu, GUEST_TIMER_PHYS_NS_PPI, fires);
}

static uint64_t physical_read(const struct vcpu_timer *timer, enum vtimer_register reg)
{
    uint64_t ctl = timer->cntp_ctl;

    switch (reg) {
    case VTIMER_CNTP_CTL:
        if ((ctl & CTL_ENABLE) != 0 && timer->cntp_cval <= counter_read())
            ctl |= CTL_ISTATUS;
        return ctl;
    case VTIMER_CNTP_CVAL: return timer->cntp_cval;
    default: return (uint32_t)(timer->cntp_cval - counter_read());
    }
}

void vtimer_physical_access(struct vcpu *vcpu, enum vtimer_register reg, bool write,
                            uint64_t *value)
{
    struct vcpu_timer *timer = &vcpu->arch.timer;

    if (!write) {
        *value = physical_read(timer, reg);
        return;
    }
    if (reg == VTIMER_CNTP_CTL)
        timer->cntp_ctl = *value & (CTL_ENABLE | CTL_IMASK);
    else if (reg == VTIMER_CNTP_CVAL)
        timer->cntp_cval = *value;
    else
        timer->cntp_cval = counter_read() + (uint64_t)(int64_t)(int32_t)*value;
    physical_update(vcpu);
}
