/* SPDX-License-Identifier: MIT */
/* Names, relations, and what is said about a denial. */
#include "policy_space.h"

#include "hypervisor/policy/describe.h"

static void policies_have_names(void **state)
{
    enum policy_id policy = POLICY_SILO;

    (void)state;
    FOR_EACH_POLICY(id)
    {
        assert_true(policy_from_name(policy_name(id), &policy));
        assert_int_equal(policy, id);
    }
    policy = POLICY_SILO;
    assert_false(policy_from_name("", &policy));
    assert_false(policy_from_name("spli", &policy));
    assert_false(policy_from_name("splits", &policy));
    assert_false(policy_from_name("flask", &policy));
    assert_int_equal(policy, POLICY_SILO);
    assert_int_equal(POLICY_DEFAULT, POLICY_SPLIT);
}

static void operations_have_names_of_their_own(void **state)
{
    (void)state;
    FOR_EACH_OPERATION(operation)
    {
        const struct policy_row *row = policy_row(operation);

        assert_string_equal(row->name, policy_operation_name(operation));
        assert_int_equal(policy_operation_from_name(row->name), operation);
        assert_int_equal(policy_operation_from_name(row->abi), operation);
        assert_true(strlen(row->why) > 3);
    }
    assert_int_equal(policy_operation_from_name("no such"), OP_COUNT);
    assert_string_equal(policy_operation_name(OP_domctl_pausedomain), "domctl_pausedomain");
    assert_int_equal(policy_operation_from_name("XEN_DOMCTL_pausedomain"), OP_domctl_pausedomain);
}

static void roles_have_names(void **state)
{
    (void)state;
    assert_string_equal(policy_role_name(ROLE_CONTROL), "control");
    assert_string_equal(policy_role_name(ROLE_HARDWARE), "hardware");
    assert_string_equal(policy_role_name(ROLE_XENSTORE), "xenstore");
    assert_string_equal(policy_role_name(ROLE_DEVICE_MODEL), "device model");
    assert_string_equal(policy_role_name(ROLE_UNTARGETABLE), "untargetable");
    assert_string_equal(policy_role_name(0), "?");
    assert_string_equal(policy_role_name(ROLE_CONTROL | ROLE_HARDWARE), "?");
    assert_string_equal(policy_role_name(32), "?");
}

/* Each fact wins over those after it, alone or with all of them. */
static void the_first_fact_that_holds_is_the_relation(void **state)
{
    static const struct {
        struct policy_facts facts;
        enum policy_relation relation;
    } cases[] = {
        {{false, false, false, false, false}, RELATION_UNKNOWN},
        {{false, true, true, true, true}, RELATION_UNKNOWN},
        {{true, true, false, false, false}, RELATION_SELF},
        {{true, true, true, true, true}, RELATION_SELF},
        {{true, false, true, false, false}, RELATION_UNTARGETABLE},
        {{true, false, true, true, true}, RELATION_UNTARGETABLE},
        {{true, false, false, true, false}, RELATION_OWN_TARGET},
        {{true, false, false, true, true}, RELATION_OWN_TARGET},
        {{true, false, false, false, true}, RELATION_PEER},
        {{true, false, false, false, false}, RELATION_OTHER},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(policy_relate(cases[i].facts), cases[i].relation);
}

static void sufficient_roles_are_those_that_would_do(void **state)
{
    (void)state;
    assert_int_equal(
        policy_sufficient_roles(POLICY_SPLIT, OP_domctl_pausedomain, 0, RELATION_OTHER),
        ROLE_CONTROL);
    assert_int_equal(
        policy_sufficient_roles(POLICY_SPLIT, OP_sysctl_readconsole, 0, RELATION_SYSTEM),
        ROLE_CONTROL | ROLE_HARDWARE);
    assert_int_equal(
        policy_sufficient_roles(POLICY_SPLIT, OP_memory_foreign_map, 0, RELATION_OWN_TARGET),
        ROLE_CONTROL | ROLE_DEVICE_MODEL);
    assert_int_equal(
        policy_sufficient_roles(POLICY_SPLIT, OP_domctl_pausedomain, 0, RELATION_UNTARGETABLE), 0);
    assert_int_equal(policy_sufficient_roles(POLICY_SILO, OP_grant_map, 0, RELATION_OTHER),
                     ROLE_CONTROL | ROLE_HARDWARE | ROLE_XENSTORE);
    assert_int_equal(
        policy_sufficient_roles(POLICY_SPLIT, OP_grant_map, ROLE_HARDWARE, RELATION_OTHER),
        ROLE_XENSTORE | ROLE_DEVICE_MODEL);
}

static const char *cell(enum policy_operation operation, enum policy_column column)
{
    static char text[128];

    return policy_cell_text(POLICY_SPLIT, operation, column, text, sizeof(text));
}

static void cells_are_put_in_words(void **state)
{
    char text[8];

    (void)state;
    assert_string_equal(cell(OP_domctl_pausedomain, COLUMN_SELF), "no");
    assert_string_equal(cell(OP_domctl_pausedomain, COLUMN_CONTROL), "any");
    assert_string_equal(cell(OP_domctl_getdomaininfo, COLUMN_CONTROL), "any, untargetable too");
    assert_string_equal(cell(OP_domctl_getdomaininfo, COLUMN_DEVICE_MODEL), "own targets");
    assert_string_equal(cell(OP_sysctl_physinfo, COLUMN_HARDWARE), "yes");
    assert_string_equal(cell(OP_sysctl_physinfo, COLUMN_XENSTORE), "no");
    assert_string_equal(cell(OP_evtchn_send, COLUMN_SELF), "itself");
    assert_string_equal(cell(OP_grant_transfer, COLUMN_CONTROL), "nobody");
    assert_string_equal(cell(OP_grant_map, COLUMN_CONTROL), "xenstore, declared peers");
    assert_string_equal(cell(OP_grant_map, COLUMN_XENSTORE), "anyone");
    assert_string_equal(cell(OP_grant_map, COLUMN_DEVICE_MODEL),
                        "hardware, xenstore, own targets, declared peers");
    assert_string_equal(
        policy_cell_text(POLICY_DUMMY, OP_hvm_set_param, COLUMN_SELF, text, sizeof(text)),
        "itself,");
}

/* A cell's words and the decision say the same. */
static void words_agree_with_decisions(void **state)
{
    static const uint32_t roles[] = {[COLUMN_SELF] = 0,
                                     [COLUMN_CONTROL] = ROLE_CONTROL,
                                     [COLUMN_HARDWARE] = ROLE_HARDWARE,
                                     [COLUMN_XENSTORE] = ROLE_XENSTORE,
                                     [COLUMN_DEVICE_MODEL] = ROLE_DEVICE_MODEL};
    char text[128];

    (void)state;
    FOR_EACH_OPERATION(operation)
    {
        if (policy_row(operation)->pair || policy_operation_target(operation) != TARGET_domain)
            continue;
        FOR_EACH_POLICY(policy)
        {
            for (enum policy_column column = 0; column < COLUMN_COUNT; column++) {
                const char *words = policy_cell_text(policy, operation, column, text, sizeof(text));
                bool other = policy_decide(policy, operation, roles[column], 0, RELATION_OTHER);
                bool seen =
                    policy_decide(policy, operation, roles[column], 0, RELATION_UNTARGETABLE);

                assert_int_equal(other, strncmp(words, "any", 3) == 0);
                assert_int_equal(seen, strstr(words, "untargetable") != NULL);
            }
        }
    }
}

static void items_are_the_rows_in_order(void **state)
{
    size_t count, rows = 0;
    const struct policy_item *items = policy_items(&count);

    (void)state;
    assert_non_null(items[0].heading);
    for (size_t i = 0; i < count; i++) {
        if (items[i].heading == NULL)
            assert_int_equal(items[i].operation, rows++);
        else
            assert_int_equal(items[i].operation, OP_COUNT);
    }
    assert_int_equal(rows, OP_COUNT);
}

static void the_other_names(void **state)
{
    (void)state;
    assert_string_equal(policy_column_name(COLUMN_DEVICE_MODEL), "device model");
    assert_string_equal(policy_kind_name(KIND_communicate), "communicate");
    assert_string_equal(policy_target_name(TARGET_system), "machine");
    assert_string_equal(policy_relation_name(RELATION_OWN_TARGET), "its own target");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_have_names),
        cmocka_unit_test(operations_have_names_of_their_own),
        cmocka_unit_test(roles_have_names),
        cmocka_unit_test(the_first_fact_that_holds_is_the_relation),
        cmocka_unit_test(sufficient_roles_are_those_that_would_do),
        cmocka_unit_test(cells_are_put_in_words),
        cmocka_unit_test(words_agree_with_decisions),
        cmocka_unit_test(items_are_the_rows_in_order),
        cmocka_unit_test(the_other_names),
    };

    return cmocka_run_group_tests_name("policy_names", tests, NULL, NULL);
}
