/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_console_io: the machine's console as a domain's own. */
#include "call/hypercalls.h"
#include "console_guest.h"
#include <trefoil/access.h>
#include <trefoil/core.h>
#include <trefoil/hypercall.h>

#define PIECE 128U

static int64_t console_write(struct vcpu *vcpu, uint32_t count, uint64_t buffer)
{
    char piece[PIECE];

    while (count) {
        uint32_t size = count < PIECE ? count : PIECE;

        if (arch_copy_from_guest(piece, buffer, size))
            return -EFAULT;
        console_guest_write(vcpu->domain, piece, size);
        count -= size;
        buffer += size;
        if (count && hypercall_preempt()) {
            const uint64_t rest[] = {CONSOLEIO_write, count, buffer};

            return hypercall_continue(vcpu, __HYPERVISOR_console_io, rest);
        }
    }
    return 0;
}

static int64_t console_read(struct vcpu *vcpu, uint32_t count, uint64_t buffer)
{
    char piece[PIECE];
    size_t size = console_guest_read(vcpu->domain, piece, count < PIECE ? count : PIECE);

    if (size && arch_copy_to_guest(buffer, piece, size))
        return -EFAULT;
    return (int64_t)size;
}

int64_t hypercall_console_io(struct vcpu *vcpu, const uint64_t args[5])
{
    uint32_t command = (uint32_t)args[0];
    enum policy_operation operation =
        command == CONSOLEIO_write ? OP_console_io_write : OP_console_io_read;
    int result;

    if (command != CONSOLEIO_write && command != CONSOLEIO_read)
        return -ENOSYS;
    result = policy_check(operation, vcpu->domain, vcpu->domain);
    if (result)
        return result;
    return command == CONSOLEIO_write ? console_write(vcpu, (uint32_t)args[1], args[2])
                                      : console_read(vcpu, (uint32_t)args[1], args[2]);
}
