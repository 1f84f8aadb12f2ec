/* SPDX-License-Identifier: MIT */
/* Domctls, sysctls and what drives the machine. */
#include "calls.h"
#include <xen/domctl.h>
#include <xen/errno.h>
#include <xen/physdev.h>
#include <xen/platform.h>
#include <xen/sysctl.h>
#include <xen/version.h>

#define PSCI_VERSION 0x84000000U

static struct xen_domctl domctl;
static struct xen_sysctl sysctl;
static uint64_t cpus = UINT64_MAX;
static char text[256];

static int64_t make_domctl(uint32_t command, domid_t target)
{
    bool stable =
        command == XEN_DOMCTL_get_domain_state || command == XEN_DOMCTL_trefoil_launch_info ||
        command == XEN_DOMCTL_trefoil_shared_memory || command == XEN_DOMCTL_trefoil_restart;

    domctl.cmd = command;
    domctl.interface_version = stable ? 0 : XEN_DOMCTL_INTERFACE_VERSION;
    domctl.domain = target;
    return hypercall(__HYPERVISOR_domctl, (uint64_t)&domctl, 0, 0, 0);
}

static int64_t make_sysctl(uint32_t command)
{
    sysctl.cmd = command;
    sysctl.interface_version = command < XEN_SYSCTL_TREFOIL ? XEN_SYSCTL_INTERFACE_VERSION : 0;
    return hypercall(__HYPERVISOR_sysctl, (uint64_t)&sysctl, 0, 0, 0);
}

/* A domctl that has no argument. */
#define DOMCTL(name, command)                                                                      \
    int64_t call_##name(domid_t target)                                                            \
    {                                                                                              \
        domctl = (struct xen_domctl){0};                                                           \
        return make_domctl(command, target);                                                       \
    }
#define DOMCTL_OF(name, command, field, ...)                                                       \
    int64_t call_##name(domid_t target)                                                            \
    {                                                                                              \
        domctl = (struct xen_domctl){.u.field = __VA_ARGS__};                                      \
        return make_domctl(command, target);                                                       \
    }
#define SYSCTL(name, command)                                                                      \
    int64_t call_##name(domid_t target)                                                            \
    {                                                                                              \
        (void)target;                                                                              \
        sysctl = (struct xen_sysctl){0};                                                           \
        return make_sysctl(command);                                                               \
    }
#define SYSCTL_OF(name, command, field, ...)                                                       \
    int64_t call_##name(domid_t target)                                                            \
    {                                                                                              \
        (void)target;                                                                              \
        sysctl = (struct xen_sysctl){.u.field = __VA_ARGS__};                                      \
        return make_sysctl(command);                                                               \
    }
#define VERSION(name, command)                                                                     \
    int64_t call_##name(domid_t target)                                                            \
    {                                                                                              \
        static char answer[2048];                                                                  \
                                                                                                   \
        (void)target;                                                                              \
        return hypercall(__HYPERVISOR_xen_version, command, (uint64_t)answer, 0, 0);               \
    }

DOMCTL(get_domain_state, XEN_DOMCTL_get_domain_state)
DOMCTL(launch_info, XEN_DOMCTL_trefoil_launch_info)
DOMCTL(shared_memory, XEN_DOMCTL_trefoil_shared_memory)
DOMCTL(getvcpuinfo, XEN_DOMCTL_getvcpuinfo)
DOMCTL_OF(getvcpuaffinity, XEN_DOMCTL_getvcpuaffinity, vcpuaffinity,
          {.flags = XEN_VCPUAFFINITY_HARD, .cpumap_hard = {.bitmap.q = (uint64_t)&cpus}})
DOMCTL(getnodeaffinity, XEN_DOMCTL_getnodeaffinity)
DOMCTL(get_paging_mempool_size, XEN_DOMCTL_get_paging_mempool_size)
DOMCTL_OF(domain_scheduler_get, XEN_DOMCTL_scheduler_op, scheduler_op,
          {.sched_id = XEN_SCHEDULER_CREDIT2, .cmd = XEN_DOMCTL_SCHEDOP_getinfo})
DOMCTL_OF(domain_scheduler_put, XEN_DOMCTL_scheduler_op, scheduler_op,
          {.sched_id = XEN_SCHEDULER_CREDIT2, .cmd = XEN_DOMCTL_SCHEDOP_putinfo})
DOMCTL(unpause, XEN_DOMCTL_unpausedomain)
DOMCTL(resume, XEN_DOMCTL_resumedomain)
DOMCTL_OF(max_mem, XEN_DOMCTL_max_mem, max_mem, {.max_memkb = 65536})
DOMCTL_OF(setvcpuaffinity, XEN_DOMCTL_setvcpuaffinity, vcpuaffinity,
          {.flags = XEN_VCPUAFFINITY_HARD,
           .cpumap_hard = {.bitmap.q = (uint64_t)&cpus, .nr_bits = 64}})
DOMCTL(setdomainhandle, XEN_DOMCTL_setdomainhandle)
DOMCTL(settimeoffset, XEN_DOMCTL_settimeoffset)
DOMCTL_OF(set_virq_handler, XEN_DOMCTL_set_virq_handler, set_virq_handler, {.virq = VIRQ_ENOMEM})
DOMCTL(destroy, XEN_DOMCTL_destroydomain)
DOMCTL_OF(restart, XEN_DOMCTL_trefoil_restart, trefoil_restart,
          {.command = XEN_DOMCTL_TREFOIL_RESTART_ASK})
DOMCTL_OF(set_target, XEN_DOMCTL_set_target, set_target, {.target = APP})

/* Of exactly that domain: the call also walks over those that are not there. */
int64_t call_getdomaininfo(domid_t target)
{
    int64_t result;

    domctl = (struct xen_domctl){0};
    result = make_domctl(XEN_DOMCTL_getdomaininfo, target);
    return result == 0 && domctl.domain != target ? -XEN_EFAULT : result;
}

int64_t call_getdomaininfo_again(domid_t target)
{
    return call_getdomaininfo(target);
}

/* Of a domain that is gone. */
int64_t call_restart_again(domid_t target)
{
    return call_restart(target);
}

/* The other side of set_target: the target becomes one of the device model's. */
int64_t call_become_target(domid_t target)
{
    domctl = (struct xen_domctl){.u.set_target.target = target};
    return make_domctl(XEN_DOMCTL_set_target, MODEL);
}

int64_t call_get_domain_state_changed(domid_t target)
{
    (void)target;
    domctl = (struct xen_domctl){0};
    return make_domctl(XEN_DOMCTL_get_domain_state, DOMID_INVALID);
}

int64_t call_createdomain(domid_t target)
{
    (void)target;
    domctl = (struct xen_domctl){0};
    return make_domctl(XEN_DOMCTL_createdomain, 0);
}

/* And lets it go on, if it could be paused. */
int64_t call_pause(domid_t target)
{
    int64_t result;

    domctl = (struct xen_domctl){0};
    result = make_domctl(XEN_DOMCTL_pausedomain, target);
    return result == 0 ? make_domctl(XEN_DOMCTL_unpausedomain, target) : result;
}

SYSCTL_OF(readconsole, XEN_SYSCTL_readconsole, readconsole,
          {.buffer.q = (uint64_t)text, .count = sizeof(text)})
SYSCTL_OF(readconsole_clear, XEN_SYSCTL_readconsole, readconsole,
          {.clear = 1, .buffer.q = (uint64_t)text, .count = sizeof(text)})
SYSCTL(physinfo, XEN_SYSCTL_physinfo)
SYSCTL(cpu_note, XEN_SYSCTL_trefoil_cpu_note)
SYSCTL(events, XEN_SYSCTL_trefoil_events)
SYSCTL(sched_id, XEN_SYSCTL_sched_id)
SYSCTL(availheap, XEN_SYSCTL_availheap)
SYSCTL(debug_keys, XEN_SYSCTL_debug_keys)
SYSCTL(machine, XEN_SYSCTL_trefoil_machine)
SYSCTL(getcpuinfo, XEN_SYSCTL_getcpuinfo)
SYSCTL(cputopoinfo, XEN_SYSCTL_cputopoinfo)
SYSCTL(numainfo, XEN_SYSCTL_numainfo)
SYSCTL_OF(cpupool_info, XEN_SYSCTL_cpupool_op, cpupool_op, {.op = XEN_SYSCTL_CPUPOOL_OP_INFO})
SYSCTL_OF(cpupool_change, XEN_SYSCTL_cpupool_op, cpupool_op, {.op = XEN_SYSCTL_CPUPOOL_OP_CREATE})
SYSCTL_OF(scheduler_get, XEN_SYSCTL_scheduler_op, scheduler_op,
          {.sched_id = XEN_SCHEDULER_CREDIT2, .cmd = XEN_SYSCTL_SCHEDOP_getinfo})
SYSCTL_OF(scheduler_put, XEN_SYSCTL_scheduler_op, scheduler_op,
          {.sched_id = XEN_SCHEDULER_CREDIT2, .cmd = XEN_SYSCTL_SCHEDOP_putinfo})

/* How many are shown. */
int64_t call_getdomaininfolist(domid_t target)
{
    static struct xen_domctl_getdomaininfo list[NR_PARTIES + 1];
    int64_t result;

    (void)target;
    sysctl = (struct xen_sysctl){
        .u.getdomaininfolist = {.max_domains = NR_PARTIES + 1, .buffer.q = (uint64_t)list}};
    result = make_sysctl(XEN_SYSCTL_getdomaininfolist);
    return result == 0 ? sysctl.u.getdomaininfolist.num_domains : result;
}

/* Of how many domains. */
int64_t call_counters(domid_t target)
{
    static struct xen_domain_counters list[NR_PARTIES + 1];
    int64_t result;

    (void)target;
    sysctl = (struct xen_sysctl){.u.trefoil_counters = {.kind = XEN_COUNTERS_DOMAIN,
                                                        .room = NR_PARTIES + 1,
                                                        .size = sizeof(list[0]),
                                                        .records.q = (uint64_t)list}};
    result = make_sysctl(XEN_SYSCTL_trefoil_counters);
    return result == 0 ? sysctl.u.trefoil_counters.count : result;
}

VERSION(version, XENVER_version)
VERSION(commandline, XENVER_commandline)

int64_t call_build_id(domid_t target)
{
    static struct {
        struct xen_build_id id;
        unsigned char room[64];
    } answer;

    (void)target;
    answer.id.len = sizeof(answer.room);
    return hypercall(__HYPERVISOR_xen_version, XENVER_build_id, (uint64_t)&answer, 0, 0);
}

int64_t call_psci_version(domid_t target)
{
    (void)target;
    return firmware_call(PSCI_VERSION, 0, 0, 0);
}

int64_t call_settime(domid_t target)
{
    struct xen_platform_op op = {
        .cmd = XENPF_settime64,
        .interface_version = XENPF_INTERFACE_VERSION,
        .u.settime64 = {.secs = 1000000000},
    };

    (void)target;
    return hypercall(__HYPERVISOR_platform_op, (uint64_t)&op, 0, 0, 0);
}

static int64_t physdev(uint32_t command)
{
    struct physdev_pci_device device = {.bus = 1};

    return hypercall(__HYPERVISOR_physdev_op, command, (uint64_t)&device, 0, 0);
}

int64_t call_pci_device_add(domid_t target)
{
    (void)target;
    return physdev(PHYSDEVOP_pci_device_add);
}

int64_t call_pci_device_remove(domid_t target)
{
    (void)target;
    return physdev(PHYSDEVOP_pci_device_remove);
}
