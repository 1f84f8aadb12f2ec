/* SPDX-License-Identifier: MIT */
/* Hypercalls other than events and grants: versions, domctl, sysctl, multicall, the console; and
 * nonsense to all of them. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>
#include "core_fake/machine.h"
#include <trefoil/console.h>
#include <trefoil/core.h>
#include <trefoil/errno.h>
#include <trefoil/memory.h>
#include <trefoil/printk.h>
#include <trefoil/sched.h>
#include <xen/bootfdt.h>
#include <xen/domctl.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/sysctl.h>
#include <xen/version.h>

static struct domain *hardware, *control, *guest;

static int start(void **state)
{
    (void)state;
    hardware = fake_domain(0, "hardware", DOMAIN_CAPS_HARDWARE | DOMAIN_CAPS_XENSTORE, 1, 64);
    control = fake_domain(1, "control", DOMAIN_CAPS_CONTROL, 1, 64);
    guest = fake_domain(2, "guest", 0, 2, 64);
    fake_be(0, control->vcpus[0]);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fake.interrupt_waiting = false;
    if (guest)
        fake_destroy(guest);
    fake_destroy(control);
    fake_destroy(hardware);
    return 0;
}

static int64_t domctl(struct xen_domctl *op)
{
    void *ram = fake_ram(current_vcpu()->domain, fake_address(0, 0));
    int64_t result;

    memcpy(ram, op, sizeof(*op));
    result = fake_call(__HYPERVISOR_domctl, fake_address(0, 0), 0, 0);
    memcpy(op, ram, sizeof(*op));
    return result;
}

static int64_t simple(uint32_t command, domid_t domain)
{
    struct xen_domctl op = {
        .cmd = command, .interface_version = XEN_DOMCTL_INTERFACE_VERSION, .domain = domain};

    return domctl(&op);
}

static int64_t sysctl(struct xen_sysctl *op)
{
    void *ram = fake_ram(current_vcpu()->domain, fake_address(0, 0));
    int64_t result;

    memcpy(ram, op, sizeof(*op));
    result = fake_call(__HYPERVISOR_sysctl, fake_address(0, 0), 0, 0);
    memcpy(op, ram, sizeof(*op));
    return result;
}

static void test_version(void **state)
{
    struct xen_feature_info info = {0};

    (void)state;
    assert_int_equal(fake_call(__HYPERVISOR_xen_version, XENVER_version, 0, 0), 4 << 16 | 17);
    assert_int_equal(
        fake_call(__HYPERVISOR_xen_version, XENVER_capabilities, fake_address(1, 100), 0), 0);
    assert_string_equal(fake_ram(control, fake_address(1, 100)), "xen-3.0-aarch64 ");
    assert_int_equal(
        fake_call_with(__HYPERVISOR_xen_version, XENVER_get_features, &info, sizeof(info)), 0);
    assert_false(info.submap & 1U << XENFEAT_dom0);
    fake_be(0, hardware->vcpus[0]);
    assert_int_equal(
        fake_call_with(__HYPERVISOR_xen_version, XENVER_get_features, &info, sizeof(info)), 0);
    assert_true(info.submap & 1U << XENFEAT_dom0);
    info.submap_idx = 1;
    assert_int_equal(
        fake_call_with(__HYPERVISOR_xen_version, XENVER_get_features, &info, sizeof(info)),
        -EINVAL);
}

static void test_interface_versions(void **state)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_getdomaininfo, .domain = 2};

    (void)state;
    for (uint32_t version = 0x10; version < 0x20; version++) {
        op.interface_version = version;
        op.domain = 2;
        assert_int_equal(domctl(&op), version >= 0x15 && version <= 0x18 ? 0 : -EACCES);
    }
    op = (struct xen_domctl){.cmd = XEN_DOMCTL_get_domain_state, .domain = 2};
    assert_int_equal(domctl(&op), 0);
    assert_int_equal(op.u.get_domain_state.state, XEN_DOMCTL_GETDOMSTATE_STATE_EXIST);
    op.interface_version = 0x18;
    assert_int_equal(domctl(&op), -EACCES);
    assert_non_null(strstr(
        fake.uart, "domctl interface version 0x14 offered, this hypervisor takes 0x15 to 0x18"));
}

static void test_list_shows_whom_the_caller_may_see(void **state)
{
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_getdomaininfolist,
                            .interface_version = XEN_SYSCTL_INTERFACE_VERSION,
                            .u.getdomaininfolist.max_domains = 10};
    struct xen_domctl_getdomaininfo *list = fake_ram(control, fake_address(1, 0));

    (void)state;
    op.u.getdomaininfolist.buffer.q = fake_address(1, 0);
    assert_int_equal(sysctl(&op), 0);
    assert_int_equal(op.u.getdomaininfolist.num_domains, 3);
    assert_int_equal(list[0].domain, 0);
    assert_true(list[0].flags & XEN_DOMINF_hardware && list[0].flags & XEN_DOMINF_xs_domain);
    assert_true(list[1].flags & XEN_DOMINF_control && list[1].flags & XEN_DOMINF_running);
    assert_int_equal(list[2].tot_pages, 64);
    assert_int_equal(list[2].max_vcpu_id, 1);
    memset(list, 0, 3 * sizeof(*list));
    fake.interrupt_waiting = true;
    fake.continuations = 0;
    assert_int_equal(sysctl(&op), 0);
    fake.interrupt_waiting = false;
    assert_int_equal(fake.continuations, 2);
    assert_int_equal(op.u.getdomaininfolist.num_domains, 3);
    assert_int_equal(list[2].tot_pages, 64);
    op.u.getdomaininfolist.first_domain = 2;
    assert_int_equal(sysctl(&op), 0);
    assert_int_equal(op.u.getdomaininfolist.num_domains, 1);
    fake_be(0, guest->vcpus[0]);
    assert_int_equal(sysctl(&op), -EPERM);
}

/* Where its own vcpu ended it, that is still on its CPU when others look. */
static void test_who_has_ended_does_not_run(void **state)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_getdomaininfo,
                            .interface_version = XEN_DOMCTL_INTERFACE_VERSION,
                            .domain = 2};

    (void)state;
    guest->vcpus[0]->state = VCPU_RUNNING;
    assert_int_equal(domctl(&op), 0);
    assert_true(op.u.getdomaininfo.flags & XEN_DOMINF_running);
    domain_shutdown(guest, SHUTDOWN_reboot);
    guest->vcpus[0]->state = VCPU_RUNNING;
    assert_int_equal(domctl(&op), 0);
    assert_int_equal(op.u.getdomaininfo.flags &
                         (XEN_DOMINF_shutdown | XEN_DOMINF_running | XEN_DOMINF_blocked),
                     XEN_DOMINF_shutdown);
}

static void test_pause_is_counted(void **state)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_getdomaininfo,
                            .interface_version = XEN_DOMCTL_INTERFACE_VERSION,
                            .domain = 2};

    (void)state;
    assert_int_equal(simple(XEN_DOMCTL_unpausedomain, 2), -EINVAL);
    assert_int_equal(simple(XEN_DOMCTL_pausedomain, 2), 0);
    assert_int_equal(simple(XEN_DOMCTL_pausedomain, 2), 0);
    assert_int_equal(simple(XEN_DOMCTL_unpausedomain, 2), 0);
    assert_int_equal(domctl(&op), 0);
    assert_true(op.u.getdomaininfo.flags & XEN_DOMINF_paused);
    assert_int_equal(simple(XEN_DOMCTL_unpausedomain, 2), 0);
    assert_int_equal(domctl(&op), 0);
    assert_false(op.u.getdomaininfo.flags & XEN_DOMINF_paused);
    assert_int_equal(simple(XEN_DOMCTL_pausedomain, 1), -EINVAL);
    fake_be(0, guest->vcpus[0]);
    assert_int_equal(simple(XEN_DOMCTL_pausedomain, 1), -EPERM);
    assert_int_equal(simple(XEN_DOMCTL_pausedomain, 77), -EPERM);
}

static void test_destroy_goes_on_after_interrupts(void **state)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_get_domain_state, .domain = DOMID_INVALID};
    bool reported = false;

    (void)state;
    fake_be(0, hardware->vcpus[0]);
    while (domctl(&op) == 0)
        op.domain = DOMID_INVALID;
    fake_be(0, control->vcpus[0]);
    fake.interrupt_waiting = true;
    assert_int_equal(simple(XEN_DOMCTL_destroydomain, 2), 0);
    fake.interrupt_waiting = false;
    assert_int_equal(simple(XEN_DOMCTL_destroydomain, 2), -ESRCH);
    assert_int_equal(simple(XEN_DOMCTL_destroydomain, 1), -EINVAL);
    guest = NULL;
    fake_be(0, hardware->vcpus[0]);
    op.domain = DOMID_INVALID;
    while (domctl(&op) == 0) {
        reported |= op.domain == 2 && op.u.get_domain_state.state == 0;
        op.domain = DOMID_INVALID;
    }
    assert_true(reported);
}

static void test_launch_info(void **state)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_trefoil_launch_info, .domain = 0};

    (void)state;
    assert_int_equal(domctl(&op), 0);
    assert_string_equal(op.u.trefoil_launch_info.name, "hardware");
    assert_int_equal(op.u.trefoil_launch_info.capabilities, 6);
    assert_int_equal(op.u.trefoil_launch_info.policy, XEN_DOMCTL_TREFOIL_POLICY_SPLIT);
}

/* One that does nothing is said to, and then none of them is pressed. */
static void test_debug_keys(void **state)
{
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_debug_keys,
                            .interface_version = XEN_SYSCTL_INTERFACE_VERSION,
                            .u.debug_keys.nr_keys = 2};

    (void)state;
    op.u.debug_keys.keys.q = fake_address(1, 0);
    memcpy(fake_ram(control, fake_address(1, 0)), "R?", 2);
    assert_int_equal(sysctl(&op), -EINVAL);
    memcpy(fake_ram(control, fake_address(1, 0)), "hg", 2);
    assert_int_equal(sysctl(&op), 0);
}

static uint8_t ties(domid_t id, domid_t other)
{
    struct xen_domctl op = {
        .cmd = XEN_DOMCTL_trefoil_launch_info, .domain = id, .u.trefoil_launch_info.other = other};

    assert_int_equal(domctl(&op), 0);
    assert_int_equal(op.u.trefoil_launch_info.other, other);
    return op.u.trefoil_launch_info.ties;
}

static void test_launch_info_tells_ties(void **state)
{
    (void)state;
    assert_int_equal(ties(0, 2), 0);
    hardware->ties[2] = TIE_PEER | TIE_TARGET;
    assert_int_equal(ties(0, 2), XEN_DOMCTL_TREFOIL_TIE_PEER | XEN_DOMCTL_TREFOIL_TIE_TARGET);
    assert_int_equal(ties(0, 1), 0);
    /* Nobody has that id, and it has no place among the ties. */
    hardware->ties[DOMAIN_TIED_IDS] = TIE_PEER;
    assert_int_equal(ties(0, DOMAIN_TIED_IDS), 0);
    assert_int_equal(ties(0, DOMID_INVALID), 0);
    hardware->ties[2] = hardware->ties[DOMAIN_TIED_IDS] = 0;
}

static void test_log_is_read_on(void **state)
{
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_readconsole,
                            .interface_version = XEN_SYSCTL_INTERFACE_VERSION,
                            .u.readconsole = {.incremental = 1, .count = 2000}};
    char *text = fake_ram(control, fake_address(1, 0)), whole[4000];

    (void)state;
    op.u.readconsole.buffer.q = fake_address(1, 0);
    do {
        op.u.readconsole.count = 2000;
        assert_int_equal(sysctl(&op), 0);
    } while (op.u.readconsole.count);
    log_info("line %d of %s", 7, "a test");
    op.u.readconsole.count = 2000;
    assert_int_equal(sysctl(&op), 0);
    assert_int_equal(op.u.readconsole.count, strlen("(trefoil) line 7 of a test\n"));
    assert_memory_equal(text, "(trefoil) line 7 of a test\n", op.u.readconsole.count);
    for (unsigned int i = 0; i < 2000; i++)
        log_info("line %u of very many, which push out all that was there before", i);
    op.u.readconsole.count = 60;
    assert_int_equal(sysctl(&op), 0);
    assert_int_equal(op.u.readconsole.count, 60);
    op.u.readconsole.incremental = 0;
    op.u.readconsole.count = 4000;
    assert_int_equal(sysctl(&op), 0);
    memcpy(whole, text, sizeof(whole));
    memset(text, 0, sizeof(whole));
    fake.interrupt_waiting = true;
    fake.continuations = 0;
    assert_int_equal(sysctl(&op), 0);
    fake.interrupt_waiting = false;
    assert_int_equal(fake.continuations, 15);
    assert_int_equal(op.u.readconsole.count, 4000);
    assert_memory_equal(text, whole, sizeof(whole));
    fake_be(0, guest->vcpus[0]);
    assert_int_equal(sysctl(&op), -EPERM);
}

static void test_lines_of_guests(void **state)
{
    size_t before = fake.uart_size;

    (void)state;
    memset(fake.uart, 0, before);
    fake.uart_size = 0;
    console_guest_write(guest, "half a", 6);
    log_info("of the hypervisor");
    console_guest_write(guest, " line\r\nand", 10);
    assert_string_equal(fake.uart, "(trefoil) of the hypervisor\r\n(guest) half a line\r\n");
}

static void test_slow_uart_loses_nothing_that_fits(void **state)
{
    (void)state;
    memset(fake.uart, 0, sizeof(fake.uart));
    fake.uart_size = 0;
    fake.uart_room = 4;
    log_info("slowly");
    assert_string_equal(fake.uart, "(tre");
    assert_true(fake.uart_wanted);
    while (fake.uart_wanted) {
        fake.uart_room = 3;
        uart_transmit_ready();
    }
    assert_string_equal(fake.uart, "(trefoil) slowly\r\n");
    fake.uart_room = SIZE_MAX / 2;
}

static void test_multicall(void **state)
{
    struct multicall_entry *entries = fake_ram(control, fake_address(1, 0));

    (void)state;
    entries[0] = (struct multicall_entry){.op = __HYPERVISOR_xen_version, .args = {XENVER_version}};
    entries[1] =
        (struct multicall_entry){.op = __HYPERVISOR_multicall, .args = {fake_address(1, 0), 1}};
    entries[2] = (struct multicall_entry){.op = 1000};
    entries[3] = (struct multicall_entry){.op = __HYPERVISOR_console_io,
                                          .args = {CONSOLEIO_write, 1000, fake_address(2, 0)}};
    entries[4] =
        (struct multicall_entry){.op = __HYPERVISOR_xen_version, .args = {XENVER_pagesize}};
    fake.interrupt_waiting = true;
    assert_int_equal(fake_call(__HYPERVISOR_multicall, fake_address(1, 0), 5, 0), 0);
    assert_int_equal(entries[0].result, 4 << 16 | 17);
    assert_int_equal((int64_t)entries[1].result, -ENOSYS);
    assert_int_equal((int64_t)entries[2].result, -ENOSYS);
    assert_int_equal(entries[3].result, 0);
    assert_int_equal(entries[4].result, PAGE_SIZE);
}

static void test_foreign_mapping_needs_the_role(void **state)
{
    struct xen_add_to_physmap_batch op = {
        .domid = DOMID_SELF, .space = XENMAPSPACE_gmfn_foreign, .size = 3, .u.foreign_domid = 2};
    uint64_t *idxs = fake_ram(control, fake_address(1, 0)),
             *gpfns = fake_ram(control, fake_address(1, 512));
    int *errs = fake_ram(control, fake_address(1, 1024));
    int64_t result;

    (void)state;
    for (uint64_t i = 0; i < 3; i++) {
        idxs[i] = FAKE_RAM + (i == 1 ? 5000 : i);
        gpfns[i] = FAKE_RAM + 1000 + i;
    }
    op.idxs.q = fake_address(1, 0);
    op.gpfns.q = fake_address(1, 512);
    op.errs.q = fake_address(1, 1024);
    result = fake_call_with(__HYPERVISOR_memory_op, XENMEM_add_to_physmap_batch, &op, sizeof(op));
    if (result == -EPERM)
        return; /* as split has it */
    assert_int_equal(result, 0);
    assert_int_equal(errs[0], 0);
    assert_int_equal(errs[1], -EINVAL);
    assert_int_equal(errs[2], 0);
}

static void test_parameters(void **state)
{
    struct xen_hvm_param op = {.domid = DOMID_SELF, .index = HVM_PARAM_STORE_PFN, .value = 7};

    (void)state;
    fake_be(0, guest->vcpus[0]);
    guest->hvm_params[HVM_PARAM_STORE_PFN] = 0x39001;
    assert_int_equal(fake_call_with(__HYPERVISOR_hvm_op, HVMOP_set_param, &op, sizeof(op)), -EPERM);
    assert_int_equal(fake_call_with(__HYPERVISOR_hvm_op, HVMOP_get_param, &op, sizeof(op)), 0);
    assert_int_equal(op.value, 0x39001);
    for (op.index = 40; op.index < 70; op.index++)
        assert_int_equal(fake_call_with(__HYPERVISOR_hvm_op, HVMOP_get_param, &op, sizeof(op)),
                         -EINVAL);
    op.index = UINT32_MAX;
    assert_int_equal(fake_call_with(__HYPERVISOR_hvm_op, HVMOP_set_param, &op, sizeof(op)),
                     -EINVAL);
}

static void test_runstate_area(void **state)
{
    struct vcpu_runstate_info *info = fake_ram(guest, fake_address(1, 64));
    struct vcpu_register_runstate_memory_area area = {.addr.p = fake_address(1, 64)};

    (void)state;
    fake_be(0, guest->vcpus[0]);
    assert_int_equal(
        fake_call(__HYPERVISOR_vm_assist, VMASST_CMD_enable, VMASST_TYPE_runstate_update_flag, 0),
        0);
    memcpy(fake_ram(guest, fake_address(0, 0)), &area, sizeof(area));
    assert_int_equal(fake_call(__HYPERVISOR_vcpu_op, VCPUOP_register_runstate_memory_area, 0,
                               fake_address(0, 0)),
                     0);
    assert_int_equal(info->state_entry_time & XEN_RUNSTATE_UPDATE, 0);
    /* Across two pages. */
    area.addr.p = fake_address(2, PAGE_SIZE - 20);
    memcpy(fake_ram(guest, fake_address(0, 0)), &area, sizeof(area));
    memset(fake_ram(guest, fake_address(3, 0)), 0xee, 64);
    assert_int_equal(fake_call(__HYPERVISOR_vcpu_op, VCPUOP_register_runstate_memory_area, 0,
                               fake_address(0, 0)),
                     0);
    assert_int_not_equal(*(uint8_t *)fake_ram(guest, fake_address(3, 27)), 0xee);
    assert_int_equal(*(uint8_t *)fake_ram(guest, fake_address(3, 28)), 0xee);
    area.addr.p = fake_address(63, PAGE_SIZE - 20);
    memcpy(fake_ram(guest, fake_address(0, 0)), &area, sizeof(area));
    assert_int_equal(fake_call(__HYPERVISOR_vcpu_op, VCPUOP_register_runstate_memory_area, 0,
                               fake_address(0, 0)),
                     -EFAULT);
}

/* Whatever is asked with whatever arguments, by anybody: an answer, and no harm that a sanitizer
 * sees. */
static void test_nonsense(void **state)
{
    struct domain *callers[] = {hardware, control, guest};
    uint64_t *words;

    (void)state;
    srand(3);
    /* Nothing goes on for long while an interrupt waits. */
    fake.interrupt_waiting = true;
    for (unsigned int round = 0; round < 60000; round++) {
        struct domain *caller = callers[rand() % 3];
        uint64_t number = (uint64_t)(rand() % 64), command = (uint64_t)(rand() % 40);
        const uint64_t args[5] = {command, fake_address(1, (uint64_t)(rand() % 64) * 8),
                                  fake_address(1, 0), (uint64_t)rand(), 0};
        const uint64_t narrow[5] = {fake_address(1, 0), (uint64_t)(rand() % 4)};

        if (number == __HYPERVISOR_sched_op &&
            (command == SCHEDOP_shutdown || command == SCHEDOP_remote_shutdown))
            continue;
        words = fake_ram(caller, fake_address(1, 0));
        if (!words)
            break;
        for (unsigned int i = 0; i < 64; i++)
            words[i] = (uint64_t)(rand() % 3 ? rand() % 64 : rand()) << (rand() % 4 ? 0 : 32);
        if (number == __HYPERVISOR_domctl || number == __HYPERVISOR_sysctl) {
            words[0] = (uint64_t)(rand() % 100) | UINT64_C(0x16) << 32;
            if ((words[0] & 0xff) == XEN_DOMCTL_destroydomain)
                continue;
        }
        fake_be(0, caller->vcpus[0]);
        hypercall_dispatch(caller->vcpus[0], number, number >= 35 && number <= 36 ? narrow : args);
        fake_be(0, NULL);
        caller->vcpus[0]->state = VCPU_BLOCKED;
        fake.now += 1000;
        for (unsigned int i = 0; i < 3; i++)
            assert_int_equal(callers[i]->life, DOMAIN_ALIVE);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_version),
        TEST(test_interface_versions),
        TEST(test_list_shows_whom_the_caller_may_see),
        TEST(test_who_has_ended_does_not_run),
        TEST(test_pause_is_counted),
        TEST(test_destroy_goes_on_after_interrupts),
        TEST(test_launch_info),
        TEST(test_launch_info_tells_ties),
        TEST(test_debug_keys),
        TEST(test_log_is_read_on),
        TEST(test_lines_of_guests),
        TEST(test_slow_uart_loses_nothing_that_fits),
        TEST(test_multicall),
        TEST(test_foreign_mapping_needs_the_role),
        TEST(test_parameters),
        TEST(test_runstate_area),
        TEST(test_nonsense),
    };

    fake_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
