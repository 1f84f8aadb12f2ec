/* SPDX-License-Identifier: MIT */
#include "system_error.h"
#include "errata.h"
#include "feature.h"
#include <trefoil/arch.h>
#include <trefoil/core.h>
#include <trefoil/printk.h>

#define SCTLR_IESB (1UL << 21)

/* DISR_EL1 (Arm ARM D19.4.1) has the fields of an SError's ISS where ESR_EL2 has them. */
#define DISR_A          (1UL << 31)
#define DISR_ISS        0x1ffffffUL
#define ESR_OF_AN_ERROR (0x2fUL << 26 | 1UL << 25)

/* With RAS, ESB is what an error is held at, and as SError is masked it is put off into DISR_EL1
 * (DDI 0587, 2.5). What is not (without RAS, all) is waited for by DSB and taken. */
static inline __attribute__((always_inline)) uint64_t settle(void)
{
    uint64_t deferred;

    if (HAS(RAS)) {
        __asm__ volatile("hint #16" ::: "memory"); /* ESB */
        deferred = READ_SYSREG(S3_0_C12_C1_1);     /* DISR_EL1 */
        if ((deferred & DISR_A) != 0) {
            WRITE_SYSREG(0, S3_0_C12_C1_1);
            return ESR_OF_AN_ERROR | (deferred & DISR_ISS);
        }
    }
    return system_error_take();
}

/* Where it is not on each vcpu's way. */
static __attribute__((noinline)) uint64_t settle_rarely(void)
{
    return settle();
}

void system_error_handle(struct vcpu *vcpu, uint64_t esr)
{
    const char *text;
    enum system_error_verdict verdict = system_error_decode(
        esr, HAS(RAS), (errata_needs & ERRATUM_NEED(ERRATUM_UNRECOVERABLE)) != 0, &text);

    if (vcpu == NULL)
        panic("pcpu%u: a system error of the hypervisor's own, %s, esr %#lx", this_pcpu()->id, text,
              esr);
    switch (verdict) {
    case SYSTEM_ERROR_LOGGED:
        printk_limited("%s: a system error, %s, esr %#lx\n", vcpu->domain->name, text, esr);
        break;
    case SYSTEM_ERROR_DOMAIN:
        domain_crash(vcpu->domain, "a system error, %s, esr %#lx", text, esr);
        break;
    default: panic("%s: a system error, %s, esr %#lx", vcpu->domain->name, text, esr);
    }
}

void system_error_settle(struct vcpu *vcpu)
{
    uint64_t esr = settle();

    if (unlikely(esr != 0))
        system_error_handle(vcpu, esr);
}

void system_error_at_entry(struct vcpu *vcpu)
{
    uint64_t esr = settle_rarely();

    if (esr != 0)
        system_error_handle(vcpu, esr);
}

void system_error_cpu_setup(void)
{
    uint64_t esr = settle_rarely();

    if (HAS(IESB)) {
        WRITE_SYSREG(READ_SYSREG(sctlr_el2) | SCTLR_IESB, sctlr_el2);
        isb();
    }
    if (esr != 0)
        log_warning("pcpu%u: a system error from before the hypervisor, esr %#lx", this_pcpu()->id,
                    esr);
}
