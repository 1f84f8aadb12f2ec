/* SPDX-License-Identifier: MIT */
/* WFI and WFE: trapped, so that others run meanwhile. */
#include "../test.h"

static volatile bool wait_for_me;

static void wait_a_while(void)
{
    uint64_t until = now() + 5 * MILLISECOND;

    while (now() < until)
        ;
    send_sgi(7, 1);
    while (wait_for_me)
        ;
}

void test_wfi_timer(void)
{
    uint64_t start = now();

    interrupt_enable(TIMER_VIRTUAL, true);
    timer_after(5 * MILLISECOND);
    __asm__ volatile("wfi");
    CHECK_SOON(interrupts[0][TIMER_VIRTUAL] == 1);
    CHECK(now() - start >= 4 * MILLISECOND);
}

void test_wfi_sgi(void)
{
    uint64_t start = now();

    wait_for_me = false;
    interrupt_enable(7, true);
    CHECK_EQUAL(cpu_start(wait_a_while), 0);
    while (interrupts[0][7] == 0)
        __asm__ volatile("wfi");
    CHECK(now() - start >= 4 * MILLISECOND);
    CHECK_SOON(cpu_is_off());
}

/* An interrupt ends the wait also while PSTATE masks it. */
void test_wfi_masked(void)
{
    uint64_t start = now();

    interrupts_off();
    interrupt_enable(TIMER_VIRTUAL, true);
    timer_after(5 * MILLISECOND);
    __asm__ volatile("wfi");
    CHECK(now() - start >= 4 * MILLISECOND);
    CHECK(now() - start < 1000 * MILLISECOND);
    CHECK_EQUAL(interrupts_taken, 0);
    interrupts_on();
    CHECK_SOON(interrupts[0][TIMER_VIRTUAL] == 1);
}

void test_wfi_physical_timer(void)
{
    uint64_t start = now();

    interrupt_enable(TIMER_PHYSICAL, true);
    WRITE_SYSREG(READ_SYSREG(cntfrq_el0) / 200, cntp_tval_el0);
    WRITE_SYSREG(1, cntp_ctl_el0);
    __asm__ volatile("wfi");
    CHECK_SOON(interrupts[0][TIMER_PHYSICAL] == 1);
    CHECK(now() - start >= 4 * MILLISECOND);
}

/* WFE ends where there is an event, whether or not it traps. */
void test_wfe(void)
{
    for (unsigned int i = 0; i < 10; i++)
        __asm__ volatile("sevl\n\twfe");
}
