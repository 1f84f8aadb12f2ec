/* SPDX-License-Identifier: MIT */
#include "construct_parts.h"

#include <trefoil/access.h>
#include <trefoil/arch.h>
#include <trefoil/bitmap.h>
#include <trefoil/console.h>
#include <trefoil/errno.h>
#include <trefoil/event_channel.h>
#include <trefoil/memory.h>
#include <trefoil/printk.h>
#include <trefoil/sched.h>
#include <trefoil/string.h>
#include <xen/bootfdt.h>

/* What is scrubbed or copied at a time while nothing else runs. */
#define BOOT_PIECE (UINT64_C(2) << 20) /* bytes */

int construct_failed(const struct construction *construction, const char *what, int error)
{
    log_error("%s: %s: error %d; the domain is left out", construction->plan->name, what, -error);
    return error;
}

/* Up to the highest line of the devices that it is given. */
static unsigned int nr_lines(const struct construction *construction)
{
    const uint64_t *lines =
        construction->hardware ? construction->devices.lines : construction->passed.lines;
    unsigned int count = construction->plan->nr_lines, line;

    while ((line = bitmap_next(lines, LAUNCH_MAX_LINES, LAUNCH_FIRST_LINE + count)) <
           LAUNCH_MAX_LINES)
        count = line + 1 - LAUNCH_FIRST_LINE;
    return count;
}

/* Better in another pool than not at all. */
static unsigned int cpu_pool(const struct launch_domain *plan)
{
    if (cpu_pool_cpus(plan->pool) & online_pcpus())
        return plan->pool;
    log_warning("%s: none of the CPUs of its pool is online, is in Pool-0", plan->name);
    return 0;
}

static int create(struct construction *construction)
{
    const struct launch_domain *plan = construction->plan;
    const struct launch_layout *layout = &construction->layout;
    const struct domain_config config = {
        .nr_lines = nr_lines(construction),
        .virtual_uart = plan->virtual_uart,
        .reads_ones = plan->reads_ones,
        .uart_base = layout->uart_base,
        .uart_line = layout->uart_line,
        .layout = layout->arch,
        .pool_pages = launch_pool(plan) >> PAGE_SHIFT,
        .grant_frames = plan->grant_frames,
        .maptrack_frames = plan->maptrack_frames,
        .cpu_pool = cpu_pool(plan),
    };
    struct domain *domain;
    int result = domain_create(plan->domid, plan->name, plan->roles, plan->cpus, &config, &domain);

    if (result)
        return construct_failed(construction, "cannot create it", result);
    construction->domain = domain;
    domain->direct_map = plan->direct_map;
    domain->machine_power = plan->machine_power;
    memcpy(domain->handle, plan->uuid, sizeof(domain->handle));
    policy_declare(domain, plan->peers, plan->targets);
    return 0;
}

/* An affinity that cannot be had, as when a CPU did not come up, is said and done without: better
 * late than never. */
static void set_affinities(struct construction *construction)
{
    const struct launch_domain *plan = construction->plan;
    uint64_t all = construction->context->plan->pools[plan->pool];

    for (unsigned int i = 0; i < plan->cpus; i++) {
        struct vcpu *vcpu = construction->domain->vcpus[i];

        vcpu->soft_affinity = plan->soft_affinity[i];
        if (plan->affinity[i] != UINT64_MAX && plan->affinity[i] != all &&
            vcpu_set_affinity(vcpu, plan->affinity[i]))
            log_warning("%s: vcpu %u: none of the CPUs in hard-affinity is online, runs on any",
                        plan->name, i);
    }
}

static int set_share(struct construction *construction)
{
    const struct launch_domain *plan = construction->plan;

    return domain_set_share(construction->domain, plan->weight, plan->cap);
}

/* Before any other port, so that the numbers that the tree gives are free. */
static int furnish_channels(struct construction *construction)
{
    const struct launch_plan *plan = construction->context->plan;

    for (unsigned int i = 0; i < plan->nr_channels; i++) {
        const struct launch_channel *channel = &plan->channels[i];
        int result;

        if (channel->domid != construction->plan->domid)
            continue;
        result = event_bind_static(construction->domain, channel->port, channel->remote_domid,
                                   channel->remote_port);
        if (result)
            return construct_failed(construction, "static event channel", result);
    }
    return 0;
}

static int furnish_console(struct construction *construction)
{
    int result = console_domain_init(construction->domain,
                                     construction->plan->virtual_uart || construction->hardware);

    return result ? construct_failed(construction, "console", result) : 0;
}

static int start_boot_vcpu(struct construction *construction)
{
    struct vcpu *vcpu = construction->domain->vcpus[0];

    int result = set_share(construction);

    if (result)
        return construct_failed(construction, "cannot give it its share of time", result);
    set_affinities(construction);
    arch_invalidate_code();
    arch_vcpu_reset(vcpu, construction->placement.kernel, construction->placement.tree);
    vcpu_start(vcpu);
    return 0;
}

static void log_domain(const struct construction *construction)
{
    const struct launch_domain *plan = construction->plan;
    const struct launch_placement *placement = &construction->placement;

    log_info("domain %u %s: %llu KiB%s, %u vcpu%s, kernel 0x%llx, ramdisk 0x%llx, tree 0x%llx",
             plan->domid, plan->name, (unsigned long long)(plan->memory >> 10),
             plan->direct_map ? " direct-mapped" : "", plan->cpus, plan->cpus == 1 ? "" : "s",
             (unsigned long long)placement->kernel, (unsigned long long)placement->ramdisk,
             (unsigned long long)placement->tree);
}

/* Until the domain exists, in one go. */
static int begin(struct construction *construction)
{
    const struct construct_context *context = construction->context;
    int result;

    if (construction->hardware)
        launch_devices(context->fdt, context->machine, &construction->devices);
    if (!launch_layout(context->machine, construction->plan,
                       construction->hardware ? &construction->devices : NULL,
                       &construction->layout))
        return construct_failed(construction, "no room in its address space", -ENOSPC);
    launch_layout_share(context->plan, construction->plan, &construction->layout);
    result = construct_passed(construction);
    if (!result)
        result = construct_place(construction);
    return result ? result : create(construction);
}

static void free_construction(struct construction *construction)
{
    pages_free(NULL, construction, order_of_size(sizeof(*construction)));
}

struct construction *construct_begin(const struct construct_context *context,
                                     const struct launch_domain *plan, uint64_t piece, int *error)
{
    struct construction *construction = pages_alloc(NULL, order_of_size(sizeof(*construction)));

    *error = -ENOMEM;
    if (!construction) {
        log_error("%s: no memory to build it with; the domain is left out", plan->name);
        return NULL;
    }
    construction->context = context;
    construction->plan = plan;
    construction->hardware = plan->roles & DOMAIN_CAPS_HARDWARE;
    construction->again = piece != UINT64_MAX;
    construction->piece = construction->again ? piece : BOOT_PIECE;
    *error = begin(construction);
    if (!*error)
        return construction;
    free_construction(construction);
    return NULL;
}

/* A restart takes time only of CPUs on which the domain itself may run. */
static uint64_t helpers(const struct construction *construction)
{
    uint64_t cpus = 0;

    if (!construction->again)
        return UINT64_MAX;
    for (unsigned int i = 0; i < construction->plan->cpus; i++)
        cpus |= construction->plan->affinity[i];
    return cpus;
}

int construct_share(struct construction *construction, uint64_t size,
                    int (*piece)(void *data, uint64_t start, uint64_t size))
{
    struct shared_work *work = &construction->work;

    if (construction->position == 0) {
        *work = (struct shared_work){.piece = piece,
                                     .data = construction,
                                     .size = size,
                                     .piece_size = construction->piece,
                                     .cpus = helpers(construction)};
        construction->work_began = arch_now();
        construction->position = size;
    }
    return size ? shared_work_continue(work) : 0;
}

/* The steps that follow creation, in their order. */
static int furnish(struct construction *construction)
{
    static int (*const steps[])(struct construction * construction) = {
        construct_memory, construct_scrub,   construct_shared, construct_devices,
        construct_kernel, construct_ramdisk, construct_tree,   furnish_channels,
        construct_pv,     furnish_console,   start_boot_vcpu,
    };
    int result = steps[construction->step](construction);

    if (result)
        return result;
    construction->position = 0;
    return ++construction->step < ARRAY_SIZE(steps) ? -ERESTART : 0;
}

/* The end, good or bad; what came of it. */
static int finish(struct construction *construction, int result, struct domain **constructed)
{
    if (!result) {
        log_domain(construction);
        *constructed = construction->domain;
    }
    free_construction(construction);
    return result;
}

int construct_continue(struct construction *construction, struct domain **constructed)
{
    if (!construction->error) {
        int result = furnish(construction);

        if (result == -ERESTART)
            return result;
        if (!result)
            return finish(construction, 0, constructed);
        construction->error = result;
    }
    if (domain_destroy(construction->domain) == -ERESTART)
        return -ERESTART;
    return finish(construction, construction->error, constructed);
}

int domain_construct(const struct construct_context *context, const struct launch_domain *plan,
                     struct domain **constructed)
{
    int result;
    struct construction *construction = construct_begin(context, plan, UINT64_MAX, &result);

    if (!construction)
        return result;
    do
        result = construct_continue(construction, constructed);
    while (result == -ERESTART);
    return result;
}
