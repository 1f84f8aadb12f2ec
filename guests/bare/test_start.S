/* SPDX-License-Identifier: MIT */
/* Entering and leaving a test, and the other vcpu's first instructions. */
    .text
    /* uint64_t test_enter(void (*function)(void)): 0, or what test_leave was given. */
    .globl test_enter
test_enter:
    stp     x29, x30, [sp, #-96]!
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    adrp    x1, saved_stack
    mov     x2, sp
    str     x2, [x1, :lo12:saved_stack]
    blr     x0
    mov     x0, #0
    b       1f
    /* Where an exception that ends a test returns to. */
    .globl test_abandon
test_abandon:
    mov     x0, #1
    .globl test_leave
test_leave:
    adrp    x1, saved_stack
    ldr     x2, [x1, :lo12:saved_stack]
    mov     sp, x2
1:  ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldp     x29, x30, [sp], #96
    ret

    /* x0: the context of CPU_ON. */
    .globl cpu_entry
cpu_entry:
    adrp    x1, vectors
    add     x1, x1, :lo12:vectors
    msr     vbar_el1, x1
    isb
    adrp    x1, cpu_stack
    add     x1, x1, :lo12:cpu_stack
    add     sp, x1, #8192
    bl      cpu_main
2:  wfi
    b       2b

    .bss
    .balign 16
saved_stack:
    .skip   16
cpu_stack:
    .skip   8192
