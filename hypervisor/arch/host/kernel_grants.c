/* SPDX-License-Identifier: MIT */
/* Pages that others granted. They need no gfn, as no vcpu will look at them: they are mapped as for
 * a device. */
#include "kernel.h"

#include <trefoil/errno.h>
#include <xen/grant_table.h>

static void release(struct domain *domain, uint64_t handle)
{
    struct gnttab_unmap_grant_ref op = {.handle = (grant_handle_t)handle};

    host_operation(domain, __HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, &op, sizeof(op),
                   1);
}

static const struct kernel_pages grants = {release};

static int map_one(struct domain *domain, const struct twin_request *request, unsigned int index,
                   uint64_t *handle, uint64_t *offset)
{
    struct gnttab_map_grant_ref op = {
        .flags = GNTMAP_device_map | (request->writable ? 0 : GNTMAP_readonly),
        .ref = (grant_ref_t)request->pages[index],
        .dom = (domid_t)request->domid,
    };
    int64_t result = host_operation(domain, __HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref,
                                    &op, sizeof(op), 1);

    if (result < 0)
        return (int)result;
    if (op.status != GNTST_okay)
        return op.status == GNTST_permission_denied ? -EPERM : -EINVAL;
    *handle = op.handle;
    return host_ram_offset(op.dev_bus_addr, offset) ? 0 : -EINVAL;
}

int64_t kernel_grant_map(struct domain *domain, struct kernel_user *user,
                         const struct twin_request *request, uint64_t *offsets)
{
    struct kernel_mapping *mapping = kernel_mapping_new(&grants, request);

    if (!mapping)
        return -ENOMEM;
    while (mapping->count < request->count) {
        unsigned int at = mapping->count;
        int result = map_one(domain, request, at, &mapping->pages[at], &offsets[at]);

        if (result) {
            kernel_mapping_undo(domain, mapping);
            return result;
        }
        mapping->count++;
    }
    mapping->offset = offsets[0];
    return kernel_mapping_add(domain, user, mapping);
}
