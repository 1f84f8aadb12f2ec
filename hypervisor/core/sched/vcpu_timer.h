/* SPDX-License-Identifier: MIT */
/* Timers of a vcpu that core keeps: the end of a poll, and the singleshot timer that raises
 * VIRQ_TIMER. */
#ifndef CORE_VCPU_TIMER_H
#define CORE_VCPU_TIMER_H

#include <trefoil/domain.h>

void vcpu_timers_init(struct vcpu *vcpu);
void vcpu_timers_stop(struct vcpu *vcpu);

#endif
