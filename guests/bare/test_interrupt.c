/* SPDX-License-Identifier: MIT */
/* The GIC (Arm IHI 0069H) and timers as tests use them. */
#include "test.h"

#define GICD_CTLR      0x0000
#define GICR_STRIDE    0x20000UL
#define GICR_WAKER     0x0014
#define SGI_FRAME      0x10000
#define IGROUPR        0x0080
#define ISENABLER      0x0100
#define ICENABLER      0x0180
#define ICPENDR        0x0280
#define ISACTIVER      0x0300
#define ICACTIVER      0x0380
#define IPRIORITYR     0x0400
#define ICFGR          0x0c00
#define SPURIOUS       1020U
#define CTL_ENABLE     1UL
#define CTL_MASK       2UL
#define WATCHDOG_AFTER 3000UL /* ms */

volatile unsigned int interrupts[CPUS][NR_INTIDS];
volatile unsigned int interrupt_order[8], interrupts_taken;
void (*volatile interrupt_hook)(unsigned int intid);
static volatile unsigned int watchdog; /* INTID of its timer, or 0 */

uint64_t gicd(unsigned int offset)
{
    return GUEST_GICV3_GICD_BASE + offset;
}

uint64_t gicr(unsigned int cpu, unsigned int offset)
{
    return GUEST_GICV3_GICR0_BASE + cpu * GICR_STRIDE + offset;
}

static void stop_timer(unsigned int intid)
{
    if (intid == TIMER_VIRTUAL)
        WRITE_SYSREG(CTL_MASK, cntv_ctl_el0);
    if (intid == TIMER_PHYSICAL)
        WRITE_SYSREG(CTL_MASK, cntp_ctl_el0);
}

static void note(unsigned int intid)
{
    unsigned int cpu = cpu_id();

    if (cpu == 0 && interrupts_taken < LENGTH(interrupt_order))
        interrupt_order[interrupts_taken] = intid;
    if (cpu == 0)
        interrupts_taken++;
    interrupts[cpu][intid]++;
}

void guest_interrupt(void)
{
    unsigned int intid = (unsigned int)READ_SYSREG(S3_0_C12_C12_0); /* ICC_IAR1_EL1 */

    if (intid >= SPURIOUS)
        return;
    if (intid == watchdog && cpu_id() == 0) {
        abandoned_because = "hangs";
        abandoned_at = READ_SYSREG(elr_el1);
        WRITE_SYSREG((uint64_t)test_abandon, elr_el1);
        watchdog_stop();
    } else if (intid < NR_INTIDS) {
        note(intid);
        if (interrupt_hook != NULL)
            interrupt_hook(intid);
        else
            stop_timer(intid);
    }
    if (intid == EVENT_INTID && interrupt_hook == NULL)
        vcpu_infos[cpu_id()]->evtchn_upcall_pending = 0;
    WRITE_SYSREG(intid, S3_0_C12_C12_1); /* ICC_EOIR1_EL1 */
}

/* Both for the private interrupts of a redistributor and for the first SPIs of the distributor. */
static void bank_reset(uint64_t base, unsigned int n)
{
    mmio_write32(base + ICENABLER + 4 * n, UINT32_MAX);
    mmio_write32(base + ICPENDR + 4 * n, UINT32_MAX);
    if (mmio_read32(base + ISACTIVER + 4 * n) != 0)
        mmio_write32(base + ICACTIVER + 4 * n, UINT32_MAX);
    mmio_write32(base + IGROUPR + 4 * n, UINT32_MAX);
    for (unsigned int i = 0; i < 8; i++)
        mmio_write32(base + IPRIORITYR + 32 * n + 4 * i, 0x80808080);
}

void interrupts_start_cpu(void)
{
    mmio_write32(gicr(cpu_id(), GICR_WAKER), 0);
    bank_reset(gicr(cpu_id(), SGI_FRAME), 0);
    WRITE_SYSREG(1, S3_0_C12_C12_5); /* ICC_SRE_EL1 */
    __asm__ volatile("isb");
    WRITE_SYSREG(0, S3_0_C12_C12_4);  /* ICC_CTLR_EL1 */
    WRITE_SYSREG(0, S3_0_C12_C12_3);  /* ICC_BPR1_EL1 */
    WRITE_SYSREG(0xf0, S3_0_C4_C6_0); /* ICC_PMR_EL1 */
    WRITE_SYSREG(1, S3_0_C12_C12_7);  /* ICC_IGRPEN1_EL1 */
    __asm__ volatile("isb");
}

void interrupts_reset(void)
{
    /* What a test that was ended half-way left active. */
    for (unsigned int i = 0; i < 8; i++) {
        unsigned int intid = (unsigned int)READ_SYSREG(S3_0_C12_C12_0);

        if (intid >= SPURIOUS)
            break;
        WRITE_SYSREG(intid, S3_0_C12_C12_1);
    }
    WRITE_SYSREG(CTL_MASK, cntv_ctl_el0);
    WRITE_SYSREG(CTL_MASK, cntp_ctl_el0);
    mmio_write32(gicd(GICD_CTLR), 0x12); /* ARE, group 1 */
    bank_reset(gicd(0), 1);
    mmio_write32(gicd(ICFGR + 8), 0xaaaaaaaa); /* edge-triggered: there are no wires */
    mmio_write32(gicd(ICFGR + 12), 0xaaaaaaaa);
    interrupts_start_cpu();
    interrupt_hook = NULL;
    interrupts_taken = 0;
    for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
        for (unsigned int i = 0; i < NR_INTIDS; i++)
            interrupts[cpu][i] = 0;
    }
}

void interrupts_drain(void)
{
    mmio_write32(gicr(0, SGI_FRAME + ISENABLER), 0xffff | 1U << EVENT_INTID);
    mmio_write32(gicd(ISENABLER + 4), UINT32_MAX);
    interrupts_on();
    __asm__ volatile("isb" ::: "memory");
    interrupts_off();
}

void interrupt_enable(unsigned int intid, bool on)
{
    uint64_t base = intid < 32 ? gicr(cpu_id(), SGI_FRAME) : gicd(intid / 32 * 4);

    mmio_write32(base + (on ? ISENABLER : ICENABLER), 1U << (intid % 32));
}

void watchdog_stop(void)
{
    stop_timer(watchdog);
    watchdog = 0;
}

void watchdog_start(unsigned int timer)
{
    uint64_t after = READ_SYSREG(cntfrq_el0) / 1000 * WATCHDOG_AFTER;

    watchdog = timer;
    if (timer == 0)
        return;
    if (timer == TIMER_VIRTUAL) {
        WRITE_SYSREG(ticks() + after, cntv_cval_el0);
        WRITE_SYSREG(CTL_ENABLE, cntv_ctl_el0);
    } else {
        WRITE_SYSREG(READ_SYSREG(cntpct_el0) + after, cntp_cval_el0);
        WRITE_SYSREG(CTL_ENABLE, cntp_ctl_el0);
    }
    interrupt_enable(timer, true);
}

void send_sgi(unsigned int intid, uint64_t targets)
{
    __asm__ volatile("dsb ish" ::: "memory");
    WRITE_SYSREG((uint64_t)intid << 24 | targets, S3_0_C12_C11_5); /* ICC_SGI1R_EL1 */
    __asm__ volatile("isb");
}

void timer_after(uint64_t ns)
{
    WRITE_SYSREG(ticks() + ns * (READ_SYSREG(cntfrq_el0) / 1000000) / 1000, cntv_cval_el0);
    WRITE_SYSREG(CTL_ENABLE, cntv_ctl_el0);
}

uint64_t now(void)
{
    return ticks() * 1000 / (READ_SYSREG(cntfrq_el0) / 1000000);
}
