/* SPDX-License-Identifier: MIT */
/* A domain's reservation: what it gives back stays its own, and comes back to it. The physmap's
 * half: core/memory/physmap_op.c. */
#include "call/hypercalls.h"
#include "memory_op.h"
#include <trefoil/memory.h>

#define SUBOPERATION(number, handler, size, flags, operation) suboperation_handler handler;
#include "memory_op.def"
#undef SUBOPERATION

static const struct suboperation operations[32U] = {
#define SUBOPERATION SUBOPERATION_ROW
#include "memory_op.def"
#undef SUBOPERATION
};

#define MAX_EXTENT_ORDER 9U /* 2 MiB */
#define MAX_POSITION     (UINT32_MAX >> MEMOP_EXTENT_SHIFT)

int64_t hypercall_memory_op(struct vcpu *vcpu, const uint64_t args[5])
{
    uint32_t command = (uint32_t)args[0];

    return suboperation_run(operations, ARRAY_SIZE(operations), command & MEMOP_CMD_MASK, vcpu,
                            command, args[1]);
}

int64_t memory_op_continue(struct vcpu *vcpu, const struct suboperation_call *call, uint64_t done)
{
    const uint64_t args[] = {(call->command & MEMOP_CMD_MASK) | done << MEMOP_EXTENT_SHIFT,
                             call->address};

    return hypercall_continue(vcpu, __HYPERVISOR_memory_op, args);
}

/* On up to PHYSMAP_PIECE pages. */
typedef int piece_operation(struct domain *domain, gfn_t gfn, unsigned int pages);

/* The number of extents done, or the continued call. Its position is in pages, as an extent may
 * take several pieces. */
static int64_t extents(struct vcpu *vcpu, struct domain *domain,
                       const struct xen_memory_reservation *op,
                       const struct suboperation_call *call, piece_operation *operation)
{
    uint64_t start = call->command >> MEMOP_EXTENT_SHIFT, done = start;
    uint64_t extent = UINT64_C(1) << op->extent_order;

    while (done < op->nr_extents << op->extent_order) {
        uint64_t page = done & (extent - 1);
        uint64_t pages = extent - page < PHYSMAP_PIECE ? extent - page : PHYSMAP_PIECE;
        uint64_t gfn;

        if (done != start && hypercall_preempt())
            return memory_op_continue(vcpu, call, done);
        if (copy_from_guest(&gfn, op->extent_start.q + (done >> op->extent_order) * sizeof(gfn)) ||
            operation(domain, (gfn_t){gfn + page}, (unsigned int)pages))
            break;
        done += pages;
    }
    return (int64_t)(done >> op->extent_order);
}

static int64_t reservation(struct vcpu *vcpu, const struct xen_memory_reservation *op,
                           const struct suboperation_call *call, piece_operation *operation)
{
    struct domain *domain;
    int64_t result;

    if (op->extent_order > MAX_EXTENT_ORDER || op->nr_extents > MAX_POSITION >> op->extent_order)
        return -EINVAL;
    result = policy_target(call->operation, vcpu->domain, op->domid, &domain);
    if (result)
        return result;
    result = extents(vcpu, domain, op, call, operation);
    domain_put(domain);
    return result;
}

int64_t op_decrease_reservation(struct vcpu *vcpu, void *argument,
                                const struct suboperation_call *call)
{
    return reservation(vcpu, argument, call, physmap_balloon_out);
}

int64_t op_populate_physmap(struct vcpu *vcpu, void *argument, const struct suboperation_call *call)
{
    return reservation(vcpu, argument, call, physmap_balloon_in);
}

/* More than the reservation is not to be had: no extent is done. */
int64_t op_increase_reservation(struct vcpu *vcpu, void *argument,
                                const struct suboperation_call *call)
{
    const struct xen_memory_reservation *op = argument;
    struct domain *domain;
    int result = policy_target(call->operation, vcpu->domain, op->domid, &domain);

    if (!result)
        domain_put(domain);
    return result;
}

int64_t op_maximum_ram_page(struct vcpu *vcpu, void *argument, const struct suboperation_call *call)
{
    (void)vcpu;
    (void)argument;
    (void)call;
    return (int64_t)memory_max_mfn();
}

typedef uint64_t domain_figure(const struct domain *domain);

static int64_t figure(struct vcpu *vcpu, const struct xen_memory_domain *op,
                      const struct suboperation_call *call, domain_figure *of)
{
    struct domain *domain;
    int64_t result = policy_target(call->operation, vcpu->domain, op->domid, &domain);

    if (result)
        return result;
    spin_lock(&domain->memory_lock);
    result = (int64_t)of(domain);
    spin_unlock(&domain->memory_lock);
    domain_put(domain);
    return result;
}

static uint64_t total_pages(const struct domain *domain)
{
    return domain->total_pages;
}

static uint64_t max_pages(const struct domain *domain)
{
    return domain->max_pages;
}

int64_t op_current_reservation(struct vcpu *vcpu, void *argument,
                               const struct suboperation_call *call)
{
    return figure(vcpu, argument, call, total_pages);
}

int64_t op_maximum_reservation(struct vcpu *vcpu, void *argument,
                               const struct suboperation_call *call)
{
    return figure(vcpu, argument, call, max_pages);
}

int64_t op_maximum_gpfn(struct vcpu *vcpu, void *argument, const struct suboperation_call *call)
{
    return figure(vcpu, argument, call, arch_p2m_max_gfn);
}
