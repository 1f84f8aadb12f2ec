/* SPDX-License-Identifier: MIT */
#include "vcpu_timer.h"
#include <trefoil/event_channel.h>
#include <trefoil/sched.h>

static void poll_over(void *data)
{
    struct vcpu *vcpu = data;

    event_poll_end(vcpu);
    vcpu_wake(vcpu);
}

static void singleshot_fired(void *data)
{
    event_raise_vcpu_virq(data, VIRQ_TIMER);
}

void vcpu_timers_init(struct vcpu *vcpu)
{
    timer_init(&vcpu->poll_timer, poll_over, vcpu);
    timer_init(&vcpu->singleshot_timer, singleshot_fired, vcpu);
}

void vcpu_timers_stop(struct vcpu *vcpu)
{
    timer_end(&vcpu->poll_timer);
    timer_end(&vcpu->singleshot_timer);
}
