/* SPDX-License-Identifier: MIT */
/* Pages of another domain by its frame numbers, without its consent: for roles that the policy
 * lets. */
#ifndef XENCTL_FOREIGN_H
#define XENCTL_FOREIGN_H

#include <xenctl/xenctl.h>

#pragma GCC visibility push(default)

/*
 * Maps the pages gfns[count] of `domid` side by side. `errors` (may be NULL) receives 0 or a
 * negative errno value for each; with errors == NULL the whole call fails if one page does. NULL
 * with errno set.
 */
void *xc_foreign_map(struct xc_interface *xc, domid_t domid, int prot, const xen_pfn_t *gfns,
                     unsigned int count, int *errors);
int xc_foreign_unmap(struct xc_interface *xc, void *address, unsigned int count);

#pragma GCC visibility pop

#endif
