/* SPDX-License-Identifier: MIT */
/*
 * Cache maintenance by set and way. It acts on the caches of one CPU, and a vcpu may be moved
 * between two of its instructions; nor does it reach system caches (Arm ARM D7.5.9). So it traps
 * (HCR_EL2.TSW, D19.2.48), and the first of a row of them cleans and invalidates all of the
 * domain's RAM by address, to the point of coherency. What it is for is that caches are turned off
 * or on: from then on the vcpu's writes of its memory controls trap as well (HCR_EL2.TVM), and
 * where SCTLR_EL1 turns its caches off or on all RAM is cleaned once more. Once they are on,
 * nothing of it traps but set and way.
 */
#ifndef SET_WAY_H
#define SET_WAY_H

#include <trefoil/domain.h>

#define SET_WAY_IDLE 1UL /* vcpu_flush.pc: no instruction is there */

/* The loaded vcpu's trapped instruction, or its write of SCTLR_EL1. A piece of the work is done;
 * where more is left, the program counter steps back, for the instruction to trap again. */
void set_way_operation(struct vcpu *vcpu);
void set_way_sctlr_write(struct vcpu *vcpu, uint64_t value);

/*
 * HCR_EL2 for the vcpu that this CPU has loaded, or loads. A switch of vcpus does not always come
 * here: one that is watched does (forget_other_vcpu(), vcpu.c), others may be left with the TVM of
 * who ran before, until they write a memory control.
 */
void set_way_load(const struct vcpu *vcpu);
/* A vcpu that starts is not watched: its caches are off, and what it gets is clean. */
void set_way_reset(struct vcpu *vcpu);

#endif
