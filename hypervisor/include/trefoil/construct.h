/* SPDX-License-Identifier: MIT */
/* From a row of the launch plan to a domain that can run: core/construct*.c. */
#ifndef TREFOIL_CONSTRUCT_H
#define TREFOIL_CONSTRUCT_H

#include <trefoil/domain.h>
#include <trefoil/launch.h>
#include <trefoil/machine.h>

struct construct_context {
    const void *fdt; /* the host's */
    const struct machine *machine;
    const struct launch_plan *plan;
};

/*
 * Builds the domain: struct, memory, device tree, interrupts, PV pages, boot vcpu; leaves it
 * paused, with its boot vcpu started. On an error (negative errno) it has logged one line that says
 * why, and nothing of the domain is left.
 *
 * It uses: domain_create(); domain_ram_add() / domain_ram_claim(), domain_write(); arch_p2m_map()
 * and arch_route_irq() for devices; event_alloc_unbound(), grant_table_seed(), domain->hvm_params;
 * console_domain_init(); arch_vcpu_reset(), vcpu_start(), vcpu_set_affinity(); on an error
 * domain_discard().
 */
int domain_construct(const struct construct_context *context, const struct launch_domain *plan,
                     struct domain **constructed);

/*
 * Once all domains are there: what needs a peer (xenstore and console channels towards domains that
 * were built later, PV pages' evtchn_port).
 */
void domains_connect(const struct construct_context *context);

#endif
