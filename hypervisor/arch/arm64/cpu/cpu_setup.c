/* SPDX-License-Identifier: MIT */
/* What every CPU's EL2 registers hold, whichever guest runs (Arm ARM D19.2). */
#include "boot.h"
#include "cpu_setup.h"
#include <asm/cpu.h>

/* CPTR_EL2 without VHE: RES1 bits and TZ set (SVE trapped), TTA (trace trapped), TFP clear. */
#define CPTR_GUEST (0x33ffUL | (1UL << 20))

/* MDCR_EL2: TPMCR, TPM, TDA, TDOSA, TDRA, TPMS: debug and performance monitors trap. */
#define MDCR_GUEST ((1UL << 5) | (1UL << 6) | (1UL << 9) | (1UL << 10) | (1UL << 11) | (1UL << 14))

/* CNTHCTL_EL2: EL1PCTEN without EL1PCEN: guests read the physical counter, their physical timer
 * traps (vtimer.c). */
#define CNTHCTL_GUEST 1UL

#define VTCR_RES1 (1UL << 31)
#define VTCR_VS   (1UL << 19)
#define IPA_LIMIT 40U

/* Set by the boot CPU, the same on all. */
static uint64_t vtcr;
static unsigned int ipa_bits;

/* ID_AA64MMFR0_EL1.PARange in bits. */
static unsigned int physical_bits(void)
{
    static const uint8_t bits[] = {32, 36, 40, 42, 44, 48, 52};
    uint64_t range = READ_SYSREG(id_aa64mmfr0_el1) & 0xf;

    return range < ARRAY_SIZE(bits) ? bits[range] : 48;
}

unsigned int stage2_address_bits(void)
{
    return ipa_bits;
}

unsigned int stage2_vmid_bits(void)
{
    return (vtcr & VTCR_VS) != 0 ? 16 : 8;
}

void stage2_geometry(void)
{
    unsigned int bits = physical_bits();
    uint64_t range = READ_SYSREG(id_aa64mmfr0_el1) & 0xf;
    bool wide_vmid = ((READ_SYSREG(id_aa64mmfr1_el1) >> 4) & 0xf) == 2;

    ipa_bits = bits < IPA_LIMIT ? bits : IPA_LIMIT;
    /* Walks start at level 1 (SL0 = 1) with concatenated tables, write-back, inner shareable. */
    vtcr = VTCR_RES1 | (wide_vmid ? VTCR_VS : 0) | ((range < 5 ? range : 5) << 16) | (3UL << 12) |
           (1UL << 10) | (1UL << 8) | (1UL << 6) | (64 - ipa_bits);
}

void cpu_setup(void)
{
    uint64_t pmu_counters = READ_SYSREG(mdcr_el2) & 0x1f;

    WRITE_SYSREG(vtcr, vtcr_el2);
    WRITE_SYSREG(CPTR_GUEST, cptr_el2);
    WRITE_SYSREG(MDCR_GUEST | pmu_counters, mdcr_el2);
    WRITE_SYSREG(CNTHCTL_GUEST, cnthctl_el2);
    WRITE_SYSREG(0, cntvoff_el2); /* unknown at reset: guests' time is EL2's */
    WRITE_SYSREG(0, hstr_el2);
    WRITE_SYSREG(READ_SYSREG(midr_el1), vpidr_el2);
    WRITE_SYSREG(HCR_GUEST, hcr_el2);
    isb();
    __asm__ volatile("tlbi alle1\n\tdsb nsh\n\tisb" ::: "memory");
}
