/* SPDX-License-Identifier: MIT */
/* The parts of the fuzz target of hypercalls: what the input says, and what must hold. */
#ifndef FUZZ_HYPERCALL_H
#define FUZZ_HYPERCALL_H

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <trefoil/domain.h>

#define DOMAINS 4U
#define PAGES   32U /* of RAM of each */

struct input {
    const uint8_t *next, *end;
};

static inline uint8_t take(struct input *input)
{
    return input->next < input->end ? *input->next++ : 0;
}

/* A call that never returned, so that the vcpu's next one is the rest of it. */
struct hypercall {
    uint64_t number;
    uint64_t args[5];
};

/* hypercall_input.c: reads a call from the input. Its argument goes into the domain's RAM. */
void call_read(struct input *input, struct domain *domain, struct hypercall *call);
/* What a guest writes by itself: into its grant table, its events, its RAM. */
void write_read(struct input *input, struct domain *domain);

/*
 * hypercall_check.c: carries a call out. One that would end the machine, by right, is left instead:
 * what power_end() and power_provoke() are in these programs (--wrap) comes back here.
 */
void call_do(struct vcpu *vcpu, const struct hypercall *call);

/* hypercall_check.c: what holds between any two hypercalls. Aborts where it does not. */
void check_all(struct domain *const domains[DOMAINS]);

static inline void must(bool condition)
{
    if (!condition)
        abort();
}

#endif
