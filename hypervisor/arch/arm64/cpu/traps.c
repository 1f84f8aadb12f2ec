/* SPDX-License-Identifier: MIT */
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
    printk_limited("%s: unhandled exception class %#x, esr %#lx at %#lx\n", vcpu->domain->name,
                   ESR_EC(esr), esr, vcpu->arch.frame.pc);
    inject_undefined(vcpu);
}

struct vcpu *trap_sync(struct vcpu *vcpu)
{
    uint64_t esr = READ_SYSREG(esr_el2);
    trap_handler *handler = trap_handlers[ESR_EC(esr)];

    if (likely(handler != NULL))
        handler(vcpu, esr);
    else
        trap_unknown(vcpu, esr);
    return sched_leave(this_pcpu());
}

struct vcpu *trap_interrupt(struct vcpu *vcpu)
{
    (void)vcpu;
    gic_handle_interrupts();
    return sched_leave(this_pcpu());
}

struct vcpu *trap_system_error(struct vcpu *vcpu)
{
    domain_crash(vcpu->domain, "system error, esr %#lx", READ_SYSREG(esr_el2));
    return sched_leave(this_pcpu());
}

void trap_hypercall(struct vcpu *vcpu, uint64_t esr)
{
    struct vcpu_frame *frame = &vcpu->arch.frame;
    uint64_t immediate = esr & 0xffff;

    if (likely(immediate == XEN_HYPERCALL_TAG)) {
        uint64_t pc = frame->pc;
        int64_t result = hypercall_dispatch(vcpu, frame->x[16], frame->x);

        /* A preempted call has stepped back to its HVC, with new arguments in place. */
        if (likely(frame->pc == pc))
            frame->x[0] = (uint64_t)result;
    } else if (immediate == 0) {
        firmware_call_from_guest(vcpu);
    } else {
        /* HVC returns to what follows it; undefined, it is where the guest takes its exception. */
        frame->pc -= 4;
        inject_undefined(vcpu);
    }
}

void trap_firmware_call(struct vcpu *vcpu, uint64_t esr)
{
    trap_skip(vcpu);
    if ((esr & 0xffff) == 0)
        firmware_call_from_guest(vcpu);
    else
        vcpu->arch.frame.x[0] = UINT64_MAX;
}

void trap_wait(struct vcpu *vcpu, uint64_t esr)
{
    bool event = (esr & 1) != 0; /* ISS.TI: WFE */

    trap_skip(vcpu);
    if (event)
        vcpu_yield(vcpu);
    else
        vcpu_block(vcpu);
}

void trap_undefined(struct vcpu *vcpu, uint64_t esr)
{
    (void)esr;
    inject_undefined(vcpu);
}

_Noreturn void trap_hypervisor(unsigned int kind, const uint64_t *registers)
{
    static const char *const kinds[] = {"synchronous", "interrupt", "fast interrupt", "error"};
    uint64_t esr = READ_SYSREG(esr_el2);
    const char *name = trap_names[ESR_EC(esr)];

    printk("pcpu%u: %s exception in the hypervisor (%s), esr %#lx elr %#lx far %#lx\n",
           this_pcpu()->id, kinds[kind % 4], name != NULL ? name : "no guest's class", esr,
           READ_SYSREG(elr_el2), READ_SYSREG(far_el2));
    for (unsigned int i = 0; i < 30; i += 3)
        printk("x%-2u %016lx  x%-2u %016lx  x%-2u %016lx\n", i, registers[i], i + 1,
               registers[i + 1], i + 2, registers[i + 2]);
    panic("x30 %016lx  sp %016lx", registers[30], (uint64_t)(registers + 32));
}
