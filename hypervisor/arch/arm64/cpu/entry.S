/* SPDX-License-Identifier: MIT */
/*
 * Exceptions (Arm ARM D1.3). While a guest runs, SP_EL2 points at its frame, which is where its registers go; the frame also tells the stack of the pcpu
 * that C code then runs on.
 *
 * C gives x19 to x29 back as it found them (AAPCS64), so on the way of a hypercall or an interrupt they stay where they are. They are saved
 * where somebody may ask for them by number (enter_sync), and before another vcpu may be loaded (leave_slowly).
 */
#include "offsets.h"

    .text

    /* x0: the vcpu. x29 is for the dump of a crash. A system error that is pending is the guest's (system_error.h). */
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
    str     x18, [sp, #8 * 18]
    stp     x29, x30, [sp, #8 * 29]
    mrs     x1, elr_el2
    mrs     x2, spsr_el2
    mov     x0, sp
    stp     x1, x2, [sp, #FRAME_PC]
    ldr     x3, [sp, #FRAME_PCPU_STACK]
    mov     sp, x3
    mrs     x3, isr_el1
    tbnz    x3, #8, 1f              /* A */
2:
    .subsection 1
1:  bl      settle_guest
    b       2b
    .previous
    .endm

    .macro save_preserved frame
    stp     x19, x20, [\frame, #8 * 19]
    stp     x21, x22, [\frame, #8 * 21]
    stp     x23, x24, [\frame, #8 * 23]
    stp     x25, x26, [\frame, #8 * 25]
    stp     x27, x28, [\frame, #8 * 27]
    .endm

    /* Between a handler's return and the guest, unless there is more to do: x1 the pcpu, x3 its vcpu. */
    .macro leave_or slowly
    mrs     x1, tpidr_el2
    ldp     x3, x2, [x1, #PCPU_CURRENT]     /* and need_resched */
    cbnz    x2, \slowly
    mov     sp, x3
    .endm

    /* All but x0, x1 and what C preserves. */
    .macro load_guest
    ldp     x2, x3, [sp, #FRAME_PC]
    msr     elr_el2, x2
    msr     spsr_el2, x3
    ldr     x30, [sp, #8 * 30]
    ldr     x18, [sp, #8 * 18]
    ldp     x16, x17, [sp, #16 * 8]
    ldp     x14, x15, [sp, #16 * 7]
    ldp     x12, x13, [sp, #16 * 6]
    ldp     x10, x11, [sp, #16 * 5]
    ldp     x8, x9, [sp, #16 * 4]
    ldp     x6, x7, [sp, #16 * 3]
    ldp     x4, x5, [sp, #16 * 2]
    ldp     x2, x3, [sp, #16 * 1]
    .endm

    /* No speculation past the return into the guest. */
    .macro return_to_guest
    eret
    dsb     nsh
    isb
    .endm

    /* The most frequent go ways of their own. */
    .macro vector_sync
    .balign 0x80
    save_guest
    mrs     x1, esr_el2
    lsr     x2, x1, #26
    cmp     x2, #ESR_EC_HVC
    b.eq    enter_hypercall
    cmp     x2, #ESR_EC_DATA_ABORT
    b.eq    enter_data_abort
    cmp     x2, #ESR_EC_SYSTEM_REGISTER
    b.eq    enter_system_register
    b       enter_sync
    .endm

    .macro vector_guest handler
    .balign 0x80
    save_guest
    bl      \handler
    b       leave_interrupt
    .endm

    /* An exception of EL2 itself: nobody goes back, so registers of the guest's threads hold what there is no room for. */
    .macro vector_hypervisor kind
    .balign 0x80
    msr     tpidr_el0, x0
    mov     x0, #\kind
    b       hypervisor_exception
    .endm

    /* The same, but where system_error_take() lets it come: there x0 becomes its syndrome. */
    .macro vector_error kind
    .balign 0x80
    sub     sp, sp, #256
    stp     x0, x1, [sp]
    mrs     x0, elr_el2
    adr     x1, error_window
    sub     x0, x0, x1
    cmp     x0, #12                 /* what follows error_window, in bytes */
    b.lo    1f
    ldp     x0, x1, [sp]
    add     sp, sp, #256
    msr     tpidr_el0, x0
    mov     x0, #\kind
    b       hypervisor_exception
1:  mrs     x0, esr_el2
    ldr     x1, [sp, #8]
    add     sp, sp, #256
    eret
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
    vector_error 7
    vector_sync
    vector_guest trap_interrupt
    vector_guest trap_interrupt
    vector_guest trap_system_error
    /* The same from AArch32: only EL0 of an AArch64 guest can be there (HCR_EL2.RW). */
    vector_sync
    vector_guest trap_interrupt
    vector_guest trap_interrupt
    vector_guest trap_system_error

    /* trap_hypercall() returns what the guest finds in x0. */
enter_hypercall:
    bl      trap_hypercall
    leave_or leave_hypercall_slowly
    load_guest
    ldr     x1, [sp, #8]
    return_to_guest

    /* An access that names one of x0 to x15, as most do (Arm ARM D19.2.37: ISV, and the upper bit of SRT or Rt). */
enter_data_abort:
    tbz     w1, #24, enter_sync
    tbnz    w1, #20, enter_sync
    bl      trap_data_abort
    b       leave_interrupt
enter_system_register:
    tbnz    w1, #9, enter_sync
    bl      trap_system_register

leave_interrupt:
    leave_or leave_slowly
    load_guest
    ldp     x0, x1, [sp]
    return_to_guest

    /* A vcpu that has turned itself off is nobody's current any more, and its frame perhaps another CPU_ON's already. */
leave_hypercall_slowly:
    cbz     x3, 0f
    str     x0, [x3]
leave_slowly:
    cbz     x3, 0f
    save_preserved x3
0:  mov     x0, x1
    bl      sched_slow_path
    b       enter_guest

    /* x0 stays, and so does what the exception is: an error that is taken on the way has a syndrome of its own. */
settle_guest:
    stp     x0, x30, [sp, #-48]!
    mrs     x1, esr_el2
    mrs     x2, far_el2
    mrs     x3, hpfar_el2
    stp     x1, x2, [sp, #16]
    str     x3, [sp, #32]
    bl      system_error_at_entry
    ldp     x1, x2, [sp, #16]
    ldr     x3, [sp, #32]
    msr     esr_el2, x1
    msr     far_el2, x2
    msr     hpfar_el2, x3
    ldp     x0, x30, [sp], #48
    ret

enter_sync:
    save_preserved x0
    bl      trap_sync
    mrs     x1, tpidr_el2
    ldp     x0, x2, [x1, #PCPU_CURRENT]     /* and need_resched */
    cbz     x2, enter_guest
    mov     x0, x1
    bl      sched_slow_path
    b       enter_guest

    /* From head.S, whose code is gone after this. */
    .globl leave_boot
leave_boot:
    bl      boot_leave

    .globl enter_guest
/* x0: the vcpu, whose state is loaded but for its frame */
enter_guest:
    mov     sp, x0
    load_guest
    ldp     x27, x28, [sp, #8 * 27]
    ldp     x25, x26, [sp, #8 * 25]
    ldp     x23, x24, [sp, #8 * 23]
    ldp     x21, x22, [sp, #8 * 21]
    ldp     x19, x20, [sp, #8 * 19]
    ldr     x29, [sp, #8 * 29]
    ldp     x0, x1, [sp]
    return_to_guest

    /* The guest's ELR_EL2 and SPSR_EL2 are in its frame by now. A masked SError that is pending shows in ISR_EL1.A. */
    .globl system_error_take
system_error_take:
    dsb     sy
    isb
    mrs     x1, isr_el1
    mov     x0, #0
    tbz     x1, #8, 0f
    msr     daifclr, #4
error_window:
    isb
    nop
    msr     daifset, #4
0:  ret

    /* x0: its kind. All registers go to the stack for the dump, to another one where sp has left the pcpu's or is about to. */
hypervisor_exception:
    msr     tpidrro_el0, x1
    mov     x1, sp
    msr     tpidr_el1, x1
    mrs     x1, tpidr_el2
    ldr     x1, [x1, #PCPU_STACK_TOP]
    sub     x1, sp, x1
    neg     x1, x1
    add     x1, x1, #1024
    lsr     x1, x1, #PCPU_STACK_SHIFT
    cbz     x1, 1f
    adrp    x1, overflow_stack + OVERFLOW_STACK_SIZE
    add     sp, x1, :lo12:overflow_stack
1:  sub     sp, sp, #256
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
    mrs     x1, tpidr_el0
    mrs     x2, tpidrro_el0
    stp     x1, x2, [sp]
    mov     x1, sp
    mrs     x2, tpidr_el1
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
