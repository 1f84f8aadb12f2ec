/* SPDX-License-Identifier: MIT */
#ifndef TRAPS_H
#define TRAPS_H

#include <trefoil/pcpu.h>

/* ESR_EL2 (Arm ARM D19.2.37). */
#define ESR_EC(esr)            ((unsigned int)((esr) >> 26) & 0x3fU)
#define ESR_EC_HVC             0x16
#define ESR_EC_SYSTEM_REGISTER 0x18
#define ESR_EC_DATA_ABORT      0x24
#define ESR_IL                 (1UL << 25)
#define ESR_ISS(esr)           ((esr)&0x1ffffffUL)

/*
 * What entry.S calls, trap_data_abort() and trap_system_register() below included. All of the
 * guest's registers are in its frame, and may be changed there, for trap_sync(), and for those two
 * where the access names another than x0 to x15. Else it is x0 to x18 and x30, and x29 to look at.
 * trap_hypercall() returns the guest's x0.
 */
void trap_sync(struct vcpu *vcpu, uint64_t esr);
uint64_t trap_hypercall(struct vcpu *vcpu, uint64_t esr);
void trap_interrupt(struct vcpu *vcpu);
void trap_system_error(struct vcpu *vcpu);
/* x0 to x30, and the stack pointer then. */
_Noreturn void trap_hypervisor(unsigned int kind, const uint64_t *registers, uint64_t sp);

#define PSTATE_AARCH32 (1UL << 4)
#define PSTATE_BTYPE   (3UL << 10)
#define PSTATE_SS      (1UL << 21)

/* The same of an AArch32 instruction: T32 has such of 2 bytes (ESR_EL2.IL), and the IT state moves
 * on (Arm ARM G1.2.3). */
void trap_skip_aarch32(struct vcpu_frame *frame, uint64_t esr);

/* Steps over the trapped instruction, as if it had been executed. */
static inline void trap_skip(struct vcpu *vcpu, uint64_t esr)
{
    struct vcpu_frame *frame = &vcpu->arch.frame;

    if (unlikely((frame->pstate & PSTATE_AARCH32) != 0)) {
        trap_skip_aarch32(frame, esr);
        return;
    }
    frame->pc += 4;
    frame->pstate &= ~(PSTATE_BTYPE | PSTATE_SS);
}

/* The guest's own exceptions, as if the hardware had taken them to EL1 (Arm ARM D1.3). */
void inject_undefined(struct vcpu *vcpu);
/* A synchronous external abort on the access that ESR_EL2 and FAR_EL2 describe. */
void inject_abort(struct vcpu *vcpu, uint64_t esr, uint64_t fault_address);

/* Handlers of exception classes; esr is ESR_EL2. */
void trap_wait(struct vcpu *vcpu, uint64_t esr);
void trap_firmware_call(struct vcpu *vcpu, uint64_t esr);
void trap_system_register(struct vcpu *vcpu, uint64_t esr);
void trap_instruction_abort(struct vcpu *vcpu, uint64_t esr);
void trap_data_abort(struct vcpu *vcpu, uint64_t esr);
void trap_undefined(struct vcpu *vcpu, uint64_t esr);
void trap_astray(struct vcpu *vcpu, uint64_t esr);
void trap_memory_copy(struct vcpu *vcpu, uint64_t esr);

/* PSCI and SMCCC: x0 holds the function; returns what it becomes. The vcpu may not be the current
 * one any more then (CPU_OFF). vpsci.c */
uint64_t firmware_call_from_guest(struct vcpu *vcpu);

#endif
