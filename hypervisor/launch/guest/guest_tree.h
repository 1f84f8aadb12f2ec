/* SPDX-License-Identifier: MIT */
/* What the parts of guest_tree_write() share. Inner header of launch/. */
#ifndef LAUNCH_GUEST_TREE_H
#define LAUNCH_GUEST_TREE_H

#include <trefoil/launch.h>

#include "tree/tree_writer.h"

/* What passthrough trees name the interrupt controller by. */
#define GUEST_PHANDLE_CONTROLLER 65000U

struct guest_writer {
    struct tree_writer out;
    const struct guest_tree *what;
    uint32_t address_cells, size_cells;            /* of the root */
    uint32_t controller_phandle, controller_cells; /* of interrupts */
};

/* Nodes that every domain has as children of the root, written at once: memory to hypervisor and
 * chosen, without interrupt controller. */
void guest_common_nodes(struct guest_writer *writer);
void guest_add_range(const struct guest_writer *writer, struct tree_cells *cells,
                     struct paddr_range range);
void guest_interrupt_parent(struct guest_writer *writer);

/* guest_tree_host.c: the hardware domain's root and what it has of the host's tree, without ending
 * the root. */
void guest_host_nodes(struct guest_writer *writer);

/* guest_tree_shared.c: /reserved-memory, if there is something in it. */
void guest_shared_nodes(struct guest_writer *writer);

/* guest_tree_devices.c: what the hardware domain serves, as a child of /chosen. */
void guest_devices_node(struct guest_writer *writer);

/* guest_tree_passthrough.c: the phandle that a passthrough tree wants the interrupt controller to
 * have, or the usual one. */
uint32_t guest_passthrough_controller(const struct guest_tree *what);
/* May libfdt be let loose on a module of that many bytes? */
bool passthrough_tree_valid(const void *tree, uint64_t size);
/* Copies what the tree passes through. */
void guest_passthrough_nodes(struct guest_writer *writer);

#endif
