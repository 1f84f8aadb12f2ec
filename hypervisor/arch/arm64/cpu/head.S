/* SPDX-License-Identifier: MIT */
/*
 * The arm64 Image header (Linux Documentation/arch/arm64/booting.rst) and the way from reset to C, for the boot CPU and
 * for those that PSCI CPU_ON starts. Entered with the MMU off, at EL2.
 */
#include "offsets.h"

#define SCTLR_EL2_RES1 0x30c50830

    .section .head.first, "ax"
    .globl image_head
image_head:
    b       boot_entry
    .long   0
    .quad   0                       /* text offset: the start of a 2 MiB aligned place */
    /* trefoil.lds puts the image's size here, with .bss and .noinit. */
    .section .head.rest, "ax"
    .quad   0xa                     /* little endian, 4 KiB pages, anywhere in memory */
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .long   0

/*
 * What decides how EL2 itself runs, and is unknown at reset or as firmware left it (Arm ARM D19.2), before it matters. HCR_EL2 first of all: with E2H
 * or TGE set the other registers mean something else. A CPU on which E2H cannot be cleared (no FEAT_E2H0) is not for us. Changes x1.
 */
    .macro  el2_first
    msr     daifset, #0xf
    msr     spsel, #1
    mov     x1, #HCR_RW
    msr     hcr_el2, x1
    isb
    mrs     x1, hcr_el2
    tbnz    x1, #34, park           /* E2H */
    ldr     x1, =SCTLR_EL2_RES1
    msr     sctlr_el2, x1
    msr     amair_el2, xzr
    mrs     x1, S3_0_C0_C7_3        /* ID_AA64MMFR3_EL1 */
    tst     x1, #0xf                /* TCRX */
    b.eq    0f
    msr     S3_4_C2_C0_3, xzr       /* TCR2_EL2: no permission indirection */
0:  tst     x1, #0xf0               /* SCTLRX */
    b.eq    0f
    msr     S3_4_C1_C0_3, xzr       /* SCTLR2_EL2 */
0:  mrs     x1, id_aa64pfr1_el1
    tst     x1, #(0xf << 44)        /* GCS */
    b.eq    0f
    msr     S3_4_C2_C5_0, xzr       /* GCSCR_EL2: returns are not checked */
0:  isb
    .endm

/* x0: device tree */
boot_entry:
    mrs     x1, CurrentEL
    cmp     x1, #(2 << 2)
    b.ne    park
    el2_first
    mov     x19, x0

    /* R_AARCH64_RELATIVE entries only: offset, type, addend. */
    adrp    x1, image_start
    adrp    x2, rela_start
    add     x2, x2, :lo12:rela_start
    adrp    x3, rela_end
    add     x3, x3, :lo12:rela_end
0:  cmp     x2, x3
    b.hs    1f
    ldp     x4, x5, [x2]
    ldr     x6, [x2, #16]
    add     x2, x2, #24
    cmp     x5, #1027
    b.ne    0b
    add     x6, x6, x1
    str     x6, [x1, x4]
    b       0b

1:  adrp    x2, bss_start
    add     x2, x2, :lo12:bss_start
    adrp    x3, bss_end
    add     x3, x3, :lo12:bss_end
2:  cmp     x2, x3
    b.hs    3f
    stp     xzr, xzr, [x2, #16]
    stp     xzr, xzr, [x2, #32]
    stp     xzr, xzr, [x2, #48]
    stp     xzr, xzr, [x2], #64
    b       2b

    /* What is written with caches off: nothing stale may hide it once they are on. The code and constants before it
       are as they were loaded (booting.rst: cleaned to the point of coherency); page tables are done one by one (stage1.c). */
3:  adrp    x2, rodata_end
    adrp    x3, pcpu_stacks + PCPU_STACK_PLACE
4:  dc      ivac, x2
    add     x2, x2, #64
    dc      ivac, x2
    add     x2, x2, #64
    dc      ivac, x2
    add     x2, x2, #64
    dc      ivac, x2
    add     x2, x2, #64
    cmp     x2, x3
    b.lo    4b
    dsb     sy

    adrp    x0, pcpu_storage
    add     x0, x0, :lo12:pcpu_storage
    msr     tpidr_el2, x0
    bl      stack_of_pcpu
    mov     x0, x19
    bl      stage1_build            /* returns the root table */
    bl      mmu_enable
    mov     x0, x19
    bl      boot_primary
    b       leave_boot

/* x0: this CPU's struct pcpu, given to PSCI CPU_ON as context */
    .globl secondary_entry
secondary_entry:
    el2_first
    msr     tpidr_el2, x0
    bl      stack_of_pcpu
    adrp    x0, stage1_root
    add     x0, x0, :lo12:stage1_root
    bl      mmu_enable
    bl      boot_secondary
    b       leave_boot

/* Computed, not read: with caches off, memory may be older than what others wrote. */
stack_of_pcpu:
    adrp    x1, pcpu_storage
    add     x1, x1, :lo12:pcpu_storage
    sub     x1, x0, x1
    ldr     x2, =PCPU_SIZE
    udiv    x1, x1, x2
    adrp    x2, pcpu_stacks
    add     x2, x2, :lo12:pcpu_stacks
    mov     x3, #PCPU_STACK_PLACE
    add     x1, x1, #1
    madd    x2, x1, x3, x2
    mov     sp, x2
    ret

/* x0: root of stage 1 (Arm ARM D8: TTBR0_EL2, TCR_EL2, MAIR_EL2) */
mmu_enable:
    adrp    x1, exception_vectors
    add     x1, x1, :lo12:exception_vectors
    msr     vbar_el2, x1
    msr     ttbr0_el2, x0
    mov     x1, #STAGE1_MAIR
    msr     mair_el2, x1
    ldr     x1, =STAGE1_TCR
    mrs     x2, id_aa64mmfr0_el1
    and     x2, x2, #7              /* PARange, at most 48 bits */
    cmp     x2, #5
    mov     x3, #5
    csel    x2, x2, x3, lo
    orr     x1, x1, x2, lsl #16
    msr     tcr_el2, x1
    tlbi    alle2
    dsb     sy
    ic      iallu
    dsb     sy
    isb
    mrs     x1, sctlr_el2
    mov     x2, #0x1005             /* M, C, I */
    orr     x1, x1, x2
    orr     x1, x1, #(1 << 19)      /* WXN: nothing is writable and executable */
    msr     sctlr_el2, x1
    isb
    ret

park:
    wfe
    b       park
    .ltorg
