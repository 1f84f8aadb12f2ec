/* SPDX-License-Identifier: MIT */
/* Hypercalls on memory, parameters and the machine's devices. */
#include <errno.h>
#include <time.h>

#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/physdev.h>
#include <xen/platform.h>

#include "calls.h"

/* No domain has memory there. */
#define NO_GFN 0xfffffff0u

static int64_t memory(struct xc_interface *xc, unsigned int operation, void *argument, size_t size)
{
    return xc_hypercall_op(xc, __HYPERVISOR_memory_op, operation, argument, size);
}

/* Of no pages: changes nothing. */
static int64_t reserve(struct xc_interface *xc, unsigned int operation, domid_t target)
{
    struct xen_memory_reservation reservation = {.domid = target};
    return memory(xc, operation, &reservation, sizeof(reservation));
}

int64_t call_increase_reservation(struct xc_interface *xc, domid_t target)
{
    return reserve(xc, XENMEM_increase_reservation, target);
}

int64_t call_decrease_reservation(struct xc_interface *xc, domid_t target)
{
    return reserve(xc, XENMEM_decrease_reservation, target);
}

int64_t call_populate_physmap(struct xc_interface *xc, domid_t target)
{
    return reserve(xc, XENMEM_populate_physmap, target);
}

int64_t call_current_reservation(struct xc_interface *xc, domid_t target)
{
    return xc_domain_current_reservation(xc, target);
}

int64_t call_maximum_reservation(struct xc_interface *xc, domid_t target)
{
    struct xen_memory_domain domain = {.domid = target};
    return memory(xc, XENMEM_maximum_reservation, &domain, sizeof(domain));
}

int64_t call_maximum_gpfn(struct xc_interface *xc, domid_t target)
{
    return xc_domain_maximum_gpfn(xc, target);
}

int64_t call_add_to_physmap(struct xc_interface *xc, domid_t target)
{
    struct xen_add_to_physmap add = {
        .domid = target, .space = XENMAPSPACE_shared_info, .idx = 1, .gpfn = NO_GFN};
    return memory(xc, XENMEM_add_to_physmap, &add, sizeof(add));
}

int64_t call_remove_from_physmap(struct xc_interface *xc, domid_t target)
{
    struct xen_remove_from_physmap remove = {.domid = target, .gpfn = NO_GFN};
    return memory(xc, XENMEM_remove_from_physmap, &remove, sizeof(remove));
}

struct foreign {
    xen_ulong_t index;
    xen_pfn_t gfn;
    int error;
};

int64_t call_foreign_map(struct xc_interface *xc, domid_t target)
{
    struct foreign *page = xc_alloc_hypercall_buffer(xc, sizeof(*page));
    if (!page)
        return -ENOMEM;
    *page = (struct foreign){.index = NO_GFN, .gfn = NO_GFN};
    struct xen_add_to_physmap_batch add = {
        .domid = DOMID_SELF, .space = XENMAPSPACE_gmfn_foreign, .size = 1};
    add.u.foreign_domid = target;
    set_xen_guest_handle(add.idxs, &page->index);
    set_xen_guest_handle(add.gpfns, &page->gfn);
    set_xen_guest_handle(add.errs, &page->error);
    int64_t rc = memory(xc, XENMEM_add_to_physmap_batch, &add, sizeof(add));
    if (rc >= 0)
        rc = page->error;
    xc_free_hypercall_buffer(xc, page, sizeof(*page));
    return rc;
}

int64_t call_get_param(struct xc_interface *xc, domid_t target)
{
    uint64_t value;
    return xc_hvm_param_get(xc, target, HVM_PARAM_STORE_PFN, &value);
}

int64_t call_set_param(struct xc_interface *xc, domid_t target)
{
    return xc_hvm_param_set(xc, target, HVM_PARAM_CALLBACK_IRQ, 0);
}

int64_t call_set_time(struct xc_interface *xc, domid_t target)
{
    struct xen_platform_op op = {.cmd = XENPF_settime64,
                                 .interface_version = XENPF_INTERFACE_VERSION};
    (void)target;
    op.u.settime64.secs = (uint64_t)time(NULL);
    return xc_hypercall_struct(xc, __HYPERVISOR_platform_op, &op, sizeof(op));
}

int64_t call_pci_device_add(struct xc_interface *xc, domid_t target)
{
    struct physdev_pci_device device = {.seg = 0, .bus = 0xff, .devfn = 0xff};
    (void)target;
    return xc_hypercall_op(xc, __HYPERVISOR_physdev_op, PHYSDEVOP_pci_device_add, &device,
                           sizeof(device));
}
