/* SPDX-License-Identifier: MIT */
/*
 * Grants: mapping what another domain granted (xc_gnttab_), granting pages of our own (xc_gntshr_).
 */
#ifndef XENCTL_GNTTAB_H
#define XENCTL_GNTTAB_H

#include <xenctl/xenctl.h>

#pragma GCC visibility push(default)

/* No byte is cleared, no port is notified. */
#define XC_NOTIFY_NONE UINT32_MAX

/*
 * What the kernel does when the last mapping of the pages goes away, the death of this process
 * included: clears the byte at `clear_offset`, then sends an event through `port` (a port of an
 * open struct xc_evtchn).
 */
struct xc_unmap_notify {
    uint32_t clear_offset; /* XC_NOTIFY_NONE: no byte */
    uint32_t port;         /* XC_NOTIFY_NONE: no event */
};

struct xc_gnttab;

/* NULL with errno set. Mappings outlive neither the handle nor the process. */
struct xc_gnttab *xc_gnttab_open(struct xc_interface *xc);
void xc_gnttab_close(struct xc_gnttab *gnttab);

/*
 * Maps `count` pages that `domid` granted, side by side. `prot`: PROT_READ, or PROT_READ |
 * PROT_WRITE. `notify` may be NULL. NULL with errno set.
 */
void *xc_gnttab_map(struct xc_gnttab *gnttab, domid_t domid, const uint32_t *refs,
                    unsigned int count, int prot, const struct xc_unmap_notify *notify);
int xc_gnttab_unmap(struct xc_gnttab *gnttab, void *address, unsigned int count);

struct xc_gntshr;

struct xc_gntshr *xc_gntshr_open(struct xc_interface *xc);
void xc_gntshr_close(struct xc_gntshr *gntshr);

/*
 * Grants `count` fresh zeroed pages to `domid` and maps them here; their references come in
 * refs[count]. `notify` may be NULL. NULL with errno set.
 */
void *xc_gntshr_share(struct xc_gntshr *gntshr, domid_t domid, unsigned int count, int writable,
                      uint32_t *refs, const struct xc_unmap_notify *notify);
/* Unmaps and takes the grants back; the kernel keeps a page that the other side still has mapped
 * until it lets go. */
int xc_gntshr_unshare(struct xc_gntshr *gntshr, void *address, unsigned int count);

#pragma GCC visibility pop

#endif
