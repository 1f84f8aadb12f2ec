/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include <xenctl/foreign.h>

#include "interface.h"

void *xc_foreign_map(struct xc_interface *xc, domid_t domid, int prot, const xen_pfn_t *gfns,
                     unsigned int count, int *errors)
{
    void *address = NULL;
    errno = xc->transport->foreign_map ? EINVAL : EOPNOTSUPP;
    if (count && xc->transport->foreign_map)
        address = xc->transport->foreign_map(xc->state, domid, prot, gfns, count, errors);
    if (!address)
        errno = -xc_fail(xc, -errno, "mapping %u page(s) of domain %u", count, domid);
    return address;
}

int xc_foreign_unmap(struct xc_interface *xc, void *address, unsigned int count)
{
    return xc_fail(xc, xc->transport->foreign_unmap(xc->state, address, count),
                   "unmapping %u page(s)", count);
}
