/* SPDX-License-Identifier: MIT */
/* CPUs, their time, and vcpus on them. */
#include "host.h"
#include "kernel.h"

#include <stdlib.h>
#include <time.h>

#include <trefoil/arch.h>
#include <trefoil/core.h>
#include <trefoil/errno.h>
#include <trefoil/event_channel.h>
#include <trefoil/sched.h>

/* The generic timer of the machine that is mirrored, as QEMU has it. */
#define COUNTER_HZ 62500000U

static struct pcpu cpus[MACHINE_MAX_CPUS], service;
struct pcpu *host_pcpu = &service;

static void prepare(struct pcpu *pcpu, unsigned int id)
{
    pcpu->id = id;
    pcpu->arch.deadline = UINT64_MAX;
}

void host_cpus_init(const struct machine *machine)
{
    prepare(&service, MACHINE_MAX_CPUS);
    sched_pcpu_init(&service);
    prepare(&cpus[0], 0);
    if (machine->nr_cpus)
        core_pcpu_online(&cpus[0]);
}

/* The first CPU of the tree is the boot CPU. */
int arch_start_secondary(unsigned int index)
{
    if (index == 0)
        return 0;
    prepare(&cpus[index], index);
    core_pcpu_online(&cpus[index]);
    return 0;
}

void arch_cpus_started(void)
{
}

bool arch_cpu_note(struct xen_sysctl_trefoil_cpu_note *note)
{
    (void)note;
    return false;
}

/* A vcpu has its turn: its kernel handles what is pending, then waits for an interrupt. */
static void run(struct pcpu *pcpu)
{
    struct vcpu *vcpu;

    host_pcpu = pcpu;
    while ((vcpu = sched_pick(pcpu)) != NULL) {
        kernel_upcall(vcpu);
        vcpu_block(vcpu);
    }
    host_pcpu = &service;
}

/* The service CPU has no queue, but raises virtual interrupts and may have timers. */
static bool settle_service(void)
{
    if (!atomic_exchange(&service.need_resched, false))
        return false;
    if (atomic_load(&service.timers_changed))
        timers_run(&service);
    event_deliver_virqs();
    return true;
}

void host_settle(void)
{
    bool busy = true;

    while (busy) {
        busy = settle_service();
        for (unsigned int i = 0; i < nr_pcpus; i++) {
            if (!pcpus[i] || !atomic_load(&pcpus[i]->need_resched))
                continue;
            run(pcpus[i]);
            busy = true;
        }
    }
}

static uint64_t run_timers_of(struct pcpu *pcpu)
{
    host_pcpu = pcpu;
    if (pcpu->arch.deadline <= arch_now()) {
        pcpu->arch.deadline = UINT64_MAX;
        timers_run(pcpu);
    }
    host_pcpu = &service;
    return pcpu->arch.deadline;
}

uint64_t host_timers(void)
{
    uint64_t first = run_timers_of(&service);

    for (unsigned int i = 0; i < nr_pcpus; i++) {
        uint64_t deadline = pcpus[i] ? run_timers_of(pcpus[i]) : UINT64_MAX;

        if (deadline < first)
            first = deadline;
    }
    return first;
}

uint64_t arch_now(void)
{
    static uint64_t start;
    struct timespec now;
    uint64_t time;

    clock_gettime(CLOCK_MONOTONIC, &now);
    time = (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
    if (!start)
        start = time - 1;
    return time - start;
}

uint64_t arch_counter_frequency(void)
{
    return COUNTER_HZ;
}

uint32_t arch_cpu_khz(void)
{
    return COUNTER_HZ / 1000;
}

void arch_timer_set(uint64_t deadline)
{
    this_pcpu()->arch.deadline = deadline;
}

/* All CPUs are looked after in turn: host_settle(). */
void arch_send_reschedule(struct pcpu *pcpu)
{
    (void)pcpu;
}

/* Nobody waits on a CPU here: sched_pick() says that there is nothing to do. */
void arch_idle(void)
{
}

bool arch_interrupt_waiting(void)
{
    return false;
}

void arch_power_off(void)
{
    exit(0);
}

void arch_reset(void)
{
    exit(0);
}

/* There is one thread, and it is this one. */
unsigned int arch_stop_others(uint64_t patience)
{
    (void)patience;
    return 0;
}

/* A machine that only waits is of no use to who waits for an answer. */
void arch_halt(void)
{
    exit(1);
}
