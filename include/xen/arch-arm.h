/* SPDX-License-Identifier: MIT */
/* The Arm side of the public ABI: how to call, the guest's address map, a vcpu's registers. */
#ifndef XEN_ARCH_ARM_H
#define XEN_ARCH_ARM_H

/* HVC immediate. Number in x16, arguments in x0 to x4, result in x0. */
#define XEN_HYPERCALL_TAG 0xea1

#ifndef __ASSEMBLER__

#include <xen/handle.h>
#include <xen/layout.h>

/* Frame numbers are in units of 4 KiB. */
typedef uint64_t xen_pfn_t;
#define PRI_xen_pfn PRIx64
typedef uint64_t xen_ulong_t;
#define PRI_xen_ulong PRIx64
typedef uint64_t xen_callback_t;

#define INVALID_MFN_VALUE (~(xen_pfn_t)0)

DEFINE_XEN_GUEST_HANDLE(xen_pfn_t);
DEFINE_XEN_GUEST_HANDLE(xen_ulong_t);

/* Each 32-bit name is the low half of the 64-bit register that holds it in an AArch32 guest. */
#define XEN_DECLARE_REGISTER(name64, name32)                                                       \
    union {                                                                                        \
        uint64_t name64;                                                                           \
        uint32_t name32;                                                                           \
    }

struct vcpu_guest_core_regs {
    XEN_DECLARE_REGISTER(x0, r0_usr);
    XEN_DECLARE_REGISTER(x1, r1_usr);
    XEN_DECLARE_REGISTER(x2, r2_usr);
    XEN_DECLARE_REGISTER(x3, r3_usr);
    XEN_DECLARE_REGISTER(x4, r4_usr);
    XEN_DECLARE_REGISTER(x5, r5_usr);
    XEN_DECLARE_REGISTER(x6, r6_usr);
    XEN_DECLARE_REGISTER(x7, r7_usr);
    XEN_DECLARE_REGISTER(x8, r8_usr);
    XEN_DECLARE_REGISTER(x9, r9_usr);
    XEN_DECLARE_REGISTER(x10, r10_usr);
    XEN_DECLARE_REGISTER(x11, r11_usr);
    XEN_DECLARE_REGISTER(x12, r12_usr);
    XEN_DECLARE_REGISTER(x13, sp_usr);
    XEN_DECLARE_REGISTER(x14, lr_usr);
    XEN_DECLARE_REGISTER(x15, __unused_sp_hyp);
    XEN_DECLARE_REGISTER(x16, lr_irq);
    XEN_DECLARE_REGISTER(x17, sp_irq);
    XEN_DECLARE_REGISTER(x18, lr_svc);
    XEN_DECLARE_REGISTER(x19, sp_svc);
    XEN_DECLARE_REGISTER(x20, lr_abt);
    XEN_DECLARE_REGISTER(x21, sp_abt);
    XEN_DECLARE_REGISTER(x22, lr_und);
    XEN_DECLARE_REGISTER(x23, sp_und);
    XEN_DECLARE_REGISTER(x24, r8_fiq);
    XEN_DECLARE_REGISTER(x25, r9_fiq);
    XEN_DECLARE_REGISTER(x26, r10_fiq);
    XEN_DECLARE_REGISTER(x27, r11_fiq);
    XEN_DECLARE_REGISTER(x28, r12_fiq);
    XEN_DECLARE_REGISTER(x29, sp_fiq);
    XEN_DECLARE_REGISTER(x30, lr_fiq);
    XEN_DECLARE_REGISTER(pc64, pc32);
    uint64_t cpsr;
    XEN_DECLARE_REGISTER(spsr_el1, spsr_svc);
    uint32_t spsr_fiq, spsr_irq, spsr_und, spsr_abt;
    uint64_t sp_el0, sp_el1, elr_el1;
};
typedef struct vcpu_guest_core_regs vcpu_guest_core_regs_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_guest_core_regs_t);
#undef XEN_DECLARE_REGISTER

#define VGCF_online  (1U << _VGCF_online)
#define _VGCF_online 0

struct vcpu_guest_context {
    uint32_t flags; /* VGCF_* */
    struct vcpu_guest_core_regs user_regs;
    uint64_t sctlr;
    uint64_t ttbcr, ttbr0, ttbr1;
};
typedef struct vcpu_guest_context vcpu_guest_context_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_guest_context_t);

#define XEN_DOMCTL_CONFIG_GIC_NATIVE 0
#define XEN_DOMCTL_CONFIG_GIC_V2     1
#define XEN_DOMCTL_CONFIG_GIC_V3     2
#define XEN_DOMCTL_CONFIG_TEE_NONE   0
#define XEN_DOMCTL_CONFIG_TEE_OPTEE  1
#define XEN_DOMCTL_CONFIG_TEE_FFA    2

struct xen_arch_domainconfig {
    uint8_t gic_version; /* XEN_DOMCTL_CONFIG_GIC_* */
    uint8_t sve_vl;
    uint16_t tee_type; /* XEN_DOMCTL_CONFIG_TEE_* */
    uint32_t nr_spis;
    uint32_t clock_frequency; /* Hz, out */
    uint8_t arm_sci_type;
    uint8_t v8r_el1_msa;
    uint16_t pad;
};

struct arch_vcpu_info {
};
typedef struct arch_vcpu_info arch_vcpu_info_t;
struct arch_shared_info {
};
typedef struct arch_shared_info arch_shared_info_t;

XEN_LAYOUT_SIZE(struct vcpu_guest_core_regs, 312);
XEN_LAYOUT_FIELD(struct vcpu_guest_core_regs, pc64, 248);
XEN_LAYOUT_FIELD(struct vcpu_guest_core_regs, spsr_fiq, 272);
XEN_LAYOUT_FIELD(struct vcpu_guest_core_regs, sp_el0, 288);
XEN_LAYOUT_SIZE(struct vcpu_guest_context, 352);
XEN_LAYOUT_FIELD(struct vcpu_guest_context, user_regs, 8);
XEN_LAYOUT_FIELD(struct vcpu_guest_context, sctlr, 320);
XEN_LAYOUT_SIZE(struct xen_arch_domainconfig, 16);
XEN_LAYOUT_FIELD(struct xen_arch_domainconfig, clock_frequency, 8);

#endif /* !__ASSEMBLER__ */

/* PSTATE of a vcpu at its first instruction: EL1h, all of DAIF masked but D as the ABI has it. */
#define PSR_FIQ_MASK     (1 << 6)
#define PSR_IRQ_MASK     (1 << 7)
#define PSR_ABT_MASK     (1 << 8)
#define PSR_DBG_MASK     (1 << 9)
#define PSR_MODE_BIT     0x10
#define PSR_MODE_EL1h    0x05
#define PSR_MODE_EL1t    0x04
#define PSR_MODE_EL0t    0x00
#define PSR_GUEST64_INIT (PSR_ABT_MASK | PSR_FIQ_MASK | PSR_IRQ_MASK | PSR_MODE_EL1h)
#define SCTLR_GUEST_INIT 0xc50078U

/* Only one vcpu_info fits in shared_info; the others are registered by VCPUOP_register_vcpu_info.
 */
#define XEN_LEGACY_MAX_VCPUS 1
#define GUEST_MAX_VCPUS      128

/* Guest physical addresses. */
#define GUEST_VIRTIO_MMIO_BASE    0x02000000ULL
#define GUEST_VIRTIO_MMIO_SIZE    0x00100000ULL
#define GUEST_GICD_BASE           0x03001000ULL
#define GUEST_GICD_SIZE           0x00001000ULL
#define GUEST_GICC_BASE           0x03002000ULL
#define GUEST_GICC_SIZE           0x00002000ULL
#define GUEST_GICV3_GICD_BASE     0x03001000ULL
#define GUEST_GICV3_GICD_SIZE     0x00010000ULL
#define GUEST_GICV3_GICR0_BASE    0x03020000ULL
#define GUEST_GICV3_GICR0_SIZE    0x01000000ULL
#define GUEST_GICV3_RDIST_REGIONS 1
#define GUEST_VPCI_ECAM_BASE      0x10000000ULL
#define GUEST_VPCI_ECAM_SIZE      0x10000000ULL
#define GUEST_ACPI_BASE           0x20000000ULL
#define GUEST_ACPI_SIZE           0x02000000ULL
#define GUEST_PL011_BASE          0x22000000ULL
#define GUEST_PL011_SIZE          0x00001000ULL
#define GUEST_GNTTAB_BASE         0x38000000ULL
#define GUEST_GNTTAB_SIZE         0x01000000ULL
#define GUEST_MAGIC_BASE          0x39000000ULL
#define GUEST_MAGIC_SIZE          0x01000000ULL
#define GUEST_RAM_BANKS           2
#define GUEST_RAM0_BASE           0x40000000ULL
#define GUEST_RAM0_SIZE           0xc0000000ULL
#define GUEST_RAM1_BASE           0x200000000ULL
#define GUEST_RAM1_SIZE           0xfe00000000ULL
#define GUEST_RAM_BASE            0x40000000ULL
#define GUEST_RAM_MAX             0xfec0000000ULL

/* Interrupts: PPIs and SPIs by their GIC interrupt id. */
#define GUEST_TIMER_VIRT_PPI        27
#define GUEST_TIMER_PHYS_S_PPI      29
#define GUEST_TIMER_PHYS_NS_PPI     30
#define GUEST_EVTCHN_PPI            31
#define GUEST_VPL011_SPI            32
#define GUEST_VIRTIO_MMIO_SPI_FIRST 33
#define GUEST_VIRTIO_MMIO_SPI_LAST  43

/* PSCI 0.1 function numbers, for guests that predate the standard ones. */
#define PSCI_cpu_suspend 0
#define PSCI_cpu_off     1
#define PSCI_cpu_on      2
#define PSCI_migrate     3

#endif
