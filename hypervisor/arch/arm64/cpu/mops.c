/* SPDX-License-Identifier: MIT */
/*
 * Memory copy and set (FEAT_MOPS, Arm ARM C6.1.8 and D1.3.6): between the prologue, main and
 * epilogue instructions a vcpu may come to a CPU that keeps their progress in registers the other
 * way. That one takes an exception. With HCRX_EL2.MCE2 EL1's come here: registers are put back to
 * what the prologue takes, and the prologue runs again; what is copied already is counted off.
 */
#include "traps.h"

/* ISS of EC 0x27 (D19.2.37) */
#define ISS_SET           (1UL << 24)
#define ISS_FROM_EPILOGUE (1UL << 18)
#define ISS_WRONG_OPTION  (1UL << 17)
#define ISS_OPTION_A      (1UL << 16)
#define ISS_DEST(iss)     (((iss) >> 10) & 31)
#define ISS_SRC(iss)      (((iss) >> 5) & 31)
#define ISS_SIZE(iss)     ((iss)&31)
#define PSTATE_N          (1UL << 31)

/* A register that may be XZR, as one of data may for SET: then nothing is kept of it. */
static void add_to(struct vcpu_frame *frame, unsigned int index, uint64_t what)
{
    if (index < ARRAY_SIZE(frame->x))
        frame->x[index] += what;
}

void trap_memory_copy(struct vcpu *vcpu, uint64_t esr)
{
    struct vcpu_frame *frame = &vcpu->arch.frame;
    /* Are the registers as option A has them: addresses at the end, the size negative? */
    bool option_a = ((esr & ISS_OPTION_A) != 0) != ((esr & ISS_WRONG_OPTION) != 0);
    bool copy = (esr & ISS_SET) == 0;
    unsigned int count = ISS_SIZE(esr);
    uint64_t size = count < ARRAY_SIZE(frame->x) ? frame->x[count] : 0;
    uint64_t moved = 0;

    COUNT_VCPU(vcpu, other_traps);
    if (option_a && (!copy || (int64_t)size < 0)) {
        moved = size; /* forward */
        if (count < ARRAY_SIZE(frame->x))
            frame->x[count] = -size;
    } else if (!option_a && copy && (frame->pstate & PSTATE_N) != 0) {
        moved = -size; /* backward */
    }
    add_to(frame, ISS_DEST(esr), moved);
    if (copy)
        add_to(frame, ISS_SRC(esr), moved);
    frame->pc -= (esr & ISS_FROM_EPILOGUE) != 0 ? 8 : 4;
    frame->pstate &= ~PSTATE_SS;
}
