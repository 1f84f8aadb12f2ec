/* SPDX-License-Identifier: MIT */
/* Grant tables, version 1. Hypercall handlers in core/grant_*.c. */
#ifndef TREFOIL_GRANT_TABLE_H
#define TREFOIL_GRANT_TABLE_H

#include <trefoil/domain.h>
#include <xen/grant_table.h>

/* One frame of 512 entries to begin with, and none of 256 handles; they grow up to so many, out of
 * the domain's pool. 0, -ENOMEM. */
int grant_table_init(struct domain *domain, unsigned int max_frames, unsigned int max_maptrack);
/* Ends the mappings that a dying domain has of others' pages; 0 or -ERESTART. */
int grant_table_release(struct domain *domain);
void grant_table_free(struct domain *domain);
/* How many mappings it has of that domain's pages, among 256 handles from *position on, which
 * becomes where to go on, 0 at the end. Takes its mapping lock. */
unsigned int grant_mappings_of(struct domain *domain, domid_t owner, uint32_t *position);

/* The frame behind a page of the shared table, growing it up to there; -EINVAL past the limit,
 * -ENOMEM. */
int grant_table_frame(struct domain *domain, unsigned int index, mfn_t *mfn);
/* Makes the table at least so many frames long; likewise. */
int grant_table_grow(struct domain *domain, unsigned int frames);
void grant_table_size(struct domain *domain, unsigned int *frames, unsigned int *max_frames);
/* One line in the log: how far its table and its handles have grown. Takes both locks, one after
 * the other. */
void grant_table_tell(struct domain *domain);
/* For the launch: entry `ref` of the domain's table lets `peer` read and write gfn. -EINVAL. */
int grant_table_seed(struct domain *domain, grant_ref_t ref, domid_t peer, gfn_t gfn);

#endif
