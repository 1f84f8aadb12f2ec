/* SPDX-License-Identifier: MIT */
/* Pages of other domains by their frame numbers, and pages of the domain's own. */
#include "kernel.h"

#include <stddef.h>
#include <stdlib.h>

#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <xen/memory.h>

/* Where they go in the domain's space: in its upper half, where no layout puts anything. */
#define FOREIGN_FIRST (UINT64_C(1) << 27)
#define FOREIGN_MAX   4096U

/* A page of the domain's own has nothing to let go of. */
#define NO_SLOT UINT64_MAX

static void release(struct domain *domain, uint64_t slot)
{
    struct xen_remove_from_physmap op = {.domid = DOMID_SELF, .gpfn = FOREIGN_FIRST + slot};

    if (slot == NO_SLOT)
        return;
    host_operation(domain, __HYPERVISOR_memory_op, XENMEM_remove_from_physmap, &op, sizeof(op), 0);
    domain->arch.kernel->foreign[slot] = false;
}

static const struct kernel_pages foreign = {release};

static int find_slot(struct domain *domain, uint64_t *slot)
{
    struct guest_kernel *kernel = kernel_of(domain);

    if (!kernel)
        return -ENOMEM;
    if (!kernel->foreign)
        kernel->foreign = calloc(FOREIGN_MAX, sizeof(*kernel->foreign));
    if (!kernel->foreign)
        return -ENOMEM;
    for (*slot = 0; *slot < FOREIGN_MAX; (*slot)++)
        if (!kernel->foreign[*slot])
            return 0;
    return -ENOSPC;
}

static int add_to_physmap(struct domain *domain, domid_t owner, uint64_t gfn, uint64_t to)
{
    struct {
        struct xen_add_to_physmap_batch op;
        uint64_t index, gfn;
        int32_t error;
    } all = {.op = {.domid = DOMID_SELF, .space = XENMAPSPACE_gmfn_foreign, .size = 1},
             .index = gfn,
             .gfn = to};
    const struct host_window window = {PAGE_SIZE, &all, sizeof(all)};
    const uint64_t args[5] = {XENMEM_add_to_physmap_batch, PAGE_SIZE};
    int64_t result;

    all.op.u.foreign_domid = owner;
    all.op.idxs.q = PAGE_SIZE + offsetof(__typeof__(all), index);
    all.op.gpfns.q = PAGE_SIZE + offsetof(__typeof__(all), gfn);
    all.op.errs.q = PAGE_SIZE + offsetof(__typeof__(all), error);
    result = host_hypercall(domain, &window, __HYPERVISOR_memory_op, args);
    return result < 0 ? (int)result : all.error;
}

static int offset_of(struct domain *domain, uint64_t gfn, uint64_t *offset)
{
    mfn_t mfn;

    if (!arch_p2m_lookup(domain, (gfn_t){gfn}, &mfn, NULL) ||
        !host_ram_offset(mfn_to_paddr(mfn), offset))
        return -EFAULT;
    return 0;
}

static int map_one(struct domain *domain, const struct twin_request *request, uint64_t gfn,
                   uint64_t *slot, uint64_t *offset)
{
    int result;

    *slot = NO_SLOT;
    if (request->domid == DOMID_SELF || request->domid == domain->id)
        return offset_of(domain, gfn, offset);
    result = find_slot(domain, slot);
    if (!result)
        result = add_to_physmap(domain, (domid_t)request->domid, gfn, FOREIGN_FIRST + *slot);
    if (result)
        return result;
    domain->arch.kernel->foreign[*slot] = true;
    return offset_of(domain, FOREIGN_FIRST + *slot, offset);
}

int64_t kernel_foreign_map(struct domain *domain, struct kernel_user *user,
                           const struct twin_request *request, uint64_t *offsets)
{
    struct kernel_mapping *mapping = kernel_mapping_new(&foreign, request);

    if (!mapping)
        return -ENOMEM;
    for (unsigned int i = 0; i < request->count; i++) {
        int result = map_one(domain, request, request->pages[i], &mapping->pages[mapping->count],
                             &offsets[i]);

        if (result)
            offsets[i] = (uint64_t)(int64_t)result;
        else
            mapping->count++;
    }
    mapping->notify_offset = TWIN_NOTIFY_NONE;
    mapping->notify_port = TWIN_NOTIFY_NONE;
    return kernel_mapping_add(domain, user, mapping);
}
