/* SPDX-License-Identifier: MIT */
/* Exceptions that a test is there to provoke, and those it is not. */
#include "test.h"

#define INSTRUCTION_ABORT 0x21U

static volatile bool expected;
static volatile struct fault taken;

void fault_begin(void)
{
    taken.taken = false;
    expected = true;
    __asm__ volatile("isb" ::: "memory");
}

struct fault fault_end(void)
{
    __asm__ volatile("dsb sy\n\tisb" ::: "memory");
    expected = false;
    return (struct fault){taken.taken, taken.esr, taken.far};
}

void guest_fault(const uint64_t *registers)
{
    uint64_t esr = READ_SYSREG(esr_el1), pc = READ_SYSREG(elr_el1), far = READ_SYSREG(far_el1);

    if (!expected || cpu_id() != 0) {
        expected = false;
        abandoned_because = esr >> 26 == INSTRUCTION_ABORT ? "fetch" : "exception";
        abandoned_at = pc;
        WRITE_SYSREG((uint64_t)test_abandon, elr_el1);
        return;
    }
    taken.taken = true;
    taken.esr = esr;
    taken.far = far;
    WRITE_SYSREG(esr >> 26 == INSTRUCTION_ABORT ? registers[30] : pc + 4, elr_el1);
}
