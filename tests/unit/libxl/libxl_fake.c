/* SPDX-License-Identifier: MIT */
#include "libxl_fake.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xen/event_channel.h>
#include <xen/sched.h>

#include "../../../libxc/transport.h"

struct fake fake;

static void copy_text(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text);
}

static int64_t answer_version(unsigned int operation, void *argument)
{
    static const unsigned char id[] = {0xab, 0x01, 0xff};
    struct xen_compile_info *compile = argument;
    xen_build_id_t *build_id = argument;
    switch (operation) {
    case XENVER_version: return fake.version;
    case XENVER_extraversion: copy_text(argument, 16, ".0-trefoil"); return 0;
    case XENVER_capabilities: copy_text(argument, 1024, "xen-3.0-aarch64 "); return 0;
    case XENVER_changeset: copy_text(argument, 64, "abc123"); return 0;
    case XENVER_commandline: copy_text(argument, 1024, "xsm=split"); return 0;
    case XENVER_pagesize: return 4096;
    case XENVER_platform_parameters:
        ((xen_platform_parameters_t *)argument)->virt_start = 0x200000;
        return 0;
    case XENVER_compile_info:
        copy_text(compile->compiler, sizeof(compile->compiler), "gcc 12");
        copy_text(compile->compile_by, sizeof(compile->compile_by), "builder");
        copy_text(compile->compile_domain, sizeof(compile->compile_domain), "example.org");
        copy_text(compile->compile_date, sizeof(compile->compile_date), "today");
        return 0;
    case XENVER_build_id:
        if (build_id->len < sizeof(id))
            return -ENOBUFS;
        memcpy((char *)build_id + offsetof(xen_build_id_t, buf), id, sizeof(id));
        return sizeof(id);
    default: return -ENOSYS;
    }
}

static void restart_begin(struct fake_domain *domain)
{
    domain->exists = false;
    domain->restarting = fake.restart_after ? fake.restart_after : 1;
}

/* It comes again after so many looks. */
static void restart_look(struct fake_domain *domain)
{
    if (!domain->restarting || --domain->restarting || fake.restart_error)
        return;
    domain->exists = true;
    domain->generation++;
    domain->info.flags &= ~XEN_DOMINF_shutdown;
}

/* Domain 2 may be due to end. */
static void pass_time(void)
{
    if (fake.shutdown_after > 0 && --fake.shutdown_after == 0)
        fake.domains[2].info.flags |= XEN_DOMINF_shutdown;
    if (fake.reboot_after > 0 && --fake.reboot_after == 0)
        restart_begin(&fake.domains[2]);
}

static int64_t list_domains(struct xen_sysctl_getdomaininfolist *list)
{
    struct xen_domctl_getdomaininfo *out = list->buffer.p;
    if (fake.look_error)
        return fake.look_error;
    list->num_domains = 0;
    for (uint32_t i = 0; fake.endless_list && i < list->max_domains; i++)
        out[list->num_domains++] = fake.domains[i % FAKE_DOMAINS].info;
    for (uint32_t i = list->first_domain; i < FAKE_DOMAINS && list->num_domains < list->max_domains;
         i++) {
        if (fake.domains[i].exists)
            out[list->num_domains++] = fake.domains[i].info;
    }
    return 0;
}

static int64_t read_log(struct xen_sysctl_readconsole *read)
{
    size_t length = fake.log ? strlen(fake.log) : 0;
    if (read->clear && fake.clear_error)
        return fake.clear_error;
    if (fake.log_error)
        return fake.log_error;
    if (read->incremental) {
        size_t from = read->index < length ? read->index : length;
        read->count = (uint32_t)(length - from < read->count ? length - from : read->count);
        memcpy(read->buffer.p, fake.log + from, read->count);
        read->index = (uint32_t)(from + read->count);
    } else {
        read->count = (uint32_t)(length < read->count ? length : read->count);
        memcpy(read->buffer.p, fake.log ? fake.log : "", read->count);
    }
    fake.log_cleared |= read->clear;
    return 0;
}

static int64_t pool_info(struct xen_sysctl_cpupool_op *op)
{
    if (op->op != XEN_SYSCTL_CPUPOOL_OP_INFO)
        return -EINVAL;
    if (fake.pool_error)
        return fake.pool_error;
    if (op->cpupool_id > (fake.second_pool ? 1 : 0))
        return -ENOENT;
    op->sched_id = fake.scheduler;
    op->n_dom = 0;
    for (size_t i = 0; i < FAKE_DOMAINS; i++)
        op->n_dom += fake.domains[i].exists && fake.domains[i].info.cpupool == op->cpupool_id;
    memset(op->cpumap.bitmap.p, 0, op->cpumap.nr_bits / 8);
    *(uint8_t *)op->cpumap.bitmap.p = op->cpupool_id ? fake.second_pool : fake.pool;
    return 0;
}

static int64_t topology(struct xen_sysctl_cputopoinfo *info)
{
    struct xen_sysctl_cputopo *out = info->cputopo.p;
    for (uint32_t i = 0; i < fake.physical.nr_cpus && i < info->num_cpus; i++)
        out[i] = (struct xen_sysctl_cputopo){.core = i};
    info->num_cpus = fake.physical.nr_cpus;
    return 0;
}

static int64_t nodes(struct xen_sysctl_numainfo *info)
{
    struct xen_sysctl_meminfo *memory = info->meminfo.p;
    uint32_t *distance = info->distance.p;
    memory[0] = (struct xen_sysctl_meminfo){.memsize = 2048ULL << 20, .memfree = 1309ULL << 20};
    distance[0] = 10;
    info->num_nodes = 1;
    return 0;
}

static int64_t machine(uint32_t command)
{
    if (fake.machine_error)
        return fake.machine_error;
    fake.machine_asked += command == XEN_SYSCTL_TREFOIL_MACHINE_ASK;
    if (command != XEN_SYSCTL_TREFOIL_MACHINE_ASK)
        fake.machine = command;
    return 0;
}

static int64_t cpu_note(struct xen_sysctl_trefoil_cpu_note *note)
{
    const struct xen_sysctl_trefoil_cpu_note *found = &fake.notes[note->position];
    uint32_t next = note->position + 1;
    if (fake.look_error)
        return fake.look_error;
    if (next > sizeof(fake.notes) / sizeof(fake.notes[0]) || !found->text[0])
        return -ENOENT;
    *note = *found;
    note->position = next;
    return 0;
}

static int64_t answer_sysctl(struct xen_sysctl *sysctl)
{
    if (sysctl->cmd >= XEN_SYSCTL_trefoil_counters && !sysctl->interface_version)
        return fake.has_launch_info ? fake_stable_sysctl(sysctl) : -EACCES;
    if (sysctl->interface_version != fake.sysctl_version)
        return -EACCES;
    switch (sysctl->cmd) {
    case XEN_SYSCTL_getdomaininfolist: return list_domains(&sysctl->u.getdomaininfolist);
    case XEN_SYSCTL_readconsole: return read_log(&sysctl->u.readconsole);
    case XEN_SYSCTL_cpupool_op: return pool_info(&sysctl->u.cpupool_op);
    case XEN_SYSCTL_cputopoinfo: return topology(&sysctl->u.cputopoinfo);
    case XEN_SYSCTL_numainfo: return nodes(&sysctl->u.numainfo);
    case XEN_SYSCTL_sched_id:
        sysctl->u.sched_id.sched_id = fake.scheduler;
        return fake.scheduler_error;
    case XEN_SYSCTL_scheduler_op:
        if (sysctl->u.scheduler_op.cmd != XEN_SYSCTL_SCHEDOP_getinfo)
            return -EOPNOTSUPP;
        sysctl->u.scheduler_op.u.sched_credit2.ratelimit_us = 1000;
        return 0;
    case XEN_SYSCTL_trefoil_machine: return machine(sysctl->u.trefoil_machine.command);
    case XEN_SYSCTL_trefoil_cpu_note: return cpu_note(&sysctl->u.trefoil_cpu_note);
    case XEN_SYSCTL_physinfo: sysctl->u.physinfo = fake.physical; return fake.look_error;
    default: return -ENOSYS;
    }
}

static int64_t get_affinity(const struct fake_vcpu *vcpu, struct xen_domctl_vcpuaffinity *affinity)
{
    memset(affinity->cpumap_hard.bitmap.p, 0, affinity->cpumap_hard.nr_bits / 8);
    memset(affinity->cpumap_soft.bitmap.p, 0, affinity->cpumap_soft.nr_bits / 8);
    *(uint8_t *)affinity->cpumap_hard.bitmap.p = vcpu->hard;
    *(uint8_t *)affinity->cpumap_soft.bitmap.p = vcpu->soft;
    return 0;
}

static int64_t set_affinity(struct fake_vcpu *vcpu, const struct xen_domctl_vcpuaffinity *affinity)
{
    if (affinity->flags & XEN_VCPUAFFINITY_HARD)
        vcpu->hard = *affinity->cpumap_hard.bitmap.p;
    if (affinity->flags & XEN_VCPUAFFINITY_SOFT)
        vcpu->soft = *affinity->cpumap_soft.bitmap.p;
    return 0;
}

static int64_t change(struct fake_domain *domain, struct xen_domctl *domctl)
{
    if (fake.change_error)
        return fake.change_error;
    switch (domctl->cmd) {
    case XEN_DOMCTL_pausedomain: domain->info.flags |= XEN_DOMINF_paused; return 0;
    case XEN_DOMCTL_unpausedomain: domain->info.flags &= ~XEN_DOMINF_paused; return 0;
    case XEN_DOMCTL_setvcpuaffinity:
        if (domctl->u.vcpuaffinity.vcpu >= FAKE_VCPUS)
            return -EINVAL;
        return set_affinity(&domain->vcpus[domctl->u.vcpuaffinity.vcpu], &domctl->u.vcpuaffinity);
    case XEN_DOMCTL_destroydomain: domain->exists = false; return 0;
    case XEN_DOMCTL_max_mem: domain->info.max_pages = domctl->u.max_mem.max_memkb / 4; return 0;
    default: return -ENOSYS;
    }
}

static int64_t share_op(struct fake_domain *domain, struct xen_domctl_scheduler_op *op)
{
    fake.share_questions++;
    if (fake.share_error)
        return fake.share_error;
    if (op->cmd == XEN_DOMCTL_SCHEDOP_putinfo)
        domain->share = op->u.credit2;
    else
        op->u.credit2 = domain->share;
    return 0;
}

static void launch_info(const struct fake_domain *domain,
                        struct xen_domctl_trefoil_launch_info *info)
{
    domid_t other = info->other;
    *info = domain->launch;
    info->other = other;
    info->ties = other < FAKE_DOMAINS ? domain->ties[other] : 0;
}

static int64_t shared_memory(const struct fake_domain *domain,
                             struct xen_domctl_trefoil_shared_memory *share)
{
    uint32_t position = share->position;
    if (fake.share_look_error)
        return fake.share_look_error;
    if (position >= FAKE_SHARES || !domain->shares[position].id[0])
        return -ENOENT;
    *share = domain->shares[position];
    share->position = position + 1;
    return 0;
}

static int64_t answer_known_domain(struct fake_domain *domain, struct xen_domctl *domctl)
{
    if (domctl->cmd == XEN_DOMCTL_getdomaininfo || domctl->cmd == XEN_DOMCTL_getvcpuinfo ||
        domctl->cmd == XEN_DOMCTL_getvcpuaffinity) {
        if (fake.look_error)
            return fake.look_error;
    }
    switch (domctl->cmd) {
    case XEN_DOMCTL_getdomaininfo:
        pass_time();
        domctl->u.getdomaininfo = domain->info;
        return 0;
    case XEN_DOMCTL_getvcpuinfo:
        if (domctl->u.getvcpuinfo.vcpu >= FAKE_VCPUS)
            return -EINVAL;
        domctl->u.getvcpuinfo = domain->vcpus[domctl->u.getvcpuinfo.vcpu].info;
        return 0;
    case XEN_DOMCTL_getvcpuaffinity:
        return get_affinity(&domain->vcpus[domctl->u.vcpuaffinity.vcpu], &domctl->u.vcpuaffinity);
    case XEN_DOMCTL_getnodeaffinity:
        fake.node_questions++;
        if (fake.node_error)
            return fake.node_error;
        memset(domctl->u.nodeaffinity.nodemap.bitmap.p, 0,
               domctl->u.nodeaffinity.nodemap.nr_bits / 8);
        *(uint8_t *)domctl->u.nodeaffinity.nodemap.bitmap.p = 1;
        return 0;
    case XEN_DOMCTL_scheduler_op: return share_op(domain, &domctl->u.scheduler_op);
    case XEN_DOMCTL_trefoil_launch_info:
        launch_info(domain, &domctl->u.trefoil_launch_info);
        return 0;
    case XEN_DOMCTL_trefoil_shared_memory:
        return shared_memory(domain, &domctl->u.trefoil_shared_memory);
    case XEN_DOMCTL_get_domain_state:
        domctl->u.get_domain_state.unique_id = domctl->domain + 100u + 100u * domain->generation;
        return 0;
    default: return change(domain, domctl);
    }
}

/* The boot-time domains are those that have a name. */
static int64_t answer_restart(struct xen_domctl *domctl)
{
    struct xen_domctl_trefoil_restart *restart = &domctl->u.trefoil_restart;
    if (restart->command == XEN_DOMCTL_TREFOIL_RESTART_NEXT) {
        while (domctl->domain < FAKE_DOMAINS && !fake.domains[domctl->domain].launch.name[0])
            domctl->domain++;
    }
    if (domctl->domain >= FAKE_DOMAINS || !fake.domains[domctl->domain].launch.name[0])
        return -ESRCH;
    struct fake_domain *domain = &fake.domains[domctl->domain];
    if (restart->command == XEN_DOMCTL_TREFOIL_RESTART_START) {
        if (fake.change_error || (domain->info.flags & XEN_DOMINF_hardware))
            return fake.change_error ? fake.change_error : -EOPNOTSUPP;
        restart_begin(domain);
    } else if (restart->command == XEN_DOMCTL_TREFOIL_RESTART_ASK) {
        restart_look(domain);
        restart->error = domain->exists ? 0 : fake.restart_error;
    }
    restart->state =
        domain->restarting ? XEN_DOMCTL_TREFOIL_RESTART_WAITING : XEN_DOMCTL_TREFOIL_RESTART_NONE;
    copy_text(restart->name, sizeof(restart->name), domain->launch.name);
    return 0;
}

static int64_t answer_domctl(struct xen_domctl *domctl)
{
    bool stable = domctl->cmd == XEN_DOMCTL_trefoil_launch_info ||
                  domctl->cmd == XEN_DOMCTL_trefoil_restart ||
                  domctl->cmd == XEN_DOMCTL_trefoil_shared_memory ||
                  domctl->cmd == XEN_DOMCTL_get_domain_state;
    if (!stable && fake.tries < 8)
        fake.versions_tried[fake.tries++] = domctl->interface_version;
    if (stable ? !fake.has_launch_info || domctl->interface_version
               : domctl->interface_version != fake.domctl_version)
        return -EACCES;
    if (domctl->cmd == XEN_DOMCTL_trefoil_restart)
        return answer_restart(domctl);
    if (domctl->domain == DOMID_SELF)
        domctl->domain = fake.self;
    if (domctl->domain >= FAKE_DOMAINS || !fake.domains[domctl->domain].exists)
        return -ESRCH;
    return answer_known_domain(&fake.domains[domctl->domain], domctl);
}

static int64_t answer_event(unsigned int operation, struct evtchn_status *status)
{
    if (operation != EVTCHNOP_status)
        return -ENOSYS;
    if (fake.event_error)
        return fake.event_error;
    if (status->port >= FAKE_PORTS)
        return -EINVAL;
    const struct fake_port *port = &fake.domains[status->dom].ports[status->port];
    status->status = port->remote_port ? EVTCHNSTAT_interdomain : EVTCHNSTAT_closed;
    status->u.interdomain.dom = port->remote;
    status->u.interdomain.port = port->remote_port;
    return 0;
}

static int64_t fake_hypercall(void *state, unsigned int number, const uint64_t arg[5])
{
    (void)state;
    fake.hypercalls++;
    if (fake.no_device)
        return -ENODEV;
    if (fake.kernel_refuses)
        return -EPERM;
    switch (number) {
    case __HYPERVISOR_xen_version:
        return answer_version((unsigned int)arg[0], (void *)(uintptr_t)arg[1]);
    case __HYPERVISOR_sysctl: return answer_sysctl((void *)(uintptr_t)arg[0]);
    case __HYPERVISOR_event_channel_op:
        return answer_event((unsigned int)arg[0], (void *)(uintptr_t)arg[1]);
    case __HYPERVISOR_domctl: return answer_domctl((void *)(uintptr_t)arg[0]);
    default: return -ENOSYS;
    }
}

static int fake_open(const char *address, void **state)
{
    *state = NULL;
    return address && !strcmp(address, "broken") ? -ECONNREFUSED : 0;
}

static void fake_close(void *state)
{
    (void)state;
}

static void *fake_alloc(void *state, size_t size)
{
    (void)state;
    return calloc(1, size);
}

static void fake_free(void *state, void *memory, size_t size)
{
    (void)state;
    (void)size;
    free(memory);
}

static const char *fake_trouble(void *state)
{
    (void)state;
    return fake.no_device ? "there is no such device" : NULL;
}

static const struct xc_transport fake_transport = {
    .name = "kernel",
    .open = fake_open,
    .close = fake_close,
    .alloc = fake_alloc,
    .free = fake_free,
    .hypercall = fake_hypercall,
    .trouble = fake_trouble,
};

const struct xc_transport *const xc_transports[] = {&fake_transport, NULL};

struct fake_domain *fake_add_domain(domid_t domid, const char *name, uint32_t flags)
{
    struct fake_domain *domain = &fake.domains[domid];
    *domain = (struct fake_domain){
        .exists = true,
        .info = {.domain = domid,
                 .flags = flags | XEN_DOMINF_hvm_guest | XEN_DOMINF_hap,
                 .nr_online_vcpus = 1},
        .launch = {.policy = XEN_DOMCTL_TREFOIL_POLICY_SPLIT,
                   .state = XEN_DOMCTL_TREFOIL_LAUNCH_RUNNING},
        .share = {.weight = 256},
    };
    copy_text(domain->launch.name, sizeof(domain->launch.name), name);
    for (unsigned int i = 0; i < FAKE_VCPUS; i++)
        domain->vcpus[i] = (struct fake_vcpu){
            .info = {.vcpu = i, .online = 1, .blocked = 1}, .hard = 0x3, .soft = 0xff};
    return domain;
}

static void set_size(struct fake_domain *domain, unsigned int mib, uint64_t cpu_time)
{
    domain->info.tot_pages = mib * 256ULL;
    domain->info.max_pages = mib * 256ULL;
    domain->info.cpu_time = cpu_time;
}

void fake_board(void)
{
    memset(&fake, 0, sizeof(fake));
    fake.self = 1;
    fake.store_owner = DOMID_INVALID;
    fake.domctl_version = 0x18;
    fake.sysctl_version = 0x16;
    fake.has_launch_info = true;
    fake.version = 4u << 16 | 17;
    fake.scheduler = XEN_SCHEDULER_CREDIT2;
    fake.pool = 0x3;
    fake.log = "(XEN) one\n(XEN) two\n";
    fake.first_event = fake.nr_events = 1;
    fake.events[0] = (struct xen_trefoil_event){.time = 1000000000,
                                                .kind = XEN_TREFOIL_EVENT_launched,
                                                .domain = 2,
                                                .life = 1,
                                                .arguments = {2}};
    fake.physical = (struct xen_sysctl_physinfo){
        .threads_per_core = 1,
        .cores_per_socket = 1,
        .nr_cpus = 2,
        .max_cpu_id = 1,
        .nr_nodes = 1,
        .cpu_khz = 62500,
        .capabilities =
            XEN_SYSCTL_PHYSCAP_hvm | XEN_SYSCTL_PHYSCAP_hap | XEN_SYSCTL_PHYSCAP_gnttab_v1,
        .arch_capabilities = 2,
        .total_pages = 2048 * 256,
        .free_pages = 1400 * 256,
    };
    set_size(fake_add_domain(0, "hardware",
                             XEN_DOMINF_hardware | XEN_DOMINF_xs_domain | XEN_DOMINF_blocked),
             256, 2100000000);
    set_size(fake_add_domain(1, "control", XEN_DOMINF_control | XEN_DOMINF_running), 192,
             3250000000);
    struct fake_domain *app = fake_add_domain(2, "app", XEN_DOMINF_blocked);
    set_size(app, 128, 40000000);
    app->info.nr_online_vcpus = 2;
    app->info.max_vcpu_id = 1;
    app->info.handle[0] = 0xab;
    app->info.handle[15] = 0x01;
    fake_write("domid", "1");
    fake_write("/local/domain/0/name", "hardware");
    fake_write("/local/domain/1/name", "control");
    fake_write("/local/domain/2/name", "app");
    fake_write("/local/domain/2/control/shutdown", "");
}
