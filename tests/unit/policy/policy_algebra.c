/* SPDX-License-Identifier: MIT */
/* What holds of all three policies, whatever their rows say: walked over the whole space. */
#include "policy_space.h"

static bool relation_fits(enum policy_target target, enum policy_relation relation)
{
    switch (target) {
    case TARGET_itself: return relation == RELATION_SELF;
    case TARGET_system: return relation == RELATION_SYSTEM;
    default: return relation != RELATION_SYSTEM;
    }
}

static void visit_fit(const struct question *q)
{
    if (!relation_fits(policy_operation_target(q->operation), q->relation))
        expect(q, false);
}

static void a_relation_that_the_row_cannot_have_is_denied(void **state)
{
    (void)state;
    walk_all(visit_fit);
}

/* Allowed to a set of roles iff allowed to one of them; a domain without roles stands for itself.
 */
static void visit_union_of_subject(const struct question *q)
{
    struct question single = *q;
    bool allowed = false;

    if ((q->subject & ROLE_MASK) == 0)
        return;
    FOR_EACH_SINGLE_ROLE(role)
    {
        single.subject = role;
        if ((q->subject & role) != 0 && ask(&single))
            allowed = true;
    }
    expect(q, allowed);
}

static void allowed_to_a_set_iff_to_one_of_it(void **state)
{
    (void)state;
    walk_all(visit_union_of_subject);
}

static void visit_union_of_target(const struct question *q)
{
    struct question single = *q;
    bool allowed = false;

    if ((q->target & ROLE_MASK) == 0)
        return;
    FOR_EACH_SINGLE_ROLE(role)
    {
        single.target = role;
        if ((q->target & role) != 0 && ask(&single))
            allowed = true;
    }
    expect(q, allowed);
}

static void reaches_a_set_iff_it_reaches_one_of_it(void **state)
{
    (void)state;
    walk_all(visit_union_of_target);
}

static void visit_untargetable_bit(const struct question *q)
{
    struct question without = *q;

    without.subject &= ROLE_MASK;
    without.target &= ROLE_MASK;
    expect(q, ask(&without));
}

/* Being untargetable is a relation; as a role it gives nothing. */
static void untargetable_is_no_authority(void **state)
{
    (void)state;
    walk_all(visit_untargetable_bit);
}

static void visit_target_roles(const struct question *q)
{
    struct question plain = *q;

    plain.target = 0;
    if (!joins_two_domains(q->operation) || !between_two_domains(q->relation))
        expect(q, ask(&plain));
}

static void roles_of_the_target_count_for_pairs_only(void **state)
{
    (void)state;
    walk_all(visit_target_roles);
}

static void visit_untargetable(const struct question *q)
{
    if (q->relation == RELATION_UNTARGETABLE && policy_operation_kind(q->operation) == KIND_change)
        expect(q, false);
}

static void nobody_changes_an_untargetable_domain(void **state)
{
    (void)state;
    walk_all(visit_untargetable);
}

/* What may be done to an untargetable domain may be done to any other. */
static void visit_untargetable_is_stricter(const struct question *q)
{
    struct question other = *q;

    other.relation = RELATION_OTHER;
    if (q->relation == RELATION_UNTARGETABLE && ask(q))
        expect(&other, true);
}

static void untargetable_only_takes_away(void **state)
{
    (void)state;
    walk_all(visit_untargetable_is_stricter);
}

/* A declared pair or a target of one's own is never worth less than a stranger. */
static void visit_closer(const struct question *q)
{
    struct question other = *q;

    other.relation = RELATION_OTHER;
    if ((q->relation == RELATION_PEER || q->relation == RELATION_OWN_TARGET) && ask(&other))
        expect(q, true);
}

static void closer_relations_only_add(void **state)
{
    (void)state;
    walk_all(visit_closer);
}

static void visit_unknown(const struct question *q)
{
    struct question look = *q;

    if (q->relation != RELATION_UNKNOWN || policy_operation_target(q->operation) != TARGET_domain)
        return;
    look.operation = OP_domctl_getdomaininfo;
    look.relation = RELATION_OTHER;
    expect(q, ask(&look));
}

static void only_those_who_may_look_learn_that_a_domain_is_unknown(void **state)
{
    (void)state;
    walk_all(visit_unknown);
}

static void visit_single_strangers(const struct question *q)
{
    if (q->relation != RELATION_OTHER && q->relation != RELATION_UNTARGETABLE)
        return;
    if (policy_operation_kind(q->operation) != KIND_change)
        return;
    /* The wide device model of dummy and silo is that of the series; the split's is not. */
    if ((q->subject & ROLE_CONTROL) == 0 &&
        (q->policy == POLICY_SPLIT || (q->subject & ROLE_DEVICE_MODEL) == 0))
        expect(q, false);
}

/* So nothing that hardware or xenstore alone may do changes another domain. */
static void without_control_no_stranger_is_changed(void **state)
{
    (void)state;
    walk_all(visit_single_strangers);
}

/* What an unmodified guest does with itself, under every policy and whatever its roles. */
static void every_domain_has_what_a_guest_needs(void **state)
{
    static const enum policy_operation needed[] = {
        OP_xen_version_version,
        OP_xen_version_get_features,
        OP_memory_add_to_physmap,
        OP_memory_remove_from_physmap,
        OP_memory_decrease_reservation,
        OP_memory_populate_physmap,
        OP_hvm_get_param,
        OP_hvm_set_param,
        OP_vcpu_register_vcpu_info,
        OP_vcpu_register_runstate_memory_area,
        OP_evtchn_send,
        OP_evtchn_bind_virq,
        OP_evtchn_bind_ipi,
        OP_evtchn_bind_vcpu,
        OP_evtchn_close,
        OP_evtchn_unmask,
        OP_evtchn_status,
        OP_grant_query_size,
        OP_grant_setup_table,
        OP_grant_set_version,
        OP_grant_unmap,
        OP_sched_yield,
        OP_sched_poll,
        OP_sched_shutdown,
        OP_multicall,
        OP_vm_assist,
        OP_console_io_write,
        OP_psci_cpu_on,
        OP_psci_system_off,
    };

    (void)state;
    FOR_EACH_POLICY(policy)
    {
        FOR_EACH_ROLE_SET(roles)
        {
            for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
                struct question q = {policy, needed[i], roles, roles, RELATION_SELF};

                expect(&q, true);
            }
        }
    }
}

/* What is worked out once for a domain says the same as asking each time. */
static void check_others(const struct policy_rights *rights, struct question q)
{
    for (q.target = 0; q.target < ROLE_SETS; q.target++) {
        for (unsigned int ties = 0; ties < TIE_SETS; ties++) {
            q.relation = policy_relate((struct policy_facts){
                .exists = true,
                .untargetable = q.target & ROLE_UNTARGETABLE,
                .own_target = ties & TIE_TARGET,
                .peer = ties & TIE_PEER,
            });
            expect(&q, policy_reaches(rights, q.operation, ties, q.target));
        }
    }
}

static void check_rights(enum policy_id policy, uint32_t roles)
{
    struct policy_rights rights;

    memset(&rights, 0xa5, sizeof(rights));
    policy_work_out(policy, roles, &rights);
    FOR_EACH_OPERATION(op)
    {
        struct question q = {policy, op, roles, roles, RELATION_SELF};

        expect(&q, rights.alone[op] & RIGHT_ON_ITSELF);
        q.relation = RELATION_SYSTEM;
        expect(&q, rights.alone[op] & RIGHT_ON_SYSTEM);
        q.relation = RELATION_UNKNOWN;
        expect(&q, rights.alone[op] & RIGHT_ON_UNKNOWN);
        check_others(&rights, q);
    }
}

static void rights_are_decisions_made_before(void **state)
{
    (void)state;
    FOR_EACH_POLICY(policy)
    FOR_EACH_ROLE_SET(roles)
    check_rights(policy, roles);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_relation_that_the_row_cannot_have_is_denied),
        cmocka_unit_test(allowed_to_a_set_iff_to_one_of_it),
        cmocka_unit_test(reaches_a_set_iff_it_reaches_one_of_it),
        cmocka_unit_test(untargetable_is_no_authority),
        cmocka_unit_test(roles_of_the_target_count_for_pairs_only),
        cmocka_unit_test(nobody_changes_an_untargetable_domain),
        cmocka_unit_test(untargetable_only_takes_away),
        cmocka_unit_test(closer_relations_only_add),
        cmocka_unit_test(only_those_who_may_look_learn_that_a_domain_is_unknown),
        cmocka_unit_test(without_control_no_stranger_is_changed),
        cmocka_unit_test(every_domain_has_what_a_guest_needs),
        cmocka_unit_test(rights_are_decisions_made_before),
    };

    return cmocka_run_group_tests_name("policy_algebra", tests, NULL, NULL);
}
