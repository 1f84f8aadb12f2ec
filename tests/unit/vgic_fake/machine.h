/* SPDX-License-Identifier: MIT */
/* Two pcpus with a GIC of four list registers, and a domain with two vcpus, for tests of the
 * virtual GIC. */
#ifndef VGIC_FAKE_MACHINE_H
#define VGIC_FAKE_MACHINE_H

#include <trefoil/domain.h>
#include <trefoil/pcpu.h>

#define FAKE_LRS   4U
#define FAKE_PCPUS 2U
#define FAKE_VCPUS 2U
#define FAKE_SPIS  64U

/* What the code under test did to the machine. */
struct fake_machine {
    uint32_t private_active[FAKE_PCPUS]; /* physical interrupts of each pcpu that are active */
    uint64_t spi_enabled, spi_active, spi_pending, spi_edge; /* bit: INTID - 32 */
    uint64_t spi_route[FAKE_SPIS];
    _Atomic unsigned int kicks[FAKE_PCPUS]; /* reschedule interrupts sent */
    _Atomic unsigned int wakes;
};

extern struct fake_machine fake;
extern struct pcpu fake_pcpus[FAKE_PCPUS];
extern struct domain fake_domain;

/* A fresh machine: vcpu 0 loaded on pcpu 0, vcpu 1 on pcpu 1, pcpu 0 is this one. Groups on,
 * priorities open. */
void fake_start(void);
void fake_stop(void);
/* This thread goes on as another pcpu. */
void fake_be(unsigned int pcpu);
struct vcpu *fake_vcpu(unsigned int id);

/* Accesses of the vcpu that is loaded here to its GIC's registers. */
uint64_t fake_read(bool redistributor, uint64_t offset, unsigned int size);
void fake_write(bool redistributor, uint64_t offset, unsigned int size, uint64_t value);

/* The guest on this pcpu acknowledges an interrupt, 1023 when none is signalled; ends one. */
unsigned int fake_acknowledge(void);
void fake_end(unsigned int intid);
/* Is the maintenance interrupt of this pcpu asserted? */
bool fake_maintenance(void);
uint64_t fake_lr(unsigned int n);
/* Enables private (SPI) interrupts with a priority. */
void fake_enable(unsigned int intid, unsigned int priority);

#endif
