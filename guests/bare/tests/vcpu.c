/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_vcpu_op: areas that the hypervisor writes to. */
#include "../test.h"
#include <xen/grant_table.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/sched.h>
#include <xen/vcpu.h>

static int64_t vcpu(unsigned int command, uint64_t id, void *argument)
{
    return call(__HYPERVISOR_vcpu_op, command, id, argument);
}

/* First of the tests of vcpu areas: none is registered yet. */
void test_vcpu_info_bad(void)
{
    struct vcpu_register_vcpu_info op = {.mfn = gfn_of_page(15),
                                         .offset = PAGE - sizeof(struct vcpu_info) + 8};

    CHECK(vcpu(VCPUOP_register_vcpu_info, 0, &op) < 0);
    op.offset = 4;
    CHECK(vcpu(VCPUOP_register_vcpu_info, 0, &op) < 0);
    op.offset = 0;
    op.mfn = HOLE_GFN;
    CHECK(vcpu(VCPUOP_register_vcpu_info, 0, &op) < 0);
    op.mfn = UINT64_MAX >> 12;
    CHECK(vcpu(VCPUOP_register_vcpu_info, 0, &op) < 0);
    op.mfn = UINT64_MAX;
    CHECK(vcpu(VCPUOP_register_vcpu_info, 0, &op) < 0);
    op.mfn = gfn_of_page(15);
    CHECK_EQUAL(vcpu(VCPUOP_register_vcpu_info, CPUS, &op), -XEN_ENOENT);
    CHECK_EQUAL(vcpu(VCPUOP_register_vcpu_info, UINT32_MAX, &op), -XEN_ENOENT);
    CHECK_EQUAL(vcpu(VCPUOP_register_vcpu_info, 0, (void *)0x7000000000UL), -XEN_EFAULT);
}

/* Once for each vcpu; that of the other, which is off, too. Neither crosses a page. */
void test_vcpu_info(void)
{
    static struct vcpu_info infos[CPUS] __attribute__((aligned(128)));

    for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
        struct vcpu_register_vcpu_info op = {.mfn = (uint64_t)&infos[cpu] >> 12,
                                             .offset = (uint64_t)&infos[cpu] & (PAGE - 1)};

        CHECK_EQUAL(vcpu(VCPUOP_register_vcpu_info, cpu, &op), 0);
        vcpu_infos[cpu] = &infos[cpu];
        CHECK_EQUAL(vcpu(VCPUOP_register_vcpu_info, cpu, &op), -XEN_EINVAL);
    }
}

static volatile struct vcpu_runstate_info areas[2] __attribute__((aligned(64)));

static int64_t register_runstate(uint64_t address)
{
    struct vcpu_register_runstate_memory_area op = {.addr.p = address};

    return vcpu(VCPUOP_register_runstate_memory_area, 0, &op);
}

void test_runstate_area(void)
{
    uint64_t before;

    CHECK_EQUAL(register_runstate((uint64_t)&areas[0]), 0);
    CHECK_EQUAL(areas[0].state, RUNSTATE_running);
    before = areas[0].time[RUNSTATE_blocked];
    interrupt_enable(TIMER_VIRTUAL, true);
    timer_after(5 * MILLISECOND);
    __asm__ volatile("wfi");
    CHECK_SOON(interrupts[0][TIMER_VIRTUAL] == 1);
    CHECK(areas[0].time[RUNSTATE_blocked] - before >= 4 * MILLISECOND);
    CHECK_EQUAL(register_runstate(0), 0);
}

/* Another place, across two pages; the first is left alone from then on. */
void test_runstate_area_moved(void)
{
    volatile struct vcpu_runstate_info *crossing = (void *)((uint8_t *)window(1) - 16);
    uint64_t left;

    window_map(0, (uint64_t)test_pages[7], WINDOW_WRITE);
    window_map(1, (uint64_t)test_pages[2], WINDOW_WRITE);
    CHECK_EQUAL(register_runstate((uint64_t)&areas[1]), 0);
    CHECK_EQUAL(register_runstate((uint64_t)crossing), 0);
    left = areas[1].time[RUNSTATE_blocked];
    interrupt_enable(TIMER_VIRTUAL, true);
    timer_after(5 * MILLISECOND);
    __asm__ volatile("wfi");
    CHECK_SOON(interrupts[0][TIMER_VIRTUAL] == 1);
    CHECK_EQUAL(areas[1].time[RUNSTATE_blocked], left);
    CHECK(crossing->time[RUNSTATE_blocked] >= left + 4 * MILLISECOND);
    CHECK_EQUAL(register_runstate(0), 0);
}

void test_runstate_area_bad(void)
{
    window_map(0, (uint64_t)test_pages[7], WINDOW_WRITE);
    window_map(1, 0, WINDOW_NONE);
    CHECK(register_runstate(0x7000000000UL) < 0);
    CHECK(register_runstate((uint64_t)window(1) - 16) < 0);
    CHECK(register_runstate(GUEST_GICV3_GICD_BASE) < 0);
    CHECK(register_runstate(UINT64_MAX - 15) < 0);
    CHECK_EQUAL(vcpu(VCPUOP_register_runstate_memory_area, 0, (void *)0x7000000000UL), -XEN_EFAULT);
}

/* Questions about vcpus, and their timer by hypercall. */
void test_vcpu_questions(void)
{
    struct vcpu_runstate_info info;

    CHECK_EQUAL(vcpu(VCPUOP_is_up, 0, NULL), 1);
    CHECK_EQUAL(vcpu(VCPUOP_is_up, 1, NULL), 0);
    CHECK_EQUAL(vcpu(VCPUOP_is_up, CPUS, NULL), -XEN_ENOENT);
    CHECK_EQUAL(vcpu(VCPUOP_get_runstate_info, 0, &info), 0);
    CHECK_EQUAL(info.state, RUNSTATE_running);
    CHECK_EQUAL(vcpu(VCPUOP_get_runstate_info, 1, &info), 0);
    CHECK_EQUAL(info.state, RUNSTATE_offline);
}

/* Vcpus are switched by PSCI. */
void test_vcpu_switching_absent(void)
{
    CHECK_EQUAL(vcpu(VCPUOP_up, 1, NULL), -XEN_ENOSYS);
    CHECK_EQUAL(vcpu(VCPUOP_down, 1, NULL), -XEN_ENOSYS);
    CHECK_EQUAL(vcpu(VCPUOP_initialise, 1, NULL), -XEN_ENOSYS);
}
