/* SPDX-License-Identifier: MIT */
#include "system_error.h"

/* ISS of an SError interrupt (Arm ARM D19.2.37). */
#define ISS_IDS      (1UL << 24) /* implementation defined */
#define ISS_AET(esr) ((unsigned int)((esr) >> 10) & 7U)
#define ISS_DFSC     0x3fUL
#define DFSC_SERROR  0x11UL /* AET is valid */

#define AET_UNRECOVERABLE 1U

static const struct {
    uint8_t verdict;
    const char *text;
} severities[8] = {
#define SEVERITY(aet, verdict, text) [aet] = {SYSTEM_ERROR_##verdict, text},
#include "system_error.def"
#undef SEVERITY
};

enum system_error_verdict system_error_decode(uint64_t esr, bool ras, bool distrust_unrecoverable,
                                              const char **text)
{
    unsigned int aet = ISS_AET(esr);

    *text = "of unknown kind";
    if (!ras)
        return SYSTEM_ERROR_DOMAIN;
    if ((esr & ISS_IDS) != 0 || (esr & ISS_DFSC) != DFSC_SERROR || severities[aet].text == NULL)
        return SYSTEM_ERROR_MACHINE;
    *text = severities[aet].text;
    if (aet == AET_UNRECOVERABLE && distrust_unrecoverable)
        return SYSTEM_ERROR_MACHINE;
    return severities[aet].verdict;
}
