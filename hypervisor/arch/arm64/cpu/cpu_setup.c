/* SPDX-License-Identifier: MIT */
/* Stage 2's geometry, and what each CPU does for itself (Arm ARM D8.1, D19.2). */
#include "boot.h"
#include "cpu_setup.h"
#include "memory/p2m.h"
#include <asm/cpu.h>

#define VTCR_RES1 (1UL << 31)
#define VTCR_VS   (1UL << 19)
#define IPA_LIMIT 40U

/* Set by the boot CPU, the same on all. */
static uint64_t vtcr;

/* ID_AA64MMFR0_EL1.PARange in bits. */
static unsigned int physical_bits(void)
{
    static const uint8_t bits[] = {32, 36, 40, 42, 44, 48, 52};
    uint64_t range = READ_SYSREG(id_aa64mmfr0_el1) & 0xf;

    return range < ARRAY_SIZE(bits) ? bits[range] : 48;
}

void stage2_geometry(void)
{
    unsigned int bits = physical_bits();
    uint64_t range = READ_SYSREG(id_aa64mmfr0_el1) & 0xf;
    bool wide_vmid = ((READ_SYSREG(id_aa64mmfr1_el1) >> 4) & 0xf) == 2;

    stage2_address_bits = bits < IPA_LIMIT ? bits : IPA_LIMIT;
    stage2_vmid_bits = wide_vmid ? 16 : 8;
    /* Walks start at level 1 (SL0 = 1) with concatenated tables, write-back, inner shareable. */
    vtcr = VTCR_RES1 | (wide_vmid ? VTCR_VS : 0) | ((range < 5 ? range : 5) << 16) | (3UL << 12) |
           (1UL << 10) | (1UL << 8) | (1UL << 6) | (64 - stage2_address_bits);
}

void cpu_setup(void)
{
    WRITE_SYSREG(vtcr, vtcr_el2);
    control_setup();
    WRITE_SYSREG(hcr_guest(), hcr_el2);
    p2m_unload(); /* unknown at reset */
    isb();
    __asm__ volatile("tlbi alle1\n\tdsb nsh\n\tisb" ::: "memory");
}
