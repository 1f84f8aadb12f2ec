/* SPDX-License-Identifier: MIT */
#include "hypercalls.h"
#include "sysctl.h"
#include "domctl.h"
#include <trefoil/console.h>
#include <trefoil/memory.h>
#include <trefoil/power.h>
#include <trefoil/printk.h>
#include <trefoil/sched.h>
#include <trefoil/string.h>

_Static_assert((int)XEN_SYSCTL_TREFOIL_MACHINE_OFF == POWER_OFF &&
                   (int)XEN_SYSCTL_TREFOIL_MACHINE_RESET == POWER_RESET,
               "the ends are those of the ABI");

static const struct sysctl_row {
    uint32_t number;
    uint16_t operation;
    sysctl_handler *handler;
} rows[] = {
#define SYSCTL(number, handler, operation) {number, OP_##operation, handler},
#include "sysctl.def"
#undef SYSCTL
};

static const struct sysctl_row *row_of(uint32_t number)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
        if (rows[i].number == number)
            return &rows[i];
    }
    return NULL;
}

/* Trefoil's own operations are stable: they need no version. */
static int check_version(const struct domain *caller, const struct xen_sysctl *op)
{
    if (op->cmd >= XEN_SYSCTL_TREFOIL && !op->interface_version)
        return 0;
    return check_interface_version(caller, "sysctl", op->interface_version,
                                   XEN_SYSCTL_INTERFACE_VERSION_OLDEST,
                                   XEN_SYSCTL_INTERFACE_VERSION);
}

int64_t hypercall_sysctl(struct vcpu *vcpu, const uint64_t args[5])
{
    const uint64_t again[] = {args[0]};
    const struct sysctl_row *row;
    struct xen_sysctl op;
    int64_t result;

    if (copy_from_guest(&op, args[0]))
        return -EFAULT;
    row = row_of(op.cmd);
    if (!row)
        return -ENOSYS;
    result = check_version(vcpu->domain, &op);
    if (!result)
        result = policy_check(row->operation, vcpu->domain, NULL);
    if (!result)
        result = row->handler(vcpu, &op);
    if (result == -ERESTART)
        return hypercall_continue(vcpu, __HYPERVISOR_sysctl, again);
    if (!result && copy_to_guest(args[0], &op))
        return -EFAULT;
    return result;
}

static int copy_text(void *data, uint32_t offset, const char *text, uint32_t size)
{
    const uint64_t *buffer = data;

    return arch_copy_to_guest(*buffer + offset, text, size);
}

int64_t op_readconsole(struct vcpu *vcpu, struct xen_sysctl *op)
{
    struct xen_sysctl_readconsole *read = &op->u.readconsole;
    uint64_t buffer = read->buffer.q;
    struct console_read request = {.index = read->index,
                                   .incremental = read->incremental,
                                   .clear = read->clear,
                                   .count = read->count,
                                   .copy = copy_text,
                                   .data = &buffer,
                                   .position = vcpu->call_position};
    int result = 0;

    if (read->clear)
        result = policy_check(OP_sysctl_readconsole_clear, vcpu->domain, NULL);
    if (!result)
        result = console_ring_read(&request);
    if (result == -ERESTART)
        vcpu->call_position = request.position;
    if (result)
        return result;
    read->count = request.count;
    read->index = request.index;
    return 0;
}

static unsigned int nr_online(void)
{
    return (unsigned int)__builtin_popcountll(online_pcpus());
}

int64_t op_physinfo(struct vcpu *vcpu, struct xen_sysctl *op)
{
    struct xen_sysctl_physinfo *info = &op->u.physinfo;

    (void)vcpu;
    memset(info, 0, sizeof(*info));
    info->threads_per_core = 1;
    info->cores_per_socket = nr_online();
    info->nr_cpus = nr_online();
    info->max_cpu_id = nr_pcpus - 1;
    info->nr_nodes = 1;
    info->cpu_khz = arch_cpu_khz();
    info->capabilities =
        XEN_SYSCTL_PHYSCAP_hvm | XEN_SYSCTL_PHYSCAP_hap | XEN_SYSCTL_PHYSCAP_gnttab_v1;
    info->total_pages = memory_total_pages();
    info->free_pages = memory_free_pages();
    info->max_mfn = memory_max_mfn();
    return 0;
}

/* Tools know schedulers by number only; the one with virtual run times and wake-up preemption is
 * the nearest. */
int64_t op_sched_id(struct vcpu *vcpu, struct xen_sysctl *op)
{
    (void)vcpu;
    op->u.sched_id.sched_id = XEN_SCHEDULER_CREDIT2;
    return 0;
}

int64_t op_scheduler_parameters(struct vcpu *vcpu, struct xen_sysctl *op)
{
    struct xen_sysctl_scheduler_op *scheduler = &op->u.scheduler_op;

    if (scheduler->cmd != XEN_SYSCTL_SCHEDOP_getinfo) {
        int result = policy_check(OP_sysctl_scheduler_op_put, vcpu->domain, NULL);

        return result ? result : -EOPNOTSUPP;
    }
    if (scheduler->sched_id != XEN_SCHEDULER_CREDIT2 || scheduler->cpupool_id >= cpu_pool_count())
        return -EINVAL;
    scheduler->u.sched_credit2.ratelimit_us = SCHED_RATE_LIMIT / 1000;
    return 0;
}

int64_t op_getdomaininfolist(struct vcpu *vcpu, struct xen_sysctl *op)
{
    struct xen_sysctl_getdomaininfolist *list = &op->u.getdomaininfolist;
    struct xen_domctl_getdomaininfo info;
    struct domain *domain;
    /* It goes on at the id behind the last one, with so many in the list. */
    unsigned int from = vcpu->call_position & UINT16_MAX;
    unsigned int id = from ? from : list->first_domain;
    uint64_t address;

    list->num_domains = (vcpu->call_position >> 16) & UINT16_MAX;
    address = list->buffer.q + list->num_domains * sizeof(info);
    while (list->num_domains < list->max_domains && (domain = domain_get_from(id)) != NULL) {
        bool shown = policy_allows(OP_domctl_getdomaininfo, vcpu->domain, domain);

        if (id != (from ? from : list->first_domain) && hypercall_preempt()) {
            domain_put(domain);
            vcpu->call_position = id | (uint64_t)list->num_domains << 16;
            return -ERESTART;
        }
        id = domain->id + 1U;
        if (shown)
            domain_info(domain, &info);
        domain_put(domain);
        if (!shown)
            continue;
        if (copy_to_guest(address, &info))
            return -EFAULT;
        address += sizeof(info);
        list->num_domains++;
    }
    return 0;
}

int64_t op_availheap(struct vcpu *vcpu, struct xen_sysctl *op)
{
    (void)vcpu;
    op->u.availheap.avail_bytes = memory_free_pages() << PAGE_SHIFT;
    return 0;
}

int64_t op_cpu_note(struct vcpu *vcpu, struct xen_sysctl *op)
{
    (void)vcpu;
    return arch_cpu_note(&op->u.trefoil_cpu_note) ? 0 : -ENOENT;
}

int64_t op_machine(struct vcpu *vcpu, struct xen_sysctl *op)
{
    static const char *const wishes[] = {[POWER_OFF] = "power off", [POWER_RESET] = "reset"};
    uint32_t command = op->u.trefoil_machine.command;

    if (command == XEN_SYSCTL_TREFOIL_MACHINE_ASK)
        return 0;
    if (command != XEN_SYSCTL_TREFOIL_MACHINE_OFF && command != XEN_SYSCTL_TREFOIL_MACHINE_RESET)
        return -EINVAL;
    log_info("%s asks for the machine's %s", vcpu->domain->name, wishes[command]);
    power_end(command);
}
