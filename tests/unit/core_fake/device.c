/* SPDX-License-Identifier: MIT */
/* What device models do to the fake machine. */
#include "machine.h"
#include <trefoil/arch.h>
#include <trefoil/errno.h>

int arch_set_line(struct domain *domain, unsigned int line, bool level)
{
    if (line >= 64)
        return -EINVAL;
    domain->arch.lines = level ? domain->arch.lines | UINT64_C(1) << line
                               : domain->arch.lines & ~(UINT64_C(1) << line);
    return 0;
}

void arch_access_end(struct vcpu *vcpu, bool answered, uint64_t value)
{
    vcpu->arch.accesses_ended++;
    vcpu->arch.access_answered = answered;
    vcpu->arch.access_value = value;
}
