/* SPDX-License-Identifier: MIT */
/* Start of a bare guest (arm64 Image header, EL1, MMU off), its vectors, and the way into the hypervisor. */
#define STACK_SIZE 16384

    .section .head.first, "ax"
    .globl guest_head
guest_head:
    b       guest_entry
    .long   0
    .quad   0
    /* bare.lds puts the image's size here. */
    .section .head.rest, "ax"
    .quad   0xa
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .long   0

guest_entry:
    mov     x19, x0
    adrp    x1, guest_start
    adrp    x2, rela_start
    add     x2, x2, :lo12:rela_start
    adrp    x3, rela_end
    add     x3, x3, :lo12:rela_end
0:  cmp     x2, x3
    b.hs    1f
    ldp     x4, x5, [x2]
    ldr     x6, [x2, #16]
    add     x2, x2, #24
    cmp     x5, #1027           /* R_AARCH64_RELATIVE */
    b.ne    0b
    add     x6, x6, x1
    str     x6, [x1, x4]
    b       0b
1:  adrp    x2, bss_start
    adrp    x3, bss_end
2:  cmp     x2, x3
    b.hs    3f
    stp     xzr, xzr, [x2], #16
    b       2b
3:  adrp    x1, vectors
    add     x1, x1, :lo12:vectors
    msr     vbar_el1, x1
    isb
    adrp    x1, stack
    add     x1, x1, :lo12:stack
    add     sp, x1, #STACK_SIZE
    mov     x0, x19
    bl      guest_main
4:  wfi
    b       4b

    .text
    /* int64_t hypercall(uint64_t number, a0, a1, a2, a3) */
    .globl hypercall
hypercall:
    mov     x16, x0
    mov     x0, x1
    mov     x1, x2
    mov     x2, x3
    mov     x3, x4
    hvc     #0xea1
    ret

    /* int64_t firmware_call(uint64_t function, a1, a2, a3) */
    .globl firmware_call
firmware_call:
    hvc     #0
    ret

    .macro vector target
    .balign 0x80
    b       \target
    .endm

    .balign 0x800
    .globl vectors
vectors:
    .rept 4
    vector  unexpected
    .endr
    vector  synchronous
    vector  interrupt
    vector  unexpected
    vector  unexpected
    .rept 8
    vector  unexpected
    .endr

interrupt:
    stp     x29, x30, [sp, #-176]!
    stp     x0, x1, [sp, #16]
    stp     x2, x3, [sp, #32]
    stp     x4, x5, [sp, #48]
    stp     x6, x7, [sp, #64]
    stp     x8, x9, [sp, #80]
    stp     x10, x11, [sp, #96]
    stp     x12, x13, [sp, #112]
    stp     x14, x15, [sp, #128]
    stp     x16, x17, [sp, #144]
    str     x18, [sp, #160]
    bl      guest_interrupt
    ldr     x18, [sp, #160]
    ldp     x16, x17, [sp, #144]
    ldp     x14, x15, [sp, #128]
    ldp     x12, x13, [sp, #112]
    ldp     x10, x11, [sp, #96]
    ldp     x8, x9, [sp, #80]
    ldp     x6, x7, [sp, #64]
    ldp     x4, x5, [sp, #48]
    ldp     x2, x3, [sp, #32]
    ldp     x0, x1, [sp, #16]
    ldp     x29, x30, [sp], #176
    eret

    /* An exception of the guest's own making: guest_fault gets the registers, and where to go on is up to it. */
synchronous:
    sub     sp, sp, #256
    stp     x0, x1, [sp]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    str     x30, [sp, #240]
    mov     x0, sp
    bl      guest_fault
    ldp     x0, x1, [sp]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x19, [sp, #144]
    ldp     x20, x21, [sp, #160]
    ldp     x22, x23, [sp, #176]
    ldp     x24, x25, [sp, #192]
    ldp     x26, x27, [sp, #208]
    ldp     x28, x29, [sp, #224]
    ldr     x30, [sp, #240]
    add     sp, sp, #256
    eret

unexpected:
    mrs     x0, esr_el1
    mrs     x1, elr_el1
    mrs     x2, far_el1
    bl      guest_unexpected
5:  wfi
    b       5b

    .bss
    .balign 16
stack:
    .skip   STACK_SIZE
