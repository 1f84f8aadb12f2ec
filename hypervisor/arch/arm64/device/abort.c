/* SPDX-License-Identifier: MIT */
/* Stage 2 faults: emulated devices, and everything else that a guest touches and does not have. */
#include "decode.h"
#include "mmio.h"
#include "cpu/errata.h"
#include "cpu/traps.h"
#include <trefoil/arch.h>
#include <trefoil/device.h>
#include <trefoil/errno.h>
#include <trefoil/printk.h>

/* ISS of a data abort (Arm ARM D19.2.37). */
#define ISS_SAS(iss)        (((iss) >> 22) & 3)
#define ISS_SRT(iss)        (((iss) >> 16) & 31)
#define ISS_CM              (1UL << 8)
#define ISS_S1PTW           (1UL << 7)
#define ISS_STATUS(iss)     ((iss)&0x3f)
#define STATUS_TYPE(status) ((status) >> 2)
#define STATUS_TRANSLATION  1
#define STATUS_PERMISSION   3

/* PAR_EL1 after AT (D19.2.116): a fault, and at which stage. */
#define PAR_FAULT   1UL
#define PAR_STAGE2  (1UL << 9)
#define PAR_ADDRESS 0xfffffffff000UL
#define PSTATE_EL   0xcUL

int mmio_register(struct domain *domain, uint64_t start, uint64_t size, mmio_handler *handler,
                  void *data)
{
    struct arch_domain *arch = &domain->arch;

    if (arch->nr_mmio == MMIO_REGIONS)
        return -ENOSPC;
    arch->mmio[arch->nr_mmio++] = (struct mmio_region){start, size, handler, data};
    return 0;
}

/* PAR_EL1 of a read by the loaded vcpu's stage 1, at its exception level (Arm ARM D8.13). */
static __attribute__((noinline)) uint64_t stage1_translate(const struct vcpu *vcpu,
                                                           uint64_t address)
{
    uint64_t saved = READ_SYSREG(par_el1), par;

    if ((vcpu->arch.frame.pstate & PSTATE_EL) == 0)
        __asm__ volatile("at s1e0r, %0\n\tisb" ::"r"(address) : "memory");
    else
        __asm__ volatile("at s1e1r, %0\n\tisb" ::"r"(address) : "memory");
    par = READ_SYSREG(par_el1);
    WRITE_SYSREG(saved, par_el1);
    return par;
}

/* HPFAR_EL2 is not valid for a permission fault: the address is translated again. All bits are set
 * where that does not lead to one any more. */
static inline uint64_t fault_ipa(const struct vcpu *vcpu, uint64_t iss, uint64_t address)
{
    uint64_t par;

    if (STATUS_TYPE(ISS_STATUS(iss)) != STATUS_PERMISSION || (iss & ISS_S1PTW) != 0)
        return ((READ_SYSREG(hpfar_el2) << 8) & ~(PAGE_SIZE - 1)) | (address & (PAGE_SIZE - 1));
    par = stage1_translate(vcpu, address);
    if ((par & PAR_FAULT) != 0)
        return UINT64_MAX;
    return (par & PAR_ADDRESS) | (address & (PAGE_SIZE - 1));
}

/*
 * Cortex-A57's erratum 834220: what is reported as a fault of stage 2 may be one of stage 1, for a
 * load that crosses pages. No emulated register is read so: those accesses are aligned, so only
 * what is not emulated is looked at. The guest then does it again, and takes its own fault.
 */
static bool stage1_to_blame(const struct vcpu *vcpu, uint64_t iss, uint64_t address)
{
    if ((errata_needs & ERRATUM_NEED(ERRATUM_ASK_STAGE1)) == 0)
        return false;
    return (iss & (ISS_WNR | ISS_CM | ISS_S1PTW)) == 0 &&
           (stage1_translate(vcpu, address) & (PAR_FAULT | PAR_STAGE2)) == PAR_FAULT;
}

/* Not inline, as it is rare: the compiler would do it each time and choose afterwards. */
static __attribute__((noinline)) uint64_t sign_extend(uint64_t value, unsigned int size)
{
    unsigned int shift = 64 - 8 * size;

    return (uint64_t)((int64_t)(value << shift) >> shift);
}

static inline void register_write(struct vcpu *vcpu, uint64_t iss, uint64_t value)
{
    if (unlikely((iss & ISS_SSE) != 0))
        value = sign_extend(value, 1U << ISS_SAS(iss));
    if (likely(ISS_SRT(iss) != 31))
        vcpu->arch.frame.x[ISS_SRT(iss)] = (iss & ISS_SF) != 0 ? value : (uint32_t)value;
}

static inline uint64_t register_read(const struct vcpu *vcpu, uint64_t iss)
{
    uint64_t value = ISS_SRT(iss) == 31 ? 0 : vcpu->arch.frame.x[ISS_SRT(iss)];

    return value & (UINT64_MAX >> (64 - (8U << ISS_SAS(iss))));
}

/* False where nothing answers. */
static inline bool mmio_emulate(struct vcpu *vcpu, const struct mmio_region *region, uint64_t iss,
                                uint64_t offset)
{
    struct mmio_access access = {
        .offset = offset,
        .size = (uint8_t)(1U << ISS_SAS(iss)),
        .write = (iss & ISS_WNR) != 0,
    };

    if (unlikely((offset & (access.size - 1U)) != 0))
        return false;
    if ((iss & ISS_WNR) != 0)
        access.value = register_read(vcpu, iss);
    if (unlikely(!region->handler(vcpu, &access, region->data)))
        return false;
    if ((iss & ISS_WNR) == 0)
        register_write(vcpu, iss, access.value);
    return true;
}

/* Of one register: of two the second would be asked about when the first is read already. */
static bool asks_device_model(struct vcpu *vcpu, uint64_t iss, uint64_t ipa)
{
    struct device_access access = {
        .address = ipa,
        .size = (uint8_t)(1U << ISS_SAS(iss)),
        .write = (iss & ISS_WNR) != 0,
    };

    if ((iss & ISS_OF_TWO) != 0)
        return false;
    if (access.write)
        access.value = register_read(vcpu, iss);
    if (!device_ask(vcpu, &access))
        return false;
    vcpu->arch.access.iss = iss;
    vcpu->arch.access.far = READ_SYSREG(far_el2);
    vcpu->arch.access.writeback = false;
    return true;
}

/* Nothing is there. A domain whose tree says so goes on all the same (Xen's
 * trap-unmapped-accesses).
 */
static __attribute__((noinline)) bool access_to_nothing(struct vcpu *vcpu, uint64_t iss,
                                                        uint64_t ipa)
{
    if (STATUS_TYPE(ISS_STATUS(iss)) != STATUS_TRANSLATION || asks_device_model(vcpu, iss, ipa) ||
        !vcpu->domain->config.reads_ones)
        return false;
    if ((iss & ISS_WNR) == 0)
        register_write(vcpu, iss, UINT64_MAX >> (64 - (8U << ISS_SAS(iss))));
    return true;
}

static inline bool mmio_access_to(struct vcpu *vcpu, uint64_t iss, uint64_t ipa)
{
    const struct mmio_region *region = vcpu->domain->arch.mmio;

    for (unsigned int i = 0; i < vcpu->domain->arch.nr_mmio; i++, region++) {
        if (ipa - region->start < region->size)
            return mmio_emulate(vcpu, region, iss, ipa - region->start);
    }
    return access_to_nothing(vcpu, iss, ipa);
}

static __attribute__((noinline)) void unhandled(struct vcpu *vcpu, uint64_t esr)
{
    uint64_t address = READ_SYSREG(far_el2);
    uint64_t ipa = fault_ipa(vcpu, ESR_ISS(esr), address);

    /* Its end comes by arch_access_end(). */
    if (vcpu->device.asked) {
        vcpu->arch.access.esr = esr;
        return;
    }
    if (stage1_to_blame(vcpu, ESR_ISS(esr), address))
        return;
    printk_limited("%s: unhandled %s of %#lx at pc %#lx, esr %#lx\n", vcpu->domain->name,
                   (esr & ISS_WNR) != 0 ? "write" : "read", ipa, vcpu->arch.frame.pc, esr);
    inject_abort(vcpu, esr, address);
}

/* The stack pointer that the vcpu uses is in the hardware (Arm ARM D1.2.2). */
static uint64_t base_read(const struct vcpu *vcpu, unsigned int index)
{
    if (index < 31)
        return vcpu->arch.frame.x[index];
    return (vcpu->arch.frame.pstate & 1) != 0 ? READ_SYSREG(sp_el1) : READ_SYSREG(sp_el0);
}

static void base_write(struct vcpu *vcpu, unsigned int index, uint64_t value)
{
    if (index < 31)
        vcpu->arch.frame.x[index] = value;
    else if ((vcpu->arch.frame.pstate & 1) != 0)
        WRITE_SYSREG(value, sp_el1);
    else
        WRITE_SYSREG(value, sp_el0);
}

static void access_will_write_back(struct vcpu *vcpu, const struct decoded_access *access,
                                   uint64_t base)
{
    vcpu->arch.access.writeback = access->writeback;
    vcpu->arch.access.base = access->base;
    vcpu->arch.access.base_after = base + (uint64_t)(int64_t)access->after;
}

/*
 * An access whose syndrome does not say what it is, read out of the guest's own code, once, as the
 * guest sees it. It has to be the one that faulted: it covers the faulting address, in one page.
 * False where it is not, or nothing answers.
 */
static __attribute__((noinline)) bool access_by_code(struct vcpu *vcpu, uint64_t esr, uint64_t ipa)
{
    struct decoded_access access;
    uint32_t instruction;
    uint64_t start, within, base;
    unsigned int done = 0;

    if ((vcpu->arch.frame.pstate & PSTATE_AARCH32) != 0 || (esr & ISS_S1PTW) != 0 ||
        STATUS_TYPE(ISS_STATUS(esr)) != STATUS_TRANSLATION ||
        arch_copy_from_guest(&instruction, vcpu->arch.frame.pc, sizeof(instruction)) != 0 ||
        !decode_access(instruction, &access))
        return false;
    base = base_read(vcpu, access.base);
    start = base + (uint64_t)(int64_t)access.before;
    /* The upper byte may be a tag. */
    within = (READ_SYSREG(far_el2) - start) & (UINT64_MAX >> 8);
    if (within >= access.nr * access.size ||
        (start & (PAGE_SIZE - 1)) + access.nr * access.size > PAGE_SIZE)
        return false;
    for (unsigned int i = 0; i < access.nr; i++) {
        if (!mmio_access_to(vcpu, access.iss[i] | ISS_STATUS(esr), ipa - within + i * access.size))
            break;
        done++;
    }
    if (vcpu->device.asked)
        access_will_write_back(vcpu, &access, base);
    if (done != access.nr)
        return false;
    if (access.writeback)
        base_write(vcpu, access.base, base + (uint64_t)(int64_t)access.after);
    return true;
}

void arch_access_end(struct vcpu *vcpu, bool answered, uint64_t value)
{
    const struct vcpu_access *access = &vcpu->arch.access;

    if (!answered) {
        inject_abort(vcpu, access->esr, access->far);
        return;
    }
    if ((access->iss & ISS_WNR) == 0)
        register_write(vcpu, access->iss,
                       value & (UINT64_MAX >> (64 - (8U << ISS_SAS(access->iss)))));
    if (access->writeback)
        base_write(vcpu, access->base, access->base_after);
    trap_skip(vcpu, access->esr);
}

void trap_data_abort(struct vcpu *vcpu, uint64_t esr)
{
    uint64_t ipa = fault_ipa(vcpu, ESR_ISS(esr), READ_SYSREG(far_el2));

    COUNT_VCPU(vcpu, device_accesses);
    if (likely((esr & ISS_ISV) != 0) ? likely(mmio_access_to(vcpu, esr, ipa))
                                     : access_by_code(vcpu, esr, ipa))
        trap_skip(vcpu, esr);
    else
        unhandled(vcpu, esr);
}

void trap_instruction_abort(struct vcpu *vcpu, uint64_t esr)
{
    uint64_t address = READ_SYSREG(far_el2);

    COUNT_VCPU(vcpu, other_traps);
    printk_limited("%s: unhandled instruction fetch from %#lx (%#lx), esr %#lx\n",
                   vcpu->domain->name, fault_ipa(vcpu, ESR_ISS(esr), address), address, esr);
    inject_abort(vcpu, esr, address);
}
