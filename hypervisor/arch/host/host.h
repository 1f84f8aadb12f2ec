/* SPDX-License-Identifier: MIT */
/*
 * The twin: the hypervisor's core as a Linux process. Its machine is the one that the device tree
 * describes, with memory and without time to run guests in: each vcpu that gets its turn on a CPU
 * does what the domain's kernel does on an event (kernel.h) and waits for the next one. All else
 * that a domain does, processes do for it through a socket (server.h).
 *
 * One thread is all CPUs. While it serves a connection it is one more CPU, which runs no vcpu of
 * its own: the service CPU.
 */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include <trefoil/domain.h>
#include <trefoil/pcpu.h>
#include <trefoil/types.h>

/* ---- ram.c ---- */

/* Makes the machine's RAM: one sparse file in memory. 0 or a negative errno. */
int host_ram_init(const struct machine *machine);
/* The file, and where in it an address lies; false for what is no RAM. */
int host_ram_file(void);
bool host_ram_offset(paddr_t paddr, uint64_t *offset);
/* Writes one byte of it. */
void host_ram_byte(uint64_t offset, uint8_t value);
/* Bytes of RAM that something was written to. */
uint64_t host_ram_used(void);

/* ---- cpus.c ---- */

/* The boot CPU and the service CPU. Other CPUs come up through arch_start_secondary(). */
void host_cpus_init(const struct machine *machine);
/* Every CPU does what is to be done, until all of them are idle. */
void host_settle(void);
/* Runs timers that are due. The arch_now() of the next one, UINT64_MAX when there is none. */
uint64_t host_timers(void);

/* ---- domain.c ---- */

/* Gives back what the process has for domains, at its end. */
void host_forget_domains(void);

/* ---- guest_access.c ---- */

/* Memory that hypercall arguments lie in: `size` bytes at guest virtual address `base`. */
struct host_window {
    uint64_t base;
    void *memory;
    uint64_t size;
};
/* A hypercall of a domain's first vcpu, run until it is done. */
int64_t host_hypercall(struct domain *domain, const struct host_window *window, uint64_t number,
                       const uint64_t args[5]);
/* The same for a sub-operation with one argument, which is copied back. `third`: as a grant table
 * operation has it, the count. */
int64_t host_operation(struct domain *domain, unsigned int number, uint64_t command, void *argument,
                       size_t size, uint64_t third);

/* ---- uart.c ---- */

/* Where the machine's serial line goes; -1 nowhere. */
void host_uart_to(int fd);

#endif
