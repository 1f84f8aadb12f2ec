/* SPDX-License-Identifier: MIT */
/* What the domain that drives the machine tells the hypervisor: HYPERVISOR_platform_op and
 * HYPERVISOR_physdev_op. */
#include "hypercalls.h"
#include "suboperation.h"
#include "sched/wallclock.h"
#include <trefoil/printk.h>
#include <xen/physdev.h>
#include <xen/platform.h>

#define SECOND UINT32_C(1000000000) /* ns */

/*
 * The caller's system time counts from its own start, as what it finds in its shared info does. A
 * kernel that has not read its RTC yet has started in 1970, and Linux says so: that is no news, and
 * whoever looked before its RTC was read would have stayed there.
 */
static int64_t settime(const struct domain *domain, const struct xen_platform_op *op)
{
    bool narrow = op->cmd == XENPF_settime32;
    uint64_t seconds = narrow ? op->u.settime32.secs : op->u.settime64.secs;
    uint32_t nanoseconds = narrow ? op->u.settime32.nsecs : op->u.settime64.nsecs;
    uint64_t system_time = narrow ? op->u.settime32.system_time : op->u.settime64.system_time;

    if (nanoseconds >= SECOND || (!narrow && op->u.settime64.mbz))
        return -EINVAL;
    if (seconds <= system_time / SECOND)
        return 0;
    wallclock_set(seconds, nanoseconds, system_time + domain->launched_at);
    return 0;
}

int64_t hypercall_platform_op(struct vcpu *vcpu, const uint64_t args[5])
{
    struct xen_platform_op op;
    int result;

    if (copy_from_guest(&op, args[0]))
        return -EFAULT;
    if (op.cmd != XENPF_settime32 && op.cmd != XENPF_settime64)
        return -ENOSYS;
    result = policy_check(OP_platform_settime, vcpu->domain, NULL);
    if (result)
        return result;
    if (op.interface_version != XENPF_INTERFACE_VERSION) {
        log_limited(LOG_WARNING, "%s: platform interface version %#x, this hypervisor has %#x",
                    vcpu->domain->name, op.interface_version, XENPF_INTERFACE_VERSION);
        return -EACCES;
    }
    return settime(vcpu->domain, &op);
}

#define SUBOPERATION SUBOPERATION_PROTOTYPE
#include "physdev_op.def"
#undef SUBOPERATION

static const struct suboperation operations[32U] = {
#define SUBOPERATION SUBOPERATION_ROW
#include "physdev_op.def"
#undef SUBOPERATION
};

int64_t hypercall_physdev_op(struct vcpu *vcpu, const uint64_t args[5])
{
    uint32_t command = (uint32_t)args[0];

    return suboperation_run(operations, ARRAY_SIZE(operations), command, vcpu, command, args[1]);
}

/*
 * The hardware domain reports the functions that it finds on its own bus. Without an IOMMU to
 * attach them to nothing follows from that, and they stay its own.
 */
static int64_t op_pci_device(struct vcpu *vcpu, void *argument,
                             const struct suboperation_call *call)
{
    const struct physdev_pci_device *device = argument;
    int result = policy_check(call->operation, vcpu->domain, NULL);

    if (!result)
        log_debug("%s: PCI function %04x:%02x:%02x.%x", vcpu->domain->name, device->seg,
                  device->bus, device->devfn >> 3, device->devfn & 7);
    return result;
}
