/* SPDX-License-Identifier: MIT */
/* What every CPU's EL2 registers hold, whichever guest runs (Arm ARM D19.2). */
#include "cpu_setup.h"
#include "feature.h"

/* CPTR_EL2 without VHE: RES1 bits, TZ and TSM (SVE and SME trapped), TTA (trace trapped), TFP
 * clear. */
#define CPTR_GUEST (0x33ffUL | (1UL << 20))
#define CPTR_TZ    (1UL << 8)
#define CPTR_TSM   (1UL << 12)
#define CPTR_TAM   (1UL << 30)

/* MDCR_EL2: TPMCR, TPM, TDA, TDOSA, TDRA, TPMS: debug and performance monitors trap. That E2PB and
 * E2TB are 0 makes the buffers of profiling and trace trap. */
#define MDCR_GUEST ((1UL << 5) | (1UL << 6) | (1UL << 9) | (1UL << 10) | (1UL << 11) | (1UL << 14))
#define MDCR_TTRF  (1UL << 19)

/* CNTHCTL_EL2: EL1PCTEN without EL1PCEN (vtimer.c). */
#define CNTHCTL_GUEST 1UL

/* HCRX_EL2: memory copy and set may be used, their exceptions of EL1 come to EL2 (mops.c). */
#define HCRX_MSCEN (1UL << 11)
#define HCRX_MCE2  (1UL << 10)

#define MPAM2_TRAP_EL1 (1UL << 48)
#define MPAM2_TRAP_EL0 (1UL << 49)
#define MPAM2_TIDR     (1UL << 58)

static bool mpam_has(uint64_t what)
{
    return (READ_SYSREG(S3_0_C10_C4_4) & what) != 0;
}

void control_setup(void)
{
    /* CPTR_EL2 traps accesses by EL2 too: open while ZCR_EL2 and SMCR_EL2 are written. */
    WRITE_SYSREG(CPTR_GUEST & ~(HAS(SVE) ? CPTR_TZ : 0) & ~(HAS(SME) ? CPTR_TSM : 0), cptr_el2);
    isb();
#define CONTROL(encoding, name, where, value, why)                                                 \
    if (HAS(where))                                                                                \
        WRITE_SYSREG(value, encoding);
#include "control.def"
#undef CONTROL
    isb();
}

uint64_t hcr_guest(void)
{
    return HCR_GUEST | (HAS(RAS) ? HCR_TERR : 0) | (HAS(LOR) ? HCR_TLOR : 0) |
           (HAS(MTE) ? HCR_TID5 : 0) | (HAS(PAUTH) ? HCR_API | HCR_APK : 0);
}
