/* SPDX-License-Identifier: MIT */
/* xl policy: the table, and decisions explained. */
#include <errno.h>
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
    fails(&run, "policy nonsense*", 1,
          "There is no operation 'nonsense*'; 'xl policy' lists all.\n");
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
    why("device-model dm_map_io_range guest", 3, "device model.\n");
    why("-p dummy device-model dm_map_io_range app", 0, "ALLOWED");
    why("app domctl_getdomaininfo 9", 3,
        "Target: domain 9, which does not exist; roles: -; to the subject it is no "
        "such domain\n");
    why("app domctl_trefoil_launch_info self", 0, "to the subject it is itself\n");
    why("app domctl_trefoil_launch_info app", 0, "to the subject it is itself\n");
    why("control+device-model sysctl_physinfo", 0, "Target: the machine\n");
    why("control domctl_pausedomain guest+untargetable", 3, "an untargetable domain");
    why("-p dummy device-model domctl_getdomaininfo app", 0, "policy dummy");
}

/* What the tree declares of two domains is in the verdict. */
static void policy_knows_what_is_declared(void **state)
{
    (void)state;
    fake_add_domain(3, "sensor", 0);
    why("app grant_map sensor", 3, "to the subject it is another domain\n");
    fake.domains[2].ties[3] = fake.domains[3].ties[2] = XEN_DOMCTL_TREFOIL_TIE_PEER;
    why("app grant_map sensor", 0, "to the subject it is a declared peer\n");
    why("sensor evtchn_bind_interdomain app", 0, "ALLOWED");
    why("app domctl_pausedomain sensor", 3, "DENIED");

    fake_add_domain(4, "model", XEN_DOMINF_device_model);
    fake.domains[4].launch.capabilities = XEN_DOMCTL_GETDOMSTATE_CAP_DEVICE_MODEL;
    why("model memory_foreign_map app", 3, "DENIED");
    fake.domains[4].ties[2] = XEN_DOMCTL_TREFOIL_TIE_TARGET;
    why("model memory_foreign_map app", 0, "to the subject it is its own target\n");
    why("app grant_map model", 0, "to the subject it is a declared peer\n");
    /* Without the role it makes no peer of a plain guest. */
    fake.domains[3].ties[0] = XEN_DOMCTL_TREFOIL_TIE_TARGET;
    fake.domains[2].ties[3] = fake.domains[3].ties[2] = 0;
    fake.domains[3].ties[2] = XEN_DOMCTL_TREFOIL_TIE_TARGET;
    why("app grant_map sensor", 3, "DENIED");
    /* Xen does not say. */
    fake.has_launch_info = false;
    why("-p split 2 grant_map 4", 3, "another domain");
}

static void policy_counts_event_channels(void **state)
{
    (void)state;
    fake_add_domain(3, "sensor", 0);
    why("app evtchn_send sensor", 3, "No event channel joins the two");
    why("app evtchn_send", 0, "Target: itself\n");
    why("app evtchn_send self", 0, "ALLOWED");
    fake.domains[2].ports[10] = (struct fake_port){.remote = 3, .remote_port = 11};
    why("app evtchn_send sensor", 0, "They are joined by 1 event channel,");
    why("app evtchn_bind_interdomain sensor", 3, "They are joined by 1 event channel,");
    why("-j app evtchn_send sensor", 0, "\"channels\": 1");
    fake.event_error = -EPERM;
    why("app evtchn_send sensor", 3, "DENIED");
}

static void policy_finds_operations_by_part_and_wildcard(void **state)
{
    (void)state;
    why("control pausedomain app", 0, "(domctl_pausedomain, change)");
    why("control Xen_Domctl_PauseDomain app", 0, "(domctl_pausedomain, change)");
    prints(&run, "policy -w control domctl_*pausedomain app",
           "ALLOWED domctl_pausedomain\nALLOWED domctl_unpausedomain\n");
    why("hardware domctl_* app", 3, "DENIED  domctl_pausedomain\n");
    why("control sysctl_cpupool_*", 0, "ALLOWED sysctl_cpupool_info (the caller itself");
    why("control domctl_*pausedomain", 2, "has a target: name it");
    why("-j control domctl_*pausedomain app", 0, "\"operation\": \"domctl_unpausedomain\"");
    why("control pausedom app", 1,
        "There is no operation 'pausedom'; there is domctl_pausedomain, domctl_unpausedomain.");
    why("control domctl_pausedomian app", 1, "there is domctl_pausedomain");
    why("control domctl app", 1, "and more.");
}

/* Runs xl policy --can. */
static void can(const char *arguments, int status, const char *part)
{
    char line[256];
    snprintf(line, sizeof(line), "policy --can %s", arguments);
    run_xl(&run, line);
    if (!strstr(run.out, part) && !strstr(run.err, part))
        fail_msg("'%s' is not in:\n%s%s", part, run.out, run.err);
    assert_int_equal(run.status, status);
}

static void policy_answers_plain_words(void **state)
{
    (void)state;
    fake_add_domain(3, "sensor", 0);
    can("hardware read app", 0,
        "YES: hardware (domain 0) can read memory of app (domain 2), under the policy split\n"
        "  no   all of it, without its consent: XENMEM_add_to_physmap of XENMAPSPACE_gmfn_foreign\n"
        "  yes  pages that it grants, mapped: GNTTABOP_map_grant_ref\n"
        "  yes  pages that it grants, copied: GNTTABOP_copy\n"
        "  yes  all of it, by DMA of a device: there is no IOMMU driver\n");
    can("control read app", 0, "  yes  all of it, without its consent");
    can("control write app", 0, "Not counted: a device that the device tree passes to it");
    can("app talk sensor", 3, "NO: app (domain 2) cannot talk with sensor (domain 3)");
    fake.domains[2].ports[3] = (struct fake_port){.remote = 3, .remote_port = 4};
    can("app talk sensor", 0, "  yes  events, over a channel that there is");
    fake.domains[2].ports[3].remote_port = 0;
    fake.domains[2].ties[3] = fake.domains[3].ties[2] = XEN_DOMCTL_TREFOIL_TIE_PEER;
    can("app talk sensor", 0, "  yes  data, in pages that the other grants");
    can("control talk hardware", 0, "  yes  events, over a channel that it offers the other");
    can("app see sensor", 3, "NO");
    can("control see app", 0, "YES");
    can("control restart app", 0, "YES");
    can("guest destroy control", 3, "NO: a domain that is guest cannot destroy control (domain 1)");
    can("-j hardware read app", 0, "\"allowed\": true");
}

/* app and sensor share two regions, and have nothing else in common. */
static void policy_knows_shared_memory(void **state)
{
    (void)state;
    fake_add_domain(3, "sensor", 0);
    for (unsigned int i = 0; i < 2; i++) {
        struct xen_domctl_trefoil_shared_memory share = {.size = 4096};
        snprintf(share.id, sizeof(share.id), "%s", i ? "rings" : "frames");
        share.domain = 2;
        fake.domains[2].shares[2 * i] = fake.domains[3].shares[2 * i] = share;
        share.domain = 3;
        fake.domains[2].shares[2 * i + 1] = fake.domains[3].shares[2 * i + 1] = share;
    }
    can("app talk sensor", 0, "  yes  what both have, by shared memory frames, rings\n");
    can("app write sensor", 0, "YES: app (domain 2) can write");
    can("-j app read sensor", 0, "\"way\": \"what both have, by shared memory frames, rings\"");
    can("app see sensor", 3, "NO");
    why("app grant_map sensor", 3,
        "They share memory by the device tree's word, which no row is about: frames, rings.\n");
    why("-j app evtchn_send sensor", 3, "\"shared_memory\": \"frames, rings\"");
    can("app talk control", 3, "NO");
    run_xl(&run, "policy --can app talk control");
    assert_null(strstr(run.out, "shared memory"));
    /* Who may not look gets an answer without it. */
    fake.share_look_error = -EPERM;
    can("app talk sensor", 3, "NO");
}

static void policy_questions_can_be_wrong(void **state)
{
    (void)state;
    can("hardware read", 2, "A question is a subject, a verb and a target");
    can("hardware eat app", 2,
        "'eat' is no verb that is known: read, write, talk, see, pause, destroy, restart.");
    can("hardware read 17", 1, "Domain '17' does not exist.");
    can("17 read hardware", 1, "Domain '17' does not exist.");
    can("nobody read hardware", 1, "neither a domain");
}

/* What --help and the error list are the verbs that there are. */
static void policy_verbs_are_those_listed(void **state)
{
    char line[64];
    (void)state;
#define VERB(word, verb, what)                                                                     \
    run_xl(&run, "policy -c nobody eat app");                                                      \
    assert_non_null(strstr(run.err, #word));                                                       \
    snprintf(line, sizeof(line), "-p dummy control " #word " app");                                \
    can(line, 0, "YES");
#include "../../../xl/policy/can.def"
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
        cmocka_unit_test_setup(policy_knows_what_is_declared, board),
        cmocka_unit_test_setup(policy_counts_event_channels, board),
        cmocka_unit_test_setup(policy_finds_operations_by_part_and_wildcard, board),
        cmocka_unit_test_setup(policy_answers_plain_words, board),
        cmocka_unit_test_setup(policy_knows_shared_memory, board),
        cmocka_unit_test_setup(policy_questions_can_be_wrong, board),
        cmocka_unit_test_setup(policy_verbs_are_those_listed, board),
        cmocka_unit_test_setup(policy_explanations_can_be_wrong_questions, board),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
