/* SPDX-License-Identifier: MIT */
#include "hypercalls.h"
#include "suboperation.h"
#include <trefoil/core.h>
#include <trefoil/nospec.h>
#include <trefoil/string.h>

/* Room for index_nospec(). */
#define HYPERCALLS 64U

static hypercall_handler *const hypercalls[HYPERCALLS] = {
#define HYPERCALL(number, handler, arguments) [number] = hypercall_##handler,
#include "hypercalls.def"
#undef HYPERCALL
};

static const uint8_t hypercall_arguments[] = {
#define HYPERCALL(number, handler, arguments) [number] = arguments,
#include "hypercalls.def"
#undef HYPERCALL
};

static inline hypercall_handler *handler_of(uint64_t number)
{
    if (unlikely(number >= HYPERCALLS))
        return NULL;
    return hypercalls[index_nospec(number, HYPERCALLS)];
}

/* A number that is none may be one with a position above it. */
static __attribute__((noinline, cold)) int64_t
dispatch_continued(struct vcpu *vcpu, uint64_t number, const uint64_t args[5])
{
    uint64_t position = (number & ~HYPERCALL_CONTINUED) >> HYPERCALL_POSITION_SHIFT;
    hypercall_handler *handler = handler_of(hypercall_number(number));
    int64_t result;

    if (!position || handler == NULL)
        return -ENOSYS;
    vcpu->call_position = position;
    result = handler(vcpu, args);
    vcpu->call_position = 0;
    return result;
}

int64_t hypercall_dispatch(struct vcpu *vcpu, uint64_t number, const uint64_t args[5])
{
    hypercall_handler *handler = handler_of(number);

    COUNT_VCPU(vcpu, hypercalls);
    if (unlikely(handler == NULL))
        return dispatch_continued(vcpu, number, args);
    return handler(vcpu, args);
}

int64_t hypercall_continue(struct vcpu *vcpu, unsigned int number, const uint64_t *args)
{
    unsigned int count = hypercall_arguments[number];
    uint64_t at = number;

    if (vcpu->call_position)
        at |= HYPERCALL_CONTINUED | vcpu->call_position << HYPERCALL_POSITION_SHIFT;
    vcpu->call_position = 0;
    if (!vcpu->in_multicall) {
        arch_hypercall_continue(vcpu, at, args, count);
        return (int64_t)args[0];
    }
    memcpy(vcpu->multicall_args, args, count * sizeof(args[0]));
    vcpu->multicall_number = at;
    vcpu->multicall_continued = true;
    return 0;
}

struct domain *domain_get_argument(struct vcpu *vcpu, domid_t id)
{
    return domain_get(id == DOMID_SELF ? vcpu->domain->id : id);
}
