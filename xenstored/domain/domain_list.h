/* SPDX-License-Identifier: MIT */
/* Which domains have changed, on a hypervisor that does not tell: by comparing lists. */
#ifndef XENSTORED_DOMAIN_LIST_H
#define XENSTORED_DOMAIN_LIST_H

#include "hypervisor.h"

struct domain_list;
struct xc_interface;

/* NULL: out of memory. */
struct domain_list *domain_list_new(struct xc_interface *xc);
void domain_list_free(struct domain_list *list);

/*
 * The next domain that is not as it was when this was last asked of it; -ENOENT: no more, and the
 * next call looks again. Other errors as xc_domain_list() has them.
 */
int domain_list_next(struct domain_list *list, struct domain_report *report);
/* How one domain is now. */
int domain_list_state(struct domain_list *list, uint16_t domid, struct domain_report *report);

#endif
