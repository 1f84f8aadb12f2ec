/* SPDX-License-Identifier: MIT */
/* Stage 2 beyond what arch.h tells core. */
#ifndef P2M_H
#define P2M_H

#include <trefoil/domain.h>

/* A domain's empty root table and VMID: 0, -ENOMEM, -ENOSPC when all VMIDs are taken. */
int p2m_init(struct domain *domain);
/* This pcpu has no domain's stage 2 loaded any more. */
void p2m_unload(void);
/* Cleans and invalidates what is mapped from gfn on, pages of it at most; nothing where nothing is,
 * or a device. The first gfn that is still to do. gfn is not above arch_p2m_max_gfn(). */
uint64_t p2m_clean(struct domain *domain, uint64_t gfn, uint64_t pages);
/* Gives back the VMID. No vcpu of the domain is loaded anywhere. */
void p2m_free(struct domain *domain);

#endif
