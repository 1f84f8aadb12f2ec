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

/* A domain that is being built. */
struct construction;

/*
 * Begins to build a domain, which nobody else finds yet. What is scrubbed or copied of it is done
 * in pieces of that many bytes. NULL with *error after a line in the log that says why.
 */
struct construction *construct_begin(const struct construct_context *context,
                                     const struct launch_domain *plan, uint64_t piece, int *error);
/*
 * Goes on, by one piece of the work: struct, memory, device tree, interrupts, PV pages, boot vcpu.
 * -ERESTART to be called again. Else the construction is over and freed: 0 leaves the domain to
 * domain_launch(), with its boot vcpu started; on an error (negative errno) one line
 * in the log has said why, and nothing of the domain is left.
 *
 * It uses: domain_create(); domain_ram_take() / domain_ram_claim(), domain_ram_scrub(),
 * domain_write(); arch_p2m_map() for shared memory, and with
 * arch_route_line() for devices; event_alloc_unbound(),
 * grant_table_seed(), domain->hvm_params; console_domain_init(); arch_invalidate_code(),
 * arch_vcpu_reset(), vcpu_start(), vcpu_set_affinity(); on an error domain_destroy().
 */
int construct_continue(struct construction *construction, struct domain **constructed);

/* All of it at once. */
int domain_construct(const struct construct_context *context, const struct launch_domain *plan,
                     struct domain **constructed);

/*
 * Before the first is built: kernels that are packed or in a U-Boot image are replaced in the plan
 * by what they hold. What is unpacked stays, for restarts; domains that share a module share it.
 */
void kernels_unpack(struct launch_plan *plan);

/*
 * Likewise: finds a place for each region of shared memory that the tree gives none, for good, and
 * zeroes them all. One that there is no place for is told in the log; its domains are left out.
 */
void regions_allot(struct launch_plan *plan);
/* From here on who shares memory is told to those who may look. The plan stays for ever. */
void shares_tell(const struct launch_plan *plan);

/*
 * Once all domains are there: what needs a peer (xenstore and console channels towards domains that
 * were built later, PV pages' evtchn_port).
 */
void domains_connect(const struct construct_context *context);

#endif
