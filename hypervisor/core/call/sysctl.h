/* SPDX-License-Identifier: MIT */
#ifndef CORE_SYSCTL_H
#define CORE_SYSCTL_H

#include <trefoil/access.h>
#include <trefoil/hypercall.h>
#include <xen/sysctl.h>

typedef int64_t sysctl_handler(struct vcpu *vcpu, struct xen_sysctl *op);

#define SYSCTL(number, handler, operation) sysctl_handler handler;
#include "sysctl.def"
#undef SYSCTL

#endif
