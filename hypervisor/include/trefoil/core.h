/* SPDX-License-Identifier: MIT */
/* What arch calls in core: the upward half of the interface whose downward half is arch.h. */
#ifndef TREFOIL_CORE_H
#define TREFOIL_CORE_H

#include <trefoil/domain.h>
#include <trefoil/machine.h>

/*
 * The boot CPU, once it runs C with its MMU on and `machine` read: sets up memory and console,
 * brings up the other pcpus through arch_start_secondary(), launches the domains. Returns; the arch
 * then enters sched_slow_path().
 */
void core_boot(const void *fdt, const struct machine *machine, const struct paddr_range *kept,
               unsigned int nr_kept);
/* Early: registers a pcpu; called for the boot CPU before core_boot() and by each secondary before
 * it enters sched_slow_path(). */
void core_pcpu_online(struct pcpu *pcpu);

/* The wall clock of all domains: seconds and nanoseconds since 1970 at the moment when arch_now()
 * was system_time (ns). */
void wallclock_set(uint64_t seconds, uint32_t nanoseconds, uint64_t system_time);

/* A hypercall. What it returns is the guest's result: for a call that is to go on that is its first
 * argument. */
int64_t hypercall_dispatch(struct vcpu *vcpu, uint64_t number, const uint64_t args[5]);

/* UART interrupts. */
void console_receive(char c);
void uart_transmit_ready(void);

/* The virtual UART of a domain: what the guest wrote. */
void console_guest_write(struct domain *domain, const char *text, size_t size);
/* Input for a domain's virtual UART; how many characters it took. Implemented by the arch, called
 * by core/console/console.c. */
size_t arch_console_input(struct domain *domain, const char *text, size_t size);

#endif
