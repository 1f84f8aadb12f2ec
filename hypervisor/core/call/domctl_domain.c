/* SPDX-License-Identifier: MIT */
/* Domctls about a domain as a whole: what it is, how it runs, its end. */
#include "domctl.h"
#include "sched/wallclock.h"
#include <trefoil/bitmap.h>
#include <trefoil/event_channel.h>
#include <trefoil/journal.h>
#include <trefoil/memory.h>
#include <trefoil/printk.h>
#include <trefoil/restart.h>
#include <trefoil/sched.h>
#include <trefoil/string.h>
#include <xen/bootfdt.h>
#include <xen/hvm/params.h>
#include <arch/abi.h>

/* How long a pause waits for vcpus that run elsewhere: they were sent an interrupt, and leave
 * within this or not at all. */
#define PAUSE_PATIENCE UINT64_C(100000) /* ns */

#define GUEST_PADDR_BITS 40

/* Roles and the flags that tell tools of them. */
static const struct {
    uint32_t role, flag;
} role_flags[] = {
    {DOMAIN_CAPS_XENSTORE, XEN_DOMINF_xs_domain},
    {DOMAIN_CAPS_CONTROL, XEN_DOMINF_control},
    {DOMAIN_CAPS_HARDWARE, XEN_DOMINF_hardware},
    {DOMAIN_CAPS_DEVICE_MODEL, XEN_DOMINF_device_model},
    {DOMAIN_CAPS_NOT_HYPERCALL_TARGET, XEN_DOMINF_not_hypercall_target},
};

static uint32_t life_flags(const struct domain *domain)
{
    enum domain_life life = domain->life;

    if (life >= DOMAIN_DYING)
        return XEN_DOMINF_dying;
    if (life == DOMAIN_SHUTDOWN)
        return XEN_DOMINF_shutdown | (uint32_t)(domain->ended_for - 1) << XEN_DOMINF_shutdownshift;
    return 0;
}

static void add_vcpus(const struct domain *domain, struct xen_domctl_getdomaininfo *info)
{
    bool running = false, waiting = false;

    for (unsigned int i = 0; i < domain->max_vcpus; i++) {
        const struct vcpu *vcpu = domain->vcpus[i];
        enum vcpu_state state = vcpu->state;

        info->cpu_time += vcpu_run_time(vcpu);
        if (state == VCPU_OFFLINE)
            continue;
        info->nr_online_vcpus++;
        running |= state == VCPU_RUNNING;
        waiting |= state == VCPU_RUNNABLE;
    }
    /* A vcpu that ended its own domain runs no more of it, though its CPU is still to let go. */
    if (domain->life != DOMAIN_ALIVE)
        return;
    if (running)
        info->flags |= XEN_DOMINF_running;
    else if (!waiting)
        info->flags |= XEN_DOMINF_blocked;
}

void domain_info(struct domain *domain, struct xen_domctl_getdomaininfo *info)
{
    memset(info, 0, sizeof(*info));
    info->domain = domain->id;
    info->flags = XEN_DOMINF_hvm_guest | XEN_DOMINF_hap | life_flags(domain);
    if (atomic_load(&domain->controller_pauses))
        info->flags |= XEN_DOMINF_paused;
    for (unsigned int i = 0; i < ARRAY_SIZE(role_flags); i++) {
        if (domain->roles & role_flags[i].role)
            info->flags |= role_flags[i].flag;
    }
    spin_lock(&domain->memory_lock);
    info->tot_pages = domain->total_pages;
    /* What it ballooned out waits for it, and for nobody else. */
    info->outstanding_pages = domain_owned_pages(domain) - domain->total_pages;
    info->max_pages = domain->max_pages;
    memcpy(info->handle, domain->handle, sizeof(info->handle));
    spin_unlock(&domain->memory_lock);
    info->shared_info_frame = UINT64_MAX;
    info->max_vcpu_id = domain->max_vcpus - 1;
    info->gpaddr_bits = GUEST_PADDR_BITS;
    info->cpupool = domain->config.cpu_pool;
    info->arch_config = arch_domain_report(&domain->config);
    add_vcpus(domain, info);
}

static void report_info(struct domain *domain, struct xen_domctl *op)
{
    domain_info(domain, &op->u.getdomaininfo);
    op->domain = domain->id;
}

/* Where nobody has the id, tools of 4.17, who walk the list by this, get the next one that the
 * caller may see. */
static int64_t next_info(struct domain *caller, unsigned int id, struct xen_domctl *op)
{
    struct domain *domain;

    for (; (domain = domain_get_from(id)) != NULL; domain_put(domain)) {
        id = domain->id + 1U;
        if (!policy_allows(OP_domctl_getdomaininfo, caller, domain))
            continue;
        report_info(domain, op);
        domain_put(domain);
        return 0;
    }
    return policy_unknown(OP_domctl_getdomaininfo, caller);
}

int64_t op_getdomaininfo(struct vcpu *vcpu, struct domain *domain, struct xen_domctl *op)
{
    int64_t result;

    domain = domain_get_argument(vcpu, op->domain);
    if (!domain)
        return next_info(vcpu->domain, op->domain, op);
    result = policy_check(OP_domctl_getdomaininfo, vcpu->domain, domain);
    if (!result)
        report_info(domain, op);
    domain_put(domain);
    return result;
}

int64_t op_pause(struct vcpu *vcpu, struct domain *domain, struct xen_domctl *op)
{
    uint64_t give_up = arch_now() + PAUSE_PATIENCE;

    (void)op;
    if (domain == vcpu->domain)
        return -EINVAL;
    if (!vcpu->call_position) {
        if (atomic_fetch_add(&domain->controller_pauses, 1) == 0)
            journal_domain(paused, domain, vcpu->domain->id);
        domain_pause(domain);
    }
    while (!domain_is_quiet(domain) && arch_now() < give_up) {
        if (hypercall_preempt()) {
            vcpu->call_position = 1;
            return -ERESTART;
        }
        cpu_relax();
    }
    return 0;
}

int64_t op_unpause(struct vcpu *vcpu, struct domain *domain, struct xen_domctl *op)
{
    unsigned int pauses = atomic_load(&domain->controller_pauses);

    (void)op;
    do {
        if (!pauses)
            return -EINVAL;
    } while (!atomic_compare_exchange_weak(&domain->controller_pauses, &pauses, pauses - 1));
    if (pauses == 1)
        journal_domain(unpaused, domain, vcpu->domain->id);
    domain_unpause(domain);
    return 0;
}

int64_t op_destroy(struct vcpu *vcpu, struct domain *domain, struct xen_domctl *op)
{
    (void)op;
    if (domain == vcpu->domain)
        return -EINVAL;
    restart_cancel(domain->id);
    return domain_destroy(domain);
}

/* Only from a suspend: the vcpus go on after the hypercall that stopped them. */
int64_t op_resume(struct vcpu *vcpu, struct domain *domain, struct xen_domctl *op)
{
    (void)vcpu;
    (void)op;
    return domain_resume(domain);
}

int64_t op_max_mem(struct vcpu *vcpu, struct domain *domain, struct xen_domctl *op)
{
    (void)vcpu;
    spin_lock(&domain->memory_lock);
    domain->max_pages = op->u.max_mem.max_memkb >> (PAGE_SHIFT - 10);
    spin_unlock(&domain->memory_lock);
    return 0;
}

int64_t op_set_handle(struct vcpu *vcpu, struct domain *domain, struct xen_domctl *op)
{
    (void)vcpu;
    spin_lock(&domain->memory_lock);
    memcpy(domain->handle, op->u.setdomainhandle.handle, sizeof(domain->handle));
    spin_unlock(&domain->memory_lock);
    return 0;
}

int64_t op_set_time_offset(struct vcpu *vcpu, struct domain *domain, struct xen_domctl *op)
{
    (void)vcpu;
    domain->time_offset_seconds = op->u.settimeoffset.time_offset_seconds;
    wallclock_publish(domain);
    return 0;
}

int64_t op_set_virq_handler(struct vcpu *vcpu, struct domain *domain, struct xen_domctl *op)
{
    (void)vcpu;
    return event_set_virq_handler(domain, op->u.set_virq_handler.virq);
}

/* The domain becomes the device model of the target, which the caller must be allowed to change as
 * well. */
int64_t op_set_target(struct vcpu *vcpu, struct domain *domain, struct xen_domctl *op)
{
    struct domain *target;
    int result =
        policy_target(OP_domctl_set_target, vcpu->domain, op->u.set_target.target, &target);

    if (result)
        return result;
    spin_lock(&domain->memory_lock);
    if (target == domain || !policy_add_target(domain, target->id))
        result = -EINVAL;
    spin_unlock(&domain->memory_lock);
    domain_put(target);
    return result;
}

int64_t op_get_pool_size(struct vcpu *vcpu, struct domain *domain, struct xen_domctl *op)
{
    (void)vcpu;
    op->u.paging_mempool.size = pool_pages(domain->pool) << PAGE_SHIFT;
    return 0;
}

static uint16_t state_of(const struct domain *domain)
{
    enum domain_life life = domain->life;

    if (life == DOMAIN_DEAD)
        return XEN_DOMCTL_GETDOMSTATE_STATE_EXIST | XEN_DOMCTL_GETDOMSTATE_STATE_DEAD;
    if (life == DOMAIN_DYING)
        return XEN_DOMCTL_GETDOMSTATE_STATE_EXIST | XEN_DOMCTL_GETDOMSTATE_STATE_DYING;
    if (life == DOMAIN_SHUTDOWN)
        return XEN_DOMCTL_GETDOMSTATE_STATE_EXIST | XEN_DOMCTL_GETDOMSTATE_STATE_SHUTDOWN;
    return XEN_DOMCTL_GETDOMSTATE_STATE_EXIST;
}

static void fill_state(const struct domain *domain, struct xen_domctl *op)
{
    op->domain = domain->id;
    op->u.get_domain_state = (struct xen_domctl_get_domain_state){
        .state = state_of(domain),
        .caps = (uint16_t)(domain->roles & DOMAIN_CAPS_MASK),
        .unique_id = domain->unique_id,
    };
}

/* The next domain whose state changed; one that is gone is reported without any state. */
static int64_t next_changed_state(struct domain *caller, struct xen_domctl *op)
{
    struct domain *domain;
    domid_t id;
    int result = policy_check(OP_domctl_get_domain_state_changed, caller, NULL);

    if (result)
        return result;
    if (!domain_take_changed(&id))
        return -ENOENT;
    domain = domain_get(id);
    if (domain) {
        fill_state(domain, op);
        domain_put(domain);
        return 0;
    }
    op->domain = id;
    memset(&op->u.get_domain_state, 0, sizeof(op->u.get_domain_state));
    return 0;
}

int64_t op_get_domain_state(struct vcpu *vcpu, struct domain *domain, struct xen_domctl *op)
{
    int result;

    if (op->u.get_domain_state.pad0)
        return -EINVAL;
    if (op->domain == DOMID_INVALID)
        return next_changed_state(vcpu->domain, op);
    result = policy_target(OP_domctl_get_domain_state, vcpu->domain, op->domain, &domain);
    if (result)
        return result;
    fill_state(domain, op);
    domain_put(domain);
    return 0;
}

static uint32_t launch_state(const struct domain *domain)
{
    return domain->life == DOMAIN_ALIVE ? XEN_DOMCTL_TREFOIL_LAUNCH_RUNNING
                                        : XEN_DOMCTL_TREFOIL_LAUNCH_ENDED;
}

int64_t op_launch_info(struct vcpu *vcpu, struct domain *domain, struct xen_domctl *op)
{
    struct xen_domctl_trefoil_launch_info *info = &op->u.trefoil_launch_info;
    const domid_t other = info->other;

    (void)vcpu;
    memset(info, 0, sizeof(*info));
    string_copy(info->name, domain->name, sizeof(info->name));
    info->capabilities = domain->roles & DOMAIN_CAPS_MASK;
    info->state = launch_state(domain);
    info->vcpus = domain->max_vcpus;
    info->policy = policy_in_force();
    info->store_port = (uint32_t)domain->hvm_params[HVM_PARAM_STORE_EVTCHN];
    info->store_gfn = domain->hvm_params[HVM_PARAM_STORE_PFN];
    info->console_port = (uint32_t)domain->hvm_params[HVM_PARAM_CONSOLE_EVTCHN];
    info->console_gfn = domain->hvm_params[HVM_PARAM_CONSOLE_PFN];
    info->age = arch_now() - domain->launched_at;
    info->life = restart_life(domain->id, &info->last_end);
    info->other = other;
    info->ties = policy_ties_to(domain, other);
    info->pools = cpu_pool_count();
    op->domain = domain->id;
    return 0;
}
