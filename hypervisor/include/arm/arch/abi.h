/* SPDX-License-Identifier: MIT */
/* What of the Xen ABI differs between archs, and core answers: that of an Arm machine. */
#ifndef ARCH_ABI_H
#define ARCH_ABI_H

#include <trefoil/domain.h>
#include <xen/arch-arm.h>
#include <xen/features.h>

/* XENVER_capabilities: Xen 3.0's interface, for guests of this arch. */
#define ARCH_CAPABILITIES "xen-3.0-aarch64 "

/* XENVER_get_features: of XENFEAT_*, what every guest of this arch has. */
#define ARCH_FEATURES (1U << XENFEAT_ARM_SMCCC_supported)

/* XEN_DOMCTL_getdomaininfo: how a domain was made. */
static inline struct xen_arch_domainconfig arch_domain_report(const struct domain_config *config)
{
    return (struct xen_arch_domainconfig){
        .gic_version = XEN_DOMCTL_CONFIG_GIC_V3,
        .nr_spis = config->nr_lines,
    };
}

#endif
