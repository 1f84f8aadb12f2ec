/* SPDX-License-Identifier: MIT */
/* The CPUs that are there: asked, guarded, and told in the log. */
#include "speculation.h"
#include "errata.h"
#include "firmware.h"
#include "psci.h"
#include <trefoil/arch.h>
#include <trefoil/nospec.h>
#include <trefoil/printk.h>
#include <trefoil/string.h>
#include <xen/sysctl.h>

extern char guarded_vectors[];

static struct speculation decided[MACHINE_MAX_CPUS];
static uint8_t worst[VULNERABILITIES];
static uint32_t present; /* mask of pcpus */

static void read_identity(struct cpu_identity *cpu)
{
    cpu->midr = READ_SYSREG(midr_el1);
    cpu->pfr0 = READ_SYSREG(id_aa64pfr0_el1);
    cpu->pfr1 = READ_SYSREG(id_aa64pfr1_el1);
    cpu->mmfr1 = READ_SYSREG(id_aa64mmfr1_el1);
    cpu->isar2 = READ_SYSREG(S3_0_C0_C6_2);
}

void speculation_cpu_setup(unsigned int pcpu)
{
    static const uint32_t functions[] = {SMCCC_ARCH_WORKAROUND_1, SMCCC_ARCH_WORKAROUND_2,
                                         SMCCC_ARCH_WORKAROUND_3};
    struct firmware_answers answers;
    struct cpu_identity cpu;

    read_identity(&cpu);
    for (unsigned int i = 0; i < ARRAY_SIZE(functions); i++)
        answers.workaround[i] = firmware_arch_features(functions[i]);
    decided[pcpu] = speculation_decide(&cpu, &answers);
    present |= 1U << pcpu;
    for (unsigned int i = 0; i < VULNERABILITIES; i++) {
        if (decided[pcpu].state[i] > worst[i])
            worst[i] = decided[pcpu].state[i];
    }
    if (decided[pcpu].state[STORE_BYPASS] == BY_FIRMWARE)
        firmware_store_bypass_off();
    if (decided[pcpu].guard == GUARD_NONE)
        return;
    this_pcpu()->arch.guard = decided[pcpu].guard;
    WRITE_SYSREG((uint64_t)guarded_vectors, vbar_el2);
    isb();
}

int32_t speculation_for_guest(uint32_t function)
{
    return speculation_answer(worst, function);
}

static uint32_t cpus_in(unsigned int vulnerability, unsigned int state)
{
    uint32_t mask = 0;

    for (unsigned int id = 0; id < MACHINE_MAX_CPUS; id++) {
        if ((present >> id & 1) != 0 && decided[id].state[vulnerability] == state)
            mask |= 1U << id;
    }
    return mask;
}

bool speculation_note(unsigned int place, struct xen_sysctl_trefoil_cpu_note *note)
{
    static const char *const names[VULNERABILITIES] = {
        [BRANCH_TARGET] = "CVE-2017-5715 (branch targets)",
        [BRANCH_HISTORY] = "CVE-2022-23960 (branch history)",
        [STORE_BYPASS] = "CVE-2018-3639 (store bypass)",
    };
    /* The others take nothing to be done. */
    static const char *const what[SPECULATION_STATES] = {
        [BY_CLRBHB] = "CLRBHB at each entry from a guest",
        [BY_LOOP] = "a loop of branches at each entry from a guest",
        [BY_FIRMWARE] = "done by the firmware",
        [OPEN] = "the firmware offers nothing",
    };
    unsigned int i = (unsigned int)index_nospec(place, SPECULATION_NOTES);
    unsigned int vulnerability = i / SPECULATION_STATES, state = i % SPECULATION_STATES;

    note->cpus = what[state] != NULL ? cpus_in(vulnerability, state) : 0;
    note->open = state == OPEN;
    if (note->cpus == 0)
        return false;
    snprintf(note->text, sizeof(note->text), "%s: %s", names[vulnerability], what[state]);
    return true;
}
