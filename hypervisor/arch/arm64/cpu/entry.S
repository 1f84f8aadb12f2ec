/* SPDX-License-Identifier: MIT */
/*
 * Exceptions (Arm ARM D1.3). While a guest runs, SP_EL2 points at its frame, which is where its registers go; the frame also tells the stack of the pcpu
 * that C code then runs on. C returns the vcpu to enter.
 */
#include "offsets.h"

    .text

    .macro save_guest
    stp     x0, x1, [sp, #16 * 0]
    stp     x2, x3, [sp, #16 * 1]
    stp     x4, x5, [sp, #16 * 2]
    stp     x6, x7, [sp, #16 * 3]
    stp     x8, x9, [sp, #16 * 4]
    stp     x10, x11, [sp, #16 * 5]
    stp     x12, x13, [sp, #16 * 6]
    stp     x14, x15, [sp, #16 * 7]
    stp     x16, x17, [sp, #16 * 8]
    stp     x18, x19, [sp, #16 * 9]
    stp     x20, x21, [sp, #16 * 10]
    stp     x22, x23, [sp, #16 * 11]
    stp     x24, x25, [sp, #16 * 12]
    stp     x26, x27, [sp, #16 * 13]
    stp     x28, x29, [sp, #16 * 14]
    mrs     x1, elr_el2
    mrs     x2, spsr_el2
    stp     x30, x1, [sp, #16 * 15]
    mov     x0, sp
    ldr     x3, [sp, #FRAME_PCPU_STACK]
    str     x2, [sp, #FRAME_PSTATE]
    mov     sp, x3
    .endm

    .macro vector_guest handler
    .balign 0x80
    save_guest
    bl      \handler
    b       enter_guest
    .endm

    /* An exception of EL2 itself: x0 its kind, x1 the interrupted sp; the registers stay for the dump. */
    .macro vector_hypervisor kind
    .balign 0x80
    sub     sp, sp, #256
    stp     x0, x1, [sp]
    mov     x0, #\kind
    b       hypervisor_exception
    .endm

    .balign 0x800
    .globl exception_vectors
exception_vectors:
    vector_hypervisor 0
    vector_hypervisor 1
    vector_hypervisor 2
    vector_hypervisor 3
    vector_hypervisor 4
    vector_hypervisor 5
    vector_hypervisor 6
    vector_hypervisor 7
    vector_guest trap_sync
    vector_guest trap_interrupt
    vector_guest trap_interrupt
    vector_guest trap_system_error
    /* The same from AArch32: only EL0 of an AArch64 guest can be there (HCR_EL2.RW). */
    vector_guest trap_sync
    vector_guest trap_interrupt
    vector_guest trap_interrupt
    vector_guest trap_system_error

    .globl enter_guest
/* x0: the vcpu, whose state is loaded but for its frame */
enter_guest:
    mov     sp, x0
    ldp     x30, x1, [sp, #16 * 15]
    ldr     x2, [sp, #FRAME_PSTATE]
    msr     elr_el2, x1
    msr     spsr_el2, x2
    ldp     x28, x29, [sp, #16 * 14]
    ldp     x26, x27, [sp, #16 * 13]
    ldp     x24, x25, [sp, #16 * 12]
    ldp     x22, x23, [sp, #16 * 11]
    ldp     x20, x21, [sp, #16 * 10]
    ldp     x18, x19, [sp, #16 * 9]
    ldp     x16, x17, [sp, #16 * 8]
    ldp     x14, x15, [sp, #16 * 7]
    ldp     x12, x13, [sp, #16 * 6]
    ldp     x10, x11, [sp, #16 * 5]
    ldp     x8, x9, [sp, #16 * 4]
    ldp     x6, x7, [sp, #16 * 3]
    ldp     x4, x5, [sp, #16 * 2]
    ldp     x2, x3, [sp, #16 * 1]
    ldp     x0, x1, [sp, #16 * 0]
    eret
    /* No speculation past the return into the guest. */
    dsb     nsh
    isb

hypervisor_exception:
    stp     x2, x3, [sp, #16 * 1]
    stp     x4, x5, [sp, #16 * 2]
    stp     x6, x7, [sp, #16 * 3]
    stp     x8, x9, [sp, #16 * 4]
    stp     x10, x11, [sp, #16 * 5]
    stp     x12, x13, [sp, #16 * 6]
    stp     x14, x15, [sp, #16 * 7]
    stp     x16, x17, [sp, #16 * 8]
    stp     x18, x19, [sp, #16 * 9]
    stp     x20, x21, [sp, #16 * 10]
    stp     x22, x23, [sp, #16 * 11]
    stp     x24, x25, [sp, #16 * 12]
    stp     x26, x27, [sp, #16 * 13]
    stp     x28, x29, [sp, #16 * 14]
    str     x30, [sp, #16 * 15]
    mov     x1, sp
    b       trap_hypervisor

/* x0: struct vcpu_fp_registers */
    .arch_extension fp
    .arch_extension simd
    .globl fp_save
fp_save:
    stp     q0, q1, [x0, #32 * 0]
    stp     q2, q3, [x0, #32 * 1]
    stp     q4, q5, [x0, #32 * 2]
    stp     q6, q7, [x0, #32 * 3]
    stp     q8, q9, [x0, #32 * 4]
    stp     q10, q11, [x0, #32 * 5]
    stp     q12, q13, [x0, #32 * 6]
    stp     q14, q15, [x0, #32 * 7]
    stp     q16, q17, [x0, #32 * 8]
    stp     q18, q19, [x0, #32 * 9]
    stp     q20, q21, [x0, #32 * 10]
    stp     q22, q23, [x0, #32 * 11]
    stp     q24, q25, [x0, #32 * 12]
    stp     q26, q27, [x0, #32 * 13]
    stp     q28, q29, [x0, #32 * 14]
    stp     q30, q31, [x0, #32 * 15]
    mrs     x1, fpsr
    mrs     x2, fpcr
    add     x0, x0, #512
    stp     w1, w2, [x0]
    ret

    .globl fp_load
fp_load:
    ldp     q0, q1, [x0, #32 * 0]
    ldp     q2, q3, [x0, #32 * 1]
    ldp     q4, q5, [x0, #32 * 2]
    ldp     q6, q7, [x0, #32 * 3]
    ldp     q8, q9, [x0, #32 * 4]
    ldp     q10, q11, [x0, #32 * 5]
    ldp     q12, q13, [x0, #32 * 6]
    ldp     q14, q15, [x0, #32 * 7]
    ldp     q16, q17, [x0, #32 * 8]
    ldp     q18, q19, [x0, #32 * 9]
    ldp     q20, q21, [x0, #32 * 10]
    ldp     q22, q23, [x0, #32 * 11]
    ldp     q24, q25, [x0, #32 * 12]
    ldp     q26, q27, [x0, #32 * 13]
    ldp     q28, q29, [x0, #32 * 14]
    ldp     q30, q31, [x0, #32 * 15]
    add     x0, x0, #512
    ldp     w1, w2, [x0]
    msr     fpsr, x1
    msr     fpcr, x2
    ret
