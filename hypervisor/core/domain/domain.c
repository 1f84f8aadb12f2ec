/* SPDX-License-Identifier: MIT */
/* Making domains, and what is left to do when they are gone. Their life in between:
 * core/domain/domain_life.c. */
#include "domain_table.h"
#include "watchdog.h"
#include <trefoil/access.h>
#include <trefoil/arch.h>
#include <trefoil/console.h>
#include <trefoil/errno.h>
#include <trefoil/event_channel.h>
#include <trefoil/grant_table.h>
#include <trefoil/journal.h>
#include <trefoil/memory.h>
#include <trefoil/restart.h>
#include <trefoil/sched.h>
#include <trefoil/string.h>
#include "sched/sched_share.h"
#include "sched/vcpu_timer.h"
#include "sched/wallclock.h"
#include <xen/bootfdt.h>

static _Atomic uint64_t last_unique_id;

static unsigned int domain_order(void)
{
    return order_of_size(sizeof(struct domain));
}

static unsigned int vcpu_order(void)
{
    return order_of_size(sizeof(struct vcpu));
}

static void free_vcpu(struct domain *domain, struct vcpu *vcpu)
{
    vcpu_timers_stop(vcpu);
    arch_vcpu_free(vcpu);
    if (vcpu->pcpu)
        vcpu->pcpu->nr_vcpus--;
    pages_free(domain, vcpu, vcpu_order());
}

static int make_vcpu(struct domain *domain, unsigned int id)
{
    struct vcpu *vcpu = pages_alloc(domain, vcpu_order());
    int result;

    if (!vcpu)
        return -ENOMEM;
    vcpu->domain = domain;
    vcpu->id = id;
    vcpu->state = VCPU_OFFLINE;
    vcpu->affinity = cpu_pool_cpus(domain->config.cpu_pool);
    vcpu->hard_affinity = vcpu->soft_affinity = UINT64_MAX;
    vcpu->weight = SCHED_WEIGHT_DEFAULT;
    vcpu->info =
        id < XEN_LEGACY_MAX_VCPUS ? &domain->shared_info->vcpu_info[id] : &vcpu->early_info;
    vcpu->info_mfn = INVALID_MFN;
    vcpu->runstate.state = RUNSTATE_offline;
    vcpu->runstate.state_entry_time = arch_now();
    list_init(&vcpu->queue_node);
    vcpu_timers_init(vcpu);
    vcpu_place(vcpu);
    result = arch_vcpu_init(vcpu);
    if (result) {
        vcpu->pcpu->nr_vcpus--;
        pages_free(domain, vcpu, vcpu_order());
        return result;
    }
    domain->vcpus[id] = vcpu;
    return 0;
}

static int make_vcpus(struct domain *domain, unsigned int count)
{
    domain->vcpus = page_alloc(domain);
    if (!domain->vcpus)
        return -ENOMEM;
    while (domain->max_vcpus < count) {
        int result = make_vcpu(domain, domain->max_vcpus);

        if (result)
            return result;
        domain->max_vcpus++;
    }
    return 0;
}

static int make_shared_info(struct domain *domain)
{
    domain->shared_info = page_alloc(domain);
    if (!domain->shared_info)
        return -ENOMEM;
    domain->shared_info_mfn = page_mfn(domain->shared_info);
    /* Nothing is delivered before the guest unmasks it. */
    memset(domain->shared_info->evtchn_mask, 0xff, sizeof(domain->shared_info->evtchn_mask));
    wallclock_publish(domain);
    return 0;
}

static int make_parts(struct domain *domain, unsigned int max_vcpus)
{
    const uint32_t serving = DOMAIN_CAPS_HARDWARE | DOMAIN_CAPS_XENSTORE | DOMAIN_CAPS_CONTROL;
    bool many = domain->roles & serving;
    int result = make_shared_info(domain);

    if (!result)
        result = event_channels_init(domain, many ? EVENT_PORTS_MAX : EVENT_PORTS_PLAIN);
    if (!result)
        result =
            grant_table_init(domain, domain->config.grant_frames, domain->config.maptrack_frames);
    if (!result)
        result = arch_domain_init(domain, &domain->config);
    if (!result)
        result = make_vcpus(domain, max_vcpus);
    return result;
}

/* Everything that make_parts() made, however far it came. */
static void free_parts(struct domain *domain)
{
    share_end(domain);
    for (unsigned int i = 0; i < domain->max_vcpus; i++)
        free_vcpu(domain, domain->vcpus[i]);
    page_free(domain, domain->vcpus);
    arch_domain_free(domain);
    console_domain_free(domain);
    grant_table_free(domain);
    event_channels_free(domain);
    page_free(domain, domain->shared_info);
}

void domain_free(struct domain *domain)
{
    domid_t id = domain->id;

    /* Its id is free once all else is, interrupts that it had included. */
    free_parts(domain);
    pool_end(domain->pool);
    domain_table_remove(domain);
    pages_free(NULL, domain, domain_order());
    domain_state_changed(id);
    restart_domain_gone(id);
}

static int make(struct domain *domain, unsigned int max_vcpus)
{
    int result = domain_table_claim(domain);

    if (result)
        return result;
    result = make_parts(domain, max_vcpus);
    if (result) {
        free_parts(domain);
        domain_table_remove(domain);
        return result;
    }
    domain_table_add(domain);
    return 0;
}

int domain_create(domid_t id, const char *name, uint32_t roles, unsigned int max_vcpus,
                  const struct domain_config *config, struct domain **created)
{
    struct domain *domain;
    int result;

    if (!max_vcpus || max_vcpus > DOMAIN_MAX_VCPUS || id >= DOMAIN_MAX_ID)
        return -EINVAL;
    domain = pages_alloc(NULL, domain_order());
    if (!domain)
        return -ENOMEM;
    domain->pool = pool_begin(id, config->pool_pages);
    if (!domain->pool) {
        pages_free(NULL, domain, domain_order());
        return -ENOMEM;
    }
    domain->id = id;
    domain->roles = roles;
    domain->config = *config;
    watchdogs_init(domain);
    domain->unique_id = atomic_fetch_add(&last_unique_id, 1) + 1;
    domain->pause_count = 1;
    domain->life = DOMAIN_ALIVE;
    string_copy(domain->name, name, sizeof(domain->name));
    policy_prepare(domain);
    share_init(domain);

    result = make(domain, max_vcpus);
    if (result) {
        pool_end(domain->pool);
        pages_free(NULL, domain, domain_order());
        return result;
    }
    *created = domain;
    return 0;
}

static void note_launch(struct domain *domain)
{
    uint8_t last_end;

    domain->start_number = restart_life(domain->id, &last_end);
    if (domain->start_number > 1)
        journal_domain(restarted, domain, domain->max_vcpus);
    else
        journal_domain(launched, domain, domain->max_vcpus);
}

void domain_launch(struct domain *domain)
{
    domain->launched_at = arch_now();
    note_launch(domain);
    wallclock_publish(domain);
    /* It may be ended as soon as it is found. */
    domain_hold(domain);
    atomic_store(&domain->launched, true);
    domain_table_show(domain);
    domain_state_changed(domain->id);
    domain_unpause(domain);
    domain_put(domain);
}
