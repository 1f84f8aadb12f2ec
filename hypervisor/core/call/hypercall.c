/* SPDX-License-Identifier: MIT */
#include "hypercalls.h"
#include "suboperation.h"
#include <trefoil/core.h>
#include <trefoil/string.h>

static hypercall_handler *const hypercalls[] = {
#define HYPERCALL(number, handler, arguments) [number] = hypercall_##handler,
#include "hypercalls.def"
#undef HYPERCALL
};

static const uint8_t hypercall_arguments[] = {
#define HYPERCALL(number, handler, arguments) [number] = arguments,
#include "hypercalls.def"
#undef HYPERCALL
};

int64_t hypercall_dispatch(struct vcpu *vcpu, uint64_t number, const uint64_t args[5])
{
    if (unlikely(number >= ARRAY_SIZE(hypercalls) || !hypercalls[number]))
        return -ENOSYS;
    return hypercalls[number](vcpu, args);
}

int64_t hypercall_continue(struct vcpu *vcpu, unsigned int number, const uint64_t *args)
{
    unsigned int count = hypercall_arguments[number];

    if (!vcpu->in_multicall) {
        arch_hypercall_continue(vcpu, number, args, count);
        return (int64_t)args[0];
    }
    memcpy(vcpu->multicall_args, args, count * sizeof(args[0]));
    vcpu->multicall_continued = true;
    return 0;
}

struct domain *domain_get_argument(struct vcpu *vcpu, domid_t id)
{
    return domain_get(id == DOMID_SELF ? vcpu->domain->id : id);
}
