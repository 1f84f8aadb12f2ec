/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>

#include <xenctl/gnttab.h>

#include "interface.h"

struct xc_gnttab {
    struct xc_interface *xc;
    const struct xc_gnttab_ops *ops;
    void *handle;
};

struct xc_gntshr {
    struct xc_interface *xc;
    const struct xc_gntshr_ops *ops;
    void *handle;
};

struct xc_gnttab *xc_gnttab_open(struct xc_interface *xc)
{
    struct xc_gnttab *gnttab = calloc(1, sizeof(*gnttab));
    if (!gnttab)
        return NULL;
    gnttab->xc = xc;
    gnttab->ops = xc->transport->gnttab;
    int rc = gnttab->ops ? gnttab->ops->open(xc->state, &gnttab->handle) : -EOPNOTSUPP;
    if (rc >= 0)
        return gnttab;
    xc_fail(xc, rc, "mapping grants");
    free(gnttab);
    errno = -rc;
    return NULL;
}

void xc_gnttab_close(struct xc_gnttab *gnttab)
{
    if (!gnttab)
        return;
    gnttab->ops->close(gnttab->handle);
    free(gnttab);
}

void *xc_gnttab_map(struct xc_gnttab *gnttab, domid_t domid, const uint32_t *refs,
                    unsigned int count, int prot, const struct xc_unmap_notify *notify)
{
    void *address = NULL;
    errno = EINVAL;
    if (count)
        address = gnttab->ops->map(gnttab->handle, domid, refs, count, prot, notify);
    if (!address)
        errno = -xc_fail(gnttab->xc, -errno, "mapping %u grant(s) of domain %u", count, domid);
    return address;
}

int xc_gnttab_unmap(struct xc_gnttab *gnttab, void *address, unsigned int count)
{
    return xc_fail(gnttab->xc, gnttab->ops->unmap(gnttab->handle, address, count),
                   "unmapping %u grant(s)", count);
}

struct xc_gntshr *xc_gntshr_open(struct xc_interface *xc)
{
    struct xc_gntshr *gntshr = calloc(1, sizeof(*gntshr));
    if (!gntshr)
        return NULL;
    gntshr->xc = xc;
    gntshr->ops = xc->transport->gntshr;
    int rc = gntshr->ops ? gntshr->ops->open(xc->state, &gntshr->handle) : -EOPNOTSUPP;
    if (rc >= 0)
        return gntshr;
    xc_fail(xc, rc, "granting pages");
    free(gntshr);
    errno = -rc;
    return NULL;
}

void xc_gntshr_close(struct xc_gntshr *gntshr)
{
    if (!gntshr)
        return;
    gntshr->ops->close(gntshr->handle);
    free(gntshr);
}

void *xc_gntshr_share(struct xc_gntshr *gntshr, domid_t domid, unsigned int count, int writable,
                      uint32_t *refs, const struct xc_unmap_notify *notify)
{
    void *address = NULL;
    errno = EINVAL;
    if (count)
        address = gntshr->ops->share(gntshr->handle, domid, count, writable, refs, notify);
    if (!address)
        errno = -xc_fail(gntshr->xc, -errno, "granting %u page(s) to domain %u", count, domid);
    return address;
}

int xc_gntshr_unshare(struct xc_gntshr *gntshr, void *address, unsigned int count)
{
    return xc_fail(gntshr->xc, gntshr->ops->unshare(gntshr->handle, address, count),
                   "taking back %u granted page(s)", count);
}
