/* SPDX-License-Identifier: MIT */
/*
 * The policies dummy and silo, stated as the public series of June 2025 states them: each operation
 * has a class, and the class says who may. Classes are given by lists and by name; what no list
 * names is privileged.
 */
#include "policy_space.h"

/* XSM_HW_PRIV in the series: hardware, and control too. */
static const enum policy_operation hardware_too[] = {
    OP_sysctl_readconsole,      OP_sysctl_readconsole_clear,  OP_sysctl_physinfo,
    OP_sysctl_trefoil_cpu_note, OP_evtchn_bind_virq_con_ring, OP_evtchn_bind_virq_global,
    OP_evtchn_bind_pirq,        OP_sysctl_trefoil_events,     OP_evtchn_bind_virq_events,
};

/* XSM_TARGET: oneself, one's target, control; and in the series every device model. */
static const enum policy_operation target_class[] = {
    OP_evtchn_alloc_unbound_foreign,
    OP_evtchn_status,
    OP_evtchn_reset,
    OP_grant_setup_table,
    OP_grant_query_size,
    OP_grant_get_version,
    OP_memory_increase_reservation,
    OP_memory_decrease_reservation,
    OP_memory_populate_physmap,
    OP_memory_exchange,
    OP_memory_current_reservation,
    OP_memory_maximum_reservation,
    OP_memory_maximum_gpfn,
    OP_memory_get_vnumainfo,
    OP_memory_add_to_physmap,
    OP_memory_remove_from_physmap,
    OP_memory_foreign_map,
    OP_memory_set_memory_map,
    OP_hvm_set_param,
    OP_hvm_get_param,
};

/* XSM_XS_PRIV: xenstore besides. */
static const enum policy_operation xenstore_class[] = {OP_domctl_getdomaininfo,
                                                       OP_domctl_get_domain_state};

/* XSM_DM_PRIV: one's target, control, device models. Besides all that begins with dm_. */
static const enum policy_operation device_model_class[] = {
    OP_memory_acquire_ioreq_server,
    OP_memory_acquire_grant_table,
    OP_memory_acquire_vmtrace,
    OP_memory_access_op,
    OP_memory_paging_op,
    OP_memory_sharing_op,
    OP_sched_remote_shutdown,
    OP_domctl_memory_mapping,
    OP_domctl_bind_pt_irq,
    OP_physdev_map_pirq,
    OP_physdev_unmap_pirq,
};

/* Not in the series' classes: each has its own rule below. */
static const enum policy_operation special[] = {
    OP_domctl_trefoil_launch_info,
    OP_domctl_trefoil_shared_memory,
    OP_memory_map_dev_mmio,
    OP_evtchn_bind_virq_dom_exc,
    OP_domctl_get_domain_state_changed,
    OP_memory_reserved_device_memory_map,
    OP_machine_firmware,
};

static bool is_hardware_class(enum policy_operation operation)
{
    return ONE_OF(operation, hardware_too) || named(operation, "platform_") ||
           named(operation, "physdev_");
}

static bool is_device_model_class(enum policy_operation operation)
{
    return ONE_OF(operation, device_model_class) || named(operation, "dm_");
}

static bool dummy_allows_on_the_machine(enum policy_operation operation, uint32_t subject)
{
    return (subject & ROLE_CONTROL) != 0 ||
           (is_hardware_class(operation) && (subject & ROLE_HARDWARE) != 0);
}

/* Who may, beside the one whose target it is. */
static uint32_t roles_of_class(enum policy_operation operation)
{
    if (ONE_OF(operation, xenstore_class))
        return ROLE_CONTROL | ROLE_XENSTORE | ROLE_DEVICE_MODEL;
    if (ONE_OF(operation, target_class) || is_device_model_class(operation))
        return ROLE_CONTROL | ROLE_DEVICE_MODEL;
    return ROLE_CONTROL;
}

static bool target_is_enough(enum policy_operation operation)
{
    return ONE_OF(operation, target_class) || ONE_OF(operation, xenstore_class) ||
           is_device_model_class(operation);
}

static bool dummy_allows_on_a_domain(const struct question *q)
{
    switch (q->relation) {
    case RELATION_UNKNOWN:
        return (q->subject & (ROLE_CONTROL | ROLE_XENSTORE | ROLE_DEVICE_MODEL)) != 0;
    case RELATION_SELF:
        if (ONE_OF(q->operation, target_class))
            return true;
        break;
    case RELATION_OWN_TARGET:
        if (target_is_enough(q->operation))
            return true;
        break;
    case RELATION_UNTARGETABLE:
        if (policy_operation_kind(q->operation) == KIND_change)
            return false;
        /* control reads these, and a read that gives more than a look stops there */
        if (q->operation == OP_domctl_getvcpucontext || q->operation == OP_domctl_getpageframeinfo3)
            return false;
        break;
    default: break;
    }
    return (q->subject & roles_of_class(q->operation)) != 0;
}

static bool dummy_allows(const struct question *q)
{
    switch (policy_operation_target(q->operation)) {
    case TARGET_itself: return q->relation == RELATION_SELF;
    case TARGET_system:
        return q->relation == RELATION_SYSTEM &&
               dummy_allows_on_the_machine(q->operation, q->subject);
    default: return q->relation != RELATION_SYSTEM && dummy_allows_on_a_domain(q);
    }
}

static void visit_classes(const struct question *q)
{
    if (q->policy == POLICY_SPLIT || joins_two_domains(q->operation) ||
        ONE_OF(q->operation, special))
        return;
    expect(q, dummy_allows(q));
}

static void dummy_and_silo_go_by_the_classes(void **state)
{
    (void)state;
    walk_all(visit_classes);
}

static void visit_dummy_pairs(const struct question *q)
{
    if (q->policy == POLICY_DUMMY && joins_two_domains(q->operation) &&
        q->relation != RELATION_SYSTEM && q->relation != RELATION_UNKNOWN)
        expect(q, true);
}

static void under_dummy_any_two_domains_communicate(void **state)
{
    (void)state;
    walk_all(visit_dummy_pairs);
}

static void visit_silo_pairs(const struct question *q)
{
    const uint32_t hubs = ROLE_CONTROL | ROLE_HARDWARE | ROLE_XENSTORE;

    if (q->policy != POLICY_SILO || !joins_two_domains(q->operation))
        return;
    if (q->relation == RELATION_SELF)
        expect(q, true);
    else if (between_two_domains(q->relation))
        expect(q, ((q->subject | q->target) & hubs) != 0);
}

static void under_silo_one_side_is_control_hardware_or_xenstore(void **state)
{
    (void)state;
    walk_all(visit_silo_pairs);
}

static void visit_silo_is_dummy(const struct question *q)
{
    struct question dummy = *q;

    dummy.policy = POLICY_DUMMY;
    if (q->policy != POLICY_SILO)
        return;
    if (!joins_two_domains(q->operation))
        expect(q, ask(&dummy));
    else if (ask(q))
        expect(&dummy, true);
}

static void silo_differs_from_dummy_by_pairs_only(void **state)
{
    (void)state;
    walk_all(visit_silo_is_dummy);
}

static void expect_exactly(enum policy_operation operation, enum policy_relation relation,
                           uint32_t roles)
{
    FOR_EACH_ROLE_SET(subject)
    {
        struct question dummy = {POLICY_DUMMY, operation, subject, 0, relation};
        struct question silo = {POLICY_SILO, operation, subject, 0, relation};

        expect(&dummy, (subject & roles) != 0);
        expect(&silo, (subject & roles) != 0);
    }
}

static void operations_without_a_class(void **state)
{
    (void)state;
    expect_exactly(OP_domctl_trefoil_launch_info, RELATION_OTHER, ROLE_CONTROL | ROLE_XENSTORE);
    expect_exactly(OP_domctl_trefoil_launch_info, RELATION_UNTARGETABLE,
                   ROLE_CONTROL | ROLE_XENSTORE);
    expect_exactly(OP_domctl_trefoil_shared_memory, RELATION_OTHER, ROLE_CONTROL | ROLE_XENSTORE);
    expect_exactly(OP_domctl_trefoil_shared_memory, RELATION_UNTARGETABLE,
                   ROLE_CONTROL | ROLE_XENSTORE);
    expect_exactly(OP_memory_map_dev_mmio, RELATION_SELF, ROLE_HARDWARE);
    expect_exactly(OP_memory_map_dev_mmio, RELATION_OTHER, 0);
    expect_exactly(OP_machine_firmware, RELATION_SYSTEM, ROLE_HARDWARE);
    expect_exactly(OP_evtchn_bind_virq_dom_exc, RELATION_SYSTEM, ROLE_CONTROL | ROLE_XENSTORE);
    expect_exactly(OP_domctl_get_domain_state_changed, RELATION_SYSTEM,
                   ROLE_CONTROL | ROLE_XENSTORE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dummy_and_silo_go_by_the_classes),
        cmocka_unit_test(under_dummy_any_two_domains_communicate),
        cmocka_unit_test(under_silo_one_side_is_control_hardware_or_xenstore),
        cmocka_unit_test(silo_differs_from_dummy_by_pairs_only),
        cmocka_unit_test(operations_without_a_class),
    };

    return cmocka_run_group_tests_name("policy_classic", tests, NULL, NULL);
}
