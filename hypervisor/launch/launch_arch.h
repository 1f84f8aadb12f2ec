/* SPDX-License-Identifier: MIT */
/*
 * What launch leaves to the wing of the arch whose machine it is. As pure as the rest. Inner header
 * of launch/; what others see of it is in <arch/launch.h> and <arch/machine.h>.
 */
#ifndef LAUNCH_ARCH_H
#define LAUNCH_ARCH_H

#include <trefoil/launch.h>

#include "guest/guest_tree.h"
#include "machine/host_use.h"
#include "machine/machine_parts.h"

/* ---- reading the machine ---- */

/* The walk is at a CPU's node. False, with an error noted, when it is not a CPU's of this arch. */
bool arch_read_cpu(struct machine_reader *reader, struct machine_cpu *cpu);
/* The walk is at any other node: is it the interrupt controller's, a timer's, the firmware's? */
bool arch_read_node(struct machine_reader *reader);
/* All nodes were looked at: what could not be read before the interrupt controller was known. */
void arch_read_rest(struct machine_reader *reader);
/* What the machine lacks, NULL when it is complete. */
const char *arch_machine_lacks(const struct machine *machine);

/*
 * The index-th interrupt of the walk's node as a line of the machine's interrupt controller, by its
 * binding. Line 0: another controller's.
 */
enum tree_result arch_line(const struct tree_walk *walk, const struct machine *machine,
                           unsigned int index, uint32_t *line);

/* ---- devices that the hypervisor keeps ---- */

/* HOST_GIVEN for a node of no special meaning to the arch. */
enum host_use arch_host_use(const struct tree_walk *walk);
/* Registers that the hypervisor keeps for itself; how many ranges there are. */
unsigned int arch_kept_registers(const struct machine *machine,
                                 struct paddr_range ranges[LAUNCH_ARCH_KEPT]);
/* How many vcpus the hardware domain can have at most, with the machine's own address map. */
uint64_t arch_max_hardware_cpus(const struct machine *machine);

/* ---- kernels ---- */

/* What an ELF file, which begins as one, says of where it is loaded: as launch_kernel_form(). */
const char *launch_elf_form(const void *content, uint64_t size, struct launch_form *form);

/* ---- a domain's address map and device tree ---- */

/* Interrupt controller and virtual UART where the ABI has them, or where the machine has them. */
void arch_plain_layout(const struct launch_domain *domain, struct launch_layout *layout);
void arch_direct_layout(const struct machine *machine, const struct launch_domain *domain,
                        struct launch_layout *layout);
/* The ranges of layout->arch. */
void arch_layout_ranges(const struct launch_layout *layout,
                        struct paddr_range ranges[LAUNCH_ARCH_RANGES]);

/* CPUs, timers, firmware, as children of the root. */
void arch_guest_nodes(struct guest_writer *writer);
/* Interrupt controller and virtual UART of a domain that has not the machine's. */
void arch_guest_controller(struct guest_writer *writer);
void arch_guest_uart(struct guest_writer *writer);
/* Cells of the interrupt that events come by. */
void arch_guest_event(const struct guest_writer *writer, struct tree_cells *cells);

/* The machine's interrupt controller in the hardware domain's tree: properties that are not copied,
 * and those that come instead. */
bool arch_controller_drops(const char *property);
void arch_controller_properties(struct guest_writer *writer, const struct tree_walk *walk);

#endif
