/* SPDX-License-Identifier: MIT */
/*
 * Vectors of CPUs whose branch predictor a guest could have prepared: each entry from a guest first makes it forget, and then goes the way of the
 * plain vectors (entry.S), with all registers as they were. Which way is in the pcpu (speculation.h). The one branch before it is done may be
 * guessed wrong: either side ends with what is not passed ahead of its turn, SMC or ISB.
 */
#include "offsets.h"

    .text

    .macro guarded offset
    .balign 0x80
    stp     x0, x1, [sp, #16 * 0]
    stp     x2, x3, [sp, #16 * 1]
    mrs     x0, tpidr_el2
    ldr     w0, [x0, #PCPU_GUARD]
    tbnz    w0, #31, 2f
0:  b       1f                      /* taken branches, as many as the history has room for */
1:  subs    w0, w0, #1
    b.ne    0b
    hint    #22                     /* CLRBHB where there is one; else nothing */
    dsb     nsh
    isb
    b       3f
2:  smc     #0                      /* SMCCC 1.1: x0 the function, x0 to x3 may change */
3:  ldp     x2, x3, [sp, #16 * 1]
    ldp     x0, x1, [sp, #16 * 0]
    b       exception_vectors + \offset
    .endm

    .macro unguarded offset
    .balign 0x80
    b       exception_vectors + \offset
    .endm

    .balign 0x800
    .globl guarded_vectors
guarded_vectors:
    unguarded 0x000
    unguarded 0x080
    unguarded 0x100
    unguarded 0x180
    unguarded 0x200
    unguarded 0x280
    unguarded 0x300
    unguarded 0x380
    guarded 0x400
    guarded 0x480
    guarded 0x500
    guarded 0x580
    guarded 0x600
    guarded 0x680
    guarded 0x700
    guarded 0x780
