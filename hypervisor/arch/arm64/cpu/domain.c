/* SPDX-License-Identifier: MIT */
#include "memory/p2m.h"
#include <trefoil/arch.h>
#include <asm/gic.h>

int arch_domain_init(struct domain *domain, const struct domain_config *config)
{
    int error = p2m_init(domain);

    if (error == 0)
        error = vgic_domain_init(domain, config);
    if (error == 0)
        error = vpl011_init(domain, config);
    return error;
}

void arch_domain_free(struct domain *domain)
{
    vpl011_free(domain);
    vgic_domain_free(domain);
    p2m_free(domain);
}
