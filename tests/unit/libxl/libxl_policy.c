/* SPDX-License-Identifier: MIT */
/* xl policy: the table, and decisions explained. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <yajl/yajl_tree.h>

#include <trefoil/policy.h>

#include "libxl_fake.h"
#include "libxl_run.h"

static struct run run;

static void policy_table_is_the_one_in_force(void **state)
{
    (void)state;
    prints(&run, "policy domctl_pausedomain XEN_SYSCTL_readconsole evtchn_bind_virq_dom_exc",
           "Policy: split\n"
           "Operation                              Kind        Target  Self     Control            "
           "   Hardware  "
           "            Xenstore              Device model\n"
           "evtchn_bind_virq_dom_exc               read        machine no       no                 "
           "   no        "
           "            yes                   no\n"
           "domctl_pausedomain                     change      domain  no       any                "
           "   no        "
           "            no                    no\n"
           "sysctl_readconsole                     read        machine no       yes                "
           "   yes       "
           "            no                    no\n");
    fake.domains[1].launch.policy = XEN_DOMCTL_TREFOIL_POLICY_SILO;
    run_xl(&run, "policy");
    assert_int_equal(strncmp(run.out, "Policy: silo\n", 13), 0);
    fails(&run, "policy -p flask", 1,
          "There is no policy 'flask': dummy, silo and split are those known.\n");
    fails(&run, "policy nonsense*", 1, "No operation is called so; 'xl policy' lists all.\n");
    fake.has_launch_info = false;
    fails(&run, "policy", 1,
          "The hypervisor does not say which policy is in force; name one with -p.\n");
}

static void policy_has_json(void **state)
{
    (void)state;
    static char error[128];
    const char *operation[] = {"operation", NULL}, *control[] = {"control", NULL};
    run_xl(&run, "policy --json");
    assert_int_equal(run.status, 0);
    yajl_val tree = yajl_tree_parse(run.out, error, sizeof(error));
    assert_non_null(tree);
    assert_int_equal(YAJL_GET_ARRAY(tree)->len, OP_COUNT);
    yajl_tree_free(tree);
    run_xl(&run, "policy -j domctl_pausedomain");
    tree = yajl_tree_parse(run.out, error, sizeof(error));
    assert_non_null(tree);
    yajl_val row = YAJL_GET_ARRAY(tree)->values[0];
    assert_string_equal(YAJL_GET_STRING(yajl_tree_get(row, operation, yajl_t_string)),
                        "domctl_pausedomain");
    assert_string_equal(YAJL_GET_STRING(yajl_tree_get(row, control, yajl_t_string)), "any");
    yajl_tree_free(tree);
}

/* Runs xl policy -w. */
static void why(const char *arguments, int status, const char *part)
{
    char line[256];
    snprintf(line, sizeof(line), "policy -w %s", arguments);
    run_xl(&run, line);
    if (!strstr(run.out, part) && !strstr(run.err, part))
        fail_msg("'%s' is not in:\n%s%s", part, run.out, run.err);
    assert_int_equal(run.status, status);
}

static void policy_explains_with_names(void **state)
{
    (void)state;
    why("control domctl_pausedomain app", 0,
        "ALLOWED: XEN_DOMCTL_pausedomain (domctl_pausedomain, change), policy split\n"
        "Subject: control (domain 1); roles: control\n"
        "Target: app (domain 2); roles: -; to the subject it is another domain\n");
    why("0 XEN_DOMCTL_pausedomain 2", 3, "DENIED");
    why("hardware domctl_pausedomain app", 3, "Each of these roles alone is allowed it: control\n");
    why("app evtchn_bind_interdomain guest", 3,
        "It is allowed if the device tree declares the two to be peers.\n");
    why("device-model dm_create_ioreq_server guest", 3, "device model.\n");
    why("app domctl_getdomaininfo 9", 3,
        "Target: domain 9, which does not exist; roles: -; to the subject it is no "
        "such domain\n");
    why("app domctl_trefoil_launch_info self", 0, "to the subject it is itself\n");
    why("app domctl_trefoil_launch_info app", 0, "to the subject it is itself\n");
    why("control+device-model sysctl_physinfo", 0, "Target: the machine\n");
    why("control domctl_pausedomain guest+untargetable", 3, "an untargetable domain");
    why("-p dummy device-model domctl_getdomaininfo app", 0, "policy dummy");
}

static void policy_explanations_can_be_wrong_questions(void **state)
{
    (void)state;
    why("control", 2, "takes a subject, an operation");
    why("control nonsense app", 1, "There is no operation 'nonsense'");
    why("nobody domctl_pausedomain app", 1, "neither a domain that can be seen nor a set of roles");
    why("17 domctl_pausedomain app", 1, "Domain '17' does not exist.");
    why("control domctl_pausedomain", 2, "has a target: name it");
    why("control sysctl_physinfo app", 2, "has no target");
    why("control domctl_pausedomain nobody", 2, "neither a domain");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(policy_table_is_the_one_in_force, board),
        cmocka_unit_test_setup(policy_has_json, board),
        cmocka_unit_test_setup(policy_explains_with_names, board),
        cmocka_unit_test_setup(policy_explanations_can_be_wrong_questions, board),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
