/* SPDX-License-Identifier: MIT */
#ifndef BOOT_H
#define BOOT_H

#include <trefoil/machine.h>
#include <trefoil/pcpu.h>

/* Each pcpu's stack, with a page below that nothing is mapped at. */
#define PCPU_STACK_SIZE  16384
#define PCPU_STACK_GUARD 4096
#define PCPU_STACK_PLACE (PCPU_STACK_GUARD + PCPU_STACK_SIZE)
#define PCPU_STACK_SHIFT 14
_Static_assert(PCPU_STACK_SIZE == 1 << PCPU_STACK_SHIFT,
               "entry.S tells by it whether sp is inside");
/* Where the dump of a stack overflow is made. Of one CPU: the machine stops. */
#define OVERFLOW_STACK_SIZE 8192
#define FDT_HEADER_MAGIC    0xd00dfeedU
#define FDT_LARGEST         (2U << 20) /* bytes, as the arm64 boot protocol has it */

/* Set by trefoil.lds. */
extern char image_start[], boot_end[], text_end[], rodata_end[], image_end[];

extern struct pcpu pcpu_storage[];
extern char pcpu_stacks[];

extern void secondary_entry(void);
extern void enter_guest(struct vcpu *vcpu);

/* From head.S with the MMU on. */
void boot_primary(const void *fdt);
void boot_secondary(void);

/*
 * From head.S, last: returns the vcpu to enter. On the boot CPU it waits until all others have come
 * here, and takes the code of boot away (leave.c).
 */
struct vcpu *boot_leave(void);
/* A CPU was told to start and has not answered: it may come later, and needs that code. */
void boot_leave_late(void);
/* What a CPU that is not like the others does instead: off, for good. */
void boot_refuse(struct pcpu *pcpu) __attribute__((noreturn));

/* EL2 registers that are the same for every guest, on each CPU: cpu_setup.c. */
void cpu_setup(void);

#endif
