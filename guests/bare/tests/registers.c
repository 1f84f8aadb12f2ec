/* SPDX-License-Identifier: MIT */
/* The general registers over each way into the hypervisor and back: ../test_registers.S. */
#include "../test.h"
#include <xen/arch-arm.h>
#include <xen/sched.h>
#include <xen/version.h>

uint64_t registers_after_hypercall(uint64_t x0, uint64_t x16);
uint64_t registers_after_other_hypercall(uint64_t x0, uint64_t x16);
uint64_t registers_after_wait(uint64_t x0, uint64_t x16);
uint64_t registers_after_load(uint64_t x0, uint64_t x16);
uint64_t registers_after_load_low(uint64_t x0, uint64_t x16);
uint64_t registers_after_store(uint64_t x0, uint64_t x16);
uint64_t registers_after_identify_low(uint64_t x0, uint64_t x16);
uint64_t registers_after_identify(uint64_t x0, uint64_t x16);

#define X(number)   (1UL << (number))
#define GICD_TYPER  0x0004U
#define YIELDS      100U
#define NO_REGISTER 0UL

void test_registers_hypercall(void)
{
    CHECK_EQUAL(registers_after_hypercall(XENVER_version, __HYPERVISOR_xen_version), NO_REGISTER);
    CHECK_EQUAL(registers_after_hypercall(SCHEDOP_yield, __HYPERVISOR_sched_op), NO_REGISTER);
}

static volatile uint64_t other_changed;
static volatile unsigned int other_yields;

static void other_yield(void)
{
    while (other_yields < YIELDS) {
        other_changed |= registers_after_other_hypercall(SCHEDOP_yield, __HYPERVISOR_sched_op);
        other_yields++;
    }
}

/* Two vcpus with different values give way to each other. */
void test_registers_switch(void)
{
    other_changed = other_yields = 0;
    CHECK_EQUAL(cpu_start(other_yield), 0);
    while (other_yields < YIELDS)
        CHECK_EQUAL(registers_after_hypercall(SCHEDOP_yield, __HYPERVISOR_sched_op), NO_REGISTER);
    CHECK_SOON(cpu_is_off());
    CHECK_EQUAL(other_changed, NO_REGISTER);
}

/* Asleep, and interrupted. */
void test_registers_wait(void)
{
    interrupt_enable(TIMER_VIRTUAL, true);
    timer_after(MILLISECOND);
    CHECK_EQUAL(registers_after_wait(0, 0), NO_REGISTER);
    CHECK_SOON(interrupts[0][TIMER_VIRTUAL] == 1);
}

/* What is emulated changes the register that it names, and no other. */
void test_registers_emulated(void)
{
    CHECK_EQUAL(registers_after_load(GUEST_GICV3_GICD_BASE + GICD_TYPER, 0), X(21));
    CHECK_EQUAL(registers_after_load_low(GUEST_GICV3_GICD_BASE + GICD_TYPER, 0), X(9));
    CHECK_EQUAL(registers_after_store(GUEST_GICV3_GICD_BASE + GICD_TYPER, 0), NO_REGISTER);
    CHECK_EQUAL(registers_after_identify(0, 0), X(23));
    CHECK_EQUAL(registers_after_identify_low(0, 0), X(15));
}
