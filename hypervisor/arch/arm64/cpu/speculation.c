/* SPDX-License-Identifier: MIT */
#include "speculation.h"
#include "errata.h"
#include "psci.h"

/* ID registers (Arm ARM D19.2). */
#define PFR0_CSV2(pfr0)    ((pfr0) >> 56 & 0xf)
#define PFR1_SSBS(pfr1)    ((pfr1) >> 4 & 0xf)
#define MMFR1_ECBHB(mmfr1) ((mmfr1) >> 60 & 0xf)
#define ISAR2_CLRBHB(isar) ((isar) >> 28 & 0xf)
#define CSV2_HISTORY       3U /* FEAT_CSV2_3 */

/* How many branches fill the history, as Arm's paper on Spectre-BHB lists them. */
static const struct {
    uint32_t model;
    uint8_t branches;
} history_rows[] = {
    {CORE_CORTEX_A57, 8},   {CORE_CORTEX_A72, 8},    {CORE_CORTEX_A76, 24},  {CORE_CORTEX_A77, 24},
    {CORE_CORTEX_A78, 32},  {CORE_CORTEX_A78AE, 32}, {CORE_CORTEX_A710, 32}, {CORE_NEOVERSE_N1, 24},
    {CORE_NEOVERSE_N2, 32}, {CORE_NEOVERSE_V1, 32},
};

static uint32_t history_branches(uint64_t midr)
{
    for (size_t i = 0; i < ARRAY_SIZE(history_rows); i++) {
        if (history_rows[i].model == MIDR_MODEL(midr))
            return history_rows[i].branches;
    }
    return 0;
}

/* Those whose history only the firmware can clear. */
static bool history_takes_firmware(uint64_t midr)
{
    return MIDR_MODEL(midr) == CORE_CORTEX_A73 || MIDR_MODEL(midr) == CORE_CORTEX_A75;
}

static bool speculates(uint64_t midr)
{
    static const struct {
        uint32_t model;
        bool speculates;
    } cores[] = {
#define CORE(identifier, implementer, part, name, document, speculates)                            \
    {CORE_##identifier, speculates},
#include "cores.def"
#undef CORE
    };

    for (size_t i = 0; i < ARRAY_SIZE(cores); i++) {
        if (cores[i].model == MIDR_MODEL(midr))
            return cores[i].speculates;
    }
    return true;
}

static uint8_t by_firmware(int32_t answer)
{
    switch (answer) {
    case SMCCC_SUCCESS: return BY_FIRMWARE;
    case SMCCC_NOT_REQUIRED_HERE:
    case SMCCC_NOT_REQUIRED: return SAFE_CORE;
    default: return OPEN;
    }
}

static uint8_t branch_target(const struct cpu_identity *cpu,
                             const struct firmware_answers *firmware)
{
    return PFR0_CSV2(cpu->pfr0) != 0 ? BY_HARDWARE : by_firmware(firmware->workaround[0]);
}

/* While other guests choose where branches go it is no use to clear what led there. A call that
 * makes the whole predictor forget is enough for those that a loop would be, too. */
static uint8_t branch_history(const struct cpu_identity *cpu,
                              const struct firmware_answers *firmware, uint8_t target)
{
    uint32_t branches = history_branches(cpu->midr);

    if (PFR0_CSV2(cpu->pfr0) >= CSV2_HISTORY || MMFR1_ECBHB(cpu->mmfr1) != 0)
        return BY_HARDWARE;
    if (ISAR2_CLRBHB(cpu->isar2) != 0)
        return BY_CLRBHB;
    if (branches != 0)
        return target == BY_HARDWARE || target == SAFE_CORE ? BY_LOOP : target;
    if (history_takes_firmware(cpu->midr) || firmware->workaround[2] == SMCCC_SUCCESS)
        return by_firmware(firmware->workaround[2]);
    return SAFE_CORE;
}

static uint32_t guard_for(const struct speculation *decided, const struct cpu_identity *cpu,
                          const struct firmware_answers *firmware)
{
    if (decided->state[BRANCH_TARGET] == BY_FIRMWARE ||
        decided->state[BRANCH_HISTORY] == BY_FIRMWARE)
        return firmware->workaround[2] == SMCCC_SUCCESS ? SMCCC_ARCH_WORKAROUND_3
                                                        : SMCCC_ARCH_WORKAROUND_1;
    if (decided->state[BRANCH_HISTORY] == BY_LOOP)
        return history_branches(cpu->midr);
    return decided->state[BRANCH_HISTORY] == BY_CLRBHB ? GUARD_ONCE : GUARD_NONE;
}

struct speculation speculation_decide(const struct cpu_identity *cpu,
                                      const struct firmware_answers *firmware)
{
    struct speculation decided = {.guard = GUARD_NONE};

    if (!speculates(cpu->midr))
        return decided;
    decided.state[BRANCH_TARGET] = branch_target(cpu, firmware);
    decided.state[BRANCH_HISTORY] = branch_history(cpu, firmware, decided.state[BRANCH_TARGET]);
    decided.state[STORE_BYPASS] =
        PFR1_SSBS(cpu->pfr1) != 0 ? BY_HARDWARE : by_firmware(firmware->workaround[1]);
    decided.guard = guard_for(&decided, cpu, firmware);
    return decided;
}

/* Store bypass stays off where the firmware does it, so a guest has nothing to do; where SSBS does
 * it, a guest sees that in ID_AA64PFR1_EL1 and needs no call. */
static int32_t store_bypass_answer(uint8_t state)
{
    return state == BY_FIRMWARE || state == SAFE_CORE ? SMCCC_NOT_REQUIRED : PSCI_NOT_SUPPORTED;
}

static int32_t branch_answer(uint8_t state)
{
    if (state == OPEN)
        return PSCI_NOT_SUPPORTED;
    return state <= BY_HARDWARE ? SMCCC_NOT_REQUIRED_HERE : SMCCC_SUCCESS;
}

int32_t speculation_answer(const uint8_t worst[VULNERABILITIES], uint32_t function)
{
    switch (function) {
    case SMCCC_ARCH_WORKAROUND_1: return branch_answer(worst[BRANCH_TARGET]);
    case SMCCC_ARCH_WORKAROUND_2: return store_bypass_answer(worst[STORE_BYPASS]);
    case SMCCC_ARCH_WORKAROUND_3: return branch_answer(worst[BRANCH_HISTORY]);
    default: return PSCI_NOT_SUPPORTED;
    }
}
