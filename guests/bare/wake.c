/* SPDX-License-Identifier: MIT */
/*
 * How long one that sleeps nearly all the time waits for the CPU after its timer was due, beside
 * two that never sleep: the longest of its wake-ups, in ns; and how much of their time those two
 * waited for a CPU, in thousandths. All three are this program; the one called bench1 sleeps.
 */
#include "bare.h"
#include <xen/domctl.h>
#include <xen/vcpu.h>
#include <xen/xen.h>

#define ROUNDS      40U
#define FIRST       4U /* rounds that it takes until it is known to use little */
#define TIMER_INTID 27U
#define MS          1000000UL /* ns */

static volatile uint64_t handled_at;

void guest_interrupt(void)
{
    uint64_t now = READ_SYSREG(cntvct_el0);
    uint64_t intid = READ_SYSREG(S3_0_C12_C12_0); /* ICC_IAR1_EL1 */

    if (intid == TIMER_INTID) {
        WRITE_SYSREG(2, cntv_ctl_el0); /* masked */
        handled_at = now;
    }
    WRITE_SYSREG(intid, S3_0_C12_C12_1); /* ICC_EOIR1_EL1 */
}

static bool is_sleeper(void)
{
    static struct xen_domctl domctl;

    domctl = (struct xen_domctl){.cmd = XEN_DOMCTL_trefoil_launch_info, .domain = DOMID_SELF};
    if (hypercall(__HYPERVISOR_domctl, (uint64_t)&domctl, 0, 0, 0) != 0)
        return false;
    return domctl.u.trefoil_launch_info.name[sizeof("bench") - 1] == '1';
}

static uint64_t sleep_until(uint64_t deadline)
{
    handled_at = 0;
    WRITE_SYSREG(deadline, cntv_cval_el0);
    WRITE_SYSREG(1, cntv_ctl_el0);
    while (handled_at == 0)
        __asm__ volatile("wfi");
    return handled_at - deadline;
}

/* Sleeps of other lengths each time, so that it wakes anywhere in a turn of the others. */
static void sleep_and_measure(uint64_t ns)
{
    uint64_t longest = 0;

    gic_start();
    gic_enable_private(TIMER_INTID);
    interrupts_on();
    for (unsigned int i = 0; i < ROUNDS; i++) {
        uint64_t waited = sleep_until(ticks() + (3 * MS + i * 37 * MS / 100 % (4 * MS)) / ns);

        if (i >= FIRST && waited > longest)
            longest = waited;
    }
    print("bench wake_beside_hogs %lu\n", longest * ns);
}

static void print_waited(void)
{
    static struct vcpu_runstate_info info;
    uint64_t all = 0;

    hypercall(__HYPERVISOR_vcpu_op, VCPUOP_get_runstate_info, 0, (uint64_t)&info, 0);
    for (unsigned int i = 0; i < 4; i++)
        all += info.time[i];
    print("bench hog_waits %lu\n", info.time[RUNSTATE_runnable] * 1000 / (all | 1));
}

void guest_main(const void *fdt)
{
    uint64_t ns = 1000000000UL / READ_SYSREG(cntfrq_el0);
    uint64_t end = ticks() + 400 * MS / ns;

    (void)fdt;
    if (is_sleeper()) {
        sleep_and_measure(ns);
    } else {
        while (ticks() < end)
            ;
        print_waited();
    }
    print("bench done\n");
    power_off();
}
