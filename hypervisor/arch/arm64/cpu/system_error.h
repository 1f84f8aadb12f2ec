/* SPDX-License-Identifier: MIT */
/*
 * System errors (SError): what an earlier access led to, as a device answers a posted write with an
 * error, or memory is broken. They come late, so they are waited for before the vcpu changes, and
 * those that are there are taken when EL2 is entered from the guest (entry.S).
 */
#ifndef SYSTEM_ERROR_H
#define SYSTEM_ERROR_H

#include <trefoil/types.h>

struct vcpu;

enum system_error_verdict { SYSTEM_ERROR_MACHINE, SYSTEM_ERROR_DOMAIN, SYSTEM_ERROR_LOGGED };

/*
 * What ESR_EL2 of a system error means. Without RAS the syndrome does not say how far it went, and
 * the CPU has none but those of accesses: the domain's. With RAS, one that says nothing is
 * uncontainable. *text is a word for it.
 */
enum system_error_verdict system_error_decode(uint64_t esr, bool ras, bool distrust_unrecoverable,
                                              const char **text);

/* A system error of the vcpu that is loaded: ends who is to end; does not return where that is the
 * machine. vcpu NULL: it is EL2's own. */
void system_error_handle(struct vcpu *vcpu, uint64_t esr);
/* Waits for what earlier accesses led to, and handles it so. Before another vcpu is loaded. */
void system_error_settle(struct vcpu *vcpu);
/* The same of one that was pending when EL2 was entered from the vcpu; entry.S. */
void system_error_at_entry(struct vcpu *vcpu);
/* Each CPU, first of all: what is left from before EL2 is told and forgotten. From then on, where
 * the CPU can, errors are synchronized at each entry and return (SCTLR_EL2.IESB: FEAT_IESB).
 */
void system_error_cpu_setup(void);

/* entry.S: takes the pending system error, if there is one: its ESR_EL2, or 0. */
uint64_t system_error_take(void);

#endif
