/* SPDX-License-Identifier: MIT */
#ifndef CORE_DOMCTL_H
#define CORE_DOMCTL_H

#include <trefoil/access.h>
#include <trefoil/hypercall.h>
#include <xen/domctl.h>
#include <xen/sysctl.h>

/* domain is NULL for rows that are not FOUND. */
typedef int64_t domctl_handler(struct vcpu *vcpu, struct domain *domain, struct xen_domctl *op);

#define DOMCTL(number, handler, operation, flags) domctl_handler handler;
#include "domctl.def"
#undef DOMCTL

/* What getdomaininfo and getdomaininfolist say of a domain. */
void domain_info(struct domain *domain, struct xen_domctl_getdomaininfo *info);

/* A set of CPUs to and from a tool's bitmap. 0, -EFAULT. */
int cpumap_from_guest(const struct xenctl_bitmap *bitmap, uint64_t *mask);
int cpumap_to_guest(const struct xenctl_bitmap *bitmap, uint64_t mask);

/* Is the version that a tool speaks one of those that have the layouts in use here? Else one line
 * in the log, -EACCES. */
int check_interface_version(const struct domain *caller, const char *interface, uint32_t version,
                            uint32_t oldest, uint32_t newest);

#endif
