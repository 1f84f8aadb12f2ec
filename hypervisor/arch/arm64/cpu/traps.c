/* SPDX-License-Identifier: MIT */
#include "boot.h"
#include "system_error.h"
#include "traps.h"
#include <trefoil/arch.h>
#include <trefoil/core.h>
#include <trefoil/printk.h>
#include <trefoil/sched.h>
#include <asm/gic.h>
#include <xen/arch-arm.h>

#define EXCEPTION_CLASSES 64U

typedef void trap_handler(struct vcpu *vcpu, uint64_t esr);

static trap_handler *const trap_handlers[EXCEPTION_CLASSES] = {
#define TRAP(class, handler, what) [class] = handler,
#include "traps.def"
#undef TRAP
};

static const char *const trap_names[EXCEPTION_CLASSES] = {
#define TRAP(class, handler, what) [class] = what,
#include "traps.def"
#undef TRAP
};

static void trap_unknown(struct vcpu *vcpu, uint64_t esr)
{
    COUNT_VCPU(vcpu, other_traps);
    printk_limited("%s: unhandled exception class %#x, esr %#lx at %#lx\n", vcpu->domain->name,
                   ESR_EC(esr), esr, vcpu->arch.frame.pc);
    inject_undefined(vcpu);
}

void trap_sync(struct vcpu *vcpu, uint64_t esr)
{
    trap_handler *handler = trap_handlers[ESR_EC(esr)];

    if (likely(handler != NULL))
        handler(vcpu, esr);
    else
        trap_unknown(vcpu, esr);
}

void trap_interrupt(struct vcpu *vcpu)
{
    COUNT_VCPU(vcpu, interrupts);
    gic_handle_interrupts();
}

void trap_system_error(struct vcpu *vcpu)
{
    system_error_handle(vcpu, READ_SYSREG(esr_el2));
}

uint64_t trap_hypercall(struct vcpu *vcpu, uint64_t esr)
{
    struct vcpu_frame *frame = &vcpu->arch.frame;
    uint64_t immediate = esr & 0xffff;

    if (likely(immediate == XEN_HYPERCALL_TAG))
        return (uint64_t)hypercall_dispatch(vcpu, frame->x[16], frame->x);
    if (immediate == 0) {
        COUNT_VCPU(vcpu, firmware_calls);
        return firmware_call_from_guest(vcpu);
    }
    COUNT_VCPU(vcpu, other_traps);
    /* HVC returns to what follows it; undefined, it is where the guest takes its exception. */
    frame->pc -= 4;
    inject_undefined(vcpu);
    return frame->x[0];
}

void trap_firmware_call(struct vcpu *vcpu, uint64_t esr)
{
    uint64_t result;

    COUNT_VCPU(vcpu, firmware_calls);
    trap_skip(vcpu, esr);
    result = (esr & 0xffff) == 0 ? firmware_call_from_guest(vcpu) : UINT64_MAX;
    /* After CPU_OFF the registers may be another CPU_ON's already. */
    if (current_vcpu() == vcpu)
        vcpu->arch.frame.x[0] = result;
}

/* ISS.TI: 0 WFI, 1 WFE, 2 WFIT, 3 WFET. Those with a time are over at once, which all of them may
 * be (Arm ARM C6.2.465): the guest looks at its clock and comes again. */
void trap_wait(struct vcpu *vcpu, uint64_t esr)
{
    bool sleeps = (esr & 3) == 0;

    COUNT_VCPU(vcpu, waits);
    trap_skip(vcpu, esr);
    if (sleeps)
        vcpu_block(vcpu);
    else
        vcpu_yield(vcpu);
}

void trap_undefined(struct vcpu *vcpu, uint64_t esr)
{
    (void)esr;
    COUNT_VCPU(vcpu, other_traps);
    inject_undefined(vcpu);
}

void trap_astray(struct vcpu *vcpu, uint64_t esr)
{
    domain_crash(vcpu->domain, "%s came to EL2, esr %#lx at %#lx", trap_names[ESR_EC(esr)], esr,
                 vcpu->arch.frame.pc);
}

void trap_skip_aarch32(struct vcpu_frame *frame, uint64_t esr)
{
    uint64_t it = (frame->pstate >> 25 & 3) | (frame->pstate >> 8 & 0xfc);

    frame->pc += (esr & ESR_IL) != 0 ? 4 : 2;
    it = (it & 7) == 0 ? 0 : (it & 0xe0) | (it << 1 & 0x1f);
    frame->pstate &= ~(3UL << 25 | 0x3fUL << 10 | PSTATE_SS);
    frame->pstate |= (it & 3) << 25 | (it & 0xfc) << 8;
}

_Noreturn void trap_hypervisor(unsigned int kind, const uint64_t *registers, uint64_t sp)
{
    static const char *const kinds[] = {"synchronous", "interrupt", "fast interrupt", "error"};
    uint64_t esr = READ_SYSREG(esr_el2);
    const char *name = trap_names[ESR_EC(esr)];
    uint64_t end = this_pcpu()->arch.stack_top - PCPU_STACK_SIZE;

    if (end - 1 - READ_SYSREG(far_el2) < PCPU_STACK_GUARD)
        name = "stack overflow";
    printk("pcpu%u: %s exception in the hypervisor (%s), esr %#lx elr %#lx far %#lx\n",
           this_pcpu()->id, kinds[kind % 4], name != NULL ? name : "no guest's class", esr,
           READ_SYSREG(elr_el2), READ_SYSREG(far_el2));
    for (unsigned int i = 0; i < 30; i += 3)
        printk("x%-2u %016lx  x%-2u %016lx  x%-2u %016lx\n", i, registers[i], i + 1,
               registers[i + 1], i + 2, registers[i + 2]);
    panic("x30 %016lx  sp %016lx", registers[30], sp);
}
