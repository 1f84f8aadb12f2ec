/* SPDX-License-Identifier: MIT */
/* libxc: interface versions, results and sentences. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../libxl/libxl_fake.h"

static struct xc_interface *open_board(void)
{
    fake_board();
    struct xc_interface *xc = xc_open();
    assert_non_null(xc);
    return xc;
}

static void newest_version_first(void **state)
{
    (void)state;
    struct xc_interface *xc = open_board();
    struct xen_domctl_getdomaininfo info;
    assert_int_equal(xc_domctl_version(xc), 0);
    assert_int_equal(xc_domain_info(xc, 2, &info), 0);
    assert_int_equal(xc_domctl_version(xc), 0x18);
    assert_int_equal(fake.tries, 1);
    xc_close(xc);
}

static void older_version_found_and_remembered(void **state)
{
    (void)state;
    struct xc_interface *xc = open_board();
    fake.domctl_version = 0x15;
    assert_int_equal(xc_domain_pause(xc, 2), 0);
    assert_int_equal(xc_domain_unpause(xc, 2), 0);
    const uint32_t expected[] = {0x18, 0x17, 0x16, 0x15, 0x15};
    assert_int_equal(fake.tries, 5);
    assert_memory_equal(fake.versions_tried, expected, sizeof(expected));
    assert_int_equal(xc_domctl_version(xc), 0x15);
    xc_close(xc);
}

static void sysctl_version_is_apart(void **state)
{
    (void)state;
    struct xc_interface *xc = open_board();
    struct xen_domctl_getdomaininfo list[4];
    fake.sysctl_version = 0x15;
    assert_int_equal(xc_domain_list(xc, 0, list, 4), 3);
    assert_int_equal(xc_sysctl_version(xc), 0x15);
    assert_int_equal(xc_domctl_version(xc), 0);
    xc_close(xc);
}

static void no_common_version_names_both(void **state)
{
    (void)state;
    struct xc_interface *xc = open_board();
    fake.domctl_version = 0x14;
    fake.version = 4u << 16 | 16;
    assert_int_equal(xc_domain_pause(xc, 2), -EPROTO);
    assert_non_null(strstr(xc_error(xc), "0x15 to 0x18"));
    assert_non_null(strstr(xc_error(xc), "4.16"));
    fake.sysctl_version = 0x99;
    assert_int_equal(xc_sched_id(xc), -EPROTO);
    assert_non_null(strstr(xc_error(xc), "0x15 to 0x16"));
    xc_close(xc);
}

/* Once a version is known, EACCES is a refusal like any other. */
static void later_eacces_is_no_version_problem(void **state)
{
    (void)state;
    struct xc_interface *xc = open_board();
    assert_int_equal(xc_domain_pause(xc, 2), 0);
    fake.change_error = -EACCES;
    assert_int_equal(xc_domain_pause(xc, 2), -EACCES);
    assert_int_equal(xc_domctl_version(xc), 0x18);
    xc_close(xc);
}

static void sentences_name_operation_and_domain(void **state)
{
    (void)state;
    struct xc_interface *xc = open_board();
    struct xen_domctl_getdomaininfo info;
    assert_int_equal(xc_domain_info(xc, 7, &info), -ESRCH);
    assert_string_equal(xc_error(xc), "domctl getdomaininfo of domain 7: No such process");
    assert_false(xc_kernel_refuses(xc));
    xc_close(xc);
}

static void kernel_is_told_from_hypervisor(void **state)
{
    (void)state;
    struct xc_interface *xc = open_board();
    fake.change_error = -EPERM;
    assert_int_equal(xc_domain_pause(xc, 2), -EPERM);
    assert_false(xc_kernel_refuses(xc));
    fake.kernel_refuses = true;
    assert_int_equal(xc_domain_pause(xc, 2), -EPERM);
    assert_true(xc_kernel_refuses(xc));
    assert_non_null(strstr(xc_error(xc), "unrestricted=1"));
    xc_close(xc);
}

static void missing_device_is_named(void **state)
{
    (void)state;
    struct xc_interface *xc = open_board();
    fake.no_device = true;
    assert_int_equal(xc_domain_pause(xc, 2), -ENODEV);
    assert_non_null(strstr(xc_error(xc), "no such device"));
    assert_int_equal(xc_domctl_version(xc), 0);
    xc_close(xc);
}

static void stable_operations_need_no_version(void **state)
{
    (void)state;
    struct xc_interface *xc = open_board();
    struct xen_domctl_trefoil_launch_info launch;
    struct xen_domctl_get_domain_state domain_state;
    struct xen_domctl_trefoil_shared_memory share;
    domid_t found = 0;
    fake.domctl_version = 0x99;
    assert_int_equal(xc_domain_launch_info(xc, 1, &launch), 0);
    assert_string_equal(launch.name, "control");
    assert_int_equal(xc_domain_state(xc, 2, &found, &domain_state), 0);
    assert_int_equal(found, 2);
    assert_int_equal(domain_state.unique_id, 102);
    assert_int_equal(xc_domain_launch_info(xc, 5, &launch), -ESRCH);
    memset(fake.domains[2].shares[1].id, 'x', sizeof(share.id));
    memset(fake.domains[2].shares[0].id, 'y', sizeof(share.id));
    assert_int_equal(xc_domain_shared_memory(xc, 2, 1, &share), 0);
    assert_string_equal(share.id, "xxxxxxxxxxxxxxx");
    assert_int_equal(share.position, 2);
    assert_int_equal(xc_domain_shared_memory(xc, 2, 2, &share), -ENOENT);
    fake.has_launch_info = false;
    assert_int_equal(xc_domain_launch_info(xc, 1, &launch), -EOPNOTSUPP);
    xc_close(xc);
}

static void list_continues_where_told(void **state)
{
    (void)state;
    struct xc_interface *xc = open_board();
    struct xen_domctl_getdomaininfo list[2];
    assert_int_equal(xc_domain_list(xc, 0, list, 2), 2);
    assert_int_equal(list[1].domain, 1);
    assert_int_equal(xc_domain_list(xc, 2, list, 2), 1);
    assert_int_equal(list[0].domain, 2);
    assert_int_equal(xc_domain_list(xc, 3, list, 2), 0);
    xc_close(xc);
}

static void log_is_read_in_pieces(void **state)
{
    (void)state;
    struct xc_interface *xc = open_board();
    char text[8];
    uint32_t index = 0;
    assert_int_equal(xc_readconsole(xc, text, sizeof(text), 0, 1, &index), 8);
    assert_memory_equal(text, "(XEN) on", 8);
    assert_int_equal(index, 8);
    index = 16;
    assert_int_equal(xc_readconsole(xc, text, sizeof(text), 0, 1, &index), 4);
    assert_memory_equal(text, "two\n", 4);
    assert_int_equal(xc_readconsole(xc, text, sizeof(text), 0, 1, &index), 0);
    xc_close(xc);
}

static void build_id_is_hexadecimal(void **state)
{
    (void)state;
    struct xc_interface *xc = open_board();
    char text[32], small[4];
    assert_int_equal(xc_build_id(xc, text, sizeof(text)), 0);
    assert_string_equal(text, "ab01ff");
    assert_int_equal(xc_build_id(xc, small, sizeof(small)), 0);
    assert_string_equal(small, "ab");
    xc_close(xc);
}

static void unknown_operations_say_so(void **state)
{
    (void)state;
    struct xc_interface *xc = open_board();
    const uint64_t arg[5] = {3, 4};
    assert_int_equal(xc_hypercall(xc, 63, arg), -ENOSYS);
    assert_non_null(strstr(xc_error(xc), "hypercall 63.3"));
    assert_int_equal(xc_domain_shutdown(xc, 2, 0), -ENOSYS);
    xc_close(xc);
}

static void transport_is_chosen(void **state)
{
    (void)state;
    fake_board();
    setenv("TREFOIL_TRANSPORT", "carrier-pigeon", 1);
    assert_null(xc_open());
    assert_int_equal(errno, EINVAL);
    setenv("TREFOIL_TRANSPORT", "kernel:broken", 1);
    assert_null(xc_open());
    assert_int_equal(errno, ECONNREFUSED);
    setenv("TREFOIL_TRANSPORT", "kernel:fine", 1);
    struct xc_interface *xc = xc_open();
    assert_non_null(xc);
    xc_close(xc);
    unsetenv("TREFOIL_TRANSPORT");
    xc_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(newest_version_first),
        cmocka_unit_test(older_version_found_and_remembered),
        cmocka_unit_test(sysctl_version_is_apart),
        cmocka_unit_test(no_common_version_names_both),
        cmocka_unit_test(later_eacces_is_no_version_problem),
        cmocka_unit_test(sentences_name_operation_and_domain),
        cmocka_unit_test(kernel_is_told_from_hypervisor),
        cmocka_unit_test(missing_device_is_named),
        cmocka_unit_test(stable_operations_need_no_version),
        cmocka_unit_test(list_continues_where_told),
        cmocka_unit_test(log_is_read_in_pieces),
        cmocka_unit_test(build_id_is_hexadecimal),
        cmocka_unit_test(unknown_operations_say_so),
        cmocka_unit_test(transport_is_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
