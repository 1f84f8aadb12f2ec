/* SPDX-License-Identifier: MIT */
/*
 * What a guest may learn by what the CPU does ahead of its turn, and what is done about it: Arm's
 * Security Center, "Speculative Processor Vulnerability" and "Spectre-BHB"; SMCCC_ARCH_WORKAROUND_1
 * to 3 (Arm DEN 0028, 7.5; DEN 0070). Speculation past a bounds check is met where the index is
 * used (nospec.h); Meltdown (CVE-2017-5754) does not arise, as EL1's translations never lead to
 * EL2.
 */
#ifndef SPECULATION_H
#define SPECULATION_H

#include <trefoil/types.h>

struct xen_sysctl_trefoil_cpu_note;

enum vulnerability {
    BRANCH_TARGET,  /* CVE-2017-5715, Spectre v2 */
    BRANCH_HISTORY, /* CVE-2022-23960, Spectre-BHB */
    STORE_BYPASS,   /* CVE-2018-3639, Spectre v4 */
    VULNERABILITIES,
};

/* The better ones first: of several CPUs the worst counts. */
enum speculation_state {
    SAFE_CORE,
    BY_HARDWARE, /* CSV2, CSV2_3, ECBHB; SSBS, which is 0 at EL2 */
    BY_CLRBHB,
    BY_LOOP,
    BY_FIRMWARE,
    OPEN,
    SPECULATION_STATES,
};

/* ID registers of a CPU. */
struct cpu_identity {
    uint64_t midr, pfr0, pfr1, mmfr1, isar2;
};

/* SMCCC_ARCH_FEATURES of ARCH_WORKAROUND_1 to 3 on this CPU: 0 needed, 1 not needed here, -1 not
 * there, -2 not needed. */
struct firmware_answers {
    int32_t workaround[3];
};

/* What each entry from a guest goes through: none, the function of a firmware call (bit 31 is
 * set), or how often the branches of guard.S go round before CLRBHB. */
#define GUARD_NONE 0U
#define GUARD_ONCE 1U

struct speculation {
    uint8_t state[VULNERABILITIES];
    uint32_t guard;
};

struct speculation speculation_decide(const struct cpu_identity *cpu,
                                      const struct firmware_answers *firmware);

/* What a guest is answered that asks (SMCCC_ARCH_FEATURES) for one of the three functions, its
 * CPUs being in the worst of these states. PSCI_NOT_SUPPORTED for others. */
int32_t speculation_answer(const uint8_t worst[VULNERABILITIES], uint32_t function);

/* Each CPU, before it runs guests: asks the firmware, takes its vectors. */
void speculation_cpu_setup(unsigned int pcpu);
/* The answer for the machine's CPUs. */
int32_t speculation_for_guest(uint32_t function);
/* Places of what may be told: one for each vulnerability and state. Is a CPU in this one? */
#define SPECULATION_NOTES (VULNERABILITIES * SPECULATION_STATES)
bool speculation_note(unsigned int place, struct xen_sysctl_trefoil_cpu_note *note);

#endif
