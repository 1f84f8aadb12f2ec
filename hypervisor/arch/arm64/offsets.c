/* SPDX-License-Identifier: MIT */
/* Not linked: the build reads the numbers that assembly needs out of this file's compiler output.
 */
#include <trefoil/pcpu.h>
#include "cpu/boot.h"
#include "cpu/cpu_setup.h"
#include "cpu/stage1.h"
#include "cpu/traps.h"

#define OFFSET(name, value) __asm__ volatile("\n.ascii \"->" #name " %0\"" ::"i"(value))

void offsets(void);

void offsets(void)
{
    OFFSET(ESR_EC_HVC, ESR_EC_HVC);
    OFFSET(ESR_EC_SYSTEM_REGISTER, ESR_EC_SYSTEM_REGISTER);
    OFFSET(ESR_EC_DATA_ABORT, ESR_EC_DATA_ABORT);
    OFFSET(FRAME_PC, offsetof(struct vcpu_frame, pc));
    OFFSET(FRAME_PCPU_STACK, offsetof(struct vcpu_frame, pcpu_stack));
    OFFSET(PCPU_CURRENT, offsetof(struct pcpu, current));
    OFFSET(PCPU_GUARD, offsetof(struct pcpu, arch.guard));
    OFFSET(PCPU_SIZE, sizeof(struct pcpu));
    OFFSET(PCPU_STACK_SIZE, PCPU_STACK_SIZE);
    OFFSET(PCPU_STACK_SHIFT, PCPU_STACK_SHIFT);
    OFFSET(OVERFLOW_STACK_SIZE, OVERFLOW_STACK_SIZE);
    OFFSET(PCPU_STACK_PLACE, PCPU_STACK_PLACE);
    OFFSET(PCPU_STACK_TOP, offsetof(struct pcpu, arch.stack_top));
    OFFSET(HCR_RW, HCR_RW);
    OFFSET(VCPU_COUNTERS, offsetof(struct vcpu, counts.counters)); /* for tests/bench.sh */
    OFFSET(STAGE1_MAIR, STAGE1_MAIR);
    OFFSET(STAGE1_TCR, STAGE1_TCR);
}

_Static_assert(offsetof(struct vcpu, arch.frame) == 0,
               "entry.S saves registers at the vcpu's start");
_Static_assert(offsetof(struct vcpu_frame, pstate) == offsetof(struct vcpu_frame, pc) + 8,
               "entry.S stores pc and pstate as a pair");
_Static_assert(offsetof(struct pcpu, need_resched) == offsetof(struct pcpu, current) + 8,
               "entry.S loads both as a pair");
_Static_assert(sizeof(struct vcpu_frame) % 16 == 0, "SP_EL2 must stay aligned");
_Static_assert(offsetof(struct vcpu_fp_registers, fpsr) == 512, "entry.S: fp_save, fp_load");
