/* SPDX-License-Identifier: MIT */
/* domctl and sysctl with a description of what is asked, for sentences about failures. */
#ifndef LIBXC_CONTROL_H
#define LIBXC_CONTROL_H

#include "interface.h"

int xc_domctl_named(struct xc_interface *xc, struct xen_domctl *domctl, const char *name);
int xc_sysctl_named(struct xc_interface *xc, struct xen_sysctl *sysctl, const char *name);

#endif
