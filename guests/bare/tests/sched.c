/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_sched_op, hvm_op, console_io, and calls that take a role. */
#include "../test.h"
#include <xen/grant_table.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/sched.h>
#include <xen/vcpu.h>

#define NOBODY 999

static int64_t sched(unsigned int command, void *argument)
{
    return call(__HYPERVISOR_sched_op, command, argument);
}

void test_sched_yield(void)
{
    for (unsigned int i = 0; i < 100; i++)
        CHECK_EQUAL(sched(SCHEDOP_yield, NULL), 0);
}

/* With an interrupt waiting there is nothing to wait for. */
void test_sched_block_with_pending(void)
{
    interrupt_enable(TIMER_VIRTUAL, true);
    interrupts_off();
    timer_after(0);
    CHECK_EQUAL(sched(SCHEDOP_block, NULL), 0);
    interrupts_on();
    CHECK_SOON(interrupts[0][TIMER_VIRTUAL] == 1);
}

void test_sched_bad(void)
{
    struct sched_shutdown shutdown = {.reason = SHUTDOWN_MAX + 1};

    CHECK_EQUAL(sched(SCHEDOP_shutdown, (void *)0x7000000000UL), -XEN_EFAULT);
    CHECK_EQUAL(sched(SCHEDOP_shutdown_code, (void *)0x7000000000UL), -XEN_EFAULT);
    CHECK_EQUAL(sched(8, &shutdown), -XEN_ENOSYS);
}

/* Reasons are known ones. */
void test_sched_shutdown_reason(void)
{
    struct sched_shutdown shutdown = {.reason = SHUTDOWN_MAX + 1};

    CHECK_EQUAL(sched(SCHEDOP_shutdown_code, &shutdown), -XEN_EINVAL);
    CHECK_EQUAL(sched(SCHEDOP_shutdown, &shutdown), -XEN_EINVAL);
}

void test_sched_remote_shutdown_unknown(void)
{
    struct sched_remote_shutdown op = {.domain_id = NOBODY, .reason = SHUTDOWN_poweroff};

    CHECK_EQUAL(sched(SCHEDOP_remote_shutdown, &op), -XEN_EPERM);
}

static int64_t param(unsigned int command, domid_t domain, uint32_t index, uint64_t *value)
{
    struct xen_hvm_param op = {.domid = domain, .index = index, .value = *value};
    int64_t result = call(__HYPERVISOR_hvm_op, command, &op);

    *value = op.value;
    return result;
}

void test_param_get(void)
{
    uint64_t value = 1;

    CHECK_EQUAL(param(HVMOP_get_param, DOMID_SELF, HVM_PARAM_STORE_EVTCHN, &value), 0);
    CHECK_EQUAL(param(HVMOP_get_param, own_domid(), HVM_PARAM_CONSOLE_EVTCHN, &value), 0);
    CHECK_EQUAL(param(HVMOP_get_param, DOMID_SELF, 10000, &value), -XEN_EINVAL);
    CHECK_EQUAL(param(HVMOP_get_param, DOMID_SELF, UINT32_MAX, &value), -XEN_EINVAL);
    CHECK_EQUAL(call(__HYPERVISOR_hvm_op, HVMOP_get_param, 0x7000000000UL), -XEN_EFAULT);
}

void test_param_unknown_domain(void)
{
    uint64_t value = 1;

    CHECK_EQUAL(param(HVMOP_get_param, NOBODY, HVM_PARAM_STORE_EVTCHN, &value), -XEN_EPERM);
    CHECK_EQUAL(param(HVMOP_set_param, NOBODY, HVM_PARAM_STORE_EVTCHN, &value), -XEN_EPERM);
}

/* Where its xenstore is is not for the guest to say. */
void test_param_set_denied(void)
{
    uint64_t value = 5;

    CHECK_EQUAL(param(HVMOP_set_param, DOMID_SELF, HVM_PARAM_STORE_PFN, &value), -XEN_EPERM);
    CHECK_EQUAL(param(HVMOP_set_param, DOMID_SELF, HVM_PARAM_CONSOLE_EVTCHN, &value), -XEN_EPERM);
    CHECK_EQUAL(param(HVMOP_set_param, DOMID_SELF, 10000, &value), -XEN_EINVAL);
}

void test_get_time(void)
{
    struct xen_hvm_get_time one = {0}, other = {0};

    CHECK_EQUAL(call(__HYPERVISOR_hvm_op, HVMOP_get_time, &one), 0);
    CHECK_EQUAL(call(__HYPERVISOR_hvm_op, HVMOP_get_time, &other), 0);
    CHECK(one.now > 0);
    CHECK(other.now >= one.now);
    CHECK(other.now - one.now < 1000 * MILLISECOND);
}

/* Calls for who has a role: a plain domain has none. */
void test_privileged_calls(void)
{
    static uint8_t argument[256];

    CHECK(call(__HYPERVISOR_domctl, argument) < 0);
    CHECK(call(__HYPERVISOR_sysctl, argument) < 0);
    CHECK(call(__HYPERVISOR_platform_op, argument) < 0);
    CHECK(call(__HYPERVISOR_domctl, 0x7000000000UL) < 0);
    CHECK(call(__HYPERVISOR_sysctl, 0x7000000000UL) < 0);
    CHECK(call(__HYPERVISOR_physdev_op, 25, argument) < 0);
    CHECK(call(__HYPERVISOR_physdev_op, 60, argument) < 0);
}

void test_console_io_bad(void)
{
    CHECK_EQUAL(call(__HYPERVISOR_console_io, CONSOLEIO_write, 16, 0x7000000000UL), -XEN_EFAULT);
    CHECK_EQUAL(call(__HYPERVISOR_console_io, CONSOLEIO_write, 0, 0x7000000000UL), 0);
    CHECK_EQUAL(call(__HYPERVISOR_console_io, 2, 0, 0), -XEN_ENOSYS);
    CHECK_EQUAL(call(__HYPERVISOR_console_io, UINT32_MAX, 0, 0), -XEN_ENOSYS);
}

/* Only as far as the memory goes. */
void test_console_io_crossing(void)
{
    char *end = (char *)window(1);

    window_map(0, (uint64_t)test_pages[6], WINDOW_WRITE);
    window_map(1, 0, WINDOW_NONE);
    end[-2] = ' ';
    end[-1] = '\n';
    CHECK_EQUAL(call(__HYPERVISOR_console_io, CONSOLEIO_write, 3, end - 2), -XEN_EFAULT);
    CHECK_EQUAL(call(__HYPERVISOR_console_io, CONSOLEIO_write, 2, end - 2), 0);
}
