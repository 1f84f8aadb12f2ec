/* SPDX-License-Identifier: MIT */
/* What the parts of the bench guest share. */
#ifndef BENCH_H
#define BENCH_H

#include "bare.h"

/* The last interrupt: when it was handled, in ticks, and how many there were. */
extern volatile uint64_t handled_at;
extern volatile unsigned int handled;

/* Prints instructions for `rounds` times what took `spent` ticks. */
void report(const char *name, uint64_t spent, unsigned int rounds);
/* bench_masked.c: how long batched hypercalls keep interrupts masked. Interrupts are on. */
void bench_masked(void);

#endif
