/* SPDX-License-Identifier: MIT */
/* The kernel transport: parts that its files share. */
#ifndef LIBXC_KERNEL_KERNEL_H
#define LIBXC_KERNEL_KERNEL_H

#include "../transport.h"

extern const struct xc_evtchn_ops xc_kernel_evtchn_ops;
extern const struct xc_gnttab_ops xc_kernel_gnttab_ops;
extern const struct xc_gntshr_ops xc_kernel_gntshr_ops;

/* Opens /dev/xen/NAME: a descriptor or a negative errno value. */
int xc_kernel_device(const char *name, int flags);

void *xc_kernel_foreign_map(void *state, domid_t domid, int prot, const xen_pfn_t *gfns,
                            unsigned int count, int *errors);
int xc_kernel_foreign_unmap(void *state, void *address, unsigned int count);
/* The descriptor of /dev/xen/privcmd, opened at its first use. */
int xc_kernel_privcmd(void *state);

/* ioctl() whose result is >= 0 or a negative errno value. */
int xc_kernel_call(int fd, unsigned long request, void *argument);

/* Tells the kernel (gntdev or gntalloc) what to do on the last unmap of the pages at `offset`. */
int xc_kernel_unmap_notify(int fd, uint64_t offset, const struct xc_unmap_notify *notify);

#endif
