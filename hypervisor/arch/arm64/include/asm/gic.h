/* SPDX-License-Identifier: MIT */
/* The machine's GICv3 (Arm IHI 0069), as EL2 drives it. */
#ifndef ASM_GIC_H
#define ASM_GIC_H

#include <trefoil/types.h>

struct domain;
struct machine;
struct pcpu;

typedef void gic_handler(void *data);

/* SGIs of EL2. */
#define GIC_SGI_RESCHEDULE 0U
#define GIC_SGI_STOP       1U

/* The distributor, once, on the boot CPU: everything disabled, group 1, routed to it. False when
 * there is no usable GICv3. */
bool gic_init(const struct machine *machine);
/* This CPU's redistributor (kept in pcpu->arch.gicr) and CPU interface; enables EL2's own PPIs.
 * Once a CPU. */
bool gic_cpu_init(struct pcpu *pcpu);

/* Acknowledges and handles what is pending. Called with the loaded vcpu's state in the hardware
 * (IRQ from a guest, idling). */
void gic_handle_interrupts(void);

/* Sends an SGI to a pcpu; all that was written before is seen by it. */
void gic_send(const struct pcpu *pcpu, unsigned int sgi);
/* GIC_SGI_STOP has come: this pcpu stops for good. */
_Noreturn void gic_stop_interrupt(void);

/* An SPI for EL2 itself: runs handler on the boot CPU's pcpu. -EINVAL, -EBUSY. */
int gic_request(unsigned int intid, gic_handler *handler, void *data);

/* SPIs of a domain. The callers own the interrupt. */
void gic_spi_enable(unsigned int intid, bool enable);
void gic_spi_configure(unsigned int intid, bool edge);
void gic_spi_route(unsigned int intid, uint64_t mpidr);
void gic_spi_set_pending(unsigned int intid);
void gic_spi_deactivate(unsigned int intid);
/* Takes an SPI away from a domain: disabled, inactive. */
void gic_spi_release(unsigned int intid, const struct domain *domain);

/* Active state of private interrupts of this CPU, as masks. */
void gic_private_set_active(uint32_t intids);
void gic_private_clear_active(uint32_t intids);
void gic_private_set_pending(uint32_t intids);

/* What the CPU interface has: list registers and registers of active priorities a group. The same
 * on all CPUs. */
extern unsigned int gic_nr_lrs;
extern unsigned int gic_nr_aprs;
/* INTIDs of the timers, from the device tree. */
extern unsigned int gic_timer_virtual;
extern unsigned int gic_timer_hypervisor;

#endif
