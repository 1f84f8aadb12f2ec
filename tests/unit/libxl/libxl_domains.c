/* SPDX-License-Identifier: MIT */
/* libxl: domains, names, what its errors say, JSON. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <yajl/yajl_tree.h>

#include <libxl/fields.h>
#include <libxl/libxl.h>
#include <xen/sched.h>

#include "libxl_fake.h"

static int open_board(void **state)
{
    fake_board();
    *state = libxl_open();
    return *state ? 0 : -1;
}

static int close_board(void **state)
{
    libxl_close(*state);
    return 0;
}

static void list_has_all(void **state)
{
    struct libxl_domain *list;
    size_t count;
    assert_int_equal(libxl_domain_list(*state, &list, &count), LIBXL_OK);
    assert_int_equal(count, 3);
    assert_string_equal(list[0].name, "hardware");
    assert_int_equal(list[0].roles, LIBXL_ROLE_HARDWARE | LIBXL_ROLE_XENSTORE);
    assert_int_equal(list[1].roles, LIBXL_ROLE_CONTROL);
    assert_true(list[1].running);
    assert_int_equal(list[2].memory_kib, 128 * 1024);
    assert_int_equal(list[2].vcpus, 2);
    assert_int_equal(list[2].shutdown_reason, LIBXL_NO_REASON);
    assert_string_equal(list[2].scheduler, "");
    assert_int_equal(fake.share_questions, 0);
    assert_int_equal(libxl_domain_share(*state, &list[2]), LIBXL_OK);
    assert_string_equal(list[2].scheduler, "credit2");
    assert_int_equal(list[2].scheduler_weight, 256);
    free(list);
}

static void shares_are_checked_and_set(void **state)
{
    struct libxl_domain app;
    assert_int_equal(libxl_domain_get(*state, 2, &app), LIBXL_OK);
    app.scheduler_weight = 512;
    app.scheduler_cap = 200;
    assert_int_equal(libxl_domain_set_share(*state, &app), LIBXL_OK);
    assert_int_equal(fake.domains[2].share.weight, 512);
    assert_int_equal(fake.domains[2].share.cap, 200);
    app.scheduler_cap = 201;
    assert_int_equal(libxl_domain_set_share(*state, &app), LIBXL_FAILED);
    assert_string_equal(libxl_error(*state),
                        "A cap of 201 percent: it must be at most 200, 100 for "
                        "each vcpu of 'app'.");
    app.scheduler_cap = 0;
    app.scheduler_weight = 65536;
    assert_int_equal(libxl_domain_set_share(*state, &app), LIBXL_FAILED);
    assert_string_equal(libxl_error(*state), "A weight of 65536: it must be 1 to 65535.");
    fake.share_error = -EPERM;
    assert_int_equal(libxl_domain_share(*state, &app), LIBXL_NOT_PERMITTED);
    assert_string_equal(libxl_error(*state),
                        "Looking at the share of time of app (domain 2) is not permitted in this "
                        "domain: it takes the role control.");
}

static void many_domains_are_read_in_steps(void **state)
{
    struct libxl_domain *list;
    size_t count;
    for (domid_t i = 3; i < 300; i++)
        fake_add_domain(i, "guest", 0);
    assert_int_equal(libxl_domain_list(*state, &list, &count), LIBXL_OK);
    assert_int_equal(count, 300);
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(list[i].domid, i);
    free(list);
}

static void shutdown_reason_is_read(void **state)
{
    struct libxl_domain domain;
    fake.domains[2].info.flags |= XEN_DOMINF_shutdown | SHUTDOWN_crash << XEN_DOMINF_shutdownshift;
    assert_int_equal(libxl_domain_get(*state, 2, &domain), LIBXL_OK);
    assert_true(domain.shutdown);
    assert_int_equal(domain.shutdown_reason, SHUTDOWN_crash);
}

static void hypervisor_names_win(void **state)
{
    char name[LIBXL_NAME_MAX];
    fake_write("/local/domain/2/name", "impostor");
    assert_int_equal(libxl_domain_name(*state, 2, name), LIBXL_OK);
    assert_string_equal(name, "app");
}

static void names_come_from_xenstore_under_xen(void **state)
{
    char name[LIBXL_NAME_MAX];
    uint32_t domid;
    fake.has_launch_info = false;
    fake_write("/local/domain/2/name", "from-the-store");
    assert_int_equal(libxl_domain_name(*state, 2, name), LIBXL_OK);
    assert_string_equal(name, "from-the-store");
    assert_int_equal(libxl_domain_find(*state, "from-the-store", &domid), LIBXL_OK);
    assert_int_equal(domid, 2);
}

static void names_are_printable(void **state)
{
    char name[LIBXL_NAME_MAX];
    fake.has_launch_info = false;
    fake_write("/local/domain/2/name", "a\033[2Jb\n");
    assert_int_equal(libxl_domain_name(*state, 2, name), LIBXL_OK);
    assert_string_equal(name, "a?[2Jb?");
}

static void nameless_domains_get_one(void **state)
{
    struct libxl_domain domain;
    fake.has_launch_info = false;
    fake.no_store = true;
    assert_int_equal(libxl_domain_get(*state, 2, &domain), LIBXL_OK);
    assert_string_equal(domain.name, "domain-2");
}

static void find_takes_names_and_ids(void **state)
{
    uint32_t domid;
    assert_int_equal(libxl_domain_find(*state, "app", &domid), LIBXL_OK);
    assert_int_equal(domid, 2);
    assert_int_equal(libxl_domain_find(*state, "17", &domid), LIBXL_OK);
    assert_int_equal(domid, 17);
    const char *const bad[] = {"", "ap", "app2", "1x", "-1", "99999999999", " 1"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(libxl_domain_find(*state, bad[i], &domid), LIBXL_NO_DOMAIN);
}

/* A domain without the right to look still learns names from xenstore, if that lets it. */
static void find_works_through_xenstore_alone(void **state)
{
    uint32_t domid;
    fake.look_error = -EPERM;
    assert_int_equal(libxl_domain_find(*state, "app", &domid), LIBXL_OK);
    assert_int_equal(domid, 2);
    assert_int_equal(libxl_domain_find(*state, "nobody", &domid), LIBXL_NO_DOMAIN);
    assert_string_equal(libxl_error(*state), "There is no domain named 'nobody'.");
    fake.store_errno = EACCES;
    assert_int_equal(libxl_domain_find(*state, "control", &domid), LIBXL_OK);
    assert_int_equal(domid, 1);
    assert_int_equal(libxl_domain_find(*state, "app", &domid), LIBXL_NOT_PERMITTED);
    assert_non_null(strstr(libxl_error(*state), "role control"));
}

static void errors_say_what_matters(void **state)
{
    struct libxl_domain domain;
    assert_int_equal(libxl_domain_pause(*state, 9), LIBXL_NO_DOMAIN);
    assert_string_equal(libxl_error(*state), "Domain '9' does not exist.");
    assert_int_equal(libxl_domain_get(*state, 0x7ff4, &domain), LIBXL_NO_DOMAIN);
    fake.change_error = -EPERM;
    assert_int_equal(libxl_domain_pause(*state, 2), LIBXL_NOT_PERMITTED);
    assert_string_equal(
        libxl_error(*state),
        "Pausing app (domain 2) is not permitted in this domain: it takes the role control.");
    fake.change_error = -EIO;
    assert_int_equal(libxl_domain_destroy(*state, 2), LIBXL_FAILED);
    assert_string_equal(libxl_error(*state),
                        "Destroying app (domain 2) failed: domctl destroydomain of domain 2: "
                        "Input/output error.");
    fake.kernel_refuses = true;
    assert_int_equal(libxl_domain_unpause(*state, 2), LIBXL_KERNEL_REFUSES);
    assert_non_null(strstr(libxl_error(*state), "unrestricted=1"));
    fake.no_device = true;
    assert_int_equal(libxl_domain_unpause(*state, 2), LIBXL_NO_HYPERVISOR);
}

static void wrong_versions_are_named(void **state)
{
    struct libxl_domain *list;
    size_t count;
    fake.sysctl_version = 0x20;
    assert_int_equal(libxl_domain_list(*state, &list, &count), LIBXL_VERSION);
    assert_null(list);
    assert_non_null(strstr(libxl_error(*state), "0x15 to 0x16"));
    assert_non_null(strstr(libxl_error(*state), "4.17"));
}

static void unknown_transport_is_named(void **state)
{
    struct libxl_domain domain;
    setenv("TREFOIL_TRANSPORT", "kernel:broken", 1);
    assert_int_equal(libxl_domain_get(*state, 2, &domain), LIBXL_NO_HYPERVISOR);
    assert_non_null(strstr(libxl_error(*state), "kernel:broken"));
    unsetenv("TREFOIL_TRANSPORT");
}

static void requests_go_through_xenstore(void **state)
{
    assert_int_equal(libxl_domain_request(*state, 2, "poweroff"), LIBXL_OK);
    assert_string_equal(fake_read("/local/domain/2/control/shutdown"), "poweroff");
    assert_int_equal(libxl_domain_request(*state, 0, "poweroff"), LIBXL_UNSUPPORTED);
    for (size_t i = 0; i < FAKE_NODES; i++)
        fake.nodes[i].denied = EACCES;
    assert_int_equal(libxl_domain_request(*state, 2, "poweroff"), LIBXL_NOT_PERMITTED);
}

static void missing_xenstored_is_an_error_of_its_own(void **state)
{
    uint64_t seconds;
    fake.no_store = true;
    assert_int_equal(libxl_domain_request(*state, 2, "poweroff"), LIBXL_NO_XENSTORED);
    assert_non_null(strstr(libxl_error(*state), "xenstored"));
    assert_int_equal(libxl_domain_uptime(*state, 2, &seconds), LIBXL_NO_XENSTORED);
}

static void wait_ends_with_the_domain(void **state)
{
    fake.shutdown_after = 2;
    assert_int_equal(libxl_domain_wait(*state, 2, 0, 30), LIBXL_OK);
    assert_int_equal(libxl_domain_wait(*state, 77, 0, 30), LIBXL_OK);
    assert_int_equal(libxl_domain_wait(*state, 1, 101, 0), LIBXL_TIMEOUT);
    assert_int_equal(libxl_domain_wait(*state, 1, 100, 30), LIBXL_OK);
    fake.look_error = -EPERM;
    assert_int_equal(libxl_domain_wait(*state, 1, 0, 0), LIBXL_NOT_PERMITTED);
}

static void uptime_is_since_the_start(void **state)
{
    uint64_t seconds;
    assert_int_equal(libxl_domain_uptime(*state, 2, &seconds), LIBXL_UNSUPPORTED);
    fake_write("/vm/x/start_time", "1000.00");
    /* As init-dom0less writes it. */
    fake_write("/local/domain/2/vm", "vm/x");
    assert_int_equal(libxl_domain_uptime(*state, 2, &seconds), LIBXL_OK);
    fake_write("/local/domain/2/vm", "/vm/x");
    assert_int_equal(libxl_domain_uptime(*state, 2, &seconds), LIBXL_OK);
    assert_true(seconds > 1000000000);
    fake.domains[2].launch.age = 61999999999;
    assert_int_equal(libxl_domain_uptime(*state, 2, &seconds), LIBXL_OK);
    assert_int_equal(seconds, 61);
    assert_int_equal(libxl_domain_uptime(*state, 1, &seconds), LIBXL_OK);
}

/* What a toolstack wrote on another hypervisor a toolstack removes; what xenstored wrote is not
 * xl's. */
static void destroyed_domains_are_forgotten(void **state)
{
    const char *vm = "/vm/02020202-0202-0202-0202-020202020202";
    memset(fake.domains[2].info.handle, 2, sizeof(fake.domains[2].info.handle));
    fake_write(vm, "");
    fake_write("/local/domain/2", "");
    assert_int_equal(libxl_domain_destroy(*state, 2), LIBXL_OK);
    assert_non_null(fake_read(vm));
    assert_non_null(fake_read("/local/domain/2"));
    fake.domains[2].exists = true;
    fake.has_launch_info = false;
    assert_int_equal(libxl_domain_destroy(*state, 2), LIBXL_OK);
    assert_null(fake_read(vm));
    assert_null(fake_read("/local/domain/2"));
}

static void log_may_be_cleared(void **state)
{
    char *text;
    size_t length;
    assert_int_equal(libxl_log(*state, false, &text, &length), LIBXL_OK);
    assert_string_equal(text, "(XEN) one\n(XEN) two\n");
    assert_int_equal(length, strlen(text));
    assert_false(fake.log_cleared);
    free(text);
    fake.clear_error = -EPERM;
    assert_int_equal(libxl_log(*state, true, &text, &length), LIBXL_NOT_PERMITTED);
    assert_non_null(text);
    assert_non_null(strstr(libxl_error(*state), "Clearing"));
    free(text);
    fake.clear_error = 0;
    assert_int_equal(libxl_log(*state, true, &text, &length), LIBXL_OK);
    assert_true(fake.log_cleared);
    free(text);
}

static void large_logs_are_read_whole(void **state)
{
    size_t size = 300000, length;
    char *big = malloc(size + 1), *text;
    assert_non_null(big);
    memset(big, 'x', size);
    big[size] = '\0';
    fake.log = big;
    assert_int_equal(libxl_log(*state, false, &text, &length), LIBXL_OK);
    assert_int_equal(length, size);
    free(text);
    free(big);
}

static yajl_val parse(char *text)
{
    char error[256];
    assert_non_null(text);
    yajl_val tree = yajl_tree_parse(text, error, sizeof(error));
    assert_non_null(tree);
    free(text);
    return tree;
}

static void json_has_what_scripts_look_for(void **state)
{
    struct libxl_domain *list;
    size_t count;
    assert_int_equal(libxl_domain_list(*state, &list, &count), LIBXL_OK);
    yajl_val tree = parse(libxl_json_array(libxl_domain_fields, list, count, sizeof(*list)));
    assert_true(YAJL_IS_ARRAY(tree));
    assert_int_equal(YAJL_GET_ARRAY(tree)->len, 3);
    yajl_val app = YAJL_GET_ARRAY(tree)->values[2];
    const char *name[] = {"config", "c_info", "name", NULL}, *domid[] = {"domid", NULL};
    const char *uuid[] = {"config", "c_info", "uuid", NULL}, *roles[] = {"roles", NULL};
    const char *blocked[] = {"state", "blocked", NULL}, *after[] = {"ssid", NULL};
    assert_string_equal(YAJL_GET_STRING(yajl_tree_get(app, name, yajl_t_string)), "app");
    assert_int_equal(YAJL_GET_INTEGER(yajl_tree_get(app, domid, yajl_t_number)), 2);
    assert_string_equal(YAJL_GET_STRING(yajl_tree_get(app, uuid, yajl_t_string)),
                        "ab000000-0000-0000-0000-000000000001");
    assert_non_null(yajl_tree_get(app, blocked, yajl_t_true));
    assert_non_null(yajl_tree_get(app, after, yajl_t_number));
    yajl_val hardware = yajl_tree_get(YAJL_GET_ARRAY(tree)->values[0], roles, yajl_t_array);
    assert_int_equal(YAJL_GET_ARRAY(hardware)->len, 2);
    assert_string_equal(YAJL_GET_STRING(YAJL_GET_ARRAY(hardware)->values[1]), "xenstore");
    yajl_tree_free(tree);
    free(list);
}

/* A name with quotes, control characters or no UTF-8 at all still gives valid JSON. */
static void json_survives_odd_names(void **state)
{
    (void)state;
    struct libxl_domain domain = {.name = "a\"b\\c\n\xff"};
    yajl_val tree = parse(libxl_json_object(libxl_domain_fields, &domain));
    const char *name[] = {"config", "c_info", "name", NULL};
    assert_string_equal(YAJL_GET_STRING(yajl_tree_get(tree, name, yajl_t_string)), "a\"b\\c\n?");
    yajl_tree_free(tree);
    memset(domain.name, 'x', sizeof(domain.name));
    tree = parse(libxl_json_object(libxl_domain_fields, &domain));
    const char *long_name = YAJL_GET_STRING(yajl_tree_get(tree, name, yajl_t_string));
    assert_non_null(long_name);
    assert_int_equal(strlen(long_name), sizeof(domain.name));
    yajl_tree_free(tree);
}

static void json_of_vcpus_lists_pcpus(void **state)
{
    struct libxl_vcpu *list;
    size_t count;
    assert_int_equal(libxl_vcpu_list(*state, 2, &list, &count), LIBXL_OK);
    assert_int_equal(count, 2);
    yajl_val tree = parse(libxl_json_array(libxl_vcpu_fields, list, count, sizeof(*list)));
    const char *hard[] = {"affinity_hard", NULL};
    yajl_val map = yajl_tree_get(YAJL_GET_ARRAY(tree)->values[1], hard, yajl_t_array);
    assert_int_equal(YAJL_GET_ARRAY(map)->len, 2);
    yajl_tree_free(tree);
    free(list);
}

static void restarting_depends_on_the_hypervisor(void **state)
{
    fake.domains[0].launch.capabilities = LIBXL_ROLE_HARDWARE;
    assert_false(libxl_can_restart(*state, 0));
    assert_true(libxl_can_restart(*state, 2));
    fake.has_launch_info = false;
    assert_true(libxl_can_restart(*state, 0));
    assert_int_equal(libxl_domain_restart(*state, 2), LIBXL_UNSUPPORTED);
    assert_string_equal(libxl_error(*state), "This hypervisor does not start domains again.");
}

static void restart_is_waited_for(void **state)
{
    uint64_t instance = libxl_domain_instance(*state, 2);
    assert_int_equal(instance, 102);
    fake.restart_after = 2;
    assert_int_equal(libxl_domain_restart(*state, 2), LIBXL_OK);
    assert_int_equal(libxl_domain_wait_restarted(*state, 2, instance, 30), LIBXL_OK);
    assert_int_equal(libxl_domain_instance(*state, 2), 202);
}

static void restart_that_waits_for_others(void **state)
{
    fake.restart_after = 1000;
    assert_int_equal(libxl_domain_restart(*state, 2), LIBXL_OK);
    assert_int_equal(libxl_domain_wait_restarted(*state, 2, 102, 0), LIBXL_TIMEOUT);
    assert_non_null(strstr(libxl_error(*state), "others still hold pages of the old one"));
}

static void restart_that_fails(void **state)
{
    fake.restart_after = 1;
    fake.restart_error = -ENOMEM;
    assert_int_equal(libxl_domain_restart(*state, 2), LIBXL_OK);
    assert_int_equal(libxl_domain_wait_restarted(*state, 2, 102, 30), LIBXL_FAILED);
    assert_string_equal(libxl_error(*state), "Domain 2 has ended and is not started again: Cannot "
                                             "allocate memory; 'xl dmesg' says why.");
}

static void end_that_nothing_follows(void **state)
{
    fake.domains[2].info.flags |= XEN_DOMINF_shutdown;
    fake.domains[2].launch.state = XEN_DOMCTL_TREFOIL_LAUNCH_ENDED;
    assert_int_equal(libxl_domain_wait_restarted(*state, 2, 102, 30), LIBXL_FAILED);
    assert_string_equal(libxl_error(*state),
                        "Domain 2 has ended and is not started again; 'xl dmesg' says why.");
}

static time_t step; /* by which each look at the time of day sets it on */

/* In place of the C library's. */
time_t time(time_t *out)
{
    static time_t now = 2000000000;

    now += step;
    if (out)
        *out = now;
    return now;
}

static void waits_do_not_go_by_the_time_of_day(void **state)
{
    step = 3600;
    fake.shutdown_after = 2;
    assert_int_equal(libxl_domain_wait(*state, 2, 0, 30), LIBXL_OK);
    fake.restart_after = 2;
    assert_int_equal(libxl_domain_restart(*state, 2), LIBXL_OK);
    assert_int_equal(libxl_domain_wait_restarted(*state, 2, 102, 30), LIBXL_OK);
    step = 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_board, close_board)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(list_has_all),
        TEST(shares_are_checked_and_set),
        TEST(many_domains_are_read_in_steps),
        TEST(shutdown_reason_is_read),
        TEST(hypervisor_names_win),
        TEST(names_come_from_xenstore_under_xen),
        TEST(names_are_printable),
        TEST(nameless_domains_get_one),
        TEST(find_takes_names_and_ids),
        TEST(find_works_through_xenstore_alone),
        TEST(errors_say_what_matters),
        TEST(wrong_versions_are_named),
        TEST(unknown_transport_is_named),
        TEST(requests_go_through_xenstore),
        TEST(missing_xenstored_is_an_error_of_its_own),
        TEST(wait_ends_with_the_domain),
        TEST(waits_do_not_go_by_the_time_of_day),
        TEST(uptime_is_since_the_start),
        TEST(destroyed_domains_are_forgotten),
        TEST(log_may_be_cleared),
        TEST(large_logs_are_read_whole),
        TEST(json_has_what_scripts_look_for),
        TEST(json_survives_odd_names),
        TEST(json_of_vcpus_lists_pcpus),
        TEST(restarting_depends_on_the_hypervisor),
        TEST(restart_is_waited_for),
        TEST(restart_that_waits_for_others),
        TEST(restart_that_fails),
        TEST(end_that_nothing_follows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
