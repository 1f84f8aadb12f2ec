/* SPDX-License-Identifier: MIT */
/* HAS(name): has this CPU what feature.def names, or one of the words below? */
#ifndef FEATURE_H
#define FEATURE_H

#include <stdbool.h>
#include <asm/cpu.h>

#define MPAMIDR_HAS_HCR  (1UL << 17)
#define MPAMIDR_HAS_TIDR (1UL << 58)

#define HAS(feature) has_##feature()

#define FEATURE(name, crm, op2, shift, least, what)                                                \
    static inline bool has_##name(void)                                                            \
    {                                                                                              \
        return (READ_SYSREG(S3_0_C0_C##crm##_##op2) >> (shift)&15) >= (least);                     \
    }
#include "feature.def"
#undef FEATURE

static inline bool has_ALWAYS(void)
{
    return true;
}

static inline bool has_PMU(void)
{
    return HAS(PMU_ANY) && !HAS(PMU_OWN);
}

static inline bool has_MPAM(void)
{
    return HAS(MPAM_MAJOR) || HAS(MPAM_MINOR);
}

static inline bool has_MPAM_HCR(void)
{
    return HAS(MPAM) && (READ_SYSREG(S3_0_C10_C4_4) & MPAMIDR_HAS_HCR) != 0;
}

static inline bool has_FGT_AMU(void)
{
    return HAS(FGT) && HAS(AMU);
}

/* Pointer authentication, whichever its algorithm: the five keys exist. */
static inline bool has_PAUTH(void)
{
    return HAS(APA) || HAS(API) || HAS(APA3);
}

#endif
