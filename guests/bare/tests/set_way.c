/* SPDX-License-Identifier: MIT */
/*
 * Cache maintenance by set and way, which becomes one by address of all RAM: more instructions than
 * the RAM has lines.
 */
#include "../test.h"

#define ALL     MILLISECOND        /* 64 MiB have 1,048,576 lines of 64 bytes */
#define NOTHING (MILLISECOND / 20) /* a trap or a few */
#define CACHES  (1UL << 2)         /* SCTLR_EL1.C */

static void isw(void)
{
    __asm__ volatile("dc isw, %0" ::"r"(0UL) : "memory");
}

static void csw(void)
{
    __asm__ volatile("dc csw, %0" ::"r"(0UL) : "memory");
}

static void cisw(void)
{
    __asm__ volatile("dc cisw, %0" ::"r"(0UL) : "memory");
}

static void caches_off(void)
{
    WRITE_SYSREG(READ_SYSREG(sctlr_el1) & ~CACHES, sctlr_el1);
    __asm__ volatile("isb" ::: "memory");
}

static void caches_on(void)
{
    WRITE_SYSREG(READ_SYSREG(sctlr_el1) | CACHES, sctlr_el1);
    __asm__ volatile("isb" ::: "memory");
}

/* All that HCR_EL2.TVM traps. */
static void memory_controls(void)
{
    WRITE_SYSREG(READ_SYSREG(sctlr_el1), sctlr_el1);
    WRITE_SYSREG(READ_SYSREG(ttbr0_el1), ttbr0_el1);
    WRITE_SYSREG(READ_SYSREG(ttbr1_el1), ttbr1_el1);
    WRITE_SYSREG(READ_SYSREG(tcr_el1), tcr_el1);
    WRITE_SYSREG(READ_SYSREG(mair_el1), mair_el1);
    WRITE_SYSREG(READ_SYSREG(amair_el1), amair_el1);
    WRITE_SYSREG(READ_SYSREG(afsr0_el1), afsr0_el1);
    WRITE_SYSREG(READ_SYSREG(afsr1_el1), afsr1_el1);
    WRITE_SYSREG(0x1234, contextidr_el1);
    WRITE_SYSREG(0x5678, far_el1);
    WRITE_SYSREG(0x9abc, esr_el1);
    CHECK_EQUAL(READ_SYSREG(contextidr_el1), 0x1234);
    CHECK_EQUAL(READ_SYSREG(far_el1), 0x5678);
    CHECK_EQUAL(READ_SYSREG(esr_el1), 0x9abc);
}

static uint64_t time_of(void (*function)(void))
{
    uint64_t start = now();

    function();
    return now() - start;
}

/* The first of a row does the work. Turning the caches off and on ends a row. */
void test_set_way(void)
{
    void (*const operations[])(void) = {isw, csw, cisw};

    for (unsigned int i = 0; i < LENGTH(operations); i++) {
        CHECK(time_of(operations[i]) > ALL);
        CHECK(time_of(cisw) < NOTHING);
        CHECK(time_of(csw) < NOTHING);
        CHECK(time_of(isw) < NOTHING);
        caches_off();
        caches_on();
    }
}

void test_set_way_caches(void)
{
    CHECK(time_of(caches_off) < NOTHING);
    CHECK(time_of(caches_on) < NOTHING);
    CHECK(time_of(cisw) > ALL);
    CHECK(time_of(caches_off) > ALL);
    CHECK(time_of(cisw) < NOTHING);
    CHECK(time_of(memory_controls) < NOTHING);
    CHECK(time_of(caches_off) < NOTHING);
    CHECK(time_of(caches_on) > ALL);
    CHECK(time_of(caches_off) < NOTHING);
    CHECK(time_of(caches_on) < NOTHING);
}

static uint64_t taken_at;

static void note(unsigned int intid)
{
    if (intid != TIMER_VIRTUAL)
        return;
    taken_at = now();
    WRITE_SYSREG(0, cntv_ctl_el0);
}

/* When the timer's interrupt is taken that comes due amid the function; how long that takes. */
static uint64_t time_beside_timer(void (*function)(void), uint64_t *took)
{
    unsigned int before = interrupts[0][TIMER_VIRTUAL];
    uint64_t start;

    timer_after(MILLISECOND / 2);
    start = now();
    function();
    *took = now() - start;
    CHECK_EQUAL(interrupts[0][TIMER_VIRTUAL], before + 1);
    return taken_at - start;
}

/* An interrupt is taken in the middle, and what was cleaned until then is not cleaned again; while
 * caches are turned off or on, at the end. */
void test_set_way_interrupts(void)
{
    uint64_t whole, took;

    interrupt_enable(TIMER_VIRTUAL, true);
    interrupt_hook = note;
    whole = time_of(cisw);
    CHECK(time_beside_timer(caches_off, &took) > ALL);
    CHECK(took < whole + MILLISECOND / 4);
    CHECK(time_beside_timer(caches_on, &took) > ALL);
    CHECK(took < whole + MILLISECOND / 4);
    CHECK(time_beside_timer(cisw, &took) < MILLISECOND * 6 / 10);
    CHECK(took > ALL && took < whole + MILLISECOND / 4);
    caches_off();
    caches_on();
}
