/* SPDX-License-Identifier: MIT */
/* The virtual timer is the machine's, the physical one is played by the hypervisor; guests cannot
 * tell. */
#include "../test.h"

#define ENABLE  1UL
#define MASK    2UL
#define STATUS  4UL
#define ISPENDR 0x10200
#define MS      (READ_SYSREG(cntfrq_el0) / 1000)

void test_timer_virtual(void)
{
    uint64_t deadline = ticks() + 2 * MS;

    interrupt_enable(TIMER_VIRTUAL, true);
    WRITE_SYSREG(deadline, cntv_cval_el0);
    WRITE_SYSREG(ENABLE, cntv_ctl_el0);
    CHECK_EQUAL(READ_SYSREG(cntv_ctl_el0), ENABLE);
    CHECK_SOON(interrupts[0][TIMER_VIRTUAL] == 1);
    CHECK(ticks() >= deadline);
    CHECK(ticks() < deadline + MS);
}

void test_timer_virtual_past(void)
{
    interrupt_enable(TIMER_VIRTUAL, true);
    WRITE_SYSREG(0, cntv_cval_el0);
    WRITE_SYSREG(ENABLE, cntv_ctl_el0);
    CHECK_SOON(interrupts[0][TIMER_VIRTUAL] == 1);
}

void test_timer_virtual_relative(void)
{
    uint64_t start = ticks();

    interrupt_enable(TIMER_VIRTUAL, true);
    WRITE_SYSREG(MS, cntv_tval_el0);
    WRITE_SYSREG(ENABLE, cntv_ctl_el0);
    CHECK(READ_SYSREG(cntv_cval_el0) >= start + MS);
    CHECK_SOON(interrupts[0][TIMER_VIRTUAL] == 1);
    CHECK(ticks() - start >= MS);
    CHECK((int32_t)READ_SYSREG(cntv_tval_el0) < 0);
}

void test_timer_virtual_masked(void)
{
    interrupt_enable(TIMER_VIRTUAL, true);
    WRITE_SYSREG(0, cntv_cval_el0);
    WRITE_SYSREG(ENABLE | MASK, cntv_ctl_el0);
    __asm__ volatile("isb");
    CHECK_EQUAL(READ_SYSREG(cntv_ctl_el0), ENABLE | MASK | STATUS);
    CHECK_EQUAL(interrupts_taken, 0);
    WRITE_SYSREG(ENABLE, cntv_ctl_el0);
    CHECK_SOON(interrupts[0][TIMER_VIRTUAL] == 1);
}

static void leave_standing(unsigned int intid)
{
    if (intid == TIMER_VIRTUAL && interrupts[0][intid] == 5)
        WRITE_SYSREG(0, cntv_ctl_el0);
    if (intid == TIMER_PHYSICAL && interrupts[0][intid] == 5)
        WRITE_SYSREG(0, cntp_ctl_el0);
}

/* The wire stays up while the condition holds: ended without changing that, the interrupt comes
 * again. */
void test_timer_virtual_level(void)
{
    interrupt_enable(TIMER_VIRTUAL, true);
    interrupt_hook = leave_standing;
    WRITE_SYSREG(0, cntv_cval_el0);
    WRITE_SYSREG(ENABLE, cntv_ctl_el0);
    CHECK_SOON(interrupts[0][TIMER_VIRTUAL] == 5);
    CHECK_EQUAL(interrupts[0][TIMER_VIRTUAL], 5);
}

/* Taken back before the guest looked: nothing comes, or what came finds no reason. */
void test_timer_virtual_withdrawn(void)
{
    interrupts_off();
    interrupt_enable(TIMER_VIRTUAL, true);
    timer_after(0);
    CHECK_SOON((READ_SYSREG(cntv_ctl_el0) & STATUS) != 0);
    WRITE_SYSREG(0, cntv_ctl_el0);
    __asm__ volatile("isb");
    interrupts_on();
    __asm__ volatile("isb");
    CHECK(interrupts[0][TIMER_VIRTUAL] <= 1);
}

void test_timer_virtual_disabled_interrupt(void)
{
    timer_after(0);
    CHECK_SOON((READ_SYSREG(cntv_ctl_el0) & STATUS) != 0);
    CHECK_EQUAL(interrupts_taken, 0);
    interrupt_enable(TIMER_VIRTUAL, true);
    CHECK_SOON(interrupts[0][TIMER_VIRTUAL] == 1);
}

/* Many short ones in a row: none is lost. */
void test_timer_virtual_often(void)
{
    interrupt_enable(TIMER_VIRTUAL, true);
    for (unsigned int i = 1; i <= 200; i++) {
        timer_after(20000 + 100 * i);
        CHECK_SOON(interrupts[0][TIMER_VIRTUAL] == i);
    }
}

void test_timer_physical(void)
{
    uint64_t deadline = READ_SYSREG(cntpct_el0) + 2 * MS;

    interrupt_enable(TIMER_PHYSICAL, true);
    WRITE_SYSREG(deadline, cntp_cval_el0);
    WRITE_SYSREG(ENABLE, cntp_ctl_el0);
    CHECK_EQUAL(READ_SYSREG(cntp_cval_el0), deadline);
    CHECK_EQUAL(READ_SYSREG(cntp_ctl_el0), ENABLE);
    CHECK_SOON(interrupts[0][TIMER_PHYSICAL] == 1);
    CHECK(READ_SYSREG(cntpct_el0) >= deadline);
}

void test_timer_physical_relative(void)
{
    uint64_t start = READ_SYSREG(cntpct_el0);

    interrupt_enable(TIMER_PHYSICAL, true);
    WRITE_SYSREG(MS, cntp_tval_el0);
    WRITE_SYSREG(ENABLE, cntp_ctl_el0);
    CHECK((int32_t)READ_SYSREG(cntp_tval_el0) > 0);
    CHECK_SOON(interrupts[0][TIMER_PHYSICAL] == 1);
    CHECK(READ_SYSREG(cntpct_el0) - start >= MS);
    WRITE_SYSREG(-5L * (int64_t)MS, cntp_tval_el0);
    CHECK((int32_t)READ_SYSREG(cntp_tval_el0) < 0);
}

void test_timer_physical_masked(void)
{
    interrupt_enable(TIMER_PHYSICAL, true);
    WRITE_SYSREG(0, cntp_cval_el0);
    WRITE_SYSREG(ENABLE | MASK, cntp_ctl_el0);
    CHECK_EQUAL(READ_SYSREG(cntp_ctl_el0), ENABLE | MASK | STATUS);
    CHECK_EQUAL(interrupts_taken, 0);
    WRITE_SYSREG(ENABLE, cntp_ctl_el0);
    CHECK_SOON(interrupts[0][TIMER_PHYSICAL] == 1);
}

void test_timer_physical_level(void)
{
    interrupt_enable(TIMER_PHYSICAL, true);
    interrupt_hook = leave_standing;
    WRITE_SYSREG(0, cntp_cval_el0);
    WRITE_SYSREG(ENABLE, cntp_ctl_el0);
    CHECK_SOON(interrupts[0][TIMER_PHYSICAL] == 5);
    CHECK_EQUAL(interrupts[0][TIMER_PHYSICAL], 5);
}

/* A deadline as far away as can be is not one that has passed. */
void test_timer_physical_far(void)
{
    interrupt_enable(TIMER_PHYSICAL, true);
    WRITE_SYSREG(UINT64_MAX, cntp_cval_el0);
    WRITE_SYSREG(ENABLE, cntp_ctl_el0);
    CHECK_EQUAL(READ_SYSREG(cntp_ctl_el0), ENABLE);
    WRITE_SYSREG(INT64_MAX, cntp_cval_el0);
    CHECK_EQUAL(READ_SYSREG(cntp_ctl_el0), ENABLE);
    CHECK_EQUAL(interrupts_taken, 0);
    WRITE_SYSREG(0, cntp_ctl_el0);
}

void test_timer_virtual_far(void)
{
    test_skipped_on_xen("does not come back");
    interrupt_enable(TIMER_VIRTUAL, true);
    WRITE_SYSREG(UINT64_MAX, cntv_cval_el0);
    WRITE_SYSREG(ENABLE, cntv_ctl_el0);
    interrupt_enable(TIMER_PHYSICAL, true);
    WRITE_SYSREG(MS, cntp_tval_el0);
    WRITE_SYSREG(ENABLE, cntp_ctl_el0);
    __asm__ volatile("wfi");
    CHECK_EQUAL(interrupts[0][TIMER_VIRTUAL], 0);
    WRITE_SYSREG(0, cntv_ctl_el0);
}

/* Both counters run, at the rate that CNTFRQ says, and only forwards. */
void test_counters(void)
{
    uint64_t virtual_before = ticks(), physical_before = READ_SYSREG(cntpct_el0);

    CHECK(READ_SYSREG(cntfrq_el0) >= 1000000);
    for (unsigned int i = 0; i < 1000; i++) {
        uint64_t virtual_now = ticks(), physical_now = READ_SYSREG(cntpct_el0);

        CHECK(virtual_now >= virtual_before);
        CHECK(physical_now >= physical_before);
        virtual_before = virtual_now;
        physical_before = physical_now;
    }
}
