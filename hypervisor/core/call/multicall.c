/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_multicall: several hypercalls in one, none of which is another multicall.
 * HYPERVISOR_vm_assist. */
#include "hypercalls.h"
#include <trefoil/access.h>
#include <trefoil/core.h>
#include <trefoil/hypercall.h>
#include <trefoil/string.h>

/* Runs one entry. True if it is to be run again, with what is in the vcpu's multicall_args. */
static bool run_entry(struct vcpu *vcpu, struct multicall_entry *entry)
{
    vcpu->in_multicall = true;
    vcpu->multicall_continued = false;
    entry->result = entry->op == __HYPERVISOR_multicall
                        ? (uint64_t)-ENOSYS
                        : (uint64_t)hypercall_dispatch(vcpu, entry->op, entry->args);
    vcpu->in_multicall = false;
    return vcpu->multicall_continued;
}

/* A call that is to go on keeps its place in the list, with its new arguments; one that is done
 * shows no more how far it came. */
static int64_t write_back(struct vcpu *vcpu, struct multicall_entry *entry, uint64_t address,
                          bool again)
{
    if (again) {
        memcpy(entry->args, vcpu->multicall_args, sizeof(entry->args));
        entry->op = vcpu->multicall_number;
    } else {
        entry->op = hypercall_number(entry->op);
    }
    return copy_to_guest(address, entry) ? -EFAULT : 0;
}

int64_t hypercall_multicall(struct vcpu *vcpu, const uint64_t args[5])
{
    uint64_t address = args[0];
    uint32_t count = (uint32_t)args[1];
    int64_t result = policy_check(OP_multicall, vcpu->domain, vcpu->domain);

    while (count && !result) {
        struct multicall_entry entry;
        bool again;

        if (copy_from_guest(&entry, address))
            return -EFAULT;
        memcpy(vcpu->multicall_args, entry.args, sizeof(entry.args));
        again = run_entry(vcpu, &entry);
        result = write_back(vcpu, &entry, address, again);
        if (!again) {
            address += sizeof(entry);
            count--;
        }
        if (count && !result && (again || hypercall_preempt())) {
            const uint64_t rest[] = {address, count};

            return hypercall_continue(vcpu, __HYPERVISOR_multicall, rest);
        }
    }
    return result;
}

int64_t hypercall_vm_assist(struct vcpu *vcpu, const uint64_t args[5])
{
    uint32_t command = (uint32_t)args[0], type = (uint32_t)args[1];
    int result = policy_check(OP_vm_assist, vcpu->domain, vcpu->domain);

    if (result)
        return result;
    if (type != VMASST_TYPE_runstate_update_flag)
        return -EINVAL;
    if (command != VMASST_CMD_enable && command != VMASST_CMD_disable)
        return -ENOSYS;
    vcpu->domain->runstate_update = command == VMASST_CMD_enable;
    return 0;
}
