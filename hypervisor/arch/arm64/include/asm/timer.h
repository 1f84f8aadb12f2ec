/* SPDX-License-Identifier: MIT */
/* The architecture's generic timer: EL2's own, and those of the guests. */
#ifndef ASM_TIMER_H
#define ASM_TIMER_H

#include <trefoil/timer.h>
#include <trefoil/types.h>

struct machine;
struct vcpu;

struct vcpu_timer {
    uint64_t cntv_cval, cntv_ctl; /* valid while the vcpu is not loaded */
    struct timer wakeup;          /* runs to cntv_cval while the vcpu is not loaded */
    /* The physical timer, whose registers trap. */
    uint64_t cntp_cval, cntp_ctl;
    struct timer physical;
};

/* The boot CPU: reads the counter's frequency, which arch_now() needs. */
void time_init(const struct machine *machine);
/* Each CPU: timers off, guests may read the counters, their physical timer traps. */
void time_cpu_init(void);
/* The arch_now() at which the counter has a value; UINT64_MAX when it never gets there. */
uint64_t time_of_ticks(uint64_t ticks);
/* The EL2 timer has come due: there is no more of it until arch_timer_set(). */
void time_interrupt(void);

void vtimer_init(struct vcpu *vcpu);
void vtimer_free(struct vcpu *vcpu);
/* Timers off, as after power-on. The vcpu is offline or loaded here. */
void vtimer_reset(struct vcpu *vcpu);
void vtimer_save(struct vcpu *vcpu);
void vtimer_load(struct vcpu *vcpu);
/* Would the virtual timer of a vcpu that is not loaded fire now? */
bool vtimer_due(const struct vcpu *vcpu);

enum vtimer_register {
    VTIMER_CNTP_CTL,
    VTIMER_CNTP_CVAL,
    VTIMER_CNTP_TVAL,
};
/* A trapped access of the loaded vcpu to its physical timer; *value is what it writes, or gets. */
void vtimer_physical_access(struct vcpu *vcpu, enum vtimer_register reg, bool write,
                            uint64_t *value);

#endif
