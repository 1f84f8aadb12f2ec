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
extern char image_start[], text_end[], rodata_end[], image_end[];

extern struct pcpu pcpu_storage[];
extern char pcpu_stacks[];

extern void secondary_entry(void);
extern void enter_guest(struct vcpu *vcpu);

/* From head.S with the MMU on; return the vcpu to enter. */
struct vcpu *boot_primary(const void *fdt);
struct vcpu *boot_secondary(void);

/* EL2 registers that are the same for every guest, on each CPU: cpu_setup.c. */
void cpu_setup(void);

/* Is the address in one of the machine's banks of RAM? Most machines have one. */
extern struct paddr_range machine_first_bank;
bool machine_other_bank_has(paddr_t paddr);

static inline bool machine_has_ram(paddr_t paddr)
{
    return likely(paddr - machine_first_bank.start < machine_first_bank.size) ||
           machine_other_bank_has(paddr);
}

#endif
