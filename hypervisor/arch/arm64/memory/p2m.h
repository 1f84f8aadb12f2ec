/* SPDX-License-Identifier: MIT */
/* Stage 2 beyond what arch.h tells core. */
#ifndef P2M_H
#define P2M_H

#include <trefoil/domain.h>

/* A domain's empty root table and VMID: 0, -ENOMEM, -ENOSPC when all VMIDs are taken. */
int p2m_init(struct domain *domain);
/* This pcpu has no domain's stage 2 loaded any more. */
void p2m_unload(void);
/* Gives back all tables and the VMID. No vcpu of the domain is loaded anywhere. */
void p2m_free(struct domain *domain);

#endif
