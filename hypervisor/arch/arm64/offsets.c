/* SPDX-License-Identifier: MIT */
/* Not linked: the build reads the numbers that assembly needs out of this file's compiler output.
 */
#include <trefoil/pcpu.h>
#include "cpu/boot.h"
#include "cpu/stage1.h"

#define OFFSET(name, value) __asm__ volatile("\n.ascii \"->" #name " %0\"" ::"i"(value))

void offsets(void);

void offsets(void)
{
    OFFSET(FRAME_PSTATE, offsetof(struct vcpu_frame, pstate));
    OFFSET(FRAME_PCPU_STACK, offsetof(struct vcpu_frame, pcpu_stack));
    OFFSET(PCPU_SIZE, sizeof(struct pcpu));
    OFFSET(PCPU_STACK_SIZE, PCPU_STACK_SIZE);
    OFFSET(STAGE1_MAIR, STAGE1_MAIR);
    OFFSET(STAGE1_TCR, STAGE1_TCR);
}

_Static_assert(offsetof(struct vcpu, arch.frame) == 0,
               "entry.S saves registers at the vcpu's start");
_Static_assert(offsetof(struct vcpu_frame, pc) == 248, "entry.S stores x30 and the pc as a pair");
_Static_assert(sizeof(struct vcpu_frame) % 16 == 0, "SP_EL2 must stay aligned");
_Static_assert(offsetof(struct vcpu_fp_registers, fpsr) == 512, "entry.S: fp_save, fp_load");
