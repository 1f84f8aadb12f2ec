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

#define FUZZ_DEVICE UINT64_C(0x2000000) /* where device models have their ranges, 16 KiB */

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
/* The vcpu, which runs, accesses a device of its domain's device models, as far as it has one. */
void access_read(struct input *input, struct vcpu *vcpu);
/* A device model writes into a slot of its first server whatever it likes, and may tell of it. */
void answer_read(struct input *input, struct domain *model);
/* A server of the model's on the target, with a range, slots, and ports that are bound. */
void prepare_device(struct domain *target, struct domain *model);
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
