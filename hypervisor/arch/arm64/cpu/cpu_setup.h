/* SPDX-License-Identifier: MIT */
#ifndef CPU_SETUP_H
#define CPU_SETUP_H

#include <stdint.h>

/*
 * HCR_EL2 while guests exist: stage 2 (VM), SWIO, PTW, interrupts to EL2 (FMO, IMO, AMO), broadcast
 * of barriers and TLB maintenance to the inner shareable domain (FB, BSU), WFI trapped (TWI), ID
 * registers groups 1 and 3 (TID1, TID3), implementation defined registers (TIDCP), SMC (TSC), ACTLR
 * (TACR), cache maintenance by set and way (TSW), EL1 is AArch64 (RW). E2H and TGE are 0. WFE does
 * not trap. TVM is set while a vcpu's caches are watched (memory/set_way.h). Where the CPU has them
 * (control.c): error records (TERR), limited ordering regions (TLOR) and GMID_EL1 (TID5) trap,
 * pointer authentication (API, APK) does not.
 */
#define HCR_VM    (1UL << 0)
#define HCR_SWIO  (1UL << 1)
#define HCR_PTW   (1UL << 2)
#define HCR_FMO   (1UL << 3)
#define HCR_IMO   (1UL << 4)
#define HCR_AMO   (1UL << 5)
#define HCR_VSE   (1UL << 8)
#define HCR_FB    (1UL << 9)
#define HCR_BSU   (1UL << 10)
#define HCR_TWI   (1UL << 13)
#define HCR_TWE   (1UL << 14)
#define HCR_TID1  (1UL << 16)
#define HCR_TID3  (1UL << 18)
#define HCR_TSC   (1UL << 19)
#define HCR_TIDCP (1UL << 20)
#define HCR_TACR  (1UL << 21)
#define HCR_TSW   (1UL << 22)
#define HCR_TVM   (1UL << 26)
#define HCR_RW    (1UL << 31)
#define HCR_TLOR  (1UL << 35)
#define HCR_TERR  (1UL << 36)
#define HCR_APK   (1UL << 40)
#define HCR_API   (1UL << 41)
#define HCR_TID5  (1UL << 58)
#define HCR_GUEST                                                                                  \
    (HCR_VM | HCR_SWIO | HCR_PTW | HCR_FMO | HCR_IMO | HCR_AMO | HCR_FB | HCR_BSU | HCR_TWI |      \
     HCR_TID1 | HCR_TID3 | HCR_TSC | HCR_TIDCP | HCR_TACR | HCR_TSW | HCR_RW)

/* Works out VTCR_EL2 for this machine; the boot CPU, before cpu_setup(). */
void stage2_geometry(void);
/* Writes this CPU's registers of control.def. */
void control_setup(void);
/* HCR_EL2 of this CPU while guests run. */
uint64_t hcr_guest(void);
/* Bits of a guest physical address, and of a VMID; from stage2_geometry() on. */
extern unsigned int stage2_address_bits;
extern unsigned int stage2_vmid_bits;

#endif
