/* SPDX-License-Identifier: MIT */
/*
 * uint64_t registers_after_NAME(uint64_t x0, uint64_t x16): runs one instruction that leads to the hypervisor with a pattern of its own in
 * every other register. Which of x1 to x30 had changed after it, as a mask.
 */
    .macro fill number, pattern
    movz    x\number, #(\pattern + \number)
    .endm

    /* A flag in x0 for a register that differs. */
    .macro compare number, pattern
    sub     x\number, x\number, #(\pattern + \number)
    cmp     x\number, #0
    cset    x\number, ne
    orr     x0, x0, x\number, lsl #\number
    .endm

    .macro registers_after name, pattern, instruction:vararg
    .globl registers_after_\name
registers_after_\name:
    sub     sp, sp, #112
    stp     x19, x20, [sp]
    stp     x21, x22, [sp, #16]
    stp     x23, x24, [sp, #32]
    stp     x25, x26, [sp, #48]
    stp     x27, x28, [sp, #64]
    stp     x29, x30, [sp, #80]
    mov     x16, x1
    .irp    number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
    fill    \number, \pattern
    .endr
    str     x16, [sp, #96]
    \instruction
    mov     x0, #0
    .irp    number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
    compare \number, \pattern
    .endr
    ldr     x1, [sp, #96]
    cmp     x1, x16
    cset    x1, ne
    orr     x0, x0, x1, lsl #16
    ldp     x29, x30, [sp, #80]
    ldp     x27, x28, [sp, #64]
    ldp     x25, x26, [sp, #48]
    ldp     x23, x24, [sp, #32]
    ldp     x21, x22, [sp, #16]
    ldp     x19, x20, [sp]
    add     sp, sp, #112
    ret
    .endm

    .text
    registers_after hypercall, 0x100, hvc #0xea1
    registers_after other_hypercall, 0x200, hvc #0xea1
    registers_after wait, 0x100, wfi
    registers_after load, 0x100, ldr w21, [x0]
    registers_after load_low, 0x100, ldr w9, [x0]
    registers_after store, 0x100, str w28, [x0]
    registers_after identify_low, 0x100, mrs x15, id_aa64dfr0_el1
    registers_after identify, 0x100, mrs x23, id_aa64dfr0_el1
