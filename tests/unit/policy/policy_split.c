/* SPDX-License-Identifier: MIT */
/* The split, stated role by role: what each may, and that it is all. */
#include "policy_space.h"

#define CONTROL      ROLE_CONTROL
#define HARDWARE     ROLE_HARDWARE
#define XENSTORE     ROLE_XENSTORE
#define DEVICE_MODEL ROLE_DEVICE_MODEL

static bool split_allows(enum policy_operation operation, uint32_t subject,
                         enum policy_relation relation)
{
    return policy_decide(POLICY_SPLIT, operation, subject, 0, relation);
}

/* Looking: whether a domain is there, and how large. xenstored must know it, a device model of its
 * targets. */
static const enum policy_operation looking[] = {
    OP_domctl_getdomaininfo,       OP_domctl_get_domain_state,    OP_domctl_trefoil_launch_info,
    OP_memory_current_reservation, OP_memory_maximum_reservation, OP_domctl_trefoil_shared_memory,
};

/* Where it runs: who is shown all domains is shown that, too. */
static const enum policy_operation placing[] = {
    OP_domctl_getvcpuinfo,
    OP_domctl_getvcpuaffinity,
    OP_domctl_getnodeaffinity,
};

/* Looking closer, without learning what the domain computes: control. */
static const enum policy_operation looking_closer[] = {
    OP_domctl_scheduler_op_get, OP_domctl_get_address_size, OP_domctl_get_paging_mempool_size,
    OP_memory_maximum_gpfn,     OP_memory_get_vnumainfo,    OP_memory_get_pod_target,
    OP_evtchn_status,           OP_grant_query_size,        OP_grant_get_version,
};

static void visit_untargetable(const struct question *q)
{
    bool allowed = false;

    if (q->policy != POLICY_SPLIT || q->relation != RELATION_UNTARGETABLE)
        return;
    if (ONE_OF(q->operation, looking) || ONE_OF(q->operation, placing))
        allowed = (q->subject & (CONTROL | XENSTORE)) != 0;
    else if (ONE_OF(q->operation, looking_closer))
        allowed = (q->subject & CONTROL) != 0;
    expect(q, allowed);
}

/* Communication included: whoever is untargetable takes no part in what others begin. */
static void untargetable_domains_are_seen_and_nothing_else(void **state)
{
    (void)state;
    walk_all(visit_untargetable);
}

/* What a device model does to its own targets, and nobody else to anyone. */
static bool is_device_models_work(enum policy_operation operation)
{
    return named(operation, "dm_") || operation == OP_memory_acquire_ioreq_server;
}

/* Changes of a domain that no role may make in another. */
static bool is_nobodys_change(enum policy_operation operation)
{
    static const enum policy_operation nobodys[] = {OP_memory_sharing_op, OP_memory_map_dev_mmio,
                                                    OP_physdev_map_pirq, OP_physdev_unmap_pirq};

    return ONE_OF(operation, nobodys) || is_device_models_work(operation);
}

static void visit_changes_of_domains(const struct question *q)
{
    if (q->policy != POLICY_SPLIT || policy_operation_kind(q->operation) != KIND_change ||
        policy_operation_target(q->operation) != TARGET_domain)
        return;
    if (q->relation == RELATION_OTHER || q->relation == RELATION_PEER)
        expect(q, (q->subject & CONTROL) != 0 && !is_nobodys_change(q->operation));
}

static void other_domains_are_changed_by_control_alone(void **state)
{
    (void)state;
    walk_all(visit_changes_of_domains);
}

static void visit_reads_of_domains(const struct question *q)
{
    if (q->policy != POLICY_SPLIT || policy_operation_kind(q->operation) != KIND_read ||
        policy_operation_target(q->operation) != TARGET_domain || q->relation != RELATION_OTHER)
        return;
    if (ONE_OF(q->operation, looking) || ONE_OF(q->operation, placing))
        expect(q, (q->subject & (CONTROL | XENSTORE)) != 0);
    else
        expect(q, (q->subject & CONTROL) != 0 && !is_device_models_work(q->operation));
}

static void other_domains_are_seen_by_control_and_xenstore(void **state)
{
    (void)state;
    walk_all(visit_reads_of_domains);
}

/* What a virtio backend needs of the guest that it serves. */
static bool is_for_own_targets(enum policy_operation operation)
{
    static const enum policy_operation more[] = {OP_memory_foreign_map, OP_hvm_get_param,
                                                 OP_memory_maximum_gpfn, OP_memory_get_vnumainfo};

    return is_device_models_work(operation) || ONE_OF(operation, more) ||
           ONE_OF(operation, looking);
}

static void visit_own_targets(const struct question *q)
{
    struct question other = *q;

    if (q->policy != POLICY_SPLIT || q->relation != RELATION_OWN_TARGET ||
        policy_operation_kind(q->operation) == KIND_communicate)
        return;
    other.relation = RELATION_OTHER;
    expect(q,
           ask(&other) || ((q->subject & DEVICE_MODEL) != 0 && is_for_own_targets(q->operation)));
}

/* And set_target gives nothing to a domain that the device tree did not make a device model. */
static void a_device_model_reaches_its_own_targets(void **state)
{
    (void)state;
    walk_all(visit_own_targets);
}

/* The machine: who drives it, who looks after its software, and who may see its state. */
static bool is_for_the_driver(enum policy_operation operation)
{
    static const enum policy_operation others[] = {OP_evtchn_bind_virq_global, OP_evtchn_bind_pirq,
                                                   OP_sysctl_cpu_hotplug,      OP_sysctl_pm_op,
                                                   OP_sysctl_dt_overlay,       OP_mca,
                                                   OP_machine_firmware};

    return (named(operation, "platform_") && operation != OP_platform_get_symbol) ||
           named(operation, "physdev_") || ONE_OF(operation, others);
}

static const enum policy_operation state_of_the_machine[] = {
    OP_sysctl_readconsole,        OP_evtchn_bind_virq_con_ring, OP_sysctl_physinfo,
    OP_sysctl_trefoil_cpu_note,   OP_sysctl_sched_id,           OP_sysctl_getcpuinfo,
    OP_sysctl_cputopoinfo,        OP_sysctl_numainfo,           OP_sysctl_availheap,
    OP_sysctl_pcitopoinfo,        OP_sysctl_get_pmstat,         OP_sysctl_scheduler_op_get,
    OP_sysctl_cpupool_info,       OP_xen_version_commandline,   OP_xen_version_build_id,
    OP_memory_machine_memory_map, OP_domctl_get_device_group,
};

static uint32_t roles_for_the_machine(enum policy_operation operation)
{
    if (operation == OP_platform_get_symbol)
        return 0;
    if (operation == OP_evtchn_bind_virq_dom_exc || operation == OP_domctl_get_domain_state_changed)
        return XENSTORE;
    if (operation == OP_sysctl_getdomaininfolist)
        return CONTROL | XENSTORE;
    if (ONE_OF(operation, state_of_the_machine))
        return CONTROL | HARDWARE;
    return is_for_the_driver(operation) ? HARDWARE : CONTROL;
}

static void visit_machine(const struct question *q)
{
    if (q->policy != POLICY_SPLIT || q->relation != RELATION_SYSTEM ||
        policy_operation_target(q->operation) != TARGET_system)
        return;
    /* One number that Xen gives to all. */
    if (q->operation == OP_memory_reserved_device_memory_map)
        expect(q, true);
    else
        expect(q, (q->subject & roles_for_the_machine(q->operation)) != 0);
}

static void the_machine_is_driven_by_hardware_and_minded_by_control(void **state)
{
    (void)state;
    walk_all(visit_machine);
}

static void control_and_hardware_have_no_change_in_common(void **state)
{
    (void)state;
    FOR_EACH_OPERATION(operation)
    {
        if (policy_operation_kind(operation) == KIND_change)
            assert_false(split_allows(operation, CONTROL, RELATION_SYSTEM) &&
                         split_allows(operation, HARDWARE, RELATION_SYSTEM));
    }
}

static void clearing_the_log_is_apart_from_reading_it(void **state)
{
    (void)state;
    assert_true(split_allows(OP_sysctl_readconsole, HARDWARE, RELATION_SYSTEM));
    assert_true(split_allows(OP_sysctl_readconsole, CONTROL, RELATION_SYSTEM));
    assert_true(split_allows(OP_sysctl_readconsole_clear, CONTROL, RELATION_SYSTEM));
    assert_false(split_allows(OP_sysctl_readconsole_clear, HARDWARE, RELATION_SYSTEM));
}

static void visit_plain_guest(const struct question *q)
{
    if (q->policy == POLICY_SPLIT && (q->subject & ROLE_MASK) == 0 &&
        q->relation != RELATION_SELF && !joins_two_domains(q->operation) &&
        q->operation != OP_memory_reserved_device_memory_map)
        expect(q, false);
}

static void a_plain_guest_has_authority_over_itself_only(void **state)
{
    (void)state;
    walk_all(visit_plain_guest);
}

/* What it does with itself; the rest of the self column is refused to it as to strangers. */
static void visit_self(const struct question *q)
{
    static const enum policy_operation drivers[] = {OP_memory_map_dev_mmio, OP_physdev_map_pirq,
                                                    OP_physdev_unmap_pirq};

    if (q->policy != POLICY_SPLIT || q->relation != RELATION_SELF)
        return;
    if (ONE_OF(q->operation, drivers))
        expect(q, (q->subject & HARDWARE) != 0);
    else if (is_device_models_work(q->operation) || q->operation == OP_memory_sharing_op ||
             q->operation == OP_argo_register_any_source)
        expect(q, false);
    else if (policy_operation_target(q->operation) == TARGET_itself)
        expect(q, true);
    else if (ONE_OF(q->operation, placing))
        expect(q, (q->subject & (CONTROL | XENSTORE)) != 0);
    else if (named(q->operation, "domctl_") && !ONE_OF(q->operation, looking) &&
             policy_operation_target(q->operation) == TARGET_domain)
        expect(q, (q->subject & CONTROL) != 0);
}

static void on_itself_each_does_its_own_and_domctls_are_for_control(void **state)
{
    (void)state;
    walk_all(visit_self);
}

/* The only things that split gives and the series' default policy does not. */
static bool is_known_to_be_more_than_dummy(const struct question *q)
{
    static const enum policy_operation driver_reads[] = {
        OP_sysctl_sched_id,         OP_sysctl_getcpuinfo,       OP_sysctl_cputopoinfo,
        OP_sysctl_numainfo,         OP_sysctl_availheap,        OP_sysctl_pcitopoinfo,
        OP_sysctl_get_pmstat,       OP_sysctl_scheduler_op_get, OP_sysctl_cpupool_info,
        OP_xen_version_commandline, OP_xen_version_build_id,    OP_memory_machine_memory_map,
        OP_domctl_get_device_group};
    static const enum policy_operation driver_changes[] = {OP_sysctl_cpu_hotplug, OP_sysctl_pm_op,
                                                           OP_sysctl_dt_overlay, OP_mca};
    static const enum policy_operation xenstore_reads[] = {
        OP_memory_current_reservation, OP_memory_maximum_reservation, OP_sysctl_getdomaininfolist};

    if ((q->subject & HARDWARE) != 0 &&
        (ONE_OF(q->operation, driver_reads) || ONE_OF(q->operation, driver_changes)))
        return true;
    /* Its own interrupts, which the default policy gave to device models instead. */
    if ((q->subject & HARDWARE) != 0 && q->relation == RELATION_SELF &&
        (q->operation == OP_physdev_map_pirq || q->operation == OP_physdev_unmap_pirq))
        return true;
    if ((q->subject & XENSTORE) != 0 &&
        (ONE_OF(q->operation, xenstore_reads) || ONE_OF(q->operation, placing)))
        return true;
    return (q->subject & DEVICE_MODEL) != 0 && q->relation == RELATION_OWN_TARGET &&
           (q->operation == OP_domctl_trefoil_launch_info ||
            q->operation == OP_domctl_trefoil_shared_memory);
}

/* Each of them must be there, or the list above says too much. */
static unsigned int known_seen[OP_COUNT];

static void visit_more_than_dummy(const struct question *q)
{
    struct question dummy = *q;

    dummy.policy = POLICY_DUMMY;
    if (q->policy != POLICY_SPLIT || !ask(q) || ask(&dummy))
        return;
    known_seen[q->operation]++;
    expect(q, is_known_to_be_more_than_dummy(q));
}

static void split_gives_no_more_than_dummy_but_for_a_list(void **state)
{
    unsigned int operations = 0;

    (void)state;
    walk_all(visit_more_than_dummy);
    FOR_EACH_OPERATION(operation)
    operations += known_seen[operation] != 0;
    assert_int_equal(operations, 13 + 4 + 2 + 3 + 3 + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(untargetable_domains_are_seen_and_nothing_else),
        cmocka_unit_test(other_domains_are_changed_by_control_alone),
        cmocka_unit_test(other_domains_are_seen_by_control_and_xenstore),
        cmocka_unit_test(a_device_model_reaches_its_own_targets),
        cmocka_unit_test(the_machine_is_driven_by_hardware_and_minded_by_control),
        cmocka_unit_test(control_and_hardware_have_no_change_in_common),
        cmocka_unit_test(clearing_the_log_is_apart_from_reading_it),
        cmocka_unit_test(a_plain_guest_has_authority_over_itself_only),
        cmocka_unit_test(on_itself_each_does_its_own_and_domctls_are_for_control),
        cmocka_unit_test(split_gives_no_more_than_dummy_but_for_a_list),
    };

    return cmocka_run_group_tests_name("policy_split", tests, NULL, NULL);
}
