/* SPDX-License-Identifier: MIT */
#include "hypercalls.h"
#include "domctl.h"
#include <trefoil/printk.h>

enum domctl_flags { VERSIONED = 1, FOUND = 2, RESULT = 4 };

static const struct domctl_row {
    uint32_t number;
    uint16_t operation;
    uint16_t flags;
    domctl_handler *handler;
} rows[] = {
#define DOMCTL(number, handler, operation, flags) {number, OP_##operation, flags, handler},
#include "domctl.def"
#undef DOMCTL
};

static const struct domctl_row *row_of(uint32_t number)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
        if (rows[i].number == number)
            return &rows[i];
    }
    return NULL;
}

int check_interface_version(const struct domain *caller, const char *interface, uint32_t version,
                            uint32_t oldest, uint32_t newest)
{
    if (version >= oldest && version <= newest)
        return 0;
    log_limited(LOG_WARNING,
                "%s: %s interface version %#x offered, this hypervisor takes %#x to %#x",
                caller->name, interface, version, oldest, newest);
    return -EACCES;
}

static int check_version(const struct domctl_row *row, const struct domain *caller,
                         const struct xen_domctl *op)
{
    if (row->flags & VERSIONED)
        return check_interface_version(caller, "domctl", op->interface_version,
                                       XEN_DOMCTL_INTERFACE_VERSION_OLDEST,
                                       XEN_DOMCTL_INTERFACE_VERSION);
    return check_interface_version(caller, "stable domctl", op->interface_version, 0, 0);
}

static int64_t run(const struct domctl_row *row, struct vcpu *vcpu, struct xen_domctl *op)
{
    struct domain *domain = NULL;
    int64_t result;

    if (row->flags & FOUND) {
        result = policy_target(row->operation, vcpu->domain, op->domain, &domain);
        if (result)
            return result;
    }
    result = row->handler(vcpu, domain, op);
    if (domain)
        domain_put(domain);
    return result;
}

int64_t hypercall_domctl(struct vcpu *vcpu, const uint64_t args[5])
{
    const uint64_t again[] = {args[0]};
    const struct domctl_row *row;
    struct xen_domctl op;
    int64_t result;

    if (copy_from_guest(&op, args[0]))
        return -EFAULT;
    row = row_of(op.cmd);
    if (!row)
        return -ENOSYS;
    result = check_version(row, vcpu->domain, &op);
    if (!result)
        result = run(row, vcpu, &op);
    if (result == -ERESTART)
        return hypercall_continue(vcpu, __HYPERVISOR_domctl, again);
    if (!result && (row->flags & RESULT) && copy_to_guest(args[0], &op))
        return -EFAULT;
    return result;
}
