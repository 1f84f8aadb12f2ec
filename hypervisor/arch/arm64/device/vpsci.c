/* SPDX-License-Identifier: MIT */
/* PSCI as a domain's firmware offers it: its own vcpus and its own power, nothing else. */
#include "cpu/psci.h"
#include "cpu/speculation.h"
#include "cpu/traps.h"
#include <trefoil/access.h>
#include <trefoil/arch.h>
#include <trefoil/sched.h>
#include <xen/sched.h>

typedef int64_t psci_handler(struct vcpu *vcpu, const uint64_t *args);

struct psci_call {
    uint32_t function;
    uint16_t operation;
    psci_handler *handler;
};

#define CALL(function, handler, operation) static psci_handler handler;
#include "cpu/psci.def"
#undef CALL

static const struct psci_call psci_calls[] = {
#define CALL(function, handler, operation) {function, OP_##operation, handler},
#include "cpu/psci.def"
#undef CALL
};

/* SMC32 calls carry 32-bit arguments; bit 30 of the identifier tells the two apart. */
#define FUNCTION_IS_64(function) (((function) & (1U << 30)) != 0)

static uint64_t argument(const uint64_t *args, unsigned int index)
{
    return FUNCTION_IS_64((uint32_t)args[0]) ? args[index] : (uint32_t)args[index];
}

#define MPIDR_AFFINITY 0xff00ffffffUL

static struct vcpu *vcpu_by_affinity(struct domain *domain, uint64_t affinity)
{
    for (unsigned int i = 0; i < domain->max_vcpus; i++) {
        if ((domain->vcpus[i]->arch.vmpidr & MPIDR_AFFINITY) == affinity)
            return domain->vcpus[i];
    }
    return NULL;
}

static int64_t psci_version(struct vcpu *vcpu, const uint64_t *args)
{
    (void)vcpu;
    (void)args;
    return PSCI_VERSION_1_1;
}

static int64_t psci_cpu_on(struct vcpu *vcpu, const uint64_t *args)
{
    uint64_t affinity = argument(args, 1), entry = argument(args, 2), context = argument(args, 3);
    struct vcpu *target = vcpu_by_affinity(vcpu->domain, affinity);
    bool off = false;

    if (target == NULL || (entry & 3) != 0)
        return PSCI_INVALID_PARAMETERS;
    if (!atomic_compare_exchange_strong(&target->arch.powered, &off, true))
        return PSCI_ALREADY_ON;
    arch_vcpu_reset(target, entry, context);
    vcpu_start(target);
    return PSCI_SUCCESS;
}

static int64_t psci_cpu_off(struct vcpu *vcpu, const uint64_t *args)
{
    (void)args;
    vcpu_stop(vcpu);
    /* CPU_ON may reset it from when it is off, and the end of the domain free it from when it is
     * nobody's current: none of its state may stay in this pcpu's registers, nor is it touched
     * after. */
    arch_vcpu_switch(vcpu, NULL);
    atomic_store(&vcpu->arch.powered, false);
    __atomic_store_n(&this_pcpu()->current, NULL, __ATOMIC_RELEASE);
    return PSCI_SUCCESS;
}

/* Every power state is a standby: it ends with an interrupt and keeps all state (DEN 0022F 5.4.2).
 */
static int64_t psci_cpu_suspend(struct vcpu *vcpu, const uint64_t *args)
{
    (void)args;
    vcpu_block(vcpu);
    return PSCI_SUCCESS;
}

static int64_t psci_affinity_info(struct vcpu *vcpu, const uint64_t *args)
{
    struct vcpu *target = vcpu_by_affinity(vcpu->domain, argument(args, 1) & MPIDR_AFFINITY);

    if (target == NULL || argument(args, 2) != 0)
        return PSCI_INVALID_PARAMETERS;
    return atomic_load(&target->arch.powered) ? PSCI_LEVEL_ON : PSCI_LEVEL_OFF;
}

static int64_t psci_migrate_info_type(struct vcpu *vcpu, const uint64_t *args)
{
    (void)vcpu;
    (void)args;
    return PSCI_NO_MIGRATION;
}

static int64_t psci_system_off(struct vcpu *vcpu, const uint64_t *args)
{
    (void)args;
    domain_shutdown(vcpu->domain, SHUTDOWN_poweroff);
    return PSCI_SUCCESS;
}

static int64_t psci_system_reset(struct vcpu *vcpu, const uint64_t *args)
{
    (void)args;
    domain_shutdown(vcpu->domain, SHUTDOWN_reboot);
    return PSCI_SUCCESS;
}

static const struct psci_call *psci_find(uint64_t function)
{
    for (size_t i = 0; i < ARRAY_SIZE(psci_calls); i++) {
        if (psci_calls[i].function == function)
            return &psci_calls[i];
    }
    return NULL;
}

static int64_t psci_features(struct vcpu *vcpu, const uint64_t *args)
{
    (void)vcpu;
    return psci_find((uint32_t)args[1]) != NULL ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED;
}

static int64_t smccc_version(struct vcpu *vcpu, const uint64_t *args)
{
    (void)vcpu;
    (void)args;
    return SMCCC_VERSION_1_1;
}

static int64_t smccc_arch_features(struct vcpu *vcpu, const uint64_t *args)
{
    uint32_t function = (uint32_t)args[1];

    (void)vcpu;
    if (function == SMCCC_VERSION || function == SMCCC_ARCH_FEATURES)
        return PSCI_SUCCESS;
    return speculation_for_guest(function);
}

/* The entry to EL2 has done it (guard.S), where this CPU needs it. ARCH_WORKAROUND_2 is offered to
 * nobody: store bypass is off for good, or up to PSTATE.SSBS. */
static int64_t smccc_arch_workaround(struct vcpu *vcpu, const uint64_t *args)
{
    (void)vcpu;
    return speculation_for_guest((uint32_t)args[0]) < 0 ? PSCI_NOT_SUPPORTED : SMCCC_SUCCESS;
}

uint64_t firmware_call_from_guest(struct vcpu *vcpu)
{
    const uint64_t *x = vcpu->arch.frame.x;
    const struct psci_call *call = psci_find((uint32_t)x[0]);
    int64_t result = PSCI_NOT_SUPPORTED;

    if (call != NULL)
        result = policy_allows_self(call->operation, vcpu->domain) ? call->handler(vcpu, x)
                                                                   : PSCI_DENIED;
    return (uint64_t)result;
}
