/* SPDX-License-Identifier: MIT */
/* SCHEDOP_watchdog: what it answers, that who feeds it lives, and that who does not ends. The
 * machine's own watchdog. */
#include "../test.h"
#include <xen/sched.h>
#include <xen/sysctl.h>

#define WATCHDOGS 2U
#define FEEDING   (300 * MILLISECOND)

static int64_t set(uint32_t id, uint32_t seconds)
{
    struct sched_watchdog op = {.id = id, .timeout = seconds};

    return call(__HYPERVISOR_sched_op, SCHEDOP_watchdog, &op);
}

static void wait_for(uint64_t ns)
{
    uint64_t until = now() + ns;

    while (now() < until) {
        timer_after(until - now());
        __asm__ volatile("wfi");
    }
}

void test_watchdog_numbers(void)
{
    CHECK_EQUAL(set(0, 0), -XEN_EINVAL);
    CHECK_EQUAL(set(1, 9), -XEN_EINVAL);
    CHECK_EQUAL(set(0, 9), 1);
    CHECK_EQUAL(set(0, 9), 2);
    CHECK_EQUAL(set(0, 9), -XEN_ENOSPC);
    CHECK_EQUAL(set(WATCHDOGS + 1, 9), -XEN_EINVAL);
    CHECK_EQUAL(set(UINT32_MAX, 9), -XEN_EINVAL);
    CHECK_EQUAL(set(1, 0), 0);
    CHECK_EQUAL(set(1, 0), -XEN_EINVAL);
    CHECK_EQUAL(set(0, 9), 1);
    CHECK_EQUAL(set(1, 0), 0);
    CHECK_EQUAL(set(2, 0), 0);
}

void test_watchdog_fed(void)
{
    interrupt_enable(TIMER_VIRTUAL, true);
    CHECK_EQUAL(set(0, 1), 1);
    CHECK_EQUAL(set(0, 1), 2);
    for (unsigned int i = 0; i < 6; i++) {
        wait_for(FEEDING);
        for (uint32_t id = 1; id <= WATCHDOGS; id++)
            CHECK_EQUAL(set(id, 1), 0);
    }
    CHECK_EQUAL(set(1, 0), 0);
    CHECK_EQUAL(set(2, 0), 0);
    wait_for(4 * FEEDING);
}

/* One is fed, the other (option which) is not: the hypervisor's log says how this ends. */
void test_watchdog_expires(void)
{
    uint32_t fed = 3 - option("which");

    interrupt_enable(TIMER_VIRTUAL, true);
    CHECK_EQUAL(set(0, 1), 1);
    CHECK_EQUAL(set(0, 1), 2);
    for (unsigned int i = 0; i < 20; i++) {
        wait_for(FEEDING);
        CHECK_EQUAL(set(fed, 1), 0);
    }
}

/* As control, on a machine whose watchdog has 5 s: it is fed; it is not when a CPU hangs. */
void test_hardware_watchdog(void)
{
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_debug_keys,
                            .interface_version = XEN_SYSCTL_INTERFACE_VERSION,
                            .u.debug_keys = {.keys.q = (uint64_t) "W", .nr_keys = 1}};

    interrupt_enable(TIMER_VIRTUAL, true);
    wait_for(12000 * MILLISECOND);
    print("12 s are over\n");
    CHECK_EQUAL(call(__HYPERVISOR_sysctl, &op), 0);
}
