/* SPDX-License-Identifier: MIT */
/* A bare guest that is loaded in pieces, as an ELF file or raw (again.lds): finds its code, its data and its .bss as they were linked, spoils them, says so, and resets. */
#define HYPERCALL_CONSOLE_IO 18
#define PSCI_SYSTEM_RESET    0x84000009
#define MARK                 0x5452454641475541

    .text
    /* Not where it begins. */
    .quad   0, 0
    .globl again_entry
again_entry:
    adr     x3, whole
    mov     x2, #whole_end - whole
    ldr     x9, =mark
    ldr     x10, [x9]
    ldr     x11, =MARK
    cmp     x10, x11
    b.ne    1f
    str     xzr, [x9]
    ldr     x9, =empty
    ldr     x12, =empty_end
0:  ldr     x10, [x9]
    cbnz    x10, 1f
    str     x11, [x9], #8
    cmp     x9, x12
    b.lo    0b
    b       2f
1:  adr     x3, broken
    mov     x2, #broken_end - broken
2:  mov     x0, #0              /* CONSOLEIO_write */
    mov     x1, x2
    mov     x2, x3
    mov     x16, #HYPERCALL_CONSOLE_IO
    hvc     #0xea1
    ldr     x0, =PSCI_SYSTEM_RESET
    hvc     #0
3:  wfi
    b       3b
    .pool
whole:
    .ascii  "loaded whole\n"
whole_end:
broken:
    .ascii  "loaded broken\n"
broken_end:

    .data
mark:
    .quad   MARK

    .bss
    .balign 8
empty:
    .skip   0x3000
empty_end:
